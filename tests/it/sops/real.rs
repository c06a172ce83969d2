//! Our files, and the programs that read them on a user's machine and in a cluster.

use super::*;
use crate::injection::{Random, hostile};
use trigger_gen::sops::{Unreadable, decrypt};

#[test]
fn sops_decrypts_what_we_encrypt() {
    let folder = tempfile::tempdir().expect("a folder");
    let (Some(program), Some(one), Some(other)) =
        (tool("sops"), Pair::fresh(folder.path(), "one"), Pair::fresh(folder.path(), "other"))
    else {
        return;
    };
    let mut document = secret(json!({
        "A": "value", "empty": "", "number": "0123", "truth": "yes", "lines": "first\n\nsecond\n",
    }));
    document["data"] = json!({ "list": [1, -5, 1.5, true, false, null, "text"], "map": {} });
    let written = text(&document, &key(&[&one, &other]));
    for pair in [&one, &other] {
        assert_eq!(decrypted(&program, &written, &pair.identity), document);
    }
    let stranger = Pair::published();
    let output = sops(&program, &written, &stranger.identity);
    assert!(!output.status.success() && output.stdout.is_empty(), "a stranger reads it");
}

#[test]
fn age_opens_the_data_key_for_each_recipient() {
    let folder = tempfile::tempdir().expect("a folder");
    let (Some(age), Some(one), Some(other)) =
        (tool("age"), Pair::fresh(folder.path(), "one"), Pair::fresh(folder.path(), "other"))
    else {
        return;
    };
    let key = key(&[&one, &other]);
    for pair in [&one, &other] {
        let wrapped = &key.wrapped()[&pair.recipient];
        let output = fed(scrubbed(&age).arg("-d").arg("-i").arg(&pair.identity), wrapped);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout.len(), 32);
        let mut hex = String::new();
        output.stdout.iter().for_each(|byte| hex.push_str(&format!("{byte:02x}")));
        assert_eq!(hex, *key.data_key());
    }
}

/// Texts of every kind that might mean something to a writer of YAML, encrypted and in clear.
fn values() -> Vec<String> {
    let mut random = Random::from(2_000);
    let mut texts = hostile();
    while texts.len() < 2_000 {
        texts.push(random.text());
    }
    // What ends a line or a document for one reader or another.
    texts.extend(
        ["\0", "\u{1}", "\r\n", "\u{85}", "\u{2028}", "\u{feff}", "---\n", "ENC[", "\u{7f}"]
            .map(str::to_owned),
    );
    texts
}

#[test]
fn hostile_values_arrive_byte_for_byte() {
    let Some(program) = tool("sops") else { return };
    let pair = Pair::published();
    let texts = values();
    assert!(texts.len() > 2_000);
    let named = |texts: &[String]| -> Value {
        texts
            .iter()
            .enumerate()
            .map(|(nth, it)| (format!("V{nth}"), Value::from(it.as_str())))
            .collect()
    };
    let mut document = secret(named(&texts));
    // What our YAML cannot hold in clear never comes into a clear part.
    let shown: Vec<String> = texts
        .iter()
        .filter(|it| !it.chars().any(|c| c.is_control() || ('\u{fdd0}'..='\u{fdef}').contains(&c)))
        .take(1_000)
        .cloned()
        .collect();
    document["metadata"]["annotations"] = named(&shown);
    let (key, written) = (key(&[&pair]), text(&document, &key(&[&pair])));
    let read = decrypted(&program, &written, &pair.identity);
    for field in ["/stringData", "/metadata/annotations"] {
        let (read, meant) = (read.pointer(field), document.pointer(field));
        let (read, meant) = (read.expect("a mapping"), meant.expect("a mapping"));
        for (name, meant) in meant.as_object().expect("a mapping") {
            assert_eq!(&read[name], meant, "{field} {name}");
        }
    }
    assert_eq!(read, document);
    let again: Value = trigger_gen::yaml::read_back(&written).expect("YAML");
    assert_eq!(decrypt(&again, &key), Ok(document));
}

/// The text with another character in the place of one, of the same alphabet.
fn flipped(text: &str, at: usize) -> String {
    let other = if text[at..].starts_with('A') { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[test]
fn a_changed_byte_is_refused_by_sops_and_by_us() {
    let Some(program) = tool("sops") else { return };
    let pair = Pair::published();
    let key = key(&[&pair]);
    let written = text(&secret(json!({ "A": "the first", "B": "the second" })), &key);
    decrypted(&program, &written, &pair.identity);
    let mut changed: Vec<String> = Vec::new();
    for field in [",data:", ",iv:", ",tag:"] {
        changed.extend(
            written.match_indices(field).map(|(at, _)| flipped(&written, at + field.len())),
        );
    }
    // Two values and the MAC.
    assert_eq!(changed.len(), 3 * 3);
    let second = written.lines().find(|it| it.starts_with("  B: ")).expect("a line");
    let first = written.lines().find(|it| it.starts_with("  A: ")).expect("a line");
    for (old, new) in [
        ("trigger-dev-secrets", "trigger-dev-secretz"),
        ("immutable: true", "immutable: false"),
        ("\"0123\"", "\"0124\""),
        (second, ""),
        (first, &format!("  A: {}", second.trim_start().trim_start_matches("B: "))),
        ("  B: ", "  C: "),
        (moment().as_str(), "2025-11-22T03:00:01Z"),
    ] {
        assert_eq!(written.matches(old).count(), 1, "{old}");
        changed.push(written.replacen(old, new, 1));
    }
    for text in &changed {
        assert_ne!(*text, written);
        let output = sops(&program, text, &pair.identity);
        assert!(!output.status.success(), "{text}");
        let document: Value = trigger_gen::yaml::read_back(text).expect("YAML");
        decrypt(&document, &key).expect_err("a changed file");
    }
}

/// A changed value changes its own line and that of the MAC, so that a diff shows what happened.
#[test]
fn the_same_key_gives_the_same_bytes() {
    let pair = Pair::published();
    let key = key(&[&pair]);
    let before = secret(json!({ "A": "one", "B": "two", "C": "three" }));
    assert_eq!(text(&before, &key), text(&before, &key.clone()));
    let mut after = before.clone();
    after["stringData"]["B"] = "four".into();
    let (before, after) = (text(&before, &key), text(&after, &key));
    let changed: Vec<&str> = before
        .lines()
        .zip(after.lines())
        .filter(|(before, after)| before != after)
        .map(|(before, _)| before.trim().split(':').next().expect("a key"))
        .collect();
    assert_eq!(changed, ["B", "mac"]);
    let other = FileKey::new(&recipients(&[&pair]), moment(), &mut |bytes| bytes.fill(9));
    let document: Value = trigger_gen::yaml::read_back(&before).expect("YAML");
    assert_eq!(decrypt(&document, &other), Err(Unreadable::Value("stringData.A".into())));
}
