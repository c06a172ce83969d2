//! Restoring with canned programs: the order, and everything that is refused before anything is stopped.

use super::world::{World, as_root, ended, have};
use std::fs;

/// Nothing was stopped, started or changed.
#[track_caller]
fn untouched(world: &World, what: &str) {
    let calls = world.calls();
    assert!(
        !calls.contains(" stop ") && !calls.contains(" up ") && !calls.contains("DROP"),
        "{what}: {calls}"
    );
}

/// A server with one set, whose calls of docker are forgotten.
fn with_set() -> (World, String) {
    let world = World::new("");
    let set = world.backup();
    world.write("world/calls", "");
    (world, set)
}

#[test]
fn another_key_is_refused_before_anything_is_stopped() {
    let (world, set) = with_set();
    let dotenv = world.read("root/.env");
    let line = dotenv.lines().find(|it| it.starts_with("ENCRYPTION_KEY=")).expect("the key");
    world.write("root/.env", &dotenv.replace(line, &format!("ENCRYPTION_KEY={}", "ab".repeat(16))));
    for arguments in [["restore", &set, "--yes"], ["restore", &set, "--drill"]] {
        let ended = world.ctl(&arguments).with(6);
        assert!(ended.err.contains("another ENCRYPTION_KEY"), "{}", ended.err);
        assert!(!ended.err.contains("abab"), "the key is shown");
    }
    untouched(&world, "another key");
}

#[test]
fn the_fingerprint_is_another_in_each_set_and_never_the_key() {
    let world = World::new("");
    let first = world.backup();
    let second = world.ctl(&["backup", "--label", "again"]).with(0).out.trim().to_owned();
    let prints = [&first, &second].map(|it| world.manifest(it, "key_fingerprint"));
    assert_ne!(prints[0], prints[1], "without salt, equal keys of two sites would show");
    let key = world.read("root/.env");
    let key = key.lines().find_map(|it| it.strip_prefix("ENCRYPTION_KEY=")).expect("the key");
    assert!(!world.read(&format!("backups/{first}/manifest.json")).contains(key));
}

#[test]
fn a_damaged_set_is_refused_before_anything_is_stopped() {
    for (file, text) in [
        ("postgres.dump", ""),
        ("postgres.dump", "PGDMP\n"),
        ("redis.rdb", "REDIS"),
        ("counts.postgres", "TaskRun 3\n"),
        ("SHA256SUMS", ""),
    ] {
        let (world, set) = with_set();
        world.write(&format!("backups/{set}/{file}"), text);
        world.ctl(&["restore", &set, "--yes"]).with(6);
        untouched(&world, file);
        assert_eq!(world.sets(), [set.as_str()]);
    }
    let (world, set) = with_set();
    fs::remove_file(world.at(&format!("backups/{set}/registry.tar"))).expect("a file");
    world.ctl(&["restore", &set, "--yes"]).with(6);
    untouched(&world, "a missing file");
}

#[test]
fn a_set_of_another_release_is_refused() {
    let (world, set) = with_set();
    let manifest = format!("backups/{set}/manifest.json");
    let made = world.read(&manifest);
    // What to do differs: no update goes back.
    for (other, way) in [
        ("4.5.6", format!("trigger-ctl.sh rollback --restore-data {set}")),
        ("4.8.5", "bring a build of 4.8.5 here with trigger-ctl.sh update, then".to_owned()),
    ] {
        let of_other =
            made.replace("\"release\": \"4.5.12\"", &format!("\"release\": \"{other}\""));
        world.write(&manifest, &of_other);
        let ended = world.ctl(&["restore", &set, "--yes"]).with(6);
        assert!(ended.err.contains(&way), "{}", ended.err);
        untouched(&world, other);
    }
}

#[test]
fn nobody_restores_by_accident() {
    let (world, set) = with_set();
    let ended = world.ctl(&["restore", &set]).with(7);
    assert!(ended.err.contains("--yes"), "{}", ended.err);
    world.ctl(&["restore"]).with(2);
    world.ctl(&["restore", "20200101T000000Z", "--yes"]).with(4);
    world.ctl_with(&[("TRIGGER_CTL_DRY_RUN", "1")], &["restore", &set, "--yes"]).with(0);
    untouched(&world, "a restore that nobody confirmed");
    world.program("path/df", "printf 'a b c d\\n/dev/x 10 9 1 90%% /\\n'");
    world.ctl(&["restore", &set, "--yes"]).with(5);
    untouched(&world, "a restore without room");
}

#[test]
fn everything_comes_back_in_the_order_that_holds() {
    let (world, set) = with_set();
    fs::remove_dir_all(world.at("world/volumes/mine-object-store/packets")).expect("a folder");
    world.write("world/volumes/mine-object-store/later", "made after the set");
    world.write("world/volumes/mine-redis/appendonlydir/a", "a log that Redis would prefer");
    world.write("world/volumes/mine-shared/worker_token", "tr_wgt_other\n");
    // PostgreSQL is a new cluster: once below the position of the set, above it when the position is raised.
    world.program(
        "world/bin/mine-postgres/psql",
        "if [[ $* == *'pg_current_wal_lsn() >'* ]]; then [[ -e $WORLD/raised ]] && echo t || echo f; else exec \"$WORLD/bin/psql\" \"$@\"; fi",
    );
    world.program("world/bin/pg_resetwal", "touch \"$WORLD/raised\"");
    let ended = world.ctl(&["restore", &set, "--yes"]).with(0);
    let calls = world.calls();
    let steps = [
        "stop docker-proxy supervisor",
        "stop webapp",
        "pg_restore --exit-on-error",
        "stop postgres",
        "--entrypoint pg_resetwal",
        "-l 000000010000000000000010",
        "--entrypoint redis-server",
        "--appendonly no",
        r"CONFIG SET appendonly yes",
        "SREM",
        "run_ghost",
        r"RESTORE\ DATABASE",
        r"DELETE\ FROM",
        "1200 webapp",
        "pg_publication_tables",
        "300 docker-proxy supervisor",
    ];
    let mut from = calls.find("pg_restore --list").map_or(0, |_| 0);
    for step in steps {
        let at = calls[from..]
            .find(step)
            .unwrap_or_else(|| panic!("no {step} behind {}", &calls[from..]));
        from += at;
    }
    assert!(
        !calls.contains("SREM engine:runqueue:\\{org:o\\}:env:e:currentConcurrency run_a"),
        "a run that exists was removed"
    );
    assert_eq!(world.read("world/volumes/mine-object-store/packets/a"), "a payload");
    assert!(!world.at("world/volumes/mine-object-store/later").exists());
    assert!(!world.at("world/volumes/mine-redis/appendonlydir").exists());
    assert_eq!(world.read("world/volumes/mine-shared/worker_token"), "tr_wgt_0123\n");
    assert_eq!(ended.out.matches("ok      ").count(), 11, "{}", ended.out);
    assert!(ended.out.contains("TASK_RUN_STALLED_EXECUTING"), "{}", ended.out);
    let asked = world.read("world/asked");
    let salt = format!("{:032}", 7);
    for call in [
        format!(
            "call {salt} POST /admin/api/v1/runs-replication/restore-{set}/backfill {{\"from\":\"20"
        ),
        format!(
            "call {salt} POST /admin/api/v1/environments/env_1/engine/repair-queues {{\"dryRun\":false}}"
        ),
        format!("call {salt} POST /admin/api/v1/environments/env_2/engine/repair-queues"),
    ] {
        assert!(asked.contains(&call), "{call} is missing in {asked}");
    }
    assert!(world.at("world/token-is-gone").exists(), "the token of the restore is left");
}

/// What an administrator would ask for needs one; without, it is said.
#[test]
fn without_an_administrator_the_last_steps_are_told() {
    let (world, set) = with_set();
    world.write("world/answers/admin", "");
    let ended = world.ctl(&["restore", &set, "--yes"]).with(0);
    assert!(ended.out.contains("engine/repair-queues"), "{}", ended.out);
    assert!(!world.read("world/asked").contains("call "));
}

/// Everything runs again by then, so the restore ends, and says that it is not all right.
#[test]
fn a_last_check_that_fails_is_told() {
    for (file, text, what) in [
        ("world/answers/call", "GET answers 500", "FAILED  replication of runs has a leader"),
        ("world/answers/pending", "run_x\n", "FAILED  no pending run is in no queue"),
    ] {
        let (world, set) = with_set();
        world.write(file, text);
        let ended =
            world.ctl_with(&[("TRIGGER_CTL_PATIENCE", "2")], &["restore", &set, "--yes"]).with(6);
        assert!(ended.out.contains(what), "{what}: {}", ended.out);
        assert!(
            world.at("world/running/supervisor").exists()
                && world.at("world/token-is-gone").exists()
        );
    }
}

/// The supervisor is started only when all is right.
#[test]
fn a_check_that_fails_ends_the_restore_before_runs_start() {
    for (file, text, what) in [
        ("world/answers/counts", "TaskRun 1\n_prisma_migrations 820\n", "TaskRun has 1 rows"),
        ("world/answers/dbsize", "0\n", "Redis holds 0 keys"),
        ("world/answers/clickhouse", "task_runs_v2 3\n", "task_runs_v2 has 3 rows"),
        ("world/answers/migrations", "819\n", "FAILED  PostgreSQL has the 820 migrations"),
        ("world/answers/level", "39\n", "FAILED  ClickHouse has the level"),
        ("world/answers/readable", "1 of 1", "FAILED  every stored value can be read"),
    ] {
        let (world, set) = with_set();
        world.write(file, text);
        let ended = world.ctl(&["restore", &set, "--yes"]).with(6);
        assert!(
            format!("{}{}", ended.out, ended.err).contains(what),
            "{what}: {}{}",
            ended.out,
            ended.err
        );
        assert!(!world.at("world/running/supervisor").exists(), "{what}: the supervisor runs");
        assert_eq!(world.sets(), [set.as_str()]);
    }
}

#[test]
fn a_drill_touches_nothing_that_runs() {
    let (world, set) = with_set();
    world.ctl(&["restore", "newest", "--drill"]).with(0);
    untouched_but_drill(&world);
    assert!(world.read("root/.state/drill-last").contains(&set));
    fs::remove_file(world.at("root/.state/drill-last")).expect("a file");
    world.write("world/answers/counts", "TaskRun 1\n");
    world.ctl(&["restore", &set, "--drill"]).with(6);
    untouched_but_drill(&world);
    assert!(!world.at("root/.state/drill-last").exists());
    assert_eq!(
        fs::read_dir(world.at("world/scratch")).expect("a folder").count(),
        0,
        "a container is left"
    );
}

fn untouched_but_drill(world: &World) {
    let calls = world.calls();
    assert!(!calls.contains(" stop ") && !calls.contains(" up "), "{calls}");
    let drops = calls.lines().filter(|it| it.contains("DROP"));
    assert!(
        drops.clone().count() > 0 && drops.clone().all(|it| it.contains("trigger_dev_drill")),
        "{calls}"
    );
    assert!(
        !calls.lines().any(|it| it.contains("pg_restore --exit") && it.contains("mine-postgres")),
        "{calls}"
    );
}

/// Each kind of site: saved, looked through, tried and put back by the scripts and the constants that it has.
#[test]
fn every_kind_of_site_comes_back() {
    if !have(&["restic"]) {
        return;
    }
    for name in ["minimal-vps", "hardened-vps", "split-workers"] {
        let world = World::example(name);
        let runbook = world.read("RUNBOOK.md");
        // What the runbook says of the copies elsewhere is done as it stands there.
        let of_runbook = |what: &str| {
            let line = runbook.lines().find(|it| it.starts_with("restic ") && it.contains(what));
            let Some(line) = line else { return false };
            let path = crate::consumers::root().join(".tools/bin");
            let script = format!("PATH={}:$PATH; {line}", path.display());
            ended(as_root().arg("env").arg(world.restic_cache()).args(["bash", "-c", &script]))
                .with(0);
            true
        };
        let goes_away = of_runbook(" init");
        assert_eq!(goes_away, name == "hardened-vps");
        let set = world.backup();
        world.ctl(&["backup", "verify"]).with(0);
        world.ctl(&["restore", &set, "--drill"]).with(0);
        if goes_away {
            fs::remove_dir_all(world.at("backups")).expect("the sets");
            assert!(of_runbook(" restore latest "), "{runbook}");
            let listed = world.ctl(&["backup", "list"]).with(0).out;
            assert!(listed.contains(&set) && listed.contains(" verified "), "{listed}");
        }
        world.ctl(&["restore", &set, "--yes"]).with(0);
        let told = world.ctl(&["backup", "list"]).err;
        let elsewhere = told.contains("s2 is not part of this stack");
        assert_eq!(elsewhere, name == "split-workers", "{told}");
    }
}
