//! A cluster that Flux keeps: the control plane, Flux's own controllers, a Git server with the tree, a registry with
//! charts, and stand-ins for the operators that the tree expects.

use super::emitted::Emitted;
use super::git::{Files, Git};
use super::kubectl::Kubectl;
use super::plane::Plane;
use super::programs::free_port;
use super::registry::Registry;
use super::stand_ins::StandIns;
use crate::consumers::root;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// A cluster that Flux keeps, until it is dropped.
pub(super) struct Cluster {
    _stand_ins: StandIns,
    pub(super) plane: Plane,
    git: Git,
    /// What the tree calls the GitRepository.
    repository: String,
    _registry: Registry,
}

impl Cluster {
    /// Starts an empty one whose registry has the charts of a tree.
    pub(super) fn start(tree: &Emitted) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut plane = Plane::start(folder);
        let registry = Registry::start(plane.folder.path());
        for chart in tree.charts() {
            registry.publish(&chart.source, &chart.path, &chart.version);
        }
        let git = Git::start(plane.folder.path());
        controllers(&mut plane, &registry);
        let stand_ins = StandIns::start(plane.kubectl.clone());
        let repository = tree.meant().gitops.repository.to_string();
        Self { _stand_ins: stand_ins, plane, git, repository, _registry: registry }
    }

    /// The administrator.
    pub(super) fn kubectl(&self) -> &Kubectl {
        &self.plane.kubectl
    }

    /// Commits a tree, and has Flux fetch it; says the revision.
    #[track_caller]
    pub(super) fn commit(&self, files: &Files) -> String {
        let revision = self.git.commit(files);
        self.kubectl().apply(
            &json!({
                "apiVersion": "source.toolkit.fluxcd.io/v1",
                "kind": "GitRepository",
                "metadata": {
                    "name": self.repository,
                    "namespace": "flux-system",
                    "annotations": { "reconcile.fluxcd.io/requestedAt": revision },
                },
                "spec": { "url": self.git.url(), "ref": { "branch": "main" }, "interval": "10m" },
            })
            .to_string(),
        );
        let path = format!(
            "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/{}",
            self.repository
        );
        self.wait("the revision is fetched", 120, || {
            let fetched = self.kubectl().raw(&path)["status"]["artifact"]["revision"].clone();
            if fetched == json!(revision) { Ok(()) } else { Err(format!("{fetched}")) }
        });
        revision
    }

    /// The repository that Flux reads, for a person.
    pub(super) fn clone_repository(&self, folder: &Path) {
        self.git.clone_to(folder);
    }

    /// Has Flux apply a folder of the tree: what the owner of a cluster does once.
    pub(super) fn bootstrap(&self, name: &str, path: &str, more: Value) {
        let mut spec = json!({
            "interval": "30m",
            "retryInterval": "2s",
            "timeout": "2m",
            "path": format!("./{path}"),
            "prune": true,
            "sourceRef": { "kind": "GitRepository", "name": self.repository },
        });
        if let (Value::Object(spec), Value::Object(more)) = (&mut spec, more) {
            spec.extend(more);
        }
        self.kubectl().apply(
            &json!({
                "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
                "kind": "Kustomization",
                "metadata": { "name": name, "namespace": "flux-system" },
                "spec": spec,
            })
            .to_string(),
        );
    }

    /// Waits until Flux says that everything of a revision is applied and ready.
    #[track_caller]
    pub(super) fn settle(&self, revision: &str, expected: usize) {
        self.wait("everything is ready", 600, || {
            let kustomizations = self.kustomizations();
            let waiting: Vec<String> = kustomizations
                .iter()
                .filter(|it| {
                    !is_ready(it) || it["status"]["lastAppliedRevision"] != json!(revision)
                })
                .chain(self.helm_releases().iter().filter(|it| !is_ready(it)))
                .map(state)
                .collect();
            match waiting.is_empty() && kustomizations.len() == expected {
                true => Ok(()),
                false => {
                    Err(format!("{} of {expected}\n{}", kustomizations.len(), waiting.join("\n")))
                }
            }
        });
    }

    /// Waits until a Kustomization has applied a revision.
    #[track_caller]
    pub(super) fn reaches(&self, kustomization: &str, revision: &str) {
        self.wait(&format!("{kustomization} applies the revision"), 120, || {
            let found = self.kustomizations();
            let found = found.iter().find(|it| name(it) == kustomization);
            match found.is_some_and(|it| it["status"]["lastAppliedRevision"] == json!(revision)) {
                true => Ok(()),
                false => Err(found.map(state).unwrap_or_default()),
            }
        });
    }

    /// Asks Flux to look at a Kustomization now.
    pub(super) fn reconcile(&self, kustomization: &str) {
        let now = Instant::now();
        let annotation = format!("reconcile.fluxcd.io/requestedAt={now:?}");
        self.kubectl().must(&[
            "-n",
            "flux-system",
            "annotate",
            "--field-manager=flux",
            "--overwrite",
            "kustomization.kustomize.toolkit.fluxcd.io",
            kustomization,
            &annotation,
        ]);
    }

    /// Asks Flux to look at every Kustomization now.
    pub(super) fn reconcile_all(&self) {
        for kustomization in self.kustomizations() {
            self.reconcile(name(&kustomization));
        }
    }

    /// Every Kustomization of Flux.
    pub(super) fn kustomizations(&self) -> Vec<Value> {
        items(self.kubectl().raw("/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"))
    }

    /// Every HelmRelease.
    pub(super) fn helm_releases(&self) -> Vec<Value> {
        items(self.kubectl().raw("/apis/helm.toolkit.fluxcd.io/v2/helmreleases"))
    }

    /// Waits for something; panics with what it is instead.
    #[track_caller]
    pub(super) fn wait(&self, what: &str, seconds: u64, is_so: impl Fn() -> Result<(), String>) {
        let start = Instant::now();
        while let Err(instead) = is_so() {
            let is_late = start.elapsed() > Duration::from_secs(seconds);
            assert!(!is_late, "not within {seconds} s: {what}\n{instead}\n{}", self.plane.logs());
            std::thread::sleep(Duration::from_secs(1));
        }
    }

    /// Waits until a Kustomization says that it is not ready, with these words.
    #[track_caller]
    pub(super) fn stops(&self, kustomization: &str, words: &str) {
        self.wait(&format!("{kustomization} stops: {words}"), 180, || {
            let found = self.kustomizations();
            let found = found.iter().find(|it| name(it) == kustomization);
            let condition = found.map(ready).unwrap_or_default();
            let said = condition["message"].as_str().unwrap_or_default();
            match condition["status"] == json!("False") && said.contains(words) {
                true => Ok(()),
                false => Err(condition.to_string()),
            }
        });
    }
}

/// A chart of the tests, and where the tree looks for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chart {
    /// Its folder.
    pub(super) source: std::path::PathBuf,
    /// `ghcr.io/PATH/NAME`, without host and name.
    pub(super) path: String,
    /// Its version.
    pub(super) version: String,
}

impl Chart {
    /// The chart that an emitted OCIRepository names.
    pub(super) fn of(source: &Value) -> Self {
        let url = source["spec"]["url"].as_str().expect("a URL");
        let below = url.strip_prefix("oci://").expect("an OCI URL");
        let (host, path) = below.split_once('/').expect("a path");
        assert!(super::registry::NAMES.contains(&host), "{host} is not among the registries");
        let (path, name) = path.rsplit_once('/').expect("a name");
        let folder = root().join("tests/cluster/charts").join(name);
        assert!(folder.is_dir(), "{}: no chart stands for {url}", folder.display());
        let version = source["spec"]["ref"]["tag"].as_str().expect("an exact version").to_owned();
        Self { source: folder, path: path.to_owned(), version }
    }
}

fn controllers(plane: &mut Plane, registry: &Registry) {
    let artifacts = plane.path("artifacts");
    let store = format!("127.0.0.1:{}", free_port());
    for name in ["source-controller", "kustomize-controller", "helm-controller"] {
        plane.run(name, |command| {
            command.env("KUBECONFIG", "kubeconfig").env("RUNTIME_NAMESPACE", "flux-system");
            command.args([
                "--metrics-addr=127.0.0.1:0",
                "--health-addr=127.0.0.1:0",
                "--events-addr=",
            ]);
            if name == "source-controller" {
                std::fs::create_dir_all(&artifacts).expect("a folder");
                command.arg("--storage-path=artifacts");
                command
                    .arg(format!("--storage-addr={store}"))
                    .arg(format!("--storage-adv-addr={store}"));
                registry.show(command);
            } else {
                command.arg("--requeue-dependency=1s");
            }
        });
    }
}

/// The items of a list.
pub(super) fn items(mut list: Value) -> Vec<Value> {
    match list["items"].take() {
        Value::Array(items) => items,
        _ => Vec::new(),
    }
}

/// The name of an object.
pub(super) fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

/// Its condition `Ready`.
pub(super) fn ready(object: &Value) -> Value {
    let conditions = object["status"]["conditions"].as_array();
    let found = conditions.into_iter().flatten().find(|it| it["type"] == json!("Ready"));
    found.cloned().unwrap_or_default()
}

fn is_ready(object: &Value) -> bool {
    let is_seen = object["status"]["observedGeneration"] == object["metadata"]["generation"];
    is_seen && ready(object)["status"] == json!("True")
}

fn state(object: &Value) -> String {
    let condition = ready(object);
    let applied = &object["status"]["lastAppliedRevision"];
    format!("{} {}: {} {applied}", object["kind"], name(object), condition["message"])
}
