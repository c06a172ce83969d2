//! The chapters of the emitted runbook on backups and their return, done as they stand there, with real objects. What
//! a command would do inside a pod is left out, aloud: no pod runs here.

use super::before::Owner;
use super::edits::claims;
use super::emitted::Emitted;
use super::flux::Cluster;
use super::programs::{must, program};
use super::say;
use crate::consumers::{root, scrubbed};
use crate::markdown::{self, Block};
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

/// The first backup of every store is made.
pub(super) fn backups(cluster: &Cluster, tree: &Emitted) {
    Desk::new(cluster, tree).does("Backups");
}

/// Everything comes back from a backup, PostgreSQL as a new Cluster.
pub(super) fn restore(cluster: &Cluster, owner: &Owner, example: &str) {
    let (before, kept) = (databases(cluster), claims(cluster));
    let patches = Desk::new(cluster, &Emitted::example(example)).patches("Restore/PostgreSQL");
    let tree = Emitted::changed(example, |site| {
        let there = site["patches"].as_object_mut().expect("patches");
        there.extend(patches.as_object().expect("patches").clone());
    });
    let desk = Desk::new(cluster, &tree);
    desk.does("Restore");
    desk.does("Restore/PostgreSQL");
    let revision = cluster.commit(&owner.repository(&tree, &tree.variables()));
    // What is above the layers applies the Kustomizations meanwhile, and leaves them suspended.
    cluster.reaches("apps", &revision);
    let suspended =
        cluster.kustomizations().iter().filter(|it| it["spec"]["suspend"] == json!(true)).count();
    assert_eq!(suspended, tree.layers(), "Flux went on");
    for chapter in ["Redis", "ClickHouse", "The object store", "Start again"] {
        desk.does(&format!("Restore/{chapter}"));
    }
    cluster.settle(&revision, Owner::expected(&tree));

    let after = databases(cluster);
    assert_ne!(before[0]["metadata"]["uid"], after[0]["metadata"]["uid"], "no new Cluster");
    assert_eq!(after[0]["spec"]["bootstrap"]["recovery"]["source"], json!("before"));
    assert_eq!(claims(cluster), kept, "a claim lost its volume");
    let idle = cluster.kubectl().list("deployments").into_iter().filter(|it| {
        it["status"]["readyReplicas"] != it["spec"]["replicas"]
            || it["spec"]["replicas"] == json!(0)
    });
    let idle: Vec<String> = idle.map(|it| it["metadata"]["name"].to_string()).collect();
    assert_eq!(idle, Vec::<String>::new(), "not running again");
}

fn databases(cluster: &Cluster) -> Vec<Value> {
    let found = cluster.kubectl().list("clusters.postgresql.cnpg.io");
    assert_eq!(found.len(), 1);
    found
}

/// Where a person sits with the output and the runbook.
struct Desk<'a> {
    cluster: &'a Cluster,
    folder: TempDir,
    blocks: Vec<Block>,
}

impl<'a> Desk<'a> {
    fn new(cluster: &'a Cluster, tree: &Emitted) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (path, file) in &tree.tree.files {
            let path = folder.path().join("out").join(tree.site.name.as_str()).join(path.as_str());
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, &file.bytes).expect("a file");
        }
        // The copy that step 5 of the runbook makes.
        let token = format!("{}-worker-token", tree.site.name);
        fs::write(folder.path().join(token), "tr_wgt_example").expect("a file");
        let runbook = tree.tree.get("kubernetes/RUNBOOK.md").expect("a runbook").text();
        Self { cluster, folder, blocks: markdown::blocks(runbook) }
    }

    /// Types what stands in a chapter.
    #[track_caller]
    fn does(&self, chapter: &str) {
        let commands: String = self.of(chapter, "sh");
        let in_pods = |it: &&str| it.contains(" exec ") || it.contains(" logs ");
        for line in commands.lines().filter(in_pods) {
            say(&format!("  left out: {line}"));
        }
        let typed: Vec<&str> = commands.lines().filter(|it| !in_pods(it)).collect();
        let kubectl = program("kubectl");
        let path = [
            root().join("tests/cluster/bin").display().to_string(),
            kubectl.parent().expect("a folder").display().to_string(),
            std::env::var("PATH").unwrap_or_default(),
        ];
        let mut shell = scrubbed(&program("timeout"));
        shell.args(["180", "bash", "-euo", "pipefail", "-c", &typed.join("\n")]);
        shell.env("PATH", path.join(":")).env("HOME", self.folder.path());
        shell.env("KUBECONFIG", self.cluster.plane.path("kubeconfig"));
        must(shell.current_dir(self.folder.path()));
        say(&format!("  {chapter}: {} commands", typed.len()));
    }

    /// The patches that a chapter has its reader write.
    fn patches(&self, chapter: &str) -> Value {
        let mut written: Value = serde_yaml::from_str(&self.of(chapter, "yaml")).expect("YAML");
        written["patches"].take()
    }

    #[track_caller]
    fn of(&self, chapter: &str, language: &str) -> String {
        let asked = |it: &&Block| it.chapter == chapter && it.language == language;
        let text: String = self.blocks.iter().filter(asked).map(|it| it.text.as_str()).collect();
        assert!(!text.is_empty(), "no {language} in {chapter}");
        text
    }
}
