//! Kills at random moments: what no list of calls foresees.

use super::judge::{Stands, judge};
use super::scene::{Hit, STORE, Scene, everyday, seen};
use super::strace;
use super::{each, say};
use crate::support::FakeRandom;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const KILLS: usize = 200;
/// The calls that make a folder change its look, and how long each is held up in every second run:
/// on a disk in memory all of them together take a millisecond.
const SLOWED: &str = "?mkdir,mkdirat,linkat,fchmod,renameat2,unlinkat,fsync,ftruncate,utimensat";
const SLOWED_BY: &str = "delay_enter=2000";

#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn two_hundred_kills_at_random_moments() {
    let Some(strace) = strace::strace() else { return };
    let scenes = everyday();
    let pace = [None, Some(strace.as_path())];
    let durations = pace.map(|slow| scenes.iter().map(|it| duration(it, slow)).collect::<Vec<_>>());
    let mut random = FakeRandom::default();
    let mut kills = Vec::new();
    for nth in 0..KILLS {
        let mut bytes = [0; 2];
        random.fill(&mut bytes);
        let part = f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX);
        let (slow, which) = (nth % 2, nth / 2 % scenes.len());
        // A slow run is killed from its first write on: what it takes longer is spent there.
        let whole = match slow {
            0 => durations[0][which],
            _ => durations[1][which].saturating_sub(durations[0][which]),
        };
        kills.push((&scenes[which], pace[slow], whole.mul_f64(part)));
    }
    let (states, ends) = (Mutex::new(BTreeSet::new()), Mutex::new(BTreeMap::<_, usize>::new()));
    each(&kills, |(scene, slow, after)| {
        let case = scene.case();
        let mut child = start(&case.path(), &scene.hit, *slow);
        if slow.is_some() {
            wait_for_first_write(&case.path(), &mut child);
        }
        std::thread::sleep(*after);
        child.kill().expect("it may be killed, or has ended");
        let killed = child.wait().expect("its end").code().is_none();
        // The names, modes and sizes that are there: made values differ, their sizes do not.
        let found = seen(&case.path()).into_iter();
        let state: Vec<_> =
            found.map(|(path, (mode, content))| (path, mode, content.len())).collect();
        let stands = judge(scene, &case, &format!("{after:?}"));
        if killed {
            states.lock().unwrap_or_else(PoisonError::into_inner).insert((scene.name, state));
        }
        let end = if killed { Some(stands) } else { None };
        *ends.lock().unwrap_or_else(PoisonError::into_inner).entry(end).or_default() += 1;
    });
    let (states, ends) = (states.into_inner().expect("states"), ends.into_inner().expect("ends"));
    let count = |end| ends.get(&end).copied().unwrap_or(0);
    say(&format!(
        "{KILLS} kills at random moments of {} scenes: {} distinct states of the folder; old {}, new {}, ended before {}",
        scenes.len(),
        states.len(),
        count(Some(Stands::Old)),
        count(Some(Stands::New)),
        count(None)
    ));
    assert!(count(None) < KILLS * 3 / 4, "most runs had ended before");
    assert!(states.len() > 2 * scenes.len(), "no kill came while anything was written");
}

fn wait_for_first_write(folder: &Path, child: &mut Child) {
    let signs = [format!(".tmp-trigger-gen.{STORE}"), "out/.mine.trigger-gen".to_owned()];
    while !signs.iter().any(|it| folder.join(it).exists()) {
        if child.try_wait().expect("its state").is_some() {
            return;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
}

/// The median of some runs, since the machine may be busy.
fn duration(scene: &Scene, slow: Option<&Path>) -> Duration {
    let took = |_| {
        let case = scene.case();
        let begin = Instant::now();
        assert!(start(&case.path(), &scene.hit, slow).wait().expect("its end").success());
        begin.elapsed()
    };
    let mut took: Vec<Duration> = (0..5).map(took).collect();
    took.sort();
    took[took.len() / 2]
}

/// Starts the program, slowed down by strace if that is given. With `-D` strace is not its parent, so
/// that the child is the program itself.
pub(super) fn start(folder: &Path, hit: &Hit, slow: Option<&Path>) -> Child {
    let program = crate::cli::program();
    let mut command = Command::new(slow.unwrap_or(&program));
    if slow.is_some() {
        command.args(["-D", "-qq", "-o", "/dev/null", "-e", &format!("trace={SLOWED}")]);
        command.args(["-e", &format!("inject={SLOWED}:{SLOWED_BY}")]).arg(&program);
    }
    command.args(hit.arguments).current_dir(folder).env_clear().stdin(hit.stdin(folder));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}
