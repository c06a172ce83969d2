//! Everything that a site compiles to, one row for each kind of output.
//!
//! Adding one: a file here, its `mod` line, its line in [`ARTIFACTS`]. Plan, manifest, `list`,
//! `explain` and the tests iterate the slice.

mod backup;
mod checks;
mod clickhouse;
mod compose;
mod ctl;
mod deploy;
mod dotenv;
mod environment;
mod gitignore;
mod host;
mod kubernetes;
mod nginx;
mod registry;
mod runbook;
mod s2;
mod setting;
mod workers;

pub use checks::{By, Check, Place, Severity, checks};
pub use ctl::control_script_parts;
pub use kubernetes::{RELEASE, Reload, VALUES_FILE as VALUES, reload};

use crate::plan::{Body, Plan, PlannedFile};
use crate::secrets::{Encrypted, Secrets};
use crate::site::{Reserve, Site, Worker};
use crate::tree::{Mode, OutPath};
use compose::Container;
use std::borrow::Cow;
use std::cell::OnceCell;

/// Every artifact, in the order in which a reader should meet them.
pub static ARTIFACTS: &[&Artifact] = &[
    &runbook::RUNBOOK,
    &gitignore::GITIGNORE,
    &dotenv::DOTENV,
    &dotenv::DOTENV_REDACTED,
    &compose::WEBAPP,
    &compose::WORKER,
    &clickhouse::CLICKHOUSE,
    &s2::S2,
    &registry::HTPASSWD,
    &nginx::NGINX,
    &backup::BACKUP,
    &ctl::CTL,
    &checks::CHECKS,
    &deploy::DEPLOY,
    &workers::WORKERS,
    &host::HOST,
    &kubernetes::VALUES,
    &kubernetes::FLUX,
    &kubernetes::VARIABLES,
    &kubernetes::RESTORE,
    &kubernetes::RUNBOOK,
];

/// A kind of output; several files, one, or none for a site.
#[derive(Debug)]
pub struct Artifact {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// Where it goes, for people.
    pub paths: &'static str,
    /// What it is, in a sentence.
    pub summary: &'static str,
    /// For which sites it is made.
    pub target: Target,
    /// The keys of the spec that shape it.
    pub keys: &'static [&'static str],
    plan: fn(&Cx<'_>) -> Vec<PlannedFile>,
}

/// For which sites an artifact is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// All of them.
    Every,
    /// Those with `docker`.
    Docker,
    /// Those with `kubernetes`.
    Kubernetes,
}

impl Target {
    fn is_of(self, site: &Site) -> bool {
        match self {
            Self::Every => true,
            Self::Docker => site.docker.is_some(),
            Self::Kubernetes => site.kubernetes.is_some(),
        }
    }
}

/// All that an artifact may know.
struct Cx<'a> {
    site: &'a Site,
    secrets: &'a Secrets,
    /// Made when the first artifact asks for them.
    layers: OnceCell<Vec<kubernetes::Layer>>,
    /// Those of the webapp's server, made when the first artifact asks for them.
    containers: OnceCell<Vec<Container>>,
}

impl<'a> Cx<'a> {
    fn new(site: &'a Site, secrets: &'a Secrets) -> Self {
        Self { site, secrets, layers: OnceCell::new(), containers: OnceCell::new() }
    }

    /// Every container of the webapp's server, or of a worker host.
    fn containers(&self, worker: Option<&Worker>) -> Cow<'_, [Container]> {
        match worker {
            Some(_) => compose::containers(self.site, worker).into(),
            None => self
                .containers
                .get_or_init(|| compose::containers(self.site, None))
                .as_slice()
                .into(),
        }
    }
}

/// Plans every file of a site.
pub fn plan(site: &Site, secrets: &Secrets) -> Plan {
    let cx = Cx::new(site, secrets);
    let made = ARTIFACTS.iter().filter(|it| it.target.is_of(site));
    let mut files: Vec<PlannedFile> = made.flat_map(|artifact| (artifact.plan)(&cx)).collect();
    let secret_paths =
        files.iter().filter(|it| it.mode == Mode::Secret).map(|it| it.path.to_string()).collect();
    gitignore::fill(&mut files, secret_paths);
    Plan { files }
}

/// The encrypted files of a site, and who can read them.
pub fn encrypted(site: &Site) -> Encrypted {
    if !site.encrypts() {
        return Encrypted::default();
    }
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let mut encrypted = Encrypted::default();
    for file in plan(site, &Secrets::stand_ins(&names)).files {
        if let Body::Encrypted { sealing, .. } = file.body {
            encrypted.recipients = sealing.key.recipients().cloned().collect();
            encrypted.files.push(file.path);
        }
    }
    encrypted.files.sort();
    encrypted
}

/// Names a file. The paths are ours, so one that leaves the folder is our bug.
fn file(artifact: &'static str, path: impl Into<String>, mode: Mode, body: Body) -> PlannedFile {
    let path =
        OutPath::new(path).expect("bug in trigger-gen: a path that leaves the output folder");
    PlannedFile { path, mode, artifact, body }
}

/// The install root as a word of a shell.
fn root_word(site: &Site) -> String {
    folder_word(site.docker().root.as_str())
}

/// A folder as a word of a shell. Letters, digits, `.`, `_`, `-`, `/` and blanks are all that may stand in it.
fn folder_word(folder: &str) -> String {
    if folder.contains(' ') { format!("'{folder}'") } else { folder.to_owned() }
}

/// How the memory of a server is divided, for the head of its stack.
fn memory_line(reserve: &Reserve) -> String {
    let Reserve { host, system, containers } = reserve;
    let (left, runs) = (reserve.left().max(0), reserve.runs());
    format!(
        "Of {host}: {containers} for containers, {system} for the system, {left}MiB for runs ({runs} of small-1x at once)."
    )
}

/// The lines that every generated file begins with.
fn header(site: &Site, what: &str) -> Vec<String> {
    vec![
        format!("{what} of the site {}, for Trigger.dev {}.", site.name, site.release.version),
        "Generated by trigger-gen. Do not edit: change the site file and build again.".into(),
    ]
}

/// A text in the two spellings that no public function writes alone.
#[doc(hidden)]
#[derive(Debug)]
pub struct Spelled {
    /// As the literal part of a string of a compose file.
    pub in_compose: String,
    /// As a part of a URL.
    pub in_url: String,
}

/// For the tests of these spellings: any text reaches them, where the pipeline has only narrow ones.
#[doc(hidden)]
pub fn spelled(text: &str) -> Spelled {
    let literal = serde_json::to_value(compose::Text::from(text)).expect("a string is JSON");
    let in_compose = literal.as_str().expect("a string").to_owned();
    Spelled { in_compose, in_url: setting::percent_encoded(text) }
}
