//! What the services of a compose file ask of each other.

use super::stack::{Service, Stack, texts};
use super::{Blame, Proof};
use serde_json::Value;
use std::collections::BTreeSet;

/// The services that compose starts another one only with, each with the key that names it.
pub(super) fn needed(service: &Service) -> Vec<(&'static str, String)> {
    let first = |it: &str| it.split(':').next().unwrap_or_default().to_owned();
    let mut found: Vec<_> =
        service.depends_on.iter().map(|it| ("depends_on", it.clone())).collect();
    found.extend(texts(&service.written, "links").map(|it| ("links", first(it))));
    let own = texts(&service.written, "volumes_from").filter(|it| !it.starts_with("container:"));
    found.extend(own.map(|it| ("volumes_from", first(it))));
    for key in ["network_mode", "pid", "ipc"] {
        let shared = service.written.get(key).and_then(Value::as_str);
        let name = shared.and_then(|it| it.strip_prefix("service:"));
        found.extend(name.map(|it| (key, it.to_owned())));
    }
    if let Some((None, Some(name))) = extended(service) {
        found.push(("extends", name.to_owned()));
    }
    found.retain(|(_, name)| !name.contains('$'));
    found
}

/// The file and the service that a service continues.
pub(super) fn extended(service: &Service) -> Option<(Option<&str>, Option<&str>)> {
    let written = service.written.get("extends")?;
    let field = |key: &str| written.get(key).and_then(Value::as_str);
    Some((field("file"), written.as_str().or_else(|| field("service"))))
}

pub(super) static DANGLING_DEPENDENCY: Proof = Proof {
    name: "dangling-dependency",
    summary: "Every service that another one waits for, shares something with or continues is defined in the same file.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            for (key, wanted) in needed(service) {
                let is_there =
                    stack.services.iter().any(|it| it.file == service.file && it.name == wanted);
                if !is_there {
                    let what = if key == "depends_on" { "waits for" } else { "needs" };
                    report.fault(
                        stack.spot(service, key),
                        format!(
                            "`{}` {what} `{wanted}`, which this file does not define",
                            service.name
                        ),
                        "take it out: compose refuses a file whose dependency is defined elsewhere",
                    );
                }
            }
        }
    },
};

pub(super) static CIRCULAR_DEPENDENCY: Proof = Proof {
    name: "circular-dependency",
    summary: "No service waits for itself, by way of others or not.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            if reaches_itself(stack, service) {
                report.fault(
                    stack.spot(service, ""),
                    format!("`{}` waits for itself, perhaps by way of others", service.name),
                    "take one `depends_on` out: compose starts nothing of such a file",
                );
            }
        }
    },
};

fn reaches_itself(stack: &Stack<'_>, service: &Service) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<String> = needed(service).into_iter().map(|(_, name)| name).collect();
    while let Some(name) = open.pop() {
        if name == service.name {
            return true;
        }
        if !seen.insert(name.clone()) {
            continue;
        }
        let mut others = stack.services.iter().filter(|it| it.file == service.file);
        if let Some(other) = others.find(|it| it.name == name) {
            open.extend(needed(other).into_iter().map(|(_, name)| name));
        }
    }
    false
}
