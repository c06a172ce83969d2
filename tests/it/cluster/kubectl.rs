//! What is asked of the API server, by the program that its users have.

use super::programs::{must, program};
use crate::consumers::{run, scrubbed};
use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The administrator of a cluster.
#[derive(Debug, Clone)]
pub(super) struct Kubectl {
    home: PathBuf,
    kubeconfig: PathBuf,
}

impl Kubectl {
    /// The one whose kubeconfig is in a folder.
    pub(super) fn of(folder: &Path) -> Self {
        Self { home: folder.to_owned(), kubeconfig: folder.join("kubeconfig") }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = scrubbed(&program("kubectl"));
        command.env("KUBECONFIG", &self.kubeconfig).env("HOME", &self.home).args(arguments);
        command
    }

    /// What kubectl says.
    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        run(&mut self.command(arguments))
    }

    /// What kubectl says, which must work.
    #[track_caller]
    pub(super) fn must(&self, arguments: &[&str]) -> String {
        must(&mut self.command(arguments))
    }

    /// The same with a text for its input.
    pub(super) fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("kubectl");
        let mut stdin = child.stdin.take().expect("its input");
        stdin.write_all(input.as_bytes()).expect("its input");
        drop(stdin);
        child.wait_with_output().expect("kubectl")
    }

    /// Makes objects, or changes them.
    #[track_caller]
    pub(super) fn apply(&self, manifests: &str) {
        let output =
            self.run_with(&["apply", "--server-side", "--force-conflicts", "-f", "-"], manifests);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What is below a path of the API.
    #[track_caller]
    pub(super) fn raw(&self, path: &str) -> Value {
        serde_json::from_str(&self.must(&["get", "--raw", path])).expect("JSON")
    }

    /// The list of every object of these kinds, in all namespaces.
    #[track_caller]
    pub(super) fn list(&self, kinds: &str) -> Vec<Value> {
        let text = self.must(&["get", kinds, "--all-namespaces", "-o", "json"]);
        let mut list: Value = serde_json::from_str(&text).expect("JSON");
        match list["items"].take() {
            Value::Array(items) => items,
            _ => panic!("no list of {kinds}"),
        }
    }
}
