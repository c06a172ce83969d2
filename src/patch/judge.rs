//! Whether the author's patches may be applied: each has a file, changes something, and breaks nothing.

use super::leaf::{Leaf, leaves, parts, route};
use super::{apply, yaml};
use crate::artifacts::{self, ARTIFACTS};
use crate::diag::{Diagnostic, Place, Sink, nearest};
use crate::plan::{Body, Plan};
use crate::proof::{self, Context, Fault};
use crate::render::{self, Rendered};
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
    let mut plan = artifacts::plan(site, &secrets);
    let before = sink.diagnostics.len();
    for patch in &site.patches {
        judge_effect(patch, &mut plan, sink);
    }
    if sink.diagnostics.len() == before {
        judge_proofs(&Trial { site, secrets: &secrets }, sink);
    }
}

fn judge_effect(patch: &Patch, plan: &mut Plan, sink: &mut Sink) {
    let Some((_, document)) = plan.files.iter_mut().find_map(|it| yaml(it, &patch.path)) else {
        return sink.push(without_file(patch, plan));
    };
    for leaf in leaves(&patch.document).iter().filter(|leaf| !leaf.changes(document)) {
        sink.push(without_effect(leaf, patch));
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
    let yaml = |it: &&crate::plan::PlannedFile| matches!(it.body, Body::Yaml { .. });
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

fn without_effect(leaf: &Leaf<'_>, patch: &Patch) -> Diagnostic {
    let at = Place::Value(leaf.route(patch));
    let message = match leaf.value {
        Value::Null => format!("`{}` has nothing here that could be removed", patch.path),
        _ => format!("`{}` says this already", patch.path),
    };
    Diagnostic::error("patch-without-effect", at, message)
        .help("remove it: a patch that changes nothing hides what the site says")
}

/// What is tried: one site, with these stand-ins.
struct Trial<'a> {
    site: &'a Site,
    secrets: &'a Secrets,
}

impl Trial<'_> {
    /// What does not hold in the tree with these patches.
    fn faults(&self, patches: &[Patch]) -> Vec<Fault> {
        let mut plan = artifacts::plan(self.site, self.secrets);
        apply(&mut plan, patches);
        let Rendered { tree, documents } = render::render(plan);
        let (outside, chosen) = (self.site.outside_hosts(), self.site.extra.names());
        let context = Context {
            release: Some(self.site.release),
            outside: &outside,
            chosen: &chosen,
            documents: Some(&documents),
            ..Context::default()
        };
        proof::check(&tree, &context)
    }
}

/// Every proof that holds without the patches must hold with them.
fn judge_proofs(trial: &Trial<'_>, sink: &mut Sink) {
    let patches = &trial.site.patches;
    let with = trial.faults(patches);
    if with.is_empty() {
        return;
    }
    let without = trial.faults(&[]);
    for fault in with.iter().filter(|fault| !has(&without, fault)) {
        let at = guilty(trial, fault).unwrap_or_else(|| nearest_patch(patches, fault));
        let place = match fault.line {
            Some(line) => format!("{}:{line}", fault.path),
            None => fault.path.clone(),
        };
        let message = format!("with this patch `{}` does not hold: {}", fault.proof, fault.message);
        sink.push(
            Diagnostic::error("patch-breaks-proof", at, message).help(fault.help.clone()).note(
                format!(
                    "seen at {place} of the output; `trigger-gen explain {}` says what must hold",
                    fault.proof
                ),
            ),
        );
    }
}

/// Lines move when something is added above.
fn has(faults: &[Fault], fault: &Fault) -> bool {
    let key = |it: &Fault| (it.proof, it.path.clone(), it.message.clone());
    faults.iter().any(|it| key(it) == key(fault))
}

/// The smallest part of a patch without which the fault is gone.
fn guilty(trial: &Trial<'_>, fault: &Fault) -> Option<Place> {
    let patches = &trial.site.patches;
    for (nth, patch) in patches.iter().enumerate() {
        for part in parts(&patch.document) {
            let mut tried = patches.clone();
            tried[nth] = part.taken_from(patch);
            if !has(&trial.faults(&tried), fault) {
                return Some(Place::Value(part.route(patch)));
            }
        }
    }
    None
}

/// The patch on the file that the fault is seen in, or the first.
fn nearest_patch(patches: &[Patch], fault: &Fault) -> Place {
    let patch = patches.iter().find(|it| it.path == fault.path).or(patches.first());
    Place::Key(patch.map_or_else(|| "patches".into(), route))
}
