//! The release 4.2: the event store `clickhouse_v2`.

use super::v4_1::V4_1_2;
use super::{Migrations, Release, Version};

pub(super) const V4_2_0: Release = Release {
    version: Version(4, 2, 0),
    date: Some("2025-12-05"),
    migrations: Some(Migrations { postgres: 710, clickhouse: 11, dashboard_agent: 0, run_ops: 0 }),
    ..V4_1_2
};
