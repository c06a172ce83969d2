//! What the docker socket proxy lets through, and what it tells its log.

use super::stack::{Role, Service, Stack, Url};
use super::{Blame, Proof};
use crate::release::env;

/// Every supervisor with the proxy that it asks.
fn pairs<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s Service, &'s Service)> {
    stack.of_role(Role::Supervisor).filter_map(|supervisor| {
        let url = Url::parse(supervisor.get(env::DOCKER_HOST)?)?;
        let proxy = stack.server_of(supervisor, &url)?;
        (proxy.role == Role::SocketProxy).then_some((supervisor, proxy))
    })
}

/// What a supervisor asks of the engine, by the names of the proxy's switches.
fn needed(supervisor: &Service) -> Vec<&'static str> {
    let mut needed = vec![env::POST, env::CONTAINERS, env::IMAGES];
    // Docker puts a new container on one network; each further one is a request of its own.
    let networks = supervisor.get(env::DOCKER_RUNNER_NETWORKS).unwrap_or_default();
    if networks.contains(',') && !networks.contains(' ') {
        needed.push(env::NETWORKS);
    }
    if matches!(supervisor.get(env::RESOURCE_MONITOR_ENABLED), Some("true" | "1")) {
        needed.push(env::INFO);
    }
    needed
}

pub(super) static MISSING_PROXY_RIGHT: Proof = Proof {
    name: "missing-proxy-right",
    summary: "The docker socket proxy grants what its supervisor asks of the engine.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (supervisor, proxy) in pairs(stack) {
            for name in needed(supervisor) {
                if !matches!(proxy.get(name), Some("1" | "true")) {
                    report.fault(
                        stack.spot(proxy, "environment"),
                        format!(
                            "`{}` does not grant {name} to `{}`, which asks for it",
                            proxy.name, supervisor.name
                        ),
                        format!("set `{name}: \"1\"`"),
                    );
                }
            }
        }
    },
};

pub(super) static LOGGED_RUN_ENVIRONMENT: Proof = Proof {
    name: "logged-run-environment",
    summary: "The docker socket proxy logs no requests: they carry the variables of runs, secrets included.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let name = env::LOG_LEVEL;
        for proxy in stack.of_role(Role::SocketProxy) {
            // Without a word of it the image logs at `info`.
            if matches!(proxy.get(name), None | Some("info" | "debug")) {
                report.fault(
                    stack.spot(proxy, "environment"),
                    format!(
                        "`{}` logs each request, with the variables of the run in it",
                        proxy.name
                    ),
                    format!("set `{name}: warning`"),
                );
            }
        }
    },
};
