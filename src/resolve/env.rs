//! `env`: variables that the author adds, held against what the release reads.

use super::Cx;
use crate::diag::{Diagnostic, Place, Route, Sink, nearest};
use crate::release::{self, Reader, Release, Span, env};
use crate::site::{Extra, ExtraValue, Site, owner};
use crate::spec::{EnvSection, EnvValue, literal_secret};
use crate::value::{EnvName, Scalar};
use std::collections::BTreeMap;

pub(super) fn resolve(
    written: Option<&EnvSection>,
    release: &'static Release,
    cx: &mut Cx<'_>,
) -> Extra {
    let Some(written) = written else { return Extra::default() };
    Extra {
        webapp: variables(written.webapp.as_ref(), Reader::Webapp, release, cx),
        supervisor: variables(written.supervisor.as_ref(), Reader::Supervisor, release, cx),
    }
}

fn variables(
    written: Option<&BTreeMap<EnvName, EnvValue>>,
    reader: Reader,
    release: &'static Release,
    cx: &mut Cx<'_>,
) -> BTreeMap<EnvName, ExtraValue> {
    let mut variables = BTreeMap::new();
    for (name, value) in written.into_iter().flatten() {
        let route = Route::from(format!("env.{}", reader.name()).as_str()).key(name.as_str());
        check(name, value, reader, release, &route, cx.sink);
        let value = match value {
            EnvValue::Plain(text) => ExtraValue::Plain(text.clone()),
            EnvValue::Secret(secret) => {
                cx.name_secret(secret, &route.to_string());
                ExtraValue::Secret(secret.clone())
            }
        };
        variables.insert(name.clone(), value);
    }
    let token =
        EnvName::from_text(env::WORKLOAD_TOKEN_SECRET).is_ok_and(|it| variables.contains_key(&it));
    for (name, value) in
        variables.iter().filter(|(name, _)| name.as_str() == env::WORKLOAD_TOKEN_ENFORCEMENT)
    {
        if !token && *value != ExtraValue::Plain("disabled".into()) {
            let at = Place::Key(
                Route::from(format!("env.{}", reader.name()).as_str()).key(name.as_str()),
            );
            let message =
                format!("`{name}` stops the supervisor without `{}`", env::WORKLOAD_TOKEN_SECRET);
            let help = format!("add `{0}: {{ secret: {0} }}`", env::WORKLOAD_TOKEN_SECRET);
            cx.sink.push(Diagnostic::error("incomplete-pair", at, message).help(help));
        }
    }
    variables
}

/// Whether the release reads the variable and would take the value.
fn check(
    name: &EnvName,
    value: &EnvValue,
    reader: Reader,
    release: &'static Release,
    route: &Route,
    sink: &mut Sink,
) {
    let at = Place::Key(route.clone());
    if let Some(key) = owner(reader, name.as_str()) {
        let message = format!("`{name}` is decided by `{key}` already");
        return sink.push(
            Diagnostic::error("conflicting-variable", at, message)
                .help(format!("say it with `{key}`, and remove it here")),
        );
    }
    if let EnvValue::Plain(text) = value
        && holds_a_secret(name.as_str(), text)
    {
        return sink.push(literal_secret(Place::Value(route.clone()), route));
    }
    match span(name.as_str(), reader, release) {
        Known::Read(span) => refuse_value(name, value, span, reader, release, route, sink),
        Known::Family => {}
        Known::Elsewhere(diagnostic) => sink.push(diagnostic.place(at)),
    }
}

/// A value that would stand in a committed file: of a variable whose name says that it is secret, or with
/// a password inside a URL.
fn holds_a_secret(name: &str, text: &str) -> bool {
    let userinfo = text
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?', '#']).next()?.rsplit_once('@'));
    release::names_a_secret(name) || userinfo.is_some_and(|(user, _)| user.contains(':'))
}

/// What the tables say of a name at a release.
enum Known {
    Read(&'static Span),
    Family,
    Elsewhere(Unread),
}

/// Why a release does not read a name.
struct Unread {
    name: &'static str,
    message: String,
    help: Option<String>,
    instead: Option<String>,
}

impl Unread {
    fn place(self, at: Place) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.name, at, self.message);
        diagnostic.help = self.help;
        diagnostic.instead = self.instead;
        diagnostic
    }
}

fn span(name: &str, reader: Reader, release: &'static Release) -> Known {
    let version = release.version;
    let Some(variable) = release::lookup(reader, name) else {
        return if release::family(reader, name).is_some() {
            Known::Family
        } else {
            Known::Elsewhere(unknown(name, reader, release))
        };
    };
    if let Some(span) = variable.at(version) {
        return Known::Read(span);
    }
    let (since, until) = (variable.first_since(), variable.last_until());
    let (message, help) = match until {
        Some(until) if until < version => (
            format!("the {} no longer reads `{name}` at {version}", reader.name()),
            format!("it was read until {until}: remove it"),
        ),
        _ => (
            format!("the {} does not read `{name}` at {version}", reader.name()),
            format!("it is read from {since}"),
        ),
    };
    Known::Elsewhere(Unread { name: "unread-variable", message, help: Some(help), instead: None })
}

fn unknown(name: &str, reader: Reader, release: &'static Release) -> Unread {
    let version = release.version;
    let message = format!("the {} of {version} does not read `{name}`", reader.name());
    let other = if reader == Reader::Webapp { Reader::Supervisor } else { Reader::Webapp };
    if release.reads(other, name) {
        let help = format!("the {0} does: move it to `env.{0}`", other.name());
        return Unread { name: "unknown-variable", message, help: Some(help), instead: None };
    }
    let names = release::tables(reader)
        .into_iter()
        .flatten()
        .filter(|it| it.at(version).is_some())
        .map(|it| it.name);
    let meant = nearest(name, names);
    let help = match meant {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("`trigger-gen list variables {}` names all", reader.name()),
    };
    Unread {
        name: "unknown-variable",
        message,
        help: Some(help),
        instead: meant.map(str::to_owned),
    }
}

fn refuse_value(
    name: &EnvName,
    value: &EnvValue,
    span: &'static Span,
    reader: Reader,
    release: &'static Release,
    route: &Route,
    sink: &mut Sink,
) {
    let EnvValue::Plain(text) = value else { return };
    if let Err(refusal) = release::accepts(span, text) {
        let message = format!(
            "the {} of {} does not take this value for `{name}`: {refusal}",
            reader.name(),
            release.version
        );
        sink.push(Diagnostic::error("rejected-value", Place::Value(route.clone()), message));
    }
}

/// A secret that the author supplies must not carry the name of one that trigger-gen makes.
pub(super) fn refuse_reserved_secrets(site: &Site, sink: &mut Sink) {
    let generated = site.generated_names();
    for (name, route) in site.supplied.iter().filter(|(name, _)| generated.contains(&name.as_str()))
    {
        let message = format!("`{name}` is a secret that trigger-gen makes for this site");
        let at = Place::Value(Route::from(route.as_str()).key("secret"));
        sink.push(
            Diagnostic::error("reserved-secret", at, message)
                .help(format!("call yours otherwise, for example `MY_{name}`")),
        );
    }
}
