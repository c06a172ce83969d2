//! Where a person sits with the output of a site, its runbook and a shell. What a command would do inside a pod is left
//! out, aloud: no pod runs here.

use super::emitted::Emitted;
use super::flux::Cluster;
use super::programs::{must, program};
use super::say;
use crate::cli;
use crate::consumers::{root, scrubbed};
use crate::markdown::{self, Block};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Where a person sits with the output and the runbook.
pub(super) struct Desk<'a> {
    cluster: &'a Cluster,
    folder: TempDir,
    blocks: Vec<Block>,
}

impl<'a> Desk<'a> {
    /// With the output of a site.
    pub(super) fn new(cluster: &'a Cluster, tree: &Emitted) -> Self {
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
    pub(super) fn does(&self, chapter: &str) {
        self.types(chapter, &self.of(chapter, "sh"));
    }

    /// Types these commands.
    #[track_caller]
    pub(super) fn types(&self, what: &str, commands: &str) {
        let in_pods = |it: &&str| it.contains(" exec ") || it.contains(" logs ");
        for line in commands.lines().filter(in_pods) {
            say(&format!("  left out: {line}"));
        }
        let typed: Vec<&str> = commands.lines().filter(|it| !in_pods(it)).collect();
        let kubectl = program("kubectl");
        let ours = cli::program();
        let path = [
            ours.parent().expect("a folder").display().to_string(),
            root().join("tests/cluster/bin").display().to_string(),
            kubectl.parent().expect("a folder").display().to_string(),
            std::env::var("PATH").unwrap_or_default(),
        ];
        let mut shell = scrubbed(&program("timeout"));
        shell.args(["180", "bash", "-euo", "pipefail", "-c", &typed.join("\n")]);
        shell.env("PATH", path.join(":")).env("HOME", self.folder.path());
        shell.env("KUBECONFIG", self.cluster.plane.path("kubeconfig"));
        must(shell.current_dir(self.folder.path()));
        say(&format!("  {what}: {} commands", typed.len()));
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The patches that a chapter has its reader write.
    pub(super) fn patches(&self, chapter: &str) -> Value {
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
