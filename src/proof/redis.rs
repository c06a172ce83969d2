//! Redis.

use super::stack::{Role, Service, Stack};
use super::{Blame, Proof};
use crate::release::env;

/// Every webapp that uses a Redis of the stack, with it.
fn pairs<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s Service, &'s Service)> {
    stack.of_role(Role::Webapp).filter_map(|webapp| {
        let server = stack.reached(webapp, webapp.get(env::REDIS_HOST)?)?;
        (server.role == Role::Redis).then_some((webapp, server))
    })
}

pub(super) static REDIS_PASSWORD_MISMATCH: Proof = Proof {
    name: "redis-password-mismatch",
    summary: "The webapp has the password of the Redis service, and none where that has none.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (webapp, server) in pairs(stack) {
            let asked = server.setting("requirepass").is_some();
            let kept = server.get(env::REDISCLI_AUTH);
            let wanted = match server.setting("requirepass") {
                Some(word) if word.starts_with('$') => kept,
                Some(word) => Some(word),
                None => None,
            };
            let given = webapp.get(env::REDIS_PASSWORD);
            if asked != given.is_some() || wanted.is_some() && wanted != given {
                report.fault(
                    stack.source(webapp, env::REDIS_PASSWORD),
                    format!(
                        "`{}` of `{}` is not the password of `{}`",
                        env::REDIS_PASSWORD,
                        webapp.name,
                        server.name
                    ),
                    "make both the same variable of `.env`",
                );
            }
            if asked && kept.is_some_and(|it| Some(it) != wanted) {
                report.fault(
                    stack.source(server, env::REDISCLI_AUTH),
                    format!(
                        "the health check of `{}` uses another password than the server",
                        server.name
                    ),
                    "make both the same variable of `.env`",
                );
            }
        }
    },
};

pub(super) static REDIS_TLS_MISMATCH: Proof = Proof {
    name: "redis-tls-mismatch",
    summary: "`REDIS_TLS_DISABLED` is exactly `true` for the plain Redis of the stack.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (webapp, server) in pairs(stack) {
            let plain = server.setting("tls-port").is_none();
            if plain && webapp.get(env::REDIS_TLS_DISABLED) != Some("true") {
                report.fault(
                    stack.spot(webapp, env::REDIS_TLS_DISABLED),
                    format!(
                        "`{}` is not `true`, so every client speaks TLS to a Redis that does not",
                        env::REDIS_TLS_DISABLED
                    ),
                    "write `\"true\"`: no other word turns TLS off",
                );
            }
        }
    },
};

pub(super) static EVICTING_REDIS: Proof = Proof {
    name: "evicting-redis",
    summary: "Redis throws no key away when its memory is full: the keys are queues and locks.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for server in stack.of_role(Role::Redis) {
            if server.setting("maxmemory-policy").is_some_and(|it| it != "noeviction") {
                report.fault(
                    stack.spot(server, "command"),
                    format!("`{}` throws keys away when its memory is full", server.name),
                    "set `maxmemory-policy noeviction`",
                );
            }
        }
    },
};

pub(super) static UNSAVED_REDIS: Proof = Proof {
    name: "unsaved-redis",
    summary: "Redis writes every change to disk: a restart must not lose queued runs.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for server in stack.of_role(Role::Redis).filter(|it| !it.says("appendonly", "yes")) {
            report.fault(
                stack.spot(server, "command"),
                format!("`{}` loses its last changes when it is restarted", server.name),
                "set `appendonly yes`",
            );
        }
    },
};
