//! Electric beside the official chart: its own would read PostgreSQL through the pooler, which passes no replication on.

use super::app_template::{Workload, from_secret, parts_in, probe};
use super::{Cluster, Part, network, postgres, resources};
use crate::release::env;
use crate::site::{Realtime, Resource};
use crate::value::{ByteSize, CpuAmount, Scalar as _};
use serde_json::json;

const NAME: &str = "electric";

/// Its port.
pub(super) const PORT: u16 = 3000;

/// The service.
pub(super) fn service(cluster: &Cluster<'_>) -> String {
    cluster.name(NAME)
}

pub(super) fn parts(cluster: &Cluster<'_>) -> Vec<Part> {
    let Realtime::Electric { image } = &cluster.site.storage.realtime else { return Vec::new() };
    if cluster.it.pooler().is_none() {
        return Vec::new();
    }
    let health = json!({ "httpGet": { "path": "/v1/health", "port": PORT } });
    let [_, direct] = postgres::URL_KEYS;
    let workload = Workload {
        part: NAME,
        image: image.as_str(),
        container: json!({
            "env": {
                env::DATABASE_URL: from_secret(&postgres::urls_name(cluster), direct),
                env::ELECTRIC_INSECURE: "true",
                env::ELECTRIC_USAGE_REPORTING: "false",
            },
            "probes": {
                "liveness": probe(health.clone(), 20, 6),
                "readiness": probe(health.clone(), 10, 3),
                "startup": probe(health, 5, 60),
            },
            "resources": resources(&needed()),
        }),
        pod: json!({}),
        ports: vec![("http", PORT)],
        volumes: Vec::new(),
    };
    let files = ["electric-oci-repository.yaml", "electric-helm-release.yaml"];
    let mut parts: Vec<Part> = parts_in(cluster, &workload, files).into();
    parts.extend(network::own_electric(cluster));
    parts
}

/// What it takes: as much as on a large server.
fn needed() -> Resource {
    let cpu = CpuAmount::from_text("100m").expect("bug in trigger-gen: no amount");
    Resource { memory: ByteSize::mib(512), cpu }
}
