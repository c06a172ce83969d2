//! `diff`: what a build would change, line by line. Secret files show as their redacted twins.

use super::args::{Diff, Format};
use super::build::{self, Rendered};
use super::compare;
use super::findings::Findings;
use super::site::{StoreUse, compile};
use super::{Exit, out};
use crate::artifacts;
use crate::emit::{self, Report};
use crate::secrets::Concealed;
use crate::tree::{OutPath, Tree};
use std::path::Path;

pub(super) fn run(verb: &Diff) -> Exit {
    let compiled = match compile(&verb.site, StoreUse::IfThere) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let folder = build::folder(&verb.out, &compiled.site);
    let Rendered { tree, secrets } = build::render(&compiled, &folder);
    match emit::compare(&folder, &tree, &secrets) {
        Ok(mut report) => {
            if secrets.is_withheld() {
                compare::drop_secret(&mut report, &tree);
            }
            let unshown = Unshown {
                hidden: compiled.draft.as_ref().map(Concealed::of).unwrap_or_default(),
                unknown: match secrets.is_withheld() {
                    true => artifacts::encrypted(&compiled.site).files,
                    false => Vec::new(),
                },
            };
            show(&folder, &tree, &report, &unshown)
        }
        Err(error) => Findings::new(Format::Human).emission_failed(&error),
    }
}

/// What is not shown.
struct Unshown {
    /// Values that stand in files.
    hidden: Concealed,
    /// Encrypted files whose values nobody knows here.
    unknown: Vec<OutPath>,
}

fn show(folder: &Path, tree: &Tree, report: &Report, unshown: &Unshown) -> Exit {
    for path in report.created.iter().chain(&report.changed).chain(&report.kept_edited) {
        match tree.files.get(path) {
            Some(file) if file.is_secret() => out::result(format!("secret file {path} differs")),
            Some(_) if unshown.unknown.contains(path) => {
                out::result(format!("encrypted file {path} differs"));
            }
            Some(file) => text(folder, path, file.text(), &unshown.hidden),
            None => {}
        }
    }
    for path in &report.mode_changed {
        let mode = tree.files.get(path).map_or("", |file| file.mode.octal());
        out::result(format!("{path} would get mode {mode}"));
    }
    for path in &report.removed {
        out::result(format!("{path} would be removed"));
    }
    for path in &report.edited_but_no_longer_made {
        out::result(format!("{path} was edited by hand and is no longer made"));
    }
    if report.is_identical() { Exit::Done } else { Exit::No }
}

/// A person may have put a secret into a public file, and what is printed may end in a log.
fn text(folder: &Path, path: &OutPath, new: &str, hidden: &Concealed) {
    let old = build::read_text(&folder.join(path.as_str())).unwrap_or_default();
    let old = hidden.without(&old);
    let diff = similar::TextDiff::from_lines(&old, new);
    out::result_text(
        &diff
            .unified_diff()
            .header(&format!("{path} on disk"), &format!("{path} as built"))
            .to_string(),
    );
}
