//! A document, encrypted and decrypted: every value below `data` and `stringData`, and a MAC over all values.

use super::cipher::{Cipher, Plain, Type};
use super::{FileKey, METADATA, SELECTION, VERSION, selects};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

/// The place of the MAC, for its nonce: no value of a document has it, since the metadata stands there.
const MAC: &str = "sops:mac:";

/// Why a document cannot be decrypted with a key. Holds no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A value that is not as it was encrypted, or was with another key or for another place.
    #[error("`{0}` is not as it was encrypted, or was with another key")]
    Value(String),
    /// A value that was changed, added, moved or removed.
    #[error("its MAC does not belong to its values: one was changed, added, moved or removed")]
    Mac,
}

/// Encrypts a document that goes to a path below the output folder. The order of keys stays.
pub fn encrypt(path: &str, document: &Value, key: &FileKey) -> Value {
    let cipher = Cipher::new(key.bytes(), path);
    let mut mac = Sha512::new();
    let mut encrypted = document.clone();
    let done = walk(&mut encrypted, "", false, &mut |leaf, place, selected| {
        let Some(plain) = plain(leaf) else { return Ok(()) };
        mac.update(&plain.bytes);
        // An empty text stays as it is, for readers take an empty value as one.
        if selected && !plain.bytes.is_empty() {
            *leaf = Value::String(cipher.seal(&plain, place));
        }
        Ok(())
    });
    done.expect("bug in trigger-gen: a value that cannot be encrypted");
    // The MAC is for one moment, as the metadata has it.
    let mac = cipher.seal_for(&of_mac(mac), MAC, key.made().as_str());
    let age: Vec<Value> = key
        .wrapped()
        .iter()
        .map(|(recipient, enc)| json!({ "recipient": recipient.as_str(), "enc": enc }))
        .collect();
    let metadata = json!({
        "age": age,
        "lastmodified": key.made().as_str(),
        "mac": mac,
        "encrypted_regex": SELECTION,
        "version": VERSION,
    });
    if let Value::Object(entries) = &mut encrypted {
        entries.insert(METADATA.into(), metadata);
    }
    encrypted
}

/// Decrypts a document, and holds its MAC against what it says.
pub fn decrypt(document: &Value, key: &FileKey) -> Result<Value, Unreadable> {
    let cipher = Cipher::new(key.bytes(), "");
    let mut mac = Sha512::new();
    let mut plain_document = document.clone();
    let metadata = plain_document.as_object_mut().and_then(|it| it.shift_remove(METADATA));
    walk(&mut plain_document, "", false, &mut |leaf, place, selected| {
        if selected && *leaf != "" && !leaf.is_null() {
            let unreadable = || Unreadable::Value(place.trim_end_matches(':').replace(':', "."));
            let text = leaf.as_str().ok_or_else(unreadable)?;
            let open = cipher.open(text, place).and_then(value).ok_or_else(unreadable)?;
            *leaf = open;
        }
        if let Some(plain) = plain(leaf) {
            mac.update(&plain.bytes);
        }
        Ok(())
    })?;
    let field = |name: &str| metadata.as_ref()?.get(name)?.as_str();
    let written = field("mac").and_then(|it| cipher.open(it, field("lastmodified")?));
    match written.is_some_and(|it| it.bytes == of_mac(mac).bytes) {
        true => Ok(plain_document),
        false => Err(Unreadable::Mac),
    }
}

fn of_mac(mac: Sha512) -> Plain {
    let text = hex::encode_upper(mac.finalize());
    Plain { bytes: Zeroizing::new(text.into_bytes()), kind: Type::Text }
}

/// Visits every leaf in the order of the document: with its place, and whether it is encrypted. An item of a list
/// has the place of the list.
pub(super) fn walk(
    value: &mut Value,
    place: &str,
    selected: bool,
    visit: &mut impl FnMut(&mut Value, &str, bool) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    match value {
        Value::Object(entries) => entries.iter_mut().try_for_each(|(key, value)| {
            walk(value, &format!("{place}{key}:"), selected || selects(key), visit)
        }),
        Value::Array(items) => {
            items.iter_mut().try_for_each(|item| walk(item, place, selected, visit))
        }
        leaf => visit(leaf, place, selected),
    }
}

/// The bytes of a value, which are encrypted and which the MAC is over; nothing for `null`.
fn plain(value: &Value) -> Option<Plain> {
    let (text, kind) = match value {
        Value::String(text) => (text.clone(), Type::Text),
        Value::Bool(true) => ("True".to_owned(), Type::Truth),
        Value::Bool(false) => ("False".to_owned(), Type::Truth),
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(fraction) => (fraction.to_string(), Type::Fraction),
            None => (number.to_string(), Type::Whole),
        },
        _ => return None,
    };
    Some(Plain { bytes: Zeroizing::new(text.into_bytes()), kind })
}

/// The value that was encrypted.
fn value(plain: Plain) -> Option<Value> {
    let text = std::str::from_utf8(&plain.bytes).ok()?;
    match (plain.kind, text) {
        (Type::Text, text) => Some(text.into()),
        (Type::Truth, "True") => Some(true.into()),
        (Type::Truth, "False") => Some(false.into()),
        (Type::Truth, _) => None,
        (Type::Whole, text) => match text.parse::<i64>() {
            Ok(whole) => Some(whole.into()),
            Err(_) => Some(text.parse::<u64>().ok()?.into()),
        },
        (Type::Fraction, text) => Some(text.parse::<f64>().ok()?.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sops::Moment;
    use crate::value::{AgeRecipient, Scalar};
    use serde_json::Map;

    fn key() -> FileKey {
        let recipient = AgeRecipient::from_text(AgeRecipient::EXAMPLE).expect("a recipient");
        let mut random = |bytes: &mut [u8]| bytes.fill(5);
        FileKey::new(&[recipient], Moment::of_unix(1_700_000_000), &mut random)
    }

    fn secret() -> Value {
        json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": "a", "labels": { "b": "c" } },
            "immutable": true,
            "stringData": { "A": "value", "B": "", "C": "0123", "list": ["x", "x", 1, 1.5, false, null] },
        })
    }

    #[test]
    fn a_document_comes_back_as_it_was() {
        let encrypted = encrypt("a/secret.yaml", &secret(), &key());
        assert_eq!(decrypt(&encrypted, &key()), Ok(secret()));
        assert_eq!(encrypt("a/secret.yaml", &secret(), &key()), encrypted, "the same bytes");
        let text = encrypted.to_string();
        assert!(!text.contains("value") && !text.contains("0123"), "{text}");
        assert_eq!(encrypted["metadata"], secret()["metadata"]);
        assert_eq!(encrypted["stringData"]["B"], "");
    }

    #[test]
    fn whatever_is_changed_is_seen() {
        let encrypted = encrypt("a/secret.yaml", &secret(), &key());
        let changed = |change: &dyn Fn(&mut Value)| {
            let mut changed = encrypted.clone();
            change(&mut changed);
            assert_ne!(changed, encrypted);
            decrypt(&changed, &key()).expect_err("a changed document")
        };
        let value = |place: &str| Unreadable::Value(place.into());
        assert_eq!(changed(&|it| it["metadata"]["name"] = "b".into()), Unreadable::Mac);
        assert_eq!(changed(&|it| it["immutable"] = false.into()), Unreadable::Mac);
        assert_eq!(changed(&|it| it["sops"]["lastmodified"] = "x".into()), Unreadable::Mac);
        assert_eq!(changed(&|it| it["stringData"]["B"] = "x".into()), value("stringData.B"));
        assert_eq!(changed(&|it| it["stringData"]["A"] = "".into()), Unreadable::Mac);
        assert_eq!(changed(&|it| it["sops"] = Value::Null), Unreadable::Mac);
        let swapped = |it: &mut Value| {
            it["stringData"]["A"] = encrypted["stringData"]["C"].clone();
        };
        assert_eq!(changed(&swapped), value("stringData.A"));
        let removed = |it: &mut Value| {
            it["stringData"].as_object_mut().expect("a mapping").shift_remove("A");
        };
        assert_eq!(changed(&removed), Unreadable::Mac);
        let another = FileKey::stand_in(&[]);
        assert_eq!(decrypt(&encrypted, &another), Err(value("stringData.A")));
    }

    #[test]
    fn the_order_of_keys_is_part_of_what_is_said() {
        let encrypted = encrypt("a/secret.yaml", &secret(), &key());
        let Value::Object(entries) = &encrypted else { panic!("a mapping") };
        let turned: Map<String, Value> =
            entries.iter().rev().map(|(key, value)| (key.clone(), value.clone())).collect();
        assert_eq!(decrypt(&turned.into(), &key()), Err(Unreadable::Mac));
    }
}
