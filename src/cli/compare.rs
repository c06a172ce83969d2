//! `build --check`: does the output stand as the site compiles? Works without the secret store.

use super::build::{self, Rendered};
use super::findings::Findings;
use super::site::Compiled;
use super::{Exit, out, shell};
use crate::artifacts;
use crate::emit::{self, Report};
use crate::secrets::WITHHELD;
use crate::tree::{OutPath, Tree};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

pub(super) fn run(
    compiled: &Compiled,
    folder: &Path,
    site_file: &Path,
    findings: &mut Findings,
) -> Exit {
    let Rendered { tree, secrets } = build::render(compiled, folder);
    let mut report = match emit::compare(folder, &tree, &secrets) {
        Ok(report) => report,
        Err(error) => return findings.emission_failed(&error),
    };
    let mut differences = Vec::new();
    let mut unchecked = 0;
    if secrets.is_withheld() {
        let loose = compiled.site.has_example_domain();
        let secret = tree.files.iter().filter(|(_, file)| file.is_secret());
        for (path, file) in secret {
            unchecked += 1;
            differences.extend(
                shape(&folder.join(path.as_str()), file.text(), loose)
                    .map(|why| (path.clone(), why)),
            );
        }
        drop_secret(&mut report, &tree);
    }
    if compiled.draft.as_ref().is_some_and(|it| it.example) {
        report
            .mode_changed
            .retain(|path| tree.files.get(path).is_none_or(|file| !file.is_secret()));
    }
    differences.extend(listed(&report));
    let by_hand =
        report.kept_edited.iter().chain(&report.edited_but_no_longer_made).next().is_some();
    let force = if by_hand { "--force " } else { "" };
    let cure = format!("write with `trigger-gen build {force}{}`", shell::path(site_file));
    for (path, why) in &differences {
        findings.difference(&folder.join(path.as_str()), why, &cure);
    }
    if unchecked > 0 {
        let files = out::count(unchecked, "secret file");
        findings.remark(format!("{files} not checked: no store"));
    }
    let encrypted = artifacts::encrypted(&compiled.site).files.len();
    if secrets.is_withheld() && encrypted > 0 {
        let files = out::count(encrypted, "encrypted file");
        findings.remark(format!("the values of {files} not checked: no store"));
    }
    let name = &compiled.site.name;
    if differences.is_empty() {
        findings.remark(format!("{name}: {} is as it should be", folder.display()));
        return Exit::Done;
    }
    out::say(format!("{name}: {}; {cure}", out::count(differences.len(), "difference")));
    Exit::No
}

fn listed(report: &Report) -> Vec<(OutPath, &'static str)> {
    let groups = [
        (&report.created, "missing"),
        (&report.changed, "differs from what the site compiles to"),
        (&report.mode_changed, "has another mode than it should"),
        (&report.removed, "is no longer made"),
        (&report.kept_edited, "was edited by hand"),
        (&report.edited_but_no_longer_made, "was edited by hand and is no longer made"),
    ];
    groups
        .into_iter()
        .flat_map(|(paths, why)| paths.iter().map(move |path| (path.clone(), why)))
        .collect()
}

/// Secret files hold placeholders now: what the emitter says of them means nothing.
pub(super) fn drop_secret(report: &mut Report, tree: &Tree) {
    let public = |path: &OutPath| tree.files.get(path).is_none_or(|file| !file.is_secret());
    for paths in [
        &mut report.created,
        &mut report.changed,
        &mut report.mode_changed,
        &mut report.kept_edited,
    ] {
        paths.retain(public);
    }
}

/// What can be said of a secret file without knowing its secrets: its mode, and every character around them.
fn shape(path: &Path, expected: &str, loose_mode: bool) -> Option<&'static str> {
    let meta = std::fs::symlink_metadata(path).ok()?;
    if !meta.is_file() {
        return Some("is not a regular file");
    }
    if !loose_mode && meta.mode() & 0o777 != 0o600 {
        return Some("has another mode than it should");
    }
    let text = build::read_text(path).ok()?;
    (!fits(expected, &text)).then_some("differs from what the site compiles to")
}

/// Whether a text is the expected one with something in the place of each placeholder.
fn fits(expected: &str, text: &str) -> bool {
    let (expected, lines): (Vec<&str>, Vec<&str>) =
        (expected.lines().collect(), text.lines().collect());
    expected.len() == lines.len()
        && expected.into_iter().zip(lines).all(|(expected, line)| line_fits(expected, line))
}

fn line_fits(expected: &str, line: &str) -> bool {
    // Pieces of text and names of secrets take turns: text, name, text, name, text.
    let pieces: Vec<&str> = expected.split(WITHHELD).collect();
    if pieces.len() < 3 {
        return expected == line;
    }
    let (first, last) = (
        pieces[0].trim_end_matches(['\'', '"']),
        pieces[pieces.len() - 1].trim_start_matches(['\'', '"']),
    );
    let Some(mut rest) = line.strip_prefix(first).and_then(|it| it.strip_suffix(last)) else {
        return false;
    };
    for literal in pieces[2..pieces.len() - 1].iter().step_by(2) {
        match rest.find(literal) {
            Some(at) => rest = &rest[at + literal.len()..],
            None => return false,
        }
    }
    !rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_may_be_anything_and_nothing_else_may() {
        let expected = format!("A={WITHHELD}X{WITHHELD}\nB='u:{WITHHELD}Y{WITHHELD}@h?a=b'\nC=1\n");
        assert!(fits(&expected, "A=secret\nB='u:p%40@h?a=b'\nC=1\n"));
        assert!(fits(&expected, "A='se cret'\nB='u:p@h?a=b'\nC=1\n"));
        for wrong in [
            "A=\nB='u:p@h?a=b'\nC=1\n",
            "A=s\nB='v:p@h?a=b'\nC=1\n",
            "A=s\nB='u:p@h?a=c'\nC=1\n",
            "A=s\nB='u:p@h?a=b'\nC=2\n",
            "A=s\nB='u:p@h?a=b'\n",
        ] {
            assert!(!fits(&expected, wrong), "{wrong}");
        }
    }
}
