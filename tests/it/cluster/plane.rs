//! The control plane: etcd, the API server, controllers and scheduler of Kubernetes, and kwok in place of kubelets.

use super::kubectl::Kubectl;
use super::programs::{Running, free_port, must, program};
use crate::consumers::{root, scrubbed};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// Two nodes that say of themselves that they have room for everything.
const NODES: &str = r#"
apiVersion: v1
kind: Node
metadata: {name: node-0, labels: {kubernetes.io/os: linux, kubernetes.io/hostname: node-0}}
status: {allocatable: {cpu: "64", memory: 512Gi, pods: "250"}, capacity: {cpu: "64", memory: 512Gi, pods: "250"}}
---
apiVersion: v1
kind: Node
metadata: {name: node-1, labels: {kubernetes.io/os: linux, kubernetes.io/hostname: node-1}}
status: {allocatable: {cpu: "64", memory: 512Gi, pods: "250"}, capacity: {cpu: "64", memory: 512Gi, pods: "250"}}
---
apiVersion: v1
kind: Namespace
metadata: {name: flux-system}
"#;

/// An empty cluster with the custom definitions, until it is dropped.
pub(super) struct Plane {
    // The first is dropped first.
    running: Vec<Running>,
    pub(super) kubectl: Kubectl,
    pub(super) folder: TempDir,
}

impl Plane {
    /// Starts one on free ports of the loopback address.
    pub(super) fn start(folder: TempDir) -> Self {
        let kubectl = Kubectl::of(folder.path());
        let mut plane = Self { running: Vec::new(), kubectl, folder };
        let [api, client, peer] = [free_port(), free_port(), free_port()];
        plane.credentials(api);
        plane.stores(api, client, peer);
        for name in ["kube-controller-manager", "kube-scheduler"] {
            plane.run(name, |command| {
                command.args([
                    "--kubeconfig=kubeconfig",
                    "--leader-elect=false",
                    "--secure-port=0",
                ]);
                if name == "kube-controller-manager" {
                    command.args([
                        "--service-account-private-key-file=sa.key",
                        "--cert-dir=controllers",
                    ]);
                }
            });
        }
        plane.run("kwok", |command| {
            let stages = root().join("tests/cluster/stages.yaml");
            command.arg("--kubeconfig=kubeconfig").arg(format!("--config={}", stages.display()));
            // Without leases a node is given up after forty seconds, and every pod with it.
            command.args(["--manage-all-nodes=true", "--node-lease-duration-seconds=40"]);
        });
        // Made, not applied: what is applied has no status.
        let made = plane.kubectl.run_with(&["create", "-f", "-"], NODES);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let definitions = root().join("tests/cluster/definitions.json");
        plane.kubectl.must(&["apply", "--server-side", "-f", &definitions.display().to_string()]);
        plane.kubectl.must(&[
            "wait",
            "--for=condition=Established",
            "crd",
            "--all",
            "--timeout=60s",
        ]);
        plane
    }

    fn credentials(&self, api: u16) {
        must(
            scrubbed(&program("openssl"))
                .args(["genrsa", "-out"])
                .arg(self.path("sa.key"))
                .arg("2048"),
        );
        let token = must(scrubbed(&program("openssl")).args(["rand", "-hex", "16"]));
        let token = token.trim();
        self.write_private("tokens.csv", &format!("{token},admin,1,\"system:masters\"\n"));
        self.write_private(
            "kubeconfig",
            &format!(
                "apiVersion: v1\nkind: Config\n\
                 clusters: [{{name: c, cluster: {{server: \"https://127.0.0.1:{api}\", insecure-skip-tls-verify: true}}}}]\n\
                 users: [{{name: u, user: {{token: \"{token}\"}}}}]\n\
                 contexts: [{{name: c, context: {{cluster: c, user: u}}}}]\ncurrent-context: c\n"
            ),
        );
    }

    fn stores(&mut self, api: u16, client: u16, peer: u16) {
        let (client, peer) =
            (format!("http://127.0.0.1:{client}"), format!("http://127.0.0.1:{peer}"));
        self.run("etcd", |command| {
            command.args(["--data-dir=etcd", "--unsafe-no-fsync", "--log-level=warn"]);
            for kind in ["listen-client", "advertise-client"] {
                command.arg(format!("--{kind}-urls={client}"));
            }
            for kind in ["listen-peer", "initial-advertise-peer"] {
                command.arg(format!("--{kind}-urls={peer}"));
            }
            command.arg(format!("--initial-cluster=default={peer}"));
        });
        let mut server = Running::start("kube-apiserver", self.folder.path(), |command| {
            command.arg(format!("--etcd-servers={client}")).arg(format!("--secure-port={api}"));
            command.args([
                "--bind-address=127.0.0.1",
                "--cert-dir=certs",
                "--token-auth-file=tokens.csv",
            ]);
            command.args(["--service-account-issuer=https://kubernetes.default.svc"]);
            command.args([
                "--service-account-key-file=sa.key",
                "--service-account-signing-key-file=sa.key",
            ]);
            command.args(["--authorization-mode=RBAC", "--service-cluster-ip-range=10.0.0.0/24"]);
            // Nobody mounts the tokens of pods that do not run.
            command.arg("--disable-admission-plugins=ServiceAccount");
        });
        let kubectl = &self.kubectl;
        server.wait_until(|| kubectl.run(&["get", "namespace", "default"]).status.success());
        self.running.insert(0, server);
    }

    /// Starts a program that ends with the cluster, before those that it needs.
    pub(super) fn run(&mut self, name: &str, set_up: impl FnOnce(&mut Command)) {
        let running = Running::start(name, self.folder.path(), set_up);
        self.running.insert(0, running);
    }

    /// A path in its folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_private(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o600)).expect("its mode");
    }

    /// What a program said so far.
    pub(super) fn log(&self, name: &str) -> String {
        let said = fs::read(self.path(&format!("{name}.log"))).expect("a log");
        String::from_utf8_lossy(&said).into_owned()
    }

    /// The last lines of each log, for whoever has to find out.
    pub(super) fn logs(&self) -> String {
        self.running.iter().map(|it| format!("--- {}\n", it.said(8))).collect()
    }
}
