//! Text that is no store, or only the rest of one: refused, and none of it repeated.

use super::*;

/// Formed like a name, so that it could pass for a key.
const VALUE: &str = "HUNTER2HUNTER2";

fn whole() -> String {
    let mut draft = draft(&[("FIRST_SECRET", VALUE), ("SECOND_SECRET", VALUE)]);
    draft.example = true;
    let hash = format!("hashes:\n  SECOND_SECRET: {{ of: \"{VALUE}\", bcrypt: \"{VALUE}\" }}\n...");
    draft.write().replace("...", &hash)
}

/// Whatever is said of a text must not repeat a value.
fn says_no_value(text: &str) -> Result<Draft, String> {
    let read = Draft::read(text);
    if let Err(why) = &read {
        assert!(!why.contains("HUNTER"), "{why}");
        assert!(!why.chars().any(char::is_control), "{why:?}");
    }
    read
}

#[test]
fn a_store_that_is_cut_off_is_refused_wherever_it_is_cut() {
    let whole = whole();
    let end = whole.trim_end().len();
    for length in 0..end {
        assert!(says_no_value(&whole[..length]).is_err(), "{:?}", &whole[..length]);
    }
    assert!(Draft::read(&whole[..end]).is_ok());
    let between_lines = &whole[..whole.find("  SECOND_SECRET").unwrap()];
    assert!(Draft::read(between_lines).unwrap_err().contains("cut off"));
}

#[test]
fn a_damaged_store_is_refused_and_not_repeated() {
    let whole = whole();
    for (at, c) in whole.char_indices() {
        let (before, after) = (&whole[..at], &whole[at + c.len_utf8()..]);
        for damage in ["", "\"", "\n", " ", "{", "\0", "\\"] {
            let _ = says_no_value(&format!("{before}{damage}{after}"));
        }
        for damage in ["\"", ": ", "\n", "&a "] {
            let _ = says_no_value(&format!("{before}{damage}{c}{after}"));
        }
    }
}

#[test]
fn each_kind_of_damage_is_told_apart() {
    let store = |body: &str| {
        format!("format: 1\nsite: \"site\"\nfingerprint_key: \"0123456789abcdef\"\n{body}...\n")
    };
    for (text, why) in [
        (String::new(), "empty"),
        ("# nothing\n".into(), "not a mapping"),
        ("- a\n...\n".into(), "not a mapping"),
        ("name: site\n...\n".into(), "no `format`"),
        ("format: 2\nnew: 1\n...\n".into(), "line 1 names a format"),
        ("format: 1\nvalues:\n...\n".into(), "no `fingerprint_key`"),
        (store("surprise: 1\n"), "line 4 has a key that no store has"),
        (store("site: \"site\"\n"), "line 4 repeats a key"),
        (store("example: true\n"), "line 4 says `example`"),
        (store("values: [a]\n"), "is not a mapping of names"),
        (store("values:\n  A: \"1\"\n  A: \"2\"\n"), "line 6 repeats a name"),
        (store("values:\n  a-b: \"1\"\n"), "line 5 does not begin with the name"),
        (store("values:\n  A: 12345\n"), "line 5 holds a value that is not a text in quotes"),
        (store("values:\n  A:\n"), "holds a value that is not a text"),
        (store("values:\n  A: \"1\n"), "is not the YAML of a secret store"),
        (store("hashes:\n  A: { of: \"x\" }\n"), "not the hash"),
        (store("hashes:\n  A: { of: \"x\", bcrypt: \"y\", more: \"z\" }\n"), "not the hash"),
        (store("").replace("0123456789abcdef", "short"), "too short"),
        (store("values:\n  A: \"1\"\n") + "values:\n  B: \"2\"\n", "cut off"),
    ] {
        let found = Draft::read(&text).expect_err(&text);
        assert!(found.contains(why), "{text:?}: {found}");
    }
    assert!(Draft::read(&store("values:\n  A: plain\n  B: 'single'\n")).is_ok());
    assert!(Draft::read(&store("").replace('\n', "\r\n")).is_ok());
    assert!(Draft::read(&(store("") + "# a comment of mine\n\n")).is_ok());
}

#[test]
fn a_damaged_file_is_never_written_over() {
    let texts: [&[u8]; 4] = [b"", b"values: [", b"\xff\xfe", b"name: site\n"];
    for text in texts {
        let folder = Folder::holding(text);
        let (why, help) = refused(folder.open());
        assert!(why.starts_with("the secret store cannot be read: "), "{why}");
        assert!(help.contains("backup"), "{help}");
        refused(folder.save(&draft(&[("A", "1")])));
        assert_eq!((fs::read(folder.path()).unwrap().as_slice(), folder.names().len()), (text, 1));
    }
}

#[test]
fn nothing_prints_a_value() {
    let folder = Folder::with("FIRST_SECRET", VALUE);
    let opened = folder.open().unwrap();
    let store = Store::lock(&folder.path(), "site").unwrap();
    let hashed = trigger_gen::secrets::Hashed { of: VALUE.into(), bcrypt: VALUE.into() };
    let printed = format!("{opened:?} {store:?} {:?} {hashed:?}", folder.present());
    assert!(printed.contains("FIRST_SECRET") && !printed.contains(VALUE), "{printed}");
}
