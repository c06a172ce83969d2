//! A secret in every form in which it could come out, and the search for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// So many bytes in a row are no chance.
const WINDOW: usize = 12;

/// Every form of every secret, by each run of bytes that gives it away.
#[derive(Default)]
pub(super) struct Needles(BTreeMap<[u8; WINDOW], String>);

impl Needles {
    /// Looks for this value from now on: as it is, percent-encoded, in base64, in hexadecimal, and as a list of bytes.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        let bytes = value.as_bytes();
        assert!(bytes.len() >= WINDOW, "{name} is too short to be told from chance");
        let join = |of: &dyn Fn(&u8) -> String, between: &str| -> String {
            bytes.iter().map(of).collect::<Vec<_>>().join(between)
        };
        let plain = |it: &u8| it.is_ascii_alphanumeric();
        let some = |it: &u8| if plain(it) { char::from(*it).into() } else { format!("%{it:02X}") };
        let mut forms = vec![
            ("as it is", value.to_owned()),
            ("percent-encoded", join(&some, "")),
            ("percent-encoded", join(&some, "").to_lowercase()),
            ("percent-encoded", join(&|it| format!("%{it:02X}"), "")),
            ("percent-encoded", join(&|it| format!("%{it:02x}"), "")),
            ("hexadecimal", join(&|it| format!("{it:02X}"), "")),
            ("hexadecimal", join(&|it| format!("{it:02x}"), "")),
            ("a list of bytes", join(&u8::to_string, ", ")),
            ("a list of bytes", join(&u8::to_string, ",")),
        ];
        for shift in 0..3 {
            let text = base64(bytes, shift);
            forms.push(("base64", text.replace('+', "-").replace('/', "_")));
            forms.push(("base64", text));
        }
        for (form, text) in forms {
            for window in text.as_bytes().windows(WINDOW) {
                let window = window.try_into().expect("as long as a window");
                self.0.insert(window, format!("{name}, {form}"));
            }
        }
    }

    /// The first secret that stands in bytes.
    pub(super) fn find(&self, bytes: &[u8]) -> Option<&str> {
        let mut windows = bytes.windows(WINDOW);
        windows.find_map(|it| self.0.get(it).map(String::as_str))
    }

    /// Every file below a folder that holds a secret, and which. `own` are the test's own inputs.
    pub(super) fn files(&self, folder: &Path, own: &[&str]) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                found.extend(self.files(&path, own));
            } else if !own.iter().any(|it| path.ends_with(it)) {
                let bytes = fs::read(&path).expect("a file");
                found.extend(self.find(&bytes).map(|it| (path, it.to_owned())));
            }
        }
        found
    }
}

/// Base64 of bytes that stand behind others: only the characters that these alone decide.
fn base64(bytes: &[u8], shift: usize) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> =
        bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    // The first whole group of six bits, with so many bytes before.
    let start = (6 - shift * 8 % 6) % 6;
    let groups = bits[start..].chunks_exact(6);
    let letter = |group: &[u8]| {
        let at = group.iter().fold(0, |sum, bit| sum << 1 | usize::from(*bit));
        char::from(ALPHABET[at])
    };
    groups.map(letter).collect()
}

#[test]
fn every_form_is_found() {
    let mut needles = Needles::default();
    needles.add("X", "s3cr3t p/w+d%ü!");
    for text in [
        "before s3cr3t p/w+d%ü! after",
        "a=s3cr3t%20p%2Fw%2Bd%25%C3%BC%21",
        "a=s3cr3t%20p%2fw%2bd%25%c3%bc%21",
        "73336372337420702F772B6425C3BC21",
        "73336372337420702f772b6425c3bc21",
        "czNjcjN0IHAvdytkJcO8IQ==",
        "IHMzY3IzdCBwL3crZCXDvCE=",
        "ICBzM2NyM3QgcC93K2Qlw7wh",
        "[115, 51, 99, 114, 51, 116, 32]",
    ] {
        assert!(needles.find(text.as_bytes()).is_some(), "{text}");
    }
    assert_eq!(needles.find(b"s3cr3t p/w and nothing that follows it"), None);
}
