//! What a key takes, as the schema says it.

use crate::diag::{Route, Step};
use serde_json::{Map, Value};

/// What may stand at a place of a site file.
#[derive(Debug, Clone)]
pub(super) enum Shape<'s> {
    /// A mapping with known keys, and those of them that must be there.
    Section { keys: &'s Map<String, Value>, required: Vec<&'s str> },
    /// One of some words, or a mapping with one of some keys.
    Choice { words: Vec<&'s str>, branches: Vec<(&'s str, &'s Value)> },
    /// A list of such.
    List(&'s Value),
    /// A mapping from names of the author's to such.
    Names(&'s Value),
    /// A secret by its name.
    Secret { example: &'s str },
    /// `true` or `false`.
    Bool,
    /// A whole number of a form; the only ones that are taken, if there are few.
    Number { form: &'s str, only: Vec<u64> },
    /// A text of a form, with a value of that form.
    Text { form: &'s str, example: &'s str },
    /// Text, number, truth value or secret, as a variable takes it.
    Variable,
    /// Any data.
    Free,
    /// One thing alone.
    Fixed,
}

impl<'s> Shape<'s> {
    /// The shape of a place.
    pub(super) fn of(schema: &'s Value, place: &'s Value) -> Self {
        let (form, target) = resolved(schema, place);
        let text = |pointer: &str| target.pointer(pointer).and_then(Value::as_str);
        if form == "SecretRef" {
            let name = target.pointer("/properties/secret").map(|it| resolved(schema, it).1);
            let example = name.and_then(|it| it.pointer("/examples/0")).and_then(Value::as_str);
            return Self::Secret { example: example.unwrap_or_default() };
        }
        if let Some(options) = target.get("oneOf").and_then(Value::as_array) {
            return choice(options);
        }
        match text("/type") {
            Some("object") => object(target),
            Some("array") => target.get("items").map_or(Self::Fixed, Self::List),
            Some("boolean") => Self::Bool,
            Some("integer") => {
                let only = target.get("enum").and_then(Value::as_array).into_iter().flatten();
                Self::Number { form, only: only.filter_map(Value::as_u64).collect() }
            }
            Some("string") => Self::Text { form, example: text("/examples/0").unwrap_or_default() },
            _ if target.get("anyOf").is_some() => Self::Variable,
            _ => Self::Fixed,
        }
    }

    /// The shape of the place that a route leads to.
    pub(super) fn at(schema: &'s Value, route: &Route) -> Option<Self> {
        let mut shape = Self::of(schema, schema);
        for step in &route.0 {
            shape = Self::of(schema, shape.inside(step)?);
        }
        Some(shape)
    }

    /// The place one step further.
    fn inside(&self, step: &Step) -> Option<&'s Value> {
        match (self, step) {
            (Self::Section { keys, .. }, Step::Key(name)) => keys.get(name),
            (Self::Choice { branches, .. }, Step::Key(name)) => {
                branches.iter().find(|(it, _)| it == name).map(|(_, place)| *place)
            }
            (Self::Names(place), Step::Key(_)) | (Self::List(place), Step::Index(_)) => Some(place),
            _ => None,
        }
    }
}

fn choice(options: &[Value]) -> Shape<'_> {
    let (mut words, mut branches) = (Vec::new(), Vec::new());
    for option in options {
        let listed = option.get("enum").and_then(Value::as_array).into_iter().flatten();
        words.extend(listed.chain(option.get("const")).filter_map(Value::as_str));
        let keys = option.get("properties").and_then(Value::as_object).into_iter().flatten();
        branches.extend(keys.map(|(name, place)| (name.as_str(), place)));
    }
    Shape::Choice { words, branches }
}

fn object(target: &Value) -> Shape<'_> {
    let required = target.get("required").and_then(Value::as_array).into_iter().flatten();
    if let Some(keys) = target.get("properties").and_then(Value::as_object) {
        return Shape::Section { keys, required: required.filter_map(Value::as_str).collect() };
    }
    let by_pattern = target.get("patternProperties").and_then(Value::as_object);
    match by_pattern.and_then(|it| it.values().next()).or(target.get("additionalProperties")) {
        Some(place @ Value::Object(_)) => Shape::Names(place),
        Some(Value::Bool(false)) => Shape::Fixed,
        _ => Shape::Free,
    }
}

/// What a reference leads to, and its name; a place without one is what it says itself.
fn resolved<'s>(schema: &'s Value, place: &'s Value) -> (&'s str, &'s Value) {
    let reference = place.get("$ref").or_else(|| place.pointer("/allOf/0/$ref"));
    let pointer = reference.and_then(Value::as_str).and_then(|it| it.strip_prefix('#'));
    match pointer.and_then(|it| Some((it.rsplit('/').next()?, schema.pointer(it)?))) {
        Some((name, target)) => (name, target),
        None => ("", place),
    }
}
