//! The tree for Flux: what must hold between its objects, and between them and the values of the chart.

mod chart;
mod environment;
mod jobs;
mod layers;
mod namespaces;
mod objects;
mod pooler;
mod references;
mod substitution;

pub(super) use chart::{
    CONTRADICTORY_CHART_VALUES, DIFFERING_CHART_VALUES, FLOATING_CHART_VERSION, UNKNOWN_CHART_VALUE,
};
pub(super) use environment::{DUPLICATE_ENV_NAME, INCOMPLETE_EXISTING_SECRET};
pub(super) use jobs::LOCKED_OUT_JOB;
pub(super) use layers::{
    CIRCULAR_KUSTOMIZATION, DANGLING_KUSTOMIZATION, MISSING_DEPENDS_ON, MISSING_STARTUP_PROBE,
    SHORT_HELM_TIMEOUT,
};
pub(super) use namespaces::{CUT_OFF_RUNS, MISSING_NAMESPACE};
pub(super) use objects::{BAD_OBJECT_NAME, REPEATED_OBJECT, UNLISTED_OBJECT, UNSERVED_KIND};
pub(super) use pooler::POOLED_REPLICATION;
pub(super) use references::{DANGLING_OBJECT, DANGLING_SERVICE, UNSELECTED_POLICY};
pub(super) use substitution::{
    CLUSTER_SECRET_IN_CLEAR, NUMBER_LIKE_SECRET, UNDECLARED_SUBSTITUTION,
};

use super::Spot;
use super::stack::{Stack, Trouble, line_of};
use crate::tree::OutPath;
use serde_json::Value;

/// Where the tree stands.
const FLUX: &str = "kubernetes/flux/";

/// The values of the official chart beside it.
const VALUES: &str = "kubernetes/values.yaml";

/// The list of a folder.
const LIST: &str = "kustomization.yaml";

/// One object of the tree: one file.
pub(super) struct Object {
    pub(super) path: String,
    /// The folder of its layer, from [`FLUX`]; empty for what stands at the top.
    pub(super) layer: String,
    pub(super) kind: String,
    pub(super) name: String,
    /// Whether kustomize reads it, and nobody applies it.
    pub(super) is_kustomize: bool,
    pub(super) document: Value,
}

impl Object {
    /// Where a key of it stands.
    fn spot(&self, stack: &Stack<'_>, route: &[&str]) -> Spot {
        let text = stack.tree.get(&self.path).map_or("", |it| it.text());
        Spot { path: self.path.clone(), line: line_of(text, route) }
    }

    /// A text below some keys.
    fn text(&self, pointer: &str) -> Option<&str> {
        self.document.pointer(pointer)?.as_str()
    }
}

/// Reads every object of a tree, and says what does not parse.
pub(super) fn load(stack: &Stack<'_>) -> (Vec<Object>, Vec<Trouble>) {
    let (mut objects, mut troubles) = (Vec::new(), Vec::new());
    for (path, file) in &stack.tree.files {
        let Some(below) = path.as_str().strip_prefix(FLUX).filter(|it| it.ends_with(".yaml"))
        else {
            continue;
        };
        match stack.document(path, file.text()) {
            Ok(document) => objects.push(object(path, below, document.into_owned())),
            Err(reason) => {
                let what = format!("is not the YAML of an object: {reason}");
                troubles.push(Trouble::of(path, None, what));
            }
        }
    }
    (objects, troubles)
}

fn object(path: &OutPath, below: &str, document: Value) -> Object {
    let text = |pointer: &str| {
        document.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    Object {
        path: path.to_string(),
        layer: below.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(),
        kind: text("/kind"),
        name: text("/metadata/name"),
        is_kustomize: path.as_str().ends_with("/kustomizeconfig.yaml")
            || text("/apiVersion").starts_with("kustomize.config.k8s.io/"),
        document,
    }
}

impl<'a> Stack<'a> {
    /// Every object that is applied, without the lists of kustomize.
    fn applied(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(|it| !it.is_kustomize)
    }

    /// Every object of a kind.
    fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &Object> {
        self.applied().filter(move |it| it.kind == kind)
    }

    /// The Kustomizations of Flux.
    fn layers(&self) -> impl Iterator<Item = &Object> {
        self.of_kind("Kustomization")
    }

    /// The release of the official chart, with its source.
    fn chart(&self) -> Option<(&Object, &Object)> {
        let of_chart = |it: &&Object| {
            it.text("/spec/url").is_some_and(|url| url == crate::release::chart::CHART)
        };
        let source = self.of_kind("OCIRepository").find(of_chart)?;
        let of_source = |it: &&Object| it.text("/spec/chartRef/name") == Some(source.name.as_str());
        Some((self.of_kind("HelmRelease").find(of_source)?, source))
    }
}

/// Whether a selector of labels selects these; an empty one selects all.
fn selects(selector: &Value, labels: &Value) -> bool {
    let wanted = selector["matchLabels"].as_object();
    wanted.is_none_or(|it| it.iter().all(|(key, value)| labels.get(key) == Some(value)))
}

/// Every text of a document.
fn texts<'v>(value: &'v Value, seen: &mut impl FnMut(&'v str)) {
    match value {
        Value::String(text) => seen(text),
        Value::Array(items) => items.iter().for_each(|it| texts(it, seen)),
        Value::Object(entries) => entries.values().for_each(|it| texts(it, seen)),
        _ => {}
    }
}

/// Every mapping of a document.
fn mappings<'v>(value: &'v Value, seen: &mut impl FnMut(&'v serde_json::Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter().for_each(|it| mappings(it, seen)),
        Value::Object(entries) => {
            seen(entries);
            entries.values().for_each(|it| mappings(it, seen));
        }
        _ => {}
    }
}
