//! A site file with one thing changed. What is changed is the tree of nodes, never a text.

use crate::diag::{Route, Step};
use crate::yaml::{Key, Kind, Node};

/// A node that stands nowhere.
pub(super) fn node(kind: Kind) -> Node {
    Node { span: 0..0, kind }
}

/// A text.
pub(super) fn text(text: impl Into<String>) -> Kind {
    Kind::Text(text.into())
}

/// A mapping.
pub(super) fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Kind)>) -> Kind {
    Kind::Map(entries.into_iter().map(|(name, kind)| (key(name), node(kind))).collect())
}

fn key(name: &str) -> Key {
    Key { name: name.into(), span: 0..0 }
}

/// What stands at a route.
pub fn find<'n>(root: &'n Node, route: &Route) -> Option<&'n Node> {
    route.0.iter().try_fold(root, |node, step| match (step, &node.kind) {
        (Step::Key(name), Kind::Map(entries)) => {
            entries.iter().find(|(key, _)| key.name == *name).map(|(_, inner)| inner)
        }
        (Step::Index(nth), Kind::List(items)) => items.get(*nth),
        _ => None,
    })
}

/// The file with this value at a route; mappings on the way are made.
pub(super) fn with(root: &Node, route: &Route, kind: Kind) -> Node {
    let mut changed = root.clone();
    let place = route.0.iter().fold(&mut changed, |node, step| match step {
        Step::Key(name) => entry(node, name),
        Step::Index(nth) => item(node, *nth),
    });
    *place = node(kind);
    changed
}

fn entry<'n>(parent: &'n mut Node, name: &str) -> &'n mut Node {
    if !matches!(parent.kind, Kind::Map(_)) {
        parent.kind = Kind::Map(Vec::new());
    }
    let Kind::Map(entries) = &mut parent.kind else { unreachable!("it was made a mapping") };
    let nth = entries.iter().position(|(key, _)| key.name == name).unwrap_or_else(|| {
        entries.push((key(name), node(Kind::Null)));
        entries.len() - 1
    });
    &mut entries[nth].1
}

/// An item of a list; one past its end is made.
fn item(parent: &mut Node, nth: usize) -> &mut Node {
    if !matches!(parent.kind, Kind::List(_)) {
        parent.kind = Kind::List(Vec::new());
    }
    let Kind::List(items) = &mut parent.kind else { unreachable!("it was made a list") };
    if nth >= items.len() {
        items.push(node(Kind::Null));
    }
    let nth = nth.min(items.len() - 1);
    &mut items[nth]
}

/// The file without what stands at a route.
pub(super) fn without(root: &Node, route: &Route) -> Node {
    let mut changed = root.clone();
    let Some((last, parents)) = route.0.split_last() else { return changed };
    let parent = parents.iter().try_fold(&mut changed, |node, step| match (step, &mut node.kind) {
        (Step::Key(name), Kind::Map(entries)) => {
            entries.iter_mut().find(|(key, _)| key.name == *name).map(|(_, inner)| inner)
        }
        (Step::Index(nth), Kind::List(items)) => items.get_mut(*nth),
        _ => None,
    });
    match (last, parent.map(|it| &mut it.kind)) {
        (Step::Key(name), Some(Kind::Map(entries))) => entries.retain(|(key, _)| key.name != *name),
        (Step::Index(nth), Some(Kind::List(items))) if *nth < items.len() => {
            items.remove(*nth);
        }
        _ => {}
    }
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(node: &Node) -> Vec<&str> {
        match &node.kind {
            Kind::Map(entries) => entries.iter().map(|(key, _)| key.name.as_str()).collect(),
            other => panic!("not a mapping: {other:?}"),
        }
    }

    #[test]
    fn one_thing_is_changed() {
        let root = crate::yaml::read("a: { b: 1 }\nc: [x, y]\n").unwrap_or_else(|error| {
            panic!("{}", error.message);
        });
        let deeper = with(&root, &"d.e.f".into(), text("z"));
        assert_eq!(names(&deeper), ["a", "c", "d"]);
        let added = find(&deeper, &"d.e.f".into()).map(|it| &it.kind);
        assert!(matches!(added, Some(Kind::Text(it)) if it == "z"), "{added:?}");
        let changed = with(&root, &Route::from("c").index(1), text("z"));
        let kept = find(&changed, &Route::from("c").index(0)).map(|it| &it.kind);
        assert!(matches!(kept, Some(Kind::Text(it)) if it == "x"), "{kept:?}");
        assert_eq!(names(&without(&root, &"a".into())), ["c"]);
        let shorter = without(&root, &Route::from("c").index(0));
        assert!(find(&shorter, &Route::from("c").index(1)).is_none());
    }
}
