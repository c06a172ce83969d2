//! `trigger-ctl.sh` and its parts, beside the stacks of each server.
//!
//! The scripts are the same bytes for every site; what differs stands in `ctl/site.sh` alone, and by release in
//! `ctl/upgrades.sh`. So a change of the
//! site file changes constants and no program, and the programs are judged where they lie, below `templates/`.

mod backup;
mod site;
mod upgrades;

use super::{Artifact, Cx, Target, file};
use crate::plan::{Body, PlannedFile};
use crate::site::Worker;
use crate::tree::Mode;

/// A script, by its path below the install root, which is its path below `templates/docker/`.
macro_rules! script {
    ($path:literal) => {
        ($path, include_str!(concat!("../../../templates/docker/", $path)))
    };
}

/// What a person calls; the others are read by it.
const ENTRY: &str = "trigger-ctl.sh";

/// The scripts of every server.
static SCRIPTS: &[(&str, &str)] = &[
    script!("trigger-ctl.sh"),
    script!("ctl/common.sh"),
    script!("ctl/stack.sh"),
    script!("ctl/health.sh"),
    script!("ctl/images.sh"),
    script!("ctl/mask.sh"),
    script!("ctl/access.sh"),
    script!("ctl/worker_token.sh"),
    script!("ctl/update.sh"),
    script!("ctl/exchange.sh"),
    script!("ctl/rollback.sh"),
    script!("ctl/host.sh"),
    script!("ctl/host_parts.sh"),
    script!("ctl/nginx.sh"),
    script!("ctl/firewall.sh"),
    script!("ctl/checks.sh"),
    script!("ctl/checks/host.sh"),
    script!("ctl/checks/files.sh"),
    script!("ctl/checks/containers.sh"),
    script!("ctl/checks/application.sh"),
    script!("ctl/checks/room.sh"),
    script!("ctl/checks/outside.sh"),
    script!("ctl/checks/hardening.sh"),
    script!("ctl/checks/proxy.sh"),
    script!("ctl/checks/backup.sh"),
    script!("ctl/checks/ask.js"),
    script!("ctl/backup.sh"),
    script!("ctl/backup_parts.sh"),
    script!("ctl/backup_sets.sh"),
    script!("ctl/backup_away.sh"),
    script!("ctl/restore.sh"),
    script!("ctl/restore_parts.sh"),
    script!("ctl/restore_checks.sh"),
    script!("ctl/restore_platform.sh"),
    script!("ctl/restore.js"),
    script!("ctl/upkeep.sh"),
    script!("ctl/support.sh"),
];

/// The parts of the control script, by path: what their commands are stands in their lines `#:`.
pub fn control_script_parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCRIPTS.iter().copied()
}

pub(super) const CTL: Artifact = Artifact {
    name: "ctl",
    paths: "docker/trigger-ctl.sh, docker/ctl/…",
    summary: "The control script of the server, its parts, and the constants of the site",
    target: Target::Docker,
    keys: &["name", "release", "domain", "docker", "storage"],
    plan: |cx| bundle(cx, "docker", None),
};

/// The control script of one server: the webapp's, or a worker host.
pub(super) fn bundle(cx: &Cx<'_>, folder: &str, worker: Option<&Worker>) -> Vec<PlannedFile> {
    let artifact = if worker.is_some() { super::workers::WORKERS.name } else { CTL.name };
    let scripts = SCRIPTS.iter().map(|(path, text)| {
        let mode = if *path == ENTRY { Mode::Executable } else { Mode::Plain };
        file(artifact, format!("{folder}/{path}"), mode, Body::Fixed(text))
    });
    let constants = [
        ("ctl/site.sh", site::constants(cx, worker)),
        ("ctl/upgrades.sh", upgrades::constants(cx.site)),
    ];
    let constants = constants
        .into_iter()
        .map(|(path, body)| file(artifact, format!("{folder}/{path}"), Mode::Plain, body));
    scripts.chain(constants).collect()
}
