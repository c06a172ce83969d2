//! A site's tree as its owner has it: copied into the repository that Flux reads, with the variables filled in.

use super::flux::Chart;
use super::git::Files;
use super::programs::{must, program};
use crate::consumers::scrubbed;
use crate::support;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use trigger_gen::site::{Kubernetes, Site};
use trigger_gen::tree::Tree;

/// The tree for Flux within the output.
const FLUX: &str = "kubernetes/flux/";

/// A compiled site.
pub(super) struct Emitted {
    /// The site file.
    pub(super) text: String,
    pub(super) site: Site,
    pub(super) tree: Tree,
}

impl Emitted {
    /// An example, changed; none of its lints stands in the way.
    pub(super) fn changed(example: &str, change: impl FnOnce(&mut Value)) -> Self {
        let mut site: Value = serde_yaml::from_str(&support::example_text(example)).expect("YAML");
        change(&mut site);
        let text = serde_yaml::to_string(&site).expect("YAML");
        Self { site: support::site(&text), tree: support::tree_of(&text), text }
    }

    /// An example as it is.
    pub(super) fn example(name: &str) -> Self {
        Self::changed(name, |_| ())
    }

    /// What the site says of the cluster.
    pub(super) fn meant(&self) -> &Kubernetes {
        self.site.kubernetes.as_ref().expect("a site for a cluster")
    }

    /// Its namespace.
    pub(super) fn namespace(&self) -> &str {
        self.meant().namespace.as_str()
    }

    /// The folder of the repository that the tree is copied to.
    pub(super) fn path(&self) -> &str {
        self.meant().gitops.path.as_str()
    }

    /// The files of the repository.
    pub(super) fn files(&self) -> Files {
        let files = self.tree.files.iter().filter_map(|(path, file)| {
            let below = path.as_str().strip_prefix(FLUX)?;
            Some((format!("{}/{below}", self.path()), file.bytes.clone()))
        });
        files.collect()
    }

    /// The folders that kustomize builds: the tree itself, and its layers.
    pub(super) fn folders(&self) -> Vec<String> {
        let lists = self.tree.files.keys().filter_map(|it| {
            let folder = it.as_str().strip_prefix(FLUX)?.strip_suffix("kustomization.yaml")?;
            Some(folder.trim_end_matches('/').to_owned())
        });
        lists.collect()
    }

    /// How many Kustomizations of Flux the tree has.
    pub(super) fn layers(&self) -> usize {
        self.folders().len() - 1
    }

    /// What kustomize makes of a folder.
    pub(super) fn built(&self, work: &Path, folder: &str) -> String {
        for (path, file) in &self.tree.files {
            let path = work.join(path.as_str());
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, &file.bytes).expect("a file");
        }
        let folder = work.join(FLUX).join(folder);
        must(scrubbed(&program("kustomize")).arg("build").arg(folder))
    }

    /// A value for each variable of the tree, as its owner gives it.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let Some(file) = self.tree.get("kubernetes/cluster-secrets.example.yaml") else {
            return BTreeMap::new();
        };
        let fragment: Value = serde_yaml::from_str(file.text()).expect("YAML");
        let names = fragment["stringData"].as_object().expect("entries").keys();
        let value = |name: &String| match name.strip_suffix("DOMAIN") {
            Some(_) => "home.example.net".to_owned(),
            None => hex::encode(sha(name)),
        };
        names.map(|it| (it.clone(), value(it))).collect()
    }

    /// The charts that the tree names.
    pub(super) fn charts(&self) -> Vec<Chart> {
        let sources = self.documents().into_iter().filter(|it| it["kind"] == "OCIRepository");
        let charts: std::collections::BTreeSet<Chart> = sources.map(|it| Chart::of(&it)).collect();
        charts.into_iter().collect()
    }

    /// The names of the objects of a kind.
    pub(super) fn names_of(&self, kind: &str) -> impl Iterator<Item = String> {
        let found = self.documents().into_iter().filter(move |it| it["kind"] == kind);
        found.map(|it| super::flux::name(&it).to_owned())
    }

    /// Every YAML document of the tree for Flux.
    fn documents(&self) -> Vec<Value> {
        let files = self.tree.files.iter().filter(|(path, _)| {
            path.as_str().starts_with(FLUX) && path.as_str().ends_with(".yaml")
        });
        files.map(|(_, file)| serde_yaml::from_str(file.text()).expect("YAML")).collect()
    }
}

/// Sixteen bytes that follow from a name; its hex is no number.
fn sha(name: &str) -> Vec<u8> {
    let mut bytes = vec![0xab];
    let mut state = 0x5eed_u32;
    for byte in name.bytes().cycle().take(60) {
        state = state.wrapping_mul(31).wrapping_add(u32::from(byte));
        if bytes.len() < 16 && state.is_multiple_of(3) {
            bytes.push((state >> 16) as u8);
        }
    }
    bytes.resize(16, 0xcd);
    bytes
}

/// A text with its variables filled in, as Flux does by its documentation: `${NAME}` and `${NAME/FROM/TO}`.
pub(super) fn substituted(text: &str, variables: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once('}').expect("an end of the variable");
        if let Some(before) = out.strip_suffix('$') {
            out = format!("{before}${{{expression}}}{rest}");
            continue;
        }
        let mut words = expression.splitn(3, '/');
        let name = words.next().unwrap_or_default();
        let value = variables.get(name).unwrap_or_else(|| panic!("{name} is no variable"));
        match (words.next(), words.next()) {
            (Some(from), Some(to)) => out.push_str(&value.replacen(from, to, 1)),
            _ => out.push_str(value),
        }
        out.push_str(rest);
    }
    out
}
