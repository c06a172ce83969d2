//! Can what the runbook says be done? Its commands, links and pictures, each by a real reader.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they read files and start programs"
)]

mod blocks;
mod cluster;
mod mermaid;
mod text;

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
