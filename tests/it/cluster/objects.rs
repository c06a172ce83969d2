//! What is in a cluster, to be compared with what was in it before.

use super::flux::{Cluster, name};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The kinds that a tree and its charts may make.
const KINDS: &str = "namespaces,secrets,configmaps,services,serviceaccounts,persistentvolumeclaims,\
    deployments.apps,statefulsets.apps,cronjobs.batch,ingresses.networking.k8s.io,networkpolicies.networking.k8s.io,\
    roles.rbac.authorization.k8s.io,rolebindings.rbac.authorization.k8s.io,ocirepositories.source.toolkit.fluxcd.io,\
    helmreleases.helm.toolkit.fluxcd.io,kustomizations.kustomize.toolkit.fluxcd.io,clusters.postgresql.cnpg.io,\
    scheduledbackups.postgresql.cnpg.io,objectstores.barmancloud.cnpg.io,externalsecrets.external-secrets.io,\
    httproutes.gateway.networking.k8s.io,middlewares.traefik.io,podmonitors.monitoring.coreos.com,\
    servicemonitors.monitoring.coreos.com";

/// What is the cluster's own, or kept by Helm of a release.
const NOT_OURS: &[&str] = &["kube-root-ca.crt", "sops-age", "apps"];

/// Objects by kind and name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Objects(BTreeMap<String, Value>);

impl Objects {
    /// Those of the site and of Flux, without what the cluster says of them.
    pub(super) fn of(cluster: &Cluster) -> Self {
        let found = cluster.kubectl().list(KINDS);
        let ours = found.into_iter().filter(is_ours);
        Self(ours.map(|it| (label(&it), meant(it))).collect())
    }

    /// Those that a later state has differently: `~` other, `+` new, `-` gone.
    pub(super) fn changes(&self, later: &Self) -> Vec<String> {
        let keys: std::collections::BTreeSet<&String> =
            self.0.keys().chain(later.0.keys()).collect();
        let mark = |key: &&String| match (self.0.get(*key), later.0.get(*key)) {
            (Some(_), None) => Some('-'),
            (None, Some(_)) => Some('+'),
            (before, after) if before != after => Some('~'),
            _ => None,
        };
        let mut changes: Vec<String> =
            keys.iter().filter_map(|key| mark(key).map(|mark| format!("{mark} {key}"))).collect();
        changes.sort();
        changes
    }

    /// One of them.
    #[track_caller]
    pub(super) fn get(&self, label: &str) -> &Value {
        self.0.get(label).unwrap_or_else(|| panic!("no {label} among {:#?}", self.0.keys()))
    }

    /// All of them.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter()
    }
}

fn label(object: &Value) -> String {
    format!("{}/{}", object["kind"].as_str().unwrap_or_default(), name(object))
}

fn is_ours(object: &Value) -> bool {
    let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
    let name = name(object);
    !namespace.starts_with("kube-")
        && !NOT_OURS.contains(&name)
        && !name.starts_with("sh.helm.release.")
        && !(object["kind"] == json!("Namespace")
            && (name.starts_with("kube-") || matches!(name, "default" | "flux-system")))
        && !(matches!(object["kind"].as_str(), Some("Service" | "ServiceAccount"))
            && matches!(name, "kubernetes" | "default"))
}

/// Without status, versions and whatever changes at every look.
fn meant(mut object: Value) -> Value {
    let metadata = object["metadata"].take();
    let mut kept = json!({ "labels": metadata["labels"], "annotations": metadata["annotations"] });
    if let Some(annotations) = kept["annotations"].as_object_mut() {
        annotations.retain(|key, _| {
            !key.starts_with("reconcile.fluxcd.io/")
                && !key.starts_with("deployment.kubernetes.io/")
                && !key.starts_with("pv.kubernetes.io/")
        });
        if annotations.is_empty() {
            kept["annotations"] = Value::Null;
        }
    }
    object["metadata"] = kept;
    if let Some(whole) = object.as_object_mut() {
        whole.shift_remove("status");
    }
    // A Service that is made again has another address.
    if let Some(spec) = object["spec"].as_object_mut() {
        spec.retain(|key, _| !matches!(key.as_str(), "clusterIP" | "clusterIPs"));
    }
    object
}

/// An entry of a Secret, decoded.
#[track_caller]
pub(super) fn entry(secret: &Value, key: &str) -> String {
    let text = secret["data"][key].as_str().unwrap_or_else(|| panic!("no {key}: {secret}"));
    let bytes = STANDARD.decode(text).expect("base64");
    String::from_utf8(bytes).expect("UTF-8")
}
