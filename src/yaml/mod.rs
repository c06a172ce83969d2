//! Reading and writing YAML: the only module that names the YAML crate.

mod same;

use crate::source::Span;
use same::Same;
use serde::de::{
    self, Deserialize, DeserializeSeed as _, Deserializer, MapAccess, SeqAccess, Visitor,
};
use serde::ser::Serialize;
use serde_json::Value;
use serde_yaml::{
    DuplicateKeyPolicy, Location, MergeKeyPolicy, MessageFormatter, Spanned, UserMessageFormatter,
};
use std::fmt;

/// A value as it was written, and where.
#[derive(Debug, Clone)]
pub struct Node {
    /// The bytes of the value; for a mapping or list, of its first.
    pub span: Span,
    /// What was written.
    pub kind: Kind,
}

/// What was written. Scalars keep their text, so that `0x1F` and `31` stay two things.
#[derive(Debug, Clone)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was spelled.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping in source order, repeated keys included.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its text.
    pub name: String,
    /// Its bytes.
    pub span: Span,
}

/// Text that is not YAML, or more of YAML than a site file needs.
#[derive(Debug)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// Reads one document. Repeated keys, merge keys and odd scalars are kept, so that
/// the reader of the spec can name each of them beside everything else that is wrong.
pub fn read(text: &str) -> Result<Node, SyntaxError> {
    let options = serde_yaml::options! {
        strict_booleans: true,
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        reject_unsupported_tags: true,
        strict_indentation: true,
        with_snippet: false,
        budget: serde_yaml::budget! { max_nodes: 100_000, max_depth: 32, max_aliases: 0, max_anchors: 0 },
    };
    let root: Spanned<Raw> = serde_yaml::from_str_with_options(text, options)
        .map_err(|error| syntax_error(&error, text))?;
    match key_without_text(&root) {
        Some(span) => Err(SyntaxError { message: "a key must be a text".into(), span }),
        None => Ok(node(root, text)),
    }
}

/// Reads a document that trigger-gen wrote itself, as plain data.
pub fn read_value<T: de::DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_yaml::from_str(text)
        .map_err(|error| UserMessageFormatter.format_message(error.without_snippet()).into_owned())
}

/// Reads back a document that was written a moment ago from a value that cannot repeat a key.
pub fn read_back<T: de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_yaml::from_str_with_options(text, our_own()).ok()
}

/// Whether a document that was written a moment ago says this value, its keys in this order.
pub fn says(text: &str, value: &Value) -> bool {
    let same =
        |deserializer: serde_yaml::Deserializer<'_, '_>| Same(value).deserialize(deserializer);
    serde_yaml::with_deserializer_from_str_with_options(text, our_own(), same).is_ok()
}

/// How a document of our own writing is read.
fn our_own() -> serde_yaml::Options {
    serde_yaml::options! {
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        merge_keys: MergeKeyPolicy::AsOrdinary,
        with_snippet: false,
        budget: None,
    }
}

/// Writes one document. A string that any reader could take for something else is quoted.
pub fn write<T: Serialize>(value: &T) -> String {
    let options =
        serde_yaml::ser_options! { folded_wrap_chars: 1_000_000, compact_list_indent: false };
    serde_yaml::to_string_with_options(value, options)
        .expect("bug in trigger-gen: a value that YAML cannot hold")
}

fn syntax_error(error: &serde_yaml::Error, text: &str) -> SyntaxError {
    let message = UserMessageFormatter.format_message(error.without_snippet()).into_owned();
    let start = error.location().map_or(0, |location| offset(&location, text)).min(text.len());
    let start = text.floor_char_boundary(start);
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length).max(start);
    let message = match message.as_str() {
        it if it.contains("Anchors") || it.contains("Aliases") => {
            "anchors and aliases are not part of a site file".into()
        }
        it if it.contains("limits breached") => {
            "the file is too large or too deep for a site file".into()
        }
        _ => message,
    };
    SyntaxError { message, span: start..end }
}

/// Where a location is in the text; some errors know line and column alone, both from 1.
fn offset(location: &Location, text: &str) -> usize {
    let (line, column) = (location.line().max(1) - 1, location.column().max(1) - 1);
    let nth = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let before: usize = text.split_inclusive('\n').take(nth(line)).map(str::len).sum();
    let rest = text[before..].split('\n').next().unwrap_or_default();
    before + rest.chars().take(nth(column)).map(char::len_utf8).sum::<usize>()
}

fn bytes(location: &Location) -> Span {
    let span = location.span();
    let at = |value: Option<u64>| usize::try_from(value.unwrap_or(0)).unwrap_or(0);
    let start = at(span.byte_offset());
    start..start + at(span.byte_len())
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let span = bytes(&raw.referenced);
    let spelled = || text.get(span.clone()).unwrap_or_default().trim().to_owned();
    let kind = match raw.value {
        Raw::Null => Kind::Null,
        Raw::Bool(value) if matches!(spelled().as_str(), "true" | "false") => Kind::Bool(value),
        Raw::Bool(_) => Kind::Text(spelled()),
        Raw::Number => Kind::Number(spelled()),
        Raw::Text(value) => Kind::Text(value),
        Raw::List(items) => Kind::List(items.into_iter().map(|it| node(it, text)).collect()),
        Raw::Map(entries) => Kind::Map(
            entries.into_iter().map(|(name, value)| (key(name, text), node(value, text))).collect(),
        ),
    };
    Node { span, kind }
}

/// Where a list, a mapping or nothing stands in the place of a key.
fn key_without_text(raw: &Spanned<Raw>) -> Option<Span> {
    match &raw.value {
        Raw::List(items) => items.iter().find_map(key_without_text),
        Raw::Map(entries) => entries.iter().find_map(|(name, value)| match name.value {
            Raw::List(_) | Raw::Map(_) | Raw::Null => Some(bytes(&name.referenced)),
            _ => key_without_text(value),
        }),
        _ => None,
    }
}

fn key(raw: Spanned<Raw>, text: &str) -> Key {
    let span = bytes(&raw.referenced);
    let name = match raw.value {
        Raw::Text(name) => name,
        _ => text.get(span.clone()).unwrap_or_default().to_owned(),
    };
    Key { name, span }
}

/// A node before its span is known.
enum Raw {
    Null,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<Raw>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.to_owned()))
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(name) = access.next_key()? {
            entries.push((name, access.next_value()?));
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> Vec<(String, String)> {
        let node = read(text).unwrap_or_else(|error| panic!("{}", error.message));
        let Kind::Map(entries) = node.kind else { panic!("not a mapping") };
        entries.into_iter().map(|(key, value)| (key.name, format!("{:?}", value.kind))).collect()
    }

    #[test]
    fn scalars_keep_their_spelling() {
        let text = "a: 0x1F\nb: 1.10\nc: 'x'\nd: yes\ne: True\nf: true\ng:\nh: 0123\ni: 18446744073709551616\n";
        let kinds: Vec<String> = map(text).into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(
            kinds,
            [
                "Number(\"0x1F\")",
                "Number(\"1.10\")",
                "Text(\"x\")",
                "Text(\"yes\")",
                "Text(\"True\")",
                "Bool(true)",
                "Null",
                "Number(\"0123\")",
                "Number(\"18446744073709551616\")"
            ]
        );
    }

    #[test]
    fn odd_keys_are_kept() {
        let names: Vec<String> =
            map("a: 1\na: 2\n<<: {b: 1}\n7: x\n").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a", "a", "<<", "7"]);
    }

    #[test]
    fn more_than_a_site_file_needs_is_refused() {
        for (text, said) in [
            ("a: &x 1\nb: *x\n", "anchors"),
            ("a: !secret x\n", "tag"),
            ("a: 1\n---\nb: 2\n", "document"),
            ("a: [1,\n", ""),
            ("a: {[b]: 1}\n", "key"),
            ("? {a: b}\n: 1\n", "key"),
            ("a: {~: 1}\n", "key"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.message.contains(said), "{text:?}: {}", error.message);
        }
    }

    #[test]
    fn a_document_says_its_value_and_no_other() {
        let value = serde_json::json!({
            "a": ["x", 1, -2, 18446744073709551615_u64, 1.5, true, null, [], {}],
            "b": { "yes": "no", "1": "2026-11-21", "": "", "<<": "~" },
        });
        assert!(says(&write(&value), &value));
        let mut others = Vec::new();
        for (pointer, other) in [
            ("/a", serde_json::json!(["x"])),
            ("/a/0", serde_json::json!("y")),
            ("/a/1", serde_json::json!("1")),
            ("/a/1", serde_json::json!(1.0)),
            ("/a/3", serde_json::json!(-1)),
            ("/a/5", serde_json::json!(false)),
            ("/a/6", serde_json::json!("null")),
            ("/a/6", serde_json::json!({})),
            ("/a/7", serde_json::json!({})),
            ("/a/8", serde_json::json!([])),
            ("/b", serde_json::json!({ "yes": "no" })),
            ("/b", serde_json::json!({ "1": "2026-11-21", "yes": "no", "": "", "<<": "~" })),
            ("/b/<<", serde_json::json!("")),
        ] {
            let mut changed = value.clone();
            *changed.pointer_mut(pointer).expect("a place") = other;
            others.push(changed);
        }
        for other in others {
            assert!(!says(&write(&value), &other), "{other}");
            assert!(!says(&write(&other), &value), "{other}");
        }
        assert!(!says("a: [", &value) && !says("", &value));
    }

    #[test]
    fn whatever_could_be_misread_is_quoted() {
        let awkward = [
            "yes",
            "no",
            "on",
            "off",
            "y",
            "n",
            "1_000",
            "2026-11-21",
            "12:30:45",
            "1:30",
            "=",
            "<<",
            "true",
            "null",
            "~",
            "0x1f",
            "012",
            "1e3",
            ".5",
            "1234e567",
            "",
            " x",
            "x ",
            "a: b",
            "a #b",
            "*a",
            "&a",
            "!a",
            "%a",
            "@a",
            "`a",
            "- a",
            "? a",
            "{a",
            "[a",
            "|",
            ">",
            "---",
            "...",
            "\u{feff}x",
            "a\u{85}b",
            "\t",
        ];
        for text in awkward {
            let written = write(&[text]);
            assert!(
                written.contains('"') || written.contains('\''),
                "{text:?} was written as {written:?}"
            );
            let back: Vec<String> = read_value(&written).expect("it reads back");
            assert_eq!(back, [text]);
        }
    }
}
