//! Programs of a cluster: each with a log of its own, ended with the value that holds it, or with the test if that is killed.

use crate::consumers::{scrubbed, tool};
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What runs the cluster; all brought by `scripts/tools cluster` but for those that every system has.
const NEEDED: &[&str] = &[
    "setpriv",
    "timeout",
    "bash",
    "xargs",
    "git",
    "openssl",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kubectl",
    "kwok",
    "source-controller",
    "kustomize-controller",
    "helm-controller",
    "docker-registry",
    "helm",
    "kustomize",
    "sops",
    "age-keygen",
];

/// Whether everything is here; what is not is said by name.
pub(super) fn possible() -> bool {
    NEEDED.iter().filter(|it| tool(it).is_none()).count() == 0
}

/// A program that was asked for before.
pub(super) fn program(name: &str) -> PathBuf {
    tool(name).unwrap_or_else(|| panic!("{name} was here before"))
}

/// A running program.
pub(super) struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts a program; what it says goes to `folder/NAME.log`.
    pub(super) fn start(name: &str, folder: &Path, set_up: impl FnOnce(&mut Command)) -> Self {
        let log = folder.join(format!("{name}.log"));
        let output = File::create(&log).expect("a log");
        // The kernel ends it, too, if the test is killed.
        let mut command = scrubbed(&program("setpriv"));
        command.args(["--pdeathsig", "KILL"]).arg(program(name)).current_dir(folder);
        command.env("HOME", folder).env("TMPDIR", folder).stdin(Stdio::null());
        command.stdout(output.try_clone().expect("a log")).stderr(output);
        set_up(&mut command);
        let child = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), child, log }
    }

    /// Waits until it is there; panics with the end of its log when it has ended, or after two minutes.
    #[track_caller]
    pub(super) fn wait_until(&mut self, is_there: impl Fn() -> bool) {
        let start = Instant::now();
        while !is_there() {
            let has_ended = self.child.try_wait().expect("its state").is_some();
            let is_late = start.elapsed() > Duration::from_secs(120);
            assert!(!has_ended && !is_late, "{} does not come up:\n{}", self.name, self.said(15));
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The last lines that it said.
    pub(super) fn said(&self, lines: usize) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let all: Vec<&str> = log.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port of the loopback address that is free now.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Runs a program to its end, and returns what it says; it must work.
#[track_caller]
pub(super) fn must(command: &mut Command) -> String {
    let output = crate::consumers::run(command);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}
