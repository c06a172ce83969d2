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
            Kind::Map(_) => super::read::Entries::of(node, route, &["secret"], sink)?
                .required("secret", sink)
                .map(Self),
            Kind::Text(_) | Kind::Number(_) => {
                sink.push(literal_secret(node, route));
                None
            }
            _ => {
                wrong_type(node, route, Self::WHAT, sink);
                None
            }
        }
    }
}

/// A literal where a secret belongs. The message does not repeat it: it may be a real one.
fn literal_secret(node: &Node, route: &Route) -> Diagnostic {
    let last = route.0.last();
    let name = match last {
        Some(crate::diag::Step::Key(key)) => key.to_uppercase(),
        _ => "NAME".into(),
    };
    Diagnostic::error(
        "literal-secret",
        Place::Span(node.span.clone()),
        format!("`{route}` holds a secret in clear"),
    )
    .help(format!(
        "name it here and put the value into the store: `trigger-gen secrets set {name} site.yaml`"
    ))
    .instead(format!("{{ secret: {name} }}"))
    .note("a site file is committed: treat the value that stood here as known to others")
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
