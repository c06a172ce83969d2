//! Policies that close each store to all but its users, and runs to everybody.

use super::{
    Cluster, Part, backup, clickhouse, electric, object, object_store, pooler, postgres, runs,
};
use crate::release::chart::{S2, SUPERVISOR, SUPERVISOR_METRICS};
use crate::site::{ClickhouseInCluster, PostgresInCluster, Realtime, RedisInCluster, Streams};
use serde_json::{Value, json};

const FILE: &str = "network-policy.yaml";

/// The webapp, by the labels that the chart gives its pods.
fn webapp(cluster: &Cluster<'_>) -> Value {
    component(cluster, "webapp")
}

fn component(cluster: &Cluster<'_>, name: &str) -> Value {
    selected(component_labels(cluster, name))
}

/// The labels that the chart gives the pods of a component.
pub(super) fn component_labels(cluster: &Cluster<'_>, name: &str) -> Value {
    json!({
        "app.kubernetes.io/name": "trigger",
        "app.kubernetes.io/instance": cluster.site.name.as_str(),
        "app.kubernetes.io/component": name,
    })
}

/// The job that saves a store.
fn job(cluster: &Cluster<'_>, part: &str) -> Value {
    json!({ "podSelector": { "matchLabels": backup::labels(cluster, part) } })
}

/// Whoever scrapes metrics, wherever that is.
fn anywhere() -> Value {
    json!({ "namespaceSelector": {} })
}

fn namespace(name: &str) -> Value {
    json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } })
}

fn tcp(ports: &[u16]) -> Value {
    ports.iter().map(|port| json!({ "port": port, "protocol": "TCP" })).collect()
}

fn rule(from: Value, ports: &[u16]) -> Value {
    json!({ "from": [from], "ports": tcp(ports) })
}

fn policy(cluster: &Cluster<'_>, name: &str, labels: Value, ingress: Vec<Value>) -> Option<Part> {
    policy_in(cluster, FILE, name, labels, ingress)
}

fn policy_in(
    cluster: &Cluster<'_>,
    file: &'static str,
    name: &str,
    labels: Value,
    ingress: Vec<Value>,
) -> Option<Part> {
    let spec = json!({
        "podSelector": { "matchLabels": labels },
        "policyTypes": ["Ingress"],
        "ingress": ingress,
    });
    let policy = object("networking.k8s.io/v1", "NetworkPolicy", name, json!({ "spec": spec }));
    cluster.it.network_policies.then(|| Part::object(file, policy))
}

pub(super) fn postgres(cluster: &Cluster<'_>, it: &PostgresInCluster) -> Option<Part> {
    let name = cluster.name(postgres::NAME);
    let labels = json!({ "cnpg.io/cluster": name });
    let own = selected(labels.clone());
    let mut ingress = vec![
        rule(webapp(cluster), &[5432]),
        // Instances copy from each other, and the operator asks each how it is.
        rule(own, &[5432, 8000]),
        rule(namespace(it.operator_namespace.as_str()), &[5432, 8000]),
    ];
    if it.pooler.is_some() {
        ingress.push(rule(selected(pooler::labels(cluster)), &[5432]));
    }
    if let Realtime::Electric { .. } = cluster.site.storage.realtime {
        ingress.push(rule(electric(cluster), &[5432]));
    }
    ingress.extend(cluster.it.monitoring.then(|| rule(anywhere(), &[9187])));
    policy(cluster, &name, labels, ingress)
}

/// Electric: of the chart, or beside it.
fn electric(cluster: &Cluster<'_>) -> Value {
    match cluster.it.pooler() {
        Some(_) => selected(by_app_template(&electric::service(cluster))),
        None => component(cluster, "electric"),
    }
}

pub(super) fn pooler(cluster: &Cluster<'_>) -> Option<Part> {
    let mut ingress = vec![rule(webapp(cluster), &[5432])];
    ingress.extend(cluster.it.monitoring.then(|| rule(anywhere(), &[9127])));
    let (name, labels) = (pooler::service(cluster), pooler::labels(cluster));
    policy_in(cluster, "pooler-network-policy.yaml", &name, labels, ingress)
}

/// Electric beside the chart, which whoever reaches it can read everything by.
pub(super) fn own_electric(cluster: &Cluster<'_>) -> Option<Part> {
    let name = electric::service(cluster);
    let ingress = vec![rule(webapp(cluster), &[electric::PORT])];
    policy_in(cluster, "electric-network-policy.yaml", &name, by_app_template(&name), ingress)
}

fn selected(labels: Value) -> Value {
    json!({ "podSelector": { "matchLabels": labels } })
}

pub(super) fn redis(cluster: &Cluster<'_>, it: &RedisInCluster) -> Option<Part> {
    let release = cluster.name("redis");
    let labels = match it {
        RedisInCluster::Image(_) => by_app_template(&release),
        RedisInCluster::Bitnami => {
            json!({ "app.kubernetes.io/name": "redis", "app.kubernetes.io/instance": release })
        }
    };
    let mut ingress = vec![rule(webapp(cluster), &[6379])];
    ingress.extend(cluster.it.saves_redis().then(|| rule(job(cluster, "redis"), &[6379])));
    policy(cluster, &release, labels, ingress)
}

pub(super) fn clickhouse(cluster: &Cluster<'_>) -> Option<Part> {
    let name = clickhouse::service(cluster);
    let mut ingress = vec![rule(webapp(cluster), &[8123])];
    ingress
        .extend(cluster.it.saves_clickhouse().then(|| rule(job(cluster, "clickhouse"), &[9000])));
    policy(cluster, &name, by_app_template(&name), ingress)
}

/// Runs send large payloads themselves, and where it has a public name so does the world: by pods, or by a proxy that is none.
pub(super) fn object_store(cluster: &Cluster<'_>) -> Option<Part> {
    let (name, ports) = (object_store::service(cluster), [object_store::PORT]);
    let ingress = match cluster.site.object_store_host() {
        Some(_) => vec![json!({ "ports": tcp(&ports) })],
        None => beside_and_runs(cluster, &ports),
    };
    policy(cluster, &name, by_app_template(&name), ingress)
}

/// Everything in the namespace of the site, and runs where these are.
fn beside_and_runs(cluster: &Cluster<'_>, ports: &[u16]) -> Vec<Value> {
    let runs = cluster.it.has_runs_apart().then(|| of_runs(cluster));
    [Some(beside()), runs].into_iter().flatten().map(|it| rule(it, ports)).collect()
}

/// Every pod of the own namespace.
fn beside() -> Value {
    json!({ "podSelector": {} })
}

/// Every pod of the namespace of runs.
fn of_runs(cluster: &Cluster<'_>) -> Value {
    match cluster.it.has_runs_apart() {
        true => namespace(cluster.it.runs.namespace.as_str()),
        false => beside(),
    }
}

/// Its API does not ask a run whether it is its own, so nobody else may call it.
fn supervisor(cluster: &Cluster<'_>) -> Vec<Value> {
    let scrapes = if cluster.it.monitoring { anywhere() } else { beside() };
    vec![rule(of_runs(cluster), &[SUPERVISOR.port]), rule(scrapes, &[SUPERVISOR_METRICS])]
}

/// Runs call, and nobody calls them.
pub(super) fn runs(cluster: &Cluster<'_>) -> Option<Part> {
    let spec = json!({ "podSelector": {}, "policyTypes": ["Ingress"] });
    let name = cluster.name(runs::NAME);
    let policy = object("networking.k8s.io/v1", "NetworkPolicy", &name, json!({ "spec": spec }));
    cluster.it.network_policies.then(|| Part::object(FILE, policy))
}

/// What the official chart brings: its `ClickHouse`, and Electric, which whoever reaches it can read everything by, are the
/// webapp's alone; s2 asks nobody who he is.
pub(super) fn of_chart(cluster: &Cluster<'_>) -> Vec<Part> {
    let for_webapp = |port: u16| vec![rule(webapp(cluster), &[port])];
    let storage = &cluster.site.storage;
    let mut rows =
        vec![("supervisor-network-policy.yaml", SUPERVISOR.component, supervisor(cluster))];
    if let (Realtime::Electric { .. }, None) = (&storage.realtime, cluster.it.pooler()) {
        rows.push(("electric-network-policy.yaml", "electric", for_webapp(electric::PORT)));
    }
    if let Some(ClickhouseInCluster::Chart) = cluster.it.clickhouse {
        rows.push(("clickhouse-network-policy.yaml", "clickhouse", for_webapp(8123)));
    }
    if let Streams::Bundled = storage.streams {
        rows.push(("s2-network-policy.yaml", S2.component, beside_and_runs(cluster, &[S2.port])));
    }
    let parts = rows.into_iter().filter_map(|(file, part, ingress)| {
        let name = format!("{}-{part}", cluster.site.chart_fullname());
        policy_in(cluster, file, &name, component_labels(cluster, part), ingress)
    });
    parts.collect()
}

/// The label by which the app-template chart knows the pods of a release.
fn by_app_template(release: &str) -> Value {
    json!({ "app.kubernetes.io/instance": release })
}
