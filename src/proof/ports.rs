//! What is published.

use super::stack::{Role, is_loopback};
use super::{Blame, Proof};

/// Ports that are for containers alone, by who listens on them.
const INTERNAL: [(Role, &str); 2] = [(Role::Supervisor, "8020"), (Role::SocketProxy, "2375")];

pub(super) static PUBLISHED_INTERNAL_PORT: Proof = Proof {
    name: "published-internal-port",
    summary: "The supervisor's API (8020) and the docker socket proxy (2375) are published nowhere.",
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
