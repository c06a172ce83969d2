//! Logs and traces that pile up in the main database.

use crate::diag::Place;
use crate::lint::{Report, holes};
use crate::release::{Reader, Release, accepts, env, lookup};
use crate::site::Site;

lint!(POSTGRES_EVENT_STORE, "postgres-event-store", Warning since "0.1.0" of release, postgres_event_store);

fn postgres_event_store(site: &Site, report: &mut Report) {
    let version = site.release.version;
    if takes_clickhouse(site.release) {
        return;
    }
    let message =
        format!("{version} keeps logs and traces of runs in PostgreSQL, and never deletes them");
    let help = match holes::first_release(takes_clickhouse) {
        Some(mended) => format!("move to `{mended}` or later, which keep them in ClickHouse"),
        None => "watch the size of the table `TaskEvent`".into(),
    };
    report.found(Place::Value("release".into()), message, help);
}

/// Whether a release takes the store that is compiled wherever it exists.
fn takes_clickhouse(release: &Release) -> bool {
    lookup(Reader::Webapp, env::EVENT_REPOSITORY_DEFAULT_STORE)
        .and_then(|it| it.at(release.version))
        .is_some_and(|span| accepts(span, "clickhouse_v2").is_ok())
}
