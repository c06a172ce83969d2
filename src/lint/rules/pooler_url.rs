//! A connection pooler where replication needs PostgreSQL itself.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{Postgres, Site};

lint!(POOLER_URL, "pooler-url", Error since "0.1.0", pooler_url);

/// Where `PgBouncer` listens unless told otherwise.
const PGBOUNCER: u16 = 6432;

fn pooler_url(site: &Site, report: &mut Report) {
    let Postgres::External(server) = &site.storage.postgres else { return };
    let host = server.host.as_str();
    let (key, shown) = if host.to_lowercase().contains("pooler") {
        ("host", host.to_owned())
    } else if server.port.number() == PGBOUNCER {
        ("port", format!("{host}:{PGBOUNCER}"))
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
