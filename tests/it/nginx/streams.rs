//! What flows: events reach the client while the answer still goes on, bodies reach the application while the client
//! still sends, and what is too large is refused before it is sent. No clock decides: the stand-in holds the rest of
//! its answer, and the test the rest of its request, until the first part has come through.

use super::client::{Connection, request};
use super::place::{Client, Place, everybody, exposed, hardened};
use super::server::Server;
use crate::consumers::tool;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

const EVENTS: &str = "Accept: text/event-stream\r\nAccept-Encoding: gzip\r\nX-Stub: events\r\n";

fn text(piece: Option<Vec<u8>>) -> String {
    String::from_utf8(piece.unwrap_or_default()).expect("text")
}

fn assert_events(server: &Server, place: &Place, client: Client, host: &str, target: &str) {
    let mut connection = Connection::open(place.way(client, host));
    connection.send(&request("GET", target, host, EVENTS));
    let head = connection.head().expect("an answer");
    assert_eq!(head.status, 200, "{target}");
    assert!(head.all("content-encoding").is_empty(), "{target}: {head:?}");
    let first = text(connection.chunk());
    assert_eq!(first, "data: first\n\n", "{target}: the first event did not come alone");
    server.stub.release();
    assert_eq!(text(connection.chunk()), "data: second\n\n", "{target}");
    assert_eq!(connection.chunk(), None, "{target}");
    server.stub.withhold();
}

fn assert_events_over_http2(
    server: &Server,
    place: &Place,
    client: Client,
    host: &str,
    target: &str,
) {
    let way = place.way(client, host);
    let mut command = server.machine.command(&tool("curl").expect("curl"));
    command.args(["--http2", "--insecure", "--silent", "--no-buffer", "--max-time", "60"]);
    command.args(["--connect-to", &format!("{host}:443:{}:443", bracketed(way.to))]);
    command.args(["--interface", &way.from.to_string(), "--write-out", "%{http_version}"]);
    command.args(["-H", "X-Stub: events", &format!("https://{host}{target}")]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("curl");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut line = || lines.next().expect("a line").expect("text");
    assert_eq!(line(), "data: first", "{target}");
    assert_eq!(line(), "", "{target}");
    server.stub.release();
    assert_eq!((line(), line(), line()), ("data: second".into(), String::new(), "2".into()));
    assert!(child.wait().expect("its end").success());
    server.stub.withhold();
}

fn bracketed(address: std::net::IpAddr) -> String {
    if address.is_ipv6() { format!("[{address}]") } else { address.to_string() }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn events_come_one_by_one() {
    let of_the_api = ["/realtime/v1/runs/run_1", "/api/v3/deployments/d_1/finalize"];
    for place in hardened() {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            for target in of_the_api {
                assert_events(&server, &place, Client::World, place.api(), target);
                assert_events_over_http2(&server, &place, Client::World, place.api(), target);
            }
            for target in ["/engine/v1/dev/presence", "/resources/orgs/a/runs/r/stream"] {
                assert_events(&server, &place, Client::Tailnet, place.dashboard(), target);
                assert_events_over_http2(
                    &server,
                    &place,
                    Client::Tailnet,
                    place.dashboard(),
                    target,
                );
            }
        });
    }
    for place in everybody() {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            let host = place.dashboard();
            for target in of_the_api.into_iter().chain(["/resources/orgs/a/runs/r/stream"]) {
                assert_events(&server, &place, Client::World, host, target);
                assert_events_over_http2(&server, &place, Client::WorldIpv6, host, target);
            }
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn streamed_bodies_arrive_while_they_are_sent() {
    for place in exposed().into_iter().chain(everybody()) {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            for (method, target) in [
                ("PUT", "/realtime/v1/streams/run_1/out"),
                ("POST", "/api/v3/batches/b_1/items"),
                ("POST", "/engine/v1/dev/runs/run_1/logs"),
            ] {
                let host = place.api();
                let mut connection = Connection::open(place.way(Client::World, host));
                let more = "Transfer-Encoding: chunked\r\n";
                connection.send(&request(method, target, host, more));
                connection.send(b"5\r\nfirst\r\n");
                server.stub.wait_until(&format!("the first part of {target}"), |arrivals| {
                    arrivals.last().is_some_and(|it| it.received == 5)
                });
                connection.send(b"6\r\nsecond\r\n0\r\n\r\n");
                assert_eq!(connection.head().expect("an answer").status, 200, "{target}");
                assert_eq!(server.stub.take_one().received, 11, "{target}");
            }
        });
    }
}

const MIB: usize = 1 << 20;

/// Sends a body of this size, or only says that it would.
fn status_of(
    server: &Server,
    place: &Place,
    host: &str,
    target: &str,
    size: usize,
) -> (u16, usize) {
    let client = if place.site.tailnet().is_some() { Client::Tailnet } else { Client::World };
    let mut connection = Connection::open(place.way(client, host));
    let more = format!("Content-Length: {size}\r\nExpect: 100-continue\r\n");
    connection.send(&request("POST", target, host, &more));
    let mut head = connection.head().expect("an answer");
    if head.status == 100 {
        connection.send(&vec![b'x'; size]);
        head = connection.head().expect("an answer");
    }
    (head.status, server.stub.take().iter().map(|it| it.received).sum())
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn bodies_pass_up_to_their_limit() {
    for place in hardened().into_iter().chain(everybody()) {
        let Some(server) = place.running() else { return };
        let has_otel = place.site.tailnet().is_some() || place.site.network.expose.otel;
        server.machine.inside(|| {
            let limits = [
                ("/otel/v1/traces", 32 * MIB),
                ("/api/v1/tasks/a/trigger", 16 * MIB),
                ("/realtime/v1/streams/run_1/out/append", 16 * MIB),
                ("/api/v3/deployments/d_1/finalize", MIB),
                ("/login", 64 * 1024),
                ("/resources/orgs/a/new", 16 * MIB),
            ];
            for (target, limit) in limits.into_iter().skip(usize::from(!has_otel)) {
                let host = place.dashboard();
                let passes = status_of(&server, &place, host, target, limit);
                assert_eq!(passes, (200, limit), "{target}");
                let refused = status_of(&server, &place, host, target, limit + 1);
                assert_eq!(refused, (413, 0), "{target}");
            }
            let host = place.api();
            let items = "/api/v3/batches/b_1/items";
            assert_eq!(status_of(&server, &place, host, items, 40 * MIB), (200, 40 * MIB));
        });
    }
}
