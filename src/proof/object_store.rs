//! The object store of the stack, and how the webapp finds it.

use super::stack::{Role, Service, Stack, Url, is_loopback, is_service_name};
use super::{Blame, Proof, Report};
use crate::release::env;

/// The bucket that the webapp's code names.
const BUCKET: &str = "packets";

/// What the servers call the access key, in the order of preference.
const USERS: [&str; 3] = [env::ROOT_ACCESS_KEY_ID, env::ROOT_ACCESS_KEY, env::MINIO_ROOT_USER];
const PASSWORDS: [&str; 3] =
    [env::ROOT_SECRET_ACCESS_KEY, env::ROOT_SECRET_KEY, env::MINIO_ROOT_PASSWORD];

/// Every webapp with the object store of its stack: the one that its address names, else the one beside
/// it, which it then reaches through a public name.
fn pairs<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s Service, &'s Service)> {
    stack.of_role(Role::Webapp).filter_map(|webapp| {
        let url = Url::parse(webapp.get(env::OBJECT_STORE_BASE_URL)?)?;
        let named = stack.server_of(webapp, &url);
        let beside = stack.beside(webapp).find(|it| it.role == Role::ObjectStore);
        let server = named.or(beside).filter(|it| it.role == Role::ObjectStore)?;
        Some((webapp, server))
    })
}

/// Whether a variable is the address of a store: `OBJECT_STORE_S3_BASE_URL` and its like are those of further ones.
fn is_address(name: &str) -> bool {
    name.starts_with("OBJECT_STORE_") && name.ends_with("_BASE_URL")
}

/// Every webapp with the object store beside it, though it names none.
fn unnamed<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s Service, &'s Service)> {
    let lacks = |it: &&Service| !it.environment.keys().any(|name| is_address(name));
    stack.of_role(Role::Webapp).filter(lacks).filter_map(|webapp| {
        let server = stack.beside(webapp).find(|it| it.role == Role::ObjectStore)?;
        Some((webapp, server))
    })
}

pub(super) static UNUSED_OBJECT_STORE: Proof = Proof {
    name: "unused-object-store",
    summary: "A webapp beside which an object store runs is told its address.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (webapp, server) in unnamed(stack) {
            let name = env::OBJECT_STORE_BASE_URL;
            report.fault(
                stack.spot(webapp, "environment"),
                format!(
                    "`{}` has no `{name}`, so every large payload fails beside `{}`",
                    webapp.name, server.name
                ),
                format!(
                    "set `{name}`, `{}` and `{}`",
                    env::OBJECT_STORE_ACCESS_KEY_ID,
                    env::OBJECT_STORE_SECRET_ACCESS_KEY
                ),
            );
        }
    },
};

fn first<'s>(server: &'s Service, names: &[&str]) -> Option<&'s str> {
    names.iter().find_map(|it| server.get(it))
}

pub(super) static OBJECT_STORE_LOGIN_MISMATCH: Proof = Proof {
    name: "object-store-login-mismatch",
    summary: "The webapp, and whoever makes the bucket, have the keys of the object store service.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (webapp, server) in pairs(stack) {
            let pairs = [
                (env::OBJECT_STORE_ACCESS_KEY_ID, first(server, &USERS)),
                (env::OBJECT_STORE_SECRET_ACCESS_KEY, first(server, &PASSWORDS)),
            ];
            for (name, wanted) in pairs {
                if wanted.is_some() && webapp.get(name) != wanted {
                    report.fault(
                        stack.source(webapp, name),
                        format!(
                            "`{name}` of `{}` is not the key of `{}`",
                            webapp.name, server.name
                        ),
                        "make both the same variable of `.env`",
                    );
                }
            }
        }
        clients(stack, report);
    },
};

/// A client logs in with the user information of its alias.
fn clients(stack: &Stack<'_>, report: &mut Report<'_>) {
    for client in stack.of_role(Role::ObjectStoreClient) {
        let aliases = client.environment.keys().filter(|it| it.starts_with(env::MC_HOST_));
        for name in aliases {
            let Some(url) = client.get(name).and_then(Url::parse) else { continue };
            let Some(server) = stack.server_of(client, &url) else { continue };
            let same = url.user.as_deref() == first(server, &USERS)
                && url.password.as_deref() == first(server, &PASSWORDS);
            if !same {
                report.fault(
                    stack.source(client, name),
                    format!("`{name}` of `{}` has not the keys of `{}`", client.name, server.name),
                    "make both the same variables of `.env`",
                );
            }
        }
    }
}

pub(super) static BAD_OBJECT_STORE_ADDRESS: Proof = Proof {
    name: "bad-object-store-address",
    summary: "`OBJECT_STORE_BASE_URL` is a service of the stack or a public https origin, without a path.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let name = env::OBJECT_STORE_BASE_URL;
        for webapp in stack.of_role(Role::Webapp) {
            let Some(value) = webapp.get(name).filter(|it| !it.is_empty()) else { continue };
            let url = Url::parse(value);
            let reason = match &url {
                None => Some("is not a URL"),
                Some(it) if it.path.len() > 1 || !it.query.is_empty() => {
                    Some("carries a path, which the client overwrites")
                }
                Some(it) if is_loopback(&it.host) => Some("leads each container to itself"),
                Some(it) if stack.is_outside(&it.host) => None,
                Some(it) if it.scheme != "https" && !is_service_name(&it.host) => {
                    Some("sends payloads through the open in clear")
                }
                Some(_) => None,
            };
            if let Some(reason) = reason {
                report.fault(
                    stack.source(webapp, name),
                    format!("`{name}` {reason}"),
                    "write scheme and host alone: `https://s3.example.com`, or the service with its port",
                );
            }
        }
    },
};

pub(super) static OBJECT_STORE_REGION_MISMATCH: Proof = Proof {
    name: "object-store-region-mismatch",
    summary: "The region of the webapp is that of the object store service: signatures carry it.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (webapp, server) in pairs(stack) {
            let Some(wanted) = server.get(env::VGW_REGION) else { continue };
            if webapp.get(env::OBJECT_STORE_REGION) != Some(wanted) {
                report.fault(
                    stack.source(webapp, env::OBJECT_STORE_REGION),
                    format!(
                        "`{}` is not the region of `{}`",
                        env::OBJECT_STORE_REGION,
                        server.name
                    ),
                    format!("write `{wanted}`"),
                );
            }
        }
    },
};

pub(super) static MISSING_BUCKET: Proof = Proof {
    name: "missing-bucket",
    summary: "Somebody makes the bucket `packets`: the server at its start, or a client.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (webapp, server) in pairs(stack).chain(unnamed(stack)) {
            let makes = |it: &Service| {
                // Bitnami's image alone makes buckets because a variable names them.
                let bitnami = it.image.raw.contains("bitnami");
                let made = |word: &String| {
                    let path = word.trim_end_matches([';', '&']);
                    path == BUCKET || path.ends_with(&format!("/{BUCKET}"))
                };
                it.words.iter().any(|word| matches!(word.as_str(), "mb" | "mkdir"))
                    && it.words.iter().any(made)
                    || it
                        .environment
                        .iter()
                        .filter(|(name, _)| bitnami && name.ends_with("_DEFAULT_BUCKETS"))
                        .filter_map(|(_, text)| text.value.as_deref())
                        .any(|list| list.split([',', ';']).any(|it| it.trim() == BUCKET))
            };
            let helpers = stack.beside(webapp).filter(|it| it.role == Role::ObjectStoreClient);
            if !std::iter::once(server).chain(helpers).any(makes) {
                report.fault(
                    stack.spot(server, ""),
                    format!("nobody makes the bucket `{BUCKET}` of `{}`", server.name),
                    format!("add a client that runs `mc mb --ignore-existing store/{BUCKET}`"),
                );
            }
        }
    },
};
