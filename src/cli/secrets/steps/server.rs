//! The steps for servers: the new files are copied there, and `trigger-ctl.sh` takes the values into use.

use super::super::super::shell;
use super::Group;
use crate::secrets::{Rotation, Step, Way};
use crate::site::{Registry, Site};
use std::path::Path;

/// `{registry}` and `{user}` of a command.
fn filled(site: &Site, command: &str) -> String {
    let (host, user) = match &site.storage.registry {
        Registry::Bundled(it) => (it.host.to_string(), it.username.to_string()),
        Registry::External(it) => (it.host.to_string(), String::new()),
    };
    command.replace("{registry}", &host).replace("{user}", &shell::word(&user))
}

/// Takes the new values into use on one host: those first that have to be known before anything starts.
fn taken<'a>(rows: impl Iterator<Item = &'a Rotation>) -> Vec<(Option<&'static str>, String)> {
    let mut rows: Vec<&Rotation> = rows.collect();
    rows.sort_by_key(|row| of(row).before.is_none());
    let rotate = |row: &&Rotation| {
        let steps = of(row);
        (steps.before.or(steps.after), format!("./trigger-ctl.sh rotate {}", row.name))
    };
    let commands: Vec<_> = rows.iter().map(rotate).collect();
    if commands.is_empty() { vec![(None, "./trigger-ctl.sh up".to_owned())] } else { commands }
}

/// Every step that a server needs, in the order in which they are done. `folder` is the output of the site;
/// `build` is the command that comes first, if it was not run yet.
pub(in crate::cli) fn groups(
    site: &Site,
    rows: &[&Rotation],
    folder: &Path,
    build: Option<&str>,
) -> Vec<Group> {
    if site.docker.is_none() {
        return Vec::new();
    }
    let host = if site.is_split() { "the host of the webapp" } else { "the server" };
    let copied = copy(site, &folder.join("docker"));
    let here = Group::new(
        format!("here, with {host} as HOST"),
        build.map(str::to_owned).into_iter().chain([copied]).collect(),
    );
    let mut there = Group::new(format!("on {host}"), vec![enter(site)]);
    there.commands.extend(taken(rows.iter().copied()));
    let mut all = vec![here, there];
    if rows.iter().any(|row| of(row).on_workers) {
        all.extend(workers(site, rows, folder));
    }
    let mut clients = Group::new("on every machine that deploys, and in its CI", Vec::new());
    let steps = rows.iter().flat_map(|row| of(row).on_clients);
    clients.commands.extend(steps.map(|it| (Some(it.what), filled(site, it.command))));
    all.extend((!clients.commands.is_empty()).then_some(clients));
    all
}

/// Each worker host of a split site, at once after the webapp's.
fn workers(site: &Site, rows: &[&Rotation], folder: &Path) -> Vec<Group> {
    let names = site.docker().workers.iter().map(|it| it.name.to_string());
    let one = |name: String| {
        let mut there = Group::new(format!("on {name}"), vec![enter(site)]);
        there.commands.extend(taken(rows.iter().copied().filter(|row| of(row).on_workers)));
        let copied = vec![copy_worker(site, folder, &name)];
        [Group::new(format!("here, with {name} as HOST"), copied), there]
    };
    if site.is_split() { names.flat_map(one).collect() } else { Vec::new() }
}

/// Copies the folder of a worker host there.
pub(in crate::cli) fn copy_worker(site: &Site, folder: &Path, name: &str) -> String {
    copy(site, &folder.join("workers").join(name))
}

/// With the hidden files, and into the folder rather than beside what is in it.
fn copy(site: &Site, from: &Path) -> String {
    let from = from.display().to_string();
    // What stands before a colon is a host to rsync, and a dash begins an option.
    let here = if from.starts_with('-') || from.contains(':') && !from.starts_with('/') {
        "./"
    } else {
        ""
    };
    let from = shell::word(&format!("{here}{from}/"));
    format!("rsync -a {from} HOST:{}", shell::word(&format!("{}/", site.docker().root)))
}

fn enter(site: &Site) -> String {
    format!("cd {}", shell::word(site.docker().root.as_str()))
}

/// The steps of one secret.
#[derive(Default)]
struct Steps {
    before: Option<&'static str>,
    after: Option<&'static str>,
    on_clients: &'static [Step],
    on_workers: bool,
}

fn of(row: &Rotation) -> Steps {
    match row.way {
        Way::Rotate { before, after, on_clients, on_workers } => {
            Steps { before, after, on_clients, on_workers }
        }
        Way::InCluster | Way::Never { .. } => Steps::default(),
    }
}
