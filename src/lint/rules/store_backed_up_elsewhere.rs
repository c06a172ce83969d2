//! A store of the author's own, whose backup is the author's own.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{Clickhouse, ObjectStore, Postgres, Redis, Registry, Site, Streams};

lint!(STORE_BACKED_UP_ELSEWHERE, "store-backed-up-elsewhere", Info since "0.1.0", store_backed_up_elsewhere);

fn store_backed_up_elsewhere(site: &Site, report: &mut Report) {
    let storage = &site.storage;
    let elsewhere = [
        ("postgres.external", "PostgreSQL", matches!(storage.postgres, Postgres::External(_))),
        ("redis.external", "Redis", matches!(storage.redis, Redis::External(_))),
        (
            "clickhouse.external",
            "ClickHouse",
            matches!(storage.clickhouse, Clickhouse::External(_)),
        ),
        (
            "object_store.external",
            "the object store",
            matches!(storage.object_store, ObjectStore::External(_)),
        ),
        ("streams.hosted", "s2", matches!(storage.streams, Streams::Hosted { .. })),
        ("registry.external", "the registry", matches!(storage.registry, Registry::External(_))),
    ];
    for (key, what, _) in elsewhere.into_iter().filter(|(.., it)| *it) {
        report.found(
            Place::Key(format!("storage.{key}").as_str().into()),
            format!("no backup made here holds {what}, which runs elsewhere"),
            "have it saved where it runs, and restore it to the same moment as the rest",
        );
    }
}
