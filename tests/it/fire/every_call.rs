//! Each call that changes a file, once killed on entering it and once refused for each reason.

use super::judge::{Stands, judge};
use super::scene::{Scene, scenes};
use super::strace::{self, Call, Fault, calls, meet};
use super::{each, say};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

// Each call meets one of what follows in turn, and every second call one more; FIRE_WITH_EVERY_REASON=1 takes minutes.

/// What a disk says no with. The code makes no difference between these.
const DISK: &[&str] = &["ENOSPC", "EIO", "EDQUOT"];
/// What a closed folder says no with. For these the code looks for another way.
const CLOSED: &[&str] = &["EROFS", "EACCES"];

fn all_calls<'a>(strace: &Path, scenes: &'a [Scene]) -> Vec<(&'a Scene, Call)> {
    let of = |scene: &'a Scene| {
        let calls = calls(strace, &scene.begun(strace).path(), &scene.hit);
        assert!(calls.len() > 6, "{}: {calls:?}", scene.name);
        // What always fails is never made, so there is nothing before and after it.
        let always = scene.hit.always.and_then(|it| it.split(':').next());
        calls
            .into_iter()
            .filter(move |it| Some(it.name.as_str()) != always)
            .map(move |it| (scene, it))
    };
    scenes.iter().flat_map(of).collect()
}

#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn a_kill_at_every_call_leaves_the_old_or_the_new() {
    let Some(strace) = strace::strace() else { return };
    let scenes = scenes(&strace);
    let calls = all_calls(&strace, &scenes);
    let counts = Mutex::new(BTreeMap::<Stands, usize>::new());
    each(&calls, |(scene, call)| {
        let case = scene.begun(&strace);
        meet(&strace, &case.path(), &scene.hit, call, Fault::Kill);
        let stands = judge(scene, &case, &format!("{} {} ({})", call.name, call.nth, call.what));
        *counts.lock().unwrap_or_else(PoisonError::into_inner).entry(stands).or_default() += 1;
    });
    let counts = counts.into_inner().expect("no thread failed");
    say(&format!("killed at {} calls in {} scenes: {counts:?}", calls.len(), scenes.len()));
    for stands in [Stands::Old, Stands::New, Stands::Half] {
        assert!(counts.contains_key(&stands), "no kill left {stands:?}");
    }
}

#[test]
#[ignore = "takes a minute: scripts/test runs it"]
fn a_refusal_of_every_call_leaves_the_old_or_the_new() {
    let Some(strace) = strace::strace() else { return };
    let scenes = scenes(&strace);
    let calls = all_calls(&strace, &scenes);
    let all = std::env::var_os("FIRE_WITH_EVERY_REASON").is_some();
    let mut faults = Vec::new();
    for (nth, (scene, call)) in calls.iter().enumerate() {
        let mut reasons = vec![DISK[nth % DISK.len()]];
        if nth % 2 == 0 {
            reasons.push(CLOSED[nth / 2 % CLOSED.len()]);
        }
        if all {
            reasons = DISK.iter().chain(CLOSED).copied().collect();
        }
        faults.extend(reasons.into_iter().map(|reason| (*scene, call, Fault::Refuse(reason))));
        // What is written to standard error must get there, and a dead disk is found at the first name.
        let lasts = ["fchmod", "mkdirat", "linkat", "renameat", "unlinkat", "ftruncate", "fsync"];
        if lasts.contains(&call.name.as_str()) && (scene.hit.always.is_some() || scene.sets_aside) {
            faults.push((scene, call, Fault::RefuseFromHere("EIO")));
        }
    }
    let counts = Mutex::new(BTreeMap::<(i32, Stands), usize>::new());
    each(&faults, |(scene, call, fault)| {
        let case = scene.begun(&strace);
        let ended = meet(&strace, &case.path(), &scene.hit, call, *fault);
        let at = format!("{} {} ({}) {fault:?}", call.name, call.nth, call.what);
        let code = ended.code.expect("an end of its own");
        let stands = judge(scene, &case, &at);
        let at = format!("{} at {at}: {code}, {stands:?}: {}", scene.name, ended.err);
        match code {
            0 => assert!(stands == Stands::New || scene.hit.arguments[0] == "secrets", "{at}"),
            // What cannot be done here at all is refused before anything is.
            1 => {
                assert!(stands == Stands::Old && ended.err.contains("nothing was written"), "{at}")
            }
            2 => says_what_failed(&ended.err, stands, &at),
            _ => panic!("{at}"),
        }
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((code, stands)).or_default() += 1;
    });
    let counts = counts.into_inner().expect("no thread failed");
    say(&format!(
        "refused {} times, at {} calls in {} scenes: by exit code and what stands {counts:?}",
        faults.len(),
        calls.len(),
        scenes.len()
    ));
    assert!(counts.contains_key(&(2, Stands::Half)), "no refusal left a half");
}

/// `failed to write `path`; nothing was changed: No space left on device (os error 28)`
fn says_what_failed(err: &str, stands: Stands, at: &str) {
    let line = err.lines().find(|line| line.starts_with("error: failed to "));
    let line = line.unwrap_or_else(|| panic!("no word of what failed: {at}"));
    assert!(line.contains('`') && line.contains("(os error "), "{at}");
    // True of a recovery that could not even begin, whatever it would have recovered.
    let begun = !line.contains("failed to lock");
    let fits = match stands {
        _ if !begun => line.contains("; nothing was changed: "),
        Stands::Old => {
            line.contains("; nothing was changed: ") || line.contains(".secrets.yaml`: ")
        }
        Stands::New => line.contains("; the new output is in place, "),
        Stands::Half => line.contains("; the output is half switched, "),
    };
    assert!(fits, "{at}");
}
