//! What the application is told of a request, which a client cannot forge, and what a client is told of the server.

use super::client::{Connection, request};
use super::place::{Client, Place, everybody, exposed, hardened};
use super::server::{OUTSIDER, PEER, Server};
use super::stub::Arrival;

/// One path of each location that forwards.
const TARGETS: &[&str] = &[
    "/healthcheck",
    "/api/v1/whoami",
    "/api/v1/authorization-code",
    "/api/v3/batches/b_1/items",
    "/api/v3/deployments/d_1/finalize",
    "/realtime/v1/runs/run_1",
];
const EXPOSED: &[&str] =
    &["/engine/v1/dev/config", "/otel/v1/traces", "/webhooks/v1/ingest/abc", "/socket.io/?EIO=4"];
const OF_THE_DASHBOARD: &[&str] = &["/", "/login", "/magic?token=x", "/assets/entry.js", "/orgs/a"];

/// What a client may try to pass for.
const FORGED: &str = "X-Forwarded-Host: verify.invalid\r\nX-Forwarded-Host: again.invalid\r\n\
    X-Forwarded-Proto: http\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2\r\n\
    X-Real-IP: 127.0.0.1\r\nX-Forwarded-Port: 80\r\nForwarded: for=127.0.0.1;host=verify.invalid\r\n\
    X-Request-ID: mine\r\nProxy: http://verify.invalid\r\n";

fn assert_true(arrival: &Arrival, host: &str, client: &str) {
    assert_eq!(arrival.one("host"), host);
    assert_eq!(arrival.one("x-forwarded-host"), host);
    assert_eq!(arrival.one("x-forwarded-proto"), "https");
    assert_eq!(arrival.one("x-forwarded-for"), client);
    assert_eq!(arrival.one("x-real-ip"), client);
    assert_eq!(arrival.one("x-request-id").len(), 32, "{arrival:?}");
    for name in ["x-forwarded-port", "forwarded", "proxy", "upgrade", "connection"] {
        assert!(arrival.all(name).is_empty(), "{name} in {arrival:?}");
    }
}

fn forge(server: &Server, place: &Place, client: Client, host: &str, targets: &[&[&str]]) {
    let address = if client == Client::World { OUTSIDER } else { PEER };
    for target in targets.iter().copied().flatten() {
        let seen = server.see(place.way(client, host), &request("GET", target, host, FORGED));
        assert_eq!((seen.status(), seen.arrived.len()), (200, 1), "{target}: {seen:?}");
        assert_true(&seen.arrived[0], host, address);
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn no_client_forges_what_the_application_is_told() {
    for place in exposed() {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            forge(&server, &place, Client::World, place.api(), &[TARGETS, EXPOSED]);
            forge(&server, &place, Client::Tailnet, place.api(), &[TARGETS, EXPOSED]);
            let all = [TARGETS, EXPOSED, OF_THE_DASHBOARD];
            forge(&server, &place, Client::Tailnet, place.dashboard(), &all);
        });
    }
    for place in everybody() {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            forge(&server, &place, Client::World, place.dashboard(), &[TARGETS, OF_THE_DASHBOARD]);
        });
    }
}

/// A body of two lengths, which hides another request.
fn smuggled(host: &str) -> String {
    let hidden = "0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    format!(
        "POST /api/v1/x HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n\
         Transfer-Encoding: chunked\r\n\r\n{hidden}",
        hidden.len()
    )
}

/// A name in the request line, in capitals, with a port or a dot is no other name.
#[test]
#[ignore = "takes long: scripts/test runs it"]
fn the_host_that_the_application_is_told_is_the_one_of_the_server() {
    for place in hardened().into_iter().chain(everybody()) {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            let host = place.api();
            let requests = [
                format!("GET /api/v1/x HTTP/1.1\r\nHost: {host}:443\r\n\r\n"),
                format!("GET /api/v1/x HTTP/1.1\r\nHost: {}\r\n\r\n", host.to_uppercase()),
                format!("GET /api/v1/x HTTP/1.1\r\nHost: {host}.\r\n\r\n"),
                format!("GET https://{host}/api/v1/x HTTP/1.1\r\nHost: verify.invalid\r\n\r\n"),
            ];
            for request in requests {
                let seen = server.see(place.way(Client::World, host), request.as_bytes());
                let [arrival] = seen.arrived.as_slice() else { panic!("{request}: {seen:?}") };
                assert_eq!(arrival.target, "/api/v1/x");
                assert_true(arrival, host, OUTSIDER);
            }
            for (request, status) in [
                ("GET /api/v1/x HTTP/1.0\r\n\r\n".to_owned(), 421),
                ("GET /api/v1/x HTTP/1.1\r\n\r\n".to_owned(), 400),
                (
                    format!(
                        "GET /api/v1/x HTTP/1.1\r\nHost: {host}\r\nHost: verify.invalid\r\n\r\n"
                    ),
                    400,
                ),
                (
                    format!("GET https://verify.invalid/api/v1/x HTTP/1.1\r\nHost: {host}\r\n\r\n"),
                    421,
                ),
                (smuggled(host), 400),
            ] {
                let seen = server.see(place.way(Client::World, host), request.as_bytes());
                assert_eq!((seen.status(), seen.arrived.len()), (status, 0), "{request}");
            }
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn an_upgrade_of_anything_else_is_a_plain_request() {
    for place in exposed() {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            for (upgrade, targets) in [
                ("foo", &[TARGETS, EXPOSED][..]),
                ("h2c", &[TARGETS, EXPOSED][..]),
                ("websocket", &[TARGETS, &EXPOSED[..3]][..]),
            ] {
                let more = format!("Upgrade: {upgrade}\r\nConnection: Upgrade\r\n");
                for target in targets.iter().copied().flatten() {
                    let host = place.api();
                    let request = request("GET", target, host, &more);
                    let seen = server.see(place.way(Client::World, host), &request);
                    assert_eq!((seen.status(), seen.arrived.len()), (200, 1), "{upgrade} {target}");
                    assert_eq!(seen.arrived[0].all("upgrade"), [""; 0], "{upgrade} {target}");
                }
            }
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_websocket_opens_where_it_is_exposed_and_only_there() {
    let more = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
    let on_tailnet =
        |world| vec![(Client::World, world), (Client::Tailnet, 101), (Client::TailnetIpv6, 101)];
    for (places, clients) in [
        (hardened(), on_tailnet(404)),
        (exposed(), on_tailnet(101)),
        (everybody(), vec![(Client::World, 101), (Client::WorldIpv6, 101)]),
    ] {
        for place in places {
            let Some(server) = place.running() else { return };
            server.machine.inside(|| {
                let at_api = clients.iter().map(|(client, status)| (*client, place.api(), *status));
                let dashboard = clients.last().map(|(client, _)| (*client, place.dashboard(), 101));
                for (client, host, status) in at_api.chain(dashboard) {
                    let mut connection = Connection::open(place.way(client, host));
                    let target = "/socket.io/?EIO=4&transport=websocket";
                    connection.send(&request("GET", target, host, more));
                    let head = connection.head().expect("an answer");
                    assert_eq!(head.status, status, "{client:?} {host}");
                    if status == 101 {
                        connection.send(b"\x81\x05hello");
                        assert_eq!(connection.bytes(7).as_deref(), Some(&b"\x81\x05hello"[..]));
                    }
                }
            });
        }
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn every_answer_has_each_header_once_and_names_no_version() {
    for place in hardened() {
        let (api, dashboard) = (place.api(), place.dashboard());
        assert_each_once(
            &place,
            &[
                (Client::World, api, "/api/v1/whoami", 200),
                (Client::World, api, "/login", 404),
                (Client::World, api, "/api/v1/x/../y", 404),
                (Client::Tailnet, dashboard, "/login", 200),
                (Client::Tailnet, dashboard, "/metrics", 403),
                (Client::Stray, dashboard, "/login", 403),
            ],
        );
    }
    for place in everybody() {
        let dashboard = place.dashboard();
        assert_each_once(
            &place,
            &[
                (Client::World, dashboard, "/login", 200),
                (Client::World, dashboard, "/metrics", 403),
                (Client::World, dashboard, "/api/v1/x/../y", 403),
            ],
        );
    }
}

fn assert_each_once(place: &Place, asked: &[(Client, &str, &str, u16)]) {
    let Some(server) = place.running() else { return };
    server.machine.inside(|| {
        for (client, host, target, status) in asked.iter().copied() {
            let seen = server.get(place.way(client, host), host, target);
            let head = seen.head.expect("an answer");
            assert_eq!(head.status, status, "{client:?} {target}");
            assert_eq!(head.all("strict-transport-security"), ["max-age=63072000"], "{target}");
            assert_eq!(head.all("x-content-type-options"), ["nosniff"], "{target}");
            assert_eq!(head.all("referrer-policy"), ["strict-origin-when-cross-origin"]);
            assert_eq!(head.all("x-frame-options"), ["SAMEORIGIN"], "{target}");
            assert_eq!(head.all("server"), ["nginx"], "{target}");
            assert!(head.all("x-powered-by").is_empty(), "{target}");
        }
    });
}
