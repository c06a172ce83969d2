//! `verify`: the proofs, on the files as they stand on disk.

use super::args::Verify;
use super::findings::Findings;
use super::{Exit, build, foreign, out};
use crate::artifacts::ARTIFACTS;
use crate::emit::{self, OnDisk};
use crate::manifest;
use crate::proof::{self, Context, Fault};

pub(super) fn run(verb: &Verify) -> Exit {
    let mut findings = Findings::new(verb.format);
    let exit = prove(verb, &mut findings);
    findings.finish(exit)
}

fn prove(verb: &Verify, findings: &mut Findings) -> Exit {
    let mut secret_files = 0;
    let faults = match verb.folder.join(manifest::PATH).is_file() {
        true => match emit::read(&verb.folder) {
            Ok(on_disk) => {
                secret_files =
                    on_disk.manifest.files.values().filter(|it| it.fingerprint.is_some()).count();
                own(&on_disk)
            }
            Err(error) => return build::emission_failed(&error),
        },
        false => match foreign::read(&verb.folder) {
            Ok(tree) => proof::check(&tree, &Context::default()),
            Err(exit) => return exit,
        },
    };
    for fault in &faults {
        findings.fault(&verb.folder, fault);
    }
    if secret_files > 0 {
        out::say(format!(
            "{} not compared with the manifest: no store",
            out::count(secret_files, "secret file")
        ));
    }
    if faults.is_empty() {
        out::say(format!(
            "{}: {} hold",
            verb.folder.display(),
            out::count(proof::PROOFS.len(), "proof")
        ));
        return Exit::Done;
    }
    out::say(format!("{}: {}", verb.folder.display(), out::count(faults.len(), "fault")));
    Exit::No
}

/// An output of ours: what the manifest lists, as it stands.
fn own(on_disk: &OnDisk) -> Vec<Fault> {
    let names = || ARTIFACTS.iter().map(|it| it.name).chain(["manifest"]);
    let artifact = |name: &str| names().find(|it| *it == name);
    let tree = on_disk.to_tree(artifact);
    proof::check(&tree, &Context::default())
}
