//! Other values for a key, of the same form as the one that it has. Not all of them compile.

use super::change::{map, text};
use super::scalar;
use super::shape::Shape;
use crate::release::RELEASES;
use crate::release::images::IMAGES;
use crate::yaml::{Kind, Node};
use serde_json::Value;

/// What a key is changed to.
#[derive(Debug)]
pub(super) enum Others {
    /// Values in groups: of each, the first that compiles is enough.
    Groups(Vec<Vec<Kind>>),
    /// Values of a form without end, each of which is tried.
    Scalars(Vec<Kind>),
}

/// The other values of a place that holds `node`, or nothing.
pub(super) fn others(schema: &Value, shape: &Shape<'_>, key: &str, node: Option<&Node>) -> Others {
    let written = node.map(|it| &it.kind);
    match shape {
        Shape::Choice { words, branches } => all(choices(schema, words, branches, written)),
        Shape::Bool => {
            let other = |it: &bool| !matches!(written, Some(Kind::Bool(old)) if old == it);
            all([true, false].into_iter().filter(other).map(|it| vec![Kind::Bool(it)]))
        }
        Shape::Text { form: "ReleaseTag", .. } => {
            let tags = RELEASES.iter().map(|it| it.version.to_string());
            all(tags.filter(|it| !is_text(written, it)).map(|it| vec![text(it)]))
        }
        Shape::Text { form: "ImageRef", .. } if written.is_none() && !copies(key).is_empty() => {
            all([copies(key).into_iter().map(text).collect()])
        }
        Shape::Section { required, .. } if written.is_none() && required.is_empty() => all([]),
        Shape::Section { .. } if written.is_some() => all([]),
        Shape::Section { .. } => all([whole(schema, shape)]),
        Shape::List(item) => {
            let (item, length) = (Shape::of(schema, item), length(written));
            let shorter = (0..length).map(|nth| vec![items(written, Some(nth), None)]);
            let longer = whole(schema, &item).into_iter();
            let longer = longer.map(|it| items(written, None, Some(it))).collect();
            all(shorter.chain([longer]))
        }
        Shape::Fixed | Shape::Free | Shape::Names(_) => all([]),
        _ => Others::Scalars(scalar::first(shape, written)),
    }
}

fn all(groups: impl IntoIterator<Item = Vec<Kind>>) -> Others {
    Others::Groups(groups.into_iter().collect())
}

fn is_text(written: Option<&Kind>, other: &str) -> bool {
    matches!(written, Some(Kind::Text(it)) if it == other)
}

fn choices(
    schema: &Value,
    words: &[&str],
    branches: &[(&str, &Value)],
    written: Option<&Kind>,
) -> Vec<Vec<Kind>> {
    let words = words.iter().filter(|it| !is_text(written, it)).map(|it| vec![text(*it)]);
    let chosen = match written {
        Some(Kind::Map(entries)) => entries.first().map(|(key, _)| key.name.as_str()),
        _ => None,
    };
    let branches = branches.iter().filter(|(name, _)| chosen != Some(*name));
    words.chain(branches.map(|branch| branch_values(schema, branch))).collect()
}

/// A branch of a choice, with what it requires.
pub(super) fn branch_values(schema: &Value, (name, place): &(&str, &Value)) -> Vec<Kind> {
    let inner = whole(schema, &Shape::of(schema, place));
    inner.into_iter().map(|it| map([(*name, it)])).collect()
}

/// Values for a place that holds nothing: with the examples of the types, and with others of their form.
fn whole(schema: &Value, shape: &Shape<'_>) -> Vec<Kind> {
    (0..2).filter_map(|nth| least(schema, shape, nth)).collect()
}

/// The least that may stand at a place, in its `nth` variant.
fn least(schema: &Value, shape: &Shape<'_>, nth: usize) -> Option<Kind> {
    match shape {
        Shape::Section { keys, required } => {
            let inner = required.iter().map(|name| {
                Some((*name, least(schema, &Shape::of(schema, keys.get(*name)?), nth)?))
            });
            inner.collect::<Option<Vec<_>>>().map(map)
        }
        Shape::Choice { words, branches } => match (words.first(), branches.first()) {
            (Some(word), _) => Some(text(*word)),
            (None, Some(branch)) => branch_values(schema, branch).into_iter().nth(nth),
            (None, None) => None,
        },
        Shape::List(_) => Some(Kind::List(Vec::new())),
        _ => scalar::first(shape, None).into_iter().nth(nth),
    }
}

fn length(written: Option<&Kind>) -> usize {
    match written {
        Some(Kind::List(items)) => items.len(),
        _ => 0,
    }
}

/// A list with one item less, or one more.
fn items(written: Option<&Kind>, less: Option<usize>, more: Option<Kind>) -> Kind {
    let kept = match written {
        Some(Kind::List(items)) => items.as_slice(),
        _ => &[],
    };
    let kept = kept.iter().enumerate().filter(|(nth, _)| Some(*nth) != less);
    let kept = kept.map(|(_, item)| item.clone());
    Kind::List(kept.chain(more.map(super::change::node)).collect())
}

/// Copies of the images of a service in a registry of the author's own. That of the webapp must be of the site's release.
fn copies(service: &str) -> Vec<String> {
    let pinned = IMAGES.iter().filter(|it| it.service == service).map(|it| it.reference.to_owned());
    let released = RELEASES.iter().rev().filter_map(|it| match service {
        "webapp" => Some(it.webapp_image()),
        "supervisor" => Some(it.supervisor_image()),
        _ => None,
    });
    let name = |it: String| format!("images.example.com/{}", it.rsplit('/').next().unwrap_or(&it));
    pinned.chain(released).map(name).collect()
}
