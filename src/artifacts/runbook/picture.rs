//! The picture of the site: machines, containers, and who calls whom over which network.

use super::super::Cx;
use super::super::compose::{self, Container};
use crate::site::{Clickhouse, ObjectStore, Postgres, Redis, Registry, Site, Streams, Worker};
use serde_json::{Value, json};

/// Boxes and arrows, as the template draws them.
pub(super) fn of(cx: &Cx<'_>) -> Value {
    let site = cx.site;
    let mut picture = Picture::default();
    picture.machine(cx, None);
    for worker in &site.docker().workers {
        picture.machine(cx, Some(worker));
    }
    picture.world(site);
    json!({ "machines": picture.machines, "outside": picture.outside, "arrows": picture.arrows })
}

#[derive(Default)]
struct Picture {
    machines: Vec<Value>,
    outside: Vec<Value>,
    arrows: Vec<Value>,
}

/// Who calls whom within a machine, and at which port.
const CALLS: &[(&str, &str, &str)] = &[
    ("webapp", "postgres", "5432"),
    ("webapp", "redis", "6379"),
    ("webapp", "clickhouse", "8123"),
    ("webapp", "object-store", "9000"),
    ("webapp", "s2", "80"),
    ("webapp", "electric", "3000"),
    ("supervisor", "webapp", "3000"),
    ("supervisor", "docker-proxy", "2375"),
    ("runs", "webapp", "3000"),
    ("runs", "supervisor", "8020"),
    ("runs", "object-store", "9000"),
    ("runs", "s2", "80"),
];

const DATABASES: &[&str] = &["postgres", "redis", "clickhouse", "object-store", "s2", "registry"];

impl Picture {
    fn machine(&mut self, cx: &Cx<'_>, worker: Option<&Worker>) {
        let site = cx.site;
        let (id, title) = match worker {
            Some(it) => (id(&at(it), "machine"), format!("{}: {}", it.name, it.memory)),
            None => (id("server", "machine"), format!("server: {}", site.docker().memory)),
        };
        let on = &worker.map_or_else(|| "server".to_owned(), at);
        let mut containers = cx.containers(worker).into_owned();
        containers.retain(|it| !it.once);
        if worker.is_some() || !site.is_split() {
            containers.push(runs(site));
        }
        let mut nodes: Vec<Value> = containers.iter().map(|it| node(on, it)).collect();
        if worker.is_none() && site.nginx().is_some() {
            nodes.insert(0, json!({ "id": "nginx", "text": "nginx: 80, 443", "store": false }));
        }
        self.machines.push(json!({ "id": id, "title": title, "nodes": nodes }));
        let find = |name: &str| containers.iter().find(|it| it.service == name);
        for (from, to, port) in CALLS {
            let (Some(a), Some(b)) = (find(from), find(to)) else { continue };
            let shared = a.networks.iter().find(|it| b.networks.contains(it));
            if let Some(network) = shared {
                self.arrow(&self::id(on, from), &self::id(on, to), &format!("{network}: {port}"));
            }
        }
        if let (Some(_), Some(_)) = (find("docker-proxy"), find("runs")) {
            self.arrow(&self::id(on, "docker-proxy"), &self::id(on, "runs"), "starts");
        }
    }

    /// What lies beyond the machines.
    fn world(&mut self, site: &Site) {
        let webapp = id("server", "webapp");
        self.outside.push(json!({ "id": "people", "text": "browsers, CLI, applications" }));
        let front = if site.nginx().is_some() { "nginx" } else { "front" };
        if site.nginx().is_none() {
            self.outside.push(json!({ "id": "front", "text": "your proxy" }));
        }
        for (host, private) in site.hosts() {
            let how = if private { "tailnet" } else { "https" };
            self.arrow("people", front, &format!("{how}: {host}"));
        }
        for (service, port, _) in super::tables::backends(site) {
            self.arrow(front, &id("server", service), &format!("127.0.0.1:{port}"));
        }
        for worker in &site.docker().workers {
            let on = &at(worker);
            for caller in ["supervisor", "runs"] {
                self.arrow(&id(on, caller), front, &format!("https: {}", site.api_host()));
            }
        }
        for (name, host) in elsewhere(site) {
            let box_id = format!("elsewhere_{}", name.replace('-', "_"));
            self.outside.push(json!({ "id": box_id, "text": format!("{name}: {host}") }));
            self.arrow(&webapp, &box_id, "");
        }
    }

    fn arrow(&mut self, from: &str, to: &str, text: &str) {
        self.arrows.push(json!({ "from": from, "to": to, "text": text }));
    }
}

/// The containers of runs, which no compose file names.
fn runs(site: &Site) -> Container {
    let networks = vec![compose::runner_network(site)];
    let (image, ports) = Default::default();
    Container { service: "runs".into(), image, once: false, networks, ports }
}

fn node(on: &str, container: &Container) -> Value {
    let name = container.service.as_str();
    json!({ "id": id(on, name), "text": name, "store": DATABASES.contains(&name) })
}

/// What the names of everything on a worker host begin with.
fn at(worker: &Worker) -> String {
    format!("at_{}", worker.name)
}

/// A name that no word of Mermaid is, and no other machine or container has.
fn id(machine: &str, name: &str) -> String {
    format!("{}_{}", machine.replace('-', "__"), name.replace('-', "__"))
}

/// Servers of the author's, by what they are.
fn elsewhere(site: &Site) -> Vec<(&'static str, String)> {
    let storage = &site.storage;
    let mut found = Vec::new();
    if let Postgres::External(it) = &storage.postgres {
        found.push(("PostgreSQL", format!("{}:{}", it.host, it.port)));
    }
    if let Redis::External(it) = &storage.redis {
        found.push(("Redis", format!("{}:{}", it.host, it.port)));
    }
    if let Clickhouse::External(it) = &storage.clickhouse {
        found.push(("ClickHouse", format!("{}:{}", it.host, it.port)));
    }
    if let ObjectStore::External(it) = &storage.object_store {
        found.push(("object-store", it.endpoint.to_string()));
    }
    if let Streams::Hosted { .. } = &storage.streams {
        found.push(("streams", "s2.dev".into()));
    }
    if let Registry::External(it) = &storage.registry {
        found.push(("registry", it.host.to_string()));
    }
    found
}
