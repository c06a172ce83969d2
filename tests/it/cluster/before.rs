//! What was in the cluster before: the Secret with the variables, encrypted by SOPS in the repository and decrypted
//! by Flux with a key of age, and the Kustomizations that the tree waits for.

use super::emitted::Emitted;
use super::flux::Cluster;
use super::git::Files;
use super::programs::{must, program};
use crate::consumers::scrubbed;
use serde_json::json;
use std::collections::BTreeMap;
use std::fs;
use tempfile::TempDir;

/// The folder of it in the repository.
const FOLDER: &str = "cluster/base";

/// The owner of the cluster, with the key of age.
pub(super) struct Owner {
    folder: TempDir,
    recipient: String,
}

impl Owner {
    /// Makes a key.
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let key = folder.path().join("age.agekey");
        must(scrubbed(&program("age-keygen")).arg("-o").arg(&key));
        let recipient = must(scrubbed(&program("age-keygen")).arg("-y").arg(&key));
        Self { folder, recipient: recipient.trim().to_owned() }
    }

    /// The files of a repository with a tree and these variables.
    pub(super) fn repository(&self, tree: &Emitted, variables: &BTreeMap<String, String>) -> Files {
        let mut files = tree.files();
        // Never empty: what the tree waits for is ready without the variables, too.
        let other = json!({
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": { "name": "base", "namespace": "flux-system" },
        });
        files.insert(format!("{FOLDER}/other.yaml"), other.to_string().into_bytes());
        let mut resources = vec!["other.yaml"];
        if !variables.is_empty() {
            resources.push("cluster-secrets.sops.yaml");
            let encrypted = self.encrypted(tree, variables);
            files.insert(format!("{FOLDER}/cluster-secrets.sops.yaml"), encrypted.into_bytes());
        }
        let list = json!({ "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": resources });
        files.insert(format!("{FOLDER}/kustomization.yaml"), list.to_string().into_bytes());
        files
    }

    fn encrypted(&self, tree: &Emitted, variables: &BTreeMap<String, String>) -> String {
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": "cluster-secrets",
                "namespace": tree.meant().gitops.flux_namespace.as_str(),
                "labels": { "reconcile.fluxcd.io/watch": "Enabled" },
            },
            "stringData": variables,
        });
        let plain = self.folder.path().join("cluster-secrets.yaml");
        fs::write(&plain, serde_yaml::to_string(&secret).expect("YAML")).expect("a file");
        let mut sops = scrubbed(&program("sops"));
        sops.args([
            "encrypt",
            "--age",
            &self.recipient,
            "--encrypted-regex",
            "^(data|stringData)$",
        ]);
        let encrypted = must(sops.arg(&plain));
        let in_clear = variables.values().find(|it| encrypted.contains(it.as_str()));
        assert!(in_clear.is_none(), "a value stands in the repository in clear");
        encrypted
    }

    /// The public half of the key.
    pub(super) fn recipient(&self) -> &str {
        &self.recipient
    }

    /// Gives the key to Flux, and has it apply both folders: what a person does once.
    pub(super) fn bootstrap(&self, cluster: &Cluster, tree: &Emitted) {
        self.give_key(cluster);
        Self::kustomizations(cluster, tree);
    }

    /// Gives the key to Flux.
    pub(super) fn give_key(&self, cluster: &Cluster) {
        let key = fs::read_to_string(self.folder.path().join("age.agekey")).expect("the key");
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": "sops-age", "namespace": "flux-system" },
            "stringData": { "age.agekey": key },
        });
        cluster.kubectl().apply(&secret.to_string());
    }

    /// Has Flux apply both folders.
    pub(super) fn kustomizations(cluster: &Cluster, tree: &Emitted) {
        let decrypts = json!({
            "decryption": { "provider": "sops", "secretRef": { "name": "sops-age" } },
            "wait": true,
        });
        for name in names(tree) {
            cluster.bootstrap(&name, FOLDER, decrypts.clone());
        }
        cluster.bootstrap("apps", tree.path(), json!({}));
    }

    /// How many Kustomizations Flux has in the end.
    pub(super) fn expected(tree: &Emitted) -> usize {
        tree.layers() + names(tree).len() + 1
    }
}

/// What the tree waits for; only one of them can own the Secret.
fn names(tree: &Emitted) -> Vec<String> {
    let named = &tree.meant().gitops.depends_on;
    assert!(named.len() < 2, "the owner has one Kustomization before those of the site");
    match named.first() {
        Some(name) => vec![name.to_string()],
        None => vec!["base".to_owned()],
    }
}
