//! The lists themselves: hashes, names, and that each check has its function.

use crate::consumers::{root, trees};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use trigger_gen::artifacts::{Severity, checks};
use trigger_gen::fingerprint::sha256;
use trigger_gen::manifest::Manifest;

pub(super) fn is_critical(id: &str) -> bool {
    checks().any(|it| it.id == id && it.severity == Severity::Critical)
}

/// Each `checks.json` of the golden trees, with its folder.
fn lists() -> Vec<(PathBuf, Value)> {
    let folders = trees().into_iter().flat_map(|tree| {
        let workers = fs::read_dir(tree.dir.join("workers")).into_iter().flatten();
        let workers = workers.map(|it| it.expect("an entry").path());
        let server = Some(tree.dir.join("docker")).filter(|it| it.is_dir());
        workers.chain(server).collect::<Vec<_>>()
    });
    let read = |folder: PathBuf| {
        let text = fs::read_to_string(folder.join("checks.json")).expect("checks.json");
        (folder, serde_json::from_str(&text).expect("JSON"))
    };
    folders.map(read).collect()
}

#[test]
fn hashes_are_those_of_the_public_files_beside_it() {
    for (folder, list) in lists() {
        let tree = folder.ancestors().find(|it| it.join("manifest.json").exists()).expect("a tree");
        let manifest = fs::read(tree.join("manifest.json")).expect("a manifest");
        let manifest = Manifest::read(&manifest).expect("a manifest");
        let below = format!("{}/", folder.strip_prefix(tree).expect("below").display());
        let public: BTreeSet<&str> = manifest
            .files
            .iter()
            .filter(|(_, entry)| entry.mode != "0600")
            .filter_map(|(path, _)| path.strip_prefix(&below))
            .filter(|path| *path != "checks.json")
            .collect();
        let files = list["files"].as_object().expect("files");
        let listed: BTreeSet<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(listed, public, "{below}");
        for (path, hash) in files {
            let bytes = fs::read(folder.join(path)).expect("a file");
            assert_eq!(hash, &Value::from(sha256(&bytes)), "{below}{path}");
        }
    }
}

#[test]
fn lists_are_as_their_schema_says() {
    let schema = fs::read_to_string(root().join("schema/checks.schema.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (folder, list) in lists() {
        let faults: Vec<String> = validator
            .iter_errors(&list)
            .map(|it| format!("{}: {it}", it.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{}: {faults:#?}", folder.display());
    }
    assert!(!validator.is_valid(&serde_json::json!({ "format": 1 })));
}

/// The script reads lists line by line: no value may need an escape.
#[test]
fn no_value_is_written_with_an_escape() {
    for (folder, _) in lists() {
        let text = fs::read_to_string(folder.join("checks.json")).expect("checks.json");
        assert!(!text.contains('\\'), "{}", folder.display());
    }
}

#[test]
fn every_check_has_its_function_and_the_other_way_round() {
    let folder = root().join("templates/docker/ctl/checks");
    let parts = fs::read_dir(folder).expect("the parts").map(|it| it.expect("a part").path());
    let texts: Vec<String> = parts
        .filter(|it| it.extension().is_some_and(|it| it == "sh"))
        .map(|it: PathBuf| fs::read_to_string(it).expect("a part"))
        .collect();
    let lines = texts.iter().flat_map(|it| it.lines());
    let found: BTreeSet<String> = lines
        .filter_map(|it| it.strip_prefix("check_")?.split_once("()"))
        .map(|(name, _)| name.replace('_', "-"))
        .collect();
    let wanted: BTreeSet<String> = checks().map(|it| it.name.to_owned()).collect();
    assert_eq!(found, wanted);
    for check in checks() {
        let head = format!("check_{}()", check.name.replace('-', "_"));
        let line = texts.iter().flat_map(|it| it.lines()).find(|it| it.starts_with(&head));
        assert!(line.is_some_and(|it| it.contains(&format!("# {}", check.id))), "{}", check.id);
    }
}

/// What is advised can be done: commands are those of the script.
#[test]
fn hints_name_commands_that_exist() {
    let commands = crate::runbook::commands(Path::new(&root().join("out/minimal-vps/docker")));
    for check in checks() {
        for command in crate::runbook::called(check.hint) {
            assert!(commands.contains(&command), "{}: {command}", check.id);
        }
    }
}
