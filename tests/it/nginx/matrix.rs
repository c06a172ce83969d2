//! The matrix of paths: what of a site is reached from where, line by line.

use super::client::Session;
use super::place::{
    Client, Place, below_internal_api, exposed, hardened, one_name, public, split,
    split_by_address, tailnet_certificate,
};
use super::server::Server;
use crate::consumers::{run, tool};
use std::net::SocketAddr;

/// `>` arrives byte for byte at the application, `-` is refused with 400, 403, 404 or 421 and never arrives.
///
/// W: the world at the API of `hardened-vps`; T: the tailnet there; D: the tailnet at its dashboard; E: the world at an
/// API that exposes all it can; P: the world at `minimal-vps`, where dashboard and API are one and public.
const MATRIX: &str = r"
target                                              W T D E P
# what the world may ask an API
/healthcheck                                        > > > > >
/healthcheck?a=b                                    > > > > >
/api/v1/whoami                                      > > > > >
/api/v2/whoami                                      > > > > >
/api/v3/batches/b_1/items                           > > > > >
/api/v1/deployments/d_1/finalize                    > > > > >
/api/v1/authorization-code                          > > > > >
/api/v1/waitpoints/tokens/w_1/callback/hash         > > > > >
/realtime/v1/runs/run_1                             > > > > >
/realtime/v1/streams/run_1/out?a=b                  > > > > >
# slashes, blanks and signs that belong to a name stay as they are
/api/v1/tasks/a%2Fb/trigger                         > > > > >
/api/v1/tasks/a%2fb/trigger                         > > > > >
/api/v2/packets/a%2Fb%2Fc%20d                       > > > > >
/api/v1/packets/x%252f..%252fy                      > > > > >
/api/v1/runs?tag=..%2F..%2Flogin&from=a\b           > > > > >
/api/v1/tasks/...                                   > > > > >
/api/v1/tasks/.hidden/trigger                       > > > > >
/api/v1/tasks/a;b@c:d=e+f~g!$'()*,/trigger          > > > > >
/api/v1/runs?a_data=1&b=_data                       > > > > >
# one dashboard, one way in
/                                                   - - > - >
/login                                              - - > - >
/LOGIN                                              - - > - >
/magic?token=x                                      - - > - >
/account/authorization-code/abc                     - - > - >
/orgs/acme/projects/jobs?_data=routes%2Fx           - - > - >
/resources/packets/env/a%2Fb                        - - > - >
/assets/entry.js                                    - - > - >
/build/entry.js                                     - - > - >
/favicon.ico                                        - - > - >
/admin                                              - - > - >
/Admin/api/v1/orgs                                  - - > - >
/@/orgs/acme                                        - - > - >
# the list of the API is to the letter
/API/v1/whoami                                      - - > - >
/api/v1                                             - - > - >
/api/v0/whoami                                      - - > - >
/api/v10/whoami                                     - - > - >
/api%2fv1/whoami                                    - - > - >
//api/v1/whoami                                     - - > - >
/realtime/v2/runs                                   - - > - >
/healthcheck/                                       - - > - >
/Healthcheck                                        - - > - >
/healthcheckx                                       - - > - >
/v2/                                                - - > - >
# data of a page in the place of the page
/api/v1/whoami?_data=root                           - - > - >
/healthcheck?_data=root                             - - > - >
/healthcheck?%5Fdata=root                           - - > - >
/healthcheck?a=b&_d%61ta=root                       - - > - >
/healthcheck?%5f%64%61%74%61=root                   - - > - >
/healthcheck?_data                                  - - > - >
# what runs, `trigger dev` and workers speak with
/engine/v1/dev/config                               - > > > >
/engine/v1/runs/run_1/wait/duration                 - > > > >
/engine/v1/worker-actions/connect                   - - - > -
/engine/v1/Worker-Actions/connect                   - - - > -
/socket.io/?EIO=4                                   - > > > >
/otel/v1/traces                                     - > > > -
/Otel/v1/traces                                     - - > - -
/webhooks/v1/ingest/abc                             - - - > -
/webhooks/v1/accounts                               - - - - -
# nobody's
/metrics                                            - - - - -
/METRICS                                            - - - - -
/Metrics/                                           - - - - -
//metrics                                           - - - - -
/%6detrics                                          - - - - -
/metrics?a                                          - - - - -
/metrics%2f                                         - - - - -
/tests/sse                                          - - - - -
/tests/sse/stream                                   - - - - -
/Tests/sse/stream                                   - - - - -
/storybook                                          - - - - -
/internal/webhooks/tester                           - - - - -
/ws                                                 - - - - -
/ph/capture                                         - - - - -
/api/v1/mock                                        - - - - -
/API/v1/Mock/                                       - - - - -
/api/v1/%6dock                                      - - - - -
/api/v1/plain/customer-cards                        - - - - -
/api/v1/usage/ingest                                - - - - -
/api/v1/dashboard-agent/alerts                      - - - - -
/api/v1/query                                       - - - - -
/api/v1/Query/                                      - - - - -
/.refused                                           - - - - -
# paths that nginx and the application read differently
/api/../admin                                       - - - - -
/api/v1/../../admin                                 - - - - -
/api/v1/..\..\admin                                 - - - - -
/api/v1/..%5c..%5cadmin                             - - - - -
/api/v1\..\login                                    - - - - -
/resources/packets/x/..%2f..%2fapi/v1/x             - - - - -
/realtime/v1/a%2fb%2fc/../../../login               - - - - -
/realtime/v1/a%2fb%2fc/../../metrics                - - - - -
/realtime/v1/a%2fb%2fc/../../tests/sse              - - - - -
/realtime/v1/a%2fb%2fc/../../otel/v1/traces         - - - - -
/realtime/v1/a%2fb%2fc/../../socket.io/             - - - - -
/api/v1/packets/a%2fb/../../../../login             - - - - -
/api/v1/packets/a%2fb/%2e%2e/%2e%2e/%2e%2e/%2e%2e/login - - - - -
/api/v1/packets/a%2fb/%2E./.%2e/../login            - - - - -
/api/v1/x/..                                        - - - - -
/api/v1/./x                                         - - - - -
/api/v1/x/..?y                                      - - - - -
/api/v1/x#/../../login                              - - - - -
/foo/..%2fmetrics                                   - - - - -
/metrics/..%2fx                                     - - - - -
/x/..\metrics                                       - - - - -
/x/..%5cmetrics                                     - - - - -
/a%2fb/../metrics                                   - - - - -
";

/// Lines of the matrix: target and cells.
pub(super) fn rows() -> Vec<(&'static str, Vec<&'static str>)> {
    let lines = MATRIX.lines().filter(|it| it.starts_with('/'));
    let rows: Vec<_> = lines
        .map(|line| {
            let mut words = line.split_whitespace();
            (words.next().expect("a target"), words.collect::<Vec<_>>())
        })
        .collect();
    assert!(rows.len() > 90 && rows.iter().all(|it| it.1.len() == 5), "the matrix was not read");
    rows
}

/// What a site lets through that its column does not.
type More = &'static [&'static str];

/// Whether a target arrives.
fn passes(target: &str, cell: &str, more: More) -> bool {
    cell == ">" || more.contains(&target)
}

/// The cells of a column that are not as the matrix says.
fn wrong_cells(
    server: &Server,
    place: &Place,
    client: Client,
    host: &str,
    (column, more): (usize, More),
) -> Vec<String> {
    let mut session = Session::new(place.way(client, host));
    let mut wrong = Vec::new();
    for (target, cells) in rows() {
        let seen = server.see_in(&mut session, "GET", target, host);
        let arrived: Vec<&str> = seen.arrived.iter().map(|it| it.target.as_str()).collect();
        let fine = match passes(target, cells[column], more) {
            true => arrived == [target] && seen.status() == 200,
            false => arrived.is_empty() && [400, 403, 404, 421].contains(&seen.status()),
        };
        if !fine {
            wrong.push(format!("{} {target}: {} {arrived:?}", cells[column], seen.status()));
        }
    }
    wrong
}

/// The same over HTTP/2, all of it on one connection.
fn wrong_cells_over_http2(
    server: &Server,
    place: &Place,
    client: Client,
    host: &str,
    (column, more): (usize, More),
) -> Vec<String> {
    let way = place.way(client, host);
    let mut command = server.machine.command(&tool("curl").expect("curl"));
    for (nth, (target, _)) in rows().into_iter().enumerate() {
        command.args(["--next"].iter().take(nth.min(1)));
        command.args(["--http2", "--insecure", "--silent", "--max-time", "60"]);
        let to = SocketAddr::new(way.to, 443);
        command.args(["--connect-to", &format!("{host}:443:{to}")]);
        command.args(["--interface", &way.from.to_string(), "--output", "/dev/null"]);
        command.args(["--write-out", "%{http_code} %{http_version}\n"]);
        command.args(["--request-target", target, &format!("https://{host}/")]);
    }
    let said = String::from_utf8(run(&mut command).stdout).expect("text");
    let mut arrived = server.stub.take().into_iter().map(|it| it.target).peekable();
    let mut wrong = Vec::new();
    for ((target, cells), said) in rows().into_iter().zip(said.lines()) {
        let came = arrived.next_if(|it| it == target).is_some();
        let refused = ["400 2", "403 2", "404 2", "421 2"].contains(&said);
        let fine = if passes(target, cells[column], more) {
            came && said == "200 2"
        } else {
            !came && refused
        };
        if !fine {
            wrong.push(format!("{} {target}: {said} {came}", cells[column]));
        }
    }
    wrong.extend(arrived.map(|it| format!("{it} arrived, as nobody asked")));
    assert_eq!(said.lines().count(), rows().len(), "{said}");
    wrong
}

/// Judges columns of the matrix: each seen by a client, over IPv4 and IPv6, at the dashboard or at the API.
fn judge(places: Vec<Place>, columns: &[(usize, Client, bool)]) {
    judge_with(places, columns, &[]);
}

/// The same for sites that let more through than the sites of these columns.
fn judge_with(places: Vec<Place>, columns: &[(usize, Client, bool)], more: More) {
    for place in places {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            for (column, client, at_dashboard) in columns {
                let host = if *at_dashboard { place.dashboard() } else { place.api() };
                for client in place.both_families(*client) {
                    for look in [wrong_cells, wrong_cells_over_http2] {
                        let wrong = look(&server, &place, client, host, (*column, more));
                        let wrong = wrong.join("\n");
                        assert!(wrong.is_empty(), "{} {client:?} {host}:\n{wrong}", place.nginx());
                    }
                }
            }
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_dashboard_on_a_tailnet_has_no_wrong_cell() {
    let columns =
        [(0, Client::World, false), (1, Client::Tailnet, false), (2, Client::Tailnet, true)];
    judge(hardened(), &columns);
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn an_api_that_exposes_all_has_no_wrong_cell() {
    judge(exposed(), &[(3, Client::World, false)]);
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_public_dashboard_has_no_wrong_cell() {
    judge(public(), &[(4, Client::World, true)]);
}

const FOR_WORKERS: &[&str] = &[
    "/engine/v1/worker-actions/connect",
    "/engine/v1/Worker-Actions/connect",
    "/otel/v1/traces",
    "/Otel/v1/traces",
];

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_public_dashboard_with_worker_hosts_has_no_wrong_cell() {
    judge_with(split(), &[(4, Client::World, true)], FOR_WORKERS);
}

/// In every spelling: the application ignores the case of letters.
#[test]
#[ignore = "takes long: scripts/test runs it"]
fn what_only_workers_need_is_for_their_addresses() {
    judge_with(split_by_address(), &[(4, Client::World, true)], &[]);
    for place in split_by_address() {
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            for target in FOR_WORKERS {
                let mut session = Session::new(place.worker_way(place.api()));
                let seen = server.see_in(&mut session, "POST", target, place.api());
                assert_eq!(seen.arrived.len(), 1, "{target}: {}", seen.status());
            }
        });
    }
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn one_name_on_two_addresses_has_no_wrong_cell() {
    judge(one_name(), &[(0, Client::World, true), (2, Client::Tailnet, true)]);
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_certificate_of_the_tailnet_changes_no_cell() {
    let columns =
        [(0, Client::World, false), (1, Client::Tailnet, false), (2, Client::Tailnet, true)];
    judge(tailnet_certificate(), &columns);
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_release_whose_runs_call_the_engine_has_no_wrong_cell() {
    let engine =
        &["/engine/v1/dev/config", "/engine/v1/runs/run_1/wait/duration", "/socket.io/?EIO=4"];
    judge_with(below_internal_api(), &[(0, Client::World, false)], engine);
}
