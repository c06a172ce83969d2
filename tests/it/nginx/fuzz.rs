//! Twenty thousand raw targets of any spelling: what arrives is read as the application reads it, and nothing outside
//! the list of a server may be among it.
//!
//! The seed is the same each run; `NGINX_FUZZ_SEED=NUMBER` takes another. Here alone the servers speak without TLS: one
//! in six targets makes nginx hang up, and so many handshakes would take minutes.

use super::client::{Connection, Way, request};
use super::place::{Client, Place, hardened_at, public_at, split_at, split_by_address_at};
use super::route::{Route, route};
use super::server::Server;
use super::stub::Arrival;
use std::collections::BTreeSet;

/// How many targets a server is asked for.
const TARGETS: usize = 20_000;

/// How many requests are on their way at once.
const AHEAD: usize = 50;

/// Requests in a second that no rate limit counts.
const UNCOUNTED: u32 = 1_000_000;

/// How a path begins, the lawful ways more often.
const STARTS: &[&str] = &[
    "/api/v1/",
    "/api/v1/",
    "/api/v2/packets/",
    "/api/v3/",
    "/realtime/v1/",
    "/realtime/v1/",
    "/healthcheck",
    "/api/v1/tasks/a%2Fb/",
    "/",
    "//",
    "/x/",
    "/engine/v1/",
    "/resources/packets/",
    "/API/v1/",
    "/api/",
    "/socket.io/",
    "/assets/",
    "/api%2fv1/",
    "\\api\\v1\\",
];

/// What follows, in any order.
const PIECES: &[&str] = &[
    "a",
    "b",
    "a%2fb",
    "a%2Fb",
    "/",
    "/",
    "//",
    "%2f",
    "%2F",
    "%5c",
    "\\",
    "..",
    "../",
    "/..",
    "/../",
    "/%2e%2e",
    "/%2E./",
    "/.%2e/",
    "..\\",
    "..%2f",
    "..%5c",
    "/.",
    "/./",
    "%2e",
    ".",
    "login",
    "metrics",
    "METRICS",
    "Metrics/",
    "%6detrics",
    "admin",
    "otel/v1/traces",
    "Otel/v1/traces",
    "worker-actions/connect",
    "tests/sse",
    "tests/sse/stream",
    "socket.io/",
    "internal/webhooks/tester",
    "storybook",
    "mock",
    "query",
    "plain/customer-cards",
    "usage/ingest",
    "dashboard-agent/x",
    "api/v1/",
    "engine/v1/",
    "@/orgs",
    "whoami",
    "healthcheck",
    "?",
    "&",
    "#",
    "?_data=root",
    "&_data=root",
    "?%5Fdata=x",
    "_d%61ta=x",
    "?a=b",
    "?x=../../login",
    "%252f",
    "%252e%252e",
    "%00",
    "%09",
    "%0a",
    "%20",
    "%3f",
    "%23",
    ";",
    "*",
    "@",
    ":",
    "=",
    "+",
    "%",
    "%zz",
    "%c0%af",
    "%c0%ae",
    "%ef%bc%8f",
    "\u{e9}",
    "\u{ff}",
    "ws",
];

/// Numbers that look random, and are the same for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % sides as u64).expect("small")
    }

    fn target(&mut self) -> String {
        let start = STARTS[self.roll(STARTS.len())];
        let pieces = (0..self.roll(8)).map(|_| PIECES[self.roll(PIECES.len())]);
        std::iter::once(start).chain(pieces).collect()
    }
}

fn seed() -> u64 {
    let given = std::env::var("NGINX_FUZZ_SEED").ok();
    given.map_or(4512, |it| it.parse().expect("NGINX_FUZZ_SEED is a number"))
}

/// Asks for each target; those that make the server hang up are not asked again.
fn ask_all(way: Way<'_>, host: &str, targets: &[String]) {
    let mut connection = Connection::open_bare(way.to, 443);
    let mut next = 0;
    while next < targets.len() {
        let ahead = &targets[next..targets.len().min(next + AHEAD)];
        let requests: Vec<u8> = ahead.iter().flat_map(|it| request("GET", it, host, "")).collect();
        connection.send(&requests);
        for _ in ahead {
            let closed = match connection.head() {
                Some(head) => {
                    connection.body(&head);
                    head.all("connection") == ["close"]
                }
                None => true,
            };
            next += 1;
            if closed {
                connection = Connection::open_bare(way.to, 443);
                break;
            }
        }
    }
}

/// What a client gets to that is not in the list of the API.
fn outside_the_api(route: &Route) -> bool {
    let parts: Vec<&str> = route.path.split('/').collect();
    let listed = match parts.as_slice() {
        ["", "api", version, rest @ ..] => {
            matches!(version.as_bytes(), [b'v', b'1'..=b'9']) && !hosted(rest)
        }
        ["", "realtime", "v1", ..] | ["", "healthcheck"] => true,
        _ => false,
    };
    !listed || route.data
}

/// What a client gets to that a public dashboard keeps from everybody.
fn kept_by_the_dashboard(route: &Route) -> bool {
    kept_beside_workers(route) || {
        let parts: Vec<&str> = route.path.split('/').filter(|it| !it.is_empty()).collect();
        matches!(parts.as_slice(), ["engine", "v1", "worker-actions", ..] | ["otel", ..])
    }
}

/// The same where runs are on other servers, which come this way.
fn kept_beside_workers(route: &Route) -> bool {
    let parts: Vec<&str> = route.path.split('/').filter(|it| !it.is_empty()).collect();
    match parts.as_slice() {
        ["api", version, rest @ ..] if version.starts_with('v') => hosted(rest),
        [first, ..] => {
            ["metrics", "tests", "storybook", "internal", "ws", "ph", "webhooks"].contains(first)
        }
        [] => false,
    }
}

/// Parts of the API that no site of this kind answers, and the query of a release that does it unsafely.
fn hosted(rest: &[&str]) -> bool {
    matches!(rest, ["dashboard-agent" | "mock" | "plain" | "query", ..] | ["usage", "ingest", ..])
}

/// What became of the targets.
struct Outcome {
    asked: usize,
    /// How many of them the application would have taken for something that is closed.
    attacks: usize,
    arrived: usize,
    /// What arrived and should not have.
    wrong: Vec<String>,
}

fn fuzz(
    server: &Server,
    place: &Place,
    host: &str,
    count: usize,
    closed: impl Fn(&Route) -> bool,
) -> Outcome {
    let mut dice = Dice(seed());
    let targets: Vec<String> = (0..count).map(|_| dice.target()).collect();
    server.machine.inside(|| ask_all(place.way(Client::World, host), host, &targets));
    let arrivals = server.stub.take();
    let is_wrong = |it: &&Arrival| route(&it.target).is_none_or(|it| closed(&it));
    let wrong = arrivals.iter().filter(is_wrong).map(|it| it.target.clone()).collect();
    let attacks = targets.iter().filter(|it| route(it).is_some_and(|it| closed(&it))).count();
    let sent: BTreeSet<&String> = targets.iter().collect();
    for arrival in &arrivals {
        assert!(sent.contains(&arrival.target), "{:?} was never sent so", arrival.target);
    }
    Outcome { asked: targets.len(), attacks, arrived: arrivals.len(), wrong }
}

fn judge(places: Vec<Place>, host: impl Fn(&Place) -> &str, closed: fn(&Route) -> bool) {
    for place in places {
        let place = place.without_tls();
        let Some(server) = place.running() else { return };
        let outcome = fuzz(&server, &place, host(&place), TARGETS, closed);
        super::say(&format!(
            "{} before {}: seed {}, {} targets, {} of them for what is closed, {} arrived",
            place.nginx(),
            host(&place),
            seed(),
            outcome.asked,
            outcome.attacks,
            outcome.arrived,
        ));
        assert!(outcome.wrong.is_empty(), "{} arrived: {:#?}", place.nginx(), outcome.wrong);
        assert!(outcome.attacks > TARGETS / 100, "hardly an attack: {}", outcome.attacks);
        assert!(outcome.arrived > TARGETS / 20, "hardly an arrival: {}", outcome.arrived);
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn nothing_outside_the_list_of_the_api_arrives() {
    judge(hardened_at(UNCOUNTED), Place::api, outside_the_api);
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn nothing_that_a_public_dashboard_keeps_arrives() {
    judge(public_at(UNCOUNTED), Place::dashboard, kept_by_the_dashboard);
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn nothing_that_a_public_dashboard_keeps_beside_workers_arrives() {
    judge(split_at(UNCOUNTED), Place::dashboard, kept_beside_workers);
}

/// Where worker hosts say where they come from, the world is kept from what only they need.
#[test]
#[ignore = "takes long: scripts/test runs it"]
fn nothing_that_only_workers_may_ask_for_arrives() {
    judge(split_by_address_at(UNCOUNTED), Place::dashboard, kept_by_the_dashboard);
}

/// The same targets find their way where the refusals of differing spellings are taken out.
#[test]
#[ignore = "takes long: scripts/test runs it"]
fn the_targets_find_the_holes_of_a_list_alone() {
    for place in hardened_at(UNCOUNTED) {
        let place = place.spoilt("_refused) {", "_refused = 2) {").without_tls();
        let Some(server) = place.running() else { return };
        let outcome = fuzz(&server, &place, place.api(), TARGETS / 4, outside_the_api);
        assert!(outcome.wrong.len() > 10, "{}: {}", place.nginx(), outcome.wrong.len());
    }
}
