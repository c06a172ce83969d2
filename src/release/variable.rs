//! What a variable is: who reads it, in which releases, and which values the reader takes.

use super::version::Version;
use super::{Evidence, sourced, variables};

/// Whether the name of a variable says that its value is secret.
#[must_use]
pub fn names_a_secret(name: &str) -> bool {
    const ENDINGS: [&str; 7] = [
        "_SECRET",
        "_PASSWORD",
        "_ACCESS_KEY",
        "_API_KEY",
        "_TOKEN",
        "_PRIVATE_KEY",
        "_ENCRYPTION_KEY",
    ];
    ENDINGS.iter().any(|it| name.ends_with(it))
        || matches!(name, "ENCRYPTION_KEY" | "PASSWORD" | "SECRET" | "TOKEN")
}

/// Whether a key of any spelling sounds as if a secret stood behind it.
pub fn sounds_secret(key: &str) -> bool {
    const PARTS: [&str; 9] =
        ["pass", "pasw", "pwd", "secret", "token", "api_key", "_key", "private", "credential"];
    let key = key.to_lowercase();
    PARTS.iter().any(|it| key.contains(it)) && !key.ends_with("_id") && key != "secrets"
}

/// The process that reads a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// `ghcr.io/triggerdotdev/trigger.dev`.
    Webapp,
    /// `ghcr.io/triggerdotdev/supervisor`.
    Supervisor,
    /// The official PostgreSQL image.
    Postgres,
    /// The official Redis image, its `redis-cli` included.
    Redis,
    /// The official `ClickHouse` server image.
    Clickhouse,
    /// The versitygw object store.
    Versitygw,
    /// The community `MinIO` server.
    Minio,
    /// The community `MinIO` client, `mc`.
    MinioClient,
    /// The distribution registry.
    Registry,
    /// Electric, where somebody still runs it.
    Electric,
    /// Tecnativa's proxy in front of the Docker socket.
    SocketProxy,
}

impl Reader {
    /// Every reader, upstream's own first.
    pub const ALL: &'static [Self] = &[
        Self::Webapp,
        Self::Supervisor,
        Self::Postgres,
        Self::Redis,
        Self::Clickhouse,
        Self::Versitygw,
        Self::Minio,
        Self::MinioClient,
        Self::Registry,
        Self::Electric,
        Self::SocketProxy,
    ];

    /// The lower-case word for messages: `webapp`, `minio-client`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Webapp => "webapp",
            Self::Supervisor => "supervisor",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Clickhouse => "clickhouse",
            Self::Versitygw => "versitygw",
            Self::Minio => "minio",
            Self::MinioClient => "minio-client",
            Self::Registry => "registry",
            Self::Electric => "electric",
            Self::SocketProxy => "socket-proxy",
        }
    }
}

/// One name in the environment of one reader.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variable {
    /// As the reader spells it.
    pub name: &'static str,
    /// Who reads it.
    pub reader: Reader,
    /// Where it is known from: a file of upstream's, or the program that reads it.
    pub source: &'static str,
    /// In the order of releases, without overlap; a gap means that the releases in it do not read it.
    pub spans: &'static [Span],
}

/// The releases in which the facts about a variable stay the same.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// The first release of the span.
    pub since: Version,
    /// The last release of the span; `None` while it is still read.
    pub until: Option<Version>,
    /// Which values it takes.
    pub kind: Kind,
    /// What the reader uses when the variable is unset. `None` also where upstream's default is a
    /// published secret, which is known here by its hash alone.
    pub default: Option<&'static str>,
    /// The reader refuses to start without it, and neither the image nor another variable provides it.
    pub required: bool,
    /// Read only while another variable has this value; then it must be set too, unless it has a default.
    pub when: Option<(&'static str, &'static str)>,
    /// Further conditions on the value.
    pub checks: &'static [Check],
    /// Whether the schema itself was read, or only a page that names the variable.
    pub evidence: Evidence,
}

/// A row of a table starts from this and says what differs.
pub(super) const fn span(since: Version, kind: Kind) -> Span {
    Span {
        since,
        until: None,
        kind,
        default: None,
        required: false,
        when: None,
        checks: &[],
        evidence: Evidence::Code,
    }
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text that is not blank.
    String,
    /// A number, read from its text.
    Number {
        /// Whether the schema wants a whole number.
        int: bool,
    },
    /// Yes or no, in one of three spellings that do not understand each other.
    Boolean(Style),
    /// One of these words.
    Enum(&'static [&'static str]),
    /// Read outside every schema: nothing is known beyond the name.
    Unvalidated,
}

/// How a reader spells yes and no. A wrong spelling is not refused by the release: it is read as no,
/// or as yes where the code asks for `!== "0"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `true` or `1` is yes, everything else no (`BoolEnv`, apps/webapp/app/utils/boolEnv.ts).
    Parsed,
    /// The code compares the text with `"1"`.
    OneZero,
    /// The code compares the text with `"true"`.
    TrueFalse,
}

impl Style {
    /// The text to write for this value.
    #[must_use]
    pub const fn literal(self, value: bool) -> &'static str {
        match (self, value) {
            (Self::OneZero, true) => "1",
            (Self::OneZero, false) => "0",
            (_, true) => "true",
            (_, false) => "false",
        }
    }

    /// Every text that means what it says.
    #[must_use]
    pub const fn literals(self) -> &'static [&'static str] {
        match self {
            Self::Parsed => &["true", "false", "1", "0"],
            Self::OneZero => &["0", "1"],
            Self::TrueFalse => &["true", "false"],
        }
    }
}

/// A condition on a value beyond its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A number not below this.
    Min(i64),
    /// A number not above this.
    Max(i64),
    /// At least so many characters.
    MinLength(usize),
    /// Exactly so many bytes of UTF-8.
    Bytes(usize),
    /// A URL with scheme and host.
    Url,
    /// A connection URL; its `schema` parameter, where present, must not be empty.
    DatabaseUrl,
    /// A point in time as `2032-01-01T00:00:00.000Z`.
    DateTime,
    /// Lower-case letters and digits only.
    LowerAlphanumeric,
    /// A count and a unit: `10s`, `5 m`, `250ms`.
    Duration,
    /// Names separated by commas, without a blank anywhere: the reader does not trim.
    Names,
    /// `NAME=value` pairs separated by commas.
    Pairs,
    /// `runtime=image@sha256:<64 hex>` pairs separated by commas.
    BaseImages,
}

impl Variable {
    /// The facts that hold in a release; `None` when the release does not read the variable.
    ///
    /// A release whose schema was not read takes the facts of its [`contract`](super::Release::contract):
    /// spans end only where a schema shows it, and a span that begins later is one that a page documents.
    #[must_use]
    pub fn at(&self, version: Version) -> Option<&'static Span> {
        self.spans
            .iter()
            .find(|span| span.since <= version && span.until.is_none_or(|until| version <= until))
    }

    /// The first release that reads it.
    #[must_use]
    pub fn first_since(&self) -> Version {
        self.spans[0].since
    }

    /// The last release that read it; `None` while it is still read.
    #[must_use]
    pub fn last_until(&self) -> Option<Version> {
        self.spans[self.spans.len() - 1].until
    }
}

impl Span {
    /// The text that means yes or no here; `None` when the variable is no boolean.
    #[must_use]
    pub fn literal(&self, value: bool) -> Option<&'static str> {
        match self.kind {
            Kind::Boolean(style) => Some(style.literal(value)),
            _ => None,
        }
    }
}

/// The tables of a reader: what its schema says, then what is known otherwise. Each is sorted by name,
/// and no name stands in both.
#[must_use]
pub fn tables(reader: Reader) -> [&'static [Variable]; 2] {
    match reader {
        Reader::Webapp => [variables::WEBAPP, sourced::WEBAPP],
        Reader::Supervisor => [variables::SUPERVISOR, sourced::SUPERVISOR],
        Reader::Postgres => [&[], sourced::POSTGRES],
        Reader::Redis => [&[], sourced::REDIS],
        Reader::Clickhouse => [&[], sourced::CLICKHOUSE],
        Reader::Versitygw => [&[], sourced::VERSITYGW],
        Reader::Minio => [&[], sourced::MINIO],
        Reader::MinioClient => [&[], sourced::MINIO_CLIENT],
        Reader::Registry => [&[], sourced::REGISTRY],
        Reader::Electric => [&[], sourced::ELECTRIC],
        Reader::SocketProxy => [&[], sourced::SOCKET_PROXY],
    }
}

/// Every variable of a reader, in all releases.
pub fn reader_table(reader: Reader) -> impl Iterator<Item = &'static Variable> {
    tables(reader).into_iter().flatten()
}

/// The variable of this name, in whatever release it is read.
///
/// Names that are patterns (`MC_HOST_<alias>`) are found by [`family`](super::family) only.
#[must_use]
pub fn lookup(reader: Reader, name: &str) -> Option<&'static Variable> {
    tables(reader).into_iter().find_map(|table| {
        table.binary_search_by(|row| row.name.cmp(name)).ok().map(|at| &table[at])
    })
}

/// The names that whoever writes the environment must give in this release, sorted.
///
/// Left out is what answers itself: `NODE_ENV` and `APP_ENV`, which the image sets, and
/// `V4_DEPLOY_REGISTRY_HOST`, which falls back to `DEPLOY_REGISTRY_HOST`.
pub fn required(reader: Reader, version: Version) -> impl Iterator<Item = &'static str> {
    reader_table(reader)
        .filter(move |row| row.at(version).is_some_and(|span| span.required))
        .map(|row| row.name)
}
