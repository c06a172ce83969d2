//! What is to be done on the servers of a site when secrets have changed.

use super::super::shell;
use crate::secrets::{Rotation, Step, Way, wrapped};
use crate::site::{Registry, Site};
use std::path::Path;

/// Commands for one host. Each is done only if the one before it went well.
pub(in crate::cli) struct Group {
    host: String,
    /// Each with what it does, where that has to be said.
    commands: Vec<(Option<&'static str>, String)>,
}

impl Group {
    fn new(host: impl Into<String>, commands: Vec<String>) -> Self {
        let commands = commands.into_iter().map(|it| (None, it)).collect();
        Self { host: host.into(), commands }
    }

    fn add(&mut self, site: &Site, steps: impl Iterator<Item = &'static Step>) {
        self.commands.extend(steps.map(|step| (Some(step.what), filled(site, step.command))));
    }

    /// Its lines, to be run as they stand.
    pub(in crate::cli) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("# {}", self.host)];
        for (nth, (what, command)) in self.commands.iter().enumerate() {
            let and = if nth + 1 < self.commands.len() { " &&" } else { "" };
            lines.extend(what.map(|what| format!("# - {what}")));
            lines.push(format!("{command}{and}"));
        }
        lines
    }
}

/// docker compose with the files of the webapp's host, from the folder of the installation.
fn compose(site: &Site) -> &'static str {
    match site.is_split() {
        true => "docker compose --env-file .env -f webapp/docker-compose.yml",
        false => {
            "docker compose --env-file .env -f webapp/docker-compose.yml -f worker/docker-compose.yml"
        }
    }
}

fn filled(site: &Site, command: &str) -> String {
    let (host, user) = match &site.storage.registry {
        Registry::Bundled(it) => (it.host.to_string(), it.username.to_string()),
        Registry::External(it) => (it.host.to_string(), String::new()),
    };
    command
        .replace("{compose}", compose(site))
        .replace("{registry}", &host)
        .replace("{user}", &shell::word(&user))
}

/// Every step that a server needs, in the order in which they are done. `folder` is the output of the site;
/// `build` is the command that comes first, if it was not run yet.
pub(in crate::cli) fn groups(
    site: &Site,
    rows: &[&Rotation],
    folder: &Path,
    build: Option<String>,
) -> Vec<Group> {
    if site.docker.is_none() {
        return Vec::new();
    }
    let host = if site.is_split() { "the host of the webapp" } else { "the server" };
    let copied = copy(site, &folder.join("docker"));
    let here = Group::new(
        format!("here, with {host} as HOST"),
        build.into_iter().chain([copied]).collect(),
    );
    let mut there = Group::new(format!("on {host}"), vec![enter(site)]);
    there.add(site, rows.iter().flat_map(|row| of(row).before));
    there.commands.push((None, format!("{} up -d --wait", compose(site))));
    there.add(site, rows.iter().flat_map(|row| of(row).after));
    let mut all = vec![here, there];
    if rows.iter().any(|row| of(row).on_workers) {
        all.extend(workers(site, folder));
    }
    let mut clients = Group::new("on every machine that deploys, and in its CI", Vec::new());
    clients.add(site, rows.iter().flat_map(|row| of(row).on_clients));
    all.extend((!clients.commands.is_empty()).then_some(clients));
    all
}

/// Each worker host of a split site, at once after the webapp's.
fn workers(site: &Site, folder: &Path) -> Vec<Group> {
    let names = site.docker().workers.iter().map(|it| it.name.to_string());
    let one = |name: String| {
        let start = "docker compose --env-file .env up -d --wait".to_owned();
        [
            Group::new(
                format!("here, with {name} as HOST"),
                vec![copy_worker(site, folder, &name)],
            ),
            Group::new(format!("on {name}"), vec![enter(site), start]),
        ]
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
    before: &'static [Step],
    after: &'static [Step],
    on_clients: &'static [Step],
    on_workers: bool,
}

fn of(row: &Rotation) -> Steps {
    match row.way {
        Way::Rotate { before, after, on_clients, on_workers } => {
            Steps { before, after, on_clients, on_workers }
        }
        Way::Never { .. } => Steps::default(),
    }
}

/// What rotating secrets leads to, and every step in the order in which it is done.
pub(super) fn consequences(
    site: &Site,
    rows: &[&Rotation],
    folder: &Path,
    build: String,
) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&format!("{}\n{}", row.name, wrapped(row.effect, "  ")));
        text.push_str(&wrapped(&format!("The old value: {}", row.old), "  "));
        text.push('\n');
    }
    text.push_str("The steps, in this order:\n");
    for group in groups(site, rows, folder, Some(build)) {
        text.push('\n');
        group.lines().iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    text
}
