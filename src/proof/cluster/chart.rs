//! The values of the official chart, against what its version reads and refuses.

use super::substitution::is_left_alone;
use super::{Object, VALUES};
use crate::proof::stack::{Stack, line_of};
use crate::proof::{Blame, Proof, Report, Spot};
use crate::release::Version;
use crate::release::chart_contract::{Wrong, wrong_values};
use crate::release::chart_values::CHARTS;
use crate::tree::OutPath;
use serde_json::Value;
use std::borrow::Cow;

/// The values beside the tree.
fn beside<'a>(stack: &Stack<'a>) -> Option<Cow<'a, Value>> {
    let path = OutPath::new(VALUES)?;
    stack.document(&path, stack.tree.files.get(&path)?.text()).ok()
}

/// Where a path of the values stands, in the file of its own where there is one.
fn spot(stack: &Stack<'_>, release: &Object, path: &str) -> Spot {
    let route: Vec<&str> = path.split('.').collect();
    match stack.tree.get(VALUES) {
        Some(file) => Spot { path: VALUES.into(), line: line_of(file.text(), &route) },
        None => release.spot(stack, &[]),
    }
}

/// The version of the chart, where it is exact.
fn version(source: &Object) -> Option<Version> {
    Version::parse(source.text("/spec/ref/tag")?)
}

pub(in crate::proof) static DIFFERING_CHART_VALUES: Proof = Proof {
    name: "differing-chart-values",
    summary: "The values beside the tree for Flux are those that the release of the chart has inline.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        let Some(values) = beside(stack) else { return };
        let mut inline = release.document["spec"]["values"].clone();
        if !is_left_alone(release) {
            unescape(&mut inline);
        }
        if inline != *values {
            let at = release.spot(stack, &["spec", "values"]);
            let message = format!("has other values than {VALUES}");
            report.fault(at, message, format!("change {VALUES}, or patch it: the release follows"));
        }
    },
};

/// What Flux makes of two dollars.
fn unescape(value: &mut Value) {
    match value {
        Value::String(text) if text.contains("$$") => {
            let mut out = String::with_capacity(text.len());
            let mut letters = text.chars().peekable();
            while let Some(c) = letters.next() {
                out.push(c);
                if c == '$' && letters.peek() == Some(&'$') {
                    letters.next();
                }
            }
            *text = out;
        }
        Value::Array(items) => items.iter_mut().for_each(unescape),
        Value::Object(entries) => entries.values_mut().for_each(unescape),
        _ => {}
    }
}

pub(in crate::proof) static FLOATING_CHART_VERSION: Proof = Proof {
    name: "floating-chart-version",
    summary: "Every chart of the tree for Flux is named by an exact version, and the official one by that of the release.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in stack.of_kind("OCIRepository") {
            let exact = it.text("/spec/ref/tag").and_then(Version::parse);
            if exact.is_none() {
                let message = format!("`{}` takes whatever chart is newest", it.name);
                report.fault(
                    it.spot(stack, &["spec", "ref"]),
                    message,
                    "name one version: `tag: 1.2.3`",
                );
            }
        }
        let Some((_, source)) = stack.chart() else { return };
        let wanted = stack.release.and_then(|it| it.chart);
        if let (Some(wanted), Some(found)) = (wanted, version(source))
            && wanted != found
        {
            let message = format!("the chart is {found}, and that of the release is {wanted}");
            report.fault(
                source.spot(stack, &["spec", "ref"]),
                message,
                format!("write `tag: {wanted}`"),
            );
        }
    },
};

pub(in crate::proof) static UNKNOWN_CHART_VALUE: Proof = Proof {
    name: "unknown-chart-value",
    summary: "The official chart, at its version, reads every value in the form that it has: what it does not read is lost in silence.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, source)) = stack.chart() else { return };
        let Some(chart) = version(source).filter(|it| CHARTS.contains(it)) else { return };
        for (path, wrong) in wrong_values(chart, &release.document["spec"]["values"]) {
            let (message, help) = match wrong {
                Wrong::Unknown { nearest } => (
                    format!("chart {chart} does not read `{path}`: it would be ignored in silence"),
                    nearest.map_or("take it out".into(), |it| format!("did you mean `{it}`?")),
                ),
                Wrong::Dead(why) => {
                    (format!("`{path}` must not be set: {why}"), "take it out".into())
                }
                Wrong::Form(kind) => (
                    format!("`{path}` is not of the form that chart {chart} reads"),
                    format!("write {}", kind.name()),
                ),
            };
            report.fault(spot(stack, release, &path), message, help);
        }
    },
};

pub(in crate::proof) static CONTRADICTORY_CHART_VALUES: Proof = Proof {
    name: "contradictory-chart-values",
    summary: "The values hold nothing that the official chart itself refuses when it is installed, and no login in clear.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        let values = &release.document["spec"]["values"];
        for (path, message, help) in refused(values) {
            report.fault(spot(stack, release, path), message, help);
        }
        in_clear(stack, report, release, values);
    },
};

fn get<'v>(values: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(values, |value, key| value.get(key))
}

fn is_set(values: &Value, path: &str) -> bool {
    get(values, path).is_some_and(|it| !it.is_null() && it != "" && *it != Value::Bool(false))
}

/// What the chart asks of its values; a part that is not deployed has to be somewhere else.
fn refused(values: &Value) -> Vec<(&'static str, String, &'static str)> {
    let off = |part: &str| get(values, &format!("{part}.deploy")) == Some(&Value::Bool(false));
    let needs = |part, any: &[&str], path, help| {
        let missing = off(part) && !any.iter().all(|it| it.split('|').any(|it| is_set(values, it)));
        missing
            .then(|| (path, format!("`{part}` is not deployed, and not told of elsewhere"), help))
    };
    let mut found: Vec<_> = [
        needs(
            "postgres",
            &["postgres.external.databaseUrl|postgres.external.existingSecret"],
            "postgres.external",
            "name a Secret with the URLs",
        ),
        needs("redis", &["redis.external.host"], "redis.external", "name its host"),
        needs(
            "clickhouse",
            &["clickhouse.external.host", "clickhouse.external.username"],
            "clickhouse.external",
            "name its host and user",
        ),
        needs(
            "s3",
            &["s3.external.endpoint", "s3.external.existingSecret|s3.external.accessKeyId"],
            "s3.external",
            "name its endpoint and a Secret with its key",
        ),
        needs(
            "electric",
            &["electric.external.url"],
            "electric.external",
            "name a URL: without one the chart refuses to be installed",
        ),
        needs("registry", &["registry.external.host"], "registry.external", "name its host"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if get(values, "s2.deploy") == Some(&Value::Bool(true))
        && is_set(values, "s2.external.endpoint")
    {
        found.push(("s2.external", "s2 is deployed and elsewhere".into(), "keep one of the two"));
    }
    let host = get(values, "registry.external.host").and_then(Value::as_str);
    if host.is_none_or(|it| it.starts_with("localhost") || it.starts_with("127.")) {
        let message = "the nodes of a cluster cannot pull from the registry".into();
        found.push(("registry.external.host", message, "name a registry that they reach"));
    }
    let replicas = get(values, "webapp.replicaCount").and_then(Value::as_u64).unwrap_or(1);
    let mode = get(values, "persistence.shared.accessMode").and_then(Value::as_str);
    if replicas > 1 && mode != Some("ReadWriteMany") {
        let message = "the pods of the webapp cannot mount the shared volume together".into();
        found.push((
            "persistence.shared.accessMode",
            message,
            "write `ReadWriteMany`, or one replica",
        ));
    }
    found
}

/// Values by which the chart would take a password in clear; each has a Secret for it.
const IN_CLEAR: [&str; 8] = [
    "postgres.external.databaseUrl",
    "postgres.external.directUrl",
    "redis.external.password",
    "clickhouse.external.password",
    "s3.external.secretAccessKey",
    "registry.external.auth.password",
    "s2.external.accessToken",
    "secrets.encryptionKey",
];

fn in_clear(stack: &Stack<'_>, report: &mut Report<'_>, release: &Object, values: &Value) {
    for path in IN_CLEAR.into_iter().filter(|it| is_set(values, it)) {
        let message = format!("`{path}` would stand in clear in the repository and in the pod");
        report.fault(spot(stack, release, path), message, "name a Secret with it");
    }
    let enabled = get(values, "registry.external.auth.enabled") == Some(&Value::Bool(true));
    if enabled {
        let path = "registry.external.auth.enabled";
        let message = "the chart makes the login of the registry of values in clear".to_owned();
        report.fault(
            spot(stack, release, path),
            message,
            "write `false`, and name a Secret for the supervisor",
        );
    }
}
