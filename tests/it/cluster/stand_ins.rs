//! Stand-ins for what a cluster has and this one lacks: a provisioner of volumes, and the operators that the tree
//! expects. They set what Flux waits for and no more, and say so.

use super::flux::{items, name};
use super::kubectl::Kubectl;
use super::say;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// They work until this is dropped.
pub(super) struct StandIns {
    is_over: Arc<AtomicBool>,
    worker: Option<JoinHandle<()>>,
}

impl StandIns {
    /// Starts them.
    pub(super) fn start(kubectl: Kubectl) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        let worker = std::thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                let found = found(&kubectl);
                volumes(&kubectl, &found);
                postgres(&kubectl, &found);
                external_secrets(&kubectl, &found);
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        Self { is_over, worker: Some(worker) }
    }
}

impl Drop for StandIns {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(worker) = self.worker.take() {
            // What went wrong there was said there.
            let _ = worker.join();
        }
    }
}

/// What they care for.
const KINDS: &str = "persistentvolumes,persistentvolumeclaims,clusters.postgresql.cnpg.io,\
    externalsecrets.external-secrets.io";

/// All of it, or nothing while the server is busy or ending.
fn found(kubectl: &Kubectl) -> Vec<Value> {
    let output = kubectl.run(&["get", KINDS, "--all-namespaces", "-o", "json"]);
    items(serde_json::from_slice(&output.stdout).unwrap_or_default())
}

fn of_kind<'a>(found: &'a [Value], kind: &str) -> impl Iterator<Item = &'a Value> {
    found.iter().filter(move |it| it["kind"] == json!(kind))
}

fn namespace(object: &Value) -> &str {
    object["metadata"]["namespace"].as_str().unwrap_or_default()
}

/// Each claim gets a volume of its own, which outlives it.
fn volumes(kubectl: &Kubectl, found: &[Value]) {
    for claim in of_kind(found, "PersistentVolumeClaim") {
        let volume = format!("{}-{}", namespace(claim), name(claim));
        let is_pending = claim["status"]["phase"] == json!("Pending");
        if !is_pending || of_kind(found, "PersistentVolume").any(|it| name(it) == volume) {
            continue;
        }
        let mut spec = json!({
            "accessModes": claim["spec"]["accessModes"],
            "capacity": claim["spec"]["resources"]["requests"],
            "persistentVolumeReclaimPolicy": "Retain",
            "claimRef": { "namespace": namespace(claim), "name": name(claim) },
            "hostPath": { "path": format!("/volumes/{volume}") },
        });
        if let Some(class) = claim["spec"].get("storageClassName") {
            spec["storageClassName"] = class.clone();
        }
        let object = json!({
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": { "name": volume },
            "spec": spec,
        });
        if kubectl.run_with(&["create", "-f", "-"], &object.to_string()).status.success() {
            say(&format!("stand-in for a provisioner: volume {volume}"));
        }
    }
}

/// Says of a Cluster what CloudNativePG says once PostgreSQL runs.
fn postgres(kubectl: &Kubectl, found: &[Value]) {
    for cluster in of_kind(found, "Cluster") {
        let conditions = json!([{
            "type": "Ready", "status": "True", "reason": "ClusterIsReady",
            "message": "stand-in", "lastTransitionTime": "2000-01-01T00:00:00Z",
        }]);
        let status = json!({
            "conditions": conditions,
            "instances": cluster["spec"]["instances"],
            "readyInstances": cluster["spec"]["instances"],
            "phase": "Cluster in healthy state",
        });
        set(kubectl, "CloudNativePG", "clusters.postgresql.cnpg.io", cluster, &status);
    }
}

/// Makes the Secret of an ExternalSecret and says that it is there.
fn external_secrets(kubectl: &Kubectl, found: &[Value]) {
    for wanted in of_kind(found, "ExternalSecret") {
        let target = wanted["spec"]["target"]["name"].as_str().unwrap_or_else(|| name(wanted));
        let template = &wanted["spec"]["target"]["template"];
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": target, "namespace": namespace(wanted) },
            "type": template["type"],
            "stringData": template["data"],
        });
        let conditions = json!([{
            "type": "Ready", "status": "True", "reason": "SecretSynced",
            "message": "stand-in", "lastTransitionTime": "2000-01-01T00:00:00Z",
        }]);
        if wanted["status"]["conditions"] != conditions {
            kubectl.run_with(&["apply", "--server-side", "-f", "-"], &secret.to_string());
        }
        let status = json!({ "conditions": conditions });
        set(kubectl, "External Secrets", "externalsecrets.external-secrets.io", wanted, &status);
    }
}

fn set(kubectl: &Kubectl, who: &str, kind: &str, object: &Value, status: &Value) {
    let is_so = status
        .as_object()
        .is_some_and(|it| it.iter().all(|(key, value)| object["status"][key] == *value));
    if is_so {
        return;
    }
    let patch = json!({ "status": status }).to_string();
    let output = kubectl.run(&[
        "-n",
        namespace(object),
        "patch",
        kind,
        name(object),
        "--subresource=status",
        "--type=merge",
        "-p",
        &patch,
    ]);
    if output.status.success() {
        say(&format!(
            "stand-in for {who}: set the status of {}/{}",
            namespace(object),
            name(object)
        ));
    }
}
