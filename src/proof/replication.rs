//! How runs get from PostgreSQL to ClickHouse.

use super::stack::Role;
use super::{Blame, Proof};
use crate::release::env;

/// The webapp has two slots, Electric one; a move of the server needs another, and a spare does not hurt.
const SLOTS: u32 = 5;

pub(super) static INCOMPLETE_RUN_REPLICATION: Proof = Proof {
    name: "incomplete-run-replication",
    summary: "The replication of runs is switched on: without it the run list stays empty.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let name = env::RUN_REPLICATION_ENABLED;
        for webapp in stack.of_role(Role::Webapp) {
            if webapp.get(name) == Some("0") {
                report.fault(
                    stack.source(webapp, name),
                    format!("`{name}` is `0`, so the run list stays empty"),
                    "write `\"1\"`",
                );
            }
        }
    },
};

pub(super) static TOO_FEW_REPLICATION_SLOTS: Proof = Proof {
    name: "too-few-replication-slots",
    summary: "PostgreSQL has at least five replication slots: up to three are in use.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for server in stack.of_role(Role::Postgres) {
            for name in ["max_replication_slots", "max_wal_senders"] {
                let count = server.setting(name).and_then(|it| it.parse::<u32>().ok());
                if count.is_some_and(|it| it < SLOTS) {
                    report.fault(
                        stack.spot(server, "command"),
                        format!("`{}` has too few slots with this `{name}`", server.name),
                        format!("set it to {SLOTS} at least, or leave it at PostgreSQL's own 10"),
                    );
                }
            }
        }
    },
};
