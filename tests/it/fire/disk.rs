//! Disks that are full, small or elsewhere, as the whole program meets them.

use super::judge::{Stands, judge, output};
use super::say;
use super::scene::{BUILD, OUT, STORE, Scene, changed, empty, everyday, seen};
use crate::cli;
use crate::emission::system::Mount;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

/// A limit on the size of files ends the process by a signal in the middle of a write.
#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn a_limit_on_the_size_of_files_leaves_the_old_or_the_new() {
    let mut signals = 0;
    for scene in everyday() {
        for blocks in (0..20).step_by(2) {
            let case = scene.case();
            let limited = format!("ulimit -f {blocks} && exec \"$0\" \"$@\"");
            let mut command = Command::new("sh");
            command.args(["-c", &limited]).arg(crate::cli::program());
            command.args(scene.hit.arguments).current_dir(case.path()).env_clear();
            let command = command.stdin(scene.hit.stdin(&case.path())).stdout(Stdio::null());
            let status = command.stderr(Stdio::null()).status().expect("a shell");
            signals += usize::from(status.signal().is_some());
            let stands = judge(&scene, &case, &format!("{blocks} blocks"));
            let secrets = scene.hit.arguments[0] == "secrets";
            assert!(status.signal().is_some() || secrets || stands == Stands::New, "{status}");
        }
    }
    assert!(signals > 10, "the limit was met {signals} times");
}

/// From no room at all to room enough, a page at a time.
#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn a_full_disk_leaves_the_old_or_the_new() {
    let scene = &Scene::new("a first build", BUILD, empty);
    let mut ends = [0; 3];
    for pages in 0.. {
        let case = scene.case();
        let size = format!("size={}k", 4 * (pages + 1));
        let test = "a_full_disk_leaves_the_old_or_the_new";
        let disk = case.path().join("disk");
        let Some(mount) = Mount::tmpfs(&disk, &format!("{size},mode=0777"), test) else { return };
        let site = fs::read(case.path().join("site.yaml")).expect("the site");
        let file = disk.join("site.yaml");
        fs::write(&file, site).expect("room for the site");
        let ran = cli::run(&disk, BUILD.arguments, None);
        let found = seen(&disk);
        let end = usize::try_from(ran.code).ok().filter(|it| *it < ends.len());
        ends[end.unwrap_or_else(|| panic!("{pages} pages: {} {}", ran.code, ran.err))] += 1;
        assert!(ran.code != 1, "{pages} pages: {}", ran.err);
        if ran.code == 2 {
            let said =
                ["mine.secrets.yaml`: No space left", "; nothing was changed: No space left"];
            assert!(said.iter().any(|it| ran.err.contains(it)), "{pages} pages: {}", ran.err);
            assert!(output(&found, OUT).is_empty(), "{pages} pages: {:?}", found.keys());
            let rests: Vec<_> = found.keys().filter(|it| !it.ends_with(STORE)).collect();
            assert_eq!(rests, [&std::path::PathBuf::from("site.yaml")], "{pages} pages");
        }
        drop(mount);
        if ran.code == 0 {
            break;
        }
    }
    say(&format!(
        "a first build on disks of 1 to {} pages: by exit code {ends:?}",
        ends[0] + ends[2]
    ));
    assert!(ends[2] > 5, "the disk was never full");
}

/// The store beside the site, the output on another file system.
#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn an_output_on_another_file_system_is_switched_all_the_same() {
    let scene = Scene::new("a rebuild", BUILD, changed);
    let (case, elsewhere) = (scene.case(), tempfile::tempdir().expect("a folder"));
    let away = elsewhere.path().join("out");
    let moved = Command::new("mv").arg(case.path().join("out")).arg(&away).status();
    assert!(moved.expect("mv").success());
    let away_text = away.display().to_string();
    let ran = cli::run(&case.path(), &["build", "--out", &away_text, "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(output(&seen(&away), "mine") == output(&scene.after, OUT));
    assert!(!case.path().join("out").exists());
}
