//! What a container may do to the server.

use super::stack::{Role, Service, is_yes, texts};
use super::{Blame, Proof};
use crate::release::env;
use serde_json::Value;

pub(super) static UNCONFINED_CONTAINER: Proof = Proof {
    name: "unconfined-container",
    summary: "No container is privileged, sees the processes of the server, or is freed of what Docker holds it in with.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            for (key, what) in freed(service) {
                report.fault(
                    stack.spot(service, key),
                    format!(
                        "`{}` {what}, and with it the whole server is open to it",
                        service.name
                    ),
                    "take it out: nothing of Trigger.dev asks for it",
                );
            }
        }
    },
};

fn freed(service: &Service) -> Vec<(&'static str, &'static str)> {
    let written = &service.written;
    let mut found = Vec::new();
    if written.get("privileged").is_some_and(is_yes) {
        found.push(("privileged", "is privileged"));
    }
    if written.get("pid").is_some_and(|it| it == "host") {
        found.push(("pid", "sees the processes of the server"));
    }
    let is_all = |it: &str| {
        let name = it.to_ascii_uppercase();
        matches!(name.strip_prefix("CAP_").unwrap_or(&name), "ALL" | "SYS_ADMIN")
    };
    if texts(written, "cap_add").any(is_all) {
        found.push(("cap_add", "has the rights of an administrator"));
    }
    let is_open = |it: &str| {
        matches!(it.replace('=', ":").as_str(), "seccomp:unconfined" | "apparmor:unconfined")
    };
    if texts(written, "security_opt").any(is_open) {
        found.push(("security_opt", "is not confined"));
    }
    found
}

/// Parts of the engine that no supervisor asks for.
const NEEDLESS: [&str; 7] =
    [env::AUTH, env::BUILD, env::EXEC, env::SECRETS, env::SWARM, env::SYSTEM, env::VOLUMES];

pub(super) static NEEDLESS_PROXY_RIGHT: Proof = Proof {
    name: "needless-proxy-right",
    summary: "The docker socket proxy grants nothing that leads further than a supervisor goes.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for proxy in stack.of_role(Role::SocketProxy) {
            let granted = |it: &&str| proxy.get(it).is_some_and(|it| is_yes(&Value::from(it)));
            for name in NEEDLESS.into_iter().filter(granted) {
                report.fault(
                    stack.source(proxy, name),
                    format!("`{}` grants {name}, which no supervisor asks for", proxy.name),
                    format!("take `{name}` out: POST, CONTAINERS and IMAGES are enough"),
                );
            }
        }
    },
};
