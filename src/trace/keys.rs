//! The keys that a site file has, and those that it could have where it stands.

use super::change::find;
use super::sample::branch_values;
use super::shape::Shape;
use crate::diag::{Route, Step};
use crate::yaml::{Kind, Node};
use serde_json::Value;

/// A key within reach: written, or left at its default.
#[derive(Debug)]
pub(super) struct Candidate<'s> {
    /// Where it is.
    pub(super) route: Route,
    /// What it takes.
    pub(super) shape: Shape<'s>,
    /// Whether the file has it.
    pub(super) written: bool,
    /// Whether it may be taken out.
    pub(super) removable: bool,
    /// The choice that this key is one side of.
    pub(super) side_of: Option<Route>,
}

/// Gathers the keys of one site.
pub(super) struct Walk<'s, 'r> {
    schema: &'s Value,
    root: &'r Node,
    /// Whether a value at a route, where none is written, changes nothing: it is the default.
    is_default: &'r dyn Fn(&Route, Kind) -> bool,
    found: Vec<Candidate<'s>>,
}

impl<'s, 'r> Walk<'s, 'r> {
    pub(super) fn all(
        schema: &'s Value,
        root: &'r Node,
        is_default: &'r dyn Fn(&Route, Kind) -> bool,
    ) -> Vec<Candidate<'s>> {
        let mut walk = Self { schema, root, is_default, found: Vec::new() };
        walk.inside(&Route::root(), &Shape::of(schema, schema));
        walk.found
    }

    fn node(&self, route: &Route) -> Option<&'r Node> {
        find(self.root, route)
    }

    /// One key, then the keys inside it.
    fn visit(&mut self, route: Route, place: &'s Value, removable: bool) {
        let (shape, written) = (Shape::of(self.schema, place), self.node(&route).is_some());
        self.push(route.clone(), shape.clone(), removable && written);
        self.inside(&route, &shape);
    }

    fn push(&mut self, route: Route, shape: Shape<'s>, removable: bool) {
        let written = self.node(&route).is_some();
        self.found.push(Candidate { route, shape, written, removable, side_of: None });
    }

    fn inside(&mut self, route: &Route, shape: &Shape<'s>) {
        let kind = self.node(route).map(|it| &it.kind);
        match (shape, kind) {
            // What has to be written in an absent section belongs to that section.
            (Shape::Section { required, .. }, None) if !required.is_empty() => {}
            (Shape::Section { keys, required }, _) => {
                for (name, place) in *keys {
                    self.visit(route.key(name), place, !required.contains(&name.as_str()));
                }
            }
            (Shape::Choice { branches, .. }, Some(Kind::Map(entries))) => {
                let chosen = entries.first().map(|(key, _)| key.name.as_str());
                let chosen = branches.iter().find(|(name, _)| chosen == Some(*name));
                if let Some((name, place)) = chosen {
                    self.side(route, name, place);
                }
            }
            (Shape::Choice { branches, .. }, None) => {
                let schema = self.schema;
                let by_default = |branch: &&(&'s str, &'s Value)| {
                    branch_values(schema, branch).into_iter().any(|it| (self.is_default)(route, it))
                };
                if let Some((name, place)) = branches.iter().find(by_default) {
                    self.inside(&route.key(*name), &Shape::of(schema, place));
                }
            }
            (Shape::List(place), Some(Kind::List(items))) => self.items(route, place, items.len()),
            (Shape::Names(place), Some(Kind::Map(entries))) => {
                for (name, _) in entries {
                    self.visit(route.key(&name.name), place, true);
                }
            }
            (Shape::Free, Some(Kind::Map(entries))) => {
                for (name, _) in entries {
                    self.push(route.key(&name.name), Shape::Free, true);
                    self.inside(&route.key(&name.name), &Shape::Free);
                }
            }
            _ => {}
        }
    }

    /// The side of a choice that is written, and its keys.
    fn side(&mut self, choice: &Route, name: &str, place: &'s Value) {
        let (route, shape) = (choice.key(name), Shape::of(self.schema, place));
        self.push(route.clone(), shape.clone(), false);
        if let Some(side) = self.found.last_mut() {
            side.side_of = Some(choice.clone());
        }
        self.inside(&route, &shape);
    }

    fn items(&mut self, route: &Route, place: &'s Value, length: usize) {
        let shape = Shape::of(self.schema, place);
        if !matches!(shape, Shape::Section { .. }) {
            return;
        }
        for nth in 0..length {
            self.push(route.index(nth), shape.clone(), true);
            self.inside(&route.index(nth), &shape);
        }
    }
}

/// What is taken out with a key of free data: mappings that would be left empty go with it.
pub(super) fn whole_of(root: &Node, route: &Route) -> Route {
    let mut whole = route.clone();
    while let Some((Step::Key(_), parents)) = whole.0.split_last() {
        let parent = Route(parents.to_vec());
        let alone = match find(root, &parent).map(|it| &it.kind) {
            Some(Kind::Map(entries)) => entries.len() == 1,
            _ => false,
        };
        if !alone || parent.0.len() < 2 {
            break;
        }
        whole = parent;
    }
    whole
}
