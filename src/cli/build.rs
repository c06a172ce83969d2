//! `build`: compile, make what is missing of the secrets, write; or compare and write nothing.

use super::args::Build;
use super::compare;
use super::findings::Findings;
use super::site::{Compiled, StoreUse, compile_saying};
use super::{Exit, out, talk};
use crate::emit::{self, Options};
use crate::manifest::{self, Fingerprints, Manifest};
use crate::release::env;
use crate::secrets::{Draft, Made, Secrets, changed, keep, missing};
use crate::site::{Site, generated};
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
    let mut findings = Findings::new(verb.format);
    let ends = verb.sites.iter().map(|path| one(verb, path, &mut seen, &mut findings));
    let exit = ends.max().unwrap_or(Exit::Done);
    findings.finish(exit)
}

fn one(verb: &Build, path: &Path, seen: &mut BTreeSet<String>, findings: &mut Findings) -> Exit {
    let uses = if verb.check { StoreUse::IfThere } else { StoreUse::Read };
    let compiled = match compile_saying(path, uses, findings) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    if verb.deny_warnings && compiled.warnings > 0 {
        out::say(format!("{}: warnings are denied; nothing was written", path.display()));
        return Exit::No;
    }
    if !seen.insert(compiled.site.name.to_string()) {
        let why = format!(
            "two of these sites are called `{}`, and would share a folder",
            compiled.site.name
        );
        return findings.refused("shared-site-name", path, &why);
    }
    let folder = folder(&verb.out, &compiled.site);
    match verb.check {
        true => compare::run(&compiled, &folder, path, findings),
        false => write(verb, compiled, &folder, findings),
    }
}

fn write(verb: &Build, compiled: Compiled, folder: &Path, findings: &mut Findings) -> Exit {
    match emit::recover(folder) {
        Ok(recovered) => talk::recovered(folder, recovered),
        Err(error) => return findings.emission_failed(&error),
    }
    let manifest = read_manifest(folder);
    if !verb.new_site
        && let Err(refusal) = keep(manifest.as_ref(), compiled.draft.as_ref(), &compiled.site)
    {
        return findings.would_lose(compiled.site.name.as_str(), &compiled.store_path, &refusal);
    }
    let (draft, made) = match filled(verb, &compiled, findings) {
        Ok(filled) => filled,
        Err(exit) => return exit,
    };
    let changed = manifest.as_ref().map_or(Vec::new(), |it| changed(it, &draft));
    let names = needed(&compiled.site);
    let secrets = Secrets::from_store(&draft, &names);
    let tree = crate::generate(&compiled.site, &secrets);
    let options = Options { force: verb.force, set_aside: verb.new_site && manifest.is_some() };
    match emit::write(folder, &tree, fingerprints(manifest.as_ref(), &secrets), &options) {
        Ok(report) => {
            talk::written(verb.quiet, &compiled, folder, &report, &made, &changed);
            Exit::Done
        }
        Err(error) => findings.emission_failed(&error),
    }
}

/// How the emitter tells secret files that were edited. A store that was imported has a new key of
/// fingerprints, with which no old file can be told: those are taken as they were made.
fn fingerprints<'a>(manifest: Option<&'a Manifest>, secrets: &'a Secrets) -> &'a dyn Fingerprints {
    let key = secrets.fingerprint(&generated(env::ENCRYPTION_KEY));
    let fits = |it: &&Manifest| it.secrets.get(env::ENCRYPTION_KEY).is_some_and(|it| it == key);
    match manifest.filter(|it| !fits(it)) {
        Some(manifest) => manifest,
        None => secrets,
    }
}

fn needed(site: &Site) -> Vec<crate::value::SecretName> {
    site.needed_secrets().into_iter().map(|it| it.name).collect()
}

/// The store with everything that the site needs. It is read again under its lock, so that no
/// other run's secret is lost.
fn filled(
    verb: &Build,
    compiled: &Compiled,
    findings: &mut Findings,
) -> Result<(Draft, Vec<Made>), Exit> {
    let site = &compiled.site;
    if let Some(draft) = compiled.draft.as_ref().filter(|it| it.is_complete(site)) {
        Store::recover(&compiled.store_path)
            .map_err(|error| findings.store_failed(&compiled.store_path, error))?;
        return Ok((draft.clone(), Vec::new()));
    }
    if verb.locked {
        let lacking: Vec<String> = match &compiled.draft {
            Some(draft) => missing(draft, site).into_iter().map(|it| it.name.to_string()).collect(),
            None => needed(site).into_iter().map(|it| it.to_string()).collect(),
        };
        let lacking =
            if lacking.is_empty() { "the hash of a password".into() } else { lacking.join(", ") };
        let store = &compiled.store_path;
        let why = format!("{} lacks {lacking}, and --locked makes nothing", store.display());
        return Err(findings.refused("missing-secret", store, &why));
    }
    update(&compiled.store_path, site, |draft| draft.fill(site, random).made)
        .map_err(|error| findings.store_failed(&compiled.store_path, error))
}

/// Changes the store under its lock, and says what that gave.
pub(super) fn update<T>(
    path: &Path,
    site: &Site,
    change: impl FnOnce(&mut Draft) -> T,
) -> Result<(Draft, T), store::Error> {
    Store::lock(path, site.name.as_str()).and_then(|mut store| {
        let mut draft = store.to_draft();
        let result = change(&mut draft);
        store.save(&draft)?;
        Ok((draft, result))
    })
}

/// The operating system's randomness, the only one there is.
pub(super) fn random(bytes: &mut [u8]) {
    SysRng.try_fill_bytes(bytes).expect("the operating system gives randomness");
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

/// A tree for comparing: with the store if it is complete, else with placeholders and the manifest's fingerprints.
pub(super) struct Rendered {
    pub(super) tree: Tree,
    pub(super) secrets: Secrets,
}

/// Renders without making anything.
pub(super) fn render(compiled: &Compiled, folder: &Path) -> Rendered {
    let site = &compiled.site;
    let names = needed(site);
    let secrets = match compiled.draft.as_ref().filter(|it| it.is_complete(site)) {
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
