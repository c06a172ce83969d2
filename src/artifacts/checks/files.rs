//! The files of the installation, and what compose makes of them.

use super::{Check, DOCTOR, On, Place, Severity, VERIFY, always, when};
use crate::release::{self, env};
use crate::site::Registry;

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V20",
        name: "hashes",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "every file is as trigger-gen wrote it",
        hint: "change the site file, build and copy again; what was changed here by hand is lost at the next update",
        expects: always,
    },
    Check {
        id: "V21",
        name: "secrets",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: ".env is root's alone, and its secrets are complete, different and nobody else's",
        hint: "chown root:root .env && chmod 600 .env; copy .env again from the machine that builds",
        expects: |on| Some(secret_names(on).chain(published()).collect()),
    },
    Check {
        id: "V22",
        name: "images",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the compose files name exactly the images of the site",
        hint: "trigger-ctl.sh verify --only hashes names the file that was changed",
        expects: |on| {
            let mut images: Vec<String> = on.containers.iter().map(|it| it.image.clone()).collect();
            images.sort();
            images.dedup();
            Some(images)
        },
    },
    Check {
        id: "V23",
        name: "compose",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "compose takes the files, and they publish on loopback alone",
        hint: "trigger-ctl.sh config shows what compose refuses",
        expects: always,
    },
    Check {
        id: "V24",
        name: "registry-volume",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the registry keeps its images in a volume with a name",
        hint: "the compose file was changed: build and copy again before the next down",
        expects: |on| {
            let project = &on.site.docker().project;
            on.has("registry").then(|| vec![format!("{project}-registry")])
        },
    },
    Check {
        id: "V28",
        name: "telemetry",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "the webapp reports usage upstream only if the site says so",
        hint: "trigger-ctl.sh up starts the webapp with the variables of the site",
        expects: |on| when(on.is_server() && !on.site.access.telemetry),
    },
    Check {
        id: "V27",
        name: "sign-up",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the webapp knows who may sign in",
        hint: "trigger-ctl.sh up starts the webapp with the variables of the site",
        expects: |on| when(on.is_server()),
    },
    Check {
        id: "V29",
        name: "registry-login",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the registry's password is hashed with bcrypt and root's alone",
        hint: "copy registry/auth.htpasswd again from the machine that builds",
        expects: |on| match &on.site.storage.registry {
            Registry::Bundled(it) if on.is_server() => Some(vec![it.username.to_string()]),
            _ => None,
        },
    },
];

/// The variables of `.env` that must be secret on a machine.
fn secret_names(on: On<'_>) -> impl Iterator<Item = String> {
    let names = on.site.generated_names().into_iter();
    // What only the supervisor needs stands where it runs; a worker host has nothing else.
    let there = move |name: &&str| match *name {
        env::MANAGED_WORKER_SECRET => true,
        env::DOCKER_REGISTRY_PASSWORD => on.runs_tasks(),
        _ => on.is_server(),
    };
    names.filter(there).map(str::to_owned)
}

fn published() -> impl Iterator<Item = String> {
    release::published_hashes().map(|it| format!("not:{it}"))
}
