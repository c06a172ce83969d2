//! The one command in which a value meets a shell: the password of the bundled Redis, through the real `sh` and the
//! real `redis-server`, which must then accept exactly that password.

use super::sample;
use crate::consumers::{run, scrubbed, tool};
use serde_json::Value;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use trigger_gen::value::{Scalar as _, SecretName};

/// What a shell, `sed`, a here-document or the configuration of Redis could take for more than itself.
const PASSWORDS: &[&str] = &[
    "plain-password-0001",
    "it's a \"password\"",
    "$HOME ${X} $$ $(id) `id`",
    "back\\slash\\\\twice \\",
    "\\\"",
    "\"",
    "'",
    "#comment",
    "a # b",
    " blanks at both ends ",
    "CONF",
    "<<CONF",
    "a;b|c&d>e<f(g)",
    "*?[a-z]!~{1,2}",
    "\\n\\x41\\t&/&",
    "%s %d %%",
    "-n",
    "\\c",
    "Straße 日本語 🦀",
    "e\u{301}\u{a0}\u{200b}\u{5d0}",
    "=: - ? | > @ , yes 0x1f ~",
    "s/a/b/g; y/\\\\/x/",
];

/// Redis on a free port, started by the emitted command; ends with the value.
struct Server {
    process: Child,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().expect("a process to end");
        self.process.wait().expect("its end");
    }
}

impl Server {
    /// A program of our own stands before the real one and adds port and folder: the emitted command is not touched
    /// but for the path of its volume.
    fn start(service: &Value) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let here = folder.path().display().to_string();
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
        let added =
            format!("--port {port} --bind 127.0.0.1 --dir '{here}' --save '' --appendfsync no");
        put_before(folder.path(), "redis-server", &format!("\"$@\" {added}"));
        put_before(folder.path(), "redis-cli", &format!("-p {port} \"$@\""));
        let words = service["command"].as_array().expect("words").iter();
        let words: Vec<String> =
            words.map(|it| it.as_str().expect("a word").replace("/data", &here)).collect();
        let environment = service["environment"].as_object().expect("variables").iter();
        let environment = environment.map(|(name, value)| (name, value.as_str().expect("a value")));
        let log = std::fs::File::create(folder.path().join("log")).expect("a log");
        let process = Command::new(&words[0])
            .args(&words[1..])
            .env_clear()
            .envs(environment)
            .env("PATH", format!("{here}:/usr/local/bin:/usr/bin:/bin"))
            .stdin(Stdio::null())
            .stderr(log.try_clone().expect("a log"))
            .stdout(log)
            .spawn()
            .expect("the emitted command");
        let mut server = Self { process, folder };
        server.wait();
        server
    }

    fn wait(&mut self) {
        for _ in 0..500 {
            let log = std::fs::read_to_string(self.folder.path().join("log")).expect("its log");
            assert!(self.process.try_wait().expect("the process").is_none(), "redis ended:\n{log}");
            if log.contains("Ready to accept connections") {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("redis did not answer within ten seconds");
    }

    fn ask(&self, password: &str, words: &[&str]) -> String {
        let mut command = scrubbed(&self.folder.path().join("redis-cli"));
        command.args(words).env("REDISCLI_AUTH", password);
        String::from_utf8(run(&mut command).stdout).expect("UTF-8")
    }
}

fn put_before(folder: &Path, program: &str, words: &str) {
    let (place, real) = (folder.join(program), tool(program).expect("asked for before"));
    std::fs::write(&place, format!("#!/bin/sh\nexec '{}' {words}\n", real.display()))
        .expect("a file");
    std::fs::set_permissions(place, std::fs::Permissions::from_mode(0o755)).expect("its mode");
}

/// The emitted Redis with this password, as `docker-compose` hands it to the container.
fn service(password: &str) -> Value {
    let text = sample::text("resend", &sample::Texts::new(), &Default::default());
    let mut site: Value = serde_yaml::from_str(&text).expect("YAML");
    site["storage"]["redis"] = serde_json::json!({ "bundled": {} });
    let name = SecretName::from_text("REDIS_PASSWORD").expect("a name");
    let compiled = sample::compile(&site.to_string(), &[(name, password.to_owned())]);
    let service = compiled.config()["services"]["redis"].clone();
    assert_eq!(service["environment"]["REDISCLI_AUTH"], password, "on the way through .env");
    service
}

#[test]
fn a_hostile_password_of_redis_is_the_password() {
    if ["docker-compose", "redis-server", "redis-cli"].iter().any(|it| tool(it).is_none()) {
        return;
    }
    for password in PASSWORDS {
        let server = Server::start(&service(password));
        assert_eq!(server.ask(password, &["PING"]).trim(), "PONG", "{password:?}");
        let mut shorter = password.to_string();
        shorter.pop();
        let others = [format!("{password}x"), format!("{password}\\"), shorter];
        for other in others.iter().filter(|it| !it.is_empty()) {
            assert_ne!(server.ask(other, &["PING"]).trim(), "PONG", "{password:?} and {other:?}");
        }
        let told = server.ask(password, &["CONFIG", "GET", "requirepass"]);
        assert_eq!(told, format!("requirepass\n{password}\n"));
        assert!(!server.folder.path().join("x").exists(), "{password:?} was run");
    }
}
