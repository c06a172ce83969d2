//! What the world sees.

use super::{Check, On, Place, Severity};

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V06",
        name: "closed-ports",
        severity: Severity::Critical,
        place: Place::Outside,
        doctor: false,
        title: "no port of the stacks is reached from outside",
        hint: "the firewall of the provider or of the machine lets it through, or somebody published it: ss -ltnp",
        expects: |on| Some(stack_ports(on)),
    },
    Check {
        id: "V15",
        name: "open-ports",
        severity: Severity::Critical,
        place: Place::Outside,
        doctor: false,
        title: "ports 80 and 443 are reached from outside",
        hint: "open them in the firewall of the provider and of the machine; the proxy must run",
        expects: |on| {
            (on.is_server() && on.site.nginx().is_some()).then(|| vec!["80".into(), "443".into()])
        },
    },
];

/// Ports of the stacks, inside containers and where the site publishes them: none is for the world.
pub(super) fn stack_ports(on: On<'_>) -> Vec<String> {
    let publish = &on.site.docker().publish;
    let mut ports =
        vec![2375, 3060, 5000, 5432, 5433, 6379, 6389, 8020, 8030, 8123, 9000, 9001, 9090, 9123];
    let chosen = [Some(publish.webapp), Some(publish.object_store), Some(publish.registry)];
    let stores = [publish.postgres, publish.redis, publish.clickhouse];
    ports.extend(chosen.into_iter().chain(stores).flatten().map(|it| it.number()));
    ports.sort_unstable();
    ports.dedup();
    ports.into_iter().map(|it| it.to_string()).collect()
}

/// Every name that must lead somewhere, as a machine asks for it.
pub(super) fn names(on: On<'_>) -> Vec<String> {
    let site = on.site;
    let mut names: Vec<String> =
        site.hosts().into_iter().map(|(host, _)| host.to_string()).collect();
    if site.bundled_registry().is_none() && !site.storage.registry.is_loopback() {
        let host = site.storage.registry.host();
        names.push(host.split(':').next().unwrap_or(host).to_owned());
    }
    if on.worker.is_some() {
        let dashboard = site.dashboard_host().as_str();
        names.retain(|it| it != dashboard || !site.has_two_hosts());
    }
    names
}
