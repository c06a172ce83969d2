//! Names and addresses: who gets an answer for which name at which address, over TLS and without.

use super::client::{Connection, Way, request};
use super::place::{Client, Place, everybody, exposed, hardened};
use super::server::Server;
use crate::consumers::{run, tool};
use std::net::SocketAddr;

/// The status for one name in the handshake and another in the request; 0 where the server hangs up.
fn status(server: &Server, place: &Place, client: Client, name: &str, host: &str) -> u16 {
    let seen = server.get(place.way(client, name), host, "/healthcheck");
    assert_eq!(seen.arrived.len(), usize::from(seen.status() == 200), "{name} {host}: {seen:?}");
    seen.status()
}

/// The same over HTTP/2: the status, and 0 where the handshake fails.
fn status_over_http2(server: &Server, way: Way<'_>, host: &str) -> u16 {
    let name = way.name.expect("a name");
    let mut command = server.machine.command(&tool("curl").expect("curl"));
    command.args(["--http2", "--insecure", "--silent", "--output", "/dev/null"]);
    let to = SocketAddr::new(way.to, 443);
    command.args(["--connect-to", &format!("{name}:443:{to}"), "--max-time", "60"]);
    command.args(["--interface", &way.from.to_string(), "-H", &format!("Host: {host}")]);
    command.args(["--write-out", "%{http_code} %{http_version}"]);
    let output = run(command.arg(format!("https://{name}/healthcheck")));
    server.stub.take();
    let text = String::from_utf8(output.stdout).expect("text");
    let (status, version) = text.split_once(' ').expect("two words");
    assert!(version == "2" || status == "000", "{text}");
    status.parse().expect("a number")
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_name_is_answered_at_its_own_address_alone() {
    for place in hardened() {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            let (api, dashboard) = (place.api(), place.dashboard());
            for (client, name, host, expected) in [
                (Client::World, api, api, 200),
                (Client::WorldIpv6, api, api, 200),
                (Client::Container, api, api, 200),
                (Client::Tailnet, api, api, 200),
                (Client::Tailnet, dashboard, dashboard, 200),
                (Client::TailnetIpv6, dashboard, dashboard, 200),
                (Client::TailnetIpv6, api, api, 200),
                (Client::Stray, dashboard, dashboard, 403),
                (Client::Stray, api, api, 403),
                (Client::World, dashboard, dashboard, 0),
                (Client::WorldIpv6, dashboard, dashboard, 0),
                (Client::Container, dashboard, dashboard, 0),
                (Client::World, api, dashboard, 421),
                (Client::WorldIpv6, api, dashboard, 421),
                (Client::World, api, "verify.invalid", 421),
                (Client::World, "verify.invalid", "verify.invalid", 0),
                (Client::World, "verify.invalid", api, 0),
                (Client::Tailnet, "verify.invalid", dashboard, 0),
                (Client::Tailnet, dashboard, "verify.invalid", 421),
            ] {
                let seen = status(&server, &place, client, name, host);
                assert_eq!(seen, expected, "{client:?} {name} {host} {}", place.nginx());
                if !matches!(client, Client::Container | Client::Stray) {
                    let seen = status_over_http2(&server, place.way(client, name), host);
                    assert_eq!(seen, expected, "HTTP/2: {client:?} {name} {host}");
                }
            }
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_public_site_is_answered_by_its_names_alone() {
    for place in everybody() {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            let host = place.dashboard();
            for client in [Client::World, Client::WorldIpv6] {
                for (name, host, expected) in [
                    (host, host, 200),
                    (host, "verify.invalid", 421),
                    ("verify.invalid", "verify.invalid", 0),
                    ("verify.invalid", host, 0),
                ] {
                    let seen = status(&server, &place, client, name, host);
                    assert_eq!(seen, expected, "{client:?} {name} {host} {}", place.nginx());
                    let seen = status_over_http2(&server, place.way(client, name), host);
                    assert_eq!(seen, expected, "HTTP/2: {client:?} {name} {host}");
                }
                let (status, to) = bare(&server, &place, client, host, "/a%2Fb?c=d");
                assert_eq!((status, to), (301, format!("https://{host}/a%2Fb?c=d")));
                assert_eq!(bare(&server, &place, client, "verify.invalid", "/").0, 0, "{client:?}");
            }
        });
    }
}

/// What port 80 says: the status, and where it sends to.
fn bare(server: &Server, place: &Place, client: Client, host: &str, target: &str) -> (u16, String) {
    let way = Way { name: None, ..place.way(client, "") };
    let answer = Connection::open(way).ask(&request("GET", target, host, ""));
    assert!(server.stub.take().is_empty(), "{host} {target} arrived over plain HTTP");
    answer.map_or_else(Default::default, |(head, body)| {
        let to = head
            .all("location")
            .first()
            .map_or_else(|| String::from_utf8_lossy(&body).into_owned(), |it| (*it).to_owned());
        (head.status, to)
    })
}

const CHALLENGE: &str = "/.well-known/acme-challenge/token";

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn port_80_sends_known_names_to_https_and_hangs_up_on_others() {
    for place in hardened().into_iter().chain(exposed()) {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            let api = place.api();
            for client in [Client::World, Client::WorldIpv6] {
                let (status, to) = bare(&server, &place, client, api, "/a%2Fb?c=d");
                assert_eq!((status, to), (301, format!("https://{api}/a%2Fb?c=d")));
                for host in [place.dashboard(), "verify.invalid", "203.0.113.10"] {
                    assert_eq!(bare(&server, &place, client, host, "/").0, 0, "{client:?} {host}");
                }
            }
            let dashboard = place.dashboard();
            for client in [Client::Tailnet, Client::TailnetIpv6] {
                let (status, to) = bare(&server, &place, client, dashboard, "/login");
                assert_eq!((status, to), (301, format!("https://{dashboard}/login")));
            }
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn the_challenge_of_a_certificate_is_answered_before_the_first_one_and_after() {
    for place in
        everybody().into_iter().chain(everybody().into_iter().map(Place::before_certificates))
    {
        let Some(server) = place.running() else { return };
        server.machine.write(&format!("/var/www/acme{CHALLENGE}"), "proof");
        server.machine.inside(|| {
            for (host, _) in place.site.hosts() {
                for client in [Client::World, Client::WorldIpv6] {
                    let answer = bare(&server, &place, client, host.as_str(), CHALLENGE);
                    assert_eq!(answer, (200, "proof".into()), "{host}");
                }
            }
            for target in ["/.well-known/acme-challenge/../../../etc/passwd", "/index.html"] {
                let (status, _) = bare(&server, &place, Client::World, place.dashboard(), target);
                assert!([301, 400, 404, 503].contains(&status), "{target}: {status}");
            }
        });
    }
}
