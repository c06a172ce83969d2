//! The docker socket, and the proxy before it.

use super::stack::{Mount, Role, Service, Stack, Url, is_yes, joined};
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

/// How much of the docker socket a mount shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    Socket,
    /// A folder above it.
    Above,
}

fn shown(source: &str) -> Shown {
    if source.trim_end_matches('/').ends_with("docker.sock") {
        return Shown::Socket;
    }
    let Some(absolute) = source.strip_prefix('/') else { return Shown::Nothing };
    match joined("", absolute.trim_start_matches('/')).as_deref() {
        None | Some("" | "var" | "run" | "var/run") => Shown::Above,
        _ => Shown::Nothing,
    }
}

/// What a mount shows, by its path or by that of the device of its volume.
fn shown_by(stack: &Stack<'_>, service: &Service, mount: &Mount) -> Shown {
    let device = stack.file(service).volumes.get(&mount.source).filter(|_| !mount.is_bind);
    let device = device.and_then(|it| it.written.get("driver_opts")?.get("device")?.as_str());
    shown(device.unwrap_or(&mount.source))
}

pub(super) static EXPOSED_DOCKER_SOCKET: Proof = Proof {
    name: "exposed-docker-socket",
    summary: "The docker socket is mounted into the socket proxy alone, and read-only; no folder above it is mounted.",
    blame: Blame::Compiler,
    check: exposed,
};

fn exposed(stack: &Stack<'_>, report: &mut Report<'_>) {
    for service in &stack.services {
        let whole =
            format!("`{}` has the docker socket, and with it the whole server", service.name);
        for mount in &service.mounts {
            let (message, help) = match (shown_by(stack, service, mount), service.role) {
                (Shown::Nothing, _) => continue,
                (Shown::Socket, Role::SocketProxy) if mount.read_only => continue,
                (Shown::Socket, Role::SocketProxy) => (
                    format!("`{}` may write to the docker socket's file", service.name),
                    "mount it read-only",
                ),
                (Shown::Above, Role::SocketProxy) => {
                    (whole.clone(), "mount the socket's file alone, read-only")
                }
                _ => (whole.clone(), "give it to the socket proxy alone"),
            };
            report.fault(stack.spot(service, "volumes"), message, help);
        }
        if service.written.get("use_api_socket").is_some_and(is_yes) {
            let at = stack.spot(service, "use_api_socket");
            report.fault(at, whole, "take `use_api_socket` out");
        }
    }
}

pub(super) static SHARED_PROXY_NETWORK: Proof = Proof {
    name: "shared-proxy-network",
    summary: "The socket proxy shares an internal network with the supervisor, and no network with anything else.",
    blame: Blame::Compiler,
    check: shared,
};

fn shared(stack: &Stack<'_>, report: &mut Report<'_>) {
    for proxy in stack.of_role(Role::SocketProxy) {
        for other in stack.beside(proxy).filter(|it| borrows(it, proxy)) {
            report.fault(
                stack.spot(other, "network_mode"),
                format!(
                    "`{}` has the network of the socket proxy, and can start any container",
                    other.name
                ),
                "give it a network of its own",
            );
        }
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

/// Whether a service is in the network of another one's container.
fn borrows(service: &Service, other: &Service) -> bool {
    let Some(mode) = service.written.get("network_mode").and_then(|it| it.as_str()) else {
        return false;
    };
    let is_container = mode.strip_prefix("container:");
    let by_service =
        service.file == other.file && mode.strip_prefix("service:") == Some(&other.name);
    by_service || is_container.is_some_and(|it| other.container_name.as_deref() == Some(it))
}
