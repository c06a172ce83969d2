//! The layer of ClickHouse, where it is not the official chart's own.

use super::app_template::{self, Workload, from_secret, mounted, probe};
use super::secrets::Secret;
use super::{Cluster, Layer, Part, backup, claim, network, resources};
use crate::artifacts::clickhouse::{AWAY, Server, mounts, profiles, server};
use crate::artifacts::setting::Pieces;
use crate::release::env;
use crate::site::{ClickhouseInCluster, generated};
use serde_json::{Value, json};

const NAME: &str = "clickhouse";

/// The key of its password.
pub(super) const KEY: &str = "clickhouse-password";

/// Its user.
pub(super) const USER: &str = "default";

/// The user of the image.
const UID: u32 = 101;

pub(super) fn layer(cluster: &Cluster<'_>) -> Option<Layer> {
    let Some(ClickhouseInCluster::Image(image)) = &cluster.it.clickhouse else { return None };
    let (data, config) = (cluster.name("clickhouse-data"), cluster.name("clickhouse-config"));
    let mut parts = vec![
        secret(cluster).part(cluster),
        Part::object("data-pvc.yaml", claim(&data, &cluster.it.volumes.clickhouse)),
        settings(cluster, &config),
    ];
    let workload = workload(cluster, image.as_str(), &data, &config);
    parts.extend(app_template::parts(cluster, &workload));
    parts.extend(backup::clickhouse(cluster));
    parts.extend(network::clickhouse(cluster));
    Some(Layer { name: NAME, parts })
}

/// The Secret with the password.
pub(super) fn auth(cluster: &Cluster<'_>) -> String {
    cluster.name("clickhouse-auth")
}

/// The service.
pub(super) fn service(cluster: &Cluster<'_>) -> String {
    cluster.name(NAME)
}

fn secret(cluster: &Cluster<'_>) -> Secret {
    let password = Pieces::secret(&generated(env::CLICKHOUSE_PASSWORD));
    Secret::opaque("secret.yaml", auth(cluster), vec![(KEY, password)])
}

fn settings(cluster: &Cluster<'_>, config: &str) -> Part {
    let away = cluster.it.backup.as_ref().map(backup::clickhouse_address);
    let memory = cluster.it.resources.clickhouse.memory;
    let of = Server::of(cluster.site, memory).with_bucket(away);
    Part::Config {
        name: config.to_owned(),
        files: vec![
            ("override.xml", "Server settings of ClickHouse", server(&of)),
            ("users-override.xml", "Profile settings of ClickHouse", profiles(&of)),
        ],
    }
}

fn workload<'a>(cluster: &Cluster<'_>, image: &'a str, data: &str, config: &str) -> Workload<'a> {
    let ping = json!({ "httpGet": { "path": "/ping", "port": 8123 } });
    let mut volumes = vec![
        ("data", mounted(data, "/var/lib/clickhouse")),
        (
            "logs",
            json!({ "type": "emptyDir", "globalMounts": [{ "path": "/var/log/clickhouse-server" }] }),
        ),
    ];
    // Each file alone: mounting the folder would hide what the image keeps there.
    let names = ["config", "users"];
    volumes.extend(
        names
            .into_iter()
            .zip(mounts(false))
            .map(|(name, (file, path))| (name, of_config(config, file, path))),
    );
    let mut variables = json!({
        env::CLICKHOUSE_USER: USER,
        env::CLICKHOUSE_PASSWORD: from_secret(&auth(cluster), KEY),
        env::CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT: "1",
    });
    if cluster.it.backup.is_some() {
        let secret = backup::name(cluster, NAME);
        for (variable, key) in AWAY.iter().zip(backup::KEYS) {
            variables[*variable] = from_secret(&secret, key);
        }
    }
    Workload {
        part: NAME,
        image,
        container: json!({
            "env": variables,
            "probes": {
                "liveness": probe(ping.clone(), 10, 5),
                "readiness": probe(ping.clone(), 10, 5),
                "startup": probe(ping, 10, 60),
            },
            "resources": resources(&cluster.it.resources.clickhouse),
        }),
        pod: json!({ "securityContext": {
            "runAsNonRoot": true,
            "runAsUser": UID,
            "runAsGroup": UID,
            "fsGroup": UID,
            "fsGroupChangePolicy": "OnRootMismatch",
        }}),
        ports: vec![("http", 8123), ("native", 9000)],
        volumes,
    }
}

fn of_config(config: &str, file: &str, path: &str) -> Value {
    json!({
        "type": "configMap",
        "name": config,
        "globalMounts": [{ "path": path, "subPath": file, "readOnly": true }],
    })
}
