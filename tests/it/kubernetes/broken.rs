//! What the scripts of the jobs do when a program in them fails: nothing after it is done, and nothing that was there is lost.

use super::backup::of;
use super::bench::{Bench, free_port, on_port};
use crate::consumers::tool;
use std::fs;

/// A client of the bucket that notes its calls and fails in one of its commands.
fn failing(bench: &Bench, command: &str) {
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$*\" >>\"$BUCKET_FOLDER/calls\"\ncase \"$1 $3\" in {command}) exit 1 ;; esac\n"
    );
    bench.program("mc", &script);
}

/// The commands of the client until the one that failed, and whether the step failed.
fn until(file: &str, nth: usize, command: &str) -> (Vec<String>, bool) {
    let bench = Bench::new();
    failing(&bench, command);
    for (name, text) in [("set", "2026-01-31T02-30-00Z\n"), ("dump.rdb", "a snapshot")] {
        fs::write(bench.at("stage").join(name), text).expect("written");
    }
    let step = &of(file)[nth];
    let output = bench.run(step, &[("PAUSE", "0")]);
    let first = |it: &String| it.split(' ').next().unwrap_or_default().to_owned();
    (bench.calls().iter().map(first).collect(), output.status.success())
}

#[test]
fn nothing_follows_a_command_of_the_client_that_failed() {
    let redis = "flux/redis/backup.yaml";
    let objects = "flux/s3/backup.yaml";
    let clickhouse = "flux/clickhouse/backup.yaml";
    for (file, nth, command, calls) in [
        (redis, 1, "alias*", &["alias"][..]),
        (redis, 1, "cp*", &["alias", "cp"]),
        (redis, 1, "rm*", &["alias", "cp", "rm"]),
        ("restore/redis.yaml", 0, "alias*", &["alias"]),
        ("restore/redis.yaml", 0, "cp*", &["alias", "cp"]),
        (clickhouse, 1, "alias*", &["alias"]),
        (clickhouse, 1, "stat*", &["alias", "stat"]),
        (clickhouse, 1, "rm*", &["alias", "stat", "rm"]),
        (objects, 0, "'alias bucket'", &["alias"]),
        (objects, 0, "'alias store'", &["alias", "alias"]),
        (objects, 0, "mirror*", &["alias", "alias", "mirror"]),
        ("restore/s3.yaml", 0, "'alias store'", &["alias", "alias"]),
        ("restore/s3.yaml", 0, "mirror*", &["alias", "alias", "mirror"]),
    ] {
        assert_eq!(
            until(file, nth, command),
            (calls.iter().map(|it| (*it).to_owned()).collect(), false),
            "{file}, {command}"
        );
    }
    // The same steps with a client that fails in nothing.
    for (file, nth, calls) in
        [(redis, 1, 3), ("restore/redis.yaml", 0, 2), (clickhouse, 1, 3), (objects, 0, 3)]
    {
        let (seen, went_well) = until(file, nth, "never");
        assert!(went_well && seen.len() == calls, "{file}: {seen:?}");
    }
}

/// What is not a snapshot is not kept: Redis's own check says so.
#[test]
fn what_redis_did_not_give_whole_is_no_backup() {
    let [Some(_), Some(_)] = ["redis-cli", "redis-check-rdb"].map(tool) else { return };
    let bench = Bench::new();
    bench.program("redis-cli", "#!/bin/sh\nprintf 'REDIS0011 and half of it' >\"$4\"\n");
    let output = bench.run(&of("flux/redis/backup.yaml")[0], &[]);
    assert!(!output.status.success() && bench.at("stage/dump.rdb").is_file());
    bench.program("redis-cli", "#!/bin/sh\nexit 1\n");
    assert!(!bench.run(&of("flux/redis/backup.yaml")[0], &[]).status.success());
}

fn data(bench: &Bench) -> Vec<String> {
    let entries = fs::read_dir(bench.at("data")).expect("the volume");
    let mut names: Vec<String> = entries
        .map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The volume keeps what it had until there is something to put in its place; a server that does not start ends the job.
#[test]
fn a_restore_that_cannot_be_done_ends() {
    let [Some(_), Some(_)] = ["redis-server", "redis-check-rdb"].map(tool) else { return };
    let bench = Bench::new();
    fs::create_dir(bench.at("data/appendonlydir")).expect("a folder");
    fs::write(bench.at("data/dump.rdb"), "before").expect("a file");
    fs::write(bench.at("stage/dump.rdb"), "not a snapshot").expect("a file");
    let restore = on_port(&of("restore/redis.yaml")[1], &free_port());
    assert!(!bench.run(&restore, &[]).status.success());
    assert_eq!(data(&bench), ["appendonlydir", "dump.rdb"]);
    assert_eq!(fs::read_to_string(bench.at("data/dump.rdb")).expect("a file"), "before");

    bench.program("redis-check-rdb", "#!/bin/sh\n");
    bench.program("redis-server", "#!/bin/sh\necho 'no memory' >\"$LOG\"\nexit 1\n");
    let log = bench.at("stage/log").display().to_string();
    let output = bench.run(&restore, &[("LOG", &log)]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("no memory"), "{said}");
    assert_eq!(data(&bench), ["dump.rdb"]);
}
