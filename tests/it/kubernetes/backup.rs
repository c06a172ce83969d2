//! The jobs that save the stores: how they are confined, and what their scripts do with a real Redis.

use super::bench::{Bench, Server, at_port, free_port, on_port, went_well};
use super::{read, trees};
use crate::consumers::{root, run, scrubbed, tool};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// Every job of the golden trees with its pod: those that start by the clock, and those that a person creates.
fn jobs() -> Vec<(PathBuf, Value, Value)> {
    let mut found = Vec::new();
    for tree in trees() {
        let layers =
            ["redis", "clickhouse", "s3"].map(|it| tree.join("flux").join(it).join("backup.yaml"));
        let restores = ["redis", "s3"].map(|it| tree.join(format!("restore/{it}.yaml")));
        for path in layers.into_iter().chain(restores).filter(|it| it.is_file()) {
            let job = read(&fs::read_to_string(&path).expect("a file"));
            let pod = ["/spec/jobTemplate/spec/template/spec", "/spec/template/spec"];
            let pod = pod.iter().find_map(|it| job.pointer(it)).expect("a pod").clone();
            found.push((path, job, pod));
        }
    }
    assert!(found.len() >= 10, "{} jobs", found.len());
    found
}

pub(super) fn steps(pod: &Value) -> Vec<Value> {
    let lists = ["initContainers", "containers"].map(|it| pod[it].as_array().cloned());
    lists.into_iter().flatten().flatten().collect()
}

/// The steps of a job of the site whose every store is saved.
pub(super) fn of(file: &str) -> Vec<Value> {
    let wanted = root().join("out/sops-cluster/kubernetes").join(file);
    let job = jobs().into_iter().find(|(path, ..)| *path == wanted);
    steps(&job.unwrap_or_else(|| panic!("no {file}")).2)
}

#[test]
fn jobs_never_overlap_and_end_by_themselves() {
    for (path, job, pod) in jobs().into_iter().filter(|(_, job, _)| job["kind"] == "CronJob") {
        let spec = &job["spec"];
        assert_eq!(spec["concurrencyPolicy"], "Forbid", "{}", path.display());
        assert!(spec["timeZone"].is_string() && spec["startingDeadlineSeconds"].is_u64());
        assert!(
            spec["successfulJobsHistoryLimit"].is_u64() && spec["failedJobsHistoryLimit"].is_u64()
        );
        assert!(spec["jobTemplate"]["spec"]["activeDeadlineSeconds"].is_u64());
        assert_eq!(pod["restartPolicy"], "Never");
    }
}

/// A namespace that enforces `restricted` takes them; secrets are in no command and in no text.
#[test]
fn pods_are_confined() {
    for (path, _, pod) in jobs() {
        let at = path.display();
        assert_eq!(pod["automountServiceAccountToken"], false, "{at}");
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{at}");
        assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault", "{at}");
        for step in steps(&pod) {
            let security = &step["securityContext"];
            assert_eq!(security["allowPrivilegeEscalation"], false, "{at}");
            assert_eq!(security["readOnlyRootFilesystem"], true, "{at}");
            assert_eq!(security["capabilities"]["drop"], serde_json::json!(["ALL"]), "{at}");
            assert!(step["resources"]["limits"]["memory"].is_string(), "{at}");
            for variable in step["env"].as_array().into_iter().flatten() {
                let name = variable["name"].as_str().expect("a name");
                let is_secret =
                    ["SECRET", "PASSWORD", "AUTH", "ACCESS_KEY"].iter().any(|it| name.contains(it));
                let by_reference = variable["valueFrom"]["secretKeyRef"]["name"].is_string();
                assert_eq!(is_secret, by_reference, "{at}: {name}");
            }
        }
    }
}

#[test]
fn a_shell_reads_the_scripts() {
    let [Some(shellcheck), Some(shfmt)] = ["shellcheck", "shfmt"].map(tool) else { return };
    let folder = root().join("templates/kubernetes/backup");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the scripts") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|it| it != "sh") {
            continue;
        }
        let output = run(scrubbed(&shellcheck).args(["-s", "sh", "-S", "style"]).arg(&path));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let output =
            run(scrubbed(&shfmt).args(["-d", "-i", "2", "-ci", "-ln", "posix"]).arg(&path));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        seen += 1;
    }
    assert_eq!(seen, 7);
}

#[test]
fn what_redis_held_comes_back() {
    let [Some(redis), Some(_), Some(_)] =
        ["redis-server", "redis-cli", "redis-check-rdb"].map(tool)
    else {
        return;
    };
    let bench = Bench::new();
    let first = tempfile::tempdir().expect("a folder");
    {
        let server = Server::start(&redis, first.path(), &[]);
        assert!(server.ask(&["set", "queue", "kept"]).contains("OK"));
        let [take, put] = &of("flux/redis/backup.yaml")[..] else { panic!("two steps") };
        went_well(&bench.run(&at_port(take, &server.port), &[]));
        went_well(&bench.run(put, &[]));
        let wrong = bench.run(&at_port(take, &server.port), &[("REDISCLI_AUTH", "wrong")]);
        assert!(!wrong.status.success(), "a wrong password makes no backup");
    }
    let sets = bench.at("bucket/bucket/example-backups/tasks/redis");
    let sets: Vec<String> = fs::read_dir(sets)
        .expect("the folder of the bucket")
        .map(|it| it.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let [set] = &sets[..] else { panic!("{sets:?}") };
    let name = set.strip_suffix(".rdb").expect("a snapshot");
    let calls = fs::read_to_string(bench.at("bucket/calls")).expect("calls");
    assert!(!calls.contains("argv@all") && calls.contains("--older-than 30d"), "{calls}");

    // A volume with the log of a server that knew something else.
    fs::create_dir(bench.at("data/appendonlydir")).expect("a folder");
    fs::write(bench.at("data/dump.rdb"), "another").expect("a file");
    let [get, restore] = &of("restore/redis.yaml")[..] else { panic!("two steps") };
    went_well(&bench.run(get, &[("SET", name)]));
    went_well(&bench.run(&on_port(restore, &free_port()), &[]));
    let server = Server::start(&redis, &bench.at("data"), &[]);
    assert!(server.ask(&["get", "queue"]).contains("kept"));
}

#[test]
fn objects_go_there_and_come_back() {
    let bench = Bench::new();
    let here = bench.at("bucket/store/packets/a");
    fs::create_dir_all(&here).expect("a bucket");
    fs::write(here.join("payload"), "kept").expect("an object");
    let [copy] = &of("flux/s3/backup.yaml")[..] else { panic!("one step") };
    went_well(&bench.run(copy, &[("PAUSE", "0")]));
    fs::remove_dir_all(bench.at("bucket/store")).expect("gone");
    let [back] = &of("restore/s3.yaml")[..] else { panic!("one step") };
    went_well(&bench.run(back, &[]));
    assert_eq!(fs::read_to_string(here.join("payload")).expect("an object"), "kept");
}

/// What ClickHouse is asked, and that an answer other than success fails the job before anything old is removed.
#[test]
fn clickhouse_is_saved_with_its_migrations() {
    let bench = Bench::new();
    let [take, tidy] = &of("flux/clickhouse/backup.yaml")[..] else { panic!("two steps") };
    for (answer, is_fine) in [("id BACKUP_CREATED", true), ("id BACKUP_FAILED", false)] {
        let text = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >'{}'\necho '{answer}'\n",
            bench.at("asked").display()
        );
        bench.program("clickhouse-client", &text);
        assert_eq!(bench.run(take, &[]).status.success(), is_fine, "{answer}");
    }
    let asked = fs::read_to_string(bench.at("asked")).expect("what was asked");
    assert!(
        asked.contains(
            "BACKUP DATABASE trigger_dev, TABLE default.goose_db_version TO Disk('away', '20"
        ),
        "{asked}"
    );
    let set = fs::read_to_string(bench.at("stage/set")).expect("the name of the set");
    assert!(!bench.run(tidy, &[]).status.success(), "nothing is in the bucket");
    let place = bench.at("bucket/bucket/example-backups/tasks/clickhouse").join(set.trim());
    fs::create_dir_all(&place).expect("a folder");
    fs::write(place.join(".backup"), "").expect("a file");
    went_well(&bench.run(tidy, &[]));
}
