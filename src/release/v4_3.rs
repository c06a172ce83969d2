//! The releases 4.3: batches of their own queue, Google login.

use super::v4_2::V4_2_0;
use super::{Migrations, Release, Version};

// docker/Dockerfile, v.docker.4.3.3
pub(super) const V4_3_3: Release = Release {
    version: Version(4, 3, 3),
    date: Some("2026-01-23"),
    migrations: Some(Migrations { postgres: 727, clickhouse: 13, dashboard_agent: 0, run_ops: 0 }),
    node: Some("20.20"),
    ..V4_3_2
};

pub(super) const V4_3_2: Release =
    Release { version: Version(4, 3, 2), date: Some("2026-01-08"), ..V4_3_1 };

pub(super) const V4_3_1: Release = Release {
    version: Version(4, 3, 1),
    date: Some("2025-12-22"),
    migrations: Some(Migrations { postgres: 718, clickhouse: 11, dashboard_agent: 0, run_ops: 0 }),
    ..V4_3_0
};

pub(super) const V4_3_0: Release = Release {
    version: Version(4, 3, 0),
    date: Some("2025-12-12"),
    migrations: Some(Migrations { postgres: 713, clickhouse: 11, dashboard_agent: 0, run_ops: 0 }),
    ..V4_2_0
};
