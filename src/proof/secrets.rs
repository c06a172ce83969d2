//! Secret values: equal where they are shared, different where they are not, and nobody else's.

use super::stack::{Dotenv, Role, Service, Stack, is_placeholder};
use super::{Blame, Proof, Report, Spot};
use crate::fingerprint::sha256;
use crate::release::names_a_secret;
use crate::release::{self, env};

pub(super) static WORKER_SECRET_MISMATCH: Proof = Proof {
    name: "worker-secret-mismatch",
    summary: "Webapp and every supervisor have the same `MANAGED_WORKER_SECRET`, worker hosts included.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let name = env::MANAGED_WORKER_SECRET;
        let expected = stack.of_role(Role::Webapp).find_map(|it| it.get(name));
        let all = stack.of_role(Role::Supervisor).filter_map(|it| Some((it, it.get(name)?)));
        let mut supervisors = all.peekable();
        let Some(expected) = expected.or(supervisors.peek().map(|(_, value)| *value)) else {
            return;
        };
        for (service, _) in supervisors.filter(|(_, value)| *value != expected) {
            report.fault(
                stack.source(service, name),
                format!("`{name}` of `{}` is not the webapp's", service.name),
                "copy the webapp's value: with another one it is refused as `Invalid or missing worker token`",
            );
        }
    },
};

/// The four secrets of the application, by webapp.
fn four<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s Service, &'static str, &'s str)> {
    let names = [
        env::SESSION_SECRET,
        env::MAGIC_LINK_SECRET,
        env::ENCRYPTION_KEY,
        env::MANAGED_WORKER_SECRET,
    ];
    stack.of_role(Role::Webapp).flat_map(move |it| {
        names.into_iter().filter_map(move |name| Some((it, name, it.known(name)?)))
    })
}

pub(super) static ENCRYPTION_KEY_SIZE: Proof = Proof {
    name: "encryption-key-size",
    summary: "`ENCRYPTION_KEY` is exactly 32 bytes.",
    blame: Blame::Input,
    check: |stack, report| {
        for (service, name, value) in
            four(stack).filter(|(_, name, _)| *name == env::ENCRYPTION_KEY)
        {
            if !value.is_empty() && value.len() != 32 {
                report.fault(
                    stack.source(service, name),
                    format!("`{name}` is {} bytes, and must be exactly 32", value.len()),
                    "use 32 hexadecimal characters (`openssl rand -hex 16`), or restore the key that the data was written with",
                );
            }
        }
    },
};

pub(super) static PUBLISHED_SECRET: Proof = Proof {
    name: "published-secret",
    summary: "No secret is a value that upstream or a guide once published.",
    blame: Blame::Input,
    check: published,
};

fn published(stack: &Stack<'_>, report: &mut Report<'_>) {
    for service in &stack.services {
        for name in service.environment.keys().filter(|it| names_a_secret(it)) {
            let known = service.known(name).filter(|it| !it.is_empty());
            if known.is_some_and(|value| {
                release::published_default(&sha256(value.as_bytes())).is_some()
            }) {
                report.fault(
                    stack.source(service, name),
                    format!("`{name}` of `{}` is a value that everybody can look up", service.name),
                    "generate another one; for a store that keeps its password in its volume, change it there too",
                );
            }
        }
    }
}

/// What is made for one role each: the four, and the passwords of what a stack keeps its data in.
const ROLES: [&str; 9] = [
    env::SESSION_SECRET,
    env::MAGIC_LINK_SECRET,
    env::ENCRYPTION_KEY,
    env::MANAGED_WORKER_SECRET,
    env::POSTGRES_PASSWORD,
    env::REDIS_PASSWORD,
    env::CLICKHOUSE_PASSWORD,
    env::OBJECT_STORE_SECRET_ACCESS_KEY,
    env::DOCKER_REGISTRY_PASSWORD,
];

const OF_ITS_OWN: &str =
    "give each a value of its own; keep `ENCRYPTION_KEY`, which data was written with";

pub(super) static REPEATED_SECRET: Proof = Proof {
    name: "repeated-secret",
    summary: "No two of the application's four secrets and the stores' passwords are the same.",
    blame: Blame::Input,
    check: |stack, report| {
        let all: Vec<_> = four(stack).filter(|(_, _, value)| !value.is_empty()).collect();
        for (at, (service, name, value)) in all.iter().enumerate() {
            let earlier = all[..at].iter().find(|(it, other, known)| {
                std::ptr::eq(*it, *service) && other != name && known == value
            });
            if let Some((_, other, _)) = earlier {
                report.fault(
                    stack.source(service, name),
                    format!("`{name}` has the value of `{other}`"),
                    OF_ITS_OWN,
                );
            }
        }
        stack.dotenvs.iter().for_each(|it| repeated_in(it, report));
    },
};

/// The same of one `.env`, where the passwords of the stores stand too.
fn repeated_in(dotenv: &Dotenv, report: &mut Report<'_>) {
    let value = |name: &str| {
        dotenv.values.get(name).filter(|it| !it.trim().is_empty() && !is_placeholder(it))
    };
    for (at, name) in ROLES.iter().enumerate() {
        let Some(own) = value(name) else { continue };
        if let Some(other) = ROLES[..at].iter().find(|it| value(it) == Some(own)) {
            report.fault(
                Spot { path: dotenv.path.clone(), line: dotenv.line(name) },
                format!("`{name}` has the value of `{other}`"),
                OF_ITS_OWN,
            );
        }
    }
}
