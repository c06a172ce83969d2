//! Reading typed values from YAML nodes, every fault reported where it stands.

use crate::diag::{Diagnostic, Place, Route, Sink, nearest};
use crate::value::{self, Port, Refusal, Scalar};
use crate::yaml::{Key, Kind, Node};
use std::collections::BTreeMap;

/// A type that a node can be read as. What cannot be read is reported and left out,
/// so that the rest of the file is still looked at.
pub trait Read: Sized {
    /// What is expected, with article.
    const WHAT: &'static str;

    /// Reads the node at a route.
    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self>;
}

/// Reads a mapping key by key; what no reader asked for is unknown.
pub(super) struct Entries<'n> {
    entries: Vec<&'n (Key, Node)>,
    route: Route,
    known: &'static [&'static str],
}

impl<'n> Entries<'n> {
    /// Takes a node as a mapping with these keys. Unknown and repeated keys are reported at once.
    pub(super) fn of(
        node: &'n Node,
        route: &Route,
        known: &'static [&'static str],
        sink: &mut Sink,
    ) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            wrong_type(node, route, "a mapping", sink);
            return None;
        };
        report_repeated(entries, route, sink);
        for (key, _) in entries.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
            sink.push(unknown_key(key, route, known));
        }
        Some(Self { entries: entries.iter().collect(), route: route.clone(), known })
    }

    /// Reads the value of a key, if the key is there.
    pub(super) fn optional<T: Read>(&self, name: &'static str, sink: &mut Sink) -> Option<T> {
        debug_assert!(self.known.contains(&name), "`{name}` is not among the known keys");
        let (_, node) = self.entries.iter().find(|(key, _)| key.name == name)?;
        T::read(node, &self.route.key(name), sink)
    }

    /// Reads the value of a key that must be there, of whose absence `resolve` speaks: it knows better words.
    pub(super) fn expected<T: Read>(&self, name: &'static str, sink: &mut Sink) -> Option<T> {
        self.optional(name, sink)
    }

    /// Reads the value of a key that must be there.
    pub(super) fn required<T: Read>(&self, name: &'static str, sink: &mut Sink) -> Option<T> {
        if !self.entries.iter().any(|(key, _)| key.name == name) {
            let parent = if self.route.0.is_empty() {
                "the site".into()
            } else {
                format!("`{}`", self.route)
            };
            sink.push(
                Diagnostic::error(
                    "missing-key",
                    Place::Key(self.route.clone()),
                    format!("{parent} has no `{name}`"),
                )
                .help(format!("add `{name}:` with {}", T::WHAT)),
            );
            return None;
        }
        self.optional(name, sink)
    }
}

pub(super) fn report_repeated(entries: &[(Key, Node)], route: &Route, sink: &mut Sink) {
    for (nth, (key, _)) in entries.iter().enumerate() {
        if entries[..nth].iter().any(|(earlier, _)| earlier.name == key.name) {
            let at = Place::Span(key.span.clone());
            let message = format!("`{}` is written twice", route.key(&key.name));
            sink.push(
                Diagnostic::error("duplicate-key", at, message)
                    .help("keep one of the two: only one can be meant"),
            );
        }
    }
}

fn unknown_key(key: &Key, route: &Route, known: &[&'static str]) -> Diagnostic {
    let at = Place::Span(key.span.clone());
    if key.name == "<<" {
        return Diagnostic::error("unknown-key", at, "merge keys are not part of a site file")
            .help("write the keys out");
    }
    let within = if route.0.is_empty() { "a site file".into() } else { format!("`{route}`") };
    let diagnostic =
        Diagnostic::error("unknown-key", at, format!("`{}` is not a key of {within}", key.name));
    match nearest(&key.name, known.iter().copied()) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).instead(meant),
        None => diagnostic.help(format!("its keys are {}", known.join(", "))),
    }
}

/// Reports a node that is not what its key takes.
pub(super) fn wrong_type(node: &Node, route: &Route, expected: &str, sink: &mut Sink) {
    let found = match &node.kind {
        Kind::Null => "nothing".into(),
        Kind::Bool(value) => format!("`{value}`"),
        Kind::Number(number) => format!("the number `{number}`"),
        Kind::Text(_) => "a text".into(),
        Kind::List(_) => "a list".into(),
        Kind::Map(_) => "a mapping".into(),
    };
    let at = match node.kind {
        Kind::Null | Kind::Map(_) | Kind::List(_) => Place::Key(route.clone()),
        _ => Place::Value(route.clone()),
    };
    let message = format!("`{route}` must be {expected}, found {found}");
    let diagnostic = Diagnostic::error("wrong-type", at, message);
    sink.push(match (&node.kind, expected) {
        (Kind::Null, "a mapping") => {
            diagnostic.help("write `{}` for an empty one, or leave the key out")
        }
        (Kind::Null, _) => diagnostic
            .help("give it a value, or leave the key out: empty is not the same as absent"),
        (Kind::Number(_), _) if expected.contains("release") => {
            diagnostic.help("a release has three numbers, as `4.5.12`")
        }
        (Kind::Number(number), _)
            if expected.starts_with("a text") || expected.contains("version") =>
        {
            diagnostic.help("put it in quotes").instead(format!("\"{number}\""))
        }
        (Kind::Text(text), "`true` or `false`") => match text.to_lowercase().as_str() {
            "yes" | "on" | "true" | "y" => diagnostic.help("write `true`").instead("true"),
            "no" | "off" | "false" | "n" => diagnostic.help("write `false`").instead("false"),
            _ => diagnostic,
        },
        (Kind::Text(text), _) if expected.contains("number") && text.parse::<i64>().is_ok() => {
            diagnostic.help("write it without quotes").instead(text.clone())
        }
        _ => diagnostic,
    });
}

/// Reports a text that its type refused.
pub(super) fn refused(node: &Node, route: &Route, what: &str, refusal: Refusal, sink: &mut Sink) {
    let shown = match &node.kind {
        // Before an `@` a password may stand.
        Kind::Text(text)
            if text.chars().count() <= 60 && !(text.contains("://") && text.contains('@')) =>
        {
            format!("`{}`", text.escape_debug())
        }
        Kind::Number(number) => format!("`{number}`"),
        _ => "this text".into(),
    };
    let message = format!("{shown} is not {what}: {}", refusal.why);
    let diagnostic = Diagnostic::error("bad-value", Place::Value(route.clone()), message);
    sink.push(match refusal.instead {
        Some(instead) => diagnostic.help(format!("write `{instead}`")).instead(instead),
        None => diagnostic,
    });
}

/// Reads a checked text.
pub(super) fn scalar<T: Scalar>(node: &Node, route: &Route, sink: &mut Sink) -> Option<T> {
    let Kind::Text(text) = &node.kind else {
        match &node.kind {
            // Quotes alone would not make it right: say what it must be.
            Kind::Number(number) if T::from_text(number).is_err() => {
                let refusal =
                    T::from_text(number).err().unwrap_or_else(|| Refusal::new("it is a number"));
                refused(node, route, T::WHAT, refusal, sink);
            }
            _ => wrong_type(node, route, &format!("a text ({})", T::WHAT), sink),
        }
        return None;
    };
    T::from_text(text).map_err(|refusal| refused(node, route, T::WHAT, refusal, sink)).ok()
}

macro_rules! read_scalars {
    ($($type:ident),* $(,)?) => {
        $(impl Read for value::$type {
            const WHAT: &'static str = <Self as Scalar>::WHAT;

            fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
                scalar(node, route, sink)
            }
        })*
    };
}

read_scalars!(
    AddressRange,
    Branch,
    AccessKeyId,
    AgeRecipient,
    BucketFolder,
    BucketName,
    ByteSize,
    ContactEmail,
    CpuAmount,
    Domain,
    Duration,
    EmailAddress,
    EmailPattern,
    EnvName,
    FilePath,
    GitopsPath,
    Host,
    ImageRef,
    InstallRoot,
    Label,
    LintName,
    Mailbox,
    Middleware,
    Namespace,
    ObjectName,
    Origin,
    ProjectRef,
    RcloneRemote,
    Region,
    RegistryHost,
    RegistryNamespace,
    ReleaseTag,
    RepoFolder,
    ResticRepository,
    Schedule,
    SecretName,
    ServerTag,
    SiteDomain,
    StorePath,
    TailnetIpv4,
    TailnetIpv6,
    Text,
    TimeZone,
    TlsSecretName,
    VariablePrefix,
);

impl Read for bool {
    const WHAT: &'static str = "`true` or `false`";

    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
        match node.kind {
            Kind::Bool(value) => Some(value),
            _ => {
                wrong_type(node, route, Self::WHAT, sink);
                None
            }
        }
    }
}

/// Reads a whole number spelled plainly in decimal.
pub(super) fn whole_number(node: &Node, route: &Route, what: &str, sink: &mut Sink) -> Option<i64> {
    let Kind::Number(number) = &node.kind else {
        wrong_type(node, route, what, sink);
        return None;
    };
    let digits = number.strip_prefix('-').unwrap_or(number);
    let plain = !digits.is_empty()
        && digits.bytes().all(|c| c.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'));
    match number.parse::<i64>() {
        Ok(value) if plain => Some(value),
        _ => {
            refused(
                node,
                route,
                what,
                Refusal::new("it is not spelled as a plain whole number"),
                sink,
            );
            None
        }
    }
}

impl Read for Port {
    const WHAT: &'static str = "a port number";

    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
        let number = whole_number(node, route, Self::WHAT, sink)?;
        Port::from_number(number)
            .map_err(|refusal| refused(node, route, Self::WHAT, refusal, sink))
            .ok()
    }
}

/// A whole number above zero.
impl Read for u32 {
    const WHAT: &'static str = "a whole number above zero";

    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
        let number = whole_number(node, route, Self::WHAT, sink)?;
        match u32::try_from(number) {
            Ok(count) if count > 0 => Some(count),
            _ => {
                refused(
                    node,
                    route,
                    Self::WHAT,
                    Refusal::new("it must be from 1 to 4294967295"),
                    sink,
                );
                None
            }
        }
    }
}

impl<T: Read> Read for Vec<T> {
    const WHAT: &'static str = "a list";

    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
        let Kind::List(items) = &node.kind else {
            wrong_type(node, route, Self::WHAT, sink);
            return None;
        };
        Some(
            items
                .iter()
                .enumerate()
                .filter_map(|(nth, item)| T::read(item, &route.index(nth), sink))
                .collect(),
        )
    }
}

impl<T: Read> Read for BTreeMap<value::EnvName, T> {
    const WHAT: &'static str = "a mapping from variable names to values";

    fn read(node: &Node, route: &Route, sink: &mut Sink) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            wrong_type(node, route, Self::WHAT, sink);
            return None;
        };
        report_repeated(entries, route, sink);
        Some(entries.iter().filter_map(|(key, node)| variable(key, node, route, sink)).collect())
    }
}

fn variable<T: Read>(
    key: &Key,
    node: &Node,
    route: &Route,
    sink: &mut Sink,
) -> Option<(value::EnvName, T)> {
    let name = value::EnvName::from_text(&key.name).map_err(|refusal| {
        let message = format!(
            "`{}` is not {}: {}",
            key.name.escape_debug(),
            <value::EnvName as Scalar>::WHAT,
            refusal.why
        );
        let diagnostic = Diagnostic::error("bad-value", Place::Span(key.span.clone()), message);
        sink.push(match refusal.instead {
            Some(instead) => diagnostic.help(format!("write `{instead}`")).instead(instead),
            None => diagnostic,
        });
    });
    let value = T::read(node, &route.key(&key.name), sink);
    Some((name.ok()?, value?))
}

/// Declares a section: a mapping whose keys are known. Each key is `required`, `expected` or `optional`;
/// its doc comment speaks to the author and becomes schema text and reference.
macro_rules! section {
    ($(#[$doc:meta])* $name:ident { $($(#[$key_doc:meta])* $need:ident $key:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Default, schemars::JsonSchema)]
        #[schemars(deny_unknown_fields)]
        pub struct $name {
            $($(#[$key_doc])* #[schemars(extend("x-need" = stringify!($need)))] pub $key: Option<$type>,)*
        }

        impl $crate::spec::read::Read for $name {
            const WHAT: &'static str = "a mapping";

            fn read(
                node: &$crate::yaml::Node,
                route: &$crate::diag::Route,
                sink: &mut $crate::diag::Sink,
            ) -> Option<Self> {
                const KEYS: &[&str] = &[$(stringify!($key)),*];
                let _entries = $crate::spec::read::Entries::of(node, route, KEYS, sink)?;
                Some(Self { $($key: _entries.$need(stringify!($key), sink),)* })
            }
        }
    };
}

/// Declares a choice: either one of some words, or a mapping with exactly one of some keys.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident {
        $(words { $($(#[$word_doc:meta])* $word:ident = $word_text:literal,)* })?
        $(keys { $($(#[$key_doc:meta])* $key:ident = $key_text:literal: $type:ty,)* })?
    }) => {
        $(#[$doc])*
        #[derive(Debug, schemars::JsonSchema)]
        pub enum $name {
            $($($(#[$word_doc])* #[schemars(rename = $word_text)] $word,)*)?
            $($($(#[$key_doc])* #[schemars(rename = $key_text)] $key($type),)*)?
        }

        impl $crate::spec::read::Read for $name {
            const WHAT: &'static str = concat!($($(" or `", $word_text, "`",)*)? $($(" or `", $key_text, ": …`",)*)?)
                .split_at(" or ".len())
                .1;

            fn read(
                node: &$crate::yaml::Node,
                route: &$crate::diag::Route,
                sink: &mut $crate::diag::Sink,
            ) -> Option<Self> {
                const WORDS: &[&str] = &[$($($word_text),*)?];
                const KEYS: &[&str] = &[$($($key_text),*)?];
                let chosen = $crate::spec::read::chosen(node, route, WORDS, KEYS, Self::WHAT, sink)?;
                match chosen {
                    $($(($word_text, None) => Some(Self::$word),)*)?
                    $($(($key_text, Some(inner)) => {
                        <$type as $crate::spec::read::Read>::read(inner, &route.key($key_text), sink).map(Self::$key)
                    })*)?
                    _ => None,
                }
            }
        }
    };
}

pub(super) use {choice, section};

/// Which word or key of a choice a node holds.
pub(super) fn chosen<'n>(
    node: &'n Node,
    route: &Route,
    words: &'static [&'static str],
    keys: &'static [&'static str],
    what: &str,
    sink: &mut Sink,
) -> Option<(&'static str, Option<&'n Node>)> {
    match &node.kind {
        Kind::Text(text) => {
            if let Some(word) = words.iter().find(|word| *word == text) {
                return Some((word, None));
            }
            sink.push(unknown_choice(text, node, route, words, keys, what));
            None
        }
        Kind::Map(entries) if !keys.is_empty() => {
            Entries::of(node, route, keys, sink)?;
            let mut found = entries.iter().filter_map(|(key, inner)| {
                Some((*keys.iter().find(|it| **it == key.name)?, inner))
            });
            let Some((key, inner)) = found.next() else {
                if entries.is_empty() {
                    wrong_type(node, route, what, sink);
                }
                return None;
            };
            if let Some((other, _)) = found.find(|(other, _)| *other != key) {
                let message = format!("`{route}` is `{key}` or `{other}`, not both");
                let at = Place::Key(route.key(other));
                sink.push(
                    Diagnostic::error("two-choices", at, message)
                        .help("keep the one that is meant"),
                );
            }
            Some((key, Some(inner)))
        }
        _ => {
            wrong_type(node, route, what, sink);
            None
        }
    }
}

fn unknown_choice(
    text: &str,
    node: &Node,
    route: &Route,
    words: &'static [&'static str],
    keys: &'static [&'static str],
    what: &str,
) -> Diagnostic {
    let message = format!("`{route}` must be {what}, found `{}`", text.escape_debug());
    let diagnostic = Diagnostic::error("bad-value", Place::Span(node.span.clone()), message);
    if let Some(key) = keys.iter().find(|key| **key == text && text != "bundled") {
        return diagnostic
            .help(format!("`{key}` takes keys of its own: write them below `{key}:`"));
    }
    if let Some(key) = keys.iter().find(|key| **key == text) {
        return diagnostic
            .help(format!("`{key}` takes keys of its own: write `{{ {key}: {{}} }}`"))
            .instead(format!("{{ {key}: {{}} }}"));
    }
    match nearest(text, words.iter().copied()) {
        Some(word) => diagnostic.help(format!("did you mean `{word}`?")).instead(word),
        None => diagnostic,
    }
}
