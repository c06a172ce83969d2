//! What every container has, and how much of it.

use super::stack::{Role, Stack};
use super::{Blame, Proof, Report};
use crate::release::env;

pub(super) static OVERSIZED_HEAP: Proof = Proof {
    name: "oversized-heap",
    summary: "The heap of Node is at most four fifths of what the webapp's container may use.",
    blame: Blame::Compiler,
    check: heap,
};

fn heap(stack: &Stack<'_>, report: &mut Report<'_>) {
    let name = env::NODE_MAX_OLD_SPACE_SIZE;
    for webapp in stack.of_role(Role::Webapp) {
        let Some(limit) = webapp.memory else { continue };
        // What the entrypoint of the image takes when nothing is said.
        let mib = webapp.get(name).map_or(Some(8192), |it| it.parse::<u64>().ok());
        if mib.is_some_and(|it| it.saturating_mul(1024 * 1024) > limit / 5 * 4 + 4) {
            report.fault(
                stack.source(webapp, name),
                format!(
                    "the heap of `{}` is more than four fifths of its {} MiB",
                    webapp.name,
                    limit / 1024 / 1024
                ),
                format!("set `{name}` to {} at most", limit / 1024 / 1024 * 4 / 5),
            );
        }
    }
}

pub(super) static IGNORED_HEAP_OPTION: Proof = Proof {
    name: "ignored-heap-option",
    summary: "The heap of the webapp is not set through `NODE_OPTIONS`, over which its entrypoint writes.",
    blame: Blame::Input,
    check: |stack, report| {
        let name = env::NODE_OPTIONS;
        for webapp in stack.of_role(Role::Webapp) {
            if webapp.get(name).is_some_and(|it| it.contains("max-old-space-size")) {
                report.fault(
                    stack.source(webapp, name),
                    format!(
                        "`{name}` of `{}` sets a heap that its entrypoint replaces",
                        webapp.name
                    ),
                    format!("set `{}`", env::NODE_MAX_OLD_SPACE_SIZE),
                );
            }
        }
    },
};

pub(super) static GAINABLE_PRIVILEGES: Proof = Proof {
    name: "gainable-privileges",
    summary: "No process of a container can gain privileges.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in stack.services.iter().filter(|it| !it.no_new_privileges) {
            report.fault(
                stack.spot(service, ""),
                format!("processes of `{}` can gain privileges", service.name),
                "add `security_opt: [\"no-new-privileges:true\"]`",
            );
        }
    },
};

pub(super) static UNBOUNDED_CONTAINER_LOG: Proof = Proof {
    name: "unbounded-container-log",
    summary: "The log of every container is rotated.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            // The driver `local` rotates by itself; others that write no file are none of ours.
            let bounded = service
                .logging
                .as_ref()
                .is_some_and(|it| it.is_bounded || !matches!(it.driver.as_str(), "json-file"));
            if !bounded {
                report.fault(
                    stack.spot(service, ""),
                    format!("the log of `{}` grows until the disk is full", service.name),
                    "add `logging:` with the driver `local`, or with `max-size`",
                );
            }
        }
    },
};
