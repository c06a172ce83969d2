//! `verify`: the proofs, on the files as they stand on disk.

use super::args::Verify;
use super::findings::Findings;
use super::{Exit, foreign, out};
use crate::artifacts::ARTIFACTS;
use crate::emit::{self, OnDisk};
use crate::manifest::{self, Fingerprints};
use crate::proof::{self, Context, Fault};
use crate::secrets::Draft;
use crate::sops::FileKeys;
use crate::store::{Opened, Store};
use std::path::Path;

pub(super) fn run(verb: &Verify) -> Exit {
    let mut findings = Findings::new(verb.format);
    let exit = prove(verb, &mut findings).unwrap_or_else(|exit| exit);
    findings.finish(exit)
}

fn prove(verb: &Verify, findings: &mut Findings) -> Result<Exit, Exit> {
    let faults = match verb.folder.join(manifest::PATH).is_file() {
        true => ours(verb, findings)?,
        false if verb.store.is_some() => {
            let why = format!(
                "{} holds no manifest with which a store could be compared",
                verb.folder.display()
            );
            return Err(findings.refused("missing-manifest", &verb.folder, &why));
        }
        false => {
            let tree = foreign::read(&verb.folder)
                .map_err(|why| findings.failed("unreadable-folder", &verb.folder, &why))?;
            proof::check(&tree, &Context::default())
        }
    };
    for fault in &faults {
        findings.fault(&verb.folder, fault);
    }
    let folder = verb.folder.display();
    if faults.is_empty() {
        out::say(format!("{folder}: {} hold", out::count(proof::PROOFS.len(), "proof")));
        return Ok(Exit::Done);
    }
    out::say(format!("{folder}: {}", out::count(faults.len(), "fault")));
    Ok(Exit::No)
}

/// An output of ours: what the manifest lists, as it stands.
fn ours(verb: &Verify, findings: &mut Findings) -> Result<Vec<Fault>, Exit> {
    let on_disk = emit::read(&verb.folder).map_err(|error| findings.emission_failed(&error))?;
    let site = &on_disk.manifest.site;
    let draft = verb.store.as_deref().map(|path| store(path, site, findings)).transpose()?;
    let withheld = draft.is_none() && lacks_secrets(&on_disk);
    say(&on_disk, draft.is_some(), withheld);
    let fingerprints = draft.as_ref().map(|it| it.fingerprint_key() as &dyn Fingerprints);
    let file_keys = draft.as_ref().map(|it| it as &dyn FileKeys);
    let names = || ARTIFACTS.iter().map(|it| it.name).chain(["manifest"]);
    let tree = on_disk.to_tree(|name| names().find(|it| *it == name));
    Ok(proof::check(&tree, &Context { withheld, fingerprints, file_keys, ..Context::default() }))
}

/// A checkout has no file that holds a secret; where one is there, the others are missing.
fn lacks_secrets(on_disk: &OnDisk) -> bool {
    let is_there =
        |path: &str| on_disk.files.iter().any(|(it, found)| it.as_str() == path && found.is_some());
    let mut secret =
        on_disk.manifest.files.iter().filter(|(_, it)| it.fingerprint.is_some()).peekable();
    secret.peek().is_some() && !secret.any(|(path, _)| is_there(path))
}

fn store(path: &Path, site: &str, findings: &mut Findings) -> Result<Draft, Exit> {
    match Store::open(path, site) {
        Ok(Opened::Present(draft)) => Ok(draft),
        Ok(Opened::Absent) => {
            let why = format!("there is no secret store {}", path.display());
            Err(findings.failed("secret-store", path, &why))
        }
        Err(error) => Err(findings.store_failed(path, error)),
    }
}

/// What is not looked at, and why.
fn say(on_disk: &OnDisk, has_store: bool, withheld: bool) {
    let manifest = &on_disk.manifest;
    let secret = manifest.files.values().filter(|it| it.fingerprint.is_some()).count();
    if secret > 0 && !has_store {
        let files = out::count(secret, "secret file");
        out::say(match withheld {
            true => format!("{files} not here: what they would hold is read in their twins"),
            false => format!("{files} not compared with the manifest: no store"),
        });
    }
    for proof in &manifest.accepted {
        out::say(format!("`{proof}` is not asked: the site allows it"));
    }
}
