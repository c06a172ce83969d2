//! The architecture, held by tests: who may name whom, and what every file owes its reader.
#![allow(clippy::disallowed_methods, reason = "these tests read the project's own sources")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A file of `module` may name these `crate::X`; anything absent is forbidden. In the order of the pipeline.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("tree", &[]),
    ("value", &[]),
    ("release", &[]),
    ("fingerprint", &[]),
    ("diag", &["source"]),
    ("yaml", &["source"]),
    ("manifest", &["fingerprint", "tree"]),
    ("sops", &["value"]),
    ("plan", &["sops", "tree"]),
    ("spec", &["diag", "source", "value", "yaml"]),
    ("site", &["release", "value"]),
    ("resolve", &["diag", "release", "site", "spec", "value"]),
    ("lint", &["diag", "release", "site", "value"]),
    (
        "secrets",
        &["diag", "fingerprint", "manifest", "release", "site", "sops", "tree", "value", "yaml"],
    ),
    ("artifacts", &["plan", "release", "secrets", "site", "sops", "tree", "value"]),
    ("render", &["fingerprint", "plan", "sops", "tree", "value", "yaml"]),
    ("proof", &["fingerprint", "manifest", "release", "render", "sops", "tree", "yaml"]),
    ("patch", &["artifacts", "diag", "plan", "proof", "release", "render", "secrets", "site"]),
    ("catalogue", &["lint", "proof"]),
    (
        "trace",
        &[
            "analyse", "diag", "generate", "manifest", "release", "secrets", "site", "sketch",
            "spec", "tree", "value", "yaml",
        ],
    ),
    ("emit", &["fingerprint", "manifest", "tree"]),
    ("store", &["diag", "fingerprint", "manifest", "release", "secrets", "site", "value"]),
];

/// The edges and the root, which may name everything.
const FREE: &[&str] = &["cli", "lib", "main"];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    files_of(folder, ".rs")
}

fn module_of(path: &Path) -> String {
    let relative = path.strip_prefix(src()).expect("a source file");
    let first = relative.components().next().expect("a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The text without line comments: rustdoc links may name any module.
fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// Each X of `crate::X` and of the top level of `crate::{X, Y::Z}`.
fn crate_names(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(group) => names.extend(top_level(group)),
            None => names.extend(first_word(rest)),
        }
    }
    names
}

fn top_level(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (0, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.extend(first_word(group[start..at].trim()));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.extend(first_word(group[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

#[test]
fn layers_hold() {
    for file in files_below(&src()) {
        let module = module_of(&file);
        if FREE.contains(&module.as_str()) {
            continue;
        }
        let (_, allowed) = MAY_NAME
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("`{module}` has no row in the table of layers"));
        let text = without_comments(&fs::read_to_string(&file).expect("readable"));
        for named in crate_names(&text) {
            let fine = named == module || allowed.contains(&named.as_str());
            assert!(fine, "{}: `{module}` must not name `crate::{named}`", file.display());
        }
        let hidden = text.contains("super::super::super::super::");
        assert!(!hidden, "{}: four steps up lead out of a stage", file.display());
    }
}

#[test]
fn every_row_of_the_table_has_a_module() {
    for (module, _) in MAY_NAME {
        let exists = src().join(format!("{module}.rs")).is_file() || src().join(module).is_dir();
        assert!(exists, "the table of layers names `{module}`, which does not exist");
    }
}

#[test]
fn every_file_says_what_it_is() {
    let files = files_below(&src());
    assert!(files.len() > 50, "the sources were not found");
    for file in files {
        let text = fs::read_to_string(&file).expect("readable");
        assert!(text.starts_with("//! "), "{} does not begin with what it is", file.display());
    }
}

/// Upstream is spelled out in `release` alone.
#[test]
fn upstream_literals_stand_in_release_alone() {
    let images = [
        "ghcr.io/triggerdotdev",
        "clickhouse/clickhouse-server",
        "versity/versitygw",
        "tecnativa/",
        "quay.io/",
    ];
    for file in files_below(&src()) {
        if ["release"].contains(&module_of(&file).as_str()) {
            continue;
        }
        let text = without_comments(&fs::read_to_string(&file).expect("readable"));
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for literal in images {
            assert!(
                !code.contains(literal),
                "{}: `{literal}` belongs into `release`",
                file.display()
            );
        }
    }
}

#[test]
fn every_template_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut on_disk = Vec::new();
    collect_templates(&folder, &folder, &mut on_disk);
    on_disk.retain(|it| it.ends_with(".tera"));
    let mut on_disk: Vec<String> =
        on_disk.iter().map(|it| it.trim_end_matches(".tera").to_owned()).collect();
    let mut listed: Vec<String> =
        trigger_gen::render::template_names().map(str::to_owned).collect();
    on_disk.sort();
    listed.sort();
    assert_eq!(on_disk, listed);
}

#[test]
fn every_fixed_file_is_emitted_as_it_is() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut on_disk = Vec::new();
    collect_templates(&folder, &folder, &mut on_disk);
    // The scripts of jobs stand within objects of the cluster: tests/it/kubernetes/backup.rs runs those.
    on_disk.retain(|it| !it.ends_with(".tera") && !it.starts_with("kubernetes/backup/"));
    assert!(on_disk.iter().any(|it| it == "docker/trigger-ctl.sh"), "{on_disk:?}");
    let tree = crate::support::tree("minimal-vps");
    for path in on_disk {
        let text = fs::read(folder.join(&path)).expect("a readable file");
        let emitted = tree.files.iter().find(|(it, _)| it.as_str() == path);
        assert!(emitted.is_some_and(|(_, file)| file.bytes == text), "{path}");
    }
}

fn collect_templates(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            collect_templates(root, &path, found);
        } else {
            let relative = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
            found.push(relative);
        }
    }
}

/// Whoever writes to a pipe that nobody reads any more fails, and with `pipefail` the pipe with him: now and then, and
/// mostly where much is written.
#[test]
fn no_reader_of_a_pipe_ends_early() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut scripts = files_of(&root.join("scripts"), "");
    scripts.extend(files_of(&root.join("templates/docker"), ".sh"));
    scripts.extend(files_of(&root.join("templates/docker"), ".sh.tera"));
    scripts.extend(files_of(&root.join("tests/backup"), ""));
    assert!(scripts.len() > 30, "the scripts were not found");
    for script in scripts {
        let Ok(text) = fs::read_to_string(&script) else { continue };
        for (nth, line) in text.lines().enumerate() {
            let piped = line.replace("||", "");
            let found = piped.split('|').skip(1).find(|it| ends_early(it));
            assert_eq!(found, None, "{}:{}", script.display(), nth + 1);
        }
    }
}

fn ends_early(command: &str) -> bool {
    let mut words = command.split_whitespace();
    match words.next() {
        Some("head") => true,
        Some("grep") => words
            .take_while(|it| it.starts_with('-') && !it.starts_with("--"))
            .any(|it| it.contains(['q', 'm'])),
        _ => false,
    }
}

/// Every file below a folder whose name ends so.
fn files_of(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            found.extend(files_of(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    found.sort();
    found
}
