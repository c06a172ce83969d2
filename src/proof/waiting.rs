//! Services that never start, and those that wait for them.

use super::stack::{Role, Service, Stack, is_yes};
use super::{Blame, Proof};
use serde_json::Value;

/// Whether `docker compose up` starts no container of a service.
fn is_left_out(service: &Service) -> bool {
    let written = &service.written;
    let none = |it: &Value| *it == 0 || *it == "0";
    let has_profile =
        written.get("profiles").and_then(Value::as_array).is_some_and(|it| !it.is_empty());
    let count = written.get("scale").or_else(|| written.pointer("/deploy/replicas"));
    has_profile || count.is_some_and(none)
}

/// The services of the same file that wait for another one.
fn waiting<'s>(stack: &'s Stack<'_>, service: &'s Service) -> impl Iterator<Item = &'s Service> {
    let same = stack.services.iter().filter(|it| it.file == service.file);
    same.filter(|it| it.depends_on.contains(&service.name))
}

pub(super) static UNSTARTED_SERVICE: Proof = Proof {
    name: "unstarted-service",
    summary: "Every part of Trigger.dev, and everything that another service waits for, is started: no `scale: 0`, no `profiles`.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in stack.services.iter().filter(|it| is_left_out(it)) {
            if service.role != Role::Other || waiting(stack, service).next().is_some() {
                let key = ["scale", "profiles", "deploy"]
                    .into_iter()
                    .find(|it| service.written.get(it).is_some())
                    .unwrap_or_default();
                report.fault(
                    stack.spot(service, key),
                    format!("`{}` is not started with the rest", service.name),
                    format!("take `{key}` out"),
                );
            }
        }
    },
};

pub(super) static UNANSWERABLE_HEALTH_CHECK: Proof = Proof {
    name: "unanswerable-health-check",
    summary: "Every service that another one wants to be healthy has a health check that is not turned off.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in stack.services.iter().filter(|it| is_unchecked(it)) {
            let wants = |it: &&Service| {
                let wanted = it.written.get("depends_on").and_then(|it| it.get(&service.name));
                wanted.and_then(|it| it.get("condition")).is_some_and(|it| it == "service_healthy")
            };
            for other in waiting(stack, service).filter(wants) {
                report.fault(
                    stack.spot(service, "healthcheck"),
                    format!(
                        "`{}` has no health check, and `{}` waits until it is healthy",
                        service.name, other.name
                    ),
                    "keep the health check, or wait with `service_started`",
                );
            }
        }
    },
};

fn is_unchecked(service: &Service) -> bool {
    let Some(check) = service.written.get("healthcheck") else { return false };
    let test = check.get("test");
    let word = test.and_then(|it| it.get(0).or(Some(it)));
    check.get("disable").is_some_and(is_yes) || word.is_some_and(|it| it == "NONE")
}
