//! What the system may say no to: full disks, mounts, folders that are closed.

use super::*;
use std::io::Write;
use std::process::Command;
use trigger_gen::emit::Outcome;

/// A file system of its own for as long as it lives.
pub(crate) struct Mount(PathBuf);

impl Mount {
    /// `None`, said aloud, where this user cannot mount; in CI that is a failure.
    pub(crate) fn tmpfs(at: &Path, options: &str, test: &str) -> Option<Self> {
        fs::create_dir_all(at).expect("a folder");
        let mounted =
            as_root("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        if mounted.is_ok_and(|it| it.status.success()) {
            return Some(Self(at.into()));
        }
        assert!(
            std::env::var_os("CI").is_none_or(|it| it != "true"),
            "{test} cannot mount a tmpfs"
        );
        // The test harness swallows what `eprintln` says of a test that passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED {test}: cannot mount a tmpfs");
        None
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        assert!(
            as_root("mount").args(["-o", &options]).arg(&self.0).status().expect("mount").success()
        );
    }
}

/// Runners of CI are no root, but may become it without a password.
fn as_root(program: &str) -> Command {
    if fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0) {
        return Command::new(program);
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", program]);
    sudo
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = as_root("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_changes_nothing() {
    let out = Out::empty();
    let Some(_mount) = Mount::tmpfs(out.folder.path(), "size=128k", "a_full_disk_changes_nothing")
    else {
        return;
    };
    out.write(FIRST).unwrap();
    let before = out.facts();
    let large = "x".repeat(40_000);
    let files = ["a.md", "b.md", "c/d/e.md", "f.md", "g.md"].map(|path| (path, large.as_str()));
    let error = out.write(&files).expect_err("more than fits");
    let Error::Io { outcome: Outcome::Untouched, path, source, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
    assert!(path.to_string_lossy().ends_with(".md"), "{error}");
    assert!(error.to_string().ends_with("nothing was changed"), "{error}");
    assert_eq!(names(out.folder.path()), ["site"]);
    let after = out.facts();
    let without_links = |it: &BTreeMap<PathBuf, (u64, i64, i64, i64)>| {
        it.iter().map(|(path, facts)| (path.clone(), facts.0, facts.1, facts.2)).collect::<Vec<_>>()
    };
    assert_eq!(without_links(&before), without_links(&after));
    assert!(out.compare(FIRST).is_identical());
}

#[test]
fn a_read_only_disk_is_read_and_not_written() {
    let out = Out::empty();
    let test = "a_read_only_disk_is_read_and_not_written";
    let Some(mount) = Mount::tmpfs(out.folder.path(), "size=1m", test) else { return };
    out.write(FIRST).unwrap();
    mount.remount("ro");
    assert!(out.write(FIRST).unwrap().is_identical());
    let error = out.write(SECOND).expect_err("read-only");
    let Error::Io { outcome: Outcome::Untouched, source, .. } = &error else { panic!("{error:?}") };
    assert_eq!(source.kind(), std::io::ErrorKind::ReadOnlyFilesystem);
    assert!(out.compare(FIRST).is_identical());
}

#[test]
fn an_output_that_is_a_mount_point_is_written_in_place() {
    let out = Out::empty();
    let test = "an_output_that_is_a_mount_point_is_written_in_place";
    let Some(_mount) = Mount::tmpfs(&out.dir(), "size=1m", test) else { return };
    switches_in_place(&out);
}

#[test]
fn a_mount_inside_the_output_stays_where_it_is() {
    let out = Out::first();
    let test = "a_mount_inside_the_output_stays_where_it_is";
    let Some(_mount) = Mount::tmpfs(&out.at("data"), "size=1m", test) else { return };
    out.put("data/db", "bytes\n");
    switches_in_place(&out);
    assert_eq!(out.text("data/db"), "bytes\n");
    assert_ne!(fs::metadata(out.at("data")).unwrap().dev(), fs::metadata(out.dir()).unwrap().dev());
}

#[test]
fn an_output_below_a_folder_that_is_closed_is_written_in_place() {
    let out = Out::empty();
    let test = "an_output_below_a_folder_that_is_closed_is_written_in_place";
    let Some(above) = Mount::tmpfs(out.folder.path(), "size=1m", test) else { return };
    let Some(_inner) = Mount::tmpfs(&out.dir(), "size=1m", test) else { return };
    above.remount("ro");
    switches_in_place(&out);
    let aside = refusals(out.write_with(FIRST, &Options { force: false, set_aside: true }));
    assert_eq!(aside[0].path, out.dir());
}

/// Builds twice into an output that cannot be exchanged, with files of somebody else in it.
fn switches_in_place(out: &Out) {
    out.write(FIRST).expect("the first build");
    out.put("docker/mine.md", "mine\n");
    let folder = fs::metadata(out.dir()).expect("the output").ino();
    let foreseen = out.compare(SECOND);
    let report = out.write(SECOND).expect("the second build");
    assert_eq!(foreseen, report);
    assert!(out.compare(SECOND).is_identical());
    assert_eq!(folder, fs::metadata(out.dir()).expect("the output").ino(), "nothing was exchanged");
    assert_eq!((out.mode("docker/.env"), out.text("docker/mine.md").as_str()), (0o600, "mine\n"));
    assert!(!out.at("docker/nginx").exists());
    assert_eq!(out.names(), ["site"]);
    assert!(
        !names(&out.dir()).iter().any(|it| it.contains("trigger-gen")),
        "{:?}",
        names(&out.dir())
    );
    assert_eq!(names(&out.at("docker")), [".env", "backup", "mine.md", "trigger-ctl.sh"]);
}
