//! Several runs at once: each does its work or says that another is at it, and what stands is of one of them.

use super::judge::output;
use super::say;
use super::scene::{BUILD, Case, EDITED, OUT, STORE, changed, scratch, seen, sites, write};
use crate::cli;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const ROUNDS: usize = 40;
const FILES: [&str; 2] = ["one.yaml", "two.yaml"];

/// A folder of two sites of one name, and what each of them compiles to.
fn two_sites() -> (tempfile::TempDir, Vec<super::scene::Seen>) {
    let folder = scratch();
    let path = folder.path().join("case");
    changed(&path);
    fs::remove_file(path.join(EDITED)).expect("removed");
    let mut made = Vec::new();
    for (file, site) in FILES.iter().zip(sites()) {
        write(&path, file, site);
        let ran = cli::run(&path, &["build", file], None);
        assert_eq!(ran.code, 0, "{}", ran.err);
        made.push(output(&seen(&path), OUT));
    }
    assert_ne!(made[0], made[1]);
    (folder, made)
}

#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn of_two_builds_at_once_one_waits_or_says_so() {
    let (folder, made) = two_sites();
    let path = folder.path().join("case");
    let store = fs::read(path.join(STORE)).expect("the store");
    let mut codes = BTreeMap::<i32, usize>::new();
    for round in 0..ROUNDS {
        let ran: Vec<cli::Ran> = std::thread::scope(|scope| {
            let run = |file: &'static str| {
                let path = &path;
                scope.spawn(move || cli::run(path, &["build", "--quiet", file], None))
            };
            let started: Vec<_> = FILES.iter().chain(&FILES[..1]).map(|it| run(it)).collect();
            started.into_iter().map(|it| it.join().expect("a run")).collect()
        });
        for it in &ran {
            *codes.entry(it.code).or_default() += 1;
            let busy = it.code == 2 && it.err.contains("another trigger-gen is writing `out/mine`");
            assert!(it.code == 0 || busy, "round {round}: {} {}", it.code, it.err);
        }
        assert!(ran.iter().any(|it| it.code == 0), "round {round}: nobody did it");
        let found = seen(&path);
        assert!(made.contains(&output(&found, OUT)), "round {round}: an output of neither");
        assert_eq!(fs::read(path.join(STORE)).expect("the store"), store, "round {round}");
        let rests = found.keys().filter(|it| it.to_string_lossy().contains("trigger-gen")).count();
        assert_eq!(rests, 0, "round {round}: left over");
    }
    say(&format!("{ROUNDS} rounds of three builds at once: by exit code {codes:?}"));
}

/// Whoever only reads meets the old output, the new one, or the word that it is being written.
#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn a_reader_beside_a_build_sees_one_output() {
    let (folder, _) = two_sites();
    let path = folder.path().join("case");
    let mut said = BTreeMap::<String, usize>::new();
    for round in 0..ROUNDS {
        let file = FILES[round % 2];
        let (built, read) = std::thread::scope(|scope| {
            let read = scope.spawn(|| cli::run(&path, &["build", "--check", file], None));
            let built = cli::run(&path, &["build", "--quiet", file], None);
            (built, read.join().expect("a run"))
        });
        assert_eq!(built.code, 0, "round {round}: {}", built.err);
        let word = match read.code {
            0 => "new",
            2 => "busy",
            _ => "old",
        };
        // Of the old one every file of the other site differs, and none is in the way or unreadable.
        let fits = match word {
            "busy" => read.err.contains("another trigger-gen is writing"),
            "old" => {
                read.out.contains("docker/.env: differs")
                    && !read.err.contains("nothing was written")
            }
            _ => true,
        };
        assert!(fits, "round {round}: {} {} {}", read.code, read.out, read.err);
        *said.entry(word.to_owned()).or_default() += 1;
    }
    say(&format!("{ROUNDS} reads beside a build: {said:?}"));
}

/// A run that makes nothing in the store still clears away what a killed one left beside it.
#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn what_a_killed_run_left_beside_the_store_goes_with_the_next_build() {
    let folder = scratch();
    let path = folder.path().join("case");
    changed(&path);
    let rest = path.join(format!(".tmp-trigger-gen.{STORE}"));
    let store = fs::read(path.join(STORE)).expect("the store");
    for (text, stays) in [(&store[..store.len() / 2], false), (b"mine\n", true)] {
        fs::write(&rest, text).expect("a file");
        let ran = Case::run_in(&path, &BUILD);
        assert_eq!((ran.code, rest.exists()), (0, stays), "{}", ran.err);
        assert_eq!(fs::read(path.join(STORE)).expect("the store"), store);
    }
    assert!(Path::new(&rest).is_file());
}
