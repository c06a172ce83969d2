//! What the access log keeps: which paths were asked for, and none of the secrets that stand in addresses.

use super::client::{Session, request};
use super::place::{Client, Place, everybody, hardened};

/// Addresses with a secret, which is always `S3CRET`, and what is kept of them.
const SECRETS: &[(&str, &str)] = &[
    ("/magic?token=S3CRET", "/magic"),
    ("/account/authorization-code/S3CRET", "/account/authorization-code/-"),
    ("/Account/Authorization-Code/S3CRET/", "/Account/Authorization-Code/-"),
    ("/invite-accept?token=S3CRET", "/invite-accept"),
    ("/unsubscribe/user_1/S3CRET", "/unsubscribe/-"),
    ("/auth/github/callback?code=S3CRET&state=S3CRET", "/auth/github/callback"),
    (
        "/api/v1/waitpoints/tokens/waitpoint_1/callback/S3CRET",
        "/api/v1/waitpoints/tokens/waitpoint_1/callback/-",
    ),
    (
        "/resources/dashboard-agent/alerts/a/unsubscribe?token=S3CRET",
        "/resources/dashboard-agent/alerts/a/unsubscribe",
    ),
    ("/admin/impersonate?impersonationToken=S3CRET", "/admin/impersonate"),
    ("/healthcheck?S3CRET", "/healthcheck"),
    ("/metrics?S3CRET", "/metrics"),
    ("/webhooks/v1/ingest/S3CRET?a=S3CRET", "/webhooks/v1/ingest/-"),
];

/// The same on the object store.
const SIGNED: (&str, &str) = ("/packets/a/b?X-Amz-Signature=S3CRET", "/packets/a/b");

const HEADERS: &str = "Referer: https://trigger.example.com/magic?token=S3CRET\r\n\
    Authorization: Bearer S3CRET\r\nCookie: __session=S3CRET\r\n";

fn assert_hidden(place: &Place, client: Client, host: &str, addresses: &[(&str, &str)]) -> bool {
    let Some(server) = place.running() else { return false };
    server.machine.inside(|| {
        // One connection: what is asked next is answered when the line of the last is written.
        let mut session = Session::new(place.way(client, host));
        for (target, _) in addresses.iter().chain(&[("/assets/last", "")]) {
            session.ask(&request("GET", target, host, HEADERS)).expect("an answer");
        }
    });
    let log = server.log(&format!("{}-access.log", place.site.docker().project));
    assert!(!log.contains("S3CRET"), "{log}");
    let lines = log.lines().map(|it| serde_json::from_str(it).expect("JSON"));
    let paths: Vec<String> = lines
        .map(|it: serde_json::Value| it["path"].as_str().expect("a path").to_owned())
        .collect();
    let expected: Vec<&str> = addresses.iter().map(|it| it.1).collect();
    assert_eq!(paths[..expected.len()], expected, "{log}");
    assert_eq!(server.log("access.log"), "", "the server's own log keeps whole addresses");
    true
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn no_secret_stands_in_the_access_log() {
    for place in everybody() {
        if !assert_hidden(&place, Client::World, place.dashboard(), SECRETS) {
            return;
        }
    }
    for place in hardened() {
        let host = place.site.object_store_host().expect("a host").as_str();
        assert_hidden(&place, Client::Tailnet, place.dashboard(), SECRETS);
        assert_hidden(&place, Client::Tailnet, host, &[SIGNED]);
    }
}
