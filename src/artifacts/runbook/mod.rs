//! `RUNBOOK.md`: how a person with a terminal gets this very site running, and keeps it.
//!
//! Its chapters are templates below `templates/runbook/`. Which of them a site has, and every name, address and
//! path in them, comes from here.

mod picture;
mod tables;

use super::{Artifact, Cx, Target, file, header, root_word};
use crate::plan::Body;
use crate::release::Evidence;
use crate::site::{Registry, Site, Tls, Transport, Worker};
use crate::tree::Mode;
use serde_json::{Value, json};

pub(super) const RUNBOOK: Artifact = Artifact {
    name: "runbook",
    paths: "RUNBOOK.md",
    summary: "How to install, use and keep this site, from an empty server on",
    target: Target::Docker,
    keys: &["name", "release", "domain", "access", "network", "storage", "docker", "allow"],
    plan: |cx| {
        let body = Body::Text { template: "RUNBOOK.md", cx: told(cx) };
        vec![file(RUNBOOK.name, "RUNBOOK.md", Mode::Plain, body)]
    },
};

fn told(cx: &Cx<'_>) -> Value {
    let site = cx.site;
    let docker = &site.docker();
    let hardening = &docker.hardening;
    let at_server = site.storage.registry.is_loopback();
    json!({
        "header": header(site, "Runbook"),
        "site": site.name.to_string(),
        "release": site.release.version.to_string(),
        "documented": site.release.evidence == Evidence::Documented,
        "root": docker.root.as_str(),
        "at": root_word(site),
        "project": docker.project.to_string(),
        "memory": docker.memory.to_string(),
        "os": docker.os.name(),
        "dashboard": site.dashboard_host().to_string(),
        "api": site.api_host().to_string(),
        "two_hosts": site.has_two_hosts(),
        "origin": site.origin().to_string(),
        "api_origin": site.api_origin().to_string(),
        "admins": site.access.admins.iter().map(|it| it.to_string()).collect::<Vec<_>>(),
        "mail": site.access.mail.as_ref().map(|it| mail(&it.transport)),
        "workers": docker.workers.iter().map(|it| worker(site, it)).collect::<Vec<_>>(),
        "hosts": tables::hosts(site),
        "ports": tables::ports(site),
        "published": tables::published(cx),
        "networks": tables::networks(cx),
        "containers": tables::containers(cx),
        "outside": tables::outside(site),
        "picture": picture::of(cx),
        "tailnet": site.tailnet().map(|it| json!({ "ipv4": it.ipv4.to_string() })),
        "nginx": site.nginx().map(|it| json!({
            "tls": certificates(site, &it.tls),
            "project": docker.project.to_string(),
        })),
        "forwards": tables::forwards(site),
        "ssh_port": hardening.firewall.as_ref().map_or(22, |it| it.ssh_port.number()),
        "firewall": hardening.firewall.is_some(),
        "login": login(hardening.sshd.as_ref().is_none_or(|it| it.root_login)),
        "hardening": tables::hardening(hardening),
        "registry": registry(site),
        "deploy": deploy(site),
        "accepted": site.allow.iter().map(|it| json!({
            "lint": it.lint.to_string(),
            "because": it.because,
        })).collect::<Vec<_>>(),
        "alarms": tables::alarms(cx),
        "checks": tables::checks_by_step(cx),
        "backup": tables::backup(site),
        "store": site.store.to_string(),
        // A template cannot hold these two braces.
        "server_version": "{{.Server.Version}}",
        "deploy_script": match at_server {
            true => format!("{}/deploy/deploy.sh", root_word(site)),
            false => format!("out/{}/docker/deploy/deploy.sh", site.name),
        },
    })
}

/// Who logs in by ssh, and how that user does what root alone may.
fn login(of_root: bool) -> Value {
    match of_root {
        true => json!({ "of_root": true, "who": "root", "sudo": "", "rsync": "" }),
        false => json!({
            "of_root": false,
            "who": "YOU",
            "sudo": "sudo ",
            "rsync": "--rsync-path='sudo rsync' ",
        }),
    }
}

fn mail(transport: &Transport) -> String {
    match transport {
        Transport::Resend { .. } => "resend.com".into(),
        Transport::Smtp { host, .. } => host.to_string(),
        Transport::Ses { region, .. } => format!("Amazon SES in {region}"),
    }
}

fn worker(site: &Site, worker: &Worker) -> Value {
    json!({
        "name": worker.name.to_string(),
        "memory": worker.memory.to_string(),
        "runs": worker.reserve.runs(),
        "root": site.docker().root.as_str(),
        "addresses": match worker.addresses.as_slice() {
            [] => vec!["anywhere".to_owned()],
            some => some.iter().map(ToString::to_string).collect(),
        },
        "by_address": !worker.addresses.is_empty(),
    })
}

/// How certificates come, and the command that gets them.
fn certificates(site: &Site, tls: &Tls) -> Value {
    let public = |private_too: bool| {
        let hosts = site.hosts().into_iter().filter(move |(_, private)| private_too || !private);
        hosts.map(|(host, _)| host.to_string()).collect::<Vec<_>>()
    };
    match tls {
        Tls::Letsencrypt(it) => json!({
            "kind": if it.dns { "dns" } else { "http" },
            "names": public(true),
        }),
        Tls::Files { certificate, key } => json!({
            "kind": "files",
            "certificate": certificate.to_string(),
            "key": key.to_string(),
        }),
        Tls::Tailscale(it) => json!({
            "kind": "tailscale",
            "names": public(false),
            "dns": it.dns,
        }),
    }
}

fn registry(site: &Site) -> Value {
    let storage = &site.storage;
    let user = match &storage.registry {
        Registry::Bundled(it) => it.username.to_string(),
        Registry::External(it) => {
            it.login.as_ref().map(|(user, _)| user.to_string()).unwrap_or_default()
        }
    };
    json!({
        "host": storage.registry.host(),
        "bundled": site.bundled_registry().is_some(),
        "loopback": storage.registry.is_loopback(),
        "user": user,
    })
}

fn deploy(site: &Site) -> Value {
    let deploy = &site.docker().deploy;
    json!({
        "directory": deploy.directory.as_ref().map(|it| it.to_string()),
        "project": deploy.project.as_ref().map(|it| it.to_string()),
        "branch": deploy.branch.to_string(),
    })
}
