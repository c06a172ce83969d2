//! When backups are made, and the secrets that only a backup needs.
//!
//! The rule for whoever installs it: `backup/cron` is copied to `/etc/cron.d/<project>-backup`, owner root, 0644, and
//! what stands in `backup/systemd/` to `/etc/systemd/system/`, after which the timer is enabled. A site has one of the
//! two or neither. Everything else below `backup/` is read where it lies.

use super::{Artifact, Cx, Target, file, header, root_word};
use crate::plan::{Body, PlannedFile};
use crate::site::{Offsite, Scheduler, Site};
use crate::tree::Mode;
use crate::value::SecretName;
use serde_json::json;

pub(super) const BACKUP: Artifact = Artifact {
    name: "backup",
    paths: "docker/backup/…",
    summary: "When backups are made, and the secrets that they need",
    target: Target::Docker,
    keys: &["docker.backup", "docker.root", "docker.project"],
    plan: |cx| schedule(cx.site).into_iter().chain(secrets(cx)).collect(),
};

/// The name of the entry of cron, or of the units of systemd.
pub(super) fn unit(site: &Site) -> String {
    format!("{}-backup", site.docker().project)
}

fn schedule(site: &Site) -> Vec<PlannedFile> {
    let (unit, root) = (unit(site), site.docker().root.as_str());
    let text = |path: String, template: &'static str, what: &str, when: String| {
        let cx = json!({
            "header": header(site, what),
            "site": site.name.as_str(),
            "unit": unit,
            "when": when,
            "command": format!("{}/trigger-ctl.sh", root_word(site)),
            // Within double quotes systemd gives `%`, `\`, `"` and `$` a meaning; none of them stands in a root.
            "quoted_command": format!("\"{root}/trigger-ctl.sh\""),
        });
        file(BACKUP.name, format!("docker/backup/{path}"), Mode::Plain, Body::Text { template, cx })
    };
    match &site.docker().backup.scheduler {
        Scheduler::None => Vec::new(),
        Scheduler::Cron(it) => {
            vec![text("cron".into(), "docker/backup/cron", "When backups are made", it.to_string())]
        }
        Scheduler::Systemd(it) => [
            ("service", "docker/backup/systemd/service", "One backup"),
            ("timer", "docker/backup/systemd/timer", "When backups are made"),
        ]
        .map(|(suffix, template, what)| {
            text(format!("systemd/{unit}.{suffix}"), template, what, it.on_calendar())
        })
        .into_iter()
        .chain([text(
            format!("systemd/{unit}-failed.service"),
            "docker/backup/systemd/failed.service",
            "What is done when a backup fails",
            String::new(),
        )])
        .collect(),
    }
}

fn secrets(cx: &Cx<'_>) -> Vec<PlannedFile> {
    let backup = &cx.site.docker().backup;
    let line = |name: &str, secret: &SecretName| {
        let cx = json!({ "value": cx.secrets.expose(secret) });
        secret_file(name, "docker/backup/secret", cx)
    };
    let mut files = Vec::new();
    if let Some(url) = &backup.heartbeat_url {
        files.push(line("heartbeat-url", url));
    }
    if let Offsite::Restic { password, s3, .. } = &backup.offsite {
        files.push(line("restic-password", password));
        files.extend(s3.as_ref().map(|(id, secret)| {
            let cx = json!({ "id": id.as_str(), "secret": cx.secrets.expose(secret) });
            secret_file("restic-s3", "docker/backup/restic-s3", cx)
        }));
    }
    files
}

fn secret_file(name: &str, template: &'static str, cx: serde_json::Value) -> PlannedFile {
    file(BACKUP.name, format!("docker/backup/{name}"), Mode::Secret, Body::Text { template, cx })
}
