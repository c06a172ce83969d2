//! `patches`: what the author changes in files of the output, searched for secrets in clear.

use super::env::holds_a_secret;
use crate::diag::{Route, Sink};
use crate::site::Patch;
use crate::spec::{Patches, secret_in_patch};
use serde_json::Value;

pub(super) fn resolve(written: Option<&Patches>, sink: &mut Sink) -> Vec<Patch> {
    let patches = written.map(|it| it.0.as_slice()).unwrap_or_default();
    for (path, document) in patches {
        search(document, "", &Route::from("patches").key(path), sink);
    }
    let patch = |(path, document): &(String, Value)| Patch {
        path: path.clone(),
        document: document.clone(),
    };
    patches.iter().map(patch).collect()
}

/// Reports every value that a committed file must not hold.
fn search(value: &Value, name: &str, route: &Route, sink: &mut Sink) {
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| search(value, key, &route.key(key), sink));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(nth, item)| {
                search(item, name, &route.index(nth), sink);
            });
        }
        Value::String(text) => {
            // An entry of a list of variables is `NAME=value`.
            let entry = text.split_once('=').filter(|(_, value)| !value.is_empty());
            let named = [Some((name, text.as_str())), entry].into_iter().flatten();
            let secret =
                |(name, text): (&str, &str)| !text.contains("${") && holds_a_secret(name, text);
            if !text.is_empty() && named.into_iter().any(secret) {
                sink.push(secret_in_patch(route));
            }
        }
        Value::Number(number) if holds_a_secret(name, &number.to_string()) => {
            sink.push(secret_in_patch(route));
        }
        _ => {}
    }
}
