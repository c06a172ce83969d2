//! The image registry: one host, one user.

use super::stack::{Role, Stack, joined};
use super::{Blame, Proof, Spot};
use crate::release::env;

pub(super) static REGISTRY_HOST_MISMATCH: Proof = Proof {
    name: "registry-host-mismatch",
    summary: "Every supervisor pulls from the registry that the webapp has images pushed to.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let pushed = stack.of_role(Role::Webapp).find_map(|it| it.get(env::DEPLOY_REGISTRY_HOST));
        let Some(pushed) = pushed.map(bare_host) else { return };
        for supervisor in stack.of_role(Role::Supervisor) {
            let name = env::DOCKER_REGISTRY_URL;
            if supervisor.get(name).is_some_and(|it| bare_host(it) != pushed) {
                report.fault(
                    stack.source(supervisor, name),
                    format!(
                        "`{name}` of `{}` is not the webapp's `{}`",
                        supervisor.name,
                        env::DEPLOY_REGISTRY_HOST
                    ),
                    format!("write `{pushed}`"),
                );
            }
        }
    },
};

pub(super) fn bare_host(value: &str) -> &str {
    let value = value.split_once("://").map_or(value, |(_, rest)| rest);
    value.split('/').next().unwrap_or_default()
}

/// The files of users of every registry, with their text.
fn htpasswd<'s>(stack: &'s Stack<'_>) -> Vec<(String, &'s str)> {
    let registries = stack.of_role(Role::Registry);
    registries
        .filter_map(|it| {
            let target = it.get(env::REGISTRY_AUTH_HTPASSWD_PATH)?;
            let mount = it.mounts.iter().find(|mount| mount.is_bind && mount.target == target)?;
            let file = &stack.file(it).path;
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            let path = joined(folder, &mount.source)?;
            let text = stack.tree.get(&path)?.text();
            Some((path, text))
        })
        .collect()
}

/// User and hash of each line.
fn users(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
    lines.map(|it| it.split_once(':').unwrap_or((it, "")))
}

pub(super) static REGISTRY_USER_MISMATCH: Proof = Proof {
    name: "registry-user-mismatch",
    summary: "The user that supervisors log in as stands in the registry's file of users.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (path, text) in htpasswd(stack) {
            let name = env::DOCKER_REGISTRY_USERNAME;
            for supervisor in stack.of_role(Role::Supervisor) {
                let Some(user) = supervisor.get(name) else { continue };
                if users(text).next().is_some() && !users(text).any(|(it, _)| it == user) {
                    report.fault(
                        stack.source(supervisor, name),
                        format!("`{name}` of `{}` has no line in {path}", supervisor.name),
                        "make both the same user",
                    );
                }
            }
        }
    },
};

pub(super) static BAD_HTPASSWD: Proof = Proof {
    name: "bad-htpasswd",
    summary: "The registry's file of users is not empty, and each line has a bcrypt hash.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (path, text) in htpasswd(stack) {
            let help = "write a line with `htpasswd -nB <user>`: the registry takes bcrypt alone";
            if users(text).next().is_none() {
                report.fault(Spot::file(&path), "names no user, so nobody can push or pull", help);
            }
            if users(text).any(|(_, hash)| !is_bcrypt(hash)) && !stack.context.withheld {
                report.fault(Spot::file(&path), "has a line without a bcrypt hash", help);
            }
        }
    },
};

fn is_bcrypt(hash: &str) -> bool {
    let rest = ["$2y$", "$2a$", "$2b$"].iter().find_map(|it| hash.strip_prefix(it));
    let Some((cost, rest)) = rest.and_then(|it| it.split_once('$')) else { return false };
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/';
    cost.len() == 2
        && cost.bytes().all(|it| it.is_ascii_digit())
        && rest.len() == 53
        && rest.bytes().all(fine)
}

pub(super) static MALFORMED_REGISTRY_HOST: Proof = Proof {
    name: "malformed-registry-host",
    summary: "`DEPLOY_REGISTRY_HOST` is a host, perhaps with a port, and nothing else: image names begin with it.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for webapp in stack.of_role(Role::Webapp) {
            for name in [env::DEPLOY_REGISTRY_HOST, env::V4_DEPLOY_REGISTRY_HOST] {
                let more = |it: &str| it.contains(['/', '@', ' ']);
                if webapp.get(name).is_some_and(more) {
                    report.fault(
                        stack.source(webapp, name),
                        format!("`{name}` is more than a host and a port"),
                        format!(
                            "leave scheme and path out; the path goes into `{}`",
                            env::DEPLOY_REGISTRY_NAMESPACE
                        ),
                    );
                }
            }
        }
    },
};
