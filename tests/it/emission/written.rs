//! What a build writes, and what it need not.

use super::*;
use std::os::unix::fs::PermissionsExt;

#[test]
fn a_first_build_makes_everything_and_leaves_nothing_else() {
    let out = Out::empty();
    let dir = out.folder.path().join("made/on/the/way/site");
    let report = emit::write(&dir, &tree(FIRST), &key(), &Options::default()).unwrap();
    assert_eq!(report.created.len(), FIRST.len() + 1);
    assert_eq!(fs::read_to_string(dir.join("docker/.env")).unwrap(), "KEY=first-secret\n");
    assert_eq!(names(dir.parent().unwrap()), ["site"]);
}

#[test]
fn modes_do_not_depend_on_the_umask() {
    let out = Out::empty();
    // The umask belongs to the whole process, so it is set in one of its own.
    let script = format!(
        "umask 077; exec {} --exact {} --nocapture",
        quoted_self(),
        "emission::written::child_writes"
    );
    let child = std::process::Command::new("sh")
        .args(["-c", &script])
        .env("TRIGGER_GEN_TEST_OUT", out.dir())
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    let modes = ["", "docker", "docker/.env", "docker/nginx/site.conf", "docker/trigger-ctl.sh"]
        .map(|it| out.mode(it));
    assert_eq!(modes, [0o755, 0o755, 0o600, 0o644, 0o755]);
}

fn quoted_self() -> String {
    format!("'{}'", std::env::current_exe().expect("the test itself").display())
}

/// Run by `modes_do_not_depend_on_the_umask`; on its own it does nothing.
#[test]
fn child_writes() {
    if let Some(dir) = std::env::var_os("TRIGGER_GEN_TEST_OUT") {
        emit::write(Path::new(&dir), &tree(FIRST), &key(), &Options::default()).unwrap();
    }
}

#[test]
fn an_identical_tree_is_not_touched() {
    let out = Out::first();
    out.put("notes.md", "mine\n");
    let (before, beside) = (out.facts(), fs::metadata(out.folder.path()).unwrap().mtime_nsec());
    let report = out.write(FIRST).unwrap();
    assert!(report.is_identical() && report.unchanged.len() == FIRST.len() + 1, "{report:?}");
    assert_eq!(before, out.facts());
    assert_eq!(beside, fs::metadata(out.folder.path()).unwrap().mtime_nsec());
}

#[test]
fn a_change_reports_each_fate_and_leaves_the_rest_alone() {
    let out = Out::first();
    let before = fs::metadata(out.at("RUNBOOK.md")).unwrap();
    let foreseen = out.compare(SECOND);
    let report = out.write(SECOND).unwrap();
    assert_eq!(foreseen, report);
    assert_eq!(paths(&report.created), ["docker/backup/job.sh"]);
    assert_eq!(paths(&report.changed), ["docker/.env", "docker/trigger-ctl.sh", "manifest.json"]);
    assert_eq!(paths(&report.removed), ["docker/nginx/site.conf"]);
    assert_eq!(paths(&report.unchanged), ["RUNBOOK.md"]);
    assert!(!out.at("docker/nginx").exists(), "an emptied folder goes");
    let after = fs::metadata(out.at("RUNBOOK.md")).unwrap();
    assert_eq!(
        (before.ino(), before.modified().unwrap()),
        (after.ino(), after.modified().unwrap())
    );
    assert_eq!(after.nlink(), 1, "the second name is gone with the old tree");
    assert!(out.compare(SECOND).is_identical());
    assert_eq!(out.names(), ["site"]);
}

#[test]
fn comparing_touches_nothing() {
    let out = Out::first();
    let before = out.facts();
    assert!(out.compare(SECOND).would_write());
    assert_eq!(before, out.facts());
    let nowhere = out.folder.path().join("no/where");
    assert_eq!(
        emit::compare(&nowhere, &tree(FIRST), &key()).unwrap().created.len(),
        FIRST.len() + 1
    );
    assert!(!nowhere.parent().unwrap().exists());
}

#[test]
fn a_drifted_mode_is_reported_and_restored() {
    let out = Out::first();
    for (path, mode) in
        [("docker/.env", 0o644), ("docker/trigger-ctl.sh", 0o644), ("RUNBOOK.md", 0o600)]
    {
        fs::set_permissions(out.at(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    let report = out.write(FIRST).unwrap();
    assert_eq!(paths(&report.mode_changed), ["RUNBOOK.md", "docker/.env", "docker/trigger-ctl.sh"]);
    assert_eq!(
        ["RUNBOOK.md", "docker/.env", "docker/trigger-ctl.sh"].map(|it| out.mode(it)),
        [0o644, 0o600, 0o755]
    );
    assert!(out.compare(FIRST).is_identical());
}

#[test]
fn a_checkout_with_a_group_umask_is_no_drift() {
    let out = Out::first();
    for (path, mode) in [("docker/trigger-ctl.sh", 0o775), ("RUNBOOK.md", 0o664)] {
        fs::set_permissions(out.at(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    assert!(out.compare(FIRST).is_identical());
}

#[test]
fn a_file_may_become_a_folder_and_a_folder_a_file() {
    let (file, folder) =
        ([("x", "file\n"), ("y/z/a", "1\n")], [("x/y", "below\n"), ("y", "file\n")]);
    let out = Out::empty();
    for files in [&file, &folder, &file] {
        out.write(files).unwrap();
        assert!(out.compare(files).is_identical());
    }
    assert_eq!(names(&out.dir()), ["manifest.json", "x", "y"]);
}

#[test]
fn a_new_site_sets_the_old_tree_aside_whole() {
    let out = Out::first();
    out.put("docker/data/mine.db", "data\n");
    let options = Options { force: false, set_aside: true };
    let report = out.write_with(SECOND, &options).unwrap();
    let aside = out.folder.path().join("site.before-new-site");
    assert_eq!(report.set_aside.as_deref(), Some(aside.as_path()));
    assert_eq!(report.created.len(), SECOND.len() + 1);
    assert_eq!(fs::read_to_string(aside.join("docker/.env")).unwrap(), "KEY=first-secret\n");
    assert!(aside.join("docker/data/mine.db").exists() && !out.at("docker/data").exists());
    assert_eq!(out.names(), ["site", "site.before-new-site"]);
    let again = refusals(out.write_with(FIRST, &options));
    assert_eq!(again[0].path, aside);
    assert!(out.compare(SECOND).is_identical());
}

#[test]
fn what_stands_on_disk_can_be_read_back() {
    let out = Out::first();
    fs::remove_file(out.at("RUNBOOK.md")).unwrap();
    fs::set_permissions(out.at("docker/.env"), fs::Permissions::from_mode(0o640)).unwrap();
    let found = emit::read(&out.dir()).unwrap();
    let env = found.files[&OutPath::new("docker/.env").unwrap()].as_ref().unwrap();
    assert!(found.files[&OutPath::new("RUNBOOK.md").unwrap()].is_none());
    assert!(!env.has_mode(Mode::Secret) && env.mode == 0o640);
    assert!(!format!("{found:?}").contains("first-secret"));
    let read = found.to_tree(|name| ["test", "manifest"].into_iter().find(|it| *it == name));
    let mut made = tree(FIRST);
    made.files.remove(&OutPath::new("RUNBOOK.md").unwrap());
    let env = OutPath::new("docker/.env").unwrap();
    assert_eq!(read.files[&env].mode, Mode::Plain, "it is as open as it stands");
    made.files.get_mut(&env).unwrap().mode = Mode::Plain;
    assert_eq!(read, made);
}
