//! What the system may say no to: full disks, read-only ones, files of other users.

use super::together::again;
use super::*;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user that is not root and not this one.
const SOMEBODY: u32 = 54_321;

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// Says aloud that a test did not happen; in CI that is a failure.
fn skipped(test: &str, why: &str) {
    assert!(std::env::var_os("CI").is_none_or(|it| it != "true"), "{test}: {why}");
    // The test harness swallows what `eprintln` says of a test that passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {why}");
}

/// Runners of CI are no root, but may become it without a password.
fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", program]);
    sudo
}

/// A file system of its own for as long as it lives.
struct Mount(PathBuf);

impl Mount {
    fn tmpfs(at: &Path, options: &str, test: &str) -> Option<Self> {
        let mounted =
            as_root("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        if mounted.is_ok_and(|it| it.status.success()) {
            return Some(Self(at.into()));
        }
        skipped(test, "cannot mount a tmpfs");
        None
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = as_root("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_leaves_the_old_store() {
    let folder = Folder::empty();
    let Some(_mount) =
        Mount::tmpfs(folder.0.path(), "size=64k,mode=0777", "a_full_disk_leaves_the_old_store")
    else {
        return;
    };
    let old = draft(&[("A", "kept")]);
    folder.save(&old).unwrap();
    let before = folder.text();
    let large = draft(&[("A", "kept"), ("B", &"hunter2".repeat(20_000))]);
    let error = folder.save(&large).expect_err("more than fits");
    let Error::Io { path, source, .. } = &error else { panic!("{error:?}") };
    assert_eq!((path, source.kind()), (&folder.path(), std::io::ErrorKind::StorageFull));
    assert!(error.to_string().contains("site.secrets.yaml"), "{error}");
    assert!(!format!("{error:?}").contains("hunter2"));
    assert_eq!((folder.text(), folder.names().len()), (before, 1));
    assert!(folder.present() == old);
}

#[test]
fn a_read_only_disk_is_read() {
    let folder = Folder::empty();
    let test = "a_read_only_disk_is_read";
    let Some(mount) = Mount::tmpfs(folder.0.path(), "size=1m,mode=0777", test) else { return };
    let kept = draft(&[("A", "kept")]);
    folder.save(&kept).unwrap();
    assert!(as_root("mount").args(["-o", "remount,ro"]).arg(&mount.0).status().unwrap().success());
    assert!(folder.present() == kept);
    assert!(!folder.save(&kept).unwrap(), "a complete store needs no writing");
    let Err(Error::Io { source, .. }) = folder.save(&draft(&[("A", "new")])) else {
        panic!("written")
    };
    assert_eq!(source.kind(), std::io::ErrorKind::ReadOnlyFilesystem);
}

fn owner(path: &Path) -> u32 {
    fs::metadata(path).expect("a store").uid()
}

/// Gives a file to another user; says whether that went well.
fn give_away(path: &Path) -> bool {
    let owner = format!("{SOMEBODY}:{SOMEBODY}");
    as_root("chown").arg(owner).arg(path).status().is_ok_and(|it| it.success())
}

#[test]
fn root_leaves_a_store_to_its_owner() {
    let test = "root_leaves_a_store_to_its_owner";
    let folder = Folder::with("A", "1");
    if is_root() && !give_away(&folder.path()) {
        return skipped(test, "cannot give a file away");
    }
    let before = owner(&folder.path());
    let child = again("store::system::the_run_of_root");
    let mut path = std::ffi::OsString::from("STORE_OF_TEST=");
    path.push(folder.path());
    let run = as_root("env").arg(path).arg(child.get_program()).args(child.get_args()).output();
    if !run.is_ok_and(|it| it.status.success()) {
        return skipped(test, "cannot become root");
    }
    assert_eq!((owner(&folder.path()), folder.mode()), (before, 0o600));
    assert_eq!(folder.present().value(&name("B")), Some("2"));
}

#[test]
#[ignore = "a part of the test above, started by it as root"]
fn the_run_of_root() {
    let Some(path) = std::env::var_os("STORE_OF_TEST") else { return };
    let mut store = Store::lock(Path::new(&path), "site").expect("the store");
    store.save(&draft(&[("A", "1"), ("B", "2")])).expect("saved");
}

#[test]
fn the_store_of_another_user_is_refused() {
    let test = "the_store_of_another_user_is_refused";
    let folder = Folder::with("A", "1");
    // An example, since a closed file of another user could not even be opened.
    let mut example = folder.present();
    example.example = true;
    folder.save(&example).unwrap();
    folder.chmod(0o644);
    if !is_root() {
        return match give_away(&folder.path()) {
            true => is_somebody_elses(&folder.path()),
            false => skipped(test, "cannot give a file away"),
        };
    }
    // Root may read everything, so another user looks; a copy of this program is where that user can reach it.
    fs::set_permissions(folder.0.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let program = folder.0.path().join("test-program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let mut child = Command::new(&program);
    child.args(again("store::system::the_run_of_somebody_else").get_args());
    child.env("STORE_OF_TEST", folder.path()).uid(SOMEBODY).gid(SOMEBODY).current_dir("/");
    match child.output() {
        Err(error) => skipped(test, &error.to_string()),
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

#[test]
#[ignore = "a part of the test above, started by it as another user"]
fn the_run_of_somebody_else() {
    let Some(path) = std::env::var_os("STORE_OF_TEST") else { return };
    is_somebody_elses(Path::new(&path));
}

fn is_somebody_elses(path: &Path) {
    let (why, help) = refused(Store::open(path, "site"));
    assert!(why.contains(&format!("belongs to user {}", owner(path))), "{why}");
    assert!(help.contains("owner"), "{help}");
    refused(Store::lock(path, "site"));
}
