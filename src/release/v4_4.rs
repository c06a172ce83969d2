//! The releases 4.4: the run list leaves PostgreSQL.

use super::v4_3::V4_3_3;
use super::{Migrations, Release, Version};

// the labels of the published image, v.docker.4.4.6
pub(super) const V4_4_6: Release = Release {
    version: Version(4, 4, 6),
    date: Some("2026-05-12"),
    migrations: Some(Migrations { postgres: 768, clickhouse: 29, dashboard_agent: 0, run_ops: 0 }),
    chart: Some(Version(4, 4, 6)),
    labels_its_version: true,
    ..V4_4_5
};

pub(super) const V4_4_5: Release = Release {
    version: Version(4, 4, 5),
    date: Some("2026-05-01"),
    migrations: Some(Migrations { postgres: 765, clickhouse: 29, dashboard_agent: 0, run_ops: 0 }),
    chart: Some(Version(4, 4, 5)),
    ..V4_4_4
};

// hosting/docker/.env.example and the run list of the webapp, v.docker.4.4.4
pub(super) const V4_4_4: Release = Release {
    version: Version(4, 4, 4),
    date: Some("2026-04-13"),
    compose: Version(4, 4, 4),
    migrations: Some(Migrations { postgres: 757, clickhouse: 28, dashboard_agent: 0, run_ops: 0 }),
    chart: Some(Version(4, 4, 4)),
    strips_secure_from_query: true,
    run_list_falls_back: false,
    ..V4_4_3
};

pub(super) const V4_4_3: Release = Release {
    version: Version(4, 4, 3),
    date: Some("2026-03-10"),
    migrations: Some(Migrations { postgres: 740, clickhouse: 23, dashboard_agent: 0, run_ops: 0 }),
    ..V4_4_2
};

pub(super) const V4_4_2: Release = Release {
    version: Version(4, 4, 2),
    date: Some("2026-03-04"),
    migrations: Some(Migrations { postgres: 740, clickhouse: 20, dashboard_agent: 0, run_ops: 0 }),
    ..V4_4_1
};

pub(super) const V4_4_1: Release = Release {
    version: Version(4, 4, 1),
    date: Some("2026-02-20"),
    migrations: Some(Migrations { postgres: 738, clickhouse: 20, dashboard_agent: 0, run_ops: 0 }),
    ..V4_4_0
};

// the ClickHouse clients of the webapp, v.docker.4.4.0: the query URL falls back unstripped (triggerdotdev/trigger.dev#3184)
pub(super) const V4_4_0: Release = Release {
    version: Version(4, 4, 0),
    date: Some("2026-02-19"),
    migrations: Some(Migrations { postgres: 738, clickhouse: 18, dashboard_agent: 0, run_ops: 0 }),
    strips_secure_from_query: false,
    ..V4_3_3
};
