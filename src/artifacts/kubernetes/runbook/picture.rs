//! The picture of the site in its cluster: what runs where, and who calls whom at which port.

use super::super::Cluster;
use super::tables;
use crate::site::{
    Clickhouse, ClickhouseInCluster, Ingress, ObjectStore, Postgres, Realtime, Redis, Streams,
};
use serde_json::{Value, json};

/// Boxes and arrows, as the template draws them.
pub(super) fn of(cluster: &Cluster<'_>) -> Value {
    let (it, storage) = (cluster.it, &cluster.site.storage);
    let mut picture = Picture::default();
    for name in ["webapp", "supervisor"] {
        picture.inside(name, name, false);
    }
    picture.runs(it.has_runs_apart());
    picture.way_in(cluster);
    picture.arrow("supervisor", "webapp", "3030");
    picture.arrow("supervisor", "runs", "starts");
    picture.arrow("runs", "webapp", "3030");
    picture.arrow("runs", "supervisor", "3000");
    let stores = [
        ("postgres", "PostgreSQL", it.postgres.is_some(), postgres(&storage.postgres), "5432"),
        ("redis", "Redis", it.redis.is_some(), redis(&storage.redis), "6379"),
        (
            "clickhouse",
            "ClickHouse",
            it.clickhouse.is_some(),
            clickhouse(&storage.clickhouse),
            "8123",
        ),
        ("objects", "object store", it.object_store.is_some(), objects(&storage.object_store), ""),
    ];
    for (id, title, is_inside, host, port) in stores {
        let port = match (id, is_inside) {
            ("objects", true) => tables::OBJECTS.to_string(),
            (_, true) => port.to_owned(),
            _ => String::new(),
        };
        match is_inside {
            true => picture.inside(id, title, true),
            false => picture.outside(id, &format!("{title}: {host}")),
        }
        picture.arrow("webapp", id, &port);
        if id == "postgres" && it.pooler().is_some() {
            picture.inside("pooler", "PgBouncer", false);
            picture.arrow("webapp", "pooler", "5432");
            picture.arrow("pooler", "postgres", "5432");
        }
        if id == "objects" {
            picture.arrow("runs", id, &port);
        }
    }
    match &storage.streams {
        Streams::Bundled => {
            picture.inside("streams", "s2", true);
            picture.arrow("webapp", "streams", "80");
            picture.arrow("runs", "streams", "80");
        }
        Streams::Hosted { .. } => {
            picture.outside("streams", "streams: s2.dev");
            picture.arrow("webapp", "streams", "");
        }
        Streams::V1 => {}
    }
    if let Realtime::Electric { .. } = storage.realtime {
        picture.inside("electric", "electric", false);
        picture.arrow("webapp", "electric", "3000");
    }
    picture.outside("registry", &format!("registry: {}", storage.registry.host()));
    picture.arrow("runs", "registry", "images");
    picture.backups(cluster);
    let mut namespaces = vec![namespace("namespace", it.namespace.as_str(), picture.nodes)];
    if it.has_runs_apart() {
        namespaces.push(namespace("runs_namespace", it.runs.namespace.as_str(), picture.runs));
    }
    json!({ "namespaces": namespaces, "outside": picture.outside, "arrows": picture.arrows })
}

fn namespace(id: &str, name: &str, nodes: Vec<Value>) -> Value {
    json!({ "id": boxed(id), "title": format!("namespace {name}"), "nodes": nodes })
}

#[derive(Default)]
struct Picture {
    nodes: Vec<Value>,
    /// What is in the namespace of runs, where they have one.
    runs: Vec<Value>,
    outside: Vec<Value>,
    arrows: Vec<Value>,
}

impl Picture {
    fn inside(&mut self, id: &str, text: &str, store: bool) {
        self.nodes.push(json!({ "id": boxed(id), "text": text, "store": store }));
    }

    fn runs(&mut self, is_apart: bool) {
        let nodes = if is_apart { &mut self.runs } else { &mut self.nodes };
        nodes.push(json!({ "id": boxed("runs"), "text": "runs", "store": false }));
    }

    fn outside(&mut self, id: &str, text: &str) {
        self.outside.push(json!({ "id": boxed(id), "text": text }));
    }

    fn arrow(&mut self, from: &str, to: &str, text: &str) {
        self.arrows.push(json!({ "from": boxed(from), "to": boxed(to), "text": text }));
    }

    fn way_in(&mut self, cluster: &Cluster<'_>) {
        self.outside("people", "browsers, CLI, applications");
        let front = match &cluster.it.ingress {
            Ingress::Traefik { .. } => "Traefik".to_owned(),
            Ingress::Gateway { name, namespace, .. } => format!("Gateway {namespace}/{name}"),
        };
        self.outside("front", &front);
        let host = cluster.site.origin().to_string();
        self.arrow("people", "front", &host);
        self.arrow("front", "webapp", "3030");
        if let Some(host) = cluster.site.object_store_host() {
            self.arrow("people", "front", &format!("https://{host}"));
            self.arrow("front", "objects", &tables::OBJECTS.to_string());
        }
    }

    fn backups(&mut self, cluster: &Cluster<'_>) {
        let it = cluster.it;
        let postgres = it.postgres.as_ref().and_then(|it| it.backup.as_ref());
        let ours = it.backup.as_ref().filter(|_| it.has_jobs()).map(|it| &it.place);
        let mut buckets: Vec<String> = Vec::new();
        let clickhouse = matches!(it.clickhouse, Some(ClickhouseInCluster::Image(_)));
        let jobs = [
            (postgres, "postgres", it.postgres.is_some()),
            (ours, "redis", it.redis.is_some()),
            (ours, "clickhouse", clickhouse),
            (ours, "objects", it.object_store.is_some()),
        ];
        for (place, id, is) in jobs {
            let Some(place) = place.filter(|_| is) else { continue };
            let bucket = place.bucket().to_owned();
            let known = buckets.iter().position(|it| *it == bucket);
            let nth = known.unwrap_or_else(|| {
                buckets.push(bucket.clone());
                buckets.len() - 1
            });
            if known.is_none() {
                self.outside(&format!("bucket{nth}"), &format!("bucket {bucket}"));
            }
            self.arrow(id, &format!("bucket{nth}"), "backups");
        }
    }
}

/// A name that no word of Mermaid is.
fn boxed(name: &str) -> String {
    format!("in_{name}")
}

fn postgres(it: &Postgres) -> String {
    match it {
        Postgres::External(it) => format!("{}:{}", it.host, it.port),
        Postgres::Bundled { .. } => String::new(),
    }
}

fn redis(it: &Redis) -> String {
    match it {
        Redis::External(it) => format!("{}:{}", it.host, it.port),
        Redis::Bundled => String::new(),
    }
}

fn clickhouse(it: &Clickhouse) -> String {
    match it {
        Clickhouse::External(it) => format!("{}:{}", it.host, it.port),
        Clickhouse::Bundled { .. } => String::new(),
    }
}

fn objects(it: &ObjectStore) -> String {
    match it {
        ObjectStore::External(it) => it.endpoint.to_string(),
        ObjectStore::Bundled(_) => String::new(),
    }
}
