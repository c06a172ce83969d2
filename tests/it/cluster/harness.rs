//! The harness itself: what it serves can be read by the usual programs.

use super::flux::Chart;
use super::git::{Files, Git};
use super::programs::{must, program};
use super::registry::Registry;
use crate::consumers::{scrubbed, tool};
use serde_json::json;

fn possible() -> bool {
    ["setpriv", "git", "openssl", "docker-registry", "helm"].iter().all(|it| tool(it).is_some())
}

#[test]
#[ignore = "servers: scripts/test cluster runs it"]
fn a_committed_tree_can_be_cloned() {
    if !possible() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let git = Git::start(folder.path());
    let mut files = Files::from([("a/b.yaml".to_owned(), b"one".to_vec())]);
    let first = git.commit(&files);
    files.insert("a/c.yaml".to_owned(), b"two".to_vec());
    files.remove("a/b.yaml");
    let second = git.commit(&files);
    assert_ne!(first, second);
    assert!(second.starts_with("main@sha1:"), "{second}");
    let copy = folder.path().join("copy");
    must(scrubbed(&program("git")).args(["clone", "--quiet", "--depth=1", &git.url()]).arg(&copy));
    assert!(!copy.join("a/b.yaml").exists());
    assert_eq!(std::fs::read(copy.join("a/c.yaml")).expect("a file"), b"two");
}

#[test]
#[ignore = "servers: scripts/test cluster runs it"]
fn a_chart_is_found_under_the_name_of_its_registry() {
    if !possible() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let registry = Registry::start(folder.path());
    let url = "oci://registry-1.docker.io/bitnamicharts/redis";
    let chart = Chart::of(&json!({ "spec": { "url": url, "ref": { "tag": "21.2.6" } } }));
    registry.publish(&chart.source, &chart.path, &chart.version);
    let pull = |url: &str| {
        let mut helm = scrubbed(&program("helm"));
        helm.args(["pull", url, "--version", "21.2.6"]).env("HOME", folder.path());
        registry.show(&mut helm);
        crate::consumers::run(helm.current_dir(folder.path()))
    };
    let output = pull(url);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("redis-21.2.6.tgz").exists());
    assert!(
        !pull("oci://elsewhere.example.com/redis").status.success(),
        "there is another way out"
    );
}
