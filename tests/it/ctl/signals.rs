//! Ctrl-C and other ends: the right code, and the lock is free.

use super::server::{Server, server};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

/// Starts it in a process group of its own, and waits until it is within a call that does not end.
pub(super) fn started(server: &Server, arguments: &[&str], hangs_in: &str) -> Child {
    let mut command = server.command(&server.script());
    command.args(arguments).process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("bash");
    while !server.fakes.was_called(hangs_in) {
        assert!(child.try_wait().expect("a process").is_none(), "it ended before {hangs_in}");
        std::thread::yield_now();
    }
    child
}

pub(super) fn signal(name: &str, target: &str) {
    let done = Command::new("kill").args(["-s", name, "--", target]).status().expect("kill");
    assert!(done.success());
}

pub(super) fn group(child: &Child) -> String {
    format!("-{}", child.id())
}

#[test]
fn an_interrupted_command_ends_with_its_signal_and_frees_the_lock() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let hangs = [
            (&["up"][..], "docker compose*up --detach*", " up --detach"),
            (&["restart"], "docker compose* stop *", " stop "),
            (&["pull"], "docker compose* pull*", " pull"),
            (&["drain"], "sleep 11*", "sleep 11"),
        ];
        for (arguments, pattern, call) in hangs {
            let server = server();
            server.rule(pattern, "hang", "");
            let child = started(&server, arguments, call);
            signal(name, &group(&child));
            let ran = server.ran(child.wait_with_output().expect("its end"));
            assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
            assert!(!ran.err.contains("stopped at"), "{}", ran.err);
            let later = ran.calls.iter().rposition(|it| it.text().contains(call)).expect("a call");
            assert_eq!(later + 1, ran.calls.len(), "it went on: {:?}", ran.calls[later + 1].words);
            server.ctl(&["prune"]).ends(0);
        }
    }
}

/// Nothing is started after the logs, whose process takes the place of the script.
#[test]
fn ctrl_c_ends_the_logs() {
    let server = server();
    server.rule("docker compose*logs*", "hang", "");
    let child = started(&server, &["logs", "-f"], " logs ");
    signal("INT", &group(&child));
    let ran = server.ran(child.wait_with_output().expect("its end"));
    assert_eq!(ran.code, 130);
    assert_eq!(ran.compose(), ["logs --tail 200 --follow"]);
    let alone = started(&server, &["logs", "-f"], " logs ");
    let here = alone.id().to_string();
    let comm = std::fs::read_to_string(format!("/proc/{here}/cmdline")).expect("a process");
    assert!(!comm.contains("trigger-ctl.sh"), "the script is still there: {comm:?}");
    signal("INT", &group(&alone));
    alone.wait_with_output().expect("its end");
}

#[test]
fn two_at_a_time_are_one() {
    let server = server();
    server.rule("docker compose*up --detach*", "hang", "");
    let first = started(&server, &["up"], " up --detach");
    server.ctl(&["up"]).ends(75).says("another run holds the lock: up, process ");
    signal("INT", &group(&first));
    first.wait_with_output().expect("its end");
    server.rule("docker compose*up --detach*", "0", "");
    server.ctl(&["up"]).ends(0);
}

/// What docker still does then must not keep others out.
#[test]
fn a_killed_script_leaves_no_lock() {
    let server = server();
    server.rule("docker compose*up --detach*", "hang", "");
    let mut first = started(&server, &["up"], " up --detach");
    let all = group(&first);
    signal("KILL", &first.id().to_string());
    first.wait().expect("its end");
    let after = server.ctl(&["prune"]);
    signal("KILL", &all);
    after.ends(0);
}
