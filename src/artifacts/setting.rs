//! One variable of one service: wired into the compose file, or kept in `.env`.

use super::compose::Text;
use crate::secrets::Secrets;
use crate::value::SecretName;

/// One variable of one service.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    /// As its reader spells it.
    pub(super) name: String,
    /// What it is set to.
    pub(super) value: Value,
}

/// Where a value is written.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// In the compose file: how the parts of the stack find each other.
    Wired(Text),
    /// In `.env`: secrets, and what an operator looks up.
    Kept(Kept),
}

/// A row of `.env`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    /// Its key.
    pub(super) key: String,
    /// The group under which it stands.
    pub(super) group: Group,
    /// What it is for.
    pub(super) about: &'static str,
    /// Its value.
    pub(super) pieces: Pieces,
}

/// The groups of `.env`, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Release,
    Origins,
    Application,
    Postgres,
    Redis,
    Clickhouse,
    ObjectStore,
    Streams,
    Registry,
    SignIn,
    Mail,
    Limits,
    Memory,
    Further,
}

impl Group {
    /// Its heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Release => "Release",
            Self::Origins => "Public addresses",
            Self::Application => "Secrets of the application",
            Self::Postgres => "PostgreSQL",
            Self::Redis => "Redis",
            Self::Clickhouse => "ClickHouse",
            Self::ObjectStore => "Object store",
            Self::Streams => "Realtime streams",
            Self::Registry => "Image registry",
            Self::SignIn => "Who may sign in",
            Self::Mail => "E-mail",
            Self::Limits => "Limits",
            Self::Memory => "Memory",
            Self::Further => "Further variables",
        }
    }
}

impl Setting {
    /// A value that the compose file itself holds.
    pub(super) fn wired(name: &str, text: impl Into<Text>) -> Self {
        Self { name: name.into(), value: Value::Wired(text.into()) }
    }

    /// A value kept in `.env` under the variable's own name.
    pub(super) fn kept(
        group: Group,
        name: &str,
        about: &'static str,
        pieces: impl Into<Pieces>,
    ) -> Self {
        Self::kept_as(group, name, name, about, pieces)
    }

    /// A value kept in `.env` under another name than the variable's.
    pub(super) fn kept_as(
        group: Group,
        name: &str,
        key: &str,
        about: &'static str,
        pieces: impl Into<Pieces>,
    ) -> Self {
        let kept = Kept { key: key.into(), group, about, pieces: pieces.into() };
        Self { name: name.into(), value: Value::Kept(kept) }
    }

    /// What stands after the name in the compose file.
    pub(super) fn in_compose(&self) -> Text {
        match &self.value {
            Value::Wired(text) => text.clone(),
            Value::Kept(kept) => Text::variable(&kept.key),
        }
    }
}

/// A value put together from text and secrets, so that it can be written in clear or shown without them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Pieces(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Secret(SecretName, Form),
}

/// How a secret is written within a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Byte for byte.
    AsItIs,
    /// As user information of a URL.
    PercentEncoded,
    /// Within a string of JSON.
    Json,
}

impl From<String> for Pieces {
    fn from(text: String) -> Self {
        Self(vec![Piece::Text(text)])
    }
}

impl From<&str> for Pieces {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Pieces {
    /// A secret alone.
    pub(super) fn secret(name: &SecretName) -> Self {
        Self(vec![Piece::Secret(name.clone(), Form::AsItIs)])
    }

    /// This, then text.
    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Text(text.into()));
        self
    }

    /// This, then a secret as user information of a URL.
    pub(super) fn in_url(mut self, name: &SecretName) -> Self {
        self.0.push(Piece::Secret(name.clone(), Form::PercentEncoded));
        self
    }

    /// This, then a secret within a string of JSON.
    pub(super) fn in_json(mut self, name: &SecretName) -> Self {
        self.0.push(Piece::Secret(name.clone(), Form::Json));
        self
    }

    /// Whether any secret stands in it.
    pub(super) fn is_secret(&self) -> bool {
        self.0.iter().any(|it| matches!(it, Piece::Secret(..)))
    }

    /// The value itself.
    pub(super) fn exposed(&self, secrets: &Secrets) -> String {
        self.written(|name, form| match form {
            Form::AsItIs => secrets.expose(name).to_owned(),
            Form::PercentEncoded => percent_encoded(secrets.expose(name)),
            Form::Json => {
                let quoted = serde_json::Value::from(secrets.expose(name)).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
        })
    }

    /// The value with a fingerprint in the place of each secret.
    pub(super) fn redacted(&self, secrets: &Secrets) -> String {
        self.written(|name, _| format!("<{name} {}>", secrets.fingerprint(name)))
    }

    /// The value with its texts and secrets written in another language.
    pub(super) fn in_words(
        &self,
        text: impl Fn(&str) -> String,
        secret: impl Fn(&SecretName, Form) -> String,
    ) -> String {
        let piece = |it: &Piece| match it {
            Piece::Text(it) => text(it),
            Piece::Secret(name, form) => secret(name, *form),
        };
        self.0.iter().map(piece).collect()
    }

    /// The secrets in it, and whether each stands within a URL.
    pub(super) fn secrets(&self) -> impl Iterator<Item = (&SecretName, bool)> {
        self.0.iter().filter_map(|it| match it {
            Piece::Text(_) => None,
            Piece::Secret(name, form) => Some((name, *form == Form::PercentEncoded)),
        })
    }

    /// The text, where no secret stands in it.
    pub(super) fn plain(&self) -> Option<String> {
        (!self.is_secret()).then(|| self.in_words(str::to_owned, |_, _| String::new()))
    }

    fn written(&self, secret: impl Fn(&SecretName, Form) -> String) -> String {
        self.0.iter().fold(String::new(), |mut out, piece| {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Secret(name, form) => out.push_str(&secret(name, *form)),
            }
            out
        })
    }
}

/// Everything but the unreserved characters of RFC 3986 as `%XX`.
pub(super) fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte))
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_would_read_is_encoded() {
        assert_eq!(percent_encoded("p@ss:w/rd#1 ü~"), "p%40ss%3Aw%2Frd%231%20%C3%BC~");
    }
}
