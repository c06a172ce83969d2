//! What can be said of an encrypted document without its key.

use super::cipher::is_sealed;
use super::document::walk;
use super::{METADATA, Moment, SELECTION, VERSION};
use crate::value::{AgeRecipient, Scalar};
use serde_json::Value;
use std::collections::BTreeSet;

/// Something that is wrong with an encrypted document. Holds no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The keys that lead there, with dots between them.
    pub place: String,
    /// States the fact, with the place as its subject.
    pub why: &'static str,
}

/// Whether a document says of itself that it is encrypted.
pub fn is_encrypted(document: &Value) -> bool {
    document.get(METADATA).is_some()
}

/// Everything by which an encrypted document shows a value, or cannot be read by anybody.
pub fn faults(document: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut data = document.clone();
    let metadata =
        data.as_object_mut().and_then(|it| it.shift_remove(METADATA)).unwrap_or_default();
    let mut fault = |place: &str, why| faults.push(Fault { place: place.to_owned(), why });
    let visited = walk(&mut data, "", false, &mut |leaf, place, selected| {
        let place = place.trim_end_matches(':').replace(':', ".");
        let is_hidden = match &*leaf {
            Value::String(text) => text.is_empty() || is_sealed(text),
            Value::Null => true,
            _ => false,
        };
        if selected && !is_hidden {
            fault(&place, "is not encrypted");
        }
        if matches!(leaf, Value::Number(it) if it.is_u64() && !it.is_i64()) {
            fault(&place, "is a number that no reader of the format knows");
        }
        Ok(())
    });
    debug_assert!(visited.is_ok());
    let text = |key: &str| metadata.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut need = |fine: bool, place: &str, why| {
        if !fine {
            fault(&format!("{METADATA}.{place}"), why);
        }
    };
    need(text("encrypted_regex") == SELECTION, "encrypted_regex", "is not `^(data|stringData)$`");
    need(Moment::from_text(text("lastmodified")).is_some(), "lastmodified", "is no moment in UTC");
    need(is_sealed(text("mac")), "mac", "is not an encrypted MAC");
    need(!text("version").is_empty(), "version", "is missing");
    let others =
        ["unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "mac_only_encrypted"];
    for key in others.iter().filter(|it| metadata.get(**it).is_some()) {
        need(false, key, "says something else of what is encrypted");
    }
    need(has_recipients(&metadata), "age", "has no data key for an age recipient");
    faults
}

/// Whether a data key is encrypted for age recipients, and for each that is named.
fn has_recipients(metadata: &Value) -> bool {
    let Some(rows) = metadata.get("age").and_then(Value::as_array) else { return false };
    let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).map(str::to_owned);
    !rows.is_empty()
        && rows.iter().all(|row| {
            let enc = text(row, "enc").unwrap_or_default();
            text(row, "recipient").is_some_and(|it| it.starts_with("age1"))
                && enc.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n")
                && enc.trim_end().ends_with("\n-----END AGE ENCRYPTED FILE-----")
        })
}

/// Whether an encrypted document is what this document becomes for these recipients, as far as that can be told
/// without the key: everything but the encrypted values.
pub fn says_the_same(encrypted: &Value, document: &Value, recipients: &[AgeRecipient]) -> bool {
    let Some(metadata) = encrypted.get(METADATA) else { return false };
    let named = |row: &Value| {
        row.get("recipient").and_then(Value::as_str).and_then(|it| AgeRecipient::from_text(it).ok())
    };
    let rows = metadata.get("age").and_then(Value::as_array).cloned().unwrap_or_default();
    let written: Option<BTreeSet<AgeRecipient>> = rows.iter().map(named).collect();
    let wanted: BTreeSet<AgeRecipient> = recipients.iter().cloned().collect();
    let mut data = encrypted.clone();
    if let Value::Object(entries) = &mut data {
        entries.shift_remove(METADATA);
    }
    faults(encrypted).is_empty()
        && metadata.get("version").is_some_and(|it| it == VERSION)
        && written == Some(wanted)
        && rows.len() == recipients.len()
        && outline(data) == outline(document.clone())
}

/// Every leaf in order, with its place; what is encrypted is only there, or not.
fn outline(mut document: Value) -> Vec<(String, Option<Value>)> {
    let mut leaves = Vec::new();
    let visited = walk(&mut document, "", false, &mut |leaf, place, selected| {
        let is_shown = !selected || *leaf == "" || leaf.is_null();
        leaves.push((place.to_owned(), is_shown.then(|| leaf.clone())));
        Ok(())
    });
    debug_assert!(visited.is_ok());
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sops::{FileKey, encrypt};
    use serde_json::json;

    fn recipient() -> AgeRecipient {
        AgeRecipient::from_text(AgeRecipient::EXAMPLE).expect("a recipient")
    }

    fn secret() -> Value {
        json!({ "kind": "Secret", "metadata": { "name": "a" }, "stringData": { "A": "x", "B": "" } })
    }

    fn encrypted() -> Value {
        encrypt("secret.yaml", &secret(), &FileKey::stand_in(&[recipient()]))
    }

    #[test]
    fn each_fault_is_seen_at_its_place() {
        assert!(is_encrypted(&encrypted()) && !is_encrypted(&secret()));
        assert_eq!(faults(&encrypted()), []);
        let sealed = encrypted()["stringData"]["A"].clone();
        for (place, value) in [
            ("stringData.A", json!("x")),
            ("stringData.A", json!("ENC[AES256_GCM,data:x]")),
            ("stringData.A", json!(7)),
            ("data.B", json!("eA==")),
            ("metadata.name", json!(u64::MAX)),
            ("sops.mac", json!("x")),
            ("sops.lastmodified", json!(7)),
            ("sops.encrypted_regex", json!("^data$")),
            ("sops.version", Value::Null),
            ("sops.age", json!([])),
            ("sops.age", json!([{ "recipient": "age1x", "enc": "x" }])),
            ("sops.unencrypted_suffix", sealed),
        ] {
            let mut changed = encrypted();
            let (key, inner) = place.split_once('.').expect("two keys");
            changed[key][inner] = value.clone();
            let places: Vec<String> = faults(&changed).into_iter().map(|it| it.place).collect();
            assert_eq!(places, [place], "{value}");
        }
    }

    #[test]
    fn only_what_is_encrypted_may_be_another() {
        assert!(says_the_same(&encrypted(), &secret(), &[recipient()]));
        let mut other = secret();
        other["stringData"]["A"] = "another".into();
        assert!(says_the_same(&encrypted(), &other, &[recipient()]));
        assert!(!says_the_same(&encrypted(), &secret(), &[]));
        assert!(!says_the_same(&secret(), &secret(), &[recipient()]));
        for (pointer, value) in [
            ("/metadata/name", json!("b")),
            ("/metadata/labels", json!({ "a": "b" })),
            ("/stringData/B", json!("full")),
            ("/stringData/A", json!("")),
            ("/stringData/C", json!("x")),
            ("/kind", json!("ConfigMap")),
        ] {
            let mut other = secret();
            let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
            other.pointer_mut(parent).expect("the mapping")[key] = value;
            assert!(!says_the_same(&encrypted(), &other, &[recipient()]), "{pointer}");
        }
    }
}
