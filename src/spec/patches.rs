//! `patches`: merge patches on files of the output, as they were written.

use super::read::{Read, refused, report_repeated, wrong_type};
use crate::diag::{Diagnostic, Place, Route, Sink};
use crate::value::{Refusal, forbidden_character};
use crate::yaml::{Key, Kind, Node};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Number, Value};
use std::borrow::Cow;

/// Paths of the output, each with its merge patch, in the order of the file.
#[derive(Debug, Default)]
pub struct Patches(pub Vec<(String, Value)>);

impl Read for Patches {
    const WHAT: &'static str = "a mapping from paths of the output to merge patches";

    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            wrong_type(node, route, Self::WHAT, sink);
            return None;
        };
        report_repeated(entries, route, sink);
        let patches = entries.iter().filter_map(|(path, node)| {
            let route = route.key(&path.name);
            match node.kind {
                Kind::Map(_) => Some((path.name.clone(), value(node, &route, sink)?)),
                _ => {
                    wrong_type(node, &route, "a mapping", sink);
                    None
                }
            }
        });
        Some(Self(patches.collect()))
    }
}

/// A node as the data that is merged; `null` stays, because it removes.
fn value(node: &Node, route: &Route, sink: &mut Sink) -> Option<Value> {
    match &node.kind {
        Kind::Null => Some(Value::Null),
        Kind::Bool(value) => Some(Value::Bool(*value)),
        Kind::Number(spelled) => match number(spelled) {
            Some(number) => Some(Value::Number(number)),
            None => {
                let why = "it is not spelled as a plain decimal number";
                let instead = format!("\"{spelled}\"");
                refused(node, route, "a number", Refusal::new(why).instead(instead), sink);
                None
            }
        },
        Kind::Text(text) => match unreadable(text) {
            Some(why) => {
                refused(node, route, "a text", Refusal::new(why), sink);
                None
            }
            None => Some(Value::String(text.clone())),
        },
        Kind::List(items) => {
            let read = |(nth, item)| value(item, &route.index(nth), sink);
            Some(Value::Array(items.iter().enumerate().filter_map(read).collect()))
        }
        Kind::Map(entries) => {
            report_repeated(entries, route, sink);
            let read = |(key, node): &(Key, Node)| {
                let name = name(key, sink)?;
                Some((name, value(node, &route.key(&key.name), sink)?))
            };
            Some(Value::Object(entries.iter().filter_map(read).collect::<Map<_, _>>()))
        }
    }
}

fn name(key: &Key, sink: &mut Sink) -> Option<String> {
    let why = match key.name.as_str() {
        "<<" => Some("merge keys are not part of a site file".to_owned()),
        name => unreadable(name),
    };
    match why {
        None => Some(key.name.clone()),
        Some(why) => {
            let at = Place::Span(key.span.clone());
            let message = format!("`{}` cannot be a key: {why}", key.name.escape_debug());
            sink.push(Diagnostic::error("bad-value", at, message));
            None
        }
    }
}

/// Lines and tabs are fine in a document; what cannot be seen is not.
fn unreadable(text: &str) -> Option<String> {
    let visible = text.replace(['\n', '\t'], " ");
    forbidden_character(&visible)
}

/// A number that every reader and writer of YAML spells alike.
fn number(spelled: &str) -> Option<Number> {
    let digits = spelled.strip_prefix('-').unwrap_or(spelled);
    let plain = |it: &str| !it.is_empty() && it.bytes().all(|c| c.is_ascii_digit());
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    if !plain(whole) || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    match fraction {
        None => spelled.parse::<i64>().ok().map(Number::from),
        Some(fraction) if plain(fraction) && digits.len() <= 15 => {
            let number = Number::from_f64(spelled.parse().ok()?)?;
            (!number.to_string().contains('e')).then_some(number)
        }
        Some(_) => None,
    }
}

impl JsonSchema for Patches {
    fn schema_name() -> Cow<'static, str> {
        "Patches".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Merge patches (RFC 7386) by path below the output folder.",
            "additionalProperties": { "type": "object" },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_spelled_in_one_way() {
        for good in ["0", "-1", "42", "1.5", "0.25", "9223372036854775807"] {
            assert!(number(good).is_some(), "{good}");
        }
        for bad in [
            "0x1F",
            "010",
            "1e3",
            ".5",
            "1.",
            "+1",
            "1_000",
            ".inf",
            "0.0000001",
            "9223372036854775808",
        ] {
            assert!(number(bad).is_none(), "{bad}");
        }
    }
}
