//! The properties of the fuzz targets on some hundred inputs each, the same at every run: `scripts/fuzz` gives them
//! millions, of its own choice.
#![allow(clippy::disallowed_methods, reason = "the targets and their first inputs are read here")]

#[allow(unreachable_pub, missing_docs, reason = "a library where the fuzzer runs it")]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use crate::consumers::root;
use crate::injection::{Random, mutated};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use targets::PROPERTIES;

/// Inputs of each target that are not in its corpus.
const INPUTS: usize = 100;

/// What `scripts/fuzz --corpus` puts into the folder of each target.
fn corpus(folder: &Path) -> Vec<(String, Vec<String>)> {
    let made = std::process::Command::new(root().join("scripts/fuzz"))
        .args(["--corpus".as_ref(), folder.as_os_str()])
        .status()
        .expect("scripts/fuzz");
    assert!(made.success());
    let texts = |name: &str| {
        let mut paths: Vec<PathBuf> = std::fs::read_dir(folder.join(name))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .map(|it| it.expect("an entry").path())
            .collect();
        paths.sort();
        paths.iter().map(|it| std::fs::read_to_string(it).expect("UTF-8")).collect()
    };
    PROPERTIES.iter().map(|(name, _)| ((*name).to_owned(), texts(name))).collect()
}

#[test]
fn every_property_holds_for_its_corpus_and_what_is_near_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let corpora = corpus(folder.path());
    std::thread::scope(|scope| {
        for ((name, property), (_, texts)) in PROPERTIES.iter().zip(&corpora) {
            assert!(!texts.is_empty(), "{name} begins with nothing");
            scope.spawn(move || {
                texts.iter().for_each(|it| property(it.as_bytes()));
                let mut random = Random::from(name.len() as u64);
                for nth in 0..INPUTS {
                    let text = if nth % 2 == 0 { random.one_of(texts) } else { random.text() };
                    property(&mutated(&text, &mut random));
                    property(text.as_bytes());
                }
            });
        }
    });
}

#[test]
fn every_property_has_a_target() {
    let files = std::fs::read_dir(root().join("tests/fuzz/fuzz_targets")).expect("the targets");
    let files: BTreeSet<String> = files
        .map(|it| it.expect("an entry").path().file_stem().expect("a name").display().to_string())
        .collect();
    let names: BTreeSet<String> = PROPERTIES.iter().map(|it| it.0.to_owned()).collect();
    assert_eq!(files, names);
    let manifest = std::fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).expect("a file");
    for name in names {
        let path = root().join(format!("tests/fuzz/fuzz_targets/{name}.rs"));
        let text = std::fs::read_to_string(path).expect("a target");
        assert!(text.contains(&format!("trigger_gen_fuzz::{name}(bytes)")), "{name}: {text}");
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name} is not built");
    }
}

/// The fuzzer must build what is shipped: no crate of the compiler may be another one there.
#[test]
fn the_fuzzer_has_the_same_crates() {
    let lock = |path: &str| std::fs::read_to_string(root().join(path)).expect("a lock file");
    let packages = |text: &str| -> BTreeSet<String> {
        let entry = |it: &str| {
            let mut lines = it.lines().take(2);
            let mut value =
                || Some(lines.next()?.split_once('"')?.1.trim_end_matches('"').to_owned());
            Some(format!("{} {}", value()?, value()?))
        };
        text.split("[[package]]\n").skip(1).filter_map(entry).collect()
    };
    let (ours, theirs) = (packages(&lock("Cargo.lock")), packages(&lock("tests/fuzz/Cargo.lock")));
    let name = |it: &String| it.split(' ').next().expect("a name").to_owned();
    let only = ["libfuzzer-sys", "arbitrary", "trigger-gen-fuzz"];
    let known: BTreeSet<String> = ours.iter().map(name).collect();
    let differing: Vec<&String> = theirs
        .iter()
        .filter(|it| known.contains(&name(it)) && !ours.contains(*it))
        .filter(|it| !only.contains(&name(it).as_str()))
        .collect();
    assert!(theirs.len() > 50 && differing.is_empty(), "{differing:?}");
}
