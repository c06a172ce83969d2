//! The commands on a site whose secrets stand in the tree: what each says and leaves.

use super::*;
use crate::cli::{Ran, run};
use crate::support;
use std::fs;

const SITE: &str = "site.yaml";
const OTHER: &str = "        - age1h6z6qvgydjv73q8t4paqm89qyzk7dfmc9zykqk58pfmhf27tjqlsu0nupp\n";
const SECRET: &str = "out/tasks/kubernetes/flux/app/secret.yaml";

/// A folder with the example as a site of its own, built with a store that the program made.
fn built() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = support::example_text("sops-cluster").replace("name: sops-cluster", "name: tasks");
    fs::write(folder.path().join(SITE), text).expect("a site");
    for name in ["GHCR_TOKEN", "BACKUP_SECRET_ACCESS_KEY"] {
        let value = format!("{name}-0123456789abcdef\n");
        ran(folder.path(), &["secrets", "set", name, SITE], Some(&value), 0);
    }
    ran(folder.path(), &["build", SITE], None, 0);
    folder
}

#[track_caller]
fn ran(folder: &Path, arguments: &[&str], input: Option<&str>, code: i32) -> Ran {
    let ran = run(folder, arguments, input);
    assert_eq!(ran.code, code, "{arguments:?}: {}{}", ran.out, ran.err);
    ran
}

fn read(folder: &Path, path: &str) -> String {
    fs::read_to_string(folder.join(path)).expect("a file")
}

fn change(folder: &Path, path: &str, old: &str, new: &str) {
    let text = read(folder, path);
    assert!(text.contains(old), "{path} has no {old}");
    fs::write(folder.join(path), text.replacen(old, new, 1)).expect("a file");
}

#[test]
fn the_same_store_builds_the_same_files() {
    let folder = built();
    let (folder, store) = (folder.path(), "tasks.secrets.yaml");
    let before = (read(folder, SECRET), read(folder, store));
    let data_keys: Vec<&str> =
        before.1.lines().filter_map(|it| it.trim().strip_prefix("data_key: ")).collect();
    assert!(data_keys.len() >= 5, "{data_keys:?}");
    fs::remove_dir_all(folder.join("out")).expect("the output");
    let again = ran(folder, &["build", "--new-site", SITE], None, 0);
    assert_eq!((read(folder, SECRET), read(folder, store)), before);
    let listed = ran(folder, &["secrets", "list", SITE], None, 0);
    let line = "kubernetes/flux/app/secret.yaml  encrypted for 2 age recipients since 20";
    assert!(listed.out.contains(line), "{}", listed.out);
    ran(folder, &["verify", "--store", store, "out/tasks"], None, 0);
    for said in [&again, &listed] {
        for key in &data_keys {
            assert!(
                !said.out.contains(key.trim_matches('"'))
                    && !said.err.contains(key.trim_matches('"'))
            );
        }
    }
}

/// As in a pull request's CI.
#[test]
fn a_check_needs_no_store() {
    let folder = built();
    let folder = folder.path();
    fs::rename(folder.join("tasks.secrets.yaml"), folder.join("elsewhere")).expect("the store");
    let check = ran(folder, &["build", "--check", SITE], None, 0);
    assert!(check.err.contains("encrypted files not checked: no store"), "{}", check.err);
    ran(folder, &["diff", SITE], None, 0);
    // Somebody changed a value: only the manifest can tell.
    change(folder, SECRET, "data:", "data:AAAA");
    let check = ran(folder, &["build", "--check", SITE], None, 1);
    assert!(
        check.err.contains("manifest.json") || check.out.contains("manifest.json"),
        "{}",
        check.err
    );
    ran(folder, &["verify", "out/tasks"], None, 1);
    change(folder, SECRET, "data:AAAA", "data:");
    // Another site: each file would be another one, and what it would be is not shown.
    change(folder, SITE, OTHER, "");
    ran(folder, &["build", "--check", SITE], None, 1);
    let diff = ran(folder, &["diff", SITE], None, 1);
    assert!(
        diff.out.contains("encrypted file kubernetes/flux/app/secret.yaml differs"),
        "{}",
        diff.out
    );
    assert!(!diff.out.contains("ENC["), "{}", diff.out);
}

#[test]
fn recipients_come_and_go() {
    let folder = built();
    let folder = folder.path();
    let values = |text: &str| -> Vec<String> {
        text.lines().filter(|it| it.contains("ENC[")).map(str::to_owned).collect()
    };
    let before = read(folder, SECRET);
    // Taken away: another key, said and done.
    change(folder, SITE, OTHER, "");
    let locked = ran(folder, &["build", "--locked", SITE], None, 1);
    let lacks = "the key of kubernetes/flux/app/secret.yaml";
    assert!(locked.err.contains(lacks) || locked.out.contains(lacks), "{}", locked.err);
    let built = ran(folder, &["build", SITE], None, 0);
    assert!(built.err.contains("got another key") && built.err.contains("rotate"), "{}", built.err);
    let less = read(folder, SECRET);
    assert_eq!(less.matches("recipient: age1").count(), 1);
    assert!(values(&less).iter().all(|it| !before.contains(it.as_str())));
    // Added again: the same values, one entry more.
    let at = "    sops:\n      age:\n";
    change(folder, SITE, at, &format!("{at}{OTHER}"));
    let built = ran(folder, &["build", SITE], None, 0);
    assert!(built.err.contains("can be read by more age keys"), "{}", built.err);
    let more = read(folder, SECRET);
    assert_eq!(more.matches("recipient: age1").count(), 2);
    assert_eq!(values(&more), values(&less));
}
