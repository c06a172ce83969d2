//! A workload of one container, through the app-template chart.

use super::gitops::{chart_source, helm_release};
use super::{Cluster, Part};
use crate::release::chart;
use serde_json::{Map, Value, json};

/// What a workload is.
pub(super) struct Workload<'a> {
    /// The end of the names of its objects, and the identifier in the chart.
    pub(super) part: &'a str,
    /// Its image.
    pub(super) image: &'a str,
    /// The container but for its image.
    pub(super) container: Value,
    /// What its pod is confined to.
    pub(super) pod: Value,
    /// Its ports by name.
    pub(super) ports: Vec<(&'a str, u16)>,
    /// Its volumes by name.
    pub(super) volumes: Vec<(&'a str, Value)>,
}

/// The source of the chart, and the release.
pub(super) fn parts(cluster: &Cluster<'_>, it: &Workload<'_>) -> [Part; 2] {
    parts_in(cluster, it, ["oci-repository.yaml", "helm-release.yaml"])
}

/// The same in files of other names.
pub(super) fn parts_in(
    cluster: &Cluster<'_>,
    it: &Workload<'_>,
    [of_source, of_release]: [&'static str; 2],
) -> [Part; 2] {
    let source = cluster.name(&format!("{}-chart", it.part));
    let chart = chart::app_template(cluster.it.gitops.flux);
    let release = helm_release(&cluster.name(it.part), &source, "10m", values(it));
    [Part::object(of_source, chart_source(&source, chart)), Part::object(of_release, release)]
}

/// Its volume takes one pod at a time, so a new one starts when the old one is gone.
fn values(it: &Workload<'_>) -> Value {
    let mut container = json!({ "image": image(it.image) });
    extend(&mut container, it.container.clone());
    container["securityContext"] = json!({ "allowPrivilegeEscalation": false });
    let mut pod = json!({ "automountServiceAccountToken": false });
    extend(&mut pod, it.pod.clone());
    let ports: Map<String, Value> = it
        .ports
        .iter()
        .map(|(name, port)| ((*name).to_owned(), json!({ "port": port, "protocol": "TCP" })))
        .collect();
    let volumes: Map<String, Value> =
        it.volumes.iter().map(|(name, volume)| ((*name).to_owned(), volume.clone())).collect();
    json!({
        "defaultPodOptions": pod,
        "controllers": { it.part: {
            "type": "deployment",
            "replicas": 1,
            "strategy": "Recreate",
            "containers": { "app": container },
        }},
        "service": { it.part: { "controller": it.part, "ports": ports } },
        "persistence": volumes,
    })
}

fn extend(whole: &mut Value, rest: Value) {
    if let (Value::Object(whole), Value::Object(rest)) = (whole, rest) {
        whole.extend(rest);
    }
}

/// The chart takes name and tag apart; a digest belongs to the tag.
pub(super) fn image(reference: &str) -> Value {
    let (name, tag) = split(reference);
    json!({ "repository": name, "tag": tag, "pullPolicy": "IfNotPresent" })
}

/// Name, and tag with digest.
pub(super) fn split(reference: &str) -> (String, String) {
    let path = reference.rfind('/').map_or(0, |at| at + 1);
    match reference[path..].split_once(':') {
        Some((_, tag)) => (reference[..reference.len() - tag.len() - 1].to_owned(), tag.to_owned()),
        None => (reference.to_owned(), "latest".to_owned()),
    }
}

/// A probe of the chart in which everything is said.
pub(super) fn probe(action: Value, period: u32, failures: u32) -> Value {
    let mut spec =
        json!({ "periodSeconds": period, "timeoutSeconds": 5, "failureThreshold": failures });
    extend(&mut spec, action);
    json!({ "enabled": true, "custom": true, "spec": spec })
}

/// A claim of the site at a path.
pub(super) fn mounted(claim: &str, path: &str) -> Value {
    json!({ "existingClaim": claim, "globalMounts": [{ "path": path }] })
}

/// A variable from a Secret of the site.
pub(super) fn from_secret(secret: &str, key: &str) -> Value {
    json!({ "valueFrom": { "secretKeyRef": { "name": secret, "key": key } } })
}
