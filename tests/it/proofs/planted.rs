//! Each planted fault is found, by the proof that is meant for it and by no other.

use super::plants::{Edit, PLANTS, Plant};
use crate::support;
use std::collections::BTreeSet;
use trigger_gen::fingerprint::FingerprintKey;
use trigger_gen::manifest;
use trigger_gen::proof::{Context, Fault, PROOFS, check};
use trigger_gen::tree::{File, Mode, OutPath, Tree};

/// The tree of an example with the edits of a plant in it.
pub(super) fn planted(plant: &Plant, mut tree: Tree) -> Tree {
    // An edited file differs from the manifest, and an edited `.env` from its twin: that is another fault.
    if !plant.keeps_manifest {
        remove(&mut tree, manifest::PATH);
    }
    for edit in plant.edits {
        if edit.path().ends_with("/.env") && !plant.keeps_manifest {
            remove(&mut tree, &format!("{}.redacted", edit.path()));
        }
        apply(edit, &mut tree);
    }
    tree
}

fn remove(tree: &mut Tree, path: &str) -> File {
    let path = OutPath::new(path).expect("a path");
    tree.files.remove(&path).unwrap_or_else(|| File {
        bytes: Vec::new(),
        mode: Mode::Plain,
        artifact: "test",
    })
}

fn apply(edit: &Edit, tree: &mut Tree) {
    let out_path = OutPath::new(edit.path()).expect("a path");
    let mut file = remove(tree, edit.path());
    let text = file.text().to_owned();
    let changed = match *edit {
        Edit::Remove(_) => return,
        Edit::Mode(_, mode) => {
            file.mode = mode;
            text
        }
        Edit::Replace(path, from, to) => {
            assert!(text.contains(from), "{path} does not contain {from:?}");
            text.replacen(from, to, 1)
        }
        Edit::ReplaceAll(path, from, to) => {
            assert!(text.contains(from), "{path} does not contain {from:?}");
            text.replace(from, to)
        }
        Edit::Append(_, more) => text + more,
        Edit::Set(path, key, value) => {
            let old = line_of(&text, key).unwrap_or_else(|| panic!("{path} has no {key}"));
            text.replacen(old, &format!("{key}={value}"), 1)
        }
        Edit::Same(path, from, to) => {
            let old = line_of(&text, to).unwrap_or_else(|| panic!("{path} has no {to}"));
            let value = line_of(&text, from).and_then(|it| it.split_once('=')).expect("a value").1;
            text.replacen(old, &format!("{to}={value}"), 1)
        }
        Edit::Leak(_, env, key) => {
            let kept = tree.get(env).expect("a file of variables").text();
            let value = line_of(kept, key).and_then(|it| it.split_once('=')).expect("a value").1;
            format!("{text}# {value}\n")
        }
        Edit::Rewrite(_, whole) => whole.to_owned(),
    };
    file.bytes = changed.into_bytes();
    tree.files.insert(out_path, file);
}

fn line_of<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let start = format!("{key}=");
    text.lines().find(|it| it.starts_with(&start))
}

fn names(faults: &[Fault]) -> BTreeSet<&'static str> {
    faults.iter().map(|it| it.proof).collect()
}

#[test]
fn each_planted_fault_is_found_and_nothing_else() {
    let mut wrong = Vec::new();
    let examples: Vec<_> = support::example_names();
    let trees: Vec<_> = examples.iter().map(|it| (it, support::example(it))).collect();
    for plant in PLANTS {
        let (_, (tree, secrets)) =
            trees.iter().find(|(name, _)| *name == plant.example).expect("an example");
        let tree = planted(plant, tree.clone());
        let faults = check(&tree, &Context::default());
        let expected: BTreeSet<&str> = [plant.proof].iter().chain(plant.also).copied().collect();
        if names(&faults) != expected {
            wrong.push(format!("{plant:?}\n  expected {expected:?}\n  found {faults:#?}"));
        }
        for fault in &faults {
            let said = format!("{} {} {}", fault.path, fault.message, fault.help);
            let leaked = secrets.values().any(|it| said.contains(it));
            assert!(!leaked, "{} tells a secret", fault.proof);
            assert!(!fault.message.ends_with('.') && !fault.help.is_empty(), "{fault:?}");
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), PLANTS.len(), wrong.join("\n"));
}

#[test]
fn every_proof_is_broken_by_a_plant() {
    let planted: BTreeSet<&str> = PLANTS.iter().map(|it| it.proof).collect();
    let known: BTreeSet<&str> = PROOFS.iter().map(|it| it.name).collect();
    assert_eq!(known.len(), PROOFS.len(), "two proofs have one name");
    assert_eq!(planted, known);
    for proof in PROOFS {
        let kebab = proof
            .name
            .bytes()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        assert!(kebab, "{}", proof.name);
        assert!(proof.summary.ends_with('.') && proof.summary.len() > 20, "{}", proof.name);
    }
}

#[test]
fn a_file_that_does_not_parse_is_a_fault_and_no_panic() {
    for text in [
        "services: [\n",
        "",
        "just text",
        "services:\n  a: 1\n  b: [1]\n  c:\n    environment: 7\n",
    ] {
        let edits = &[Edit::Remove("docker/webapp/docker-compose.yml")];
        let plant =
            Plant { proof: "", also: &[], example: "minimal-vps", edits, keeps_manifest: false };
        let mut tree = planted(&plant, support::tree("minimal-vps"));
        let file = File { bytes: text.as_bytes().to_vec(), mode: Mode::Plain, artifact: "test" };
        tree.files.insert(OutPath::new("docker/webapp/docker-compose.yml").expect("a path"), file);
        assert!(!check(&tree, &Context::default()).is_empty(), "{text:?}");
    }
}

#[test]
fn a_changed_secret_file_is_told_from_the_manifest_by_who_has_the_key() {
    let (tree, secrets) = support::example("minimal-vps");
    let context = Context { fingerprints: Some(&secrets), ..Context::default() };
    assert!(check(&tree, &context).is_empty());
    let edits = &[Edit::Append("docker/.env", "# a note\n")];
    let plant = Plant { proof: "", also: &[], example: "minimal-vps", edits, keeps_manifest: true };
    let tree = planted(&plant, tree);
    assert_eq!(names(&check(&tree, &context)), ["manifest-hash"].into());
    assert!(check(&tree, &Context::default()).is_empty());
    let other = FingerprintKey::new("another key");
    let context = Context { fingerprints: Some(&other), ..Context::default() };
    assert_eq!(names(&check(&tree, &context)), ["manifest-hash"].into());
}
