//! Facts about upstream: what each release of Trigger.dev is, reads, refuses and brings along.
//!
//! The only place of the crate where an image, a variable or a version of upstream is spelled out.
//!
//! To add a release:
//! 1. a row in the file of its minor line (`v4_8.rs`), written as the difference to the row before it,
//!    and its line in [`RELEASES`];
//! 2. where a variable appears, changes or goes: its spans in `variables.json`, then `scripts/variables`;
//! 3. what an operator has to do when moving to it: a row in `upgrade.rs`; holes it closes: `security.rs`.
//!
//! A release whose compose file and schema were read is [`Evidence::Code`]. One that is known from
//! pages alone is [`Evidence::Documented`]: it says what is unknown and takes its variables from the
//! newest release before it that was read.

pub mod chart;
pub mod chart_contract;
#[rustfmt::skip]
pub mod chart_values;
pub mod compose_keys;
pub mod compose_values;
pub mod env;
pub mod images;
pub mod security;
pub mod sourced;
pub mod tags;
pub mod upgrade;
mod v4_0;
mod v4_1;
mod v4_2;
mod v4_3;
mod v4_4;
mod v4_5;
mod v4_6;
mod v4_7;
mod v4_8;
mod value;
mod variable;
#[rustfmt::skip]
mod variables;
mod version;

pub use security::{
    QUERY_FLOOR, SECURITY_FLOOR, advisories_open_at, published_default, published_hashes,
};
pub use sourced::{COMPOSE_ONLY, ComposeKey, FAMILIES, Family, family};
pub use tags::{heard_of, not_an_image};
pub use upgrade::{notes_between, same_schema};
pub use value::{Refusal, accepts};
pub use variable::{
    Check, Kind, Reader, Span, Style, Variable, lookup, names_a_secret, reader_table, required,
    sounds_secret, tables,
};
pub use variables::{SUPERVISOR, WEBAPP};
pub use version::{NotAVersion, Version};

/// What is known of one upstream release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its number; the image tag is this after a `v`.
    pub version: Version,
    /// The day of publication as `2026-08-20`; `None` where no page says it.
    pub date: Option<&'static str>,
    /// How it is known.
    pub evidence: Evidence,
    /// What is not known of a documented release, as the end of "not known: …"; empty for one that was read.
    pub unknown: &'static str,
    /// Image of the webapp, without tag.
    pub webapp: &'static str,
    /// Image of the supervisor, without tag; both always carry the same tag.
    pub supervisor: &'static str,
    /// The first release whose `hosting/docker` is the same tree.
    pub compose: Version,
    /// How many migration files the webapp applies at start; `None` where they were not counted.
    pub migrations: Option<Migrations>,
    /// The oldest `ClickHouse` that takes the webapp's inserts; `None` where no floor is stated.
    pub clickhouse_floor: Option<ServerVersion>,
    /// The newest `ClickHouse` known to take every migration.
    pub clickhouse_ceiling: ServerVersion,
    /// Whose `ClickHouse` image upstream's compose file names.
    pub clickhouse_publisher: Publisher,
    /// The Electric that upstream's compose file names; `None` where that file was not seen.
    pub electric: Option<&'static str>,
    /// What serves realtime subscriptions.
    pub realtime: Realtime,
    /// Whether upstream's compose file runs s2 for streams v2.
    pub s2: bool,
    /// Whether streams v2 as default without S2 settings breaks runs.
    pub streams_v2_needs_s2: bool,
    /// The newest official Helm chart whose application is this release and whose values were read.
    pub chart: Option<Version>,
    /// Node in the webapp image; `None` where no page says it.
    pub node: Option<&'static str>,
    /// Whether the webapp takes `?secure=` off `RUN_REPLICATION_CLICKHOUSE_URL`; if not, it crashes on it.
    pub strips_secure_from_replication: bool,
    /// Whether the webapp takes `?secure=` off `QUERY_CLICKHOUSE_URL`, which falls back to
    /// `CLICKHOUSE_URL`; if not, it crashes on it.
    pub strips_secure_from_query: bool,
    /// Whether the run list still works from PostgreSQL while `ClickHouse` fails.
    pub run_list_falls_back: bool,
    /// Whether the patterns of `WHITELISTED_EMAILS` and `ADMIN_EMAILS` must match the whole address.
    pub anchors_email_patterns: bool,
    /// Whether the entrypoint prints `CLICKHOUSE_URL` with its password.
    pub logs_clickhouse_password: bool,
    /// Whether the webapp refuses to start with a secret that upstream once published.
    pub refuses_published_secrets: bool,
    /// Whether tasks written for SDK v3 still run.
    pub runs_v3_tasks: bool,
    /// Whether the supervisor agrees on an API version with the engine; if not, it asks for v1.41,
    /// which Docker Engine 29 and newer refuse.
    pub negotiates_docker_api: bool,
    /// Whether the webapp image carries the label `org.opencontainers.image.version`.
    pub labels_its_version: bool,
}

/// How a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Read at the tag `v.docker.X.Y.Z`: compose files, entrypoint and schema, and the schema run.
    Code,
    /// Said by a release page, a tag page or the documentation bundled with the SDK.
    Documented,
}

/// Numbers of migration files at the tag, one for each schema that the webapp moves forward at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrations {
    /// Prisma, in the main database.
    pub postgres: u16,
    /// goose, in `ClickHouse`.
    pub clickhouse: u16,
    /// The dashboard agent's, in the main database.
    pub dashboard_agent: u16,
    /// The run-ops databases', where they are configured.
    pub run_ops: u16,
}

/// A server version as far as compatibility needs it: `25.8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerVersion(pub u16, pub u16);

impl std::fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// Who makes an image; decides its variables, mounts and configuration folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publisher {
    /// `bitnami/*`, gone.
    Bitnami,
    /// `bitnamilegacy/*`, frozen.
    BitnamiLegacy,
    /// The project's own image.
    Official,
}

/// What can serve realtime subscriptions, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Realtime {
    /// Electric alone.
    Electric,
    /// The native backend can be switched on beside Electric (`REALTIME_BACKEND_NATIVE_ENABLED`).
    Switch,
    /// The native backend can be made the default (`REALTIME_BACKEND_DEFAULT`): no Electric needed.
    Native,
}

/// Every release that may be named in a site, newest first.
pub static RELEASES: &[&Release] = &[
    &v4_8::V4_8_5,
    &v4_8::V4_8_3,
    &v4_8::V4_8_2,
    &v4_8::V4_8_1,
    &v4_7::V4_7_7,
    &v4_7::V4_7_4,
    &v4_7::V4_7_3,
    &v4_7::V4_7_1,
    &v4_6::V4_6_4,
    &v4_6::V4_6_1,
    &v4_6::V4_6_0,
    &v4_5::V4_5_16,
    &v4_5::V4_5_12,
    &v4_5::V4_5_11,
    &v4_5::V4_5_10,
    &v4_5::V4_5_9,
    &v4_5::V4_5_8,
    &v4_5::V4_5_7,
    &v4_5::V4_5_6,
    &v4_5::V4_5_5,
    &v4_5::V4_5_4,
    &v4_5::V4_5_3,
    &v4_5::V4_5_2,
    &v4_5::V4_5_1,
    &v4_5::V4_5_0,
    &v4_4::V4_4_6,
    &v4_4::V4_4_5,
    &v4_4::V4_4_4,
    &v4_4::V4_4_3,
    &v4_4::V4_4_2,
    &v4_4::V4_4_1,
    &v4_4::V4_4_0,
    &v4_3::V4_3_3,
    &v4_3::V4_3_2,
    &v4_3::V4_3_1,
    &v4_3::V4_3_0,
    &v4_2::V4_2_0,
    &v4_1::V4_1_2,
    &v4_0::V4_0_4,
    &v4_0::V4_0_0,
];

/// The release of this number.
#[must_use]
pub fn find(version: Version) -> Option<&'static Release> {
    RELEASES.iter().copied().find(|release| release.version == version)
}

/// The newest release whose compose file and schema were read.
#[must_use]
pub fn newest_proven() -> &'static Release {
    proven_up_to(Version(u16::MAX, u16::MAX, u16::MAX))
}

/// The newest release up to this one that was read; the oldest of all when there is none.
fn proven_up_to(version: Version) -> &'static Release {
    let read =
        |release: &&&Release| release.evidence == Evidence::Code && release.version <= version;
    RELEASES.iter().find(read).unwrap_or(&RELEASES[RELEASES.len() - 1])
}

impl Release {
    /// The release whose schema says which variables this one reads: itself, if it was read.
    #[must_use]
    pub fn contract(&self) -> Version {
        proven_up_to(self.version).version
    }

    /// The tag of both images.
    #[must_use]
    pub fn tag(&self) -> String {
        format!("v{}", self.version)
    }

    /// The webapp image with its tag.
    #[must_use]
    pub fn webapp_image(&self) -> String {
        format!("{}:{}", self.webapp, self.tag())
    }

    /// The supervisor image with its tag.
    #[must_use]
    pub fn supervisor_image(&self) -> String {
        format!("{}:{}", self.supervisor, self.tag())
    }

    /// Whether the webapp can serve realtime without Electric.
    #[must_use]
    pub fn native_realtime(&self) -> bool {
        self.realtime == Realtime::Native
    }

    /// Whether a process of this release reads a variable, patterns such as `OBJECT_STORE_<NAME>_BUCKET` included.
    #[must_use]
    pub fn reads(&self, reader: Reader, name: &str) -> bool {
        lookup(reader, name).is_some_and(|variable| variable.at(self.version).is_some())
            || family(reader, name).is_some_and(|family| family.since <= self.version)
    }
}
