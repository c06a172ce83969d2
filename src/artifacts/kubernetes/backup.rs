//! Jobs that save the stores to a bucket by the clock, and those that bring back what is there.
//!
//! Each store's job and its Secret stand in the layer of the store, so that they come and go with it. The scripts are the
//! same for every site and hold nothing that Flux or the kubelet would fill in: what differs is in variables.

use super::app_template::from_secret;
use super::secrets::Secret;
use super::{Cluster, Part, clickhouse, object, object_store, quantity, redis};
use crate::artifacts::environment::BUCKET;
use crate::artifacts::setting::Pieces;
use crate::artifacts::{Cx, file, header};
use crate::plan::{Body, PlannedFile};
use crate::release::{env, images};
use crate::site::{BackupInCluster, RedisInCluster};
use crate::tree::Mode;
use serde_json::{Map, Value, json};

/// A script of a step.
macro_rules! script {
    ($name:literal) => {
        include_str!(concat!("../../../templates/kubernetes/backup/", $name, ".sh"))
    };
}

/// Seconds after which a run that has not ended is ended.
const DEADLINE: u32 = 6 * 3_600;

/// Seconds by which the objects are copied later than Redis is saved: no row precedes its object then.
const PAUSE: u32 = 300;

/// The keys of each Secret with the access to the bucket.
pub(super) const KEYS: [&str; 2] = ["access-key-id", "secret-access-key"];

/// Nobody's, with whom a step that owns nothing runs.
const NOBODY: u32 = 65_534;

/// One container of a job; they run one after the other.
struct Step<'a> {
    name: &'static str,
    image: &'a str,
    script: &'static str,
    memory: String,
    variables: Vec<(&'static str, Value)>,
}

/// The folder of a store in the bucket.
pub(super) fn folder(backup: &BackupInCluster, part: &str) -> String {
    format!("{}/{part}", backup.place.path())
}

/// Where the service of the bucket is.
fn endpoint(backup: &BackupInCluster) -> String {
    match &backup.place.endpoint {
        Some(origin) => origin.to_string(),
        None => "https://s3.amazonaws.com".to_owned(),
    }
}

/// The folder of ClickHouse as one address, which Amazon wants with the bucket in the host.
pub(super) fn clickhouse_address(backup: &BackupInCluster) -> String {
    let path = folder(backup, "clickhouse");
    match (&backup.place.endpoint, path.split_once('/')) {
        (None, Some((bucket, below))) => format!("https://{bucket}.s3.amazonaws.com/{below}/"),
        _ => format!("{}/{path}/", endpoint(backup)),
    }
}

/// The name of a job, its pods and its Secret.
pub(super) fn name(cluster: &Cluster<'_>, part: &str) -> String {
    cluster.name(&format!("{part}-backup"))
}

/// The label of the pods of a job.
pub(super) fn labels(cluster: &Cluster<'_>, part: &str) -> Value {
    json!({ "app.kubernetes.io/name": name(cluster, part) })
}

pub(super) fn redis(cluster: &Cluster<'_>) -> Vec<Part> {
    let Some(backup) = cluster.it.backup.as_ref().filter(|_| cluster.it.saves_redis()) else {
        return Vec::new();
    };
    let take = Step {
        name: "take",
        image: redis_image(cluster),
        script: script!("redis-take"),
        memory: "128Mi".into(),
        variables: vec![
            ("STORE", json!(redis::service(cluster))),
            (env::REDISCLI_AUTH, from_secret(&redis::auth(cluster), redis::KEY)),
        ],
    };
    let put = client(cluster, backup, "redis", "put", script!("redis-put"), vec![kept(backup)]);
    parts(cluster, backup, "redis", &[take, put])
}

pub(super) fn clickhouse(cluster: &Cluster<'_>) -> Vec<Part> {
    let Some(backup) = cluster.it.backup.as_ref().filter(|_| cluster.it.saves_clickhouse()) else {
        return Vec::new();
    };
    let take = Step {
        name: "take",
        image: images::CLICKHOUSE.reference,
        script: script!("clickhouse-take"),
        memory: "512Mi".into(),
        variables: vec![
            ("STORE", json!(clickhouse::service(cluster))),
            ("DEADLINE", json!(DEADLINE.to_string())),
            (env::CLICKHOUSE_USER, json!(clickhouse::USER)),
            (env::CLICKHOUSE_PASSWORD, from_secret(&clickhouse::auth(cluster), clickhouse::KEY)),
        ],
    };
    let script = script!("clickhouse-tidy");
    let tidy = client(cluster, backup, "clickhouse", "tidy", script, vec![kept(backup)]);
    parts(cluster, backup, "clickhouse", &[take, tidy])
}

pub(super) fn object_store(cluster: &Cluster<'_>) -> Vec<Part> {
    let Some(backup) = cluster.it.backup.as_ref().filter(|_| cluster.it.saves_objects()) else {
        return Vec::new();
    };
    let [here, there] = ends(backup);
    let copy = copy(cluster, backup, [here, there], PAUSE);
    parts(cluster, backup, "s3", &[copy])
}

/// The two ends of a copy of the objects.
fn ends(backup: &BackupInCluster) -> [String; 2] {
    [format!("store/{BUCKET}"), format!("bucket/{}", folder(backup, "object-store"))]
}

fn copy<'a>(
    cluster: &Cluster<'_>,
    backup: &'a BackupInCluster,
    [from, to]: [String; 2],
    pause: u32,
) -> Step<'a> {
    let secret = object_store::credentials(cluster);
    let [id, key] = object_store::KEYS;
    let store = format!("http://{}:{}", object_store::service(cluster), object_store::PORT);
    let variables = vec![
        ("STORE", json!(store)),
        ("STORE_ACCESS_KEY_ID", from_secret(&secret, id)),
        ("STORE_SECRET_ACCESS_KEY", from_secret(&secret, key)),
        ("FROM", json!(from)),
        ("TO", json!(to)),
        ("PAUSE", json!(pause.to_string())),
    ];
    client(cluster, backup, "s3", "copy", script!("objects-copy"), variables)
}

/// How long the client lets what it finds in the bucket lie.
fn kept(backup: &BackupInCluster) -> (&'static str, Value) {
    ("KEEP", json!(format!("{}d", backup.place.keep.in_days())))
}

/// A step of the client that knows the bucket.
fn client<'a>(
    cluster: &Cluster<'_>,
    backup: &'a BackupInCluster,
    part: &str,
    name: &'static str,
    script: &'static str,
    more: Vec<(&'static str, Value)>,
) -> Step<'a> {
    let secret = self::name(cluster, part);
    let [id, key] = KEYS;
    let mut variables = vec![
        (env::MC_CONFIG_DIR, json!("/tmp/mc")),
        ("ENDPOINT", json!(endpoint(backup))),
        ("FOLDER", json!(folder(backup, part))),
        ("ACCESS_KEY_ID", from_secret(&secret, id)),
        ("SECRET_ACCESS_KEY", from_secret(&secret, key)),
    ];
    variables.extend(more);
    Step { name, image: backup.client.as_str(), script, memory: "512Mi".into(), variables }
}

/// What speaks to the server: its own image, but for Bitnami's.
fn redis_image<'a>(cluster: &'a Cluster<'_>) -> &'a str {
    match &cluster.it.redis {
        Some(RedisInCluster::Image(image)) => image.as_str(),
        _ => images::REDIS.reference,
    }
}

/// The Secret of a job, and the job.
fn parts(
    cluster: &Cluster<'_>,
    backup: &BackupInCluster,
    part: &str,
    steps: &[Step<'_>],
) -> Vec<Part> {
    let [id, key] = KEYS;
    let entries = vec![
        (id, Pieces::from(backup.place.access_key_id.as_str())),
        (key, Pieces::secret(&backup.place.secret_access_key)),
    ];
    let name = name(cluster, part);
    let secret = Secret::opaque("backup-secret.yaml", name.clone(), entries).part(cluster);
    let most = cluster.it.resources.redis.memory;
    let spec = json!({
        "schedule": backup.place.schedule.to_string(),
        "timeZone": cluster.site.timezone.to_string(),
        "concurrencyPolicy": "Forbid",
        "startingDeadlineSeconds": 3_600,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 3,
        "jobTemplate": { "spec": {
            "activeDeadlineSeconds": DEADLINE,
            "backoffLimit": 2,
            "template": {
                "metadata": { "labels": labels(cluster, part) },
                "spec": pod(steps, NOBODY, json!({ "sizeLimit": quantity(most) }), None),
            },
        }},
    });
    let job = object("batch/v1", "CronJob", &name, json!({ "spec": spec }));
    vec![secret, Part::object("backup.yaml", job)]
}

/// Steps that may do no more than any pod of a `restricted` namespace.
fn pod(steps: &[Step<'_>], user: u32, work: Value, claim: Option<&str>) -> Value {
    let mut volumes = vec![
        json!({ "name": "stage", "emptyDir": work }),
        json!({ "name": "tmp", "emptyDir": { "medium": "Memory", "sizeLimit": "16Mi" } }),
    ];
    volumes.extend(
        claim.map(|it| json!({ "name": "data", "persistentVolumeClaim": { "claimName": it } })),
    );
    let mut containers: Vec<Value> =
        steps.iter().map(|it| container(it, claim.is_some())).collect();
    let last = containers.pop();
    let mut pod = json!({
        "restartPolicy": "Never",
        "automountServiceAccountToken": false,
        "enableServiceLinks": false,
        "securityContext": {
            "runAsNonRoot": true,
            "runAsUser": user,
            "runAsGroup": user,
            "fsGroup": user,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": { "type": "RuntimeDefault" },
        },
    });
    if !containers.is_empty() {
        pod["initContainers"] = json!(containers);
    }
    pod["containers"] = last.into_iter().collect();
    pod["volumes"] = json!(volumes);
    pod
}

fn container(step: &Step<'_>, has_data: bool) -> Value {
    let variables: Vec<Value> =
        step.variables.iter().map(|(name, it)| variable(name, it)).collect();
    let mut mounts = vec![
        json!({ "name": "stage", "mountPath": "/stage" }),
        json!({ "name": "tmp", "mountPath": "/tmp" }),
    ];
    mounts.extend(has_data.then(|| json!({ "name": "data", "mountPath": "/data" })));
    json!({
        "name": step.name,
        "image": step.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-euc", step.script],
        "env": variables,
        "resources": {
            "requests": { "cpu": "50m", "memory": step.memory },
            "limits": { "memory": step.memory },
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"] },
            "readOnlyRootFilesystem": true,
        },
        "volumeMounts": mounts,
    })
}

/// A variable with a text, or with what says where its value is.
fn variable(name: &str, it: &Value) -> Value {
    let mut variable = Map::new();
    variable.insert("name".into(), json!(name));
    match it {
        Value::Object(from) => variable.extend(from.clone()),
        text => drop(variable.insert("value".into(), text.clone())),
    }
    Value::Object(variable)
}

/// The jobs that bring back what those above have saved. Nothing starts them but a person, so they are no part of the tree.
pub(super) fn restores(cx: &Cx<'_>) -> Vec<PlannedFile> {
    let cluster = Cluster::of(cx);
    let Some(backup) = &cluster.it.backup else { return Vec::new() };
    let mut files = Vec::new();
    if cluster.it.saves_redis() {
        let claim = cluster.name("redis-data");
        let (steps, user) = redis_restore(&cluster, backup);
        let most = quantity(cluster.it.resources.redis.memory);
        let pod = pod(&steps, user, json!({ "sizeLimit": most }), Some(&claim));
        files.push(restore(cx, &cluster, "redis", pod));
    }
    if cluster.it.saves_objects() {
        let [here, there] = ends(backup);
        let copy = copy(&cluster, backup, [there, here], 0);
        files.push(restore(cx, &cluster, "s3", pod(&[copy], NOBODY, json!({}), None)));
    }
    files
}

/// A server of its own reads the set and begins the log of commands from it: beside a log, or with one switched on, Redis
/// would start empty.
fn redis_restore<'a>(
    cluster: &'a Cluster<'_>,
    backup: &'a BackupInCluster,
) -> ([Step<'a>; 2], u32) {
    let set = vec![("SET", json!(SET))];
    let get = client(cluster, backup, "redis", "get", script!("redis-get"), set);
    let bring = Step {
        name: "restore",
        image: redis_image(cluster),
        script: script!("redis-restore"),
        memory: quantity(cluster.it.resources.redis.memory),
        variables: Vec::new(),
    };
    let user = match cluster.it.redis {
        Some(RedisInCluster::Bitnami) => 1_001,
        _ => 999,
    };
    ([get, bring], user)
}

/// What stands for the name of a set until a person writes one.
pub(super) const SET: &str = "2026-01-31T02-30-00Z";

fn restore(cx: &Cx<'_>, cluster: &Cluster<'_>, part: &str, pod: Value) -> PlannedFile {
    let name = cluster.name(&format!("{part}-restore"));
    let document = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": { "name": name, "namespace": cluster.it.namespace.as_str() },
        "spec": {
            "activeDeadlineSeconds": DEADLINE,
            "backoffLimit": 0,
            "template": { "spec": pod },
        },
    });
    let mut header = header(cx.site, &format!("The Job {name}"));
    header.push(
        "No part of the tree: the chapter Restore of the runbook says when it is created, and how."
            .into(),
    );
    let path = format!("kubernetes/restore/{part}.yaml");
    file(super::RESTORE.name, path, Mode::Plain, Body::Yaml { header, document })
}

#[cfg(test)]
mod tests {
    /// Neither Flux nor the kubelet takes anything in a script for a variable of its own.
    #[test]
    fn scripts_hold_nothing_to_be_filled_in() {
        let all = [
            script!("redis-take"),
            script!("redis-put"),
            script!("redis-get"),
            script!("redis-restore"),
            script!("clickhouse-take"),
            script!("clickhouse-tidy"),
            script!("objects-copy"),
        ];
        for script in all {
            for bad in ["${", "$$", "$("] {
                assert!(!script.contains(bad), "{bad} in\n{script}");
            }
        }
    }
}
