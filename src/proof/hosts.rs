//! Names of hosts, and who can resolve them.

use super::stack::{Role, Service, Stack, Url, is_service_name};
use super::{Blame, Proof, Report};
use crate::release::env;

pub(super) static DANGLING_HOST: Proof = Proof {
    name: "dangling-host",
    summary: "Every host without a dot is a service on a network that its reader is on too.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in stack.services.iter().filter(|it| !it.borrows_network) {
            for name in service.environment.keys() {
                if let Some(host) = host_in(stack, service, name) {
                    dangling(stack, report, service, name, &host);
                }
            }
        }
    },
};

/// What the CLI and the engine resolve and no container does, and mail servers, which are nobody's service.
const ELSEWHERE: [&str; 4] =
    [env::DEPLOY_REGISTRY_HOST, env::V4_DEPLOY_REGISTRY_HOST, env::SMTP_HOST, env::ALERT_SMTP_HOST];

/// The bare name that a variable leads to.
fn host_in(stack: &Stack<'_>, service: &Service, name: &str) -> Option<String> {
    let value = service.get(name).filter(|_| !ELSEWHERE.contains(&name))?;
    let host = if value.contains("://") && holds_an_address(name) {
        Url::parse(value)?.host
    } else if name.ends_with("_HOST") && service.known(name).is_some_and(is_address) {
        value.split(':').next()?.to_ascii_lowercase()
    } else {
        return None;
    };
    let is_said =
        stack.is_chosen(name) || stack.is_outside(&host) || service.extra_hosts.contains(&host);
    (is_service_name(&host) && !is_said).then_some(host)
}

/// Whether a variable is read as an address. A user name may look like one and is none.
fn holds_an_address(name: &str) -> bool {
    ["_URL", "_ORIGIN", "_ENDPOINT", "_HOST", "_URI"].iter().any(|it| name.ends_with(it))
}

/// A name, perhaps with a port.
fn is_address(value: &str) -> bool {
    let (host, port) = value.split_once(':').unwrap_or((value, "0"));
    let name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    host.chars().all(name)
        && port.bytes().all(|it| it.is_ascii_digit())
        && host.contains(|c: char| c.is_ascii_alphabetic())
}

fn dangling(stack: &Stack<'_>, report: &mut Report<'_>, service: &Service, name: &str, host: &str) {
    // What is written for runs and for the CLI must be reachable by those; see the next proof.
    if stack.reached(service, host).is_some() {
        return;
    }
    let exists = stack.beside(service).any(|it| it.name == host);
    // More is said of the proxy by a proof of its own.
    if name == env::DOCKER_HOST {
        return;
    }
    let (reason, help) = match exists {
        true => ("is on none of its networks", "put both on one network"),
        false => ("is no service here", "mend the name, or write the full name of an outside host"),
    };
    report.fault(
        stack.source(service, name),
        format!("`{}` cannot resolve `{host}` of `{name}`, which {reason}", service.name),
        help,
    );
}

pub(super) static UNREACHABLE_FROM_RUNS: Proof = Proof {
    name: "unreachable-from-runs",
    summary: "What runs are told to call is public, or a service on a network that runs are on.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let told = [
            env::INTERNAL_API_ORIGIN,
            env::OBJECT_STORE_BASE_URL,
            env::REALTIME_STREAMS_S2_ENDPOINT,
        ];
        for webapp in stack.of_role(Role::Webapp) {
            for name in told {
                let Some(host) = host_in(stack, webapp, name) else { continue };
                for supervisor in stack.of_role(Role::Supervisor) {
                    let networks = stack.runner_networks(supervisor);
                    let found = stack
                        .beside(supervisor)
                        .any(|it| networks.iter().any(|network| it.answers_to(&host, network)));
                    if !found && !networks.is_empty() && stack.reached(webapp, &host).is_some() {
                        report.fault(
                            stack.source(webapp, name),
                            format!("runs of `{}` cannot resolve `{host}` of `{name}`", supervisor.name),
                            "put the service on the network of `DOCKER_RUNNER_NETWORKS`, or write a public origin",
                        );
                    }
                }
            }
        }
    },
};

pub(super) static UNREACHABLE_WORKLOAD_API: Proof = Proof {
    name: "unreachable-workload-api",
    summary: "`TRIGGER_WORKLOAD_API_DOMAIN` is the supervisor's own name on a network that its runs are on.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let name = env::TRIGGER_WORKLOAD_API_DOMAIN;
        for supervisor in stack.of_role(Role::Supervisor).filter(|it| !it.borrows_network) {
            let Some(host) = supervisor.get(name) else { continue };
            let networks = stack.runner_networks(supervisor);
            let found = networks.iter().any(|it| supervisor.answers_to(host, it));
            if is_service_name(host) && !networks.is_empty() && !found {
                report.fault(
                    stack.source(supervisor, name),
                    format!("runs cannot find `{}` under the name of `{name}`", supervisor.name),
                    "write the name of its service, and put it on the network of `DOCKER_RUNNER_NETWORKS`",
                );
            }
        }
    },
};
