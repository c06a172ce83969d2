//! Policies that close each store to all but its users, and runs to everybody.

use super::{
    Cluster, Part, backup, clickhouse, electric, object, object_store, pooler, postgres, runs,
};
use crate::site::{ClickhouseInCluster, PostgresInCluster, Realtime, RedisInCluster};
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
        None => {
            let apart = cluster.it.has_runs_apart();
            let runs = apart.then(|| namespace(cluster.it.runs.namespace.as_str()));
            let beside = json!({ "podSelector": {} });
            [Some(beside), runs].into_iter().flatten().map(|it| rule(it, &ports)).collect()
        }
    };
    policy(cluster, &name, by_app_template(&name), ingress)
}

/// Runs call, and nobody calls them.
pub(super) fn runs(cluster: &Cluster<'_>) -> Option<Part> {
    let spec = json!({ "podSelector": {}, "policyTypes": ["Ingress"] });
    let name = cluster.name(runs::NAME);
    let policy = object("networking.k8s.io/v1", "NetworkPolicy", &name, json!({ "spec": spec }));
    cluster.it.network_policies.then(|| Part::object(FILE, policy))
}

/// What the official chart brings and only the webapp uses: its ClickHouse, and Electric, which whoever reaches it can read
/// everything by.
pub(super) fn of_chart(cluster: &Cluster<'_>) -> Vec<Part> {
    let own_electric = cluster.it.pooler().is_some();
    let electric = matches!(cluster.site.storage.realtime, Realtime::Electric { .. });
    let clickhouse = matches!(cluster.it.clickhouse, Some(ClickhouseInCluster::Chart));
    let rows = [
        (electric && !own_electric, "electric-network-policy.yaml", "electric", electric::PORT),
        (clickhouse, "clickhouse-network-policy.yaml", "clickhouse", 8123),
    ];
    let there = rows.into_iter().filter(|(is, ..)| *is);
    there
        .filter_map(|(_, file, part, port)| {
            let name = format!("{}-{part}", cluster.site.chart_fullname());
            let labels = component_labels(cluster, part);
            policy_in(cluster, file, &name, labels, vec![rule(webapp(cluster), &[port])])
        })
        .collect()
}

/// The label by which the app-template chart knows the pods of a release.
fn by_app_template(release: &str) -> Value {
    json!({ "app.kubernetes.io/instance": release })
}
