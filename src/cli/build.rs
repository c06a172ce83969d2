//! `build`: compile, make what is missing of the secrets, write; or compare and write nothing.

use super::args::Build;
use super::compare;
use super::complete::is_complete;
use super::findings::Findings;
use super::plan::Plan;
use super::secrets::standing::Standing;
use super::site::{Compiled, StoreUse, compile_saying};
use super::{Exit, out, talk};
use crate::artifacts;
use crate::emit;
use crate::manifest::{self, Manifest};
use crate::secrets::{Draft, Secrets};
use crate::site::Site;
use crate::store::{self, Store};
use crate::tree::{OutPath, Tree};
use crate::value::SecretName;
use rand::TryRng;
use rand::rngs::SysRng;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

pub(super) fn run(verb: &Build) -> Exit {
    let mut seen = BTreeSet::new();
    let mut findings = Findings::new(verb.format).quiet(verb.quiet);
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
    let standing = &Standing::read(folder);
    let store = compiled.draft.as_ref();
    if !verb.new_site
        && let Err(refusal) = standing.keeps(store, &compiled.site, verb.force)
    {
        return findings.would_lose(compiled.site.name.as_str(), &compiled.store_path, &refusal);
    }
    let plan = Plan { verb, compiled: &compiled, folder, standing };
    let (draft, made) = match plan.filled(findings) {
        Ok(filled) => filled,
        Err(exit) => return exit,
    };
    let (tree, secrets) = plan.output(&draft);
    let key = standing.fingerprints(&draft, &secrets);
    match emit::write(folder, &tree, key, &plan.options()) {
        Ok(report) => {
            let done = talk::Done { report: &report, made: &made, changed: &plan.changed(&draft) };
            talk::written(verb.quiet, &compiled, folder, &done);
            Exit::Done
        }
        Err(error) => {
            talk::made_secrets(&compiled.store_path, &made);
            findings.emission_failed(&error)
        }
    }
}

/// The names of the secrets that a site needs.
pub(super) fn needed(site: &Site) -> Vec<SecretName> {
    site.needed_secrets().into_iter().map(|it| it.name).collect()
}

/// Changes the store under its lock, and says what that gave. Where it gives an error nothing is written,
/// and no store is made.
pub(super) fn update<T, E>(
    path: &Path,
    site: &Site,
    change: impl FnOnce(&mut Draft) -> Result<T, E>,
) -> Result<(Draft, Result<T, E>), store::Error> {
    let mut store = Store::lock(path, site.name.as_str())?;
    let mut draft = store.to_draft();
    let is_new = store.draft().is_none();
    let result = change(&mut draft);
    if result.is_ok() && store.save(&draft)? && is_new {
        talk::exposed(path);
    }
    Ok((draft, result))
}

/// The operating system's randomness, the only one there is.
pub(super) fn random(bytes: &mut [u8]) {
    SysRng.try_fill_bytes(bytes).expect("the operating system gives randomness");
}

/// The manifest of an output, if there is one that can be read.
fn read_manifest(folder: &Path) -> Option<Manifest> {
    read_bytes(&folder.join(manifest::PATH)).ok().and_then(|bytes| Manifest::read(&bytes))
}

/// A file of the output as it is, in memory that is wiped.
pub(super) fn read_bytes(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    // A pipe would keep whoever opens it waiting.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
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
    let secrets = match compiled.draft.as_ref().filter(|it| is_complete(it, site)) {
        Some(draft) => Secrets::from_store(draft, &names),
        None => Secrets::withheld(
            &read_manifest(folder).unwrap_or_else(|| Manifest::empty(site.name.as_str())),
            &names,
        )
        .keeping(standing(site, folder)),
    };
    Rendered { tree: crate::generate(site, &secrets), secrets }
}

/// The encrypted files of a site as they stand in its output.
fn standing(site: &Site, folder: &Path) -> BTreeMap<OutPath, String> {
    let text = |path: &OutPath| {
        let bytes = read_bytes(&folder.join(path.as_str())).ok()?;
        std::str::from_utf8(&bytes).ok().map(str::to_owned)
    };
    let files = artifacts::encrypted(site).files.into_iter();
    files.filter_map(|path| Some((path.clone(), text(&path)?))).collect()
}

/// Where a tree would go.
pub(super) fn folder(out: &Path, site: &Site) -> PathBuf {
    out.join(site.name.as_str())
}
