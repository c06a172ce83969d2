//! Every machine of three examples: what `install` shows, does and does twice, what the real programs say of it, and
//! what the world reaches afterwards.

use super::Bundle;
use super::docker::Engine;
use super::machine::{Connection, Machine, SERVER, possible};
use super::server::Server;
use super::trial::install_and_keep;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Ports of TCP at which something listens: sshd, the proxy, and what the stacks have. 8030 is the engine's.
const TCP: [u16; 9] = [22, 80, 443, 2375, 5000, 5432, 8020, 8030, 9000];
/// Ports of UDP: the tailnet's own, another that an example opens, and one that none does.
const UDP: [u16; 3] = [41641, 51820, 5353];

/// What the world reaches over each family.
struct Open {
    v4: &'static [u16],
    v6: &'static [u16],
    udp: &'static [u16],
}

const PROXY: Open = Open { v4: &[22, 80, 443], v6: &[22, 80, 443], udp: &[] };
const SSH: Open = Open { v4: &[22], v6: &[22], udp: &[] };
/// Its ssh is for an office, whose IPv4 the test comes from and whose IPv6 it does not.
const HARDENED: Open = Open { v4: &[22, 80, 443], v6: &[80, 443], udp: &[41641, 51820] };
/// Without a firewall, before the engine is there.
const ALL: Open = Open {
    v4: &[22, 80, 443, 2375, 5000, 5432, 8020, 9000],
    v6: &[22, 80, 443, 2375, 5000, 5432, 8020, 9000],
    udp: &UDP,
};

#[test]
#[ignore = "a real Docker engine: scripts/test runs it in the step `host`"]
fn minimal_vps() {
    comes_to_its_machine("minimal-vps", "docker", &PROXY);
}

#[test]
#[ignore = "a real Docker engine: scripts/test runs it in the step `host`"]
fn hardened_vps() {
    comes_to_its_machine("hardened-vps", "docker", &HARDENED);
}

#[test]
#[ignore = "a real Docker engine: scripts/test runs it in the step `host`"]
fn split_workers() {
    comes_to_its_machine("split-workers", "docker", &PROXY);
}

#[test]
#[ignore = "a real Docker engine: scripts/test runs it in the step `host`"]
fn the_first_worker_of_split_workers() {
    comes_to_its_machine("split-workers", "workers/worker-1", &SSH);
}

#[test]
#[ignore = "a real Docker engine: scripts/test runs it in the step `host`"]
fn the_second_worker_of_split_workers() {
    comes_to_its_machine("split-workers", "workers/worker-2", &SSH);
}

fn comes_to_its_machine(example: &str, folder: &str, open: &Open) {
    let programs =
        ["sshd", "fail2ban-client", "nginx-1.22", "nginx-1.26", "dockerd", "docker", "openssl"];
    if !possible(&programs) {
        return;
    }
    let (machine, client) = Machine::pair();
    let bundle = Bundle::of_example(example, folder);
    let server = Server::on(machine, &bundle);
    for port in TCP.into_iter().filter(|it| *it != 8030) {
        server.machine.listen(port, "program");
    }
    let mut operator = client.connect(SERVER[0], 22);
    assert_eq!(operator.hears(), "program");
    assert_reached(&client, &ALL, "before");

    shown_and_installed(&server, &bundle);
    assert_eq!(operator.asks("installed"), "installed", "the operator's connection");
    judged(&server, folder == "docker");
    probed(&server, &client, &mut operator, open);
}

/// The dry run shows every file that `install` then writes, and writes none; a second install has nothing to do.
fn shown_and_installed(server: &Server, bundle: &Bundle) {
    let before = server.changed();
    let ended = server.trigger("install --dry-run");
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    let heads = ended.out.lines().filter_map(|it| it.strip_prefix("+++ ")?.strip_suffix(" (new)"));
    let shown: BTreeSet<String> = heads.map(str::to_owned).collect();
    assert_eq!(server.changed(), before);
    assert_eq!((server.log(), server.rules()), (String::new(), String::new()));

    install_and_keep(server);
    let (files, rules, log) = (server.changed(), server.rules(), server.log());
    let written = files.iter().filter(|it| !before.contains(it));
    let written: BTreeSet<String> = written.map(|it| format!("/etc/{}", it.0.display())).collect();
    assert_eq!(written, shown);
    for file in bundle.files.iter().filter_map(|it| it.0.strip_prefix("host")) {
        assert!(written.contains(file), "{file} was not installed: {written:?}");
    }

    let ended = server.install();
    assert!(ended.said.contains("nothing to do") && ended.out.is_empty(), "{}", ended.said);
    assert_eq!((server.changed(), server.rules(), server.log()), (files, rules, log));
}

/// What sshd, fail2ban and nginx make of it.
fn judged(server: &Server, has_proxy: bool) {
    let said = server.machine.must("sshd -T");
    for line in [
        "passwordauthentication no",
        "kbdinteractiveauthentication no",
        "permitrootlogin without-password",
        "maxauthtries 4",
    ] {
        assert!(said.lines().any(|it| it == line), "{line}: {said}");
    }
    let said = server.machine.must("fail2ban-client -t; fail2ban-client -d");
    assert!(said.contains("OK: configuration test is successful"), "{said}");
    assert!(said.contains("['add', 'sshd', 'systemd']"), "{said}");
    assert_eq!(said.contains("['add', 'nginx-limit-req', "), has_proxy, "{said}");
    if !has_proxy {
        return;
    }
    let nginx = server.machine.path("bin/nginx");
    let reads = |file: &str| {
        let said = server.machine.must(&format!("'{}' -T 2>&1", nginx.display()));
        assert!(said.contains("test is successful"), "{said}");
        assert!(said.contains(&format!("/nginx/{file}:\n")), "{file}: {said}");
    };
    reads("bootstrap.conf");
    server.certify();
    server.install();
    reads("site.conf");
    assert!(server.install().said.contains("nothing to do"));
}

/// What is reached with the firewall, with a port that a real engine publishes behind it.
fn probed(server: &Server, client: &Machine, operator: &mut Connection, open: &Open) {
    let engine = Engine::start(&server.machine);
    // A machine of the tests may not raise the limit of open files as far as a site does.
    engine.serve("published", "--ulimit nofile=1000 -p 8030:80");
    assert_eq!(server.machine.answers(&[("127.0.0.1", 8030)]), ["published"]);
    assert_reached(client, open, "with the firewall");
    assert_eq!(operator.asks("probed"), "probed", "the operator's connection");

    let daemon = server.machine.must("cat /etc/docker/daemon.json");
    let daemon: Value = serde_json::from_str(&daemon).expect("JSON");
    let given = server.machine.must("docker inspect published -f '{{json .HostConfig.LogConfig}}'");
    let given: Value = serde_json::from_str(&given).expect("JSON");
    assert_eq!(given, json!({ "Type": daemon["log-driver"], "Config": daemon["log-opts"] }));

    // It was the firewall, and not the engine, that kept the port closed.
    server.machine.must("nft delete table inet trigger_host");
    assert_eq!(client.answers(&SERVER.map(|it| (it, 8030))), ["published"; 2]);
    drop(engine);
}

#[track_caller]
fn assert_reached(client: &Machine, open: &Open, when: &str) {
    let answers = client.answers(&both(&TCP)).into_iter().map(|it| it != "-");
    assert_eq!(listed(&TCP, answers), [open.v4, open.v6], "{when}: TCP over IPv4 and IPv6");
    let reached = client.reaches_by_udp(&both(&UDP)).into_iter();
    assert_eq!(listed(&UDP, reached), [open.udp; 2], "{when}: UDP over IPv4 and IPv6");
}

/// Ports at both addresses.
fn both(ports: &[u16]) -> Vec<(&'static str, u16)> {
    SERVER.into_iter().flat_map(|address| ports.iter().map(move |port| (address, *port))).collect()
}

/// The ports that are reached, by address.
fn listed(ports: &[u16], reached: impl Iterator<Item = bool>) -> Vec<Vec<u16>> {
    let reached: Vec<bool> = reached.collect();
    let of = |it: &[bool]| ports.iter().zip(it).filter(|it| *it.1).map(|it| *it.0).collect();
    reached.chunks(ports.len()).map(of).collect()
}
