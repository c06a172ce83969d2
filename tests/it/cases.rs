//! Annotated site files: each mark says what must be said about its line, and nothing else may be.
#![allow(clippy::disallowed_methods, reason = "these tests read the project's own files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use trigger_gen::diag::{Severity, Sink};
use trigger_gen::lint::LINTS;
use trigger_gen::source::Source;
use trigger_gen::spec::Document;

/// Every case with its text.
pub(crate) fn files() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("cases").map(|it| it.expect("entry").path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "no cases found");
    paths
        .into_iter()
        .map(|path| (path.clone(), fs::read_to_string(&path).expect("readable")))
        .collect()
}

/// The marks: `# error: [name]`, with the line that they stand on. Several may follow each other.
pub(crate) fn expected(text: &str) -> Vec<(usize, String)> {
    let mut marks = Vec::new();
    for (nth, line) in text.lines().enumerate() {
        for severity in ["error", "warning"] {
            for (at, found) in line.match_indices(&format!("{severity}: [")) {
                let name = line[at + found.len()..].split(']').next().unwrap_or_default();
                marks.push((nth + 1, name.to_owned()));
            }
        }
    }
    marks.sort();
    marks
}

/// What the compiler says of a text: line and name of each error and warning. Lints have tests of their own.
pub(crate) fn reported(text: &str) -> Vec<(usize, String)> {
    let source = Source::new("case", text);
    let mut sink = Sink::default();
    let document = Document::read(&source, &mut sink);
    if let Some(document) = &document {
        let _ = trigger_gen::analyse(document, &mut sink, |_, _| {});
    }
    let line = |place| {
        let span = document.as_ref().and_then(|it| it.span(place)).or(match place {
            trigger_gen::diag::Place::Span(span) => Some(span.clone()),
            _ => None,
        });
        source.line_column(span.map_or(0, |it| it.start)).0
    };
    let is_lint = |name: &str| LINTS.iter().any(|it| it.name == name);
    let said =
        sink.diagnostics.iter().filter(|it| it.severity > Severity::Info && !is_lint(it.name));
    let mut said: Vec<(usize, String)> =
        said.map(|it| (line(&it.at), it.name.to_owned())).collect();
    said.sort();
    said
}

#[test]
fn each_case_says_what_its_marks_say() {
    for (path, text) in files() {
        assert_eq!(reported(&text), expected(&text), "{}", path.display());
    }
}

#[test]
fn every_name_has_a_case() {
    let mut seen = BTreeMap::new();
    for (path, text) in files() {
        seen.extend(expected(&text).into_iter().map(|(_, name)| (name, path.clone())));
    }
    for name in NAMES {
        assert!(seen.contains_key(*name), "no case shows `{name}`");
    }
}

/// The diagnostics that are no lints: the public vocabulary of the front half.
const NAMES: &[&str] = &[
    "bad-value",
    "conflicting-variable",
    "duplicate-key",
    "incomplete-pair",
    "key-without-effect",
    "literal-secret",
    "missing-key",
    "needed-by-runs",
    "no-certificate",
    "not-an-image",
    "rejected-value",
    "release-lacks",
    "reserved-secret",
    "shared-host",
    "two-choices",
    "unknown-key",
    "unknown-lint",
    "unknown-release",
    "unknown-variable",
    "unreachable-from-workers",
    "unread-variable",
    "unused-allow",
    "wrong-type",
    "yaml-syntax",
];
