//! What a build will not do, and that it then does nothing.

use super::*;
use std::os::unix::fs::symlink;

/// Expects a refusal that names `path` and leaves everything as it was.
#[track_caller]
fn refuses(out: &Out, path: &Path, options: &Options) -> Refusal {
    let before = out.dir().is_dir().then(|| out.facts());
    let refusal = refusals(out.write_with(SECOND, options)).remove(0);
    assert_eq!(refusal.path, path);
    assert_eq!(before, out.dir().is_dir().then(|| out.facts()));
    assert!(!out.names().iter().any(|it| it.starts_with('.')), "{:?}", out.names());
    refusal
}

#[test]
fn a_link_is_never_written_through() {
    for (link, is_folder) in [
        ("docker", true),
        ("docker/backup", true),
        ("docker/.env", false),
        ("manifest.json", false),
    ] {
        let out = Out::first();
        let outside = out.folder.path().join("outside");
        fs::create_dir_all(outside.join("nginx")).unwrap();
        fs::write(outside.join("file"), "theirs\n").unwrap();
        match is_folder {
            true => drop(fs::remove_dir_all(out.at(link))),
            false => fs::remove_file(out.at(link)).unwrap(),
        }
        symlink(if is_folder { outside.clone() } else { outside.join("file") }, out.at(link))
            .unwrap();
        refuses(&out, &out.at(link), &Options::default());
        if link != "manifest.json" {
            refuses(&out, &out.at(link), &FORCE);
        }
        assert_eq!(names(&outside), ["file", "nginx"]);
        assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "theirs\n");
    }
}

#[test]
fn an_output_that_is_a_link_or_a_file_is_refused() {
    let out = Out::empty();
    let real = out.folder.path().join("real");
    fs::create_dir_all(&real).unwrap();
    symlink(&real, out.dir()).unwrap();
    refuses(&out, &out.dir(), &FORCE);
    refuses(&out, &out.dir(), &Options { force: false, set_aside: true });
    assert!(names(&real).is_empty());
    fs::remove_file(out.dir()).unwrap();
    fs::write(out.dir(), "a file\n").unwrap();
    refuses(&out, &out.dir(), &FORCE);
    assert_eq!(fs::read_to_string(out.dir()).unwrap(), "a file\n");
}

#[test]
fn a_link_above_the_output_is_the_users_layout() {
    let out = Out::empty();
    fs::create_dir_all(out.folder.path().join("real")).unwrap();
    symlink("real", out.folder.path().join("link")).unwrap();
    emit::write(&out.folder.path().join("link/site"), &tree(FIRST), &key(), &Options::default())
        .unwrap();
    assert!(out.folder.path().join("real/site/docker/.env").exists());
}

#[test]
fn every_foreign_file_in_the_way_is_named_and_kept() {
    let out = Out::empty();
    out.put("docker/.env", "KEY=mine-and-secret\n");
    out.put("RUNBOOK.md", "mine\n");
    let found = refusals(out.write(FIRST));
    assert_eq!([&found[0].path, &found[1].path], [&out.at("RUNBOOK.md"), &out.at("docker/.env")]);
    assert!(!format!("{found:?}").contains("secret"));
    assert_eq!(names(&out.dir()), ["RUNBOOK.md", "docker"]);
    out.write_with(FIRST, &FORCE).unwrap();
    assert!(out.compare(FIRST).is_identical());
}

#[test]
fn a_foreign_folder_or_file_of_the_wrong_kind_is_refused() {
    let out = Out::first();
    fs::write(out.at("docker/backup"), "mine\n").unwrap();
    refuses(&out, &out.at("docker/backup"), &FORCE);
    let out = Out::first();
    out.put("docker/backup/job.sh/mine.md", "mine\n");
    refuses(&out, &out.at("docker/backup/job.sh"), &FORCE);
}

#[test]
fn sockets_and_the_like_are_refused() {
    let out = Out::first();
    let socket = out.at("docker/data.sock");
    let _held = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    refuses(&out, &socket, &FORCE);
    assert!(
        out.write(FIRST).unwrap().is_identical(),
        "where nothing is written, nothing is in the way"
    );
}

#[test]
fn a_manifest_cannot_reach_outside() {
    for leaving in ["../victim", "docker/../../victim", "/etc/hostname"] {
        let out = Out::first();
        fs::write(out.folder.path().join("victim"), "theirs\n").unwrap();
        let text = out.text("manifest.json").replace("docker/nginx/site.conf", leaving);
        fs::write(out.at("manifest.json"), text).unwrap();
        let refusal = refuses(&out, &out.at("manifest.json"), &Options::default());
        assert!(refusal.why.contains(leaving), "{refusal}");
        out.write_with(SECOND, &FORCE).unwrap();
        assert_eq!(fs::read_to_string(out.folder.path().join("victim")).unwrap(), "theirs\n");
    }
}

#[test]
fn a_damaged_manifest_is_refused_unless_forced() {
    for text in ["", "{}", "not even JSON", "{\"format\": 2}"] {
        let out = Out::first();
        fs::write(out.at("manifest.json"), text).unwrap();
        refuses(&out, &out.at("manifest.json"), &Options::default());
        assert!(emit::read(&out.dir()).is_err());
        out.write_with(SECOND, &FORCE).unwrap();
        assert!(out.compare(SECOND).is_identical());
    }
}

#[test]
fn two_builds_of_one_site_do_not_meet() {
    let out = Out::first();
    let folder = out.folder.path().join(".site.trigger-gen");
    fs::create_dir_all(&folder).unwrap();
    let journal = fs::File::create(folder.join("journal")).unwrap();
    journal.lock().unwrap();
    assert!(matches!(out.write(SECOND), Err(Error::Busy { path }) if path == out.dir()));
    assert!(matches!(emit::compare(&out.dir(), &tree(FIRST), &key()), Err(Error::Busy { .. })));
    assert!(matches!(emit::read(&out.dir()), Err(Error::Busy { .. })));
    let other = out.folder.path().join("other");
    emit::write(&other, &tree(SECOND), &key(), &Options::default())
        .expect("another site in the same folder");
    // Not only dropped: a test that starts a program may hold a copy for a moment.
    journal.unlock().unwrap();
    out.write(SECOND).unwrap();
    assert_eq!(out.names(), ["other", "site"]);
}

#[test]
fn a_path_without_a_name_is_refused() {
    for path in ["/", "..", "out/.."] {
        assert!(
            emit::write(Path::new(path), &tree(FIRST), &key(), &Options::default()).is_err(),
            "{path}"
        );
    }
}
