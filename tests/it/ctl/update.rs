//! Another build in the place of this one, back again, and whatever comes in between.

use super::server::{Ran, Server};
use crate::support;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use trigger_gen::release::{Version, find};
use trigger_gen::secrets::Draft;

const NEWER: &str = "4.5.16";

/// A server, and beside it another build of its site.
struct Two {
    server: Server,
    bundle: PathBuf,
    /// What stood on the server before.
    old: BTreeMap<String, Vec<u8>>,
}

fn two() -> Two {
    of("minimal-vps", "docker", NEWER)
}

fn of(example: &str, part: &str, release: &str) -> Two {
    let server = Server::of(example, part);
    server.rule("df -Pm*", "0", "Filesystem\\n/ 1 1 99999 1% /\\n");
    stand_in(&server.root, "backup", "backup --label LABEL | lock | server | a stand-in");
    stand_in(&server.root, "restore", "restore SET | lock | server | a stand-in");
    let bundle = server.folder.path().join("a bundle");
    compile(example, part, release, &bundle);
    stand_in(&bundle, "backup", "backup --label LABEL | lock | server | a stand-in");
    stand_in(&bundle, "restore", "restore SET | lock | server | a stand-in");
    let old = files(&server.root);
    Two { server, bundle, old }
}

/// The example at another release, with its own secrets.
fn compile(example: &str, part: &str, release: &str, to: &Path) {
    let release = find(Version::parse(release).expect("a version")).expect("a release");
    let site = support::site(&support::at_release(example, release));
    let root = crate::consumers::root().join("examples").join(example);
    let store = fs::read_to_string(root.join(format!("{example}.secrets.yaml"))).expect("a store");
    let secrets = support::secrets_from(Draft::read(&store).expect("a store"), &site);
    for (path, file) in trigger_gen::generate(&site, &secrets).files {
        let Some(path) = path.as_str().strip_prefix(&format!("{part}/")) else { continue };
        let target = to.join(path);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::write(&target, &file.bytes).expect("a file");
        let mode = fs::Permissions::from_mode(file.mode.bits());
        fs::set_permissions(target, mode).expect("a mode");
    }
}

/// A command that only calls docker, in the place of one that needs a whole server.
fn stand_in(root: &Path, name: &str, line: &str) {
    let text = format!("#: {line}\ncmd_{name}() {{ docker {name} \"$@\"; }}\n");
    change(root, &format!("ctl/{name}.sh"), |_| text.clone());
}

/// Changes a file, and what checks.json says of it.
fn change(root: &Path, path: &str, to: impl Fn(String) -> String) {
    let sum = |path: &Path| {
        let output = Command::new("sha256sum").arg(path).output().expect("sha256sum");
        String::from_utf8(output.stdout).expect("UTF-8")[..64].to_owned()
    };
    let file = root.join(path);
    let before = sum(&file);
    fs::write(&file, to(fs::read_to_string(&file).expect("a file"))).expect("written");
    let list = root.join("checks.json");
    let text = fs::read_to_string(&list).expect("the list");
    fs::write(list, text.replace(&before, &sum(&file))).expect("written");
}

/// Every file but what the script keeps for itself.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let output = Command::new("find")
        .current_dir(root)
        .args([
            ".",
            "(",
            "-name",
            ".state",
            "-o",
            "-name",
            "releases",
            "-o",
            "-name",
            ".incoming",
            ")",
        ])
        .args(["-prune", "-o", "-type", "f", "-printf", "%P\\n"])
        .output()
        .expect("find");
    let names = String::from_utf8(output.stdout).expect("UTF-8");
    names.lines().map(|it| (it.to_owned(), fs::read(root.join(it)).expect("a file"))).collect()
}

impl Two {
    fn update(&self, more: &[&str]) -> Ran {
        let bundle = self.bundle.to_str().expect("UTF-8");
        self.server.ctl(&[&["update", bundle], more].concat())
    }

    fn now(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.server.root)
    }

    #[track_caller]
    fn is_old(&self) {
        let (now, old) = (self.now(), &self.old);
        let differ = now.keys().chain(old.keys()).filter(|it| now.get(*it) != old.get(*it));
        assert_eq!(differ.collect::<Vec<_>>(), [""; 0], "differs from what stood there before");
    }

    #[track_caller]
    fn is_new(&self) {
        let (now, new) = (self.now(), files(&self.bundle));
        let differ = now.keys().chain(new.keys()).filter(|it| now.get(*it) != new.get(*it));
        assert_eq!(differ.collect::<Vec<_>>(), [""; 0], "differs from the bundle");
    }

    fn is_left_alone(&self) {
        self.is_old();
        assert!(!self.server.root.join(".incoming").exists(), "the staged bundle stays");
        assert!(!self.server.root.join(".state/exchange").exists(), "an exchange is open");
    }

    fn releases(&self) -> String {
        self.server.ctl(&["releases"]).ends(0).out
    }
}

/// What happened to the stacks, in order.
fn steps(ran: &Ran) -> Vec<String> {
    let of = |call: &super::server::Call| match call.words.get(1).map(String::as_str) {
        Some("backup" | "restore") => Some(call.words[1..].join(" ")),
        _ => call.compose().map(|it| it.join(" ").replace(" --detach", "")),
    };
    ran.calls.iter().filter_map(of).filter(|it| !it.starts_with("logs")).collect()
}

const STARTED: [&str; 3] = [
    "up postgres redis clickhouse object-store s2 registry",
    "up webapp",
    "up docker-proxy supervisor",
];

#[test]
fn a_build_takes_the_place_of_another() {
    let two = two();
    let ran = two.update(&["--yes"]).ends(0);
    let before = ["backup --label pre-update", "pull", "stop supervisor"];
    assert_eq!(steps(&ran), [&before[..], &STARTED].concat());
    let pull = ran.calls.iter().find(|it| it.text().ends_with(" pull")).expect("a pull");
    assert!(pull.text().contains("/.incoming/webapp/docker-compose.yml"), "{}", pull.text());
    two.is_new();
    assert_eq!(two.server.constant("RELEASE"), NEWER);
    let kept = two.server.root.join("releases");
    let kept = fs::read_dir(kept).expect("releases").next().expect("one").expect("an entry").path();
    assert_eq!(fs::read(kept.join("files/.env")).expect("the old one"), two.old[".env"]);
    let mode = fs::metadata(kept.join("files/.env")).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(two.releases().contains("4.5.12 -> 4.5.16  good"), "{}", two.releases());
    assert!(!two.server.root.join(".incoming").exists());
}

#[test]
fn what_changes_is_said_first() {
    let two = two();
    let ran = two.update(&[]).ends(7).says("Nobody is there to ask");
    assert!(ran.out.contains("+TRIGGER_IMAGE_TAG=v4.5.16"), "{}", ran.out);
    assert!(ran.out.contains("> webapp=ghcr.io/triggerdotdev/trigger.dev:v4.5.16"), "{}", ran.out);
    assert!(ran.out.contains("one-way: the databases are migrated"), "{}", ran.out);
    assert_eq!(steps(&ran), [""; 0]);
    two.is_left_alone();
}

#[test]
fn what_a_move_meets_is_said_up_to_its_release() {
    let two = of("minimal-vps", "docker", "4.8.5");
    let out = two.update(&[]).ends(7).out;
    assert!(out.contains("4.8.5: newer Node in both images"), "{out}");
    assert!(out.lines().all(|it| !it.starts_with("4.5.6: ")), "it is behind already: {out}");
}

#[test]
fn a_tar_is_a_bundle_too() {
    for (inner, name) in [(".", "a.tar"), ("a bundle", "b.tar.gz")] {
        let two = two();
        let file = two.server.folder.path().join(name);
        let from = if inner == "." { two.bundle.clone() } else { two.server.folder.path().into() };
        let status = Command::new("tar")
            .args(["-caf"])
            .arg(&file)
            .arg("-C")
            .arg(from)
            .arg(inner)
            .status()
            .expect("tar");
        assert!(status.success());
        two.server.ctl(&["update", file.to_str().expect("UTF-8"), "--yes"]).ends(0);
        two.is_new();
    }
}

#[test]
fn a_bundle_that_is_not_for_this_machine_or_not_whole_changes_nothing() {
    type Spoil = fn(&Two);
    let cases: [(&str, i32, Spoil); 8] = [
        ("damaged", 6, |two| append(&two.bundle.join("webapp/docker-compose.yml"))),
        ("damaged", 6, |two| fs::remove_file(two.bundle.join("ctl/stack.sh")).expect("removed")),
        ("no .env", 6, |two| fs::remove_file(two.bundle.join(".env")).expect("removed")),
        ("no checks.json", 6, |two| {
            fs::remove_file(two.bundle.join("checks.json")).expect("removed")
        }),
        ("neither file nor folder", 6, |two| {
            symlink("/etc", two.bundle.join("etc")).expect("a link")
        }),
        ("another machine: SITE", 7, |two| {
            change(&two.bundle, "ctl/site.sh", |it| {
                it.replace("SITE='minimal-vps'", "SITE='other'")
            });
        }),
        ("is older than 4.5.12", 7, |two| {
            change(&two.bundle, "ctl/site.sh", |it| {
                it.replace("RELEASE='4.5.16'", "RELEASE='4.5.9'")
            });
        }),
        ("another ENCRYPTION_KEY", 7, |two| {
            let path = two.bundle.join(".env");
            let text = fs::read_to_string(&path).expect("a file");
            let changed = text.lines().map(|it| match it.starts_with("ENCRYPTION_KEY=") {
                true => "ENCRYPTION_KEY=0000000000000000000000000000000f\n".to_owned(),
                false => format!("{it}\n"),
            });
            fs::write(path, changed.collect::<String>()).expect("written");
        }),
    ];
    for (says, code, spoil) in cases {
        let two = two();
        spoil(&two);
        let ran = two.update(&["--yes"]).ends(code).says(says);
        assert_eq!(steps(&ran), [""; 0], "{says}");
        two.is_left_alone();
    }
    two().server.ctl(&["update", "/nowhere", "--yes"]).ends(4).says("/nowhere is not there");
}

fn append(path: &Path) {
    let text = fs::read_to_string(path).expect("a file");
    fs::write(path, text + "# more\n").expect("written");
}

#[test]
fn a_file_changed_by_hand_is_not_lost() {
    let two = two();
    let edited = two.server.root.join("webapp/docker-compose.yml");
    append(&edited);
    let text = fs::read(&edited).expect("a file");
    two.update(&["--yes"])
        .ends(7)
        .says("changed by hand since they were built: webapp/docker-compose.yml");
    assert_eq!(fs::read(&edited).expect("a file"), text);
    two.update(&["--yes", "--force"]).ends(0).says("changed by hand, kept in");
    two.is_new();
    two.server.ctl(&["rollback", "--yes"]).ends(0);
    assert_eq!(fs::read(&edited).expect("a file"), text);
}

#[test]
fn what_fails_before_the_exchange_changes_nothing() {
    let cases = [
        ("docker exec*node - redis*", "1", 3, "something does not do its work"),
        ("docker backup*", "5", 1, "without a backup nothing is changed"),
        ("docker compose*pull*", "1", 1, "not every image could be fetched"),
        ("df -Pm*", "0", 5, "an update wants"),
    ];
    for (pattern, status, code, says) in cases {
        let two = two();
        two.server.rule(pattern, status, if code == 5 { "x\\n/ 1 1 9 1% /\\n" } else { "" });
        let ran = two.update(&["--yes"]).ends(code).says(says);
        assert!(!ran.compose().iter().any(|it| it.starts_with("stop")), "{says}");
        two.is_left_alone();
    }
}

#[test]
fn runs_that_do_not_end_are_left_alone() {
    let two = two();
    two.server.write("runners", "runner-run1-attempt-1\n");
    // Nobody waits a quarter of an hour in a test.
    two.server.rule("sleep 1 *", "0", "");
    let limit = |it: String| it.replace("WAIT_RUNS=900", "WAIT_RUNS=1");
    change(&two.server.root, "ctl/stack.sh", limit);
    let old = two.now();
    let ran = two.update(&["--yes"]).ends(8).says("runs are started again");
    assert!(
        steps(&ran).ends_with(&["stop supervisor".into(), STARTED[2].into()]),
        "{:?}",
        steps(&ran)
    );
    assert_eq!(two.now(), old);
    assert!(!two.server.root.join(".state/exchange").exists());
}

/// `mv` that ends the script at the nth call.
fn kill_at(server: &Server, nth: usize) {
    let folder = server.folder.path().join("fakes");
    fs::write(folder.join("moves"), "").expect("a file");
    let text = format!(
        "#!/bin/sh\necho >>'{0}/moves'\n[ \"$(wc -l <'{0}/moves')\" -ne {nth} ] || kill -KILL $PPID\nexec /bin/mv \"$@\"\n",
        folder.display()
    );
    let file = folder.join("bin/mv");
    drop(fs::remove_file(&file));
    fs::write(&file, text).expect("a file");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("a mode");
}

fn let_live(server: &Server) {
    fs::remove_file(server.folder.path().join("fakes/bin/mv")).expect("removed");
}

#[test]
fn a_killed_update_goes_on_or_is_taken_back() {
    let moves = {
        let two = two();
        kill_at(&two.server, 1_000_000);
        two.update(&["--yes"]).ends(0);
        let counted = fs::read_to_string(two.server.folder.path().join("fakes/moves"));
        counted.expect("a count").lines().count()
    };
    assert!(moves > 60, "{moves}");
    // Some are before the exchange, many of one kind are within, some after it.
    let points = [1, 4, 7, 41, moves - 2];
    for nth in points {
        for way in ["--resume", "--abort"] {
            let two = two();
            kill_at(&two.server, nth);
            assert_ne!(two.update(&["--yes"]).code, 0, "killed at {nth}");
            let_live(&two.server);
            if !two.server.root.join(".state/exchange").exists() {
                assert!(two.now() == two.old || two.now() == files(&two.bundle), "at {nth}");
                continue;
            }
            two.server.ctl(&["up"]).ends(7).says("update --resume goes on");
            two.server.ctl(&["update", way]).ends(0);
            match way {
                "--resume" if two.now() != two.old => two.is_new(),
                _ => two.is_old(),
            }
            two.server.ctl(&["up"]).ends(0);
        }
    }
}

#[test]
fn a_release_that_does_not_start_can_be_left_again() {
    let two = two();
    two.server.rule("docker compose*up --detach webapp*", "1", "");
    two.update(&["--yes"]).ends(1).says("the new release does not start");
    two.is_new();
    two.server.rule("docker compose*up --detach webapp*", "0", "");
    two.server.ctl(&["rollback", "--yes"]).ends(0);
    two.is_old();
    two.server.ctl(&["rollback", "--yes"]).ends(4).says("no update was made here");
}

#[test]
fn the_way_back_is_decided_by_the_databases() {
    let two = two();
    two.update(&["--yes"]).ends(0);
    two.server.rule("docker exec*_prisma_migrations*", "0", "migrations=821 unfinished=0\\n");
    let ran = two.server.ctl(&["rollback", "--yes"]).ends(7).says("the databases were migrated");
    assert_eq!(steps(&ran), [""; 0]);
    two.is_new();
    let ran = two.server.ctl(&["rollback", "--yes", "--restore-data", "20261121T000000Z"]).ends(0);
    assert_eq!(steps(&ran), ["stop supervisor", "restore 20261121T000000Z --yes"]);
    two.is_old();
    two.update(&["--yes"]).ends(0);
    two.server.rule("docker exec*_prisma_migrations*", "0", "migrations=822 unfinished=0\\n");
    let ran = two.server.ctl(&["rollback", "--yes", "--accept-schema-ahead"]).ends(0);
    assert_eq!(steps(&ran), [&["stop supervisor"][..], &STARTED].concat());
    two.is_old();
}

#[test]
fn what_only_goes_one_way_needs_the_data_too() {
    let two = two();
    let row = |it: String| {
        it.replace(
            "UPGRADES=(\n",
            "UPGRADES=(\n  '4.5.13\tone-way\tvolumes are written anew; back up'\n",
        )
    };
    change(&two.bundle, "ctl/upgrades.sh", row);
    assert!(
        two.update(&["--yes"]).ends(0).out.contains("one-way, 4.5.13: volumes are written anew")
    );
    let back = ["rollback", "--yes", "--accept-schema-ahead"];
    two.server.ctl(&back).ends(7).says("only goes one way (4.5.13)");
    two.is_new();
}

#[test]
fn another_password_is_told_to_the_database() {
    let two = two();
    let old = two.server.secret("POSTGRES_PASSWORD").to_owned();
    let path = two.bundle.join(".env");
    let text = fs::read_to_string(&path).expect("a file");
    fs::write(&path, text.replace(&old, "another-password-of-this-test")).expect("written");
    let ran = two.update(&["--yes"]).ends(0);
    let told = |ran: &Ran, password: &str| {
        let alter = |it: &&super::server::Call| it.input.contains("ALTER ROLE");
        ran.calls.iter().filter(alter).any(|it| it.input.contains(password))
    };
    assert!(told(&ran, "another-password-of-this-test"));
    let back = two.server.ctl(&["rollback", "--yes"]).ends(0);
    assert!(told(&back, &old));
    two.is_old();
}

#[test]
fn a_worker_host_is_updated_without_a_backup() {
    let two = of("split-workers", "workers/worker-1", NEWER);
    let ran = two.update(&["--yes"]).ends(0);
    assert_eq!(steps(&ran), ["pull", "stop supervisor", STARTED[2]]);
    let token = fs::read(two.server.root.join("worker_token")).expect("the token");
    assert_eq!(token, two.old["worker_token"]);
    two.server.ctl(&["rollback", "--yes"]).ends(0);
    two.is_old();
}

#[test]
fn three_replaced_builds_are_kept() {
    let two = two();
    for time in ["20250101T000000Z", "20250102T000000Z", "20250103T000000Z", "20250104T000000Z"] {
        let folder = two.server.root.join("releases").join(time);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("state"), "good\n").expect("a state");
        fs::write(folder.join("facts"), "from=1\nto=2\n").expect("facts");
    }
    two.update(&["--yes"]).ends(0);
    let kept = two.releases();
    assert_eq!(kept.lines().count(), 3, "{kept}");
    assert!(kept.contains("20250104") && !kept.contains("20250102"), "{kept}");
}
