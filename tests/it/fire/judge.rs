//! What must be true of a folder after any failure, and of the run that follows it.

use super::scene::{ASIDE, BUILD, Case, EDITED, Hit, OUT, STORE, Scene, Seen, seen};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use trigger_gen::manifest::Manifest;
use trigger_gen::secrets::Draft;
use trigger_gen::value::{Scalar, SecretName};

/// Which output stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stands {
    Old,
    New,
    /// Some files of each: only where two folders cannot be exchanged, and every command says so.
    Half,
}

/// Judges what a failure left, lets the next build come, and judges what that made of it.
pub(super) fn judge(scene: &Scene, case: &Case, at: &str) -> Stands {
    let at = format!("{} at {at}", scene.name);
    let left = seen(&case.path());
    untouched(scene, &left, &at);
    store_is_whole(scene, &left, &at);
    let half = readers_say_half(case, &at);
    assert_eq!(left, seen(&case.path()), "{at}: a command that only reads changed something");

    // A command that fills the store is given again; of a build the next build is enough.
    let again = scene.hit.arguments[0] == "secrets";
    for hit in again.then_some(Hit { always: None, ..scene.hit }).iter() {
        let ran = case.run(hit);
        assert_eq!(ran.code, 0, "{at}: the command again: {}", ran.err);
    }
    let next = case.run(&BUILD);
    let made = seen(&case.path());
    assert_eq!(next.code, 0, "{at}: the next build: {}", next.err);
    untouched(scene, &made, &at);
    store_is_whole(scene, &made, &at);
    let rests: Vec<_> = made.keys().filter(|path| is_rest(path)).collect();
    assert!(rests.is_empty(), "{at}: left over after the next build: {rests:?}");
    let new = output(&made, OUT);
    is_what_the_site_means(scene, case, &new, &at);
    if scene.sets_aside {
        let (old, aside) = (output(&scene.before, OUT), output(&made, ASIDE));
        assert!(aside.is_empty() || aside == old, "{at}: the old output was set aside in part");
    }

    let stands = stands(scene, &left, &new, half, &at);
    says_which(stands, &left, &next.err, &at);
    stands
}

fn stands(scene: &Scene, left: &Seen, new: &Seen, half: bool, at: &str) -> Stands {
    let (old, found) = (output(&scene.before, OUT), output(left, OUT));
    if half {
        assert!(scene.hit.always.is_some(), "{at}: half switched where folders can be exchanged");
        for (path, file) in found.iter().filter(|(path, _)| !is_rest(path)) {
            let whole = [old.get(path), new.get(path)].contains(&Some(file));
            assert!(whole, "{at}: {} is of neither output", path.display());
        }
        return Stands::Half;
    }
    let without = |is: &dyn Fn(&Path) -> bool| -> Seen {
        found
            .iter()
            .filter(|(path, _)| !is(path))
            .map(|(path, it)| (path.clone(), it.clone()))
            .collect()
    };
    if without(&is_rest) == *new {
        return Stands::New;
    }
    let found = without(&|path| is_staged(scene, path));
    // Between the two steps of setting aside without an exchange nothing stands.
    let between = scene.sets_aside && found.is_empty() && output(left, ASIDE) == old;
    assert!(found == old || between, "{at}: a mixture that no command speaks of: {}", {
        let differ = |path: &&PathBuf| found.get(*path) != old.get(*path);
        let paths: BTreeSet<_> = found.keys().chain(old.keys()).filter(differ).collect();
        format!("{paths:?} differ from the old output")
    });
    Stands::Old
}

/// Files that wait beside their targets, and the folders that were made for them, are hidden from no
/// reader, but nothing in them is read.
fn is_staged(scene: &Scene, path: &Path) -> bool {
    let folders = ["docker/s2", "docker/host/etc/sysctl.d"];
    let made_for = scene.hit.always.is_some() && folders.iter().any(|it| path == Path::new(it));
    is_rest(path) || made_for
}

/// The next build tells of what it found; nothing is said where nothing was staged.
fn says_which(stands: Stands, left: &Seen, err: &str, at: &str) {
    let finished = err.contains("finished what a killed build had begun");
    let cleared = err.contains("cleared away what a killed build had begun");
    let is_tree = |path: &PathBuf| path.starts_with("out/.mine.trigger-gen/tree");
    let is_file = |path: &PathBuf| path.starts_with(OUT) && is_rest(path);
    let staged = left.keys().any(|path| is_tree(path) || is_file(path));
    match stands {
        Stands::Old => assert!(!finished && (cleared || !staged), "{at}: {err}"),
        Stands::New => assert!(!cleared && (finished || !staged), "{at}: {err}"),
        Stands::Half => assert!(finished, "{at}: {err}"),
    }
}

/// Whether a command that only reads refuses the output as half switched.
fn readers_say_half(case: &Case, at: &str) -> bool {
    let half = |arguments: &[&str]| {
        let ran = crate::cli::run(&case.path(), arguments, None);
        assert!(ran.code < 2, "{at}: {arguments:?}: {}", ran.err);
        ran.code == 1 && ran.err.contains("was left half switched by a killed run")
    };
    let says = half(&["build", "--check", "site.yaml"]);
    if says {
        assert!(half(&["diff", "site.yaml"]) && half(&["verify", OUT]), "{at}: not all say so");
    }
    says
}

/// Files that are not ours stand as they did, and no secret is open to others.
pub(super) fn untouched(scene: &Scene, found: &Seen, at: &str) {
    for (path, file) in &scene.before {
        let theirs = ["mine.md", "notes.md", ".txt", ".db", "site.yaml", "/link"];
        if theirs.iter().any(|end| path.to_string_lossy().ends_with(end)) {
            let aside = path.strip_prefix(OUT).map(|it| Path::new(ASIDE).join(it));
            let staged =
                path.strip_prefix(OUT).map(|it| Path::new("out/.mine.trigger-gen/tree").join(it));
            let mut places = vec![Some(path.clone())];
            if scene.sets_aside {
                places.extend([aside.ok(), staged.ok()]);
            }
            let stands = places.into_iter().flatten().any(|it| found.get(&it) == Some(file));
            assert!(stands, "{at}: {} was touched", path.display());
        }
    }
    for (path, (mode, _)) in found {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let secret = name.ends_with(".secrets.yaml")
            || name.ends_with(".env")
            || name.ends_with(".env.trigger-gen");
        assert!(!secret || mode & 0o777 == 0o600, "{at}: {} is {mode:o}", path.display());
    }
}

/// The store is the old one or a whole new one that has everything of the old, and everything that
/// an output on disk was made with.
fn store_is_whole(scene: &Scene, found: &Seen, at: &str) {
    let read = |seen: &Seen| {
        let (_, bytes) = seen.get(Path::new(STORE))?;
        let text = std::str::from_utf8(bytes).expect("text");
        Some(Draft::read(text).unwrap_or_else(|why| panic!("{at}: the store is damaged: {why}")))
    };
    let (old, now) = (read(&scene.before), read(found));
    if let Some(old) = &old {
        let now = now.as_ref().unwrap_or_else(|| panic!("{at}: the store is gone"));
        assert!(
            old.names().all(|it| old.value(it) == now.value(it)),
            "{at}: a secret of the store was changed"
        );
    }
    let Some((_, manifest)) = found.get(&Path::new(OUT).join("manifest.json")) else { return };
    let manifest = Manifest::read(manifest).unwrap_or_else(|| panic!("{at}: a cut manifest"));
    let was_lost = old.is_none() && scene.before.contains_key(Path::new(OUT));
    let Some(now) = now else { return assert!(was_lost, "{at}: an output without a store") };
    for name in manifest.secrets.keys() {
        let value = SecretName::from_text(name).ok().and_then(|it| now.value(&it).map(drop));
        assert!(value.is_some(), "{at}: the output needs {name}, which is not in the store");
    }
}

fn is_what_the_site_means(scene: &Scene, case: &Case, new: &Seen, at: &str) {
    if scene.hit.arguments == BUILD.arguments && !scene.draws {
        return assert!(
            *new == output(&scene.after, OUT),
            "{at}: the next build made something else"
        );
    }
    let check = crate::cli::run(&case.path(), &["build", "--check", "site.yaml"], None);
    let differences: Vec<_> = check
        .out
        .lines()
        .filter(|line| line.starts_with(OUT) && !line.starts_with(EDITED))
        .collect();
    assert!(check.code < 2 && differences.is_empty(), "{at}: {differences:?} {}", check.err);
}

/// What stands below a folder.
pub(super) fn output(seen: &Seen, folder: &str) -> Seen {
    let below = seen.iter().filter_map(|(path, it)| Some((path.strip_prefix(folder).ok()?, it)));
    below.map(|(path, it)| (path.into(), it.clone())).collect()
}

fn is_rest(path: &Path) -> bool {
    path.components().any(|it| it.as_os_str().to_string_lossy().contains("trigger-gen"))
}
