//! Files that the real `sops` encrypted.

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use trigger_gen::sops::{decrypt, faults, is_encrypted};

/// The data key of `vector.yaml`, which `age` decrypts with the published key.
const DATA_KEY: &str = "cd38d531173003df526998b236a126caae5b6be4ed4d0b2082edd29405377f8e";

fn plain() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "a", "annotations": { "number": "0123", "date": "2001-02-03" } },
        "immutable": true,
        "stringData": {
            "A": "value",
            "empty": "",
            "number": "0123",
            "lines": "first\n\nsecond\n",
            "marks": "' \" \\ : # ${X} ü 🦀 \t end ",
        },
        "data": { "raw": "dmFsdWU=", "odd": [1, -5, 1.5, 1_000_000.0, true, false, null, "text"] },
    })
}

/// What a file of theirs is encrypted with, its data key given.
fn key_of(document: &Value, data_key: &str) -> FileKey {
    let row = &document["sops"]["age"][0];
    let field = |name: &str| row[name].as_str().expect("a text").to_owned();
    let recipient = AgeRecipient::from_text(&field("recipient")).expect("a recipient");
    let made = document["sops"]["lastmodified"].as_str().expect("a moment");
    FileKey::from_parts(data_key, made, BTreeMap::from([(recipient, field("enc"))])).expect("a key")
}

#[test]
fn a_file_of_theirs_is_read() {
    let path = root().join("tests/it/sops/vector.yaml");
    let text = std::fs::read_to_string(path).expect("the file");
    let document: Value = trigger_gen::yaml::read_back(&text).expect("YAML");
    assert!(is_encrypted(&document));
    assert_eq!(faults(&document), []);
    let key = key_of(&document, DATA_KEY);
    assert_eq!(decrypt(&document, &key), Ok(plain()));
    assert!(key.is_for(&recipients(&[&Pair::published()])));
}

/// The same with a file of today, made by the program that is there.
#[test]
fn a_file_that_sops_makes_now_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let (Some(program), Some(age), Some(pair)) =
        (tool("sops"), tool("age"), Pair::fresh(folder.path(), "one"))
    else {
        return;
    };
    let text = trigger_gen::yaml::write(&plain());
    let mut command = scrubbed(&program);
    command.args(["encrypt", "--input-type", "yaml", "--output-type", "yaml"]);
    command.args(["--encrypted-regex", "^(data|stringData)$", "--age", pair.recipient.as_str()]);
    let output = fed(command.arg("/dev/stdin").env("SOPS_DISABLE_VERSION_CHECK", "true"), &text);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs = String::from_utf8(output.stdout).expect("text");
    let document: Value = trigger_gen::yaml::read_back(&theirs).expect("YAML");
    let wrapped = document["sops"]["age"][0]["enc"].as_str().expect("a text");
    let opened = fed(scrubbed(&age).arg("-d").arg("-i").arg(&pair.identity), wrapped).stdout;
    let data_key: String = opened.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(decrypt(&document, &key_of(&document, &data_key)), Ok(plain()));
    // Ours has the same metadata; each release has an order of its own.
    let ours = encrypt(PATH, &plain(), &key_of(&document, &data_key));
    let keys = |it: &Value| -> BTreeSet<String> {
        it["sops"].as_object().expect("a mapping").keys().cloned().collect()
    };
    assert_eq!(keys(&ours), keys(&document));
}
