//! How full each store is: what fails when there is no room left still works when these begin to.

use super::{Check, On, Place, STATUS, Severity, when};

/// Whether a store runs there; of one elsewhere its provider knows how full it is.
fn has(on: On<'_>, service: &str) -> Option<Vec<String>> {
    when(on.is_server() && on.has(service))
}

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V76",
        name: "connections",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "less than 80 % of PostgreSQL's connections are taken (a warning up to 90)",
        hint: "trigger-ctl.sh psql shows in pg_stat_activity who holds them; what else uses this database has to let go",
        expects: |on| has(on, "postgres"),
    },
    Check {
        id: "V77",
        name: "clickhouse-space",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "ClickHouse's disk is less than 80 % full (a warning up to 90), and its parts are merged in time",
        hint: "trigger-ctl.sh logs clickhouse says why parts are not merged; limits.retention keeps events for a shorter time",
        expects: |on| has(on, "clickhouse"),
    },
    Check {
        id: "V78",
        name: "redis-memory",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "Redis has less than 80 % of its memory in use (a warning up to 90)",
        hint: "a full Redis refuses every new run: give the server more memory and say so in docker.host.memory",
        expects: |on| has(on, "redis"),
    },
];
