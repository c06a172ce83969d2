//! A connection pooler where replication needs PostgreSQL itself.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{Postgres, Site};

lint!(POOLER_URL, "pooler-url", Error since "0.1.0", pooler_url);

/// Where `PgBouncer` listens unless told otherwise, and the pooler of hosted services.
const PORTS: [u16; 2] = [6432, 6543];

/// What poolers are called.
const NAMES: [&str; 4] = ["pooler", "pgbouncer", "pgcat", "odyssey"];

/// Whether a host is a pooler by its name. RDS calls its own `NAME.proxy-ID.REGION.rds.amazonaws.com`.
fn is_pooler(host: &str) -> bool {
    let host = host.to_lowercase();
    let of_rds = host.ends_with(".rds.amazonaws.com") && host.contains(".proxy-");
    of_rds || NAMES.iter().any(|it| host.contains(it))
}

fn pooler_url(site: &Site, report: &mut Report) {
    let Postgres::External(server) = &site.storage.postgres else { return };
    let host = server.host.as_str();
    let port = server.port.number();
    let (key, shown) = if is_pooler(host) {
        ("host", host.to_owned())
    } else if PORTS.contains(&port) {
        ("port", format!("{host}:{port}"))
    } else {
        return;
    };
    let at = Place::Value(format!("storage.postgres.external.{key}").as_str().into());
    report.found(
        at,
        format!("`{shown}` is a pooler: the replication of runs cannot pass it"),
        "name the server behind the pooler, with its own port",
    );
}
