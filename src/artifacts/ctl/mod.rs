//! `trigger-ctl.sh` and its parts, beside the stacks of each server.
//!
//! The scripts are the same bytes for every site; what differs stands in `ctl/site.sh` alone. So a change of the
//! site file changes constants and no program, and the programs are judged where they lie, below `templates/`.

mod backup;
mod site;

use super::{Artifact, Cx, file};
use crate::plan::{Body, PlannedFile};
use crate::site::Worker;
use crate::tree::Mode;

/// The scripts of every server, by their paths below the install root.
static SCRIPTS: &[(&str, Mode, &str)] = &[
    ("trigger-ctl.sh", Mode::Executable, include_str!("../../../templates/docker/trigger-ctl.sh")),
    ("ctl/common.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/common.sh")),
    ("ctl/mask.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/mask.sh")),
    ("ctl/health.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/health.sh")),
    ("ctl/probe.js", Mode::Plain, include_str!("../../../templates/docker/ctl/probe.js")),
    ("ctl/stack.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/stack.sh")),
    ("ctl/images.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/images.sh")),
    ("ctl/access.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/access.sh")),
    (
        "ctl/worker_token.sh",
        Mode::Plain,
        include_str!("../../../templates/docker/ctl/worker_token.sh"),
    ),
    ("ctl/upkeep.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/upkeep.sh")),
    ("ctl/support.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/support.sh")),
    ("ctl/backup.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/backup.sh")),
    (
        "ctl/backup_parts.sh",
        Mode::Plain,
        include_str!("../../../templates/docker/ctl/backup_parts.sh"),
    ),
    (
        "ctl/backup_sets.sh",
        Mode::Plain,
        include_str!("../../../templates/docker/ctl/backup_sets.sh"),
    ),
    (
        "ctl/backup_away.sh",
        Mode::Plain,
        include_str!("../../../templates/docker/ctl/backup_away.sh"),
    ),
    ("ctl/restore.sh", Mode::Plain, include_str!("../../../templates/docker/ctl/restore.sh")),
    (
        "ctl/restore_parts.sh",
        Mode::Plain,
        include_str!("../../../templates/docker/ctl/restore_parts.sh"),
    ),
    (
        "ctl/restore_checks.sh",
        Mode::Plain,
        include_str!("../../../templates/docker/ctl/restore_checks.sh"),
    ),
];

/// The parts of the control script, by path: what their commands are stands in their lines `#:`.
pub fn control_script_parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCRIPTS.iter().map(|(path, _, text)| (*path, *text))
}

pub(super) const CTL: Artifact = Artifact {
    name: "ctl",
    paths: "docker/trigger-ctl.sh, docker/ctl/…",
    summary: "The control script of the server, its parts, and the constants of the site",
    keys: &["name", "release", "domain", "docker", "storage"],
    plan: |cx| bundle(cx, "docker", None),
};

/// The control script of one server: the webapp's, or a worker host.
pub(super) fn bundle(cx: &Cx<'_>, folder: &str, worker: Option<&Worker>) -> Vec<PlannedFile> {
    let artifact = if worker.is_some() { super::workers::WORKERS.name } else { CTL.name };
    let scripts = SCRIPTS.iter().map(|(path, mode, text)| {
        file(artifact, format!("{folder}/{path}"), *mode, Body::Fixed(text))
    });
    let constants = site::constants(cx.site, worker);
    scripts
        .chain([file(artifact, format!("{folder}/ctl/site.sh"), Mode::Plain, constants)])
        .collect()
}
