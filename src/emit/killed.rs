//! A run that is killed after each single change leaves the old tree or the new one.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make and read the outputs that they judge"
)]

use super::hand::Hand;
use super::{Error, Options, Recovered, Report, recover, write, write_by};
use crate::fingerprint::FingerprintKey;
use crate::manifest::{self, Header, Manifest};
use crate::tree::{File, Mode, OutPath, Tree};
use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

const NO_OPTIONS: Options = Options { force: false, set_aside: false };
const SET_ASIDE: Options = Options { force: false, set_aside: true };

/// Content and mode of everything below a folder: what a reader sees.
type Seen = BTreeMap<PathBuf, (u32, Vec<u8>)>;

fn key() -> FingerprintKey {
    FingerprintKey::new("example")
}

fn tree(files: &[(&str, &str, Mode)]) -> Tree {
    let file = |(path, text, mode): &(&str, &str, Mode)| {
        let path = OutPath::new(*path).expect("a path of the test");
        (path, File { bytes: text.as_bytes().to_vec(), mode: *mode, artifact: "test" })
    };
    let mut tree = Tree { files: files.iter().map(file).collect() };
    let header =
        Header { site: "site".into(), release: "4.5.12".into(), spec: 1, secrets: BTreeMap::new() };
    let manifest = Manifest::of(&tree, header, &key()).to_file();
    tree.files.extend(OutPath::new(manifest::PATH).map(|path| (path, manifest)));
    tree
}

fn old() -> Tree {
    tree(&[
        ("docker/.env", "KEY=old\n", Mode::Secret),
        ("docker/ctl.sh", "#!/bin/sh\n", Mode::Executable),
        ("docker/edited.conf", "as made\n", Mode::Plain),
        ("docker/gone/away.conf", "old\n", Mode::Plain),
        ("same.md", "same\n", Mode::Plain),
    ])
}

fn new() -> Tree {
    tree(&[
        ("docker/.env", "KEY=new\n", Mode::Secret),
        ("docker/ctl.sh", "#!/bin/bash\n", Mode::Executable),
        ("docker/edited.conf", "made anew\n", Mode::Plain),
        ("docker/nginx/site.conf", "new\n", Mode::Plain),
        ("same.md", "same\n", Mode::Plain),
    ])
}

/// A folder in memory where there is one: these tests wait for the disk thousands of times.
fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a temporary folder")
}

/// An output of the old tree, with a hand-edit and files of somebody else.
fn standing() -> tempfile::TempDir {
    let out = scratch();
    let dir = out.path().join("site");
    write(&dir, &old(), &key(), &NO_OPTIONS).unwrap();
    std::fs::write(dir.join("docker/edited.conf"), "by hand\n").unwrap();
    std::fs::create_dir_all(dir.join("data/deep")).unwrap();
    std::fs::write(dir.join("data/deep/notes.md"), "mine\n").unwrap();
    std::os::unix::fs::symlink("/nowhere", dir.join("data/link")).unwrap();
    std::fs::set_permissions(dir.join("data/deep"), PermissionsExt::from_mode(0o555)).unwrap();
    out
}

fn seen(dir: &Path) -> Seen {
    let mut seen = Seen::new();
    let Ok(entries) = std::fs::read_dir(dir) else { return seen };
    for entry in entries.map(|it| it.unwrap()) {
        let facts = entry.metadata().unwrap();
        let name = PathBuf::from(entry.file_name());
        if facts.is_dir() {
            let below = self::seen(&entry.path()).into_iter();
            seen.extend(below.map(|(path, file)| (name.join(path), file)));
            seen.insert(name, (facts.mode(), Vec::new()));
        } else if facts.is_symlink() {
            seen.insert(name, (facts.mode(), b"link".to_vec()));
        } else {
            seen.insert(name, (facts.mode(), std::fs::read(entry.path()).unwrap()));
        }
    }
    seen
}

fn names(out: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(out)
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn write_until(
    changes: usize,
    exchanges: bool,
    dir: &Path,
    options: &Options,
) -> Result<Report, Error> {
    write_by(&Hand::stopping_after(changes, exchanges), dir, &new(), &key(), options)
}

/// Kills a run after 0, 1, 2… changes, until one lives. `check` is told the output and whether it was recovered.
fn kill_each(exchanges: bool, options: &Options, check: impl Fn(&Path, bool)) -> Vec<Recovered> {
    let mut recovered = Vec::new();
    for changes in 0.. {
        let out = standing();
        let dir = out.path().join("site");
        let killed = write_until(changes, exchanges, &dir, options).is_err();
        for (path, (mode, _)) in seen(out.path()) {
            let is_secret = path.to_string_lossy().contains(".env");
            assert!(
                !is_secret || mode & 0o777 == 0o600,
                "{changes}: {} is {mode:o}",
                path.display()
            );
        }
        check(&dir, false);
        recovered.push(recover(&dir).unwrap());
        check(&dir, true);
        assert!(
            !names(out.path()).iter().any(|it| it.starts_with('.')),
            "{changes}: {:?}",
            names(out.path())
        );
        if !killed {
            assert!(changes > 20, "the test kills nothing");
            return recovered;
        }
        let after = write(&dir, &new(), &key(), &NO_OPTIONS).unwrap();
        assert_eq!(
            after.kept_edited.len() + after.unchanged.len() + after.written().count(),
            new().files.len()
        );
    }
    recovered
}

fn before_and_after() -> (Seen, Seen) {
    let out = standing();
    let dir = out.path().join("site");
    let before = seen(&dir);
    write(&dir, &new(), &key(), &NO_OPTIONS).unwrap();
    let after = seen(&dir);
    assert_eq!(after[Path::new("docker/edited.conf")].1, b"by hand\n");
    assert_eq!(after[Path::new("data/deep/notes.md")].1, b"mine\n");
    assert!(
        !after.contains_key(Path::new("docker/gone"))
            && before.contains_key(Path::new("docker/gone"))
    );
    (before, after)
}

#[test]
fn a_killed_exchange_is_never_seen_half_done() {
    let (before, after) = before_and_after();
    let recovered = kill_each(true, &NO_OPTIONS, |dir, _| {
        let seen = seen(dir);
        assert!(seen == before || seen == after, "{:?}", seen.keys());
    });
    assert!(recovered.contains(&Recovered::Undone) && recovered.contains(&Recovered::Finished));
}

#[test]
fn a_killed_run_in_place_is_finished_or_undone_by_the_next() {
    let (before, after) = before_and_after();
    let recovered = kill_each(false, &NO_OPTIONS, |dir, recovered| {
        let seen = seen(dir);
        assert!(!recovered || seen == before || seen == after, "{:?}", seen.keys());
    });
    assert!(recovered.contains(&Recovered::Undone) && recovered.contains(&Recovered::Finished));
}

#[test]
fn a_killed_setting_aside_loses_nothing() {
    let (before, _) = before_and_after();
    let fresh = scratch();
    write(&fresh.path().join("site"), &new(), &key(), &NO_OPTIONS).unwrap();
    let fresh = seen(&fresh.path().join("site"));
    for exchanges in [true, false] {
        kill_each(exchanges, &SET_ASIDE, |dir, recovered| {
            let (seen, aside) = (seen(dir), seen(&dir.with_file_name("site.before-new-site")));
            let whole = (seen == before && aside.is_empty()) || (seen == fresh && aside == before);
            let between = seen == fresh || (seen.is_empty() && aside == before);
            assert!(whole || (!recovered && between), "{:?} {:?}", seen.keys(), aside.keys());
        });
    }
}

#[test]
fn a_killed_first_build_leaves_nothing_or_all() {
    for changes in 0.. {
        let out = scratch();
        let dir = out.path().join("deep/out/site");
        let killed = write_until(changes, true, &dir, &NO_OPTIONS).is_err();
        let files = seen(&dir).len();
        assert!(files == 0 || dir.join(manifest::PATH).exists(), "{changes}: {files}");
        let after = write(&dir, &new(), &key(), &NO_OPTIONS).unwrap();
        assert_eq!(after.created.len() + after.unchanged.len(), new().files.len());
        assert_eq!(names(&out.path().join("deep/out")), ["site"]);
        if !killed {
            break;
        }
    }
}

#[test]
fn a_recovery_may_be_killed_too() {
    let (before, after) = before_and_after();
    for exchanges in [true, false] {
        for (first, second) in (0..70)
            .step_by(6)
            .flat_map(|first| (0..30).step_by(2).map(move |second| (first, second)))
        {
            let out = standing();
            let dir = out.path().join("site");
            let _ = write_until(first, exchanges, &dir, &NO_OPTIONS);
            let _ = super::recover_by(&Hand::stopping_after(second, exchanges), &dir);
            recover(&dir).unwrap();
            let seen = seen(&dir);
            assert!(seen == before || seen == after, "{first} {second}");
            assert_eq!(names(out.path()), ["site"]);
        }
    }
}

#[test]
fn an_edit_after_the_kill_is_kept() {
    for changes in 0..70 {
        let out = standing();
        let dir = out.path().join("site");
        if write_until(changes, false, &dir, &NO_OPTIONS).is_ok() {
            break;
        }
        for path in ["docker/ctl.sh", "data/deep/notes.md"] {
            std::fs::write(dir.join(path), "after the kill\n").unwrap();
        }
        recover(&dir).unwrap();
        for path in ["docker/ctl.sh", "data/deep/notes.md"] {
            assert_eq!(
                std::fs::read(dir.join(path)).unwrap(),
                b"after the kill\n",
                "{changes} {path}"
            );
        }
    }
}

#[test]
fn what_appears_in_the_old_tree_after_the_switch_moves_over() {
    for changes in 0..90 {
        let out = standing();
        let dir = out.path().join("site");
        let _ = write_until(changes, true, &dir, &NO_OPTIONS);
        let old = out.path().join(".site.trigger-gen/tree");
        let switched = std::fs::read(dir.join("docker/.env")).unwrap() == b"KEY=new\n";
        if !switched || !old.join("docker").exists() {
            continue;
        }
        std::fs::write(old.join("docker/late.md"), "late\n").unwrap();
        recover(&dir).unwrap();
        assert_eq!(std::fs::read(dir.join("docker/late.md")).unwrap(), b"late\n");
        return;
    }
    panic!("no run was killed between the switch and its end");
}
