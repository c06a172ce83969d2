//! The docker socket, and the proxy before it.

use super::stack::{Role, Service, Stack, Url};
use super::{Blame, Proof, Report};
use crate::release::env;

pub(super) static BYPASSED_SOCKET_PROXY: Proof = Proof {
    name: "bypassed-socket-proxy",
    summary: "`DOCKER_HOST` of every supervisor is the socket proxy, on a network that both are on.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let name = env::DOCKER_HOST;
        for supervisor in stack.of_role(Role::Supervisor) {
            let Some(value) = supervisor.get(name) else { continue };
            let proxy = Url::parse(value).and_then(|it| stack.server_of(supervisor, &it));
            if proxy.is_none_or(|it| it.role != Role::SocketProxy) {
                report.fault(
                    stack.source(supervisor, name),
                    format!("`{name}` of `{}` does not lead to a socket proxy", supervisor.name),
                    "write `tcp://docker-proxy:2375`, and put both on one internal network",
                );
            }
        }
    },
};

/// Whether a mount shows the socket of the engine.
fn is_socket(source: &str) -> bool {
    source.ends_with("docker.sock") || matches!(source, "/var/run" | "/run" | "/var/run/" | "/run/")
}

pub(super) static EXPOSED_DOCKER_SOCKET: Proof = Proof {
    name: "exposed-docker-socket",
    summary: "The docker socket is mounted into the socket proxy alone, and read-only.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            for mount in service.mounts.iter().filter(|it| is_socket(&it.source)) {
                let (message, help) = match service.role {
                    Role::SocketProxy if mount.read_only => continue,
                    Role::SocketProxy => (
                        format!("`{}` may write to the docker socket's file", service.name),
                        "mount it read-only",
                    ),
                    _ => (
                        format!(
                            "`{}` has the docker socket, and with it the whole server",
                            service.name
                        ),
                        "give it to the socket proxy alone",
                    ),
                };
                report.fault(stack.spot(service, "volumes"), message, help);
            }
        }
    },
};

pub(super) static SHARED_PROXY_NETWORK: Proof = Proof {
    name: "shared-proxy-network",
    summary: "The socket proxy shares an internal network with the supervisor, and no network with anything else.",
    blame: Blame::Compiler,
    check: shared,
};

fn shared(stack: &Stack<'_>, report: &mut Report<'_>) {
    for proxy in stack.of_role(Role::SocketProxy) {
        for network in &proxy.networks {
            let fine = |it: &&Service| matches!(it.role, Role::SocketProxy | Role::Supervisor);
            let others = stack.beside(proxy).filter(|it| it.is_on(&network.real) && !fine(it));
            for other in others {
                report.fault(
                    stack.spot(other, "networks"),
                    format!(
                        "`{}` shares `{}` with the socket proxy, and can start any container",
                        other.name, network.key
                    ),
                    "leave that network to supervisor and proxy",
                );
            }
            let declared = stack.file(proxy).networks.get(&network.key);
            if declared.is_some_and(|it| !it.internal && !it.external) {
                report.fault(
                    stack.spot(proxy, "networks"),
                    format!("the network `{}` of the socket proxy is not internal", network.key),
                    "say `internal: true`",
                );
            }
        }
    }
}
