//! `out/` is what the examples compile to, byte for byte.
#![allow(clippy::disallowed_methods, reason = "these tests read and write the golden trees")]

use crate::{bless, support};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use trigger_gen::emit;
use trigger_gen::manifest::{self, Manifest};
use trigger_gen::secrets::{Draft, Secrets};
use trigger_gen::tree::Tree;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn golden(name: &str) -> PathBuf {
    root().join("out").join(name)
}

#[test]
fn every_example_compiles_to_its_golden_tree() {
    let names = support::example_names();
    assert!(!names.is_empty(), "no examples found");
    for name in &names {
        bless_store(name);
        let (tree, secrets) = support::example(name);
        if bless::is_on() {
            let options = emit::Options { force: true, ..emit::Options::default() };
            emit::write(&golden(name), &tree, &secrets, &options).expect("written");
        }
        same(name, &tree);
    }
}

/// The store of an example: visibly fake, complete, and committed.
fn bless_store(name: &str) {
    let path = root().join("examples").join(name).join(format!("{name}.secrets.yaml"));
    let mut draft = match fs::read_to_string(&path) {
        Ok(text) => Draft::read(&text).expect("a store"),
        Err(_) => Draft::new(name),
    };
    assert!(
        draft.example || bless::is_on(),
        "{} does not say that it is an example's",
        path.display()
    );
    draft.example = true;
    let draft = support::complete(draft, &support::example_site(name));
    bless::compare_or_bless(&path, &draft.write());
}

fn same(name: &str, tree: &Tree) {
    let mut left: BTreeSet<String> = files_below(&golden(name));
    for (path, file) in &tree.files {
        let on_disk = fs::read(golden(name).join(path.as_str())).unwrap_or_default();
        assert!(
            on_disk == file.bytes,
            "out/{name}/{path} differs: run `BLESS=1 cargo test` and review the change"
        );
        left.remove(path.as_str());
    }
    assert!(left.is_empty(), "out/{name} holds what the example does not compile to: {left:?}");
}

fn files_below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).expect("a golden tree") {
            let path = entry.expect("entry").path();
            match path.is_dir() {
                true => open.push(path),
                false => {
                    found.insert(
                        path.strip_prefix(folder).expect("below").to_string_lossy().into_owned(),
                    );
                }
            }
        }
    }
    found
}

#[test]
fn the_same_site_gives_the_same_bytes() {
    for name in support::example_names() {
        assert_eq!(support::example(&name).0, support::example(&name).0, "{name}");
    }
}

/// Git ignores secret files in a tree; the golden ones were added by force, all of them.
#[test]
fn git_has_every_golden_file() {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "out"])
        .current_dir(root())
        .output()
        .expect("git");
    assert!(listed.status.success(), "not a checkout of the project");
    let listed: BTreeSet<String> = String::from_utf8_lossy(&listed.stdout)
        .split('\0')
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect();
    for name in support::example_names() {
        let bytes = fs::read(golden(&name).join(manifest::PATH)).expect("a manifest");
        let manifest = Manifest::read(&bytes).expect("a manifest");
        for path in manifest.files.keys() {
            assert!(
                listed.contains(&format!("out/{name}/{path}")),
                "out/{name}/{path} is not in git: add it with `git add -f`"
            );
        }
    }
}

/// Without the store every public file is the same, and no secret file can be mistaken for the real one.
#[test]
fn a_tree_without_store_has_the_same_public_files() {
    for name in support::example_names() {
        let (tree, _) = support::example(&name);
        let manifest = Manifest::read(&tree.get(manifest::PATH).expect("a manifest").bytes)
            .expect("a manifest");
        let site = support::example_site(&name);
        let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
        let secrets = Secrets::withheld(&manifest, &names);
        let secrets = secrets.keeping(support::standing(&tree, &site));
        let withheld = trigger_gen::generate(&site, &secrets);
        for (path, file) in &tree.files {
            let other = &withheld.files[path];
            assert_eq!(file.is_secret(), file.bytes != other.bytes, "out/{name}/{path}");
        }
    }
}
