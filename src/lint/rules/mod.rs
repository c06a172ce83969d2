//! The lints, one file and one page each.
//!
//! To add a lint: `rules/<name>.rs` with its row and its check, `rules/<name>.md` with its page,
//! and its line in [`LINTS`].

use super::Lint;

/// Declares the row of a lint from its name; the page of that name is its text.
/// `of release` marks a check that asks which release it is.
macro_rules! lint {
    ($row:ident, $name:literal, $severity:ident since $since:literal $(of $release:ident)?, $check:path) => {
        #[doc = include_str!(concat!($name, ".md"))]
        pub(super) const $row: $crate::lint::Lint = $crate::lint::Lint {
            name: $name,
            severity: $crate::diag::Severity::$severity,
            since: $since,
            explain: include_str!(concat!($name, ".md")),
            of_release: !matches!(concat!($(stringify!($release))?).as_bytes(), []),
            check: $check,
        };
    };
}

mod backup_on_same_volume;
mod below_security_floor;
mod chart_below_floor;
mod clickhouse_memory_over_half;
mod clickhouse_too_new;
mod clickhouse_too_old;
mod clustered_redis;
mod component_release_mismatch;
mod debug_left_on;
mod default_namespace;
mod documented_release;
mod dotless_registry_host;
mod dsn_in_logs;
mod end_of_life_image;
mod exposed_otel;
mod exposed_query;
mod floating_image;
mod frozen_image;
mod incomplete_backup;
mod insecure_defaults_allowed;
mod internal_object_store_url;
mod known_advisory;
mod loopback_registry;
mod loopback_server;
mod magic_link_only_in_logs;
mod missing_object_store_region;
mod missing_pull_secret;
mod needless_electric;
mod node_options_heap;
mod old_docker_api;
mod open_sign_up;
mod org_limit_too_low;
mod platform_mismatch;
mod pooler_url;
mod postgres_event_store;
mod postgres_failover_gap;
mod postgres_major_mismatch;
mod removed_image;
mod runner_containers_kept;
mod seccomp_locked_runtime;
mod shared_tailnet_host;
mod skipped_migrations;
mod telemetry_on;
mod too_few_connections;
mod undersized_host;
mod unencrypted_offsite_backup;
mod unencrypted_store;
mod unknown_image;

/// Every lint, in the order of the reference: release, access, limits, network, storage, docker, kubernetes, env.
pub const LINTS: &[&Lint] = &[
    &below_security_floor::BELOW_SECURITY_FLOOR,
    &known_advisory::KNOWN_ADVISORY,
    &documented_release::DOCUMENTED_RELEASE,
    &dsn_in_logs::DSN_IN_LOGS,
    &postgres_event_store::POSTGRES_EVENT_STORE,
    &old_docker_api::OLD_DOCKER_API,
    &component_release_mismatch::COMPONENT_RELEASE_MISMATCH,
    &open_sign_up::OPEN_SIGN_UP,
    &magic_link_only_in_logs::MAGIC_LINK_ONLY_IN_LOGS,
    &telemetry_on::TELEMETRY_ON,
    &org_limit_too_low::ORG_LIMIT_TOO_LOW,
    &shared_tailnet_host::SHARED_TAILNET_HOST,
    &exposed_otel::EXPOSED_OTEL,
    &exposed_query::EXPOSED_QUERY,
    &end_of_life_image::END_OF_LIFE_IMAGE,
    &pooler_url::POOLER_URL,
    &clustered_redis::CLUSTERED_REDIS,
    &clickhouse_too_old::CLICKHOUSE_TOO_OLD,
    &clickhouse_too_new::CLICKHOUSE_TOO_NEW,
    &internal_object_store_url::INTERNAL_OBJECT_STORE_URL,
    &missing_object_store_region::MISSING_OBJECT_STORE_REGION,
    &needless_electric::NEEDLESS_ELECTRIC,
    &loopback_registry::LOOPBACK_REGISTRY,
    &dotless_registry_host::DOTLESS_REGISTRY_HOST,
    &loopback_server::LOOPBACK_SERVER,
    &unencrypted_store::UNENCRYPTED_STORE,
    &undersized_host::UNDERSIZED_HOST,
    &clickhouse_memory_over_half::CLICKHOUSE_MEMORY_OVER_HALF,
    &floating_image::FLOATING_IMAGE,
    &removed_image::REMOVED_IMAGE,
    &frozen_image::FROZEN_IMAGE,
    &unknown_image::UNKNOWN_IMAGE,
    &postgres_major_mismatch::POSTGRES_MAJOR_MISMATCH,
    &too_few_connections::TOO_FEW_CONNECTIONS,
    &incomplete_backup::INCOMPLETE_BACKUP,
    &backup_on_same_volume::BACKUP_ON_SAME_VOLUME,
    &unencrypted_offsite_backup::UNENCRYPTED_OFFSITE_BACKUP,
    &default_namespace::DEFAULT_NAMESPACE,
    &chart_below_floor::CHART_BELOW_FLOOR,
    &postgres_failover_gap::POSTGRES_FAILOVER_GAP,
    &seccomp_locked_runtime::SECCOMP_LOCKED_RUNTIME,
    &missing_pull_secret::MISSING_PULL_SECRET,
    &insecure_defaults_allowed::INSECURE_DEFAULTS_ALLOWED,
    &skipped_migrations::SKIPPED_MIGRATIONS,
    &node_options_heap::NODE_OPTIONS_HEAP,
    &debug_left_on::DEBUG_LEFT_ON,
    &runner_containers_kept::RUNNER_CONTAINERS_KEPT,
    &platform_mismatch::PLATFORM_MISMATCH,
];
