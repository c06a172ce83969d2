//! The values of the official chart.

use super::environment::{self, Variables};
use super::{
    Cluster, app, clickhouse, electric, ingress, marked, network, object_store, postgres, quantity,
    redis, resources,
};
use crate::artifacts::environment::{S2_BASIN, in_url};
use crate::site::{
    Clickhouse, ClickhouseInCluster, ObjectStore, Postgres, Realtime, Redis, Streams, VolumeAccess,
};
use serde_json::{Value, json};

/// What the chart wants for a URL that nothing calls: it has no switch for a webapp without Electric.
const NOBODY: &str = "http://electric.invalid";

/// The values, with marked variables.
pub(super) fn values(cluster: &Cluster<'_>) -> Value {
    let (webapp, supervisor) = (environment::webapp(cluster), environment::supervisor(cluster));
    let mut document = json!({
        "secrets": { "enabled": true, "existingSecret": app::secret_name(cluster) },
        "telemetry": { "enabled": cluster.site.access.telemetry },
        "persistence": { "shared": shared(cluster) },
        "webapp": webapp_values(cluster, &webapp),
        "supervisor": supervisor_values(cluster, &supervisor),
        "postgres": postgres_values(cluster),
        "redis": redis_values(cluster),
        "clickhouse": clickhouse_values(cluster),
        "s3": object_store_values(cluster),
        "registry": registry(cluster),
        "electric": electric_values(cluster),
    });
    if cluster.it.chart >= crate::release::chart::S2_VALUES {
        document["s2"] = streams(cluster);
    }
    for (path, value) in webapp.values.into_iter().chain(supervisor.values) {
        set(&mut document, path, value);
    }
    document
}

/// Puts a value at a dotted path.
fn set(document: &mut Value, path: &str, value: Value) {
    let mut place = document;
    for key in path.split('.') {
        place = &mut place[key];
    }
    *place = value;
}

fn shared(cluster: &Cluster<'_>) -> Value {
    let volumes = &cluster.it.volumes;
    let mut shared = json!({
        "enabled": true,
        "accessMode": match volumes.shared_access {
            VolumeAccess::OneNode => "ReadWriteOnce",
            VolumeAccess::ManyNodes => "ReadWriteMany",
        },
    });
    if let Some(class) = &volumes.shared_class {
        shared["storageClass"] = json!(class.as_str());
    }
    shared
}

fn webapp_values(cluster: &Cluster<'_>, variables: &Variables) -> Value {
    let mut webapp = json!({
        "replicaCount": cluster.it.replicas,
        "resources": resources(&cluster.it.resources.webapp),
        // The first start applies every migration: a quarter of an hour.
        "startupProbe": { "enabled": true, "periodSeconds": 10, "failureThreshold": 90 },
        "ingress": ingress::of_chart(cluster),
        "extraEnvVars": variables.extra,
    });
    if cluster.it.monitoring {
        webapp["serviceMonitor"] = json!({ "enabled": true });
    }
    if cluster.it.volumes.shared_access == VolumeAccess::OneNode {
        webapp["affinity"] = beside_itself(cluster);
    }
    webapp
}

/// A new pod is ready before the old one goes, and both mount the shared volume: on another node it would wait for ever.
fn beside_itself(cluster: &Cluster<'_>) -> Value {
    let old = json!({
        "labelSelector": { "matchLabels": network::component_labels(cluster, "webapp") },
        "topologyKey": "kubernetes.io/hostname",
    });
    json!({ "podAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": [old] } })
}

fn supervisor_values(cluster: &Cluster<'_>, variables: &Variables) -> Value {
    let mut supervisor = json!({ "resources": resources(&cluster.it.resources.supervisor) });
    if !variables.extra.is_empty() {
        supervisor["extraEnvVars"] = json!(variables.extra);
    }
    if cluster.it.monitoring {
        supervisor["serviceMonitor"] = json!({ "enabled": true });
    }
    if cluster.it.has_runs_apart() {
        let namespace = cluster.it.runs.namespace.as_str();
        supervisor["config"] = json!({ "kubernetes": { "namespace": namespace } });
    }
    supervisor
}

fn postgres_values(cluster: &Cluster<'_>) -> Value {
    let address = match &cluster.site.storage.postgres {
        Postgres::Bundled { .. } => format!("{}:5432", postgres::service(cluster)),
        Postgres::External(it) => format!("{}:{}", in_url(it.host.as_str()), it.port),
    };
    let [for_queries, direct] = postgres::URL_KEYS;
    json!({
        "deploy": false,
        "external": {
            "existingSecret": postgres::urls_name(cluster),
            "secretKeys": { "databaseUrlKey": for_queries, "directUrlKey": direct },
            "connectivityCheck": { "host": address },
        },
    })
}

fn redis_values(cluster: &Cluster<'_>) -> Value {
    let (host, port, tls, has_password) = match &cluster.site.storage.redis {
        Redis::Bundled => (redis::service(cluster), 6379, false, true),
        Redis::External(it) => {
            (it.host.to_string(), it.port.number(), it.tls, it.password.is_some())
        }
    };
    let mut external = json!({ "host": host, "port": port, "tls": { "enabled": tls } });
    if has_password {
        external["existingSecret"] = json!(redis::auth(cluster));
        external["existingSecretPasswordKey"] = json!(redis::KEY);
    }
    json!({ "deploy": false, "external": external })
}

fn clickhouse_values(cluster: &Cluster<'_>) -> Value {
    let secret = clickhouse::auth(cluster);
    let external = |host: String, port: u16, user: &str, tls: bool| {
        json!({ "deploy": false, "external": {
            "host": host,
            "httpPort": port,
            "username": user,
            "existingSecret": secret,
            "existingSecretKey": clickhouse::KEY,
            "secure": tls,
        }})
    };
    match (&cluster.site.storage.clickhouse, &cluster.it.clickhouse) {
        (Clickhouse::External(it), _) => {
            let host = in_url(it.host.as_str());
            external(host, it.port.number(), it.username.as_str(), it.tls)
        }
        (Clickhouse::Bundled { .. }, Some(ClickhouseInCluster::Chart)) => own_clickhouse(cluster),
        (Clickhouse::Bundled { .. }, _) => {
            external(clickhouse::service(cluster), 8123, clickhouse::USER, false)
        }
    }
}

/// The StatefulSet of the chart.
fn own_clickhouse(cluster: &Cluster<'_>) -> Value {
    let volume = &cluster.it.volumes.clickhouse;
    let mut persistence = json!({ "size": quantity(volume.size), "retain": true });
    if let Some(class) = &volume.class {
        persistence["storageClass"] = json!(class.as_str());
    }
    json!({
        "deploy": true,
        "auth": { "existingSecret": clickhouse::auth(cluster), "existingSecretKey": clickhouse::KEY },
        "persistence": persistence,
        "resources": resources(&cluster.it.resources.clickhouse),
    })
}

fn object_store_values(cluster: &Cluster<'_>) -> Value {
    let endpoint = match &cluster.site.storage.object_store {
        ObjectStore::Bundled(it) => match &it.public_host {
            Some(host) => format!("https://{host}"),
            None => {
                let host = cluster.host(&object_store::service(cluster));
                format!("http://{host}:{}", object_store::PORT)
            }
        },
        ObjectStore::External(it) => it.endpoint.to_string(),
    };
    let [id, key] = object_store::KEYS;
    json!({
        "deploy": false,
        "external": {
            "endpoint": endpoint,
            "existingSecret": object_store::credentials(cluster),
            "existingSecretAccessKeyIdKey": id,
            "existingSecretSecretAccessKeyKey": key,
        },
    })
}

fn registry(cluster: &Cluster<'_>) -> Value {
    let registry = &cluster.site.storage.registry;
    json!({
        "deploy": false,
        "repositoryNamespace": registry.namespace(),
        "external": {
            "host": marked::of_narrow(registry.host()),
            // The chart takes a login from its values alone, where it would be read by everybody.
            "auth": { "enabled": false },
        },
    })
}

fn electric_values(cluster: &Cluster<'_>) -> Value {
    match &cluster.site.storage.realtime {
        Realtime::Native => json!({ "deploy": false, "external": { "url": NOBODY } }),
        // The chart gives its own the URL for queries.
        Realtime::Electric { .. } if cluster.it.pooler().is_some() => {
            let host = cluster.host(&electric::service(cluster));
            let url = format!("http://{host}:{}", electric::PORT);
            json!({ "deploy": false, "external": { "url": url } })
        }
        Realtime::Electric { image } => {
            let (name, tag) = super::app_template::split(image.as_str());
            let (registry, repository) = match name.split_once('/') {
                Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => {
                    (host.to_owned(), rest.to_owned())
                }
                _ => ("docker.io".to_owned(), name),
            };
            json!({
                "deploy": true,
                "image": { "registry": registry, "repository": repository, "tag": tag },
            })
        }
    }
}

fn streams(cluster: &Cluster<'_>) -> Value {
    match &cluster.site.storage.streams {
        Streams::V1 => json!({ "deploy": false }),
        Streams::Bundled => {
            let volume = &cluster.it.volumes.s2;
            let mut persistence = json!({ "size": quantity(volume.size) });
            if let Some(class) = &volume.class {
                persistence["storageClass"] = json!(class.as_str());
            }
            json!({ "deploy": true, "basin": S2_BASIN, "persistence": persistence })
        }
        Streams::Hosted { basin, .. } => json!({
            "deploy": false,
            "basin": basin.as_str(),
            "skipAccessTokens": false,
            "external": {
                "endpoint": format!("https://{basin}.b.aws.s2.dev/v1"),
                "existingSecret": cluster.name("s2"),
                "existingSecretAccessTokenKey": "access-token",
            },
        }),
    }
}
