//! One store at a time: reading, writing, and what stays as it was.

use super::*;

#[test]
fn there_may_be_no_store_yet() {
    let folder = Folder::empty();
    assert_eq!(folder.open().unwrap(), Opened::Absent);
    assert_eq!(Store::lock(&folder.path(), "site").unwrap().draft(), None);
    assert_eq!(folder.names(), [""; 0], "looking makes nothing");
    let nowhere = folder.0.path().join("nowhere/site.secrets.yaml");
    assert_eq!(Store::open(&nowhere, "site").unwrap(), Opened::Absent);
    let Err(Error::Io { path, .. }) = Store::lock(&nowhere, "site") else { panic!("locked") };
    assert_eq!(path, folder.0.path().join("nowhere"));
}

#[test]
fn what_is_saved_is_read() {
    let folder = Folder::empty();
    let mut store = Store::lock(&folder.path(), "site").unwrap();
    let mut draft = store.to_draft();
    fill(&mut draft, &site(""), 7);
    assert!(store.save(&draft).unwrap());
    assert_eq!(store.draft(), Some(&draft));
    drop(store);
    assert_eq!(folder.present(), draft);
    assert_eq!((folder.mode(), folder.names()), (0o600, vec!["site.secrets.yaml".to_owned()]));
}

#[test]
fn the_same_store_is_not_written_again() {
    let folder = Folder::with("SMTP_PASSWORD", "one");
    // A comment of the user's stays as long as nothing is to be added.
    fs::write(folder.path(), format!("# mine\n{}", folder.text())).unwrap();
    let facts = || {
        let it = fs::metadata(folder.path()).unwrap();
        (it.ino(), it.mtime_nsec(), it.ctime_nsec())
    };
    let before = facts();
    assert!(!folder.save(&folder.present()).unwrap());
    assert_eq!(before, facts());
    assert!(folder.text().starts_with("# mine\n"));
}

#[test]
fn a_second_save_builds_on_the_first() {
    let folder = Folder::empty();
    let mut store = Store::lock(&folder.path(), "site").unwrap();
    assert!(store.save(&draft(&[("A", "1")])).unwrap());
    assert!(store.save(&draft(&[("A", "1"), ("B", "2")])).unwrap());
    drop(store);
    assert_eq!(folder.present(), draft(&[("A", "1"), ("B", "2")]));
}

#[test]
fn a_store_is_closed_to_others() {
    for mode in [0o640, 0o604, 0o620, 0o602, 0o644, 0o666, 0o660, 0o700 | 0o010] {
        let folder = Folder::with("A", "1");
        folder.chmod(mode);
        let (why, help) = refused(folder.open());
        assert!(why.contains(&format!("{mode:04o}")), "{why}");
        assert!(help.contains(&format!("chmod 600 {}", folder.path().display())), "{help}");
        refused(Store::lock(&folder.path(), "site"));
        assert_eq!(folder.mode(), mode, "nothing is repaired behind the user's back");
    }
}

#[test]
fn a_mode_is_never_widened() {
    for (before, after) in [(0o600, 0o600), (0o400, 0o400)] {
        let folder = Folder::with("A", "1");
        folder.chmod(before);
        folder.save(&draft(&[("A", "1"), ("B", "2")])).unwrap();
        assert_eq!(folder.mode(), after);
    }
}

#[test]
fn an_example_may_be_open_and_stays_so() {
    let folder = Folder::empty();
    let mut example = draft(&[("A", "1")]);
    example.example = true;
    folder.save(&example).unwrap();
    assert!(folder.text().starts_with("example: true\n"));
    assert_eq!(folder.mode(), 0o600);
    for mode in [0o644, 0o664] {
        folder.chmod(mode);
        example.set(name("B"), format!("{mode}"));
        assert!(folder.save(&example).unwrap());
        assert_eq!((folder.mode(), folder.present()), (mode, example.clone()));
    }
    // With real values it is closed.
    example.example = false;
    folder.save(&example).unwrap();
    assert_eq!(folder.mode(), 0o600);
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = Folder::with("A", "1");
    let elsewhere = folder.0.path().join("elsewhere.yaml");
    fs::rename(folder.path(), &elsewhere).unwrap();
    std::os::unix::fs::symlink("elsewhere.yaml", folder.path()).unwrap();
    let (why, _) = refused(folder.open());
    assert!(why.contains("a symbolic link to `elsewhere.yaml`"), "{why}");
    refused(folder.save(&draft(&[("A", "2")])));
    assert!(fs::symlink_metadata(folder.path()).unwrap().is_symlink());
    fs::remove_file(folder.path()).unwrap();

    std::os::unix::fs::symlink("nowhere", folder.path()).unwrap();
    let (why, _) = refused(folder.open());
    assert!(why.contains("`nowhere`"), "a link that leads nowhere is no absent store: {why}");
    fs::remove_file(folder.path()).unwrap();

    fs::create_dir(folder.path()).unwrap();
    assert!(refused(folder.open()).0.contains("a folder"));
    fs::remove_dir(folder.path()).unwrap();

    let made = std::process::Command::new("mkfifo").arg(folder.path()).status().unwrap();
    assert!(made.success());
    assert!(refused(folder.open()).0.contains("a pipe"), "and nothing waits for it");
    refused(Store::open(std::path::Path::new("/"), "site"));
}

#[test]
fn the_store_of_another_site_is_refused() {
    let folder = Folder::with("A", "1");
    let (why, _) = refused(Store::open(&folder.path(), "other"));
    assert!(why.contains("`site`") && why.contains("`other`"), "{why}");
    refused(Store::lock(&folder.path(), "other"));
}

#[test]
fn a_store_of_a_mebibyte_is_none() {
    let folder = Folder::with("A", "1");
    let before = folder.text();
    let large = draft(&[("A", &"x".repeat(1024 * 1024))]);
    assert!(refused(folder.save(&large)).0.contains("1 MiB"));
    assert_eq!((folder.text(), folder.names().len()), (before, 1));
    let folder = Folder::holding(large.write().as_bytes());
    assert!(refused(folder.open()).0.contains("1 MiB"));
}

#[test]
fn what_an_editor_wrote_meanwhile_is_not_lost() {
    let folder = Folder::with("A", "1");
    let mut store = Store::lock(&folder.path(), "site").unwrap();
    let edited = draft(&[("A", "1"), ("MINE", "typed")]);
    fs::write(folder.path(), edited.write().as_bytes()).unwrap();
    let (why, _) = refused(store.save(&draft(&[("A", "1"), ("B", "2")])));
    assert!(why.contains("meanwhile"), "{why}");
    assert_eq!(folder.present(), edited);

    let folder = Folder::empty();
    let mut store = Store::lock(&folder.path(), "site").unwrap();
    fs::write(folder.path(), edited.write().as_bytes()).unwrap();
    refused(store.save(&draft(&[("B", "2")])));
    assert_eq!((folder.text(), folder.names().len()), (edited.write().to_string(), 1));
}

#[test]
fn rests_of_killed_runs_go_and_other_files_stay() {
    let folder = Folder::with("A", "1");
    let rest = folder.0.path().join(".tmp-trigger-gen.site.secrets.yaml");
    let whole = folder.text();
    for length in [0, 10, whole.len()] {
        fs::write(&rest, &whole[..length]).unwrap();
        drop(Store::lock(&folder.path(), "site").unwrap());
        assert!(!rest.exists(), "{length} bytes of a killed run");
    }
    fs::write(&rest, "mine").unwrap();
    let mut store = Store::lock(&folder.path(), "site").unwrap();
    let (why, _) = refused(store.save(&draft(&[("A", "2")])));
    assert!(why.contains("in the way"), "{why}");
    assert_eq!((fs::read_to_string(&rest).unwrap().as_str(), folder.text()), ("mine", whole));
    fs::remove_file(&rest).unwrap();
    std::os::unix::fs::symlink("site.secrets.yaml", &rest).unwrap();
    refused(store.save(&draft(&[("A", "2")])));
    assert!(fs::symlink_metadata(&rest).unwrap().is_symlink(), "nothing is written through a link");
}
