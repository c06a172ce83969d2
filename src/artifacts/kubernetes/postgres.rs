//! The layer of PostgreSQL: a Cluster of CloudNativePG, its user, and its backups.

use super::secrets::Secret;
use super::{Cluster, KEPT, Layer, Part, network, object, object_with, pooler, resources};
use crate::artifacts::environment::{POSTGRES_DATABASE, database_url};
use crate::artifacts::setting::Pieces;
use crate::release::env;
use crate::site::{BackupPlace, PostgresInCluster, Resource, generated};
use serde_json::{Value, json};

pub(super) const NAME: &str = "postgresql";

/// The owner of the database. It is no superuser: REPLICATION is all that it needs.
pub(super) const USER: &str = "trigger";

/// The plugin that writes backups and the log to a bucket.
const BARMAN: &str = "barman-cloud.cloudnative-pg.io";

pub(super) fn layer(cluster: &Cluster<'_>) -> Option<Layer> {
    let it = cluster.it.postgres.as_ref()?;
    let name = cluster.name(NAME);
    let mut parts = vec![login(cluster).part(cluster)];
    if let Some(backup) = &it.backup {
        parts.push(credentials(cluster, backup).part(cluster));
        parts.push(Part::object("object-store.yaml", object_store(cluster, backup)));
    }
    parts.push(Part::object("cluster.yaml", cluster_object(cluster, it)));
    if let Some(backup) = &it.backup {
        parts.push(Part::object("scheduled-backup.yaml", scheduled_backup(&name, backup)));
    }
    parts.extend(cluster.it.monitoring.then(|| Part::object("pod-monitor.yaml", monitor(&name))));
    parts.extend(network::postgres(cluster, it));
    parts.extend(pooler::parts(cluster, it));
    Some(Layer { name: NAME, parts })
}

/// The service of PostgreSQL itself.
pub(super) fn service(cluster: &Cluster<'_>) -> String {
    format!("{}-rw", cluster.name(NAME))
}

/// The URL of PostgreSQL itself.
pub(super) fn url(cluster: &Cluster<'_>) -> Pieces {
    url_of(&service(cluster), "")
}

/// The URL of the webapp: through the pooler, where there is one. Prisma has to know of it.
pub(super) fn webapp_url(cluster: &Cluster<'_>) -> Pieces {
    match cluster.it.pooler() {
        Some(_) => url_of(&pooler::service(cluster), "&pgbouncer=true"),
        None => url(cluster),
    }
}

fn url_of(host: &str, more: &str) -> Pieces {
    let address = format!("{host}:5432/{POSTGRES_DATABASE}?schema=public&sslmode=disable{more}");
    database_url(USER, &generated(env::POSTGRES_PASSWORD), address)
}

fn login(cluster: &Cluster<'_>) -> Secret {
    Secret {
        file: "secret.yaml",
        name: cluster.name("db-app-user"),
        kind: "kubernetes.io/basic-auth",
        labels: json!({ "cnpg.io/reload": "true" }),
        entries: vec![
            ("username".into(), Pieces::from(USER)),
            ("password".into(), Pieces::secret(&generated(env::POSTGRES_PASSWORD))),
        ],
    }
}

fn credentials(cluster: &Cluster<'_>, backup: &BackupPlace) -> Secret {
    Secret::opaque(
        "backup-secret.yaml",
        cluster.name("postgresql-backup"),
        vec![
            ("access-key-id", Pieces::from(backup.access_key_id.as_str())),
            ("secret-access-key", Pieces::secret(&backup.secret_access_key)),
        ],
    )
}

fn cluster_object(cluster: &Cluster<'_>, it: &PostgresInCluster) -> Value {
    let (user, memory) = (cluster.name("db-app-user"), &cluster.it.resources.postgres);
    let volume = &cluster.it.volumes.postgres;
    let mut storage = json!({ "size": super::quantity(volume.size) });
    if let Some(class) = &volume.class {
        storage["storageClass"] = json!(class.as_str());
    }
    let mut spec = json!({
        "instances": it.instances,
        "imageName": it.image.as_str(),
        "primaryUpdateStrategy": "unsupervised",
        "enableSuperuserAccess": false,
        // With one instance a budget keeps nothing up: it keeps the node from being drained.
        "enablePDB": it.instances > 1,
        "storage": storage,
        "resources": resources(memory),
        "bootstrap": { "initdb": {
            "database": POSTGRES_DATABASE,
            "owner": USER,
            "dataChecksums": true,
            "secret": { "name": user },
        }},
        "managed": { "roles": [{
            "name": USER,
            "ensure": "present",
            "login": true,
            "replication": true,
            "passwordSecret": { "name": user },
        }]},
        "postgresql": { "parameters": parameters(it, memory) },
    });
    if it.instances > 1 {
        let slots = json!({ "enabled": true, "synchronizeLogicalDecoding": true });
        spec["replicationSlots"] = json!({ "highAvailability": slots });
    }
    if it.backup.is_some() {
        spec["plugins"] = json!([{
            "name": BARMAN,
            "isWALArchiver": true,
            "parameters": { "barmanObjectName": cluster.name("postgresql-backup") },
        }]);
    }
    let metadata = json!({ "name": cluster.name(NAME), "annotations": { KEPT: "Disabled" } });
    object_with("postgresql.cnpg.io/v1", "Cluster", metadata, json!({ "spec": spec }))
}

/// Every value is a text to CloudNativePG.
fn parameters(it: &PostgresInCluster, memory: &Resource) -> Value {
    let mut parameters = json!({
        "max_connections": it.max_connections.to_string(),
        "max_replication_slots": "16",
        // A subscriber that is gone must not fill the disk.
        "max_slot_wal_keep_size": "4GB",
        "max_wal_senders": "16",
        "shared_buffers": format!("{}MB", memory.memory.in_mib() / 4),
        "wal_level": "logical",
        // The operator sets 5s, which a busy webapp does not keep.
        "wal_sender_timeout": "60s",
    });
    if it.instances > 1 {
        parameters["hot_standby_feedback"] = json!("on");
    }
    parameters
}

fn object_store(cluster: &Cluster<'_>, backup: &BackupPlace) -> Value {
    let credentials = cluster.name("postgresql-backup");
    let key = |key: &str| json!({ "name": credentials, "key": key });
    let mut configuration = json!({
        "destinationPath": backup.destination.as_str(),
        "s3Credentials": {
            "accessKeyId": key("access-key-id"),
            "secretAccessKey": key("secret-access-key"),
        },
        "wal": { "compression": "gzip" },
        "data": { "compression": "gzip" },
    });
    if let Some(endpoint) = &backup.endpoint {
        configuration["endpointURL"] = json!(endpoint.to_string());
    }
    let spec = json!({
        "retentionPolicy": format!("{}d", backup.keep.in_days()),
        "configuration": configuration,
    });
    object("barmancloud.cnpg.io/v1", "ObjectStore", &credentials, json!({ "spec": spec }))
}

/// The operator's schedules begin with seconds.
fn scheduled_backup(name: &str, backup: &BackupPlace) -> Value {
    let spec = json!({
        "cluster": { "name": name },
        "schedule": format!("0 {}", backup.schedule),
        "method": "plugin",
        "pluginConfiguration": { "name": BARMAN },
        "backupOwnerReference": "self",
    });
    object("postgresql.cnpg.io/v1", "ScheduledBackup", name, json!({ "spec": spec }))
}

fn monitor(name: &str) -> Value {
    pod_monitor(name, json!({ "cnpg.io/cluster": name, "cnpg.io/podRole": "instance" }))
}

/// What tells Prometheus of pods of the operator.
pub(super) fn pod_monitor(name: &str, labels: Value) -> Value {
    let spec = json!({
        "selector": { "matchLabels": labels },
        "podMetricsEndpoints": [{ "port": "metrics" }],
    });
    object("monitoring.coreos.com/v1", "PodMonitor", name, json!({ "spec": spec }))
}

/// When Flux takes a Cluster for ready. While it is made it says that it is not, which is no failure.
pub(super) fn ready() -> Value {
    json!({
        "apiVersion": "postgresql.cnpg.io/v1",
        "kind": "Cluster",
        "current": "has(status.conditions) && status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')",
    })
}

/// The keys of the Secret of the URLs: for queries, and for what cannot pass a pooler.
pub(super) const URL_KEYS: [&str; 2] = ["postgres-database-url", "postgres-direct-url"];

/// The name of that Secret.
pub(super) fn urls_name(cluster: &Cluster<'_>) -> String {
    cluster.name("postgres-urls")
}

/// The Secret of the URLs, which the webapp reads.
pub(super) fn urls(cluster: &Cluster<'_>, urls: [Pieces; 2]) -> Secret {
    let entries = URL_KEYS.into_iter().zip(urls).collect();
    Secret::opaque("postgres-urls.yaml", urls_name(cluster), entries)
}
