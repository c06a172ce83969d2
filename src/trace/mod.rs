//! Which lines of the output follow from which key of the site file, and the way back.
//!
//! Nothing is annotated, so nothing can drift: the site is compiled as it is, and again with one key changed to
//! other valid values, absent keys written and optional ones taken out. The lines that differ follow from that key.

mod bench;
mod change;
mod compare;
mod keys;
mod measure;
mod mend;
mod sample;
mod scalar;
mod shape;

pub use change::find;
pub use compare::At;

use crate::diag::{Route, Step};
use crate::secrets::WITHHELD;
use crate::spec::{Document, json_schema};
use crate::tree::{File, OutPath, Tree};
use crate::yaml::Kind;
use bench::Bench;
use compare::Difference;
use keys::{Candidate, Walk};
use std::collections::{BTreeMap, BTreeSet};

/// A site as it compiles, and what follows from its keys.
#[derive(Debug)]
pub struct Trace {
    tree: Tree,
    effects: Vec<Effect>,
}

/// What follows from one key.
#[derive(Debug)]
pub struct Effect {
    /// The key.
    pub route: Route,
    /// Whether the file has it; otherwise its default holds.
    pub written: bool,
    /// The lines that are otherwise when the key is.
    pub lines: BTreeSet<At>,
    /// Files whose path is otherwise when the key is.
    pub paths: BTreeSet<String>,
    /// How many lines another value brings at most, by file.
    pub more: BTreeMap<String, usize>,
    /// Whether other values were refused because of the rest of the file.
    pub refused: bool,
    /// The one value of a few that changes nothing where none is written: a word, or the side of a choice.
    pub default: Option<String>,
}

impl Effect {
    /// The key without places in lists, as the reference has it.
    pub fn name(&self) -> String {
        let keys = self.route.0.iter().filter(|it| matches!(it, Step::Key(_))).cloned();
        Route(keys.collect()).to_string()
    }

    /// Whether nothing that was tried changes anything.
    pub fn is_none(&self) -> bool {
        self.lines.is_empty() && self.paths.is_empty() && self.more.is_empty()
    }

    /// Whether nothing can be said: what was tried changes nothing, or does not compile with the rest of the file.
    pub fn is_unknown(&self) -> bool {
        self.is_none() && self.refused
    }

    /// Whether another key stands below this one.
    fn is_above(&self, other: &Self) -> bool {
        other.route.0.len() > self.route.0.len() && other.route.0.starts_with(&self.route.0)
    }
}

impl Trace {
    /// A site as it compiles, no key measured. `None` if it does not compile.
    pub fn output(document: &Document) -> Option<Self> {
        let schema = json_schema();
        let tree = Bench::new(&schema, document.root())?.tree;
        Some(Self { tree, effects: Vec::new() })
    }

    /// Measures the keys that are wanted by route, and all below them. `None` if the site does not compile.
    pub fn of(document: &Document, wanted: impl Fn(&Route) -> bool) -> Option<Self> {
        let schema = json_schema();
        let bench = Bench::new(&schema, document.root())?;
        let is_default = |route: &Route, kind: Kind| bench.is_default(route, kind);
        let candidates = Walk::all(&schema, bench.root, &is_default);
        let below =
            |route: &Route| (0..=route.0.len()).any(|end| wanted(&Route(route.0[..end].to_vec())));
        let measured = candidates.iter().map(|it| match below(&it.route) {
            true => measure::effect(&bench, it),
            false => Effect::none(it),
        });
        let mut effects: Vec<Effect> = measured.collect();
        take_sides(&mut effects, &candidates);
        gather(&mut effects);
        Some(Self { tree: bench.tree, effects })
    }

    /// The output.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Every key within reach: written, or one that could be written where the site stands.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }

    /// The keys of which nothing can be said, without those above others.
    pub fn unknown(&self) -> impl Iterator<Item = &Effect> {
        let is_unknown = |it: &&Effect| it.is_unknown();
        let deepest = move |it: &&Effect| {
            !self.effects.iter().filter(is_unknown).any(|other| it.is_above(other))
        };
        self.effects.iter().filter(is_unknown).filter(deepest)
    }

    /// The keys that a line follows from, those with the fewest lines first. A key above another is left out.
    pub fn keys(&self, at: &At) -> Vec<&Effect> {
        let all: Vec<&Effect> = self.effects.iter().filter(|it| it.lines.contains(at)).collect();
        let deepest = |it: &&&Effect| !all.iter().any(|other| it.is_above(other));
        let mut deepest: Vec<&Effect> = all.iter().filter(deepest).copied().collect();
        deepest.sort_by_key(|it| (it.lines.len(), !it.written, it.route.clone()));
        deepest
    }

    /// A line as it may be shown: in the place of a secret stands its name.
    pub fn text(&self, at: &At) -> Option<String> {
        let line = self.line(&at.path, at.line)?;
        if !line.contains(WITHHELD) {
            return Some(line.to_owned());
        }
        let twin = self.line(&format!("{}.redacted", at.path), at.line);
        Some(twin.filter(|it| !it.contains(WITHHELD)).unwrap_or("(secret)").to_owned())
    }

    fn line(&self, path: &str, number: usize) -> Option<&str> {
        self.tree.get(path)?.text().lines().nth(number.checked_sub(1)?)
    }

    /// The files that are traced: all but the manifest, which follows from every other.
    pub fn files(&self) -> impl Iterator<Item = (&OutPath, &File)> {
        compare::traced(&self.tree)
    }
}

impl Effect {
    fn none(candidate: &Candidate<'_>) -> Self {
        Self {
            route: candidate.route.clone(),
            written: candidate.written,
            lines: BTreeSet::new(),
            paths: BTreeSet::new(),
            more: BTreeMap::new(),
            refused: false,
            default: None,
        }
    }

    fn take(&mut self, difference: Difference) {
        self.lines.extend(difference.lines);
        self.paths.extend(difference.moved);
        for (path, count) in difference.more {
            let most = self.more.entry(path).or_default();
            *most = count.max(*most);
        }
    }
}

/// The side of a choice that is written changes when the choice does.
fn take_sides(effects: &mut [Effect], candidates: &[Candidate<'_>]) {
    for (nth, candidate) in candidates.iter().enumerate() {
        let Some(choice) = &candidate.side_of else { continue };
        let Some(choice) = effects.iter().find(|it| it.route == *choice) else { continue };
        let (lines, refused) = (choice.lines.clone(), choice.refused);
        effects[nth].lines.extend(lines);
        effects[nth].refused |= refused;
    }
}

/// What follows from a key follows from those above it, too.
fn gather(effects: &mut [Effect]) {
    for nth in 0..effects.len() {
        let below = effects.iter().filter(|it| effects[nth].is_above(it));
        let mut all = Difference::default();
        let mut refused = false;
        for effect in below {
            all.lines.extend(effect.lines.iter().cloned());
            all.moved.extend(effect.paths.iter().cloned());
            refused |= effect.refused;
            for (path, count) in &effect.more {
                let most = all.more.entry(path.clone()).or_default();
                *most = (*count).max(*most);
            }
        }
        effects[nth].take(all);
        effects[nth].refused |= refused;
    }
}
