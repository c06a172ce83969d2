//! The containers as the engine has them.

use super::{Check, DOCTOR, Place, STATUS, Severity, VERIFY, when};

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V30",
        name: "running",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "every container runs, is healthy, and was not restarted in the last ten minutes",
        hint: "trigger-ctl.sh logs SERVICE says why it stopped; trigger-ctl.sh up starts what is missing",
        expects: |on| Some(on.services()),
    },
    Check {
        id: "V31",
        name: "running-images",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "every container runs the image of the site",
        hint: "trigger-ctl.sh up puts the images of the site in place",
        expects: |on| Some(on.kept().map(|it| format!("{}={}", it.service, it.image)).collect()),
    },
    Check {
        id: "V32",
        name: "privileges",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "no container can gain privileges",
        hint: "trigger-ctl.sh up makes the containers again as the site has them",
        expects: |on| Some(on.services()),
    },
    Check {
        id: "V33",
        name: "memory",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "every container has a memory limit",
        hint: "trigger-ctl.sh up makes the containers again as the site has them",
        expects: |on| Some(on.services()),
    },
    Check {
        id: "V34",
        name: "socket",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the socket of the engine is mounted in docker-proxy alone, read-only",
        hint: "whoever has the socket is root: stop the container that is named",
        expects: |on| when(on.runs_tasks()),
    },
    Check {
        id: "V25",
        name: "proxy-network",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "docker-proxy is on one network, which only the supervisor shares",
        hint: "docker network disconnect what does not belong there, then trigger-ctl.sh up",
        expects: |on| {
            let project = &on.site.docker().project;
            on.runs_tasks().then(|| vec![format!("{project}-docker-proxy")])
        },
    },
    Check {
        id: "V26",
        name: "runner-network",
        severity: Severity::Warning,
        place: Place::Here,
        by: DOCTOR,
        title: "runs join their own network, which exists and has no data store",
        hint: "trigger-ctl.sh up makes networks and supervisor again as the site has them",
        expects: |on| on.runs_tasks().then(|| vec![super::super::compose::runner_network(on.site)]),
    },
    Check {
        id: "V79",
        name: "ended-runs",
        severity: Severity::Warning,
        place: Place::Here,
        by: STATUS,
        title: "containers of runs that ended do not pile up",
        hint: "trigger-ctl.sh prune removes those that ended more than a day ago",
        expects: |on| when(on.runs_tasks()),
    },
    Check {
        id: "V54",
        name: "registry-mount",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the running registry writes into the volume with a name",
        hint: "copy its images out before the container is removed: docker cp PROJECT-registry:/var/lib/registry .",
        expects: |on| {
            let project = &on.site.docker().project;
            on.has("registry").then(|| vec![format!("{project}-registry")])
        },
    },
];
