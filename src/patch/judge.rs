//! Whether the author's patches may be applied: each has a file, changes something, and breaks nothing.

use super::leaf::{Leaf, leaves, route};
use super::trial::{self, Trial};
use super::{document, owned};
use crate::artifacts::{self, ARTIFACTS};
use crate::diag::{Diagnostic, Place, Sink, nearest};
use crate::plan::{Body, Plan};
use crate::secrets::Secrets;
use crate::site::{Patch, Site};
use serde_json::Value;

/// Reports every patch that is refused. The secrets are stand-ins: what a patch breaks does not depend on them.
pub fn judge(site: &Site, sink: &mut Sink) {
    if site.patches.is_empty() {
        return;
    }
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let secrets = Secrets::stand_ins(&names);
    let plan = artifacts::plan(site, &secrets);
    let before = sink.diagnostics.len();
    for patch in &site.patches {
        judge_effect(patch, &plan, sink);
    }
    if sink.diagnostics.len() == before {
        trial::judge(&Trial { site, plan: &plan }, sink);
    }
}

fn judge_effect(patch: &Patch, plan: &Plan, sink: &mut Sink) {
    let Some(document) = plan.files.iter().find_map(|it| document(it, &patch.path)) else {
        return sink.push(without_file(patch, plan));
    };
    for leaf in leaves(&patch.document) {
        match owned::key(&leaf.keys) {
            Some(key) => sink.push(said_by_a_key(&leaf, patch, &key)),
            None if !leaf.changes(document) => sink.push(without_effect(&leaf, patch)),
            None => {}
        }
    }
}

fn without_file(patch: &Patch, plan: &Plan) -> Diagnostic {
    let path = patch.path.as_str();
    let at = Place::Key(route(patch));
    if let Some(file) = plan.files.iter().find(|it| it.path.as_str() == path) {
        let keys =
            ARTIFACTS.iter().find(|it| it.name == file.artifact).map_or(&[][..], |it| it.keys);
        let message = format!("`{path}` is not a YAML file, and cannot be patched");
        let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        return Diagnostic::error("unpatchable-file", at, message)
            .help(format!("what it says is decided by {}", keys.join(", ")));
    }
    let yaml = |it: &&crate::plan::PlannedFile| {
        matches!(it.body, Body::Yaml { .. } | Body::Encrypted { .. })
    };
    let paths: Vec<&str> = plan.files.iter().filter(yaml).map(|it| it.path.as_str()).collect();
    let diagnostic = Diagnostic::error(
        "unpatchable-file",
        at,
        format!("this site has no file `{}`", path.escape_debug()),
    );
    match nearest(path, paths.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).instead(meant),
        None => diagnostic.help(format!("its YAML files are {}", paths.join(", "))),
    }
}

fn said_by_a_key(leaf: &Leaf<'_>, patch: &Patch, key: &str) -> Diagnostic {
    let at = Place::Key(leaf.route(patch));
    let message = format!(
        "`{}` is for `{key}` to say, which is held against the release",
        leaf.keys.join(".")
    );
    Diagnostic::error("patch-beside-a-key", at, message)
        .help(format!("say it with `{key}`, and remove it here"))
}

fn without_effect(leaf: &Leaf<'_>, patch: &Patch) -> Diagnostic {
    let at = Place::Value(leaf.route(patch));
    let message = match leaf.value {
        Value::Null => format!("`{}` has nothing here that could be removed", patch.path),
        _ => format!("`{}` says this already", patch.path),
    };
    Diagnostic::error("patch-without-effect", at, message)
        .help("remove it: a patch that changes nothing hides what the site says")
}
