//! What a patch must not say, because a key of the site file says it and the lints look at it there.

use crate::release::Reader;
use crate::site::owner;

/// Services of ours, each with the name of its keys below `docker.images` and `docker.limits`.
const SERVICES: &[(&str, &str)] = &[
    ("webapp", "webapp"),
    ("supervisor", "supervisor"),
    ("postgres", "postgres"),
    ("redis", "redis"),
    ("clickhouse", "clickhouse"),
    ("object-store", "object_store"),
    ("minio", "object_store"),
    ("minio-bucket", "object_store_client"),
    ("s2", "s2"),
    ("registry", "registry"),
    ("docker-proxy", "docker_proxy"),
];

/// The images whose memory no key limits.
const UNLIMITED: [&str; 2] = ["object_store_client", "docker_proxy"];

/// The key that says what a change of a compose file asks for.
pub(super) fn key(keys: &[&str]) -> Option<String> {
    match keys {
        ["name"] => Some("docker.project".into()),
        ["services", "webapp", "environment", name] => Some(variable(Reader::Webapp, name)),
        ["services", "supervisor", "environment", name] => Some(variable(Reader::Supervisor, name)),
        ["services", "webapp", "environment"] => Some("env.webapp".into()),
        ["services", "supervisor", "environment"] => Some("env.supervisor".into()),
        ["services", service, what] => {
            let (_, ours) = SERVICES.iter().find(|(it, _)| it == service)?;
            match *what {
                "image" => Some(format!("docker.images.{ours}")),
                "mem_limit" if !UNLIMITED.contains(ours) => Some(format!("docker.limits.{ours}")),
                _ => None,
            }
        }
        _ => None,
    }
}

fn variable(reader: Reader, name: &str) -> String {
    match owner(reader, name) {
        Some(key) => key.into(),
        None => format!("env.{}", reader.name()),
    }
}
