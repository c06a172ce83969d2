//! Files for the servers themselves: firewall, ssh, fail2ban, updates, the Docker daemon, the kernel.
//!
//! Below `host/etc` they lie as below `/etc`, where `trigger-ctl.sh install` puts them. A part that is switched off
//! has no file, and `install` takes away what an earlier one put there.

mod fail2ban;
mod firewall;

use super::{Artifact, Cx, file, header};
use crate::plan::{Body, PlannedFile};
use crate::site::{Daemon, Redis, Site};
use crate::tree::Mode;
use serde_json::{Value, json};

pub(super) const HOST: Artifact = Artifact {
    name: "host",
    paths: "docker/host/etc/…, workers/<host>/host/etc/…",
    summary: "Firewall, ssh, fail2ban, security updates, settings of the Docker daemon and of the kernel",
    keys: &["docker.hardening", "docker.topology.workers"],
    plan: |cx| servers(cx).flat_map(|server| files(cx.site, &server)).collect(),
};

/// A server that gets these files.
struct Server<'a> {
    /// Its folder in the output.
    folder: String,
    /// What it is called in the heads of its files.
    title: String,
    /// The site, on the server of the webapp.
    webapp: Option<&'a Site>,
}

fn servers<'a>(cx: &Cx<'a>) -> impl Iterator<Item = Server<'a>> {
    let site = cx.site;
    let webapp = Server { folder: "docker".into(), title: "the server".into(), webapp: Some(site) };
    let workers = site.docker.workers.iter().map(|worker| Server {
        folder: format!("workers/{}", worker.name),
        title: worker.name.to_string(),
        webapp: None,
    });
    std::iter::once(webapp).chain(workers)
}

fn files(site: &Site, server: &Server<'_>) -> Vec<PlannedFile> {
    let hardening = &site.docker.hardening;
    let head = |what: &str| header(site, &format!("{what} of {}", server.title));
    let text = |path: &str, template: &'static str, cx: Value| {
        let path = format!("{}/host/etc/{path}", server.folder);
        file(HOST.name, path, Mode::Plain, Body::Text { template, cx })
    };
    let mut files = Vec::new();
    if let Some(it) = &hardening.firewall {
        files.push(text(
            "trigger-dev/firewall.nft",
            "docker/host/etc/trigger-dev/firewall.nft",
            firewall::rules(it, server.webapp, head("Firewall")),
        ));
        files.push(text(
            "systemd/system/trigger-firewall.service",
            "docker/host/etc/systemd/system/trigger-firewall.service",
            json!({ "header": head("Start of the firewall") }),
        ));
    }
    if let Some(it) = &hardening.sshd {
        let root_login = if it.root_login { "prohibit-password" } else { "no" };
        files.push(text(
            "ssh/sshd_config.d/00-trigger-hardening.conf",
            "docker/host/etc/ssh/sshd_config.d/00-trigger-hardening.conf",
            json!({ "header": head("Logins by ssh"), "root_login": root_login }),
        ));
    }
    if let Some(it) = &hardening.fail2ban {
        let ssh_port = hardening.firewall.as_ref().map(|it| it.ssh_port);
        files.push(text(
            "fail2ban/jail.d/trigger-dev.local",
            "docker/host/etc/fail2ban/jail.d/trigger-dev.local",
            fail2ban::jails(it, ssh_port, server.webapp.is_some(), head("Jails")),
        ));
    }
    if hardening.unattended_upgrades {
        files.push(text(
            "apt/apt.conf.d/52trigger-dev",
            "docker/host/etc/apt/apt.conf.d/52trigger-dev",
            json!({ "header": head("Security updates") }),
        ));
    }
    if let Some(it) = &hardening.daemon {
        let path = format!("{}/host/etc/docker/daemon.json", server.folder);
        files.push(file(HOST.name, path, Mode::Plain, Body::Json(daemon(it))));
    }
    let redis = server.webapp.is_some_and(|it| matches!(it.storage.redis, Redis::Bundled));
    if hardening.sysctl && redis {
        files.push(text(
            "sysctl.d/60-trigger-dev.conf",
            "docker/host/etc/sysctl.d/60-trigger-dev.conf",
            json!({ "header": head("Settings of the kernel") }),
        ));
    }
    files
}

/// Keys that every engine from 20.10 on knows: one that it does not know keeps it from starting.
fn daemon(it: &Daemon) -> Value {
    let nofile = json!({ "Name": "nofile", "Hard": it.open_files, "Soft": it.open_files });
    json!({
        "log-driver": "local",
        "log-opts": {
            "max-size": format!("{}m", it.log_max_size.in_mib()),
            "max-file": it.log_max_files.to_string(),
        },
        "live-restore": it.live_restore,
        "no-new-privileges": it.no_new_privileges,
        "default-ulimits": { "nofile": nofile },
    })
}
