//! What is to be done on the servers of a site when secrets have changed.

use crate::secrets::{Rotation, Step, Way, wrapped};
use crate::site::{Registry, Site};

/// docker compose with the files of the webapp's host, from the folder of the installation.
pub(in crate::cli) fn compose(site: &Site) -> &'static str {
    match site.is_split() {
        true => "docker compose --env-file .env -f webapp/docker-compose.yml",
        false => {
            "docker compose --env-file .env -f webapp/docker-compose.yml -f worker/docker-compose.yml"
        }
    }
}

/// What is done with the new files on the server before anything is started with them.
pub(in crate::cli) fn before(site: &Site, rows: &[&Rotation]) -> Vec<String> {
    rows.iter().flat_map(|row| of(row).0).flat_map(|step| lines(site, step)).collect()
}

/// What is done once everything on the webapp's host runs with them.
pub(in crate::cli) fn after(site: &Site, rows: &[&Rotation]) -> Vec<String> {
    let mut all = Vec::new();
    if site.is_split() && rows.iter().any(|row| of(row).2) {
        let hosts: Vec<String> = site.docker.workers.iter().map(|it| it.name.to_string()).collect();
        all.push(format!(
            "# at once on {}, each with its folder of workers/: copy it, and there",
            hosts.join(", ")
        ));
        all.push(format!(
            "cd '{}' && docker compose --env-file .env up -d --wait",
            site.docker.root
        ));
    }
    all.extend(rows.iter().flat_map(|row| of(row).1).flat_map(|step| lines(site, step)));
    all
}

fn of(row: &Rotation) -> (&'static [Step], &'static [Step], bool) {
    match row.way {
        Way::Rotate { before, after, on_workers } => (before, after, on_workers),
        Way::Never { .. } => (&[], &[], false),
    }
}

/// A step as a comment, and its command.
fn lines(site: &Site, step: &Step) -> Vec<String> {
    let (host, user) = match &site.storage.registry {
        Registry::Bundled(it) => (it.host.to_string(), it.username.to_string()),
        Registry::External(it) => (it.host.to_string(), String::new()),
    };
    let filled = |command: &str| {
        command
            .replace("{compose}", compose(site))
            .replace("{registry}", &host)
            .replace("{user}", &user)
    };
    std::iter::once(format!("# {}", step.what)).chain(step.command.map(filled)).collect()
}

/// What rotating secrets leads to, and every step in the order in which it is done.
pub(super) fn consequences(site: &Site, rows: &[&Rotation], site_file: &str) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&format!("{}\n{}", row.name, wrapped(row.effect, "  ")));
        text.push_str(&wrapped(&format!("The old value: {}", row.old), "  "));
        text.push('\n');
    }
    let start = format!("{} up -d --wait", compose(site));
    let mut steps = vec![
        format!("trigger-gen build {site_file}"),
        format!(
            "# copy out/{}/docker/ to {1}/ on the server, and there",
            site.name, site.docker.root
        ),
        format!("cd '{}'", site.docker.root),
    ];
    steps.extend(before(site, rows));
    steps.push(start);
    steps.extend(after(site, rows));
    text.push_str("The steps, in this order:\n");
    steps.iter().for_each(|step| text.push_str(&format!("  {step}\n")));
    text
}
