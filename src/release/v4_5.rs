//! The releases 4.5: `ClickHouse` 25.8, s2, secrets without defaults, native realtime.

use super::v4_4::V4_4_6;
use super::{Evidence, Migrations, Publisher, Realtime, Release, ServerVersion, Version};

// release page v4.5.16 and the documentation bundled with SDK 4.5.16
pub(super) const V4_5_16: Release = Release {
    version: Version(4, 5, 16),
    date: Some("2026-09-02"),
    evidence: Evidence::Documented,
    unknown: "its compose file, its schema, whether it still brings Electric",
    migrations: None,
    electric: None,
    chart: None,
    node: None,
    ..V4_5_12
};

pub(super) const V4_5_12: Release = Release {
    version: Version(4, 5, 12),
    date: Some("2026-08-20"),
    migrations: Some(Migrations { postgres: 819, clickhouse: 40, dashboard_agent: 6, run_ops: 3 }),
    chart: Some(Version(4, 5, 12)),
    ..V4_5_11
};

// the realtime services of the webapp, v.docker.4.5.11
pub(super) const V4_5_11: Release = Release {
    version: Version(4, 5, 11),
    date: Some("2026-08-13"),
    migrations: Some(Migrations { postgres: 809, clickhouse: 36, dashboard_agent: 6, run_ops: 3 }),
    streams_v2_needs_s2: false,
    chart: Some(Version(4, 5, 11)),
    ..V4_5_10
};

// hosting/docker/webapp/docker-compose.yml, v.docker.4.5.10
pub(super) const V4_5_10: Release = Release {
    version: Version(4, 5, 10),
    date: Some("2026-08-07"),
    compose: Version(4, 5, 10),
    migrations: Some(Migrations { postgres: 801, clickhouse: 35, dashboard_agent: 2, run_ops: 3 }),
    clickhouse_publisher: Publisher::Official,
    chart: Some(Version(4, 5, 10)),
    ..V4_5_9
};

pub(super) const V4_5_9: Release = Release {
    version: Version(4, 5, 9),
    date: Some("2026-07-30"),
    migrations: Some(Migrations { postgres: 799, clickhouse: 35, dashboard_agent: 2, run_ops: 3 }),
    chart: Some(Version(4, 5, 9)),
    ..V4_5_8
};

// docker/scripts/entrypoint.sh, v.docker.4.5.8
pub(super) const V4_5_8: Release = Release {
    version: Version(4, 5, 8),
    date: Some("2026-07-27"),
    migrations: Some(Migrations { postgres: 797, clickhouse: 34, dashboard_agent: 2, run_ops: 2 }),
    chart: Some(Version(4, 5, 8)),
    logs_clickhouse_password: false,
    ..V4_5_7
};

pub(super) const V4_5_7: Release = Release {
    version: Version(4, 5, 7),
    date: Some("2026-07-22"),
    migrations: Some(Migrations { postgres: 796, clickhouse: 34, dashboard_agent: 2, run_ops: 2 }),
    chart: Some(Version(4, 5, 7)),
    ..V4_5_6
};

// hosting/docker/.env.example and apps/webapp/app/env.server.ts, v.docker.4.5.6
pub(super) const V4_5_6: Release = Release {
    version: Version(4, 5, 6),
    date: Some("2026-07-21"),
    compose: Version(4, 5, 6),
    chart: Some(Version(4, 5, 6)),
    refuses_published_secrets: true,
    ..V4_5_5
};

// docker/Dockerfile, v.docker.4.5.5
pub(super) const V4_5_5: Release = Release {
    version: Version(4, 5, 5),
    date: Some("2026-07-20"),
    chart: Some(Version(4, 5, 5)),
    node: Some("24.18.0"),
    ..V4_5_4
};

// apps/webapp/app/env.server.ts, v.docker.4.5.4: REALTIME_BACKEND_DEFAULT
pub(super) const V4_5_4: Release = Release {
    version: Version(4, 5, 4),
    date: Some("2026-07-14"),
    migrations: Some(Migrations { postgres: 795, clickhouse: 34, dashboard_agent: 2, run_ops: 2 }),
    realtime: Realtime::Native,
    chart: Some(Version(4, 5, 4)),
    ..V4_5_3
};

pub(super) const V4_5_3: Release = Release {
    version: Version(4, 5, 3),
    date: Some("2026-07-10"),
    chart: Some(Version(4, 5, 3)),
    ..V4_5_2
};

// hosting/docker/webapp/docker-compose.yml, v.docker.4.5.2: services s2-init and s2
pub(super) const V4_5_2: Release = Release {
    version: Version(4, 5, 2),
    date: Some("2026-07-09"),
    compose: Version(4, 5, 2),
    migrations: Some(Migrations { postgres: 794, clickhouse: 33, dashboard_agent: 2, run_ops: 2 }),
    s2: true,
    chart: Some(Version(4, 5, 2)),
    anchors_email_patterns: true,
    ..V4_5_1
};

// docs/self-hosting/docker.mdx and docker/Dockerfile, v.docker.4.5.1
pub(super) const V4_5_1: Release = Release {
    version: Version(4, 5, 1),
    date: Some("2026-07-06"),
    migrations: Some(Migrations { postgres: 793, clickhouse: 33, dashboard_agent: 2, run_ops: 2 }),
    chart: Some(Version(4, 5, 1)),
    node: Some("22.23.1"),
    runs_v3_tasks: false,
    ..V4_5_0
};

// the ClickHouse clients of the webapp and docker/Dockerfile, v.docker.4.5.0: inserts send a setting that ClickHouse
// knows from 25.8 on, while compose still names an archive of older ones
pub(super) const V4_5_0: Release = Release {
    version: Version(4, 5, 0),
    date: Some("2026-07-02"),
    compose: Version(4, 5, 0),
    migrations: Some(Migrations { postgres: 785, clickhouse: 33, dashboard_agent: 2, run_ops: 0 }),
    clickhouse_floor: Some(ServerVersion(25, 8)),
    realtime: Realtime::Switch,
    chart: Some(Version(4, 5, 0)),
    node: Some("20.20.2"),
    strips_secure_from_replication: true,
    ..V4_4_6
};
