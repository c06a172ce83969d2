//! A pooler of PostgreSQL, and the way around it for what cannot pass it.

use super::Object;
use crate::proof::stack::Stack;
use crate::proof::{Blame, Proof, Report};
use crate::release::chart::AROUND_POOLER;
use serde_json::Value;

pub(in crate::proof) static POOLED_REPLICATION: Proof = Proof {
    name: "pooled-replication",
    summary: "Beside a pooler of PostgreSQL, replication, migrations and Electric are told of the server itself, and Prisma of the pooler.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        if stack.of_kind("Pooler").next().is_none() {
            return;
        }
        let values = &release.document["spec"]["values"];
        if values.pointer("/electric/deploy").and_then(Value::as_bool) != Some(false) {
            let at = release.spot(stack, &["spec", "values", "electric"]);
            let message = "the chart gives its Electric the URL of the pooler, which passes no replication on";
            report.fault(at, message, "write `deploy: false`, and run Electric beside the chart");
        }
        around(stack, report, release, values);
        let external = &values["postgres"]["external"];
        let Some(secret) = external["existingSecret"].as_str() else { return };
        let url = |key: &str| url(stack, secret, external["secretKeys"][key].as_str()?);
        for (key, found) in
            [("databaseUrlKey", url("databaseUrlKey")), ("directUrlKey", url("directUrlKey"))]
        {
            let Some((object, text)) = found else { continue };
            let pooled =
                host(text).is_some_and(|it| stack.of_kind("Pooler").any(|of| of.name == it));
            let fault = match (key, pooled, text.contains("pgbouncer=true")) {
                ("directUrlKey", true, _) => {
                    ("migrations cannot pass the pooler", "name the server itself")
                }
                ("databaseUrlKey", true, false) => (
                    "Prisma is not told that its URL leads to a pooler",
                    "end the URL with `&pgbouncer=true`",
                ),
                _ => continue,
            };
            report.fault(object.spot(stack, &[]), fault.0, fault.1);
        }
    },
};

/// Each variable of replication reads the URL of the server itself.
fn around(stack: &Stack<'_>, report: &mut Report<'_>, release: &Object, values: &Value) {
    let external = &values["postgres"]["external"];
    let wanted = (&external["existingSecret"], &external["secretKeys"]["directUrlKey"]);
    let list = values.pointer("/webapp/extraEnvVars").and_then(Value::as_array);
    for name in AROUND_POOLER {
        let found = list.into_iter().flatten().find(|it| it["name"] == name);
        let from = found.and_then(|it| it.pointer("/valueFrom/secretKeyRef"));
        if from.is_none_or(|it| (&it["name"], &it["key"]) != wanted) {
            let at = release.spot(stack, &["spec", "values", "webapp", "extraEnvVars"]);
            let message = format!("`{name}` does not name the server behind the pooler");
            report.fault(at, message, "read it from the key of the direct URL");
        }
    }
}

/// A key of a Secret that can be read, or of the template of one.
fn url<'s>(stack: &'s Stack<'_>, secret: &str, key: &str) -> Option<(&'s Object, &'s str)> {
    let is_encrypted = |it: &Object| it.document.get("sops").is_some();
    let plain = |it: &&Object| it.kind == "Secret" && it.name == secret && !is_encrypted(it);
    let fetched = |it: &&Object| it.text("/spec/target/name") == Some(secret);
    let object =
        stack.applied().find(plain).or_else(|| stack.of_kind("ExternalSecret").find(fetched))?;
    let maps = ["/stringData", "/spec/target/template/data"];
    let map = maps.into_iter().find_map(|it| object.document.pointer(it))?;
    Some((object, map.get(key)?.as_str()?))
}

/// The host of a URL with a password.
pub(super) fn host(url: &str) -> Option<&str> {
    let (_, after) = url.rsplit_once('@')?;
    after.split([':', '/']).next()
}
