//! Other values for a key, of the same form as the one that it has. Not all of them compile.

use super::change::{map, text};
use super::shape::Shape;
use crate::release::RELEASES;
use crate::release::images::IMAGES;
use crate::yaml::{Kind, Node};
use serde_json::Value;

/// What a key is changed to.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// Values in groups: of each, the first that compiles is enough.
    pub(super) groups: Vec<Vec<Kind>>,
    /// How many groups have to compile. Choices are tried to the last.
    pub(super) enough: usize,
}

/// So many other values of a form without end say what follows from a key.
const ENOUGH: usize = 2;

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
        Shape::Section { required, .. } if written.is_none() && required.is_empty() => {
            Others::default()
        }
        Shape::Section { .. } if written.is_some() => Others::default(),
        Shape::Section { .. } => all([whole(schema, shape)]),
        Shape::List(item) => {
            let (item, length) = (Shape::of(schema, item), length(written));
            let shorter = (0..length).map(|nth| vec![items(written, Some(nth), None)]);
            let longer = whole(schema, &item).into_iter();
            let longer = longer.map(|it| items(written, None, Some(it))).collect();
            all(shorter.chain([longer]))
        }
        Shape::Fixed | Shape::Free | Shape::Names(_) => Others::default(),
        _ => {
            let groups = scalars(shape, written).into_iter().map(|it| vec![it]).collect();
            Others { groups, enough: ENOUGH }
        }
    }
}

fn all(groups: impl IntoIterator<Item = Vec<Kind>>) -> Others {
    Others { groups: groups.into_iter().collect(), enough: usize::MAX }
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
        _ => scalars(shape, None).into_iter().nth(nth),
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

fn scalars(shape: &Shape<'_>, written: Option<&Kind>) -> Vec<Kind> {
    match (shape, written) {
        (Shape::Number { only }, _) if !only.is_empty() => {
            let other = only.iter().map(u64::to_string);
            other.filter(|it| !is_number(written, it)).map(Kind::Number).collect()
        }
        (Shape::Number { .. } | Shape::Variable, Some(Kind::Number(old))) => {
            numbers(old).into_iter().map(Kind::Number).collect()
        }
        (Shape::Number { .. }, _) => {
            // Small as a count may be, and large as a port.
            ["3", "1000", "20000"].map(|it| Kind::Number(it.into())).into()
        }
        (Shape::Text { example, .. }, Some(Kind::Text(old))) => {
            texts(old).into_iter().chain([(*example).to_owned()]).map(text).collect()
        }
        (Shape::Text { example, .. }, _) => {
            [(*example).to_owned()].into_iter().chain(texts(example)).map(text).collect()
        }
        (Shape::Variable, Some(Kind::Bool(old))) => vec![Kind::Bool(!old)],
        (Shape::Variable, Some(Kind::Text(old))) => texts(old).into_iter().map(text).collect(),
        (Shape::Secret { .. } | Shape::Variable, Some(Kind::Map(entries))) => {
            let name = entries.first().map(|(_, inner)| &inner.kind);
            let Some(Kind::Text(name)) = name else { return Vec::new() };
            vec![map([("secret", text(format!("OTHER_{name}")))])]
        }
        (Shape::Secret { example }, None) => {
            let other = format!("OTHER_{example}");
            [(*example).to_owned(), other].map(|it| map([("secret", text(it))])).into()
        }
        _ => Vec::new(),
    }
}

fn is_number(written: Option<&Kind>, other: &str) -> bool {
    matches!(written, Some(Kind::Number(it)) if it == other)
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

/// Other numbers: more, less, and next to it.
fn numbers(old: &str) -> Vec<String> {
    let Ok(number) = old.parse::<u64>() else { return Vec::new() };
    let others = [number.saturating_mul(2), number / 2, number + 1, number / 4, number / 8];
    let mut found: Vec<u64> = Vec::new();
    for other in others {
        if other != number && other > 0 && !found.contains(&other) {
            found.push(other);
        }
    }
    found.into_iter().map(|it| it.to_string()).collect()
}

/// Other texts of the form of this one: with a letter more, and with another number or unit.
fn texts(old: &str) -> Vec<String> {
    let mut found = Vec::new();
    let start = old.find("://").map_or(0, |at| at + 3);
    let word = |c: char| c.is_ascii_alphanumeric();
    if old.starts_with(|c: char| c.is_ascii_digit()) {
        let end = old.find(|c: char| !c.is_ascii_digit()).unwrap_or(old.len());
        let (number, rest) = old.split_at(end);
        found.extend(numbers(number).into_iter().map(|it| format!("{it}{rest}")));
        if let Some(number) = old.strip_suffix("GiB") {
            found.extend(["MiB", "KiB"].map(|unit| format!("{number}{unit}")));
        }
    }
    if let Some(at) = old[start..].find(word).map(|it| start + it) {
        let letter =
            if old[at..].starts_with(|c: char| c.is_ascii_uppercase()) { 'X' } else { 'x' };
        found.push(format!("{}{letter}{}", &old[..at], &old[at..]));
    }
    if old.is_empty() {
        found.push("x".into());
    }
    found
}
