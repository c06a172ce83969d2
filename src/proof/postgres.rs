//! The main database.

use super::stack::{Role, Service, Stack, Url};
use super::{Blame, Proof, Report};
use crate::release::env;

/// Every variable that holds the URL of the main database.
const URLS: [&str; 3] = [env::DATABASE_URL, env::DIRECT_URL, env::DATABASE_READ_REPLICA_URL];

/// Every such URL with the service that uses it.
fn urls<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s Service, &'static str, &'s str)> {
    let users = stack.services.iter().filter(|it| matches!(it.role, Role::Webapp | Role::Electric));
    users.flat_map(|it| URLS.into_iter().filter_map(move |name| Some((it, name, it.get(name)?))))
}

pub(super) static MALFORMED_DATABASE_URL: Proof = Proof {
    name: "malformed-database-url",
    summary: "`DATABASE_URL` and `DIRECT_URL` are PostgreSQL URLs that can be read in one way only.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (service, name, value) in urls(stack).filter(|(_, _, value)| !value.is_empty()) {
            let url = Url::parse(value);
            let fine = url.is_some_and(|it| {
                matches!(it.scheme.as_str(), "postgresql" | "postgres")
                    && !it.host.is_empty()
                    && it.path.len() > 1
            });
            if !fine {
                report.fault(
                    stack.source(service, name),
                    format!("`{name}` of `{}` is not the URL of a PostgreSQL database", service.name),
                    "write `postgresql://user:password@host:5432/database`, the password percent-encoded",
                );
            }
        }
    },
};

pub(super) static DATABASE_LOGIN_MISMATCH: Proof = Proof {
    name: "database-login-mismatch",
    summary: "User, password, port and database of the URLs are those of the PostgreSQL service.",
    blame: Blame::Compiler,
    check: login,
};

fn login(stack: &Stack<'_>, report: &mut Report<'_>) {
    for (service, name, value) in urls(stack) {
        let Some(url) = Url::parse(value) else { continue };
        let Some(server) = stack.server_of(service, &url).filter(|it| it.role == Role::Postgres)
        else {
            continue;
        };
        let user = server.get(env::POSTGRES_USER).unwrap_or("postgres");
        let database = server.get(env::POSTGRES_DB).unwrap_or(user);
        let password = server.get(env::POSTGRES_PASSWORD);
        let path = url.path.trim_start_matches('/');
        // The webapp makes the database of its URL where the server lacks it; nobody makes one for Electric.
        let own = !server.environment.contains_key(env::POSTGRES_DB) || path == database;
        let parts = [
            ("user", url.user.as_deref() == Some(user)),
            ("password", password.is_none() || url.password.as_deref() == password),
            ("port", matches!(url.port, None | Some(5432))),
            ("database", own),
        ];
        for (part, _) in parts.iter().filter(|(_, same)| !same) {
            report.fault(
                stack.source(service, name),
                format!(
                    "the {part} of `{name}` of `{}` is not that of `{}`",
                    service.name, server.name
                ),
                "make both say the same; a password lives in the volume and is changed there",
            );
        }
    }
}

pub(super) static MISSING_LOGICAL_WAL: Proof = Proof {
    name: "missing-logical-wal",
    summary: "PostgreSQL runs with `wal_level=logical`: without it the run list stays empty.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for server in stack.of_role(Role::Postgres).filter(|it| !it.says("wal_level", "logical")) {
            report.fault(
                stack.spot(server, "command"),
                format!("`{}` does not run with `wal_level=logical`", server.name),
                "add `-c wal_level=logical` to its command",
            );
        }
    },
};

pub(super) static UNBOUNDED_SLOT_WAL: Proof = Proof {
    name: "unbounded-slot-wal",
    summary: "PostgreSQL bounds what it keeps for a replication slot that nobody reads.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for server in stack.of_role(Role::Postgres) {
            if server.setting("max_slot_wal_keep_size").is_none_or(|it| it.starts_with('-')) {
                report.fault(
                    stack.spot(server, "command"),
                    format!(
                        "`{}` keeps WAL without limit for a slot that nobody reads",
                        server.name
                    ),
                    "add `-c max_slot_wal_keep_size=4096MB` to its command",
                );
            }
        }
    },
};
