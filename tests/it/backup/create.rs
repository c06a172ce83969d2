//! Making, listing, verifying and keeping sets, and every way in which that fails.

use super::world::World;
use std::fs;

/// An hour ago and further back: sets that were made before.
fn older_set(world: &World, id: &str, verified: bool) {
    world.write(&format!("backups/{id}/manifest.json"), "{\n  \"id\": \"x\"\n}\n");
    if verified {
        world.write(&format!("backups/{id}/verified"), "2026-01-01T00:00:00Z\n");
    }
}

#[test]
fn a_set_holds_every_part_and_says_what_it_is() {
    let world = World::new("");
    let set = world.backup();
    assert_eq!(world.sets(), [set.as_str()]);
    let mut files: Vec<_> = fs::read_dir(world.at(&format!("backups/{set}")))
        .expect("a set")
        .map(|it| it.expect("a file").file_name().into_string().expect("UTF-8"))
        .collect();
    files.sort();
    assert_eq!(
        files,
        [
            "SHA256SUMS",
            "clickhouse.tar",
            "config.tar",
            "counts.clickhouse",
            "counts.clickhouse-before",
            "counts.postgres",
            "globals.sql",
            "manifest.json",
            "object-store.tar",
            "postgres.dump",
            "redis.rdb",
            "registry.tar",
            "verified",
            "worker_token",
        ]
    );
    for (key, value) in [
        ("release", "4.5.12"),
        ("migrations", "820"),
        ("last_migration", "20261101_last"),
        ("lsn", "0/1A2B3C4D"),
        ("clickhouse_level", "40"),
        ("redis_keys", "5"),
        ("encrypted", "0"),
        ("parts", "config postgres redis clickhouse object-store registry"),
    ] {
        assert_eq!(world.manifest(&set, key), value, "{key}");
    }
    assert!(world.manifest(&set, "images").contains("postgres=postgres:17"));
    assert!(world.manifest(&set, "left_out").contains("s2 is switched off"));
    assert!(world.read("root/.state/backup-last").ends_with(" ok\n"));
    world.ctl(&["backup", "verify"]).with(0);
    let list = world.ctl(&["backup", "list"]).with(0);
    assert!(list.out.contains(&set) && list.out.contains("verified"), "{}", list.out);
    assert!(list.err.contains("s2 is switched off"), "{}", list.err);
}

/// Redis begins its save while the transaction of the snapshot is open, and the dump is of that snapshot.
#[test]
fn postgres_and_redis_are_of_one_instant() {
    let world = World::new("");
    world.backup();
    let calls = world.calls();
    let at = |what: &str| calls.find(what).unwrap_or_else(|| panic!("no {what} in\n{calls}"));
    assert!(at("psql") < at("BGSAVE") && at("BGSAVE") < at("pg_dump"), "{calls}");
    assert!(calls.contains("--snapshot=00000003-00000001-1"), "{calls}");
    assert!(at("pg_dump") < at("BACKUP"), "{calls}");
}

#[test]
fn the_registry_is_read_links_first() {
    let world = World::new("");
    let set = world.backup();
    let list = super::world::ended(
        super::world::as_root()
            .args(["tar", "-tf"])
            .arg(world.at(&format!("backups/{set}/registry.tar"))),
    )
    .with(0);
    let at = |what: &str| list.out.find(what).expect("a member");
    assert!(at("repositories/a/link") < at("blobs/b"), "{}", list.out);
}

#[test]
fn no_secret_is_an_argument_or_a_variable_or_said() {
    let world = World::new("    notify: { heartbeat_url: { secret: HEARTBEAT } }\n");
    world.program("path/curl", "printf '%s ' \"$@\" >>\"${0%/*}/world/calls\"; env >>\"${0%/*}/world/environments\"; cat >\"${0%/*}/world/curl\"");
    let said = world.ctl(&["backup"]).with(0);
    let (calls, environments) = (world.calls(), world.read("world/environments"));
    assert!(calls.contains("--config -") && environments.contains("PATH="), "{calls}");
    assert_eq!(world.read("world/curl"), "url = \"example-heartbeat-0000\"\n");
    let dotenv = world.read("root/.env");
    let mut secrets: Vec<&str> = dotenv
        .lines()
        .filter_map(|it| it.split_once('='))
        .filter(|(name, _)| {
            ["KEY", "SECRET", "PASSWORD"].iter().any(|it| name.contains(it))
                && !name.contains("ACCESS_KEY_ID")
        })
        .map(|it| it.1.trim_matches('\''))
        .collect();
    secrets.extend(["example-heartbeat-0000", "tr_wgt_0123"]);
    assert!(secrets.len() > 7, "{secrets:?}");
    for secret in secrets {
        for (what, text) in [
            ("arguments", &calls),
            ("variables", &environments),
            ("output", &said.out),
            ("talk", &said.err),
        ] {
            assert!(!text.contains(secret), "a secret stands in the {what}");
        }
    }
}

/// What is no backup is refused with its own code, leaves nothing, and removes nothing that was there.
#[test]
fn a_broken_part_is_no_set_and_removes_none() {
    for (what, file, text, code) in [
        ("empty", "world/answers/dump", "", 6),
        (
            "cut off",
            "world/answers/dump",
            "PGDMP\n1; TABLE DATA public _prisma_migrations x\n2; TABLE DATA public TaskRun x\n",
            6,
        ),
        (
            "without runs",
            "world/answers/dump",
            "PGDMP\n1; TABLE DATA public _prisma_migrations x\nEND\n",
            6,
        ),
        ("no snapshot of Redis", "world/volumes/mine-redis/dump.rdb", "nothing", 6),
        ("Redis cut off", "world/volumes/mine-redis/dump.rdb", "REDIS0011\nkeys 5\n", 6),
        ("Redis empty", "world/volumes/mine-redis/dump.rdb", "REDIS0011\nkeys 0\nEOF", 6),
        ("a dump that fails", "world/fail/1", " pg_dump ", 1),
        ("a snapshot that fails", "world/fail/1", " psql ", 1),
        ("Redis that fails", "world/fail/1", " BGSAVE ", 1),
        ("ClickHouse that fails", "world/fail/1", "BACKUP DATABASE", 1),
    ] {
        let world =
            World::new("    keep: { sets: 1 }\n    notify: { failure_hook: /nonexistent/hook }\n");
        older_set(&world, "20260101T000000Z", true);
        older_set(&world, "20260102T000000Z", true);
        world.write(file, text);
        let ended = world.ctl(&["backup"]).with(code);
        assert_eq!(world.sets(), ["20260101T000000Z", "20260102T000000Z"], "{what}: {}", ended.err);
        assert!(world.read("root/.state/backup-last").ends_with(" failed\n"), "{what}");
        assert!(ended.err.contains("the failure hook failed"), "{what}: {}", ended.err);
        assert!(!world.at("world/volumes/mine-clickhouse/backups").join("20").exists());
        let staged = fs::read_dir(world.at("world/volumes/mine-clickhouse/backups"))
            .map_or(0, Iterator::count);
        assert_eq!(staged, 0, "{what}: something is left on the volume of ClickHouse");
    }
}

#[test]
fn whoever_asked_hears_of_a_failure_and_of_success_last() {
    let world = World::new("");
    world.program("hook", "cat >\"${0%/*}/heard\"");
    world.install(&format!(
        "    notify: {{ failure_hook: {}, heartbeat_url: {{ secret: HEARTBEAT }} }}\n",
        world.at("hook").display()
    ));
    world.program("path/curl", "touch \"${0%/*}/world/heartbeat\"");
    world.write("world/fail/1", " pg_dump ");
    world.ctl(&["backup"]).with(1);
    let heard = world.read("heard");
    assert!(
        heard.starts_with("The backup of mine on ") && heard.contains("saving PostgreSQL"),
        "{heard}"
    );
    assert!(!world.at("world/heartbeat").exists(), "a failure sent a heartbeat");
    fs::remove_file(world.at("world/fail/1")).expect("a file");
    fs::remove_file(world.at("heard")).expect("a file");
    world.backup();
    assert!(world.at("world/heartbeat").exists() && !world.at("heard").exists());
    // A heartbeat that fails does not make a complete set a failure.
    world.program("path/curl", "exit 7");
    let ended = world.ctl(&["backup", "--label", "again"]).with(0);
    assert!(ended.err.contains("heartbeat URL does not answer"), "{}", ended.err);
    // systemd reports a failure that the run could not report itself, and no other.
    world.ctl(&["backup", "failed"]).with(0);
    assert!(!world.at("heard").exists());
    world.write("root/.state/backup-running", "");
    world.ctl(&["backup", "failed"]).with(0);
    assert!(world.read("heard").contains("it was killed"));
    assert!(world.read("root/.state/backup-last").ends_with(" failed\n"));
}

#[test]
fn a_second_run_finds_the_lock_held() {
    let world = World::new("");
    let lock = world.at("root/.state/lock");
    world.write("root/.state/lock", "update, process 1\n");
    let mut holder = super::world::as_root();
    let mut holder = holder.arg("flock").arg(&lock).args(["sleep", "30"]).spawn().expect("flock");
    let held = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        world.ctl(&["backup", "verify"]).code == Some(75)
    });
    assert!(held, "flock did not take the lock");
    let ended = world.ctl(&["backup"]).with(75);
    assert!(ended.err.contains("update, process 1"), "{}", ended.err);
    world.ctl(&["restore", "newest", "--yes"]).with(75);
    assert_eq!(world.sets(), Vec::<String>::new());
    // Only the child holds it, so it is the child that has to go.
    let children = format!("/proc/{0}/task/{0}/children", holder.id());
    let child = fs::read_to_string(children).unwrap_or_default();
    for process in child.split_whitespace().map(str::to_owned).chain([holder.id().to_string()]) {
        let _ = super::world::as_root().args(["kill", &process]).status();
    }
    holder.wait().expect("its end");
}

#[test]
fn a_full_disk_is_known_before_anything_is_written() {
    let world = World::new("");
    world.program("path/df", "printf 'a b c d\\n/dev/x 10 9 1048576 90%% /\\n'");
    let ended = world.ctl(&["backup"]).with(5);
    assert!(ended.err.contains("1024 MiB left"), "{}", ended.err);
    assert_eq!(world.sets(), Vec::<String>::new());
    assert!(!world.calls().contains("pg_dump"));
}

#[test]
fn what_does_not_run_cannot_be_saved() {
    let world = World::new("");
    fs::remove_file(world.at("world/running/clickhouse")).expect("a container");
    world.ctl(&["backup"]).with(4);
    world.write("world/running/clickhouse", "");
    fs::remove_file(world.at("root/.env")).expect("a file");
    world.ctl(&["backup"]).with(4);
    assert_eq!(world.sets(), Vec::<String>::new());
}

#[test]
fn only_verified_sets_count_and_the_newest_stays() {
    let world = World::new("    keep: { sets: 2, before_update: 1 }\n");
    for id in [
        "20260101T000000Z",
        "20260102T000000Z",
        "20260103T000000Z-pre-update",
        "20260104T000000Z-pre-update",
    ] {
        older_set(&world, id, true);
    }
    for id in ["20260105T000000Z", "20260106T000000Z"] {
        older_set(&world, id, false);
    }
    world.write("backups/.partial-20260107T000000Z/postgres.dump", "half");
    world.write("backups/notes/readme", "of somebody");
    let set = world.backup();
    assert_eq!(
        world.sets(),
        [
            "20260102T000000Z",
            "20260104T000000Z-pre-update",
            "20260105T000000Z",
            "20260106T000000Z",
            set.as_str(),
            "notes"
        ]
    );
}

#[test]
fn a_set_that_is_damaged_later_does_not_count_and_stays() {
    let world = World::new("    keep: { sets: 1 }\n");
    let first = world.backup();
    let dump = format!("backups/{first}/postgres.dump");
    world.write(&dump, &world.read(&dump).replace("END", "XXX"));
    let ended = world.ctl(&["backup", "verify", &first]).with(6);
    assert!(ended.err.contains("damaged or missing"), "{}", ended.err);
    let list = world.ctl(&["backup", "list"]).with(0).out;
    assert!(list.contains("NOT VERIFIED"), "{list}");
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let second = world.backup();
    assert_eq!(world.sets(), [first.as_str(), second.as_str()]);
    fs::remove_file(world.at(&format!("backups/{second}/redis.rdb"))).expect("a file");
    world.ctl(&["backup", "verify"]).with(6);
}

#[test]
fn a_cold_backup_stops_what_writes_and_starts_it_again() {
    let world = World::new("");
    world.write("world/runs", "one");
    world.ctl(&["backup", "--cold", "--label", "move"]).with(0);
    let calls = world.calls();
    let at = |what: &str| calls.find(what).unwrap_or_else(|| panic!("no {what} in\n{calls}"));
    assert!(
        at("stop supervisor") < at("stop webapp") && at("stop webapp") < at("pg_dump"),
        "{calls}"
    );
    assert!(at("pg_dump") < calls.rfind("up --detach").expect("a start"), "{calls}");
    assert!(
        world.at("world/running/supervisor").exists() && world.at("world/running/webapp").exists()
    );
    // A failure starts them again, too.
    world.write("world/fail/1", " pg_dump ");
    world.ctl(&["backup", "--cold"]).with(1);
    assert!(
        world.at("world/running/supervisor").exists() && world.at("world/running/webapp").exists()
    );
}

#[test]
fn s2_is_stopped_for_its_copy_where_it_is_wanted() {
    let world = World::new("    parts: { s2: true }\n");
    world.write("world/running/s2", "");
    let set = world.backup();
    assert!(world.at(&format!("backups/{set}/s2.tar")).exists());
    assert!(world.calls().contains("stop s2") && world.at("world/running/s2").exists());
}

#[test]
fn what_is_switched_off_is_not_saved() {
    let world = World::new(
        "    parts: { clickhouse: skip, object_store: false, registry: false, exclude_task_events: true }\n",
    );
    world.write(
        "world/answers/counts",
        "TaskEvent 9\nTaskEventPartitioned 8\nTaskRun 2\n_prisma_migrations 820\n",
    );
    let set = world.backup();
    assert_eq!(world.manifest(&set, "parts"), "config postgres redis");
    assert_eq!(
        world.read(&format!("backups/{set}/counts.postgres")),
        "TaskEvent 0\nTaskEventPartitioned 0\nTaskRun 2\n_prisma_migrations 820\n"
    );
    assert!(
        world.calls().contains(r#"--exclude-table-data=public.\"TaskEvent\"\*"#),
        "{}",
        world.calls()
    );
    let schema = World::new("    parts: { clickhouse: schema }\n");
    schema.backup();
    assert!(schema.calls().contains(r"structure_only\ =\ 1"), "{}", schema.calls());
}

#[test]
fn a_scheduled_run_speaks_only_of_failures() {
    let world = World::new("");
    let fine = world.ctl(&["backup", "--scheduled"]).with(0);
    assert_eq!((fine.out.as_str(), fine.err.as_str()), ("", ""));
    assert!(world.read("root/.state/backup.log").contains("is complete"));
    world.write("world/fail/1", " pg_dump ");
    let failed = world.ctl(&["backup", "--scheduled"]).with(1);
    assert!(failed.err.contains("saving PostgreSQL"), "{}", failed.err);
}

#[test]
fn two_sets_of_one_second_have_two_names() {
    let world = World::new("");
    let clock = r#"case $* in
  "-u +%Y%m%dT%H%M%SZ")
    echo >>"$0.asked"
    (($(wc -l <"$0.asked") > 4)) && echo 20260102T000001Z || echo 20260102T000000Z
    ;;
  *) exec /bin/date "$@" ;;
esac"#;
    world.program("path/date", clock);
    assert_eq!(world.backup(), "20260102T000000Z");
    assert_eq!(world.backup(), "20260102T000001Z");
    assert_eq!(world.sets(), ["20260102T000000Z", "20260102T000001Z"]);
}

#[test]
fn a_wrong_call_changes_nothing() {
    let world = World::new("");
    for arguments in [
        ["backup", "--warm", ""],
        ["backup", "--label", "../x"],
        ["backup", "--label", "A"],
        ["backup", "--label", "a b"],
        ["backup", "list", "x"],
        ["backup", "verify", "--deep"],
        ["backup", "verify", "--identity"],
        ["restore", "--all", ""],
        ["restore", "a", "b"],
    ] {
        let arguments: Vec<&str> = arguments.into_iter().filter(|it| !it.is_empty()).collect();
        world.ctl(&arguments).with(2);
    }
    world.ctl(&["backup", "verify", "../root"]).with(4);
    assert!(!world.at("backups").exists());
    let dry = world.ctl_with(&[("TRIGGER_CTL_DRY_RUN", "1")], &["backup"]).with(0);
    assert!(dry.err.contains("would save"), "{}", dry.err);
    assert_eq!(world.sets(), Vec::<String>::new());
}
