//! The pods of runs: what they are pulled with, and the layer of the namespace that may be theirs alone.

use super::secrets::Secret;
use super::{Cluster, Layer, Part, marked, network, object};
use crate::artifacts::setting::Pieces;
use crate::release::chart::s2_service;
use crate::site::{Registry, Streams};
use crate::value::SecretName;
use serde_json::json;

pub(super) const NAME: &str = "runs";

/// What runs need in a namespace of their own. Where they need nothing there is no layer.
pub(super) fn layer(cluster: &Cluster<'_>) -> Option<Layer> {
    if !cluster.it.has_runs_apart() {
        return None;
    }
    let secret = pull_secret(cluster).map(|it| it.part(cluster));
    let parts = [secret, s2(cluster), network::runs(cluster)];
    let parts: Vec<Part> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then_some(Layer { name: NAME, parts })
}

/// Leads the name by which the chart tells of its s2 from here to where that is.
fn s2(cluster: &Cluster<'_>) -> Option<Part> {
    let Streams::Bundled = &cluster.site.storage.streams else { return None };
    let name = s2_service(&cluster.site.chart_fullname());
    let spec = json!({ "type": "ExternalName", "externalName": cluster.host(&name) });
    let service = object("v1", "Service", &name, json!({ "spec": spec }));
    Some(Part::object("s2-service.yaml", service))
}

impl Cluster<'_> {
    /// The Secret that the nodes pull task images with.
    pub(super) fn pull_secret_name(&self) -> String {
        self.name("registry")
    }

    /// Who pulls task images, and with which password.
    pub(super) fn pull_login(&self) -> Option<(&str, &SecretName)> {
        match &self.site.storage.registry {
            Registry::External(it) => it.login.as_ref().map(|(user, name)| (user.as_str(), name)),
            Registry::Bundled(_) => None,
        }
    }
}

/// What the nodes log in with. Without the field `auth`, which would have to be encoded after Flux filled it in.
pub(super) fn pull_secret(cluster: &Cluster<'_>) -> Option<Secret> {
    let (user, password) = cluster.pull_login()?;
    let host = marked::of_narrow(cluster.site.storage.registry.host());
    let quoted = |text: &str| json!(text).to_string();
    let before =
        format!("{{\"auths\":{{\"{host}\":{{\"username\":{},\"password\":\"", quoted(user));
    let login = Pieces::from(before).in_json(password).text("\"}}}");
    Some(Secret {
        file: "registry-secret.yaml",
        name: cluster.pull_secret_name(),
        kind: "kubernetes.io/dockerconfigjson",
        labels: json!({}),
        entries: vec![(".dockerconfigjson".into(), login)],
    })
}
