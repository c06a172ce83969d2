//! What patches break, found by compiling the site with them, without them, and without parts of them.

use super::apply;
use super::leaf::{Leaf, children, route};
use crate::diag::{Diagnostic, Place, Sink};
use crate::plan::Plan;
use crate::proof::{self, Context, Fault};
use crate::render::{self, Rendered};
use crate::site::{Patch, Site};

/// How often a site is compiled to find what is to blame; a fault that is left is said of its whole patch.
const MOST_TRIALS: usize = 60;

/// How many faults are said of one place.
const MOST_AT_ONE_PLACE: usize = 5;

/// What is tried: one site, planned without patches and with secrets that are stand-ins.
pub(super) struct Trial<'a> {
    pub(super) site: &'a Site,
    pub(super) plan: &'a Plan,
}

impl Trial<'_> {
    /// What does not hold in the tree with these patches.
    fn faults(&self, patches: &[Patch]) -> Vec<Fault> {
        let mut plan = self.plan.clone();
        // Pages for people: no patch changes them, and no proof looks at them.
        plan.files.retain(|it| !it.path.as_str().ends_with(".md"));
        apply(&mut plan, patches);
        let Rendered { tree, documents } = render::sketch(plan);
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
pub(super) fn judge(trial: &Trial<'_>, sink: &mut Sink) {
    let patches = &trial.site.patches;
    let mut broken = trial.faults(patches);
    if broken.is_empty() {
        return;
    }
    let without = trial.faults(&[]);
    broken.retain(|fault| !has(&without, fault));
    let mut search = Search { trial, trials: 0, blamed: Vec::new() };
    for (nth, patch) in patches.iter().enumerate() {
        let whole = Leaf { keys: Vec::new(), value: &patch.document };
        search.descend(nth, &whole, &mut broken);
    }
    let nearest = broken.into_iter().map(|fault| (nearest_patch(patches, &fault), fault));
    let blamed: Vec<(Place, Fault)> = search.blamed.into_iter().chain(nearest).collect();
    say(blamed, sink);
}

/// Looks for the smallest part of a patch without which a fault is gone.
struct Search<'a> {
    trial: &'a Trial<'a>,
    trials: usize,
    blamed: Vec<(Place, Fault)>,
}

impl Search<'_> {
    /// Blames what is below a part of a patch, else the part itself; what it blames is taken out of `left`.
    fn descend(&mut self, nth: usize, part: &Leaf<'_>, left: &mut Vec<Fault>) {
        let patch = &self.trial.site.patches[nth];
        for child in children(part) {
            if left.is_empty() || self.trials == MOST_TRIALS {
                return;
            }
            self.trials += 1;
            let mut tried = self.trial.site.patches.clone();
            tried[nth] = child.taken_from(patch);
            let found = self.trial.faults(&tried);
            let (mut gone, kept) = left.drain(..).partition(|fault| !has(&found, fault));
            *left = kept;
            self.descend(nth, &child, &mut gone);
            let at = Place::Value(child.route(patch));
            self.blamed.extend(gone.into_iter().map(|fault| (at.clone(), fault)));
        }
    }
}

/// Lines move when something is added above.
fn has(faults: &[Fault], fault: &Fault) -> bool {
    faults
        .iter()
        .any(|it| (it.proof, &it.path, &it.message) == (fault.proof, &fault.path, &fault.message))
}

/// The patch on the file that the fault is seen in, or the first.
fn nearest_patch(patches: &[Patch], fault: &Fault) -> Place {
    let patch = patches.iter().find(|it| it.path == fault.path).or(patches.first());
    Place::Key(patch.map_or_else(|| "patches".into(), route))
}

fn say(blamed: Vec<(Place, Fault)>, sink: &mut Sink) {
    let mut places: Vec<Place> = Vec::new();
    for (place, _) in &blamed {
        if !places.contains(place) {
            places.push(place.clone());
        }
    }
    for place in places {
        let faults: Vec<&Fault> =
            blamed.iter().filter(|(at, _)| *at == place).map(|(_, fault)| fault).collect();
        let said = faults.iter().take(MOST_AT_ONE_PLACE);
        let mut diagnostics: Vec<Diagnostic> =
            said.map(|it| diagnostic(place.clone(), it)).collect();
        if let (Some(last), more @ 1..) =
            (diagnostics.last_mut(), faults.len().saturating_sub(MOST_AT_ONE_PLACE))
        {
            last.notes.push(format!("and {more} more follow from the same patch"));
        }
        sink.diagnostics.extend(diagnostics);
    }
}

fn diagnostic(at: Place, fault: &Fault) -> Diagnostic {
    let seen = match fault.line {
        Some(line) => format!("{}:{line}", fault.path),
        None => fault.path.clone(),
    };
    let message = format!("with this patch `{}` does not hold: {}", fault.proof, fault.message);
    Diagnostic::error("patch-breaks-proof", at, message).help(fault.help.clone()).note(format!(
        "seen at {seen} of the output; `trigger-gen explain {}` says what must hold",
        fault.proof
    ))
}
