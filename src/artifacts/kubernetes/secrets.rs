//! Secrets of the cluster: with variables that Flux fills in, encrypted, or fetched by the External Secrets operator.

use super::{Cluster, Part, go_template, marked, object_with};
use crate::artifacts::setting::Pieces;
use crate::site::SecretsInCluster;
use crate::value::SecretName;
use serde_json::{Map, Value, json};

/// A Secret, before it is known how it arrives.
pub(super) struct Secret {
    pub(super) file: &'static str,
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) labels: Value,
    pub(super) entries: Vec<(String, Pieces)>,
}

impl Secret {
    /// One of any kind of entries.
    pub(super) fn opaque(file: &'static str, name: String, entries: Vec<(&str, Pieces)>) -> Self {
        let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { file, name, kind: "Opaque", labels: json!({}), entries }
    }

    /// The object by which it arrives.
    pub(super) fn part(&self, cluster: &Cluster<'_>) -> Part {
        let document = match &cluster.it.secrets {
            SecretsInCluster::Sops { .. } => {
                return Part::Encrypted { file: self.file, document: self.in_clear(cluster) };
            }
            SecretsInCluster::Substitute { prefix, .. } => self.substituted(prefix.as_str()),
            SecretsInCluster::External { store, kind, entry, refresh } => {
                self.fetched(store.as_str(), kind, entry.as_str(), &refresh.to_string())
            }
        };
        Part::object(self.file, document)
    }

    fn metadata(&self) -> Value {
        let mut metadata = json!({ "name": self.name });
        if self.labels.as_object().is_some_and(|it| !it.is_empty()) {
            metadata["labels"] = self.labels.clone();
        }
        metadata
    }

    fn substituted(&self, prefix: &str) -> Value {
        self.with(|pieces| {
            pieces.in_words(str::to_owned, |name, _| marked::variable(&format!("{prefix}{name}")))
        })
    }

    /// With its values, for a file that is encrypted.
    fn in_clear(&self, cluster: &Cluster<'_>) -> Value {
        self.with(|pieces| pieces.exposed(cluster.secrets))
    }

    fn with(&self, value: impl Fn(&Pieces) -> String) -> Value {
        let data: Map<String, Value> =
            self.entries.iter().map(|(key, it)| (key.clone(), json!(value(it)))).collect();
        object_with(
            "v1",
            "Secret",
            self.metadata(),
            json!({ "type": self.kind, "stringData": data }),
        )
    }

    /// The operator puts the values into templates of Go.
    fn fetched(&self, store: &str, kind: &str, entry: &str, refresh: &str) -> Value {
        let value = |pieces: &Pieces| pieces.in_words(go_template::literal, go_template::secret);
        let data: Map<String, Value> =
            self.entries.iter().map(|(key, it)| (key.clone(), json!(value(it)))).collect();
        let mut names: Vec<&SecretName> = Vec::new();
        for (name, _) in self.entries.iter().flat_map(|(_, it)| it.secrets()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let fetched: Vec<Value> = names
            .iter()
            .map(|name| {
                let from = json!({ "key": entry, "property": name.as_str() });
                json!({ "secretKey": name.as_str(), "remoteRef": from })
            })
            .collect();
        let mut template = json!({ "type": self.kind, "engineVersion": "v2", "data": data });
        if self.labels.as_object().is_some_and(|it| !it.is_empty()) {
            template["metadata"] = json!({ "labels": self.labels });
        }
        let spec = json!({
            "refreshInterval": refresh,
            "secretStoreRef": { "name": store, "kind": kind },
            "target": { "name": self.name, "creationPolicy": "Owner", "template": template },
            "data": fetched,
        });
        let metadata = json!({ "name": self.name });
        object_with("external-secrets.io/v1", "ExternalSecret", metadata, json!({ "spec": spec }))
    }
}
