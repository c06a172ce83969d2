//! Somebody puts a link in the place of a folder or a file while a build is at it, or between a killed run and the next.

use super::judge::output;
use super::moments::start;
use super::scene::{BUILD, Case, IN_PLACE, OUT, Scene, changed, seen, write};
use super::strace::{self, Fault, calls, meet};
use super::{each, say};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// What is swapped, and whether the victim is a folder or a file in it.
const SWAPPED: &[(&str, &str)] = &[
    ("out/mine", "victim"),
    ("out/mine/docker", "victim"),
    ("out/mine/docker/.env", "victim/.env"),
    ("out/mine/manifest.json", "victim/manifest.json"),
];

/// What a killed run leaves, and the next one trusts.
const LEFT: &[(&str, &str)] = &[
    ("out/.mine.trigger-gen", "victim"),
    ("out/.mine.trigger-gen/tree", "victim"),
    ("out/.mine.trigger-gen/journal", "victim/manifest.json"),
];

/// Looks like an output, so that whoever follows the link finds everything that it could change.
fn add_victim(case: &Case) {
    let folder = case.path();
    for (path, text) in [
        (".env", "theirs\n"),
        ("manifest.json", "theirs\n"),
        ("docker/.env", "theirs\n"),
        ("docker/clickhouse/override.xml", "theirs\n"),
        ("webapp/docker-compose.yml", "theirs\n"),
        ("clickhouse/users-override.xml", "theirs\n"),
        ("tree/docker/.env", "theirs\n"),
        ("journal", ""),
    ] {
        write(&folder.join("victim"), path, text);
    }
}

/// The link comes and goes until the build ends, and stands as long as it is away.
fn swap_until(
    ended: &AtomicBool,
    folder: &Path,
    (path, victim): (&str, &str),
    pause: Duration,
) -> usize {
    let (path, victim, away) = (folder.join(path), folder.join(victim), folder.join("away"));
    let mut swaps = 0;
    while !ended.load(Ordering::Relaxed) {
        std::thread::sleep(pause);
        if fs::rename(&path, &away).is_err() {
            continue;
        }
        swaps += usize::from(symlink(&victim, &path).is_ok());
        std::thread::sleep(pause / 4);
        if path.is_symlink() {
            fs::remove_file(&path).expect("the link is ours");
        }
        // The build may have made it anew meanwhile: then this one is of no use.
        if fs::rename(&away, &path).is_err() {
            let _ = fs::remove_file(&away).or_else(|_| fs::remove_dir_all(&away));
        }
    }
    swaps
}

#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn a_link_that_comes_meanwhile_is_not_followed() {
    let scene = Scene::new("a rebuild", BUILD, changed);
    let (swaps, ends) = (AtomicUsize::new(0), [const { AtomicUsize::new(0) }; 3]);
    // From a link that flickers to one that comes once, at another moment in each round.
    let rounds: Vec<_> = (0..80_u64)
        .map(|nth| (SWAPPED[nth as usize % SWAPPED.len()], Duration::from_micros(400 * nth)))
        .collect();
    each(&rounds, |(swapped, pause)| {
        let case = scene.case();
        add_victim(&case);
        let before = output(&seen(&case.path()), "victim");
        let (folder, ended) = (case.path(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let swapping = scope.spawn(|| swap_until(&ended, &folder, *swapped, *pause));
            let status = start(&folder, &BUILD, None).wait();
            ended.store(true, Ordering::Relaxed);
            swaps.fetch_add(swapping.join().expect("the swaps"), Ordering::Relaxed);
            let code = status.expect("its end").code().and_then(|it| usize::try_from(it).ok());
            let end = code.and_then(|it| ends.get(it));
            end.unwrap_or_else(|| panic!("ended with {code:?}")).fetch_add(1, Ordering::Relaxed);
        });
        assert!(
            before == output(&seen(&folder), "victim"),
            "the victim at {swapped:?} was touched"
        );
    });
    let swaps = swaps.into_inner();
    say(&format!("{} builds beside {swaps} swaps for a link: by exit code {ends:?}", rounds.len()));
    assert!(swaps > rounds.len(), "too few swaps to mean anything");
    let done = ends[0].load(Ordering::Relaxed);
    assert!(
        done > 0 && done < rounds.len(),
        "{done} builds were done: the swaps always or never hit"
    );
}

#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn a_link_that_comes_after_a_kill_is_not_followed() {
    let Some(strace) = strace::strace() else { return };
    let scenes = [
        Scene::new("a rebuild", BUILD, changed),
        Scene::new("a rebuild in place", IN_PLACE, changed),
    ];
    let mut kills = Vec::new();
    for scene in &scenes {
        let calls = calls(&strace, &scene.case().path(), &scene.hit);
        // From the end, where things are switched and cleared away, ever sparser.
        let calls = calls.into_iter().rev().filter(|it| it.name != "renameat2").enumerate();
        let some = calls.filter(|(nth, _)| nth % 9 == 1).map(|(_, call)| call);
        for call in some {
            kills.extend(SWAPPED.iter().chain(LEFT).map(|swapped| (scene, call.clone(), *swapped)));
        }
    }
    let met = AtomicUsize::new(0);
    each(&kills, |(scene, call, (path, victim))| {
        let case = scene.case();
        meet(&strace, &case.path(), &scene.hit, call, Fault::Kill);
        let (path, folder) = (case.path().join(path), case.path());
        if fs::rename(&path, folder.join("away")).is_err() {
            return;
        }
        add_victim(&case);
        symlink(folder.join(victim), &path).expect("a link");
        let before = seen(&folder);
        let ran = case.run(&BUILD);
        let after = seen(&folder);
        let at = format!(
            "{} killed at {call:?}, {}: {} {}",
            scene.name,
            path.display(),
            ran.code,
            ran.err
        );
        assert!((0..3).contains(&ran.code), "{at}");
        assert!(
            output(&before, "victim") == output(&after, "victim"),
            "{at}: the victim was touched"
        );
        assert!(
            output(&before, "away") == output(&after, "away"),
            "{at}: what was moved was touched"
        );
        met.fetch_add(1, Ordering::Relaxed);
    });
    let met = met.into_inner();
    say(&format!(
        "{met} links put where a killed run was to go on, below {OUT} and in what it left"
    ));
    assert!(met > kills.len() / 2, "too few of {} paths were there", kills.len());
}
