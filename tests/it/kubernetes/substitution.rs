//! What Flux does to the text of each object: a reader of its own, as strict as Flux 2.9.

use super::{built, folders, read, trees, values};
use crate::consumers::tool;
use serde_json::Value;
use std::collections::BTreeMap;

/// Whether Flux leaves the object as it is.
fn is_left_alone(object: &Value) -> bool {
    object["metadata"]["annotations"]["kustomize.toolkit.fluxcd.io/substitute"] == "disabled"
}

/// The text with its variables filled in; a missing one or an expression of another form is an error.
pub(super) fn filled(text: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if let Some(tail) = after.strip_prefix('$') {
            out.push('$');
            rest = tail;
        } else if let Some(inner) = after.strip_prefix('{') {
            let (expression, tail) = inner.split_once('}').ok_or("a brace is missing")?;
            out.push_str(&evaluated(expression, values)?);
            rest = tail;
        } else {
            out.push('$');
            rest = after;
        }
    }
    Ok(out + rest)
}

fn evaluated(expression: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let (name, change) = expression.split_at(expression.find('/').unwrap_or(expression.len()));
    let value = values.get(name).ok_or_else(|| format!("{name} is not set"))?;
    if change.is_empty() {
        return Ok(value.clone());
    }
    let all = change.strip_prefix("//");
    let (from, to) =
        all.or(change.strip_prefix('/')).and_then(|it| it.split_once('/')).ok_or("no pattern")?;
    Ok(if all.is_some() { value.replace(from, to) } else { value.replacen(from, to, 1) })
}

/// Each object after Flux: as text, and as data.
pub(super) fn after_flux(text: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    if values.is_empty() || is_left_alone(&read(text)) {
        Ok(text.to_owned())
    } else {
        filled(text, values)
    }
}

fn in_data(value: &mut Value, values: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => *text = filled(text, values).expect("a declared variable"),
        Value::Array(items) => items.iter_mut().for_each(|it| in_data(it, values)),
        Value::Object(entries) => entries.values_mut().for_each(|it| in_data(it, values)),
        _ => {}
    }
}

/// Flux works on text: what it makes must be the data with each text filled in, and every text still one.
#[test]
fn text_and_data_are_filled_in_alike() {
    let Some(kustomize) = tool("kustomize") else { return };
    let mut substituted = 0;
    for tree in trees() {
        let values = values(&tree);
        for folder in folders(&tree.join("flux")) {
            for text in built(&kustomize, &folder) {
                let mut data = read(&text);
                let after =
                    after_flux(&text, &values).unwrap_or_else(|why| panic!("{why}:\n{text}"));
                if after != text {
                    in_data(&mut data, &values);
                    substituted += 1;
                }
                assert_eq!(read(&after), data, "{text}");
                assert!(!after.contains("${"), "{after}");
            }
        }
    }
    assert!(substituted > 8, "{substituted}");
}

#[test]
fn a_missing_variable_stops_it() {
    let Some(kustomize) = tool("kustomize") else { return };
    let tree =
        trees().into_iter().find(|it| it.to_string_lossy().contains("home-k3s")).expect("home-k3s");
    let all = values(&tree);
    assert!(all.len() > 10);
    for missing in all.keys() {
        let mut values = all.clone();
        values.remove(missing);
        let texts = folders(&tree.join("flux")).into_iter().flat_map(|it| built(&kustomize, &it));
        let stopped = texts.filter(|it| after_flux(it, &values).is_err()).count();
        assert!(stopped > 0, "nothing misses {missing}");
    }
}
