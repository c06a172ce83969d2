//! Which lines of the output follow from which key of the site file, and the way back.
//!
//! Nothing is annotated, so nothing can drift: the site is compiled as it is, and again with one key changed to
//! other valid values, absent keys written and optional ones taken out. The lines that differ follow from that key.

mod bench;
mod change;
mod compare;
mod keys;
mod sample;
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
    /// How many other values compiled.
    pub compiled: usize,
    /// Whether none did, because of the rest of the file.
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

    /// Whether another key stands below this one.
    fn is_above(&self, other: &Self) -> bool {
        other.route.0.len() > self.route.0.len() && other.route.0.starts_with(&self.route.0)
    }
}

impl Trace {
    /// Measures the keys that are wanted by route, and all below them. `None` if the site does not compile.
    pub fn of(document: &Document, wanted: impl Fn(&Route) -> bool) -> Option<Self> {
        let schema = json_schema();
        let bench = Bench::new(&schema, document.root())?;
        let is_default = |route: &Route, kind: Kind| bench.is_default(route, kind);
        let candidates = Walk::all(&schema, bench.root, &is_default);
        let below =
            |route: &Route| (0..=route.0.len()).any(|end| wanted(&Route(route.0[..end].to_vec())));
        let measured = candidates.iter().map(|it| match below(&it.route) {
            true => bench.effect(it),
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
            compiled: 0,
            refused: false,
            default: None,
        }
    }

    fn take(&mut self, difference: Difference) {
        self.compiled += 1;
        self.refused = false;
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
        let (lines, compiled) = (choice.lines.clone(), choice.compiled);
        effects[nth].lines.extend(lines);
        effects[nth].compiled += compiled;
    }
}

/// What follows from a key follows from those above it, too.
fn gather(effects: &mut [Effect]) {
    for nth in 0..effects.len() {
        let below = effects.iter().filter(|it| effects[nth].is_above(it));
        let (mut lines, mut paths, mut compiled) = (BTreeSet::new(), BTreeSet::new(), 0);
        for effect in below {
            lines.extend(effect.lines.iter().cloned());
            paths.extend(effect.paths.iter().cloned());
            compiled += effect.compiled;
        }
        effects[nth].lines.extend(lines);
        effects[nth].paths.extend(paths);
        effects[nth].compiled += compiled;
    }
}
