//! What a build says when it is done: what it made, and what to do next.

use super::out;
use super::site::Compiled;
use crate::emit::{Recovered, Report};
use crate::secrets::Made;
use crate::site::{ObjectStore, Registry, Site};
use std::path::Path;

/// What became of a run that was killed.
pub(super) fn recovered(folder: &Path, recovered: Recovered) {
    match recovered {
        Recovered::Nothing => {}
        Recovered::Undone => {
            out::say(format!("{}: cleared away what a killed build had begun", folder.display()))
        }
        Recovered::Finished => {
            out::say(format!("{}: finished what a killed build had begun", folder.display()))
        }
    }
}

/// What a build did.
pub(super) fn written(
    quiet: bool,
    compiled: &Compiled,
    folder: &Path,
    report: &Report,
    made: &[Made],
) {
    for path in &report.kept_edited {
        out::say(format!(
            "kept {}: it was edited by hand (--force overwrites)",
            folder.join(path.as_str()).display()
        ));
    }
    for path in &report.edited_but_no_longer_made {
        out::say(format!(
            "kept {}: it is no longer made, and was edited by hand",
            folder.join(path.as_str()).display()
        ));
    }
    if let Some(aside) = &report.set_aside {
        out::say(format!("set the old output aside as {}", aside.display()));
    }
    made_secrets(&compiled.store_path, made);
    if quiet {
        return;
    }
    let site = &compiled.site;
    out::say(format!("{}: {}", site.name, summary(report, folder)));
    next(site, folder);
}

fn summary(report: &Report, folder: &Path) -> String {
    let parts: Vec<String> = [
        (report.created.len(), "new"),
        (report.changed.len() + report.mode_changed.len(), "changed"),
        (report.removed.len(), "removed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    match parts.is_empty() {
        true => format!("{} is as it should be", folder.display()),
        false => format!("wrote {} ({})", folder.display(), parts.join(", ")),
    }
}

fn made_secrets(store: &Path, made: &[Made]) {
    let values = made.iter().filter(|it| matches!(it, Made::Value(_))).count();
    if values > 0 {
        let store = store.display();
        out::say(format!(
            "made {} in {store}: keep a copy, nothing can replace ENCRYPTION_KEY",
            out::count(values, "secret")
        ));
    }
}

/// What to do with the tree, in the order in which it is done.
fn next(site: &Site, folder: &Path) {
    let (root, publish) = (site.docker.root.as_str(), &site.docker.publish);
    let files = if site.is_split() {
        "-f webapp/docker-compose.yml"
    } else {
        "-f webapp/docker-compose.yml -f worker/docker-compose.yml"
    };
    out::say(format!(
        "next: copy {}/ to {root}/ on the server, and there",
        folder.join("docker").display()
    ));
    out::say(format!("        cd '{root}' && docker compose --env-file .env {files} up -d --wait"));
    out::say(format!(
        "      a proxy with TLS must forward {} to 127.0.0.1:{}",
        site.domain, publish.webapp
    ));
    if let ObjectStore::Bundled(it) = &site.storage.object_store
        && let Some(host) = &it.public_host
    {
        out::say(format!("        and {host} to 127.0.0.1:{}", publish.object_store));
    }
    if let Registry::Bundled(it) = &site.storage.registry {
        out::say(format!("        and {} to 127.0.0.1:{}", it.host, publish.registry));
    }
    if site.is_split() {
        let webapp = format!("{}-webapp", site.docker.project);
        out::say(format!(
            "      each folder of {}/ goes to its host as {root}/, with the file worker_token (mode 0600) from",
            folder.join("workers").display()
        ));
        out::say(format!("        docker exec {webapp} cat /home/node/shared/worker_token"));
    }
}
