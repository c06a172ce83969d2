//! The tree for Flux, before the programs that read it: kustomize, Flux's substitution, and the schemas of every kind.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they read files and start programs"
)]

mod backup;
mod bench;
mod broken;
mod buckets;
mod closed;
mod contract;
mod fetched;
mod hostile;
mod judges;
mod pooler;
mod refused;
mod runs;
mod same;
mod substitution;

use crate::consumers::{run, scrubbed};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What `kustomize build` makes of a folder: each object as text.
pub(super) fn built(kustomize: &Path, folder: &Path) -> Vec<String> {
    let output = run(scrubbed(kustomize).arg("build").arg(folder));
    assert!(
        output.status.success(),
        "{}: {}",
        folder.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.split("\n---\n").map(|it| format!("{it}\n")).collect()
}

/// The same of many folders below one, twenty at once: kustomize compares every object with every other.
pub(super) fn built_together(kustomize: &Path, folder: &Path, folders: &[String]) -> Vec<String> {
    let some = |some: &[String]| {
        let list = serde_json::json!({ "resources": some });
        fs::write(folder.join("kustomization.yaml"), list.to_string()).expect("written");
        built(kustomize, folder)
    };
    folders.chunks(20).flat_map(some).collect()
}

/// The folders of a tree for Flux that kustomize builds.
pub(super) fn folders(flux: &Path) -> Vec<PathBuf> {
    let mut found = vec![flux.to_path_buf()];
    let below = fs::read_dir(flux).expect("a tree for Flux").map(|it| it.expect("an entry").path());
    found.extend(below.filter(|it| it.join("kustomization.yaml").is_file()));
    found.sort();
    found
}

/// Objects as data.
pub(super) fn read(text: &str) -> Value {
    trigger_gen::yaml::read_value(text).unwrap_or_else(|why| panic!("{why}:\n{text}"))
}

/// A value for each variable that a tree names: such as a user would give.
pub(super) fn values(kubernetes: &Path) -> BTreeMap<String, String> {
    let Ok(text) = fs::read_to_string(kubernetes.join("cluster-secrets.example.yaml")) else {
        return BTreeMap::new();
    };
    let names = read(&text)["stringData"].as_object().expect("variables").clone();
    let value = |name: &str| match name {
        "SECRET_DOMAIN" => "example.com".to_owned(),
        _ => format!("{:0>32}", format!("abc{}", name.len())),
    };
    names.keys().map(|name| (name.clone(), value(name))).collect()
}

/// Every golden tree with objects of a cluster: the folder `kubernetes`.
pub(super) fn trees() -> Vec<PathBuf> {
    let all = crate::consumers::trees().into_iter().map(|it| it.dir.join("kubernetes"));
    let found: Vec<PathBuf> = all.filter(|it| it.is_dir()).collect();
    assert!(found.len() > 1, "no trees for a cluster: {found:?}");
    found
}
