//! PgBouncer in front of PostgreSQL, and the way around it for what it cannot pass on.

use super::app_template::from_secret;
use super::{Cluster, Part, network, object, postgres, resources};
use crate::release::chart::AROUND_POOLER;
use crate::site::PostgresInCluster;
use serde_json::{Value, json};

/// The service, which is called like the Pooler.
pub(super) fn service(cluster: &Cluster<'_>) -> String {
    cluster.name("postgresql-pooler")
}

/// The labels that the operator gives its pods.
pub(super) fn labels(cluster: &Cluster<'_>) -> Value {
    json!({ "cnpg.io/poolerName": service(cluster) })
}

pub(super) fn parts(cluster: &Cluster<'_>, it: &PostgresInCluster) -> Vec<Part> {
    let Some(pooler) = &it.pooler else { return Vec::new() };
    let mut parts = vec![Part::object("pooler.yaml", pooler_object(cluster, it, pooler.instances))];
    parts.extend(
        cluster.it.monitoring.then(|| Part::object("pooler-pod-monitor.yaml", monitor(cluster))),
    );
    parts.extend(network::pooler(cluster));
    parts
}

fn pooler_object(cluster: &Cluster<'_>, it: &PostgresInCluster, instances: u32) -> Value {
    // All of them together leave half of the connections to what goes around them.
    let each = (it.max_connections / 2 / instances).max(1);
    let container =
        json!({ "name": "pgbouncer", "resources": resources(&cluster.it.resources.pooler) });
    let spec = json!({
        "cluster": { "name": cluster.name(postgres::NAME) },
        "instances": instances,
        "type": "rw",
        "pgbouncer": {
            "poolMode": "transaction",
            "parameters": { "default_pool_size": each.to_string(), "max_client_conn": "1000" },
        },
        "template": { "spec": { "containers": [container] } },
    });
    object("postgresql.cnpg.io/v1", "Pooler", &service(cluster), json!({ "spec": spec }))
}

fn monitor(cluster: &Cluster<'_>) -> Value {
    postgres::pod_monitor(&service(cluster), labels(cluster))
}

/// The variables by which the webapp's replication is told of PostgreSQL itself.
pub(super) fn around(cluster: &Cluster<'_>) -> Vec<Value> {
    let names = AROUND_POOLER.iter().filter(|_| cluster.it.pooler().is_some());
    let [_, direct] = postgres::URL_KEYS;
    let of = from_secret(&postgres::urls_name(cluster), direct);
    names.map(|name| json!({ "name": name, "valueFrom": of["valueFrom"] })).collect()
}
