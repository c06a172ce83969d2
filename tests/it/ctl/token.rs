//! The worker token: checked, carried and made anew, and never seen.

use super::server::{Ran, server, worker};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

const TOKEN: &str = "tr_wgt_ffffffffffffffffffffffffffffffffffffffff";

#[track_caller]
fn unseen(ran: &Ran, token: &str) {
    assert!(!ran.out.contains(token) && !ran.err.contains(token), "{}{}", ran.out, ran.err);
    assert!(!ran.calls.iter().any(|it| it.text().contains(token)));
    assert!(!ran.calls.iter().any(|it| it.environment.values().any(|it| it.contains(token))));
}

#[test]
fn set_writes_what_comes_in() {
    let worker = worker();
    let ran = worker.ctl_given(&["worker-token", "set"], &format!(" {TOKEN}\r\n")).ends(0);
    unseen(&ran, TOKEN);
    let file = worker.root.join("worker_token");
    assert_eq!(fs::read_to_string(&file).expect("a file"), TOKEN);
    assert_eq!(fs::metadata(file).expect("a file").permissions().mode() & 0o777, 0o600);
    assert_eq!(ran.compose(), ["restart supervisor"]);
}

#[test]
fn set_takes_nothing_else() {
    for input in
        ["", "\n", "tr_wgt_", "tr_dev_0123456789abcdef", "tr_wgt_0123456789abcdef\u{1}$(id)"]
    {
        let worker = worker();
        let before = fs::read(worker.root.join("worker_token")).expect("a file");
        let ran = worker.ctl_given(&["worker-token", "set"], input).ends(2).says("no worker token");
        assert!(ran.compose().is_empty());
        assert_eq!(
            fs::read(worker.root.join("worker_token")).expect("a file"),
            before,
            "{input:?}"
        );
    }
}

#[test]
fn check_on_a_worker_host_looks_at_the_file_and_the_log() {
    let worker = worker();
    let ran = worker.ctl(&["worker-token", "check"]).ends(0);
    unseen(&ran, "tr_wgt_");
    worker.rule(
        "docker compose*logs*",
        "0",
        "Connected to platform\\nInvalid or missing worker token\\n",
    );
    worker.ctl(&["worker-token", "check"]).ends(3).says("MANAGED_WORKER_SECRET");
    let file = worker.root.join("worker_token");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("a mode");
    worker.ctl(&["worker-token", "check"]).ends(6).says("644");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
    fs::write(&file, "something").expect("a file");
    worker.ctl(&["worker-token", "check"]).ends(6).says("no worker token");
    fs::remove_file(&file).expect("a file");
    worker.ctl(&["worker-token", "check"]).ends(4);
}

#[test]
fn check_on_a_server_compares_hashes() {
    let server = server();
    unseen(&server.ctl(&["worker-token", "check"]).ends(0), "tr_wgt_");
    server.rule("docker exec*node -e const t=*", "1", "");
    server.ctl(&["worker-token", "check"]).ends(4).says("worker-token reset");
    server.rule("docker exec*node -e const t=*", "0", "");
    server.ctl(&["worker-token", "check"]).ends(4).says("is empty");
}

#[test]
fn reset_changes_the_hash_between_two_steps_of_the_file() {
    let server = server();
    let ran = server.ctl(&["worker-token", "reset", "--yes"]).ends(0);
    let at = |text: &str| {
        let found =
            ran.calls.iter().position(|it| it.text().contains(text) || it.input.contains(text));
        found.unwrap_or_else(|| panic!("no {text}"))
    };
    let (made, changed, moved) = (at("const fs="), at("UPDATE"), at("mv -f"));
    assert!(made < changed && changed < moved && moved < at("restart supervisor"));
    let statement = &ran.calls[changed];
    assert!(statement.input.contains("\"tokenHash\" = :'hash'"), "{}", statement.input);
    assert!(statement.input.contains("name = 'bootstrap'"), "{}", statement.input);
}

#[test]
fn reset_without_a_group_takes_its_file_back() {
    let server = server();
    server.rule("docker exec*UPDATE \"WorkerGroupToken\"*", "0", "");
    let ran = server.ctl(&["worker-token", "reset", "--yes"]).ends(4).says("nothing was changed");
    assert!(
        ran.calls
            .last()
            .expect("a call")
            .text()
            .contains("rm -f /home/node/shared/worker_token.new")
    );
}
