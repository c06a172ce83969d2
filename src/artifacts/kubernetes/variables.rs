//! The variables that Flux fills in, as a Secret to be given values outside the tree.

use super::{Cluster, gitops};
use crate::artifacts::{Cx, file, header};
use crate::plan::{Body, PlannedFile};
use crate::release::env;
use crate::site::{Clickhouse, Postgres, SecretsInCluster};
use crate::tree::Mode;
use serde_json::{Value, json};

impl Cluster<'_> {
    /// The Secret that Flux fills variables in from.
    pub(super) fn substitutes_from(&self) -> &str {
        match &self.it.secrets {
            SecretsInCluster::Substitute { from, .. } => from.as_str(),
            SecretsInCluster::External { .. } | SecretsInCluster::Sops { .. } => "cluster-secrets",
        }
    }
}

pub(super) fn fragment(cx: &Cx<'_>) -> Vec<PlannedFile> {
    let cluster = Cluster::of(cx);
    if names(&cluster).is_empty() {
        return Vec::new();
    }
    let view = json!({
        "header": header(cx.site, "The variables that Flux fills in"),
        "secret": cluster.substitutes_from(),
        "namespace": cluster.it.gitops.flux_namespace.as_str(),
        "watched": cluster.it.gitops.flux >= 7,
        "variables": rows(&cluster),
    });
    let path = "kubernetes/cluster-secrets.example.yaml";
    let body = Body::Text { template: "kubernetes/cluster-secrets.example.yaml", cx: view };
    vec![file(super::VARIABLES.name, path, Mode::Plain, body)]
}

/// Every variable of the tree with what its value must be.
pub(super) fn rows(cluster: &Cluster<'_>) -> Vec<Value> {
    let names = names(cluster).into_iter();
    names.map(|name| json!({ "name": name, "form": form(cluster, &name) })).collect()
}

/// Every variable of the tree, once, in order.
fn names(cluster: &Cluster<'_>) -> Vec<String> {
    let mut names: Vec<String> = gitops::layers(cluster)
        .iter()
        .flat_map(|layer| &layer.parts)
        .flat_map(gitops::part_variables)
        .collect();
    names.sort();
    names.dedup();
    names
}

/// What a value must be.
fn form(cluster: &Cluster<'_>, variable: &str) -> &'static str {
    let secret = cluster.prefix().and_then(|prefix| variable.strip_prefix(prefix));
    match secret {
        None => "what the hosts of the site end with, such as example.com",
        Some(name) => form_of(cluster, name),
    }
}

/// What the value of a secret must be.
pub(super) fn form_of(cluster: &Cluster<'_>, name: &str) -> &'static str {
    match name {
        env::ENCRYPTION_KEY => {
            "exactly 32 characters, by `openssl rand -hex 16`; never change it: it encrypts what users store"
        }
        name if cluster.site.generated_in_cluster().contains(&name) => "by `openssl rand -hex 16`",
        _ if cluster.prefix().is_some() && in_url(cluster, name) => {
            "what its service gave you, percent-encoded: it stands in a URL"
        }
        _ => "what its service gave you, without quotes, backslashes and line breaks",
    }
}

/// Whether Flux puts a secret into a URL, where nobody encodes it.
fn in_url(cluster: &Cluster<'_>, name: &str) -> bool {
    let storage = &cluster.site.storage;
    let postgres = match &storage.postgres {
        Postgres::External(it) => it.password.as_str() == name,
        Postgres::Bundled { .. } => false,
    };
    let clickhouse = match &storage.clickhouse {
        Clickhouse::External(it) => it.password.as_str() == name,
        Clickhouse::Bundled { .. } => false,
    };
    postgres || clickhouse
}
