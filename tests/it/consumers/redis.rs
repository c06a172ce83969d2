//! The real Redis started by the emitted command, with the emitted environment, and asked by the emitted health check.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::compose::{all_stacks, services};
use super::{inputs, run, scrubbed, tool};

/// A container's worth of Redis on a free port of the loopback, in a folder of its own; ends with the value.
struct Server {
    process: Child,
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().expect("a process to end");
        self.process.wait().expect("its end");
    }
}

impl Server {
    /// Runs the service's own `command`. Programs of our own stand before the real ones, under the same names, and
    /// add the port and the folder, so that not a letter of what was emitted is changed but the paths of its volumes.
    fn start(service: &Value) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        put_before(&folder.path().join("redis-server"), "redis-server", |real| {
            format!(
                "exec '{}' \"$@\" --port {port} --bind 127.0.0.1 --dir '{}'",
                real.display(),
                folder.path().display()
            )
        });
        put_before(&folder.path().join("redis-cli"), "redis-cli", |real| {
            format!("exec '{}' -p {port} \"$@\"", real.display())
        });

        let mut environment: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in service["environment"].as_object().into_iter().flatten() {
            environment.insert(name.clone(), value.as_str().expect("a value").to_owned());
        }
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let process = in_container(
            &words(&service["command"], service, folder.path()),
            &environment,
            folder.path(),
        )
        .stdin(Stdio::null())
        .stderr(log.try_clone().expect("a log"))
        .stdout(log)
        .spawn()
        .expect("the emitted command");
        let mut server = Self { process, folder, environment };
        server.wait_until_it_answers();
        server
    }

    fn wait_until_it_answers(&mut self) {
        for _ in 0..200 {
            let ended = self.process.try_wait().expect("the process");
            let log = std::fs::read_to_string(self.folder.path().join("log")).expect("its log");
            assert!(ended.is_none(), "redis ended, {ended:?}:\n{log}");
            if log.contains("Ready to accept connections") {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("redis did not answer within ten seconds");
    }

    fn password(&self) -> &str {
        self.environment.get("REDISCLI_AUTH").expect("the password, where redis-cli finds it")
    }

    /// What redis-cli prints for these words when it is given this password, or none.
    fn ask(&self, password: Option<&str>, words: &[&str]) -> String {
        let mut command = scrubbed(&self.folder.path().join("redis-cli"));
        command.args(words).envs(password.map(|password| ("REDISCLI_AUTH", password)));
        String::from_utf8(run(&mut command).stdout).expect("UTF-8")
    }

    fn config(&self, name: &str) -> String {
        let answer = self.ask(Some(self.password()), &["CONFIG", "GET", name]);
        answer.lines().nth(1).unwrap_or_else(|| panic!("{name}: {answer}")).to_owned()
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

fn put_before(place: &Path, program: &str, body: impl Fn(&Path) -> String) {
    let real = tool(program).expect("asked for before");
    std::fs::write(place, format!("#!/bin/sh\n{}\n", body(&real))).expect("a program");
    std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o755)).expect("its mode");
}

/// A list of words of the service; the folder takes the place of every volume.
fn words(list: &Value, service: &Value, folder: &Path) -> Vec<String> {
    let targets: Vec<&str> = service["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|volume| volume["target"].as_str())
        .collect();
    let words = list.as_array().unwrap_or_else(|| panic!("not a list of words: {list}")).iter();
    let moved = |word: &str| {
        targets.iter().fold(word.to_owned(), |word, target| {
            word.replace(target, &folder.display().to_string())
        })
    };
    words.map(|word| moved(word.as_str().expect("a word"))).collect()
}

fn in_container(
    words: &[String],
    environment: &BTreeMap<String, String>,
    programs: &Path,
) -> Command {
    let mut command = Command::new(&words[0]);
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display());
    command.args(&words[1..]).env_clear().envs(environment).env("PATH", path).current_dir(programs);
    command
}

/// The rendered Redis service of every stack that has one.
fn redis_services() -> Vec<(String, Value)> {
    let with_redis =
        all_stacks().into_iter().filter(|stack| stack.files.len() == 1).filter_map(|stack| {
            let config = stack.config();
            let service = (*services(&config, "redis").first()?).clone();
            Some((stack.name, service))
        });
    inputs("stacks with Redis", with_redis.collect())
}

fn tools() -> Option<[PathBuf; 3]> {
    Some([tool("docker-compose")?, tool("redis-server")?, tool("redis-cli")?])
}

#[test]
fn emitted_command_starts_a_server_that_keeps_everything_behind_a_password() {
    if tools().is_none() {
        return;
    }
    for (stack, service) in redis_services() {
        let server = Server::start(&service);
        assert_eq!(server.ask(Some(server.password()), &["PING"]).trim(), "PONG", "{stack}");
        assert_ne!(server.ask(Some("wrong"), &["PING"]).trim(), "PONG", "{stack}");
        assert_ne!(server.ask(None, &["PING"]).trim(), "PONG", "{stack}");
        assert_eq!(
            server.config("maxmemory-policy"),
            "noeviction",
            "{stack}: an evicted key is a lost job"
        );
        assert_eq!(
            server.config("appendonly"),
            "yes",
            "{stack}: a restart must not lose the queue"
        );
    }
}

#[test]
fn the_password_stands_in_no_argument() {
    if tools().is_none() {
        return;
    }
    for (stack, service) in redis_services() {
        let server = Server::start(&service);
        let arguments =
            std::fs::read(format!("/proc/{}/cmdline", server.process.id())).expect("the arguments");
        let arguments = String::from_utf8_lossy(&arguments).into_owned();
        assert!(arguments.contains("redis-server"), "{stack}: not the server itself: {arguments}");
        for (what, text) in [
            ("the process's arguments", arguments),
            ("the command", service["command"].to_string()),
            ("the health check", service["healthcheck"].to_string()),
        ] {
            assert!(!text.contains(server.password()), "{stack}: the password stands in {what}");
        }
    }
}

#[test]
fn emitted_health_check_passes_only_with_the_password() {
    if tools().is_none() {
        return;
    }
    for (stack, service) in redis_services() {
        let server = Server::start(&service);
        let folder = server.folder.path();
        let mut test = words(&service["healthcheck"]["test"], &service, folder);
        match test.remove(0).as_str() {
            "CMD" => {}
            "CMD-SHELL" => test = ["sh", "-c", &test.remove(0)].map(str::to_owned).to_vec(),
            other => panic!("{stack}: a health check of kind {other}"),
        }
        let healthy =
            |environment| run(&mut in_container(&test, environment, folder)).status.success();
        assert!(healthy(&server.environment), "{stack}: {test:?}");
        assert!(!healthy(&BTreeMap::new()), "{stack}: {test:?} is content with any answer");
    }
}
