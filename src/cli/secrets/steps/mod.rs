//! What is to be done where a site runs when secrets have changed.

mod cluster;
mod server;

pub(in crate::cli) use cluster::groups as in_cluster;
pub(in crate::cli) use server::{copy_worker, groups as on_servers};

use crate::secrets::{Rotation, Way, wrapped};
use crate::site::Site;
use std::path::Path;

/// Commands for one place. Each is done only if the one before it went well.
pub(in crate::cli) struct Group {
    place: String,
    /// Each with what it does, where that has to be said.
    commands: Vec<(Option<&'static str>, String)>,
}

impl Group {
    fn new(place: impl Into<String>, commands: Vec<String>) -> Self {
        let commands = commands.into_iter().map(|it| (None, it)).collect();
        Self { place: place.into(), commands }
    }

    /// Its lines, to be run as they stand.
    pub(in crate::cli) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("# {}", self.place)];
        for (nth, (what, command)) in self.commands.iter().enumerate() {
            let and = if nth + 1 < self.commands.len() { " &&" } else { "" };
            lines.extend(what.map(|what| format!("# - {what}")));
            lines.push(format!("{command}{and}"));
        }
        lines
    }
}

/// What rotating secrets leads to, and every step in the order in which it is done; `build` is the command that comes first.
pub(super) fn consequences(site: &Site, rows: &[&Rotation], folder: &Path, build: &str) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&format!("{}\n", row.name));
        effects(site, row).for_each(|effect| text.push_str(&wrapped(&effect, "  ")));
        text.push_str(&wrapped(&format!("The old value: {}", row.old), "  "));
        text.push('\n');
    }
    text.push_str("The steps, in this order:\n");
    for group in groups(site, rows, folder, build) {
        text.push('\n');
        group.lines().iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    text
}

fn groups(site: &Site, rows: &[&Rotation], folder: &Path, build: &str) -> Vec<Group> {
    let has_a_server = |row: &&&Rotation| !matches!(row.way, Way::InCluster);
    let of_servers: Vec<&Rotation> = rows.iter().filter(has_a_server).copied().collect();
    let mut all = match of_servers.is_empty() {
        true => Vec::new(),
        false => on_servers(site, &of_servers, folder, Some(build)),
    };
    let names: Vec<&str> = rows.iter().map(|row| row.name).collect();
    let first = all.is_empty().then_some(build);
    all.extend(in_cluster(site, &names, folder, first));
    all
}

/// What another value does, on servers and in the cluster.
fn effects<'a>(site: &'a Site, row: &'a Rotation) -> impl Iterator<Item = String> + 'a {
    let on_servers = site.docker.as_ref().map(|_| row.effect);
    let in_cluster = site.kubernetes.as_ref().and(row.in_cluster.as_ref()).map(|it| it.effect);
    match (on_servers, in_cluster) {
        (Some(here), Some(there)) if here != there => {
            vec![format!("On the server: {here}"), format!("In the cluster: {there}")]
        }
        (here, there) => here.or(there).map(str::to_owned).into_iter().collect(),
    }
    .into_iter()
}
