//! Several runs at the same time: threads of one process, and processes.

use super::*;
use std::process::Command;

/// What one run does: adds its own secrets one by one, and fills.
fn run(path: &std::path::Path, who: u64) {
    let site = site("");
    for nth in 0..10 {
        let mut store = Store::lock(path, "site").expect("the lock");
        let mut draft = store.to_draft();
        draft.set(name(&format!("RUN_{who}_{nth}")), format!("{who} {nth}"));
        fill(&mut draft, &site, who);
        store.save(&draft).expect("saved");
        // Whoever only reads sees a whole store at any time.
        assert!(matches!(Store::open(path, "site"), Ok(Opened::Present(_))));
    }
}

/// Everything of everybody is there, and what the first one made was never made again.
fn nothing_is_lost(folder: &Folder, runs: &[u64]) {
    let draft = folder.present();
    for who in runs {
        for nth in 0..10 {
            let value = draft.value(&name(&format!("RUN_{who}_{nth}")));
            assert_eq!(value, Some(format!("{who} {nth}").as_str()));
        }
    }
    let made = |who: &u64| {
        let mut alone = Draft::new("site");
        fill(&mut alone, &site(""), *who);
        let mut names = alone.names();
        names.all(|it| alone.value(it) == draft.value(it))
    };
    assert_eq!(runs.iter().filter(|who| made(who)).count(), 1, "one run made all of them");
    assert_eq!(folder.names(), ["site.secrets.yaml"]);
}

#[test]
fn threads_lose_nothing() {
    let (folder, runs) = (Folder::empty(), [1, 2, 3, 4, 5, 6]);
    let path = folder.path();
    std::thread::scope(|scope| {
        for who in runs {
            let path = &path;
            scope.spawn(move || run(path, who));
        }
    });
    nothing_is_lost(&folder, &runs);
}

#[test]
fn processes_lose_nothing() {
    let (folder, runs) = (Folder::empty(), [11, 12, 13, 14]);
    let started = runs.map(|who| {
        again("store::together::one_process")
            .env("STORE_OF_TEST", folder.path())
            .env("STORE_RUN", who.to_string())
            .spawn()
            .expect("a process")
    });
    for mut child in started {
        assert!(child.wait().expect("its end").success());
    }
    nothing_is_lost(&folder, &runs);
}

/// This test program once more, for one test that is otherwise passed over.
pub(super) fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", test, "--ignored", "--quiet"]).stdout(std::process::Stdio::null());
    command
}

#[test]
#[ignore = "a part of the test above, started by it"]
fn one_process() {
    let Some(path) = std::env::var_os("STORE_OF_TEST") else { return };
    let who = std::env::var("STORE_RUN").expect("which run").parse().expect("a number");
    run(std::path::Path::new(&path), who);
}

/// Killed for real, at any moment, again and again.
#[test]
fn a_killed_process_leaves_a_whole_store() {
    let folder = Folder::with("KEPT", "kept");
    for nth in 0..25 {
        let mut child = again("store::together::one_process")
            .env("STORE_OF_TEST", folder.path())
            .env("STORE_RUN", "21")
            .spawn()
            .expect("a process");
        std::thread::sleep(std::time::Duration::from_micros(nth * 700));
        let _ = child.kill();
        let _ = child.wait();
        assert_eq!(folder.present().value(&name("KEPT")), Some("kept"));
    }
    run(&folder.path(), 22);
    assert_eq!(folder.names(), ["site.secrets.yaml"], "the next run clears up");
}
