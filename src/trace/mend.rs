//! Values that only compile if other keys are changed with them.

use super::bench::{self, Bench};
use super::change::{self, find};
use super::compare::Difference;
use super::sample::{self, Others};
use super::shape::Shape;
use crate::diag::{Diagnostic, Place, Route, Severity, Sink, Step};
use crate::yaml::{Kind, Node};

/// How many times a change is mended before it is given up.
const MENDINGS: usize = 4;

/// Changes the other keys that errors name, and gives what follows from the change itself.
///
/// What is accepted in `allow` changes no file: without it other keys would have to go, and those lines are theirs.
pub(super) fn mended(bench: &Bench<'_>, route: &Route, changed: &Node) -> Option<Difference> {
    if matches!(route.0.first(), Some(Step::Key(key)) if key == "allow") {
        return None;
    }
    let mut both = changed.clone();
    // The site as it is, with the keys alone that the change needs besides.
    let mut needed = bench.root.clone();
    for _ in 0..MENDINGS {
        let said = match bench.difference(&both) {
            Ok(difference) => return Some(own(bench, difference, &needed, &both)),
            Err(said) => said,
        };
        let at = errors(&said).map(place).collect::<Option<Vec<Route>>>()?;
        for at in at {
            if at.0.starts_with(&route.0) || route.0.starts_with(&at.0) {
                return None;
            }
            if find(&both, &at).is_some() {
                // It only fits the site as it stands, so it goes with that.
                both = change::without(&both, &at);
            } else if let Some(kind) = wanted(bench, &both, &at) {
                both = change::with(&both, &at, kind.clone());
                needed = change::with(&needed, &at, kind);
            }
        }
    }
    None
}

/// What follows from the change: not what already follows from the keys that it needs.
fn own(bench: &Bench<'_>, all: Difference, needed: &Node, both: &Node) -> Difference {
    match (bench.difference(needed), bench::between(needed, both)) {
        (Ok(theirs), Ok(brought)) => all.less(&theirs, brought),
        _ => all,
    }
}

/// A value for a key that is not written, with which nothing is said of that key any more.
fn wanted(bench: &Bench<'_>, root: &Node, at: &Route) -> Option<Kind> {
    let shape = Shape::at(bench.schema, at)?;
    let key = match at.0.last() {
        Some(Step::Key(key)) => key,
        _ => "",
    };
    let values: Vec<Kind> = match sample::others(bench.schema, &shape, key, None) {
        Others::Groups(groups) => groups.into_iter().flatten().collect(),
        Others::Scalars(values) => values,
    };
    values.into_iter().find(|kind| match bench::sketch(&change::with(root, at, kind.clone())) {
        Ok(_) => true,
        Err(said) => errors(&said).all(|it| place(it).is_some_and(|it| !it.0.starts_with(&at.0))),
    })
}

fn errors(said: &Sink) -> impl Iterator<Item = &Diagnostic> {
    said.diagnostics.iter().filter(|it| it.severity == Severity::Error)
}

fn place(error: &Diagnostic) -> Option<Route> {
    match &error.at {
        Place::Key(at) | Place::Value(at) => Some(at.clone()),
        _ => None,
    }
}
