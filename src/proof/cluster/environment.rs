//! Variables that the chart is given, and the Secret that it demands.

use super::Object;
use super::references::keys_of;
use crate::proof::{Blame, Proof};
use crate::release::chart::{SIX_SECRETS, written};
use crate::release::{Reader, Version, env};
use serde_json::Value;

pub(in crate::proof) static DUPLICATE_ENV_NAME: Proof = Proof {
    name: "duplicate-env-name",
    summary: "No variable stands twice in a container of the official chart: among its own ones or in the list that is added.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        for (part, reader) in [("webapp", Reader::Webapp), ("supervisor", Reader::Supervisor)] {
            let names = names(release, part);
            for (nth, name) in names.iter().enumerate() {
                // The chart writes it for a login in its values alone, and those have none.
                let free = *name == env::KUBERNETES_IMAGE_PULL_SECRETS;
                let twice = names[..nth].contains(name);
                if twice || (written(reader, name).is_some() && !free) {
                    let message =
                        format!("`{name}` would stand twice in the container of the {part}");
                    let at = release.spot(stack, &["spec", "values", part, "extraEnvVars"]);
                    report.fault(
                        at,
                        message,
                        "take it out: the chart has a value for it, or writes it itself",
                    );
                }
            }
        }
    },
};

fn names<'o>(release: &'o Object, part: &str) -> Vec<&'o str> {
    let list = release.document.pointer(&format!("/spec/values/{part}/extraEnvVars"));
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|it| it.get("name")?.as_str()).collect()
}

pub(in crate::proof) static INCOMPLETE_EXISTING_SECRET: Proof = Proof {
    name: "incomplete-existing-secret",
    summary: "The Secret of the application has every key that its chart demands: six from chart 4.5.6.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, source)) = stack.chart() else { return };
        let Some(name) = release.text("/spec/values/secrets/existingSecret") else {
            let message = "names no Secret of the application: the chart would make one anew at each rendering";
            let at = release.spot(stack, &["spec", "values", "secrets"]);
            return report.fault(at, message, "write `secrets: { existingSecret: … }`");
        };
        let chart = source.text("/spec/ref/tag").and_then(Version::parse);
        let named = |it: &&Object| {
            it.name == name && matches!(it.kind.as_str(), "Secret" | "ExternalSecret")
        };
        let Some(secret) = stack.applied().find(named) else { return };
        let four = [
            env::SESSION_SECRET,
            env::MAGIC_LINK_SECRET,
            env::ENCRYPTION_KEY,
            env::MANAGED_WORKER_SECRET,
        ];
        let two = [env::PROVIDER_SECRET, env::COORDINATOR_SECRET];
        let two = two.into_iter().filter(|_| chart.is_none_or(|it| it >= SIX_SECRETS));
        for key in four.into_iter().chain(two).filter(|key| !keys_of(secret).contains(key)) {
            let message = format!("the Secret `{name}` lacks `{key}`, which the chart demands");
            report.fault(secret.spot(stack, &[]), message, format!("add the key `{key}` to it"));
        }
    },
};
