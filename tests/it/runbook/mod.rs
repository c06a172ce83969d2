//! Can what the runbook says be done? Its commands, links and pictures, each by a real reader.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they read files and start programs"
)]

mod blocks;
mod cluster;
mod mermaid;
mod text;

pub(crate) use mermaid::{parsed, picture};

use crate::consumers::{Tree, trees};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The runbook of each golden tree.
fn runbooks() -> Vec<(Tree, String)> {
    let read = |tree: Tree| {
        let text = fs::read_to_string(tree.dir.join("RUNBOOK.md")).expect("a runbook");
        (tree, text)
    };
    let with = trees().into_iter().filter(|it| it.dir.join("RUNBOOK.md").is_file());
    with.map(read).collect()
}

/// The runbook of each golden tree with objects of a cluster.
fn of_clusters() -> Vec<(Tree, String)> {
    let with = trees().into_iter().filter(|it| it.dir.join("kubernetes").is_dir());
    let read = |tree: Tree| {
        let text = fs::read_to_string(tree.dir.join("kubernetes/RUNBOOK.md")).expect("a runbook");
        (tree, text)
    };
    let found: Vec<_> = with.map(read).collect();
    assert!(found.len() > 2);
    found
}

/// The commands of the control script of a folder: those of its parts, and the two of the entry point.
pub(crate) fn commands(bundle: &Path) -> BTreeSet<String> {
    let entry = fs::read_to_string(bundle.join("trigger-ctl.sh")).expect("the control script");
    let parts =
        entry.lines().find_map(|it| it.strip_prefix("readonly PARTS=(")).expect("its parts");
    let parts = parts
        .trim_end_matches(')')
        .split(' ')
        .map(|part| fs::read_to_string(bundle.join(format!("ctl/{part}.sh"))).expect("a part"));
    let found = parts.flat_map(|text| {
        let lines = text.lines().filter_map(|it| it.strip_prefix("#: "));
        let names = lines.filter_map(|it| it.split_whitespace().next());
        names.map(str::to_owned).collect::<Vec<_>>()
    });
    found.chain(["help".to_owned(), "version".to_owned()]).collect()
}

/// Every command of the control script that a text calls.
pub(crate) fn called(text: &str) -> BTreeSet<String> {
    let calls = text.split("trigger-ctl.sh ").skip(1);
    let word = |rest: &str| -> String {
        rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect()
    };
    calls.map(word).filter(|it| !it.is_empty()).collect()
}

/// Checks that are named are checks of the machine, and what fails at first is among what `status` asks.
#[test]
fn checks_are_those_of_the_machine() {
    for (tree, text) in runbooks() {
        let list = fs::read_to_string(tree.dir.join("docker/checks.json")).expect("checks.json");
        let list: serde_json::Value = serde_json::from_str(&list).expect("JSON");
        let rows = list["checks"].as_array().expect("checks");
        let of = |by: &str| -> BTreeSet<&str> {
            let by = |it: &&serde_json::Value| it["by"].as_str().is_some_and(|it| it.contains(by));
            rows.iter().filter(by).filter_map(|it| it["name"].as_str()).collect()
        };
        let named: Vec<&str> = text
            .split("verify --only ")
            .skip(1)
            .flat_map(|it| it.split(char::is_whitespace).next().unwrap_or_default().split(','))
            .filter(|it| !it.starts_with("NAME"))
            .collect();
        assert!(named.len() > 8, "{}: {named:?}", tree.name);
        for name in named.iter().filter(|it| it.chars().all(|c| c.is_ascii_lowercase())) {
            assert!(of("verify").contains(name), "{}: {name}", tree.name);
        }
        let (_, later) = text.split_once("Expect `pass` on every line").expect("the first status");
        let later = later.split(", which the next steps bring").next().expect("a sentence");
        for name in later.split('`').skip(1).step_by(2) {
            assert!(of("status").contains(name), "{}: {name}", tree.name);
        }
    }
}

#[test]
fn commands_are_those_of_the_script() {
    for (tree, text) in runbooks() {
        let known = commands(&tree.dir.join("docker"));
        let called = called(&text);
        assert!(called.len() > 5, "{}: {called:?}", tree.name);
        for command in &called {
            assert!(known.contains(command), "{}: trigger-ctl.sh {command}", tree.name);
        }
    }
}

#[test]
fn commands_for_the_old_server_are_those_of_the_script() {
    let known = commands(&crate::consumers::root().join("out/full/docker"));
    for (tree, text) in of_clusters() {
        let called = called(&text);
        assert!(called.len() > 3, "{}: {called:?}", tree.name);
        for command in &called {
            assert!(known.contains(command), "{}: trigger-ctl.sh {command}", tree.name);
        }
    }
}
