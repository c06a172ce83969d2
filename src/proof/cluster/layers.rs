//! The Kustomizations of Flux: each leads to a folder, and they need each other in one direction.

use super::{FLUX, Object};
use crate::proof::stack::Stack;
use crate::proof::{Blame, Proof};

/// The Kustomizations that one needs.
fn needed(it: &Object) -> Vec<&str> {
    let list = it.document.pointer("/spec/dependsOn").and_then(|it| it.as_array());
    list.into_iter().flatten().filter_map(|it| it.get("name")?.as_str()).collect()
}

/// The folder below [`FLUX`] that one leads to: the path within the repository ends with it.
pub(super) fn folder<'s>(stack: &'s Stack<'_>, it: &Object) -> Option<&'s str> {
    let path = it.text("/spec/path")?;
    let last = path.rsplit('/').next()?;
    stack.objects.iter().map(|it| it.layer.as_str()).find(|layer| *layer == last)
}

pub(in crate::proof) static DANGLING_KUSTOMIZATION: Proof = Proof {
    name: "dangling-kustomization",
    summary: "Every Kustomization of Flux leads to a folder of the tree, and every folder has one that waits for it.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in stack.layers() {
            if folder(stack, it).is_none() {
                let path = it.text("/spec/path").unwrap_or_default();
                let message =
                    format!("`{}` leads to `{path}`, and the tree has no such folder", it.name);
                let help = format!("let its path end with a folder of {FLUX}");
                report.fault(it.spot(stack, &["spec", "path"]), message, help);
            }
            if it.document.pointer("/spec/wait") != Some(&serde_json::Value::Bool(true)) {
                let message =
                    format!("`{}` does not wait: what needs it begins before it is ready", it.name);
                report.fault(it.spot(stack, &["spec", "wait"]), message, "write `wait: true`");
            }
        }
        let mut seen: Vec<&str> = Vec::new();
        for it in stack.applied().filter(|it| !matches!(it.layer.as_str(), "" | "ks")) {
            let has_one = stack.layers().any(|layer| folder(stack, layer) == Some(&it.layer));
            if !has_one && !seen.contains(&it.layer.as_str()) {
                seen.push(&it.layer);
                let message = format!("no Kustomization leads to the folder `{}`", it.layer);
                report.fault(it.spot(stack, &[]), message, "add one below ks/");
            }
        }
    },
};

pub(in crate::proof) static CIRCULAR_KUSTOMIZATION: Proof = Proof {
    name: "circular-kustomization",
    summary: "No Kustomization of Flux needs itself, directly or through others: none of them would ever begin, and meanwhile Flux tells no other one of a new \
              revision either.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in stack.layers() {
            let (mut open, mut seen) = (needed(it), Vec::new());
            while let Some(name) = open.pop() {
                if name == it.name {
                    let message = format!("`{}` waits for itself", it.name);
                    report.fault(
                        it.spot(stack, &["spec", "dependsOn"]),
                        message,
                        "take one of the names out; what is in the cluster already has to be asked then, with \
                         `flux reconcile kustomization`",
                    );
                    break;
                }
                if !seen.contains(&name) {
                    seen.push(name);
                    open.extend(stack.layers().filter(|it| it.name == name).flat_map(needed));
                }
            }
        }
    },
};

pub(in crate::proof) static MISSING_DEPENDS_ON: Proof = Proof {
    name: "missing-depends-on",
    summary: "The Kustomization of the application needs every other one: it would start before its stores.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        let of_app = |it: &&Object| folder(stack, it) == Some(&release.layer);
        let Some(app) = stack.layers().find(of_app) else { return };
        for other in stack.layers().filter(|it| it.name != app.name) {
            if !needed(app).contains(&other.name.as_str()) {
                let message = format!("`{}` may begin before `{}` is ready", app.name, other.name);
                let help = format!("add `- name: {}` to its `dependsOn`", other.name);
                report.fault(app.spot(stack, &["spec", "dependsOn"]), message, help);
            }
        }
    },
};

/// What the first start of the webapp may take: every migration.
const FIRST_START: u64 = 15 * 60;

pub(in crate::proof) static SHORT_HELM_TIMEOUT: Proof = Proof {
    name: "short-helm-timeout",
    summary: "The release of the chart may take as long as its first start, and its Kustomization longer than that.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        let seconds = |it: &Object| it.text("/spec/timeout").and_then(duration);
        let given = seconds(release).unwrap_or_default();
        if given < FIRST_START {
            let message = "the release is given up before the webapp has applied its migrations";
            report.fault(
                release.spot(stack, &["spec", "timeout"]),
                message,
                "write `timeout: 20m`",
            );
        }
        for it in stack.layers().filter(|it| folder(stack, it) == Some(&release.layer)) {
            if seconds(it).is_none_or(|it| it <= given) {
                let message =
                    format!("`{}` is given up before the release that it waits for", it.name);
                report.fault(it.spot(stack, &["spec", "timeout"]), message, "write `timeout: 25m`");
            }
        }
    },
};

/// Seconds of a time as Flux writes it: `1h30m`.
fn duration(text: &str) -> Option<u64> {
    let (mut total, mut number) = (0, String::new());
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        total += number.parse::<u64>().ok()? * unit;
        number.clear();
    }
    number.is_empty().then_some(total)
}

pub(in crate::proof) static MISSING_STARTUP_PROBE: Proof = Proof {
    name: "missing-startup-probe",
    summary: "The webapp of a cluster has a quarter of an hour for its first start, before anybody asks whether it lives.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        let probe = &release.document["spec"]["values"]["webapp"]["startupProbe"];
        let number = |key: &str, default: u64| probe[key].as_u64().unwrap_or(default);
        let given = number("periodSeconds", 10) * number("failureThreshold", 60);
        if probe["enabled"] != true || given < FIRST_START {
            let at = release.spot(stack, &["spec", "values", "webapp"]);
            let message = "the webapp is killed while it applies its migrations";
            let help =
                "write `startupProbe: { enabled: true, periodSeconds: 10, failureThreshold: 90 }`";
            report.fault(at, message, help);
        }
    },
};
