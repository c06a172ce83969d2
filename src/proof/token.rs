//! How the worker token gets from the webapp to the supervisor.

use super::stack::{Mount, Role, Service, Stack};
use super::{Blame, Proof, Report};
use crate::release::env;

pub(super) static UNREACHABLE_WORKER_TOKEN: Proof = Proof {
    name: "unreachable-worker-token",
    summary: "The file that `TRIGGER_WORKER_TOKEN` names is one that the webapp writes on a shared volume, or one that is mounted.",
    blame: Blame::Compiler,
    check,
};

fn check(stack: &Stack<'_>, report: &mut Report<'_>) {
    let name = env::TRIGGER_WORKER_TOKEN;
    for supervisor in stack.of_role(Role::Supervisor) {
        let Some(path) = supervisor.get(name).and_then(|it| it.strip_prefix("file://")) else {
            continue;
        };
        let reason = match covering(supervisor, path) {
            None => Some("names a file that nothing is mounted for".to_owned()),
            Some((mount, _)) if mount.is_bind => None,
            Some((mount, below)) => unwritten(stack, supervisor, mount, below),
        };
        if let Some(reason) = reason {
            report.fault(
                stack.source(supervisor, name),
                format!("`{name}` of `{}` {reason}", supervisor.name),
                format!(
                    "mount the volume that the webapp writes `{}` to, at the same place",
                    env::TRIGGER_BOOTSTRAP_WORKER_TOKEN_PATH
                ),
            );
        }
    }
}

/// Why no webapp writes the token there.
fn unwritten(
    stack: &Stack<'_>,
    supervisor: &Service,
    mount: &Mount,
    below: &str,
) -> Option<String> {
    let real = |service: &Service, key: &str| {
        stack.file(service).volumes.get(key).map_or_else(|| key.to_owned(), |it| it.real.clone())
    };
    let wanted = (real(supervisor, &mount.source), below.to_owned());
    let written = |webapp: &Service| {
        let path = webapp.get(env::TRIGGER_BOOTSTRAP_WORKER_TOKEN_PATH)?;
        let (mount, below) = covering(webapp, path)?;
        Some((real(webapp, &mount.source), below.to_owned()))
    };
    let webapps = stack.beside(supervisor).filter(|it| it.role == Role::Webapp);
    let places: Vec<_> = webapps.filter_map(written).collect();
    if places.contains(&wanted) {
        return None;
    }
    Some(match places.is_empty() {
        true => "names a file on a volume that no webapp writes a token to".into(),
        false => "names another file than the one that the webapp writes".into(),
    })
}

/// The mount that holds a path of the container, and the path below it.
fn covering<'a>(service: &'a Service, path: &'a str) -> Option<(&'a Mount, &'a str)> {
    let below = |mount: &'a Mount| {
        let rest = path.strip_prefix(mount.target.trim_end_matches('/'))?;
        (rest.is_empty() || rest.starts_with('/')).then_some((mount, rest))
    };
    service.mounts.iter().filter_map(below).min_by_key(|(_, rest)| rest.len())
}
