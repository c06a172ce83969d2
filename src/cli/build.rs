//! `build`: compile, make what is missing of the secrets, write; or compare and write nothing.

use super::args::Build;
use super::compare;
use super::site::{Compiled, StoreUse, compile};
use super::{Exit, out};
use crate::emit::{self, Options, Recovered, Report};
use crate::manifest::{self, Manifest};
use crate::secrets::{Draft, Made, Secrets, guard, lost, missing};
use crate::site::Site;
use crate::store::{self, Store};
use crate::tree::Tree;
use rand::TryRng;
use rand::rngs::SysRng;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

pub(super) fn run(verb: &Build) -> Exit {
    let mut seen = BTreeSet::new();
    verb.sites.iter().map(|path| one(verb, path, &mut seen)).max().unwrap_or(Exit::Done)
}

fn one(verb: &Build, path: &Path, seen: &mut BTreeSet<String>) -> Exit {
    let uses = if verb.check { StoreUse::IfThere } else { StoreUse::Read };
    let compiled = match compile(path, uses) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    if verb.deny_warnings && compiled.warnings > 0 {
        out::say(format!("{}: warnings are denied; nothing was written", path.display()));
        return Exit::No;
    }
    if !seen.insert(compiled.site.name.to_string()) {
        out::say(format!(
            "error: two of these sites are called `{}`, and would share a folder",
            compiled.site.name
        ));
        return Exit::No;
    }
    let folder = folder(&verb.out, &compiled.site);
    match verb.check {
        true => compare::run(&compiled, &folder, path),
        false => write(verb, compiled, &folder),
    }
}

fn write(verb: &Build, compiled: Compiled, folder: &Path) -> Exit {
    match emit::recover(folder) {
        Ok(recovered) => say_recovered(folder, recovered),
        Err(error) => return emission_failed(&error),
    }
    let manifest = read_manifest(folder);
    if !verb.new_site
        && let Err(refusal) = guard(manifest.as_ref(), compiled.draft.as_ref())
    {
        out::say(format!(
            "error: {}\n  help: {}\n{}: nothing was written",
            refusal.why, refusal.help, compiled.site.name
        ));
        return Exit::No;
    }
    say_lost(manifest.as_ref(), &compiled);
    let (draft, made) = match filled(verb, &compiled) {
        Ok(filled) => filled,
        Err(exit) => return exit,
    };
    let names = needed(&compiled.site);
    let secrets = Secrets::from_store(&draft, &names);
    let tree = crate::generate(&compiled.site, &secrets);
    let options = Options { force: verb.force, set_aside: verb.new_site && manifest.is_some() };
    match emit::write(folder, &tree, &secrets, &options) {
        Ok(report) => {
            say_written(verb, &compiled, folder, &report, &made);
            Exit::Done
        }
        Err(error) => emission_failed(&error),
    }
}

fn needed(site: &Site) -> Vec<crate::value::SecretName> {
    site.needed_secrets().into_iter().map(|it| it.name).collect()
}

/// The store with everything that the site needs. It is read again under its lock, so that no
/// other run's secret is lost.
fn filled(verb: &Build, compiled: &Compiled) -> Result<(Draft, Vec<Made>), Exit> {
    let site = &compiled.site;
    if let Some(draft) = compiled.draft.as_ref().filter(|it| is_complete(it, site)) {
        return Ok((draft.clone(), Vec::new()));
    }
    if verb.locked {
        let lacking: Vec<String> = match &compiled.draft {
            Some(draft) => missing(draft, site).into_iter().map(|it| it.name.to_string()).collect(),
            None => needed(site).into_iter().map(|it| it.to_string()).collect(),
        };
        let lacking =
            if lacking.is_empty() { "the hash of a password".into() } else { lacking.join(", ") };
        out::say(format!(
            "error: {} lacks {lacking}, and --locked makes nothing",
            compiled.store_path.display()
        ));
        return Err(Exit::No);
    }
    update(&compiled.store_path, site, |draft| draft.fill(site, random).made)
}

/// Whether nothing has to be made.
fn is_complete(draft: &Draft, site: &Site) -> bool {
    missing(draft, site).is_empty()
        && site.hashed_secrets().iter().all(|name| draft.bcrypt(name).is_some())
}

/// Changes the store under its lock, and says what that gave.
pub(super) fn update<T>(
    path: &Path,
    site: &Site,
    change: impl FnOnce(&mut Draft) -> T,
) -> Result<(Draft, T), Exit> {
    let saved = Store::lock(path, site.name.as_str()).and_then(|mut store| {
        let mut draft = store.to_draft();
        let result = change(&mut draft);
        store.save(&draft)?;
        Ok((draft, result))
    });
    saved.map_err(|error| store_failed(&error))
}

/// What the store says, and how the run ends.
pub(super) fn store_failed(error: &store::Error) -> Exit {
    out::say(format!("error: {}", with_cause(error)));
    match error {
        store::Error::Refused { .. } => Exit::No,
        store::Error::Io { .. } => Exit::Trouble,
    }
}

/// An error and what lies beneath it.
fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_cause(cause)),
        None => error.to_string(),
    }
}

/// The operating system's randomness, the only one there is.
pub(super) fn random(bytes: &mut [u8]) {
    SysRng.try_fill_bytes(bytes).expect("the operating system gives randomness");
}

fn say_recovered(folder: &Path, recovered: Recovered) {
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

fn say_written(verb: &Build, compiled: &Compiled, folder: &Path, report: &Report, made: &[Made]) {
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
    say_made(&compiled.store_path, made);
    if verb.quiet {
        return;
    }
    let site = &compiled.site;
    out::say(format!("{}: {}", site.name, written(report, folder)));
    if !report.created.is_empty() {
        say_next(site, folder);
    }
}

fn written(report: &Report, folder: &Path) -> String {
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

fn say_made(store: &Path, made: &[Made]) {
    let values = made.iter().filter(|it| matches!(it, Made::Value(_))).count();
    if values > 0 {
        let store = store.display();
        out::say(format!(
            "made {} in {store}: keep a copy, nothing can replace ENCRYPTION_KEY",
            out::count(values, "secret")
        ));
    }
}

/// Secrets that a server may know and the store does not: others are about to be made.
fn say_lost(manifest: Option<&Manifest>, compiled: &Compiled) {
    let Some((manifest, draft)) = manifest.zip(compiled.draft.as_ref()) else { return };
    for name in lost(manifest, draft, &compiled.site) {
        out::say(format!(
            "warning: {name} is gone from the store: a new one is made, and a server that runs must be given it"
        ));
    }
}

/// What to do with a new tree.
fn say_next(site: &Site, folder: &Path) {
    let root = site.docker.root.as_str();
    out::say(format!(
        "next: copy {}/ to {root}/ on the server, and there",
        folder.join("docker").display()
    ));
    let files = if site.is_split() {
        "-f webapp/docker-compose.yml"
    } else {
        "-f webapp/docker-compose.yml -f worker/docker-compose.yml"
    };
    out::say(format!("        cd '{root}' && docker compose --env-file .env {files} up -d --wait"));
    if let Some(worker) = site.docker.workers.first() {
        out::say(format!(
            "      then each folder of {}/ to its host, beginning with {}",
            folder.join("workers").display(),
            worker.name
        ));
    }
    out::say(format!(
        "      a proxy with TLS for {} must forward to 127.0.0.1:{}",
        site.domain, site.docker.publish.webapp
    ));
}

/// The manifest of an output, if there is one that can be read.
pub(super) fn read_manifest(folder: &Path) -> Option<Manifest> {
    read_text(&folder.join(manifest::PATH)).ok().and_then(|text| Manifest::read(text.as_bytes()))
}

/// A text file of the output.
pub(super) fn read_text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.read_to_string(&mut text)?;
    Ok(text)
}

/// What the emitter says, and how the run ends.
pub(super) fn emission_failed(error: &emit::Error) -> Exit {
    out::say(format!("error: {}", with_cause(error)));
    match error {
        emit::Error::Refused(refusals) => {
            for refusal in refusals {
                out::say(format!(
                    "  {}: {}\n    help: {}",
                    refusal.path.display(),
                    refusal.why,
                    refusal.help
                ));
            }
            Exit::No
        }
        _ => Exit::Trouble,
    }
}

/// A tree for comparing: with the store if it is complete, else with placeholders and the manifest's fingerprints.
pub(super) struct Rendered {
    pub(super) tree: Tree,
    pub(super) secrets: Secrets,
}

/// Renders without making anything.
pub(super) fn render(compiled: &Compiled, folder: &Path) -> Rendered {
    let site = &compiled.site;
    let names = needed(site);
    let secrets = match compiled.draft.as_ref().filter(|it| is_complete(it, site)) {
        Some(draft) => Secrets::from_store(draft, &names),
        None => Secrets::withheld(
            &read_manifest(folder).unwrap_or_else(|| Manifest::empty(site.name.as_str())),
            &names,
        ),
    };
    Rendered { tree: crate::generate(site, &secrets), secrets }
}

/// Where a tree would go.
pub(super) fn folder(out: &Path, site: &Site) -> PathBuf {
    out.join(site.name.as_str())
}
