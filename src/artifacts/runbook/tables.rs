//! The tables of the runbook.

use super::super::backup::unit;
use super::super::{Cx, folder_word, root_word};
use crate::site::{
    Backup, Clickhouse, ClickhousePart, Hardening, ObjectStore, Offsite, Postgres, Redis,
    Scheduler, Site, Tailnet,
};
use serde_json::{Value, json};

/// Every name, and what its DNS record leads to.
pub(super) fn hosts(site: &Site) -> Vec<Value> {
    let tailnet = site.tailnet();
    let split_dns = tailnet.is_some() && !site.has_two_hosts();
    let hosts = site.hosts().into_iter();
    hosts
        .map(|(host, private)| {
            let is_dashboard = host == site.dashboard_host();
            let (leads, leads_v6) = match tailnet.filter(|_| private) {
                Some(it) => (it.ipv4.to_string(), tailnet_v6(it)),
                None if is_dashboard && split_dns => (
                    "the public address of the server; on the tailnet its tailnet address".into(),
                    "its public IPv6 address, if it has one; on the tailnet none".into(),
                ),
                None => (
                    "the public address of the server".into(),
                    "its public IPv6 address, if it has one".into(),
                ),
            };
            json!({
                "name": host.to_string(),
                "what": what(site, host.as_str()),
                "leads": leads,
                "leads_v6": leads_v6,
            })
        })
        .collect()
}

fn tailnet_v6(it: &Tailnet) -> String {
    it.ipv6.as_ref().map_or("nowhere: make none".into(), ToString::to_string)
}

fn what(site: &Site, host: &str) -> &'static str {
    let is = |other: Option<&crate::value::Domain>| other.is_some_and(|it| it.as_str() == host);
    match host {
        _ if is(Some(site.dashboard_host())) && site.has_two_hosts() => "dashboard",
        _ if is(Some(site.dashboard_host())) => "dashboard and API",
        _ if is(Some(site.api_host())) => "API",
        _ if is(site.object_store_host()) => "object store",
        _ => "image registry",
    }
}

/// What must be open in every firewall before the server.
pub(super) fn ports(site: &Site) -> Vec<Value> {
    let hardening = &site.docker().hardening;
    let ssh = hardening.firewall.as_ref().map_or(22, |it| it.ssh_port.number());
    let mut rows = vec![json!({ "port": format!("{ssh}/tcp"), "what": "ssh" })];
    if site.hosts().iter().any(|(_, private)| !private) {
        rows.push(json!({ "port": "80/tcp", "what": "certificates, and the way to https" }));
        rows.push(json!({ "port": "443/tcp", "what": "https" }));
    }
    if site.tailnet().is_some() {
        rows.push(json!({ "port": "41641/udp", "what": "direct connections of the tailnet" }));
    }
    let Some(it) = &hardening.firewall else { return rows };
    let tcp = it.tcp_ports.iter().map(|port| format!("{port}/tcp"));
    let udp = it.udp_ports.iter().map(|port| format!("{port}/udp"));
    for port in tcp.chain(udp) {
        if rows.iter().all(|row| row["port"] != port) {
            rows.push(json!({ "port": port, "what": "another program of yours" }));
        }
    }
    rows
}

/// What is bound to loopback, as `127.0.0.1:8030` and the service behind it.
pub(super) fn published(cx: &Cx<'_>) -> Vec<Value> {
    let containers = cx.containers(None);
    let rows = containers.iter().flat_map(|it| {
        it.ports.iter().filter_map(|port| {
            let (at, _) = port.rsplit_once(':')?;
            Some(json!({ "at": at, "service": it.service }))
        })
    });
    rows.collect()
}

/// What a proxy forwards to: service, port on loopback, host.
pub(super) fn backends(site: &Site) -> Vec<(&'static str, u16, String)> {
    let publish = &site.docker().publish;
    let mut found = vec![("webapp", publish.webapp.number(), site.dashboard_host().to_string())];
    if let Some(it) = site.bundled_registry() {
        found.push(("registry", publish.registry.number(), it.host.to_string()));
    }
    if let Some(host) = site.object_store_host() {
        found.push(("object-store", publish.object_store.number(), host.to_string()));
    }
    found
}

/// The same for a proxy of the author's.
pub(super) fn forwards(site: &Site) -> Vec<Value> {
    let api = ("webapp", site.docker().publish.webapp.number(), site.api_host().to_string());
    let mut rows = backends(site);
    if site.has_two_hosts() {
        rows.insert(1, api);
    }
    rows.into_iter().map(|(_, port, host)| json!({ "host": host, "port": port })).collect()
}

/// Each network of the server with its members.
pub(super) fn networks(cx: &Cx<'_>) -> Vec<Value> {
    let containers = cx.containers(None);
    let mut names: Vec<&String> = containers.iter().flat_map(|it| &it.networks).collect();
    names.sort();
    names.dedup();
    let members = |name: &String| {
        let members = containers.iter().filter(|it| it.networks.contains(name));
        members.map(|it| it.service.clone()).collect::<Vec<_>>()
    };
    names.into_iter().map(|name| json!({ "name": name, "members": members(name) })).collect()
}

/// Each container of the server, and what it is for.
pub(super) fn containers(cx: &Cx<'_>) -> Vec<Value> {
    let containers = cx.containers(None);
    let rows = containers.iter().map(|it| {
        let name = format!("{}-{}", cx.site.docker().project, it.service);
        json!({ "service": it.service, "name": name, "about": about(&it.service) })
    });
    rows.collect()
}

fn about(service: &str) -> &'static str {
    match service {
        "webapp" => "dashboard and API",
        "postgres" => "everything but logs: projects, runs, users",
        "redis" => "queues",
        "clickhouse" => "run list, logs and traces",
        "object-store" => "large payloads and outputs",
        "s2" => "realtime streams",
        "registry" => "images of deployed tasks",
        "electric" => "realtime subscriptions",
        "supervisor" => "starts and watches runs",
        "docker-proxy" => "the only way to the Docker engine, with few rights",
        _ => "makes something ready once, and ends",
    }
}

/// Servers elsewhere.
pub(super) fn outside(site: &Site) -> Vec<String> {
    site.outside_hosts()
}

/// What `install` does to a machine, in words.
pub(super) fn hardening(it: &Hardening) -> Vec<&'static str> {
    let parts = [
        (it.firewall.is_some(), "a firewall that also holds for what Docker publishes"),
        (it.sshd.is_some(), "logins by ssh with keys alone"),
        (it.fail2ban.is_some(), "a lock-out for addresses that fail to log in"),
        (it.unattended_upgrades, "security updates by themselves, without a reboot"),
        (it.daemon.is_some(), "bounded logs and rights of every container"),
        (it.sysctl, "the setting of the kernel that Redis needs to save"),
    ];
    parts.into_iter().filter(|(on, _)| *on).map(|(_, text)| text).collect()
}

/// What is saved, and where it lies.
pub(super) fn backup(site: &Site) -> Value {
    let it = &site.docker().backup;
    let away = match &it.offsite {
        Offsite::None => String::new(),
        Offsite::Restic { repository, .. } => repository.to_string(),
        Offsite::Rclone(remote) => remote.to_string(),
    };
    let at = root_word(site);
    let of_s3 = match &it.offsite {
        Offsite::Restic { s3: Some(_), .. } => {
            format!("AWS_SHARED_CREDENTIALS_FILE={at}/backup/restic-s3 ")
        }
        Offsite::Restic { s3: None, .. } | Offsite::Rclone(_) | Offsite::None => String::new(),
    };
    json!({
        "dir": it.dir.as_str(),
        "dir_word": folder_word(it.dir.as_str()),
        "keep": it.keep_sets,
        "parts": saved(site).join(", "),
        "left_out": left_out(site).join(", "),
        "unit": unit(site),
        "cron": matches!(it.scheduler, Scheduler::Cron(_)),
        "systemd": matches!(it.scheduler, Scheduler::Systemd(_)),
        "when": it.scheduler.schedule().map(|it| it.to_string()),
        "away": &away,
        "restic": matches!(it.offsite, Offsite::Restic { .. }),
        "sftp": away.starts_with("sftp:"),
        // Letters, digits and `@._:/-` are all that may stand in it.
        "call": format!("{of_s3}restic --repo {away} --password-file {at}/backup/restic-password"),
        "encrypted": !it.recipients.is_empty(),
        "tools": tools(it),
    })
}

/// Packages that a restore needs and a new server does not have.
fn tools(it: &Backup) -> Vec<&'static str> {
    let away = match &it.offsite {
        Offsite::None => None,
        Offsite::Restic { .. } => Some("restic"),
        Offsite::Rclone(_) => Some("rclone"),
    };
    away.into_iter().chain((!it.recipients.is_empty()).then_some("age")).collect()
}

fn saved(site: &Site) -> Vec<&'static str> {
    let (it, storage) = (&site.docker().backup, &site.storage);
    let parts = [
        (true, "configuration and secrets, the worker token"),
        (matches!(storage.postgres, Postgres::Bundled { .. }), "PostgreSQL"),
        (matches!(storage.redis, Redis::Bundled), "Redis"),
        (it.clickhouse == ClickhousePart::Full, "ClickHouse"),
        (it.clickhouse == ClickhousePart::Schema, "the tables of ClickHouse without their rows"),
        (it.object_store, "the object store"),
        (it.registry, "the images of tasks"),
        (it.s2, "realtime streams"),
    ];
    parts.into_iter().filter(|(held, _)| *held).map(|(_, name)| name).collect()
}

fn left_out(site: &Site) -> Vec<&'static str> {
    let (it, storage) = (&site.docker().backup, &site.storage);
    let clickhouse = matches!(storage.clickhouse, Clickhouse::Bundled { .. });
    let object_store = matches!(storage.object_store, ObjectStore::Bundled(_));
    let parts = [
        (
            clickhouse && it.clickhouse != ClickhousePart::Full,
            "run list, logs and traces of ClickHouse",
        ),
        (object_store && !it.object_store, "the object store"),
        (site.bundled_registry().is_some() && !it.registry, "the images of tasks"),
        (!site.outside_hosts().is_empty(), "what lies on servers of yours"),
    ];
    parts.into_iter().filter(|(left, _)| *left).map(|(_, name)| name).collect()
}

/// Checks that can be made before anything runs; and those of `status` that fail until later steps are done.
pub(super) fn checks_by_step(cx: &Cx<'_>) -> Value {
    let before = [
        "system",
        "engine",
        "space",
        "names",
        "hashes",
        "secrets",
        "images",
        "compose",
        "registry-login",
    ];
    let of_workers = cx.site.is_split().then_some("heartbeat");
    let later: Vec<&str> =
        of_workers.into_iter().chain(["certificates", "public-name", "backup-age"]).collect();
    let checks = super::super::checks::of_server(cx);
    let names = |of_status: bool, among: &[&str]| {
        let found =
            checks.iter().filter(|it| among.contains(&it.name) && (it.by.status || !of_status));
        found.map(|it| it.name).collect::<Vec<_>>()
    };
    json!({ "before": names(false, &before), "later": names(true, &later) })
}

/// What can go wrong, by the check that says so.
pub(super) fn alarms(cx: &Cx<'_>) -> Vec<Value> {
    super::super::checks::of_site(cx)
        .into_iter()
        .map(|it| {
            json!({
                "id": it.id,
                "name": it.name,
                "severity": it.severity.word(),
                "title": it.title,
                "hint": it.hint,
            })
        })
        .collect()
}
