//! Does each name of the catalogue lead to something that is there, and is what no site can say really refused?
#![allow(clippy::disallowed_methods, reason = "these tests read the project's own sources")]

use crate::blocks::{blocks, marks, said, site};
use crate::support;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use trigger_gen::catalogue::{AWAITING, CATALOGUE, Entry, Handled, OBSERVED, lookup, names, page};
use trigger_gen::diag::Severity;
use trigger_gen::lint::LINTS;
use trigger_gen::proof::PROOFS;
use trigger_gen::secrets::Draft;

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn lint_names() -> BTreeSet<&'static str> {
    LINTS.iter().map(|it| it.name).collect()
}

fn proof_names() -> BTreeSet<&'static str> {
    PROOFS.iter().map(|it| it.name).collect()
}

/// Every row of which no site can say what it names, with the page.
fn unrepresentable() -> Vec<(&'static Entry, &'static str)> {
    let rows = CATALOGUE.iter().filter_map(|it| match it.handled {
        Handled::Unrepresentable { page, .. } => Some((it, page)),
        _ => None,
    });
    rows.collect()
}

/// How many names there are.
const NAMES: usize = 131;

#[test]
fn names_are_there_once_and_in_kebab_case() {
    let mut seen = BTreeSet::new();
    for name in names() {
        assert!(seen.insert(name), "{name} stands twice");
        let word = |it: &str| {
            !it.is_empty() && it.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        assert!(name.split('-').all(word), "{name}");
    }
    // A name that its section brings moves from one list to the other; none gets lost on the way.
    assert_eq!(CATALOGUE.len() + AWAITING.len(), NAMES, "a name came or went");
}

/// A name that waits for a section must not be that of a check which is there already.
#[test]
fn what_waits_is_not_there() {
    for it in AWAITING {
        let name = it.name;
        assert!(!lint_names().contains(name) && !proof_names().contains(name), "{name}");
    }
}

#[track_caller]
fn is_there(what: &str, handled: &Handled) {
    match *handled {
        Handled::Lint(name) => assert!(lint_names().contains(name), "{what}: no lint {name}"),
        Handled::Proof(names) => {
            assert!(!names.is_empty(), "{what}");
            for name in names {
                assert!(proof_names().contains(name), "{what}: no proof {name}");
            }
        }
        Handled::Unrepresentable { .. } | Handled::Doctor => {}
    }
}

#[test]
fn every_name_leads_to_something_that_is_there() {
    for it in CATALOGUE {
        is_there(it.name, &it.handled);
        for name in it.also {
            assert!(proof_names().contains(name), "{}: no proof {name}", it.name);
            assert!(!it.handled.which().contains(name) || it.name == *name, "{}", it.name);
        }
        let said = !it.note.is_empty() || !matches!(it.handled, Handled::Doctor);
        assert!(said, "{}: nothing says why no file shows it", it.name);
    }
}

#[test]
fn what_was_seen_has_an_answer() {
    for it in OBSERVED {
        match &it.handled {
            Some(handled) => is_there(it.what, handled),
            None => assert!(!it.note.is_empty(), "{}", it.what),
        }
        assert!(!it.what.ends_with('.') && !it.note.ends_with('.'), "{}", it.what);
    }
}

/// Whatever finds something stands in the generated table, with a name of the catalogue or on its own.
#[test]
fn the_reference_has_every_lint_and_every_proof() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/catalogue.md");
    let text = fs::read_to_string(path).expect("the page");
    let rows: Vec<&str> = text.lines().filter(|it| it.starts_with("| ")).collect();
    for name in lint_names().into_iter().chain(proof_names()) {
        let (cell, which) = (format!("| {name} |"), format!("`{name}`"));
        assert!(rows.iter().any(|it| it.contains(&cell) || it.contains(&which)), "{name}");
    }
}

/// The types that the sources declare, by hand or through one of the macros that do.
fn declared() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![src()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = fs::read_to_string(&path).expect("a source");
                found.extend(text.lines().filter_map(declares).map(str::to_owned));
            }
        }
    }
    found
}

/// The type that a line declares: `struct X`, `enum X`, `X is "…" like "…"`, or `X {` within `section!` and `choice!`.
fn declares(line: &str) -> Option<&str> {
    let line = line.trim();
    let words: Vec<&str> = line.split([' ', '(', '<', ';', '{']).collect();
    match words.as_slice() {
        [.., "struct" | "enum", name] => Some(name),
        _ if line.starts_with("pub") => {
            let at = words.iter().position(|it| matches!(*it, "struct" | "enum"))?;
            words.get(at + 1).copied()
        }
        [name, "is", ..] => Some(name),
        [name, "", ""] if line.ends_with(" {") => Some(name),
        _ => None,
    }
}

#[test]
fn the_types_are_there() {
    let declared = declared();
    assert!(declared.contains("Site") && declared.contains("SiteSpec"), "nothing was found");
    for (entry, page) in unrepresentable() {
        let [by] = entry.handled.which()[..] else { panic!("{}", entry.name) };
        assert!(declared.contains(by), "{}: there is no type {by}", entry.name);
        assert!(page.contains(&format!("`{by}`")), "{}: its page does not name {by}", entry.name);
    }
}

#[test]
fn pages_have_their_parts() {
    let files = fs::read_dir(src().join("catalogue/pages")).expect("a folder").count();
    assert_eq!(files, unrepresentable().len(), "a page belongs to no row");
    for (entry, page) in unrepresentable() {
        let on_disk = src().join("catalogue/pages").join(format!("{}.md", entry.name));
        assert_eq!(fs::read_to_string(on_disk).expect("a page of that name"), page);
        let first = page.lines().next().unwrap_or_default();
        assert!(first.ends_with('.') && first.len() < 120, "{}: {first}", entry.name);
        let last = if is_compiled(page) { "\nCompiles to, in `" } else { "\nWrite instead:\n" };
        let parts =
            ["\n\n## Why\n\n", "\n\n## What prevents it\n\n", "\n\n## Example\n\n```yaml\n"];
        let places: Option<Vec<usize>> =
            parts.iter().chain(&[last]).map(|it| page.find(it)).collect();
        assert!(places.is_some_and(|it| it.is_sorted()), "{}: a part is missing", entry.name);
    }
}

/// Whether a page shows what is compiled, because the fault cannot even be tried.
fn is_compiled(page: &str) -> bool {
    page.contains("```text\n")
}

/// Every error that is said of a text, as the marks of the pages write it.
fn errors(text: &str) -> Vec<(usize, String)> {
    let errors = said(text).into_iter().filter(|(_, it)| it.severity == Severity::Error);
    let mut found: Vec<_> =
        errors.map(|(line, it)| (line, format!("error: [{}]", it.name))).collect();
    found.sort();
    found
}

#[test]
fn an_example_is_refused_as_it_is_marked() {
    let mut refused = 0;
    for (entry, page) in unrepresentable().into_iter().filter(|(_, page)| !is_compiled(page)) {
        let [example, instead] = blocks(page, "yaml")[..] else { panic!("{}", entry.name) };
        let text = site(example);
        assert!(!marks(&text).is_empty(), "{}: nothing is marked", entry.name);
        assert_eq!(errors(&text), marks(&text), "{}:\n{text}", entry.name);
        assert_eq!(errors(&site(instead)), [], "{}:\n{}", entry.name, site(instead));
        refused += 1;
    }
    assert!(refused > 20, "{refused} examples");
}

/// The password of every author in these pages, with all that a URL, compose and a shell would read.
const PASSWORD: &str = "p@ss:w/%rd$1";

#[test]
fn what_cannot_be_tried_compiles_to_what_the_page_shows() {
    let mut compiled = 0;
    for (entry, page) in unrepresentable().into_iter().filter(|(_, page)| is_compiled(page)) {
        let ([example], [shown]) = (&blocks(page, "yaml")[..], &blocks(page, "text")[..]) else {
            panic!("{}", entry.name)
        };
        let (_, rest) = page.split_once("Compiles to, in `").expect("a file");
        let path = rest.split('`').next().expect("a path");
        let meant = support::site(&site(example));
        let mut draft = Draft::new(meant.name.as_str());
        for (name, _) in &meant.supplied {
            draft.set(name.clone(), PASSWORD.to_owned());
        }
        let tree = trigger_gen::generate(&meant, &support::secrets_from(draft, &meant));
        let text = tree.get(path).expect("a file of the tree").text();
        for line in shown.lines() {
            let is_there = text.lines().any(|it| it.trim() == line);
            assert!(is_there, "{}: {path} does not say {line}", entry.name);
        }
        compiled += 1;
    }
    assert!(compiled > 3, "{compiled} examples");
}

#[test]
fn another_name_leads_to_the_page() {
    let open = page("open-signup").expect("a page");
    let lint = LINTS.iter().find(|it| it.name == "open-sign-up").expect("a lint");
    assert!(open.contains(lint.explain), "{open}");
    let secret = page("shared-secret-value").expect("a page");
    let proof = PROOFS.iter().find(|it| it.name == "repeated-secret").expect("a proof");
    assert!(secret.contains(proof.summary), "{secret}");
    assert!(page("http-origin").is_some_and(|it| it.contains("`Domain`")));
    assert!(page("tool-version-mismatch").is_some_and(|it| it.contains("a key that names")));
    let noted = page("encryption-key-length").expect("a page");
    assert!(noted.contains("\nA store with such a key is refused before: `malformed-secret`.\n"));
    assert!(!noted.contains("in an edited tree"), "{noted}");
    let two = page("url-unsafe-password").expect("a page");
    let found = "`verify` finds it in an edited tree: `malformed-database-url`, `clickhouse-login-mismatch`.";
    assert!(two.contains(found), "{two}");
    assert!(!two.contains("\n.\n"), "{two}");
    assert!(page("replicated-clickhouse").is_some_and(|it| it.contains("running server")));
    assert_eq!(page("no-such-name"), None);
    // The page of the lint itself says all.
    assert_eq!(page("dsn-in-logs"), None);
    assert!(lookup("dsn-in-logs").is_some());
    for name in names() {
        let known = lint_names().contains(name) || proof_names().contains(name);
        assert!(page(name).is_some() || known, "{name} leads nowhere");
    }
}
