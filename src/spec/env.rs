//! `env`, and references to secrets.

use super::read::{Read, section, wrong_type};
use crate::diag::{Diagnostic, Place, Route, Sink};
use crate::value::{EnvName, Scalar, SecretName, Text};
use crate::yaml::{Kind, Node};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::collections::BTreeMap;

section! {
    /// Further variables, checked against what the release reads. What another key says is refused here.
    EnvSection {
        /// Variables of the webapp.
        optional webapp: BTreeMap<EnvName, EnvValue>,
        /// Variables of the supervisor.
        optional supervisor: BTreeMap<EnvName, EnvValue>,
    }
}

/// A secret by name: `{ secret: SMTP_PASSWORD }`. Its value is in the secret store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRef(pub SecretName);

impl Read for SecretRef {
    const WHAT: &'static str = "a secret: `{ secret: NAME }`";

    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
        match &node.kind {
            Kind::Map(entries) => match entries.as_slice() {
                [(key, name)] if key.name == "secret" => named(name, route, sink).map(Self),
                // Whatever else stands here may be the secret itself.
                _ => {
                    sink.push(literal_structure(route));
                    None
                }
            },
            Kind::List(_) => {
                sink.push(literal_structure(route));
                None
            }
            Kind::Null => {
                wrong_type(node, route, Self::WHAT, sink);
                None
            }
            _ => {
                sink.push(literal_secret(Place::Span(node.span.clone()), route));
                None
            }
        }
    }
}

/// The name of a secret; what is no name may be the secret itself, so it is not said again.
fn named(node: &Node, route: &Route, sink: &mut Sink) -> Option<SecretName> {
    let name = match &node.kind {
        Kind::Text(text) => SecretName::from_text(text).ok(),
        _ => None,
    };
    if name.is_none() {
        let at = Place::Span(node.span.clone());
        let message = format!("`{route}.secret` is not {}", <SecretName as Scalar>::WHAT);
        sink.push(
            Diagnostic::error("bad-value", at, message)
                .help("write the name of a secret, as `SMTP_PASSWORD`"),
        );
    }
    name
}

/// A literal where a secret belongs. The message does not repeat it: it may be a real one.
pub(crate) fn literal_secret(at: Place, route: &Route) -> Diagnostic {
    let name = name_for(route);
    Diagnostic::error("literal-secret", at, format!("`{route}` holds a secret in clear"))
        .help(format!(
            "name it here, and put the value into the store: `trigger-gen secrets set {name} SITE`"
        ))
        .instead(format!("{{ secret: {name} }}"))
        .note("a site file is committed: treat the value that stood here as known to others")
}

/// The same in a patch, which cannot name a secret.
pub(crate) fn secret_in_patch(route: &Route) -> Diagnostic {
    let message = "this patch holds a secret in clear";
    Diagnostic::error("literal-secret", Place::Value(route.clone()), message)
        .help("name it with `env`, and write `${NAME:?}` here")
        .note("a site file is committed: treat the value that stood here as known to others")
}

/// The same for a mapping or a list, which cannot be replaced in one place.
fn literal_structure(route: &Route) -> Diagnostic {
    let mut diagnostic = literal_secret(Place::Key(route.clone()), route);
    let instead = diagnostic.instead.take().unwrap_or_default();
    diagnostic.notes.push(format!("write `{instead}`"));
    diagnostic
}

/// A name for the secret of a key: its last two keys, without those that say nothing.
fn name_for(route: &Route) -> String {
    const SAYS_NOTHING: [&str; 6] =
        ["external", "bundled", "hosted", "secret", "webapp", "supervisor"];
    let keys = route.0.iter().filter_map(|step| match step {
        crate::diag::Step::Key(key) if !SAYS_NOTHING.contains(&key.as_str()) => {
            Some(key.to_uppercase())
        }
        _ => None,
    });
    let keys: Vec<String> = keys.collect();
    match keys.as_slice() {
        [first, name] if first == "ENV" => name.clone(),
        [.., above, last] => format!("{above}_{last}"),
        [only] => only.clone(),
        [] => "NAME".into(),
    }
}

impl JsonSchema for SecretRef {
    fn schema_name() -> Cow<'static, str> {
        "SecretRef".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let name = generator.subschema_for::<SecretName>();
        json_schema!({
            "type": "object",
            "description": "A secret by its name in the store, never its value.",
            "properties": { "secret": { "description": "The name of the secret in the store.", "allOf": [name] } },
            "required": ["secret"],
            "additionalProperties": false,
        })
    }
}

/// The value of a variable: text, number, truth value, or a secret by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvValue {
    /// Written in the site file.
    Plain(String),
    /// Kept in the store.
    Secret(SecretName),
}

impl Read for EnvValue {
    const WHAT: &'static str = "a text, a number, `true`, `false`, or a secret: `{ secret: NAME }`";

    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
        match &node.kind {
            Kind::Text(text) => match Text::from_text(text) {
                Ok(text) => Some(Self::Plain(text.as_str().into())),
                Err(refusal) => {
                    super::read::refused(node, route, "a value", refusal, sink);
                    None
                }
            },
            Kind::Number(number) => Some(Self::Plain(number.clone())),
            Kind::Bool(value) => Some(Self::Plain(value.to_string())),
            Kind::Map(_) => SecretRef::read(node, route, sink).map(|it| Self::Secret(it.0)),
            Kind::Null | Kind::List(_) => {
                wrong_type(node, route, Self::WHAT, sink);
                None
            }
        }
    }
}

impl JsonSchema for EnvValue {
    fn schema_name() -> Cow<'static, str> {
        "EnvValue".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let secret = generator.subschema_for::<SecretRef>();
        let text = generator.subschema_for::<Text>();
        json_schema!({
            "description": "A text, a number, `true`, `false`, or a secret by name.",
            "anyOf": [text, { "type": "number" }, { "type": "boolean" }, secret],
        })
    }
}
