//! Which paths a server forwards, and how.

use super::data::{Forward, Limit, Location};
use crate::site::{Nginx, Site};
use crate::value::{ByteSize, MIB};

/// What a side of the webapp answers.
#[derive(Clone, Copy)]
pub(super) struct Reach {
    /// The engine's API and its websockets.
    pub(super) engine: bool,
    /// Where logs and traces arrive.
    pub(super) otel: bool,
    /// Whether anybody gets here, so that a location has to tell worker hosts from others.
    pub(super) public: bool,
}

/// Requests of one address that may come at once, as seconds of what it may send.
const BURST_SECONDS: u32 = 4;

impl Reach {
    /// Raw requests that a list of the API lets through, as regular expressions.
    pub(super) fn allowed(self, site: &Site) -> Vec<String> {
        let mut paths = vec!["^/(?:api/v[1-9]|realtime/v1)/".to_owned()];
        if self.engine {
            paths.push("^/engine/v1/".into());
            paths.push("^/socket\\.io/".into());
        }
        if self.otel {
            paths.push("^/otel/v1/".into());
        }
        if site.network.expose.webhooks {
            paths.push("^/webhooks/v1/ingest/".into());
        }
        paths.push("^/healthcheck(?:\\?|$)".into());
        paths
    }

    /// The locations of the API.
    pub(super) fn api(self, site: &Site, nginx: &Nginx) -> Vec<Location> {
        let mut found = vec![refused(
            "Parts of the hosted service that ask for no key.",
            "~* ^/api/v[0-9]+/(?:dashboard-agent|mock|plain|usage/ingest)(?:/|$)",
        )];
        if !site.network.expose.query {
            found.push(refused(
                "Reads the runs of every organization (GHSA-m79r-84cc-xwg9).",
                "~* ^/api/v[0-9]+/query(?:/|$)",
            ));
        }
        if self.engine && !site.is_split() {
            found.push(refused(
                "For supervisors, which are all on this server and do not come this way.",
                "~* ^/engine/v1/worker-actions(?:/|$)",
            ));
        }
        let limited = Forward { limit: Some(api_limit(nginx)), body: body(site), ..webapp() };
        found.extend([
            forwarded(
                "A login of the CLI begins here, without a key.",
                "~* ^/api/v[0-9]+/authorization-code/?$",
                Forward { limit: Some(login_limit()), body: "64k".into(), timeout: 30, ..webapp() },
            ),
            forwarded(
                "Items of a batch stream in, of any number.",
                "~ ^/api/v[0-9]+/batches/[^/]+/items/?$",
                Forward {
                    body: "0".into(),
                    request_buffering: false,
                    timeout: 600,
                    ..limited.clone()
                },
            ),
            forwarded(
                "A deployment reports until it is done.",
                "~ ^/api/v[0-9]+/deployments/[^/]+/finalize/?$",
                Forward { body: "1m".into(), buffering: false, timeout: 900, ..limited.clone() },
            ),
            forwarded("Everything else of the API.", "~* ^/api/", limited),
            forwarded(
                "Subscriptions and streams stay open, and each event goes out at once.",
                "/realtime/v1/",
                streamed(body(site)),
            ),
        ]);
        let workers = if self.public { worker_addresses(site) } else { Vec::new() };
        if self.engine && !workers.is_empty() {
            found.push(Location {
                allow: workers.clone(),
                ..forwarded(
                    "For worker hosts alone.",
                    "~* ^/engine/v1/worker-actions(?:/|$)",
                    streamed(body(site)),
                )
            });
        }
        if self.engine {
            found.push(forwarded(
                "`trigger dev`, remote workers, and runs of releases below 4.5.9.",
                "/engine/v1/",
                streamed(body(site)),
            ));
            found.push(forwarded(
                "Websockets of `trigger dev` and remote workers: nothing else is upgraded.",
                "/socket.io/",
                Forward { snippet: "websocket", ..streamed("1m".into()) },
            ));
        }
        if self.otel {
            found.push(Location {
                allow: workers,
                ..forwarded(
                    "Logs and traces of runs; those of a worker host come from one address.",
                    "~* ^/otel/v1(?:/|$)",
                    Forward {
                        limit: (!site.is_split()).then(|| api_limit(nginx)),
                        body: "32m".into(),
                        ..webapp()
                    },
                )
            });
        }
        if site.network.expose.webhooks {
            found.push(forwarded(
                "Webhooks of third parties, each with its signature.",
                "/webhooks/v1/ingest/",
                Forward { limit: Some(api_limit(nginx)), body: body(site), ..webapp() },
            ));
        }
        found.push(forwarded(
            "Asks the database.",
            "= /healthcheck",
            Forward { limit: Some(api_limit(nginx)), body: "1k".into(), timeout: 30, ..webapp() },
        ));
        found
    }

    /// The locations that the dashboard has besides.
    pub(super) fn dashboard(self, site: &Site) -> Vec<Location> {
        let mut closed = vec!["metrics", "tests", "storybook", "internal", "ws"];
        closed.extend((!self.engine).then_some("engine"));
        closed.extend((!self.engine).then_some("socket\\.io"));
        closed.extend((!self.otel).then_some("otel"));
        closed.extend((!site.access.telemetry).then_some("ph"));
        closed.push(match site.network.expose.webhooks {
            true => "webhooks/v1/accounts",
            false => "webhooks",
        });
        vec![
            refused(
                "For nobody who comes this way, in any case of letters: the application ignores it.",
                &format!("~* ^/(?:{})(?:/|$)", closed.join("|")),
            ),
            forwarded(
                "Sign-in.",
                "~* ^/(?:login|magic)(?:/|$)",
                Forward { limit: Some(login_limit()), body: "64k".into(), timeout: 30, ..webapp() },
            ),
            forwarded(
                "Scripts and styles.",
                "~ ^/(?:assets|build)/",
                Forward { body: "1k".into(), timeout: 30, ..webapp() },
            ),
            forwarded(
                "The dashboard; its pages take events as they come.",
                "/",
                Forward { body: body(site), buffering: false, timeout: 120, ..webapp() },
            ),
        ]
    }
}

/// What a list of the API does not name.
pub(super) fn everything_else() -> Location {
    refused("Nothing else is reached this way.", "/")
}

/// The locations of the registry.
pub(super) fn registry(nginx: &Nginx) -> Vec<Location> {
    let forward = Forward {
        upstream: "registry",
        body: "0".into(),
        request_buffering: false,
        buffering: false,
        timeout: 900,
        limit: Some(api_limit(nginx)),
        ..webapp()
    };
    vec![
        forwarded(
            "Layers have any size; the registry asks for user and password.",
            "/v2/",
            forward,
        ),
        everything_else(),
    ]
}

/// The locations of the object store, of one bucket.
pub(super) fn object_store(site: &Site, bucket: &str) -> Vec<Location> {
    let largest = largest_payload(site).max(32 * MIB);
    let forward = Forward {
        upstream: "object_store",
        methods: Some("GET PUT OPTIONS"),
        body: mebibytes(largest),
        request_buffering: false,
        timeout: 300,
        ..webapp()
    };
    vec![
        forwarded(
            "Objects, each by a signed address; the host is part of what is signed.",
            &format!("/{bucket}/"),
            forward,
        ),
        everything_else(),
    ]
}

/// Where worker hosts come from; empty where that is not said.
fn worker_addresses(site: &Site) -> Vec<String> {
    let all = site.docker().workers.iter().flat_map(|it| &it.addresses);
    let mut all: Vec<String> = all.map(ToString::to_string).collect();
    all.sort();
    all.dedup();
    all
}

fn webapp() -> Forward {
    Forward {
        upstream: "webapp",
        methods: None,
        limit: None,
        body: "1m".into(),
        request_buffering: true,
        buffering: true,
        timeout: 120,
        snippet: "proxy",
    }
}

fn streamed(body: String) -> Forward {
    Forward { body, request_buffering: false, buffering: false, timeout: 3600, ..webapp() }
}

fn refused(about: &'static str, at: &str) -> Location {
    Location { about, at: at.to_owned(), allow: Vec::new(), forward: None }
}

fn forwarded(about: &'static str, at: &str, forward: Forward) -> Location {
    Location { about, at: at.to_owned(), allow: Vec::new(), forward: Some(forward) }
}

fn api_limit(nginx: &Nginx) -> Limit {
    Limit { zone: "api", burst: nginx.requests_per_second.saturating_mul(BURST_SECONDS) }
}

/// A page of sign-in asks more than once.
fn login_limit() -> Limit {
    Limit { zone: "login", burst: 20 }
}

/// The largest body of a call: twice the largest payload, which is a string within JSON.
fn body(site: &Site) -> String {
    mebibytes(largest_payload(site).max(16 * MIB))
}

fn largest_payload(site: &Site) -> u64 {
    let limits = [site.limits.task_payload, site.limits.batch_payload];
    limits.into_iter().flatten().map(ByteSize::bytes).max().unwrap_or(0).saturating_mul(2)
}

fn mebibytes(bytes: u64) -> String {
    format!("{}m", bytes.div_ceil(MIB))
}
