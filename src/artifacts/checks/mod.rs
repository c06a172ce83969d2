//! `checks.json`: what must hold on a machine, for `trigger-ctl.sh verify` and `doctor`, and the hashes of its files.
//!
//! A check is a row here, which says whether a site has it and what is expected there, and a function in
//! `templates/docker/ctl/checks.sh` or one of its parts, which asks the machine.

mod application;
mod backup;
mod containers;
mod files;
mod hardening;
mod host;
mod outside;
mod proxy;
mod room;

use super::compose::Container;
use super::{Artifact, Cx, Target, file};
use crate::plan::{Body, PlannedFile};
use crate::site::{Site, Worker};
use crate::tree::Mode;
use serde_json::{Value, json};

pub(super) const CHECKS: Artifact = Artifact {
    name: "checks",
    paths: "docker/checks.json",
    summary: "What must hold on the server, for `verify` and `doctor`, with the hashes of all files that hold no secret",
    target: Target::Docker,
    keys: &["name", "release", "domain", "access", "network", "docker", "storage"],
    plan: |cx| vec![list(cx, CHECKS.name, "docker", None)],
};

/// How bad it is when a check fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Runs fail, data is at risk, or a door is open.
    Critical,
    /// It will become worse.
    Warning,
}

impl Severity {
    /// As it stands in `checks.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::Warning => "warning",
        }
    }
}

/// Where a check is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the machine itself.
    Here,
    /// From another machine.
    Outside,
}

impl Place {
    /// As it stands in `checks.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Outside => "outside",
        }
    }
}

/// The commands that make a check; `verify` makes every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// Before a start, and when something does not work though all looks well.
    pub doctor: bool,
    /// What shows in daily use whether every part does its work.
    pub status: bool,
}

const VERIFY: By = By { doctor: false, status: false };
const DOCTOR: By = By { doctor: true, status: false };
const STATUS: By = By { doctor: false, status: true };
const BOTH: By = By { doctor: true, status: true };

impl By {
    /// As it stands in `checks.json`.
    pub fn word(self) -> &'static str {
        match (self.doctor, self.status) {
            (false, false) => "verify",
            (true, false) => "verify and doctor",
            (false, true) => "verify and status",
            (true, true) => "verify, doctor and status",
        }
    }
}

/// One thing that must hold.
#[derive(Debug)]
pub struct Check {
    /// Its number, which never changes.
    pub id: &'static str,
    /// Its name in kebab-case; the function is called after it.
    pub name: &'static str,
    /// How bad it is when it fails.
    pub severity: Severity,
    /// Where it is made.
    pub place: Place,
    /// Which commands make it.
    pub by: By,
    /// What holds, as a clause.
    pub title: &'static str,
    /// What to do when it does not.
    pub hint: &'static str,
    /// What is expected on a machine; `None` where the machine does not have it.
    expects: fn(On<'_>) -> Option<Vec<String>>,
}

/// The machine that is asked: the webapp's, or a worker host.
#[derive(Clone, Copy)]
struct On<'a> {
    site: &'a Site,
    worker: Option<&'a Worker>,
    containers: &'a [Container],
}

impl On<'_> {
    /// Whether the webapp runs there.
    fn is_server(self) -> bool {
        self.worker.is_none()
    }

    /// Whether runs are executed there.
    fn runs_tasks(self) -> bool {
        self.worker.is_some() || !self.site.is_split()
    }

    fn has(self, service: &str) -> bool {
        self.kept().any(|it| it.service == service)
    }

    /// Every service that keeps running there.
    fn services(self) -> Vec<String> {
        self.kept().map(|it| it.service.clone()).collect()
    }

    /// The containers of those.
    fn kept(&self) -> impl Iterator<Item = &Container> {
        self.containers.iter().filter(|it| !it.once)
    }
}

/// For a check that every machine has.
fn always(_: On<'_>) -> Option<Vec<String>> {
    Some(Vec::new())
}

/// For a check that a machine has or has not, and that expects nothing of its own.
fn when(holds: bool) -> Option<Vec<String>> {
    holds.then(Vec::new)
}

/// Every check that there is, in the order in which they are made.
pub fn checks() -> impl Iterator<Item = &'static Check> {
    let parts = [
        host::CHECKS,
        hardening::CHECKS,
        files::CHECKS,
        containers::CHECKS,
        application::CHECKS,
        room::CHECKS,
        proxy::CHECKS,
        backup::CHECKS,
        outside::CHECKS,
    ];
    parts.into_iter().flatten()
}

/// The list of one machine.
pub(super) fn list(
    cx: &Cx<'_>,
    artifact: &'static str,
    folder: &str,
    worker: Option<&Worker>,
) -> PlannedFile {
    let containers = cx.containers(worker);
    let on = On { site: cx.site, worker, containers: &containers };
    let checks: Vec<Value> = checks().filter_map(|it| row(it, on)).collect();
    let document = json!({
        "format": 1,
        "site": cx.site.name.to_string(),
        "release": cx.site.release.version.to_string(),
        "machine": worker.map_or(&cx.site.name, |it| &it.name).to_string(),
        "checks": checks,
    });
    let body = Body::Inventory { document, folder: folder.to_owned() };
    file(artifact, format!("{folder}/checks.json"), Mode::Plain, body)
}

/// The checks that the webapp's server has.
pub(super) fn of_server(cx: &Cx<'_>) -> Vec<&'static Check> {
    of_machine(cx, None)
}

/// The checks that a machine of the site has.
pub(super) fn of_site(cx: &Cx<'_>) -> Vec<&'static Check> {
    let machines = std::iter::once(None).chain(cx.site.docker().workers.iter().map(Some));
    let found: Vec<_> = machines.flat_map(|worker| of_machine(cx, worker)).collect();
    checks().filter(|it| found.iter().any(|other| other.id == it.id)).collect()
}

fn of_machine(cx: &Cx<'_>, worker: Option<&Worker>) -> Vec<&'static Check> {
    let containers = cx.containers(worker);
    let on = On { site: cx.site, worker, containers: &containers };
    checks().filter(|it| (it.expects)(on).is_some()).collect()
}

fn row(check: &Check, on: On<'_>) -> Option<Value> {
    let expect = (check.expects)(on)?;
    Some(json!({
        "id": check.id,
        "name": check.name,
        "severity": check.severity.word(),
        "place": check.place.word(),
        "by": check.by.word(),
        "title": check.title,
        "hint": check.hint,
        "expect": expect,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The control script reads them line by line, without a reader of JSON.
    #[test]
    fn texts_need_no_escape() {
        for it in checks() {
            for text in [it.id, it.name, it.title, it.hint] {
                let plain = |c: char| c.is_ascii_graphic() && !"\"\\".contains(c) || c == ' ';
                assert!(!text.is_empty() && text.chars().all(plain), "{}: {text}", it.id);
            }
        }
    }

    #[test]
    fn numbers_and_names_are_used_once() {
        for (nth, it) in checks().enumerate() {
            let twice = checks().take(nth).any(|other| other.id == it.id || other.name == it.name);
            assert!(!twice, "{} {}", it.id, it.name);
        }
    }
}
