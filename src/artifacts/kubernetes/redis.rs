//! The layer of Redis: queues live in it, so it saves everything and evicts nothing.

use super::app_template::{self, Workload, from_secret, mounted, probe};
use super::gitops::{chart_source, helm_release};
use super::secrets::Secret;
use super::{Cluster, Layer, Part, backup, claim, network, resources};
use crate::artifacts::setting::Pieces;
use crate::release::{chart, env};
use crate::site::{RedisInCluster, generated};
use serde_json::{Value, json};

const NAME: &str = "redis";

/// The key of its password.
pub(super) const KEY: &str = "redis-password";

pub(super) fn layer(cluster: &Cluster<'_>) -> Option<Layer> {
    let it = cluster.it.redis.as_ref()?;
    let (data, auth) = (cluster.name("redis-data"), auth(cluster));
    let mut parts = vec![
        secret(cluster).part(cluster),
        Part::object("data-pvc.yaml", claim(&data, &cluster.it.volumes.redis)),
    ];
    match it {
        RedisInCluster::Image(image) => {
            let workload = workload(cluster, image.as_str(), &data, &auth);
            parts.extend(app_template::parts(cluster, &workload));
        }
        RedisInCluster::Bitnami => parts.extend(bitnami(cluster, &data, &auth)),
    }
    parts.extend(backup::redis(cluster));
    parts.extend(network::redis(cluster, it));
    Some(Layer { name: NAME, parts })
}

/// The Secret with the password.
pub(super) fn auth(cluster: &Cluster<'_>) -> String {
    cluster.name("redis-auth")
}

fn secret(cluster: &Cluster<'_>) -> Secret {
    let password = Pieces::secret(&generated(env::REDIS_PASSWORD));
    Secret::opaque("secret.yaml", auth(cluster), vec![(KEY, password)])
}

/// The service; Bitnami's chart adds to the name of its release.
pub(super) fn service(cluster: &Cluster<'_>) -> String {
    let release = cluster.name(NAME);
    match cluster.it.redis {
        Some(RedisInCluster::Bitnami) => format!("{release}-master"),
        _ => release,
    }
}

fn workload<'a>(cluster: &Cluster<'_>, image: &'a str, data: &str, auth: &str) -> Workload<'a> {
    let memory = &cluster.it.resources.redis;
    let port = json!({ "tcpSocket": { "port": 6379 } });
    // Keys take three quarters: the rest is for the copy that is written to the disk.
    let most = format!("{}mb", memory.memory.in_mib() * 3 / 4);
    Workload {
        part: NAME,
        image,
        container: json!({
            // The entrypoint puts its own server in front and gives up being root: Valkey's does so for no other name.
            "args": [
                "--requirepass", "$(REDIS_PASSWORD)", "--appendonly", "yes", "--maxmemory", most,
                "--maxmemory-policy", "noeviction",
            ],
            "env": { env::REDIS_PASSWORD: from_secret(auth, KEY) },
            "probes": {
                "liveness": probe(port.clone(), 20, 6),
                "readiness": probe(port.clone(), 10, 3),
                "startup": probe(port, 5, 60),
            },
            "resources": resources(memory),
        }),
        pod: json!({ "securityContext": { "fsGroup": 999, "fsGroupChangePolicy": "OnRootMismatch" } }),
        ports: vec![("redis", 6379)],
        volumes: vec![("data", mounted(data, "/data"))],
    }
}

fn bitnami(cluster: &Cluster<'_>, data: &str, auth: &str) -> [Part; 2] {
    let source = cluster.name("redis-chart");
    let (repository, tag) = chart::BITNAMI_REDIS_IMAGE;
    let values: Value = json!({
        "global": { "security": { "allowInsecureImages": true } },
        "image": { "repository": repository, "tag": tag },
        "architecture": "standalone",
        "auth": { "enabled": true, "existingSecret": auth, "existingSecretPasswordKey": KEY },
        "master": {
            "configuration": "maxmemory-policy noeviction",
            "persistence": { "existingClaim": data },
            "resources": resources(&cluster.it.resources.redis),
        },
        "replica": { "replicaCount": 0 },
        // The chart's own lets everybody in, whatever another policy says.
        "networkPolicy": { "enabled": false },
    });
    let release = helm_release(&cluster.name(NAME), &source, "10m", values);
    [
        Part::object("oci-repository.yaml", chart_source(&source, chart::BITNAMI_REDIS)),
        Part::object("helm-release.yaml", release),
    ]
}
