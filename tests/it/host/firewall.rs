//! The rules, probed from outside.

use super::docker::Engine;
use super::machine::{CLIENT, Machine, SERVER, possible};
use super::{Bundle, site};

const LOAD: &str = "nft -f /etc/trigger-dev/firewall.nft";

/// Puts the rules of a site on a machine, without loading them.
fn bring_rules(machine: &Machine, hardening: &str) {
    let root = machine.path("root");
    Bundle::of(&site(hardening)).write(&root);
    machine.must(&format!("cp -r {}/host/etc/trigger-dev /etc/", root.display()));
}

/// What answers at these ports of the server, over IPv4; what answers over IPv6 must be the same.
#[track_caller]
fn seen(client: &Machine, ports: &[u16]) -> Vec<String> {
    let places: Vec<(&str, u16)> =
        SERVER.iter().flat_map(|at| ports.iter().map(move |port| (*at, *port))).collect();
    let mut v4 = client.answers(&places);
    let v6 = v4.split_off(ports.len());
    assert_eq!(v4, v6, "IPv4 and IPv6 differ");
    v4
}

const PORTS: [u16; 7] = [22, 80, 443, 5432, 8030, 9000, 9443];

#[test]
#[ignore = "a real Docker engine: scripts/test runs it in the step `host`"]
fn what_docker_publishes_is_closed_unless_it_is_named() {
    if !possible(&["dockerd", "docker"]) {
        return;
    }
    let (server, client) = Machine::pair();
    bring_rules(&server, "firewall: { tcp_ports: [9443] }");
    for (port, name) in [(80, "nginx"), (443, "nginx"), (5432, "program")] {
        server.listen(port, name);
    }
    server.listen(22, "sshd");
    client.listen(7000, "outside");
    let engine = Engine::start(&server);
    engine.serve("published", "-p 8030:80");
    engine.serve("looped", "-p 127.0.0.1:9000:80");
    engine.serve("named", "-p 9443:80");
    server.must("docker network create one");
    engine.serve("neighbour", "--network one");
    let container = server.must("docker inspect -f '{{.NetworkSettings.IPAddress}}' published");
    let container = container.trim();
    client.must(&format!("ip route add 172.16.0.0/12 via {}", SERVER[0]));

    let others = [80, 443, 5432, 8030, 9000, 9443];
    let open = ["nginx", "nginx", "program", "published", "-", "named"];
    assert_eq!(seen(&client, &others), open, "without the firewall");
    assert_eq!(client.answers(&[(container, 80)]), ["published"], "without the firewall");

    let mut operator = client.connect(SERVER[0], 22);
    assert_eq!(operator.hears(), "sshd");
    assert_eq!(operator.asks("before"), "before");

    let closed = ["nginx", "nginx", "-", "-", "-", "named"];
    let check = |when: &str| {
        assert_eq!(seen(&client, &others), closed, "{when}");
        assert_eq!(client.answers(&[(container, 80)]), ["-"], "{when}: past the published port");
        // The server itself, containers among themselves and on their way out are not hindered.
        let own = [("127.0.0.1", 8030), ("127.0.0.1", 9000), (container, 80)];
        assert_eq!(server.answers(&own), ["published", "looped", "published"], "{when}");
        let out = format!("docker exec published nc -w 2 {} 7000", CLIENT[0]);
        assert_eq!(server.must(&out), "outside\n", "{when}");
        let beside = "docker run --rm --network one box nc -w 2 neighbour 80";
        assert_eq!(server.must(beside), "neighbour\n", "{when}");
    };
    server.must(LOAD);
    check("loaded");
    assert_eq!(operator.asks("after"), "after", "the operator's connection");

    let once = server.must("nft -s list table inet trigger_host");
    server.must(LOAD);
    assert_eq!(server.must("nft -s list table inet trigger_host"), once);
    let docker_rules = server.must("iptables-save | grep -c DOCKER");
    engine.stop();
    engine.boot();
    server.must("docker start published looped named neighbour");
    check("after a restart of docker");
    assert_eq!(operator.asks("still"), "still", "the operator's connection");
    assert_eq!(server.must("iptables-save | grep -c DOCKER"), docker_rules, "rules of docker");
    drop(engine);
}

/// The other order, as after a reboot: the rules first, then docker.
#[test]
#[ignore = "a real Docker engine: scripts/test runs it in the step `host`"]
fn rules_that_come_before_docker_close_what_it_publishes() {
    if !possible(&["dockerd", "docker"]) {
        return;
    }
    let (server, client) = Machine::pair();
    bring_rules(&server, "");
    server.must(LOAD);
    let engine = Engine::start(&server);
    engine.serve("published", "-p 8030:80");
    assert_eq!(server.answers(&[("127.0.0.1", 8030)]), ["published"]);
    assert_eq!(seen(&client, &[8030]), ["-"]);
    server.must("nft delete table inet trigger_host");
    assert_eq!(seen(&client, &[8030]), ["published"]);
    drop(engine);
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn ssh_answers_those_who_are_named() {
    if !possible(&[]) {
        return;
    }
    let (server, client) = Machine::pair();
    server.listen(2222, "sshd");
    for (from, expected) in [
        (format!("[{}, \"{}\"]", CLIENT[0], CLIENT[1]), ["sshd", "sshd"]),
        ("[203.0.113.0/24]".into(), ["sshd", "-"]),
        ("[\"2001:db8::/64\"]".into(), ["-", "sshd"]),
        ("[198.51.100.7]".into(), ["-", "-"]),
    ] {
        bring_rules(&server, &format!("firewall: {{ ssh_port: 2222, ssh_from: {from} }}"));
        server.must(LOAD);
        let places: Vec<(&str, u16)> = SERVER.iter().map(|at| (*at, 2222)).collect();
        assert_eq!(client.answers(&places), expected, "{from}");
    }
}

/// A worker host has no proxy: nothing but ssh.
#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn a_worker_host_answers_by_ssh_alone() {
    if !possible(&[]) {
        return;
    }
    let (server, client) = Machine::pair();
    let tree = crate::support::tree("split-workers");
    let rules = tree.get("workers/worker-1/host/etc/trigger-dev/firewall.nft").expect("its rules");
    std::fs::write(server.path("rules.nft"), &rules.bytes).expect("a file");
    for port in PORTS {
        server.listen(port, "program");
    }
    server.must(&format!("nft -f {}", server.path("rules.nft").display()));
    assert_eq!(seen(&client, &PORTS), ["program", "-", "-", "-", "-", "-", "-"]);
}

/// Devices of the tailnet reach everything; the world reaches what it reached before.
#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn the_tailnet_is_let_in() {
    if !possible(&[]) {
        return;
    }
    let (server, client) = Machine::pair();
    server.cable("tailscale0", &client);
    server.must("ip addr add 100.101.102.103/24 dev tailscale0; ip link set tailscale0 up");
    client.must("ip addr add 100.101.102.104/24 dev tailscale0; ip link set tailscale0 up");
    let tree = crate::support::tree("hardened-vps");
    let rules = tree.get("docker/host/etc/trigger-dev/firewall.nft").expect("its rules");
    assert!(rules.text().contains("udp dport { 41641, 51820 } accept"), "{}", rules.text());
    std::fs::write(server.path("rules.nft"), &rules.bytes).expect("a file");
    server.listen(9000, "program");
    server.listen(443, "nginx");
    let places =
        [("100.101.102.103", 9000), (SERVER[0], 9000), (SERVER[1], 9000), (SERVER[0], 443)];
    assert_eq!(client.answers(&places), ["program", "program", "program", "nginx"]);
    server.must(&format!("nft -f {}", server.path("rules.nft").display()));
    assert_eq!(client.answers(&places), ["program", "-", "-", "nginx"]);
}
