//! The registry and the object store behind names of their own.

use super::client::request;
use super::place::{Client, Place, everybody, exposed, hardened, split};
use super::server::{OUTSIDER, Seen, Server};

fn see(
    server: &Server,
    place: &Place,
    client: Client,
    host: &str,
    method: &str,
    target: &str,
) -> Seen {
    server.see(place.way(client, host), &request(method, target, host, "Content-Length: 0\r\n"))
}

fn assert_refused(seen: &Seen, what: &str) {
    let refused = [0, 400, 403, 404, 421].contains(&seen.status());
    assert!(refused && seen.arrived.is_empty(), "{what}: {seen:?}");
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn of_the_registry_its_own_paths_alone_are_reached() {
    for place in hardened().into_iter().chain(everybody()) {
        let Some(server) = place.running() else { return };
        let registry = place.site.bundled_registry().expect("a registry");
        let (host, port) = (registry.host.as_str(), place.site.docker().publish.registry.number());
        server.machine.inside(|| {
            for target in ["/v2/", "/v2/a/b/manifests/sha256:0", "/v2/a/blobs/uploads/?mount=x"] {
                let seen = see(&server, &place, Client::World, host, "GET", target);
                assert_eq!(seen.status(), 200, "{target}");
                let [arrival] = seen.arrived.as_slice() else { panic!("{target}: {seen:?}") };
                assert_eq!((arrival.port, arrival.target.as_str()), (port, target));
                assert_eq!(arrival.one("x-forwarded-for"), OUTSIDER);
            }
            let seen = see(&server, &place, Client::World, host, "POST", "/v2/a/blobs/uploads/");
            let head = seen.head.expect("an answer");
            assert_eq!(head.all("location"), [format!("https://{host}/v2/upload-1")]);
            for target in [
                "/",
                "/v2",
                "/V2/",
                "/metrics",
                "/debug/pprof",
                "/v2/../metrics",
                "/v2/x%2f../../a",
            ] {
                let seen = see(&server, &place, Client::World, host, "GET", target);
                assert_refused(&seen, target);
            }
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_layer_of_any_size_goes_to_the_registry_while_it_is_sent() {
    for place in hardened() {
        let Some(server) = place.running() else { return };
        let host = place.site.bundled_registry().expect("a registry").host.as_str();
        server.machine.inside(|| {
            let way = place.way(Client::World, host);
            let mut connection = super::client::Connection::open(way);
            let more = format!("Content-Length: {}\r\n", 20_u64 << 30);
            connection.send(&request("PATCH", "/v2/upload-1", host, &more));
            connection.send(&vec![b'x'; 1 << 20]);
            server.stub.wait_until("the first MiB", |arrivals| {
                arrivals.last().is_some_and(|it| it.received == 1 << 20)
            });
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn of_the_object_store_one_bucket_is_reached_as_it_was_signed() {
    for (places, client) in
        [(hardened(), Client::Tailnet), (exposed(), Client::World), (split(), Client::World)]
    {
        for place in places {
            let Some(server) = place.running() else { return };
            let host = place.site.object_store_host().expect("a host").as_str();
            let port = place.site.docker().publish.object_store.number();
            server.machine.inside(|| {
                let signed =
                    "/packets/p_1/a%2Fb%20c.json?X-Amz-Date=20260101T000000Z&X-Amz-Signature=0f";
                for method in ["GET", "HEAD", "PUT", "OPTIONS"] {
                    let seen = see(&server, &place, client, host, method, signed);
                    assert_eq!(seen.status(), 200, "{method}");
                    let [arrival] = seen.arrived.as_slice() else { panic!("{method}: {seen:?}") };
                    let arrived = (arrival.port, arrival.method.as_str(), arrival.target.as_str());
                    assert_eq!(arrived, (port, method, signed));
                    assert_eq!(arrival.one("host"), host);
                }
                for method in ["DELETE", "POST", "PATCH"] {
                    assert_refused(&see(&server, &place, client, host, method, signed), method);
                }
                for target in [
                    "/",
                    "/packets",
                    "/packets/",
                    "/packets?list-type=2",
                    "/other/a",
                    "/packetsx/a",
                    "/packets/../other/a",
                    "/packets/a%2fb/../../../other/a",
                    "/minio/health/live",
                    "/packets//../other/a",
                    "/packets/?list-type=2",
                ] {
                    let seen = see(&server, &place, client, host, "GET", target);
                    assert_refused(&seen, target);
                }
            });
        }
    }
    for place in hardened() {
        let Some(server) = place.running() else { return };
        let host = place.site.object_store_host().expect("a host").as_str();
        server.machine.inside(|| {
            assert_refused(&see(&server, &place, Client::World, host, "GET", "/packets/a"), host);
        });
    }
}
