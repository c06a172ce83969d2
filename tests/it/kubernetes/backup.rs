//! The jobs that save the stores: how they are confined, and what their scripts do with a real Redis.

use super::{read, trees};
use crate::consumers::{root, run, scrubbed, tool};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

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

fn steps(pod: &Value) -> Vec<Value> {
    let lists = ["initContainers", "containers"].map(|it| pod[it].as_array().cloned());
    lists.into_iter().flatten().flatten().collect()
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
        let output = run(scrubbed(&shellcheck).args(["-s", "sh", "-S", "style"]).arg(&path));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let output =
            run(scrubbed(&shfmt).args(["-d", "-i", "2", "-ci", "-ln", "posix"]).arg(&path));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        seen += 1;
    }
    assert_eq!(seen, 7);
}

/// The client of the bucket, over a folder: an alias needs the two lines on its standard input.
const CLIENT: &str = r#"#!/bin/sh
set -eu
here=$BUCKET_FOLDER
printf '%s\n' "$*" >>"$here/calls"
place() { printf '%s/%s' "$here" "$1"; }
case $1 in
  alias)
    read -r id && read -r secret
    test "$id" = AKIAEXAMPLE && test "$secret" = 'not/in:argv@all'
    ;;
  cp)
    from=$3 to=$4
    case $from in bucket/*) from=$(place "$from") ;; esac
    case $to in bucket/*) to=$(place "$to") ;; esac
    mkdir -p "$(dirname "$to")"
    cp "$from" "$to"
    ;;
  mirror)
    mkdir -p "$(place "$5")"
    cp -R "$(place "$4")/." "$(place "$5")"
    ;;
  stat) test -e "$(place "$3")" ;;
  rm) ;;
  *) exit 9 ;;
esac
"#;

/// Where a step of a job runs: folders in the place of its volumes, and the client above.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().expect("a folder") };
        for name in ["work", "tmp", "data", "bucket", "bin"] {
            fs::create_dir(bench.at(name)).expect("a folder");
        }
        let client = bench.at("bin").join("mc");
        fs::write(&client, CLIENT).expect("written");
        fs::set_permissions(&client, fs::Permissions::from_mode(0o755)).expect("executable");
        bench
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a step as the kubelet would, with values for what comes from Secrets.
    fn run(&self, step: &Value, given: &[(&str, &str)]) -> Output {
        let text = step["command"][2].as_str().expect("a script");
        let text = ["work", "data"].iter().fold(text.to_owned(), |text, it| {
            text.replace(&format!("/{it}"), &self.at(it).display().to_string())
        });
        let mut variables: BTreeMap<String, String> = BTreeMap::new();
        for variable in step["env"].as_array().into_iter().flatten() {
            let name = variable["name"].as_str().expect("a name").to_owned();
            let value = match (variable["value"].as_str(), name.as_str()) {
                (Some(text), _) => text,
                (None, "ACCESS_KEY_ID" | "STORE_ACCESS_KEY_ID") => "AKIAEXAMPLE",
                (None, "REDISCLI_AUTH") => "hunter2",
                (None, _) => "not/in:argv@all",
            };
            variables.insert(name, value.to_owned());
        }
        variables.extend(given.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        let path = format!("{}:{}", self.at("bin").display(), path_of_tools());
        let mut command = Command::new("/bin/sh");
        command.env_clear().envs(variables).env("PATH", path);
        command.env("BUCKET_FOLDER", self.at("bucket")).current_dir(self.at("tmp"));
        command.args(["-euc", &text]).output().expect("a shell")
    }
}

fn path_of_tools() -> String {
    format!("{}:/usr/bin:/bin", root().join(".tools/bin").display())
}

#[track_caller]
fn went_well(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// A Redis of the test's own, ended with it.
struct Server {
    child: Child,
    port: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    fn start(redis: &Path, folder: &Path, more: &[&str]) -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port().to_string();
        drop(listener);
        let mut command = scrubbed(redis);
        command.args(["--port", &port, "--bind", "127.0.0.1", "--dir"]).arg(folder);
        command.args(["--requirepass", "hunter2", "--appendonly", "yes"]).args(more);
        let child = command.stdout(std::process::Stdio::null()).spawn().expect("a server");
        let server = Self { child, port };
        let end = Instant::now() + Duration::from_secs(30);
        while !server.ask(&["ping"]).contains("PONG") {
            assert!(Instant::now() < end, "Redis does not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    fn ask(&self, words: &[&str]) -> String {
        let client = root().join(".tools/bin/redis-cli");
        let mut command = scrubbed(&client);
        command.env("REDISCLI_AUTH", "hunter2").args(["-p", &self.port]).args(words);
        String::from_utf8_lossy(&run(&mut command).stdout).into_owned()
    }
}

fn of(file: &str) -> Vec<Value> {
    let wanted = root().join("out/sops-cluster/kubernetes").join(file);
    let job = jobs().into_iter().find(|(path, ..)| *path == wanted);
    steps(&job.unwrap_or_else(|| panic!("no {file}")).2)
}

/// What a step that speaks to the service by its name says to a server at a port of this machine.
fn at_port(step: &Value, port: &str) -> Value {
    let text = step["command"][2].as_str().expect("a script");
    let mut step = step.clone();
    step["command"][2] = text.replace("-h \"$STORE\"", &format!("-h 127.0.0.1 -p {port}")).into();
    step
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
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("an address").port().to_string()
    };
    let mut restore = restore.clone();
    let text = restore["command"][2].as_str().expect("a script");
    let text = text.replace("redis-cli ", &format!("redis-cli -p {port} "));
    restore["command"][2] =
        text.replace("redis-server ", &format!("redis-server --port {port} ")).into();
    went_well(&bench.run(&restore, &[]));
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
    let client = bench.at("bin/clickhouse-client");
    let [take, tidy] = &of("flux/clickhouse/backup.yaml")[..] else { panic!("two steps") };
    for (answer, is_fine) in [("id BACKUP_CREATED", true), ("id BACKUP_FAILED", false)] {
        let text = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$*\" >'{}'\necho '{answer}'\n",
            bench.at("asked").display()
        );
        fs::write(&client, text).expect("written");
        fs::set_permissions(&client, fs::Permissions::from_mode(0o755)).expect("executable");
        assert_eq!(bench.run(take, &[]).status.success(), is_fine, "{answer}");
    }
    let asked = fs::read_to_string(bench.at("asked")).expect("what was asked");
    assert!(
        asked.contains(
            "BACKUP DATABASE trigger_dev, TABLE default.goose_db_version TO Disk('away', '20"
        ),
        "{asked}"
    );
    let set = fs::read_to_string(bench.at("work/set")).expect("the name of the set");
    assert!(!bench.run(tidy, &[]).status.success(), "nothing is in the bucket");
    let place = bench.at("bucket/bucket/example-backups/tasks/clickhouse").join(set.trim());
    fs::create_dir_all(&place).expect("a folder");
    fs::write(place.join(".backup"), "").expect("a file");
    went_well(&bench.run(tidy, &[]));
}
