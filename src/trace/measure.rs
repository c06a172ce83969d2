//! What follows from one key: every other value of it that compiles is compared with the site as it is.

use super::Effect;
use super::bench::Bench;
use super::change::{self, find};
use super::keys::{Candidate, whole_of};
use super::mend::mended;
use super::sample::{self, Others};
use super::scalar::{self, said};
use super::shape::Shape;
use crate::diag::{Severity, Sink, Step};
use crate::yaml::{Kind, Node};
use std::collections::{BTreeSet, VecDeque};

/// What a key of this site changes.
pub(super) fn effect(bench: &Bench<'_>, candidate: &Candidate<'_>) -> Effect {
    let mut effect = Effect::none(candidate);
    let mut measure = Measure { bench, candidate, effect: &mut effect };
    if candidate.removable {
        let removed = measure.removed();
        let _ = measure.group(std::slice::from_ref(&removed));
    }
    match measure.others() {
        Others::Groups(groups) => measure.few(groups),
        Others::Scalars(values) => measure.many(values),
    }
    if effect.is_none() {
        effect.default = None;
    }
    effect
}

struct Measure<'m, 's> {
    bench: &'m Bench<'m>,
    candidate: &'m Candidate<'s>,
    effect: &'m mut Effect,
}

impl Measure<'_, '_> {
    fn removed(&self) -> Node {
        let (root, route) = (self.bench.root, &self.candidate.route);
        match self.candidate.shape {
            Shape::Free => change::without(root, &whole_of(root, route)),
            _ => change::without(root, route),
        }
    }

    fn others(&self) -> Others {
        let key = match self.candidate.route.0.last() {
            Some(Step::Key(key)) => key,
            _ => "",
        };
        let written = find(self.bench.root, &self.candidate.route);
        sample::others(self.bench.schema, &self.candidate.shape, key, written)
    }

    fn with(&self, kind: Kind) -> Node {
        change::with(self.bench.root, &self.candidate.route, kind)
    }

    /// Each side of a choice, each length of a list.
    fn few(&mut self, groups: Vec<Vec<Kind>>) {
        for group in groups {
            let roots: Vec<Node> = group.into_iter().map(|it| self.with(it)).collect();
            let Some((nth, same)) = self.group(&roots) else { continue };
            if same && !self.candidate.written {
                let default = find(&roots[nth], &self.candidate.route);
                self.effect.default = default.and_then(|it| word(&it.kind));
            }
        }
    }

    /// The first of some values that compiles, or else that can be mended: which, and whether it changes nothing.
    fn group(&mut self, roots: &[Node]) -> Option<(usize, bool)> {
        for (nth, root) in roots.iter().enumerate() {
            if let Ok(difference) = self.bench.difference(root) {
                let same = difference.is_none();
                self.effect.take(difference);
                return Some((nth, same));
            }
        }
        self.mend(roots);
        None
    }

    fn mend(&mut self, roots: &[Node]) {
        let found = roots.iter().find_map(|it| mended(self.bench, &self.candidate.route, it));
        match found {
            Some(difference) => self.effect.take(difference),
            None => self.effect.refused |= !roots.is_empty(),
        }
    }

    /// Every value of a form without end. The one that changes nothing shows where others should be looked for.
    fn many(&mut self, values: Vec<Kind>) {
        let first = values.clone();
        let mut rest = VecDeque::from(scalar::ladder(&self.candidate.shape));
        let mut waiting = VecDeque::from(values);
        let mut seen: BTreeSet<String> = waiting.iter().map(said).collect();
        let mut at_default = self.candidate.written;
        loop {
            let from_rest = waiting.is_empty();
            if from_rest && !self.effect.is_none() {
                break;
            }
            let next = waiting.pop_front().or_else(|| rest.pop_front());
            let Some(kind) = next else { break };
            if from_rest && !seen.insert(said(&kind)) {
                continue;
            }
            let changes = self.one(&kind);
            let is_default = changes == Some(false) && !at_default;
            at_default |= is_default;
            if is_default || (from_rest && changes == Some(true)) {
                let near = scalar::near(&self.candidate.shape, &kind);
                waiting.extend(near.into_iter().filter(|it| seen.insert(said(it))));
            }
        }
        if self.effect.is_none() {
            let roots: Vec<Node> = first.into_iter().map(|it| self.with(it)).collect();
            self.mend_any(&roots);
        }
    }

    /// Tries one value: whether it changes anything, if it compiles.
    fn one(&mut self, kind: &Kind) -> Option<bool> {
        match self.bench.difference(&self.with(kind.clone())) {
            Ok(difference) => {
                let changes = !difference.is_none();
                self.effect.take(difference);
                Some(changes)
            }
            Err(fault) => {
                self.effect.refused |= !is_malformed(&fault);
                None
            }
        }
    }

    fn mend_any(&mut self, roots: &[Node]) {
        let route = &self.candidate.route;
        if let Some(it) = roots.iter().find_map(|it| mended(self.bench, route, it)) {
            self.effect.take(it);
        }
    }
}

/// Whether a value was refused for its form alone, whatever the rest of the site says.
fn is_malformed(said: &Sink) -> bool {
    let mut errors = said.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    errors.any(|it| matches!(it.name, "bad-value" | "wrong-type"))
}

/// The value of a choice in a word.
fn word(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Text(word) => Some(word.clone()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Map(entries) => entries.first().map(|(key, _)| key.name.clone()),
        _ => None,
    }
}
