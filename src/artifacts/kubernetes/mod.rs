//! The site as objects of a cluster: values for the official chart, and a tree for Flux.
//!
//! One file holds one object, so that a patch can name it. Documents carry no namespace: the Kustomization of their layer sets it.

mod app;
mod app_template;
mod backup;
mod clickhouse;
mod electric;
mod environment;
mod gitops;
mod go_template;
mod ingress;
mod marked;
mod network;
mod object_store;
mod pooler;
mod postgres;
mod redis;
mod restart;
mod runbook;
mod runs;
mod secrets;
mod values;
mod variables;

pub use restart::{Reload, reload};

use super::{Artifact, Cx, Target, file, header};
use crate::plan::{Body, Element};
use crate::secrets::Secrets;
use crate::site::{Kubernetes, Resource, SecretsInCluster, Site, Volume};
use crate::tree::Mode;
use crate::value::ByteSize;
use serde_json::{Value, json};
use std::cell::OnceCell;

/// The values of the official chart.
pub const VALUES_FILE: &str = "kubernetes/values.yaml";
/// The release of it, which has them inline.
pub const RELEASE: &str = "kubernetes/flux/app/helm-release.yaml";

pub(super) const VALUES: Artifact = Artifact {
    name: "kubernetes-values",
    paths: VALUES_FILE,
    summary: "Values for the official chart",
    target: Target::Kubernetes,
    keys: &["kubernetes", "domain", "access", "limits", "storage", "env", "release"],
    plan: |cx| {
        let cluster = Cluster::of(cx);
        let mut document = values::values(&cluster);
        marked::for_reader(&mut document);
        let mut header = header(cx.site, "Values for the official chart");
        header.push(format!("For chart {}, the same as in {RELEASE}.", cluster.it.chart));
        let body = Body::Yaml { header, document };
        vec![file(VALUES.name, VALUES_FILE, Mode::Plain, body)]
    },
};

pub(super) const FLUX: Artifact = Artifact {
    name: "kubernetes-flux",
    paths: "kubernetes/flux/**",
    summary: "The tree that Flux keeps the cluster by",
    target: Target::Kubernetes,
    keys: &["kubernetes", "domain", "timezone", "access", "limits", "storage", "env", "release"],
    plan: gitops::files,
};

pub(super) const VARIABLES: Artifact = Artifact {
    name: "kubernetes-variables",
    paths: "kubernetes/cluster-secrets.example.yaml",
    summary: "Every variable that Flux has to fill in, to be given values outside the tree",
    target: Target::Kubernetes,
    keys: &["kubernetes.secrets", "domain", "storage"],
    plan: variables::fragment,
};

pub(super) const RUNBOOK: Artifact = Artifact {
    name: "kubernetes-runbook",
    paths: "kubernetes/RUNBOOK.md",
    summary: "How to bring this site up in a cluster, keep it, bring it back, and carry a server's data into it",
    target: Target::Kubernetes,
    keys: &["name", "release", "domain", "timezone", "access", "storage", "kubernetes", "allow"],
    plan: runbook::files,
};

pub(super) const RESTORE: Artifact = Artifact {
    name: "kubernetes-restore",
    paths: "kubernetes/restore/*.yaml",
    summary: "Jobs by which a person brings a store back from its backup",
    target: Target::Kubernetes,
    keys: &["kubernetes.backup", "kubernetes.redis", "storage"],
    plan: backup::restores,
};

/// A site with its section `kubernetes`.
struct Cluster<'a> {
    site: &'a Site,
    secrets: &'a Secrets,
    it: &'a Kubernetes,
    layers: &'a OnceCell<Vec<Layer>>,
}

impl<'a> Cluster<'a> {
    fn of(cx: &'a Cx<'_>) -> Self {
        Self { site: cx.site, secrets: cx.secrets, it: cx.site.cluster(), layers: &cx.layers }
    }

    /// The name of an object of the site.
    fn name(&self, part: &str) -> String {
        format!("{}-{part}", self.site.name)
    }

    /// A host that every pod of the cluster reaches a service of the site by.
    fn host(&self, service: &str) -> String {
        format!("{service}.{}.svc.cluster.local", self.it.namespace)
    }

    /// The namespace that a layer goes to.
    fn namespace_of(&self, layer: &str) -> &str {
        match layer {
            runs::NAME => self.it.runs.namespace.as_str(),
            _ => self.it.namespace.as_str(),
        }
    }

    /// Whether secrets arrive as variables.
    fn prefix(&self) -> Option<&str> {
        match &self.it.secrets {
            SecretsInCluster::Substitute { prefix, .. } => Some(prefix.as_str()),
            SecretsInCluster::External { .. } | SecretsInCluster::Sops { .. } => None,
        }
    }
}

/// What Flux applies together, and waits for.
pub(super) struct Layer {
    /// The folder, and the end of the name of its Kustomization.
    name: &'static str,
    /// What is in it.
    parts: Vec<Part>,
}

impl Layer {
    /// Whether Flux has to decrypt anything of it.
    fn is_encrypted(&self) -> bool {
        self.parts.iter().any(|it| matches!(it, Part::Encrypted { .. }))
    }
}

/// A file of a layer.
enum Part {
    /// One object.
    Object { file: &'static str, document: Value },
    /// A Secret that is encrypted, with its values in clear.
    Encrypted { file: &'static str, document: Value },
    /// Files that become a ConfigMap, whose name changes with what they say.
    Config { name: String, files: Vec<(&'static str, &'static str, Vec<Element>)> },
}

impl Part {
    fn object(file: &'static str, document: Value) -> Self {
        Self::Object { file, document }
    }
}

/// An object with its head.
fn object(api_version: &str, kind: &str, name: &str, rest: Value) -> Value {
    object_with(api_version, kind, json!({ "name": name }), rest)
}

/// An object with more than a name in its head.
fn object_with(api_version: &str, kind: &str, metadata: Value, rest: Value) -> Value {
    let mut document = json!({ "apiVersion": api_version, "kind": kind, "metadata": metadata });
    if let (Value::Object(whole), Value::Object(rest)) = (&mut document, rest) {
        whole.extend(rest);
    }
    document
}

/// What must outlive a mistake in the tree.
const KEPT: &str = "kustomize.toolkit.fluxcd.io/prune";

/// A claim that Flux never deletes.
fn claim(name: &str, volume: &Volume) -> Value {
    let mut spec = json!({
        "accessModes": ["ReadWriteOnce"],
        "resources": { "requests": { "storage": quantity(volume.size) } },
    });
    if let Some(class) = &volume.class {
        spec["storageClassName"] = json!(class.as_str());
    }
    let metadata = json!({ "name": name, "annotations": { KEPT: "Disabled" } });
    object_with("v1", "PersistentVolumeClaim", metadata, json!({ "spec": spec }))
}

/// A size as Kubernetes writes it: `20Gi`.
fn quantity(size: ByteSize) -> String {
    let text = size.to_string();
    match text.strip_suffix('B') {
        Some(binary) if binary.ends_with('i') => binary.to_owned(),
        _ => size.bytes().to_string(),
    }
}

/// What a container asks for, and what it must not exceed.
fn resources(it: &Resource) -> Value {
    let memory = quantity(it.memory);
    json!({
        "requests": { "cpu": it.cpu.as_str(), "memory": memory },
        "limits": { "memory": memory },
    })
}
