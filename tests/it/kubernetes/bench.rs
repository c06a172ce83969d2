//! Where a step of a job runs in the tests: folders in the place of its volumes, and a client of the bucket over a folder.

use crate::consumers::{root, run, scrubbed};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

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
pub(super) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().expect("a folder") };
        for name in ["stage", "tmp", "data", "bucket", "bin"] {
            fs::create_dir(bench.at(name)).expect("a folder");
        }
        bench.program("mc", CLIENT);
        bench
    }

    /// Puts a program in the place of any other of its name.
    pub(super) fn program(&self, name: &str, script: &str) {
        let place = self.at("bin").join(name);
        fs::write(&place, script).expect("written");
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).expect("executable");
    }

    /// How the client was called, call by call.
    pub(super) fn calls(&self) -> Vec<String> {
        let said = fs::read_to_string(self.at("bucket/calls")).unwrap_or_default();
        said.lines().map(str::to_owned).collect()
    }

    pub(super) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a step as the kubelet would, with values for what comes from Secrets.
    pub(super) fn run(&self, step: &Value, given: &[(&str, &str)]) -> Output {
        let text = step["command"][2].as_str().expect("a script");
        let text = ["stage", "data"].iter().fold(text.to_owned(), |text, it| {
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
pub(super) fn went_well(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// A Redis of the test's own, ended with it.
pub(super) struct Server {
    child: Child,
    pub(super) port: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Server {
    pub(super) fn start(redis: &Path, folder: &Path, more: &[&str]) -> Self {
        let port = free_port();
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

    pub(super) fn ask(&self, words: &[&str]) -> String {
        let client = root().join(".tools/bin/redis-cli");
        let mut command = scrubbed(&client);
        command.env("REDISCLI_AUTH", "hunter2").args(["-p", &self.port]).args(words);
        String::from_utf8_lossy(&run(&mut command).stdout).into_owned()
    }
}

/// A port that nobody listens at.
pub(super) fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port().to_string()
}

/// What a step that speaks to the service by its name says to a server at a port of this machine.
pub(super) fn at_port(step: &Value, port: &str) -> Value {
    let text = step["command"][2].as_str().expect("a script");
    let mut step = step.clone();
    step["command"][2] = text.replace("-h \"$STORE\"", &format!("-h 127.0.0.1 -p {port}")).into();
    step
}

/// A step that starts a server of its own, at a port of this machine.
pub(super) fn on_port(step: &Value, port: &str) -> Value {
    let text = step["command"][2].as_str().expect("a script");
    let text = text.replace("redis-cli ", &format!("redis-cli -p {port} "));
    let mut step = step.clone();
    step["command"][2] =
        text.replace("redis-server ", &format!("redis-server --port {port} ")).into();
    step
}
