//! A run that is killed after each single change leaves the old store or the new one.

use super::hand::Hand;
use super::{Opened, Store};
use crate::secrets::Draft;
use crate::value::{Scalar, SecretName};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

fn name(text: &str) -> SecretName {
    SecretName::from_text(text).expect("a name")
}

fn draft(value: &str) -> Draft {
    let mut draft = Draft::new("site");
    draft.make_key(&mut |bytes: &mut [u8]| bytes.fill(0xab));
    draft.set(name("FIRST"), "kept".to_owned());
    draft.set(name("SECOND"), value.to_owned());
    draft
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry"));
    let mut names: Vec<_> = entries.map(|it| it.file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

/// Kills the run that replaces `old` after each change, and gives how many changes it makes.
fn killed_after_each_change(old: Option<&Draft>) -> usize {
    let new = draft("new");
    for changes in 0.. {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("site.secrets.yaml");
        if let Some(old) = old {
            Store::lock(&path, "site").and_then(|mut it| it.save(old)).expect("the first store");
        }
        let killed = Store::lock_by(Hand::stopping_after(changes), &path, "site")
            .and_then(|mut it| it.save(&new));
        let before = old.cloned().map_or(Opened::Absent, Opened::Present);
        let after = Opened::Present(new.clone());
        let found = Store::open(&path, "site").expect("a whole store");
        assert!(found == before || found == after, "after {changes} changes: {found:?}");
        for name in names(folder.path()) {
            let mode = fs::metadata(folder.path().join(&name)).expect("a file").mode() & 0o7777;
            assert_eq!(mode, 0o600, "{name} after {changes} changes");
        }
        // The next run clears up and finishes.
        Store::lock(&path, "site").and_then(|mut it| it.save(&new)).expect("the next run");
        assert_eq!(Store::open(&path, "site").expect("a store"), after);
        assert_eq!(names(folder.path()), ["site.secrets.yaml"]);
        if killed.is_ok() {
            return changes;
        }
    }
    unreachable!("a run that never ends")
}

#[test]
fn a_killed_run_leaves_the_old_store() {
    assert!(killed_after_each_change(Some(&draft("old"))) > 5);
}

#[test]
fn a_killed_first_run_leaves_no_store_or_a_whole_one() {
    assert!(killed_after_each_change(None) > 5);
}
