//! The release 4.1: off the Bitnami catalogue, and Docker Engine 29.

use super::v4_0::V4_0_4;
use super::{Migrations, Publisher, Release, Version};

// hosting/docker/webapp/docker-compose.yml and apps/supervisor/src/env.ts, v.docker.4.1.2
pub(super) const V4_1_2: Release = Release {
    version: Version(4, 1, 2),
    date: Some("2025-11-24"),
    compose: Version(4, 1, 2),
    migrations: Some(Migrations { postgres: 710, clickhouse: 9, dashboard_agent: 0, run_ops: 0 }),
    clickhouse_publisher: Publisher::BitnamiLegacy,
    electric: Some("1.2.4"),
    chart: None,
    negotiates_docker_api: true,
    ..V4_0_4
};
