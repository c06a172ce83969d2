//! What the release reads, and what it needs.

use super::stack::{Role, Service, Stack};
use super::{Blame, Proof, Report, Spot};
use crate::release::{self, RELEASES, Reader, Release, env};

pub(super) static UNKNOWN_RELEASE: Proof = Proof {
    name: "unknown-release",
    summary: "The release can be told from the tag of the webapp's image, from `.env` or from the manifest.",
    blame: Blame::Input,
    check: |stack, report| {
        if let (None, Some(webapp)) = (stack.release, webapp_or_supervisor(stack)) {
            report.fault(
                stack.spot(webapp, "image"),
                "no tag names a release of the catalog, so only what all of them ask for is proved",
                "pin webapp and supervisor to a release, for example `:v4.5.12`",
            );
        }
    },
};

fn webapp_or_supervisor<'s>(stack: &'s Stack<'_>) -> Option<&'s Service> {
    stack.of_role(Role::Webapp).chain(stack.of_role(Role::Supervisor)).next()
}

/// Webapps and supervisors, with the table that says what they read.
fn readers<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s Service, Reader)> {
    stack.services.iter().filter_map(|it| match it.role {
        Role::Webapp => Some((it, Reader::Webapp)),
        Role::Supervisor => Some((it, Reader::Supervisor)),
        _ => None,
    })
}

/// The releases that the tree may be of: the one that it names, else all of the catalog.
fn releases(stack: &Stack<'_>) -> Vec<&'static Release> {
    stack.release.map_or_else(|| RELEASES.to_vec(), |it| vec![it])
}

pub(super) static UNREAD_VARIABLE: Proof = Proof {
    name: "unread-variable",
    summary: "Every variable of webapp and supervisor is read by their release.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some(release) = stack.release else { return read_by_none(stack, report) };
        for (service, reader) in readers(stack) {
            for name in service.environment.keys().filter(|it| !release.reads(reader, it)) {
                report.fault(
                    stack.spot(service, name),
                    format!("the {} of {} does not read `{name}`", reader.name(), release.version),
                    read_elsewhere(name, reader, release),
                );
            }
        }
    },
};

/// The same where the release is not known: what none of them reads is read by nobody.
fn read_by_none(stack: &Stack<'_>, report: &mut Report<'_>) {
    for (service, reader) in readers(stack) {
        let is_read = |name: &str| RELEASES.iter().any(|it| it.reads(reader, name));
        for name in service.environment.keys().filter(|it| !is_read(it)) {
            report.fault(
                stack.spot(service, name),
                format!("no {} of the catalog reads `{name}`", reader.name()),
                "remove it, or mend its spelling",
            );
        }
    }
}

/// Who or what reads a name instead, if anything does.
fn read_elsewhere(name: &str, reader: Reader, release: &Release) -> String {
    let row = release::lookup(reader, name);
    if let Some(first) = row.map(release::Variable::first_since).filter(|it| *it > release.version)
    {
        return format!("remove it: it is read from {first} on");
    }
    if let Some(last) = row.and_then(release::Variable::last_until) {
        return format!("remove it: it was read up to {last}");
    }
    let other = match reader {
        Reader::Webapp => Reader::Supervisor,
        _ => Reader::Webapp,
    };
    match release.reads(other, name) {
        true => format!("move it to the {}, which reads it", other.name()),
        false => "remove it, or mend its spelling".into(),
    }
}

pub(super) static REFUSED_VALUE: Proof = Proof {
    name: "refused-value",
    summary: "Every value has the literal form that its reader understands.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some(release) = stack.release else { return };
        for (service, reader) in readers(stack) {
            for name in service.environment.keys() {
                let span = release::lookup(reader, name).and_then(|it| it.at(release.version));
                let (Some(span), Some(value)) = (span, service.known(name)) else { continue };
                // Of these more is said by proofs of their own.
                let apart = [env::ENCRYPTION_KEY, env::DOCKER_RUNNER_NETWORKS];
                if value.trim().is_empty() || apart.contains(&name.as_str()) {
                    continue;
                }
                if let Err(refusal) = release::accepts(span, value) {
                    report.fault(
                        stack.source(service, name),
                        format!("`{name}` of `{}` {refusal}", service.name),
                        format!("write it as {} reads it", release.version),
                    );
                }
            }
        }
    },
};

pub(super) static MISSING_VARIABLE: Proof = Proof {
    name: "missing-variable",
    summary: "Webapp and supervisor have every variable without which their release does not start or does not work.",
    blame: Blame::Compiler,
    check: missing,
};

/// Set in every working installation although the schema would do without.
const NEEDED: &[&str] = &[
    env::APP_ORIGIN,
    env::LOGIN_ORIGIN,
    env::REDIS_HOST,
    env::REDIS_PORT,
    env::REDIS_TLS_DISABLED,
    env::RUN_REPLICATION_CLICKHOUSE_URL,
    env::RUN_REPLICATION_ENABLED,
];

/// The same for the supervisor: with their defaults runs call an address that leads nowhere.
const NEEDED_BY_SUPERVISOR: &[&str] =
    &[env::DOCKER_HOST, env::DOCKER_RUNNER_NETWORKS, env::TRIGGER_WORKLOAD_API_DOMAIN];

fn missing(stack: &Stack<'_>, report: &mut Report<'_>) {
    let releases = releases(stack);
    let first = releases[0];
    for (service, reader) in readers(stack) {
        let needed = match reader {
            Reader::Webapp => NEEDED,
            _ => NEEDED_BY_SUPERVISOR,
        };
        let mut say = |name: &str, why: &str| {
            if !service.environment.contains_key(name) {
                report.fault(
                    stack.spot(service, "environment"),
                    format!("`{}` lacks `{name}`, {why}", service.name),
                    format!("set `{name}` under `environment:`"),
                );
            }
        };
        let by_all = |name: &&str| {
            releases.iter().all(|it| release::required(reader, it.version).any(|it| it == *name))
        };
        for name in release::required(reader, first.version).filter(by_all) {
            say(name, "without which it does not start");
        }
        for name in needed.iter().filter(|name| releases.iter().all(|it| it.reads(reader, name))) {
            say(name, "without which it does not work");
        }
        let Some(release) = stack.release else { continue };
        for row in release::reader_table(reader) {
            let Some(span) = row.at(release.version).filter(|it| it.default.is_none()) else {
                continue;
            };
            if let Some((other, value)) =
                span.when.filter(|(it, value)| service.get(it) == Some(value))
            {
                say(row.name, &format!("which `{other}={value}` asks for"));
            }
        }
    }
    lonely(stack, report);
}

/// A webapp without a supervisor runs nothing; the other way round is a worker host.
fn lonely(stack: &Stack<'_>, report: &mut Report<'_>) {
    let named: Vec<&Service> = stack.of_role(Role::Webapp).collect();
    if let ([webapp], true) = (named.as_slice(), stack.of_role(Role::Supervisor).next().is_none()) {
        let path = &stack.file(webapp).path;
        report.fault(
            Spot::file(path),
            "there is a webapp and no supervisor, so runs stay queued",
            "add the worker stack",
        );
    }
}
