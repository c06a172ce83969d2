//! The layer of the object store: a bucket is a folder, made before the server starts.

use super::app_template::{self, Workload, from_secret, mounted, probe};
use super::secrets::Secret;
use super::{Cluster, Layer, Part, backup, claim, ingress, network, resources};
use crate::artifacts::environment::{BUCKET, BUNDLED_ACCESS_KEY_ID, BUNDLED_REGION};
use crate::artifacts::setting::Pieces;
use crate::release::env;
use crate::site::{ObjectStore, ObjectStoreKind, generated};
use serde_json::{Value, json};

const NAME: &str = "s3";

/// Where it listens.
pub(super) const PORT: u16 = 9000;

/// The keys of its credentials.
pub(super) const KEYS: [&str; 2] = ["access-key-id", "secret-access-key"];

pub(super) fn layer(cluster: &Cluster<'_>) -> Option<Layer> {
    let image = cluster.it.object_store.as_ref()?;
    let ObjectStore::Bundled(bundled) = &cluster.site.storage.object_store else { return None };
    let data = cluster.name("s3-data");
    let mut parts = vec![
        secret(cluster).part(cluster),
        Part::object("data-pvc.yaml", claim(&data, &cluster.it.volumes.object_store)),
    ];
    let workload = match bundled.kind {
        ObjectStoreKind::Versitygw => versitygw(cluster, image.as_str(), &data),
        ObjectStoreKind::Minio => minio(cluster, image.as_str(), &data),
    };
    parts.extend(app_template::parts(cluster, &workload));
    let public = bundled.public_host.as_ref();
    parts.extend(public.map(|host| ingress::object_store(cluster, host.as_str())));
    parts.extend(backup::object_store(cluster));
    parts.extend(network::object_store(cluster));
    Some(Layer { name: NAME, parts })
}

/// The Secret with the credentials.
pub(super) fn credentials(cluster: &Cluster<'_>) -> String {
    cluster.name("s3-credentials")
}

/// The service.
pub(super) fn service(cluster: &Cluster<'_>) -> String {
    cluster.name(NAME)
}

fn secret(cluster: &Cluster<'_>) -> Secret {
    let secret = Pieces::secret(&generated(env::OBJECT_STORE_SECRET_ACCESS_KEY));
    let [id, key] = KEYS;
    let entries = vec![(id, Pieces::from(BUNDLED_ACCESS_KEY_ID)), (key, secret)];
    Secret::opaque("secret.yaml", credentials(cluster), entries)
}

/// Beside the objects it keeps what is said of them: not every class of volumes has extended attributes.
fn versitygw<'a>(cluster: &Cluster<'_>, image: &'a str, data: &str) -> Workload<'a> {
    let start = format!(
        "mkdir -p /volume/data/{BUCKET} /volume/metadata && exec /usr/local/bin/docker-entrypoint.sh"
    );
    let [id, key] = KEYS;
    let health = json!({ "httpGet": { "path": "/health", "port": PORT } });
    workload(
        cluster,
        image,
        mounted(data, "/volume"),
        json!({
            "command": ["sh", "-ec", start],
            "env": {
                env::ROOT_ACCESS_KEY_ID: from_secret(&credentials(cluster), id),
                env::ROOT_SECRET_ACCESS_KEY: from_secret(&credentials(cluster), key),
                env::VGW_BACKEND: "posix",
                env::VGW_BACKEND_ARG: "/volume/data",
                env::VGW_META_SIDECAR: "/volume/metadata",
                env::VGW_HEALTH: "/health",
                env::VGW_PORT: format!(":{PORT}"),
                env::VGW_REGION: BUNDLED_REGION,
            },
        }),
        health,
    )
}

fn minio<'a>(cluster: &Cluster<'_>, image: &'a str, data: &str) -> Workload<'a> {
    let [id, key] = KEYS;
    let start = format!("mkdir -p /data/{BUCKET} && exec minio server /data");
    let health = json!({ "httpGet": { "path": "/minio/health/live", "port": PORT } });
    workload(
        cluster,
        image,
        mounted(data, "/data"),
        json!({
            "command": ["sh", "-ec", start],
            "env": {
                env::MINIO_ROOT_USER: from_secret(&credentials(cluster), id),
                env::MINIO_ROOT_PASSWORD: from_secret(&credentials(cluster), key),
            },
        }),
        health,
    )
}

fn workload<'a>(
    cluster: &Cluster<'_>,
    image: &'a str,
    volume: Value,
    mut container: Value,
    health: Value,
) -> Workload<'a> {
    container["probes"] = json!({
        "liveness": probe(health.clone(), 20, 6),
        "readiness": probe(health.clone(), 10, 3),
        "startup": probe(health, 5, 60),
    });
    container["resources"] = resources(&cluster.it.resources.object_store);
    Workload {
        part: NAME,
        image,
        container,
        pod: json!({}),
        ports: vec![("http", PORT)],
        volumes: vec![("data", volume)],
    }
}
