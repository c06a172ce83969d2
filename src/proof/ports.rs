//! What is published.

use super::stack::{Role, is_loopback};
use super::{Blame, Proof};

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
