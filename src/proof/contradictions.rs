//! Keys of a compose file that exclude or need each other.

use super::stack::{Service, Stack, line_of};
use super::{Blame, Proof, Report, Spot};
use serde_json::Value;

pub(super) static CONTRADICTORY_COMPOSE_KEYS: Proof = Proof {
    name: "contradictory-compose-keys",
    summary: "Every service has an image, every bind mount a source, and no two keys of one thing exclude each other.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            for (key, what, help) in of_service(service) {
                let message = format!("`{}` {what}", service.name);
                report.fault(stack.spot(service, key), message, help);
            }
        }
        volumes(stack, report);
    },
};

type Found = (&'static str, &'static str, &'static str);

fn of_service(service: &Service) -> Vec<Found> {
    let written = &service.written;
    let has = |key: &str| written.get(key).is_some();
    let mut found = Vec::new();
    let is_blank = |it: &Value| it.as_str() == Some("");
    let has_image = written.get("image").is_some_and(|it| !is_blank(it));
    if !has_image && !["build", "extends", "provider"].into_iter().any(has) {
        found.push(("image", "has neither an image nor one to build", "give it an `image`"));
    }
    if has("network_mode") && has("networks") {
        found.push((
            "network_mode",
            "has networks of its own and borrows another one",
            "keep `networks` or `network_mode`",
        ));
    }
    let mounts = written.get("volumes").and_then(Value::as_array).into_iter().flatten();
    let is_bind = |it: &Value| it.get("type").is_some_and(|it| it == "bind");
    if mounts.filter(|it| is_bind(it)).any(|it| it.get("source").is_none_or(is_blank)) {
        found.push(("volumes", "has a bind mount without a source", "give it a `source`"));
    }
    for (key, path) in [
        ("scale", "/deploy/replicas"),
        ("cpus", "/deploy/resources/limits/cpus"),
        ("mem_limit", "/deploy/resources/limits/memory"),
        ("pids_limit", "/deploy/resources/limits/pids"),
    ] {
        let (here, there) = (written.get(key), written.pointer(path));
        if here.zip(there).is_some_and(|(here, there)| said(here) != said(there)) {
            found.push((
                key,
                "has two limits or counts that differ",
                "leave the one below `deploy` out",
            ));
        }
    }
    let count = written.get("scale").or_else(|| written.pointer("/deploy/replicas"));
    let is_many = count.is_some_and(|it| said(it).parse::<u64>().is_ok_and(|it| it > 1));
    if is_many && has("container_name") {
        found.push((
            "container_name",
            "is started several times under one container name",
            "take `container_name` out, or start it once",
        ));
    }
    found
}

/// A scalar without its quotes.
fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |it| it.to_ascii_lowercase())
}

fn volumes(stack: &Stack<'_>, report: &mut Report<'_>) {
    for file in &stack.files {
        let text = stack.tree.get(&file.path).map_or("", |it| it.text());
        for (key, volume) in file.volumes.iter().filter(|(_, it)| it.external) {
            let other = ["driver", "driver_opts", "labels"]
                .into_iter()
                .find(|it| volume.written.get(it).is_some());
            if let Some(other) = other {
                report.fault(
                    Spot { path: file.path.clone(), line: line_of(text, &["volumes", key, other]) },
                    format!("the volume `{key}` is external and has a `{other}` too"),
                    "keep one of them: what is external was made elsewhere",
                );
            }
        }
    }
}
