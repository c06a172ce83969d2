//! Merge patches of the author on YAML files of the output, as RFC 7386 defines them.
//!
//! They are applied to the plan, so that writing, reading back and proving see what was patched.

mod judge;
mod leaf;
mod owned;
mod trial;

pub use judge::judge;

use crate::artifacts::{RELEASE, VALUES};
use crate::plan::{Body, Plan, PlannedFile};
use crate::site::Patch;
use serde_json::{Map, Value};

/// Applies each patch to its file. One without a file was refused by [`judge`].
pub fn apply(plan: &mut Plan, patches: &[Patch]) {
    for patch in patches {
        let Some((header, document)) = plan.files.iter_mut().find_map(|it| yaml(it, &patch.path))
        else {
            continue;
        };
        merge(document, &patch.document);
        header.push(PATCHED.into());
        if patch.path == VALUES {
            merge_release(plan, &patch.document);
        }
    }
}

const PATCHED: &str = "Patched: `patches` of the site file decides lines of this file.";

/// The release of the chart has the same values inline.
fn merge_release(plan: &mut Plan, change: &Value) {
    let Some((header, document)) = plan.files.iter_mut().find_map(|it| yaml(it, RELEASE)) else {
        return;
    };
    merge(&mut document["spec"]["values"], change);
    header.push(PATCHED.into());
}

/// The header and document of a file, if it is the YAML file of that path.
fn yaml<'a>(file: &'a mut PlannedFile, path: &str) -> Option<(&'a mut Vec<String>, &'a mut Value)> {
    match &mut file.body {
        Body::Yaml { header, document } | Body::Encrypted { header, document, .. }
            if file.path.as_str() == path =>
        {
            Some((header, document))
        }
        _ => None,
    }
}

/// The document of a file, if it is the YAML file of that path.
fn document<'a>(file: &'a PlannedFile, path: &str) -> Option<&'a Value> {
    match &file.body {
        Body::Yaml { document, .. } | Body::Encrypted { document, .. }
            if file.path.as_str() == path =>
        {
            Some(document)
        }
        _ => None,
    }
}

/// RFC 7386: mappings are merged, `null` removes, everything else takes the place of what was there.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(entries) = target else { return };
    for (key, change) in changes {
        match change {
            Value::Null => {
                entries.shift_remove(key);
            }
            _ => merge(entries.entry(key.as_str()).or_insert(Value::Null), change),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merges_as_the_standard_says() {
        // The examples of RFC 7386, appendix A.
        for (target, patch, merged) in [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"a":"foo"}), json!("bar"), json!("bar")),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ] {
            let mut target = target;
            merge(&mut target, &patch);
            assert_eq!(target, merged);
        }
    }
}
