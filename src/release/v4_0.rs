//! The releases 4.0: the first stable line.

use super::{Evidence, Migrations, Publisher, Realtime, Release, ServerVersion, Version};

// docker/scripts/entrypoint.sh and apps/webapp/app/env.server.ts, v.docker.4.0.4
pub(super) const V4_0_4: Release = Release {
    version: Version(4, 0, 4),
    date: Some("2025-09-18"),
    compose: Version(4, 0, 4),
    migrations: Some(Migrations { postgres: 700, clickhouse: 6, dashboard_agent: 0, run_ops: 0 }),
    // helm-v4.0.1 to helm-v4.0.5 all carry this application
    chart: Some(Version(4, 0, 5)),
    ..V4_0_0
};

// hosting/docker/{webapp,worker}/docker-compose.yml, v.docker.4.0.0
pub(super) const V4_0_0: Release = Release {
    version: Version(4, 0, 0),
    date: Some("2025-08-18"),
    evidence: Evidence::Code,
    unknown: "",
    webapp: "ghcr.io/triggerdotdev/trigger.dev",
    supervisor: "ghcr.io/triggerdotdev/supervisor",
    compose: Version(4, 0, 0),
    migrations: Some(Migrations { postgres: 692, clickhouse: 6, dashboard_agent: 0, run_ops: 0 }),
    clickhouse_floor: None,
    // 26.9 refuses migration 022 of 4.5.12 without a setting of its own; 26.2 is what upstream pins
    clickhouse_ceiling: ServerVersion(26, 2),
    clickhouse_publisher: Publisher::Bitnami,
    electric: Some("1.0.24"),
    realtime: Realtime::Electric,
    s2: false,
    streams_v2_needs_s2: true,
    chart: Some(Version(4, 0, 0)),
    node: Some("20.11.1"),
    strips_secure_from_replication: false,
    strips_secure_from_query: true,
    run_list_falls_back: true,
    anchors_email_patterns: false,
    logs_clickhouse_password: true,
    refuses_published_secrets: false,
    runs_v3_tasks: true,
    negotiates_docker_api: false,
    labels_its_version: false,
};
