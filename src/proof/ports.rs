//! What is published.

use super::stack::{Port, Role, is_loopback};
use super::{Blame, Proof};
use crate::release::compose_values::port_range;

/// Ports that are for containers alone, by who listens on them.
const INTERNAL: [(Role, &str); 3] =
    [(Role::Supervisor, "8020"), (Role::SocketProxy, "2375"), (Role::Electric, "3000")];

pub(super) static PUBLISHED_INTERNAL_PORT: Proof = Proof {
    name: "published-internal-port",
    summary: "The supervisor's API (8020), the docker socket proxy (2375) and Electric (3000) are published nowhere.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (role, port) in INTERNAL {
            for service in stack.of_role(role) {
                if service.ports.iter().any(|it| it.target == port) {
                    report.fault(
                        stack.spot(service, "ports"),
                        format!(
                            "`{}` publishes {port}, which asks nobody who they are",
                            service.name
                        ),
                        "take it out: containers reach it without",
                    );
                }
            }
        }
    },
};

pub(super) static PUBLIC_PORT: Proof = Proof {
    name: "public-port",
    summary: "Every published port is bound to the server's loopback address: the proxy in front is what the world sees.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            for port in &service.ports {
                let loopback = port.address.as_deref().is_some_and(is_loopback);
                if !loopback {
                    report.fault(
                        stack.spot(service, "ports"),
                        format!(
                            "`{}` publishes {} to everybody, past the firewall",
                            service.name, port.target
                        ),
                        format!("bind it to loopback: `127.0.0.1:<port>:{}`", port.target),
                    );
                }
            }
        }
    },
};

pub(super) static UNPUBLISHED_PORT: Proof = Proof {
    name: "unpublished-port",
    summary: "Every service that publishes a port is on a network that is not internal: Docker publishes nothing of the others, and says nothing.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in stack.services.iter().filter(|it| !it.ports.is_empty()) {
            let declared = &stack.file(service).networks;
            let is_internal = |key: &String| declared.get(key).is_some_and(|it| it.internal);
            let only_internal = service.networks.iter().all(|it| is_internal(&it.key));
            if only_internal && !service.networks.is_empty() {
                report.fault(
                    stack.spot(service, "ports"),
                    format!(
                        "`{}` is on internal networks alone, so nothing of it is published",
                        service.name
                    ),
                    "give it a further network of its own that is not internal",
                );
            }
        }
    },
};

pub(super) static REPEATED_PORT: Proof = Proof {
    name: "repeated-port",
    summary: "No two services of one server are published on the same address and port.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (at, service) in stack.services.iter().enumerate() {
            let before = stack.services[..=at].iter().filter(|it| it.host == service.host);
            for other in before {
                let is_own = other.name == service.name && other.file == service.file;
                let clashing = service.ports.iter().find(|port| {
                    other
                        .ports
                        .iter()
                        .any(|it| clash(it, port) && !(is_own && it.target == port.target))
                });
                if let Some(port) = clashing {
                    report.fault(
                        stack.spot(service, "ports"),
                        format!(
                            "`{}` is published on port {}, as `{}` is",
                            service.name,
                            port.published.as_deref().unwrap_or_default(),
                            other.name
                        ),
                        "publish it on another port: Docker starts the first of them alone",
                    );
                }
            }
        }
    },
};

/// Whether two ports cannot both be published on one server.
fn clash(one: &Port, other: &Port) -> bool {
    let range = |it: &Port| it.published.as_deref().and_then(port_range).filter(|it| it.0 > 0);
    let overlap = range(one)
        .zip(range(other))
        .is_some_and(|(one, other)| one.0 <= other.1 && other.0 <= one.1);
    let is_any =
        |it: &Port| matches!(it.address.as_deref(), None | Some("0.0.0.0" | "::" | "[::]"));
    let meet = one.address == other.address || is_any(one) || is_any(other);
    overlap && meet && one.protocol.eq_ignore_ascii_case(&other.protocol)
}
