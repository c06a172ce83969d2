//! The single changes that a merge patch asks for, each with its place in the site file.

use crate::diag::Route;
use crate::site::Patch;
use serde_json::Value;

/// One change: the keys that lead to it, and what it asks for.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) keys: Vec<&'a str>,
    pub(super) value: &'a Value,
}

/// Every change of a patch, in order. An empty mapping is one: it asks that there be a mapping.
pub(super) fn leaves(document: &Value) -> Vec<Leaf<'_>> {
    match document {
        Value::Object(entries) if !entries.is_empty() => entries
            .iter()
            .flat_map(|(key, value)| {
                leaves(value).into_iter().map(move |mut leaf| {
                    leaf.keys.insert(0, key);
                    leaf
                })
            })
            .collect(),
        value => vec![Leaf { keys: Vec::new(), value }],
    }
}

/// What stands directly below a part of a patch.
pub(super) fn children<'a>(part: &Leaf<'a>) -> Vec<Leaf<'a>> {
    let entries = part.value.as_object().into_iter().flatten();
    entries
        .map(|(key, value)| Leaf {
            keys: part.keys.iter().copied().chain([key.as_str()]).collect(),
            value,
        })
        .collect()
}

impl Leaf<'_> {
    /// Where it is written.
    pub(super) fn route(&self, patch: &Patch) -> Route {
        self.keys.iter().fold(route(patch), |route, key| route.key(*key))
    }

    /// Whether the document would be another one with it.
    pub(super) fn changes(&self, document: &Value) -> bool {
        let found = self.keys.iter().try_fold(document, |value, key| value.as_object()?.get(*key));
        match (self.value, found) {
            (Value::Null, found) => found.is_some(),
            (Value::Object(_), found) => !found.is_some_and(Value::is_object),
            (value, found) => found != Some(value),
        }
    }

    /// The patch without it.
    pub(super) fn taken_from(&self, patch: &Patch) -> Patch {
        let mut patch = patch.clone();
        if let Some((last, above)) = self.keys.split_last() {
            let parent = above
                .iter()
                .try_fold(&mut patch.document, |value, key| value.as_object_mut()?.get_mut(*key));
            if let Some(Value::Object(entries)) = parent {
                entries.shift_remove(*last);
            }
        }
        patch
    }
}

/// Where a patch is written.
pub(super) fn route(patch: &Patch) -> Route {
    Route::from("patches").key(&patch.path)
}
