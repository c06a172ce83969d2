//! What a build leaves as it is: files that people edited, and files that are not ours.

use super::*;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, UNIX_EPOCH};

#[test]
fn a_hand_edit_is_kept_and_stays_reported() {
    let out = Out::first();
    out.put("docker/trigger-ctl.sh", "#!/bin/sh\n# mine\n");
    out.put("docker/.env", "KEY=by-hand\n");
    for _ in 0..2 {
        let report = out.write(SECOND).unwrap();
        assert_eq!(paths(&report.kept_edited), ["docker/.env", "docker/trigger-ctl.sh"]);
        assert!(!report.is_identical());
    }
    assert_eq!(out.text("docker/trigger-ctl.sh"), "#!/bin/sh\n# mine\n");
    assert_eq!(out.text("docker/.env"), "KEY=by-hand\n");
}

#[test]
fn force_overwrites_a_hand_edit() {
    let out = Out::first();
    out.put("docker/trigger-ctl.sh", "#!/bin/sh\n# mine\n");
    let report = out.write_with(FIRST, &FORCE).unwrap();
    assert_eq!(paths(&report.changed), ["docker/trigger-ctl.sh"]);
    assert!(out.compare(FIRST).is_identical());
}

#[test]
fn an_edit_that_equals_what_is_made_is_none() {
    let out = Out::first();
    out.put("docker/trigger-ctl.sh", "#!/bin/bash\n");
    let report = out.write(SECOND).unwrap();
    assert!(
        report.kept_edited.is_empty()
            && paths(&report.unchanged).contains(&"docker/trigger-ctl.sh")
    );
}

#[test]
fn an_edited_file_that_is_no_longer_made_becomes_its_editors() {
    for options in [Options::default(), FORCE] {
        let out = Out::first();
        out.put("docker/nginx/site.conf", "listen 81;\n");
        let report = out.write_with(SECOND, &options).unwrap();
        assert_eq!(paths(&report.edited_but_no_longer_made), ["docker/nginx/site.conf"]);
        assert_eq!(out.text("docker/nginx/site.conf"), "listen 81;\n");
        assert!(out.write(SECOND).unwrap().is_identical());
    }
}

#[test]
fn a_deleted_file_is_made_again() {
    let out = Out::first();
    fs::remove_dir_all(out.at("docker/nginx")).unwrap();
    assert_eq!(paths(&out.write(FIRST).unwrap().created), ["docker/nginx/site.conf"]);
    fs::remove_dir_all(out.at("docker/nginx")).unwrap();
    assert!(out.write(SECOND).unwrap().removed.is_empty());
}

#[test]
fn files_of_somebody_else_are_carried_over_as_they_are() {
    let out = Out::first();
    out.put("docker/nginx/mine.conf", "mine\n");
    out.put("data/deep/db", "bytes\n");
    fs::create_dir_all(out.at("empty/too")).unwrap();
    std::os::unix::fs::symlink("../../elsewhere", out.at("data/link")).unwrap();
    let long_ago = UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for (path, mode) in [
        ("docker/nginx/mine.conf", 0o440),
        ("data/deep/db", 0o600),
        ("data/deep", 0o500),
        ("data", 0o750),
    ] {
        fs::File::open(out.at(path)).unwrap().set_modified(long_ago).unwrap();
        fs::set_permissions(out.at(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let as_root = fs::metadata(out.folder.path()).unwrap().uid() == 0;
    if as_root {
        std::os::unix::fs::chown(out.at("data"), Some(1234), Some(5678)).unwrap();
    }
    let facts = |path: &str| {
        let it = fs::symlink_metadata(out.at(path)).unwrap();
        (
            it.mode(),
            it.uid(),
            it.gid(),
            it.modified().unwrap(),
            if it.is_dir() { 0 } else { it.ino() },
        )
    };
    let all = [
        "docker/nginx/mine.conf",
        "data/deep/db",
        "data/deep",
        "data",
        "data/link",
        "empty",
        "empty/too",
    ];
    let before = all.map(facts);
    out.write(SECOND).unwrap();
    assert_eq!(before, all.map(facts));
    assert_eq!(fs::read_link(out.at("data/link")).unwrap(), Path::new("../../elsewhere"));
    assert_eq!(out.text("data/deep/db"), "bytes\n");
    assert!(!out.at("docker/nginx/site.conf").exists());
    fs::set_permissions(out.at("data/deep"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn names_that_are_no_text_are_carried_over() {
    use std::os::unix::ffi::OsStrExt;
    let out = Out::first();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9 \n.md");
    fs::write(out.dir().join(name), "mine\n").unwrap();
    out.write(SECOND).unwrap();
    assert!(out.dir().join(name).exists());
}

#[test]
fn a_foreign_file_of_the_same_content_is_taken_over() {
    let out = Out::empty();
    out.put("RUNBOOK.md", "# Runbook\n");
    let report = out.write(FIRST).unwrap();
    assert_eq!(paths(&report.unchanged), ["RUNBOOK.md"]);
}

#[test]
fn a_folder_left_by_a_killed_run_goes_and_others_stay() {
    let out = Out::first();
    let left = out.folder.path().join(".site.trigger-gen");
    fs::create_dir_all(left.join("tree/docker")).unwrap();
    fs::write(left.join("journal"), "").unwrap();
    fs::write(left.join("tree/docker/.env"), "half").unwrap();
    assert_eq!(out.write(FIRST).unwrap().recovered, emit::Recovered::Undone);
    assert_eq!(out.names(), ["site"]);
    fs::create_dir_all(&left).unwrap();
    fs::write(left.join("mine.md"), "mine\n").unwrap();
    assert_eq!(refusals(out.write(SECOND))[0].path, left);
    assert_eq!(names(&left), ["mine.md"]);
    assert!(out.compare(FIRST).is_identical());
}
