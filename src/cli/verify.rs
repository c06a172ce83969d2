//! `verify`: the proofs, on the files as they stand on disk.

use super::args::Verify;
use super::{Exit, build, out};
use crate::artifacts::ARTIFACTS;
use crate::emit::{self, OnDisk};
use crate::manifest;
use crate::proof::{self, Context, Fault};
use crate::tree::{File, Mode, OutPath, Tree};
use std::path::Path;

pub(super) fn run(verb: &Verify) -> Exit {
    let faults = match verb.folder.join(manifest::PATH).is_file() {
        true => match emit::read(&verb.folder) {
            Ok(on_disk) => own(&on_disk),
            Err(error) => return build::emission_failed(&error),
        },
        false => match foreign(&verb.folder) {
            Ok(tree) => proof::check(&tree, &Context::default()),
            Err(exit) => return exit,
        },
    };
    for fault in &faults {
        let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
        out::result(format!("{}{line}: {} [{}]", fault.path, fault.message, fault.proof));
        out::result(format!("  help: {}", fault.help));
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

/// Somebody else's kit: every small text file of the folder.
fn foreign(folder: &Path) -> Result<Tree, Exit> {
    let mut tree = Tree::default();
    let mut open = vec![String::new()];
    while let Some(below) = open.pop() {
        let entries = std::fs::read_dir(folder.join(&below)).map_err(|error| {
            out::say(format!("error: cannot read {}: {error}", folder.join(&below).display()));
            Exit::Trouble
        })?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && name != ".git" => open.push(path),
                Ok(kind) if kind.is_file() => {
                    let text = build::read_text(&folder.join(&path)).ok();
                    if let (Some(path), Some(text)) = (OutPath::new(path), text) {
                        tree.files.insert(
                            path,
                            File {
                                bytes: text.into_bytes(),
                                mode: Mode::Plain,
                                artifact: "foreign",
                            },
                        );
                    }
                }
                _ => {}
            }
        }
    }
    if tree.files.is_empty() {
        out::say(format!("error: {} holds no text file to look at", folder.display()));
        return Err(Exit::Trouble);
    }
    Ok(tree)
}
