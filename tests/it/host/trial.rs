//! The trial of the firewall: kept by a new connection, taken back without one.

use super::server::{Ended, Server};
use super::site;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const OPERATOR: &str = "/etc/trigger-dev/firewall.d/operator.nft";
const RULES: &str = "/etc/trigger-dev/firewall.nft";
const FIRST: &str = "203.0.113.2 50000 203.0.113.1 22";
const SECOND: &str = "203.0.113.2 50001 203.0.113.1 22";

/// `install` by an operator who came over a connection of ssh.
fn install(server: &Server, connection: &str, seconds: u32) -> Child {
    let mut call = server.call("install --yes");
    call.env("SSH_CONNECTION", connection)
        .env("TRIGGER_FIREWALL_SECONDS", seconds.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    call.spawn().expect("trigger-ctl.sh")
}

fn firewall(server: &Server, word: &str, connection: &str) -> Ended {
    let mut call = server.call(&format!("firewall {word}"));
    call.env("SSH_CONNECTION", connection).output().expect("trigger-ctl.sh").into()
}

fn end_of(child: Child) -> Ended {
    child.wait_with_output().expect("its end").into()
}

#[track_caller]
fn wait_until(what: &str, mut come: impl FnMut() -> bool) {
    let start = Instant::now();
    while !come() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn on_trial(server: &Server) -> bool {
    server.root.join(".state/firewall.trial/of").exists() && server.rules().contains("trigger_host")
}

/// `install` by an operator who logs in once more and keeps the firewall.
#[track_caller]
pub(super) fn install_and_keep(server: &Server) {
    let mut installing = install(server, FIRST, 60);
    let ended = |it: &mut Child| it.try_wait().is_ok_and(|it| it.is_some());
    wait_until("the trial", || on_trial(server) || ended(&mut installing));
    let kept = firewall(server, "keep", SECOND);
    let ended = end_of(installing);
    assert_eq!((kept.code, ended.code), (Some(0), Some(0)), "{}\n{}", kept.said, ended.said);
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn a_new_connection_keeps_the_firewall_and_the_old_one_cannot() {
    let Some(server) = Server::with(&site("")) else { return };
    let installing = install(&server, FIRST, 60);
    wait_until("the trial", || on_trial(&server));
    assert!(!server.has(RULES), "not kept yet: a reboot would bring back what was");

    let refused = firewall(&server, "keep", FIRST);
    assert_eq!(refused.code, Some(7), "{}", refused.said);
    assert!(refused.said.contains("log in anew"), "{}", refused.said);
    let kept = firewall(&server, "keep", SECOND);
    assert_eq!(kept.code, Some(0), "{}", kept.said);
    let ended = end_of(installing);
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(ended.said.contains("Log in once more"), "{}", ended.said);
    assert!(server.has(RULES) && server.rules().contains("trigger_host") && !server.has(OPERATOR));
    assert!(server.log().contains("enable trigger-firewall.service"));
    assert_eq!(server.trigger("firewall keep").code, Some(7), "nothing is on trial any more");
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn a_firewall_that_nobody_keeps_goes() {
    let Some(server) = Server::with(&site("")) else { return };
    let ended = end_of(install(&server, FIRST, 1));
    assert_eq!(ended.code, Some(8), "{}", ended.said);
    assert!(!server.has(RULES) && server.rules().is_empty(), "{}", server.rules());
    assert!(server.has("/etc/sysctl.d/60-trigger-dev.conf"), "the other parts are in place");

    // The session hangs, and everything in it: what watches the trial goes on.
    let mut installing = install(&server, FIRST, 3);
    wait_until("the trial", || on_trial(&server));
    installing.kill().expect("an end");
    installing.wait().expect("an end");
    server.machine.run("pkill -KILL -f 'trigger-ctl.sh install'");
    wait_until("the end of the trial", || server.rules().is_empty());
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn a_trial_goes_back_to_the_rules_before_it() {
    let Some(server) = Server::with(&site("firewall: { tcp_ports: [7001] }")) else { return };
    server.install();
    server.bring(&site("firewall: { tcp_ports: [7002] }"));
    let installing = install(&server, FIRST, 60);
    wait_until("the trial", || server.rules().contains("7002"));
    let back = firewall(&server, "back", FIRST);
    assert_eq!(back.code, Some(0), "{}", back.said);
    assert_eq!(end_of(installing).code, Some(8));
    let rules = server.rules();
    assert!(rules.contains("7001") && !rules.contains("7002"), "{rules}");
    assert!(server.machine.must(&format!("cat {RULES}")).contains("7001"));

    // Other words, the same rules: nobody has to prove anything.
    server.bring(&site("firewall: { tcp_ports: [7001] }").replace("name: mine", "name: other"));
    let ended = end_of(install(&server, FIRST, 60));
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(server.machine.must(&format!("cat {RULES}")).contains("of the site other"));
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn the_connection_in_use_is_always_allowed() {
    let rules = "firewall: { ssh_port: 2222, ssh_from: [198.51.100.0/24] }";
    for (connection, expected) in [
        ("198.51.100.9 50000 203.0.113.1 2222", &[][..]),
        ("198.51.100.9 50000 203.0.113.1 22", &["ssh_ports { 22 }"][..]),
        ("203.0.113.2 50000 203.0.113.1 2222", &["ssh_from_v4 { 203.0.113.2 }"][..]),
        (
            "2001:db8::2 50000 2001:db8::1 22",
            &["ssh_ports { 22 }", "ssh_from_v6 { 2001:db8::2 }"][..],
        ),
    ] {
        let Some(server) = Server::with(&site(rules)) else { return };
        let mut call = server.call("install --yes --keep");
        let ended = Ended::from(call.env("SSH_CONNECTION", connection).output().expect("a call"));
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        let written = server.machine.run(&format!("cat {OPERATOR}")).stdout;
        let written = String::from_utf8(written).expect("UTF-8");
        let meant: String =
            expected.iter().map(|it| format!("add element inet trigger_host {it}\n")).collect();
        assert_eq!(written, meant, "{connection}: {}", ended.said);
        for element in expected {
            let words = element.replace(" {", " '{").replace('}', "}'");
            server.machine.must(&format!("nft get element inet trigger_host {words}"));
        }
        // Again, from a console: what was allowed stays allowed.
        assert!(server.install().said.contains("nothing to do"));
        assert_eq!(server.machine.run(&format!("cat {OPERATOR}")).stdout, written.as_bytes());
    }
}

/// `sudo` takes the variable away; the processes above still have it.
#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn the_connection_is_found_behind_sudo() {
    let Some(server) = Server::with(&site("")) else { return };
    let mut call = server.machine.command(&format!(
        "env -u SSH_CONNECTION bash -c \"'{}/trigger-ctl.sh' install --yes --keep; true\"; true",
        server.root.display()
    ));
    call.env("SSH_CONNECTION", "203.0.113.2 50000 203.0.113.1 2022");
    call.env("TRIGGER_CTL_PATH", server.machine.path("bin"));
    let ended = Ended::from(call.output().expect("a call"));
    assert!(server.has(OPERATOR), "{}", ended.said);
}
