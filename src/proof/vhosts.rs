//! nginx in front: which hosts it answers for, and where each leads.

use super::stack::{Conf, Directive, Role, Stack, Url, is_loopback, is_service_name};
use super::{Blame, Proof, Spot, registry::bare_host};
use crate::release::env;
use std::collections::BTreeMap;

/// A server of nginx that forwards.
pub(super) struct Vhost<'s> {
    conf: &'s Conf,
    pub(super) block: &'s Directive,
    names: Vec<&'s str>,
}

impl<'s> Vhost<'s> {
    pub(super) fn spot(&self, directive: &Directive) -> Spot {
        Spot { path: self.conf.path.clone(), line: Some(directive.line) }
    }

    /// What the world knows under its names, if that is anything.
    pub(super) fn part(&self, hosts: &Hosts) -> Option<Part> {
        self.names.iter().find_map(|it| hosts.get(*it)).map(|(part, _)| *part)
    }

    /// Each location that forwards, with where it forwards to.
    pub(super) fn forwarding(&self) -> impl Iterator<Item = (&'s Directive, &'s str)> {
        let locations = self.block.block.iter().filter(|it| it.name == "location");
        locations.filter_map(|it| Some((it, it.inner("proxy_pass").next()?.first())))
    }
}

/// Every server that forwards.
pub(super) fn vhosts<'s>(stack: &'s Stack<'_>) -> Vec<Vhost<'s>> {
    let blocks = stack.confs.iter().flat_map(|conf| {
        conf.directives.iter().filter(|it| it.name == "server").map(move |block| (conf, block))
    });
    let vhosts = blocks.map(|(conf, block)| {
        let names = block.inner("server_name").flat_map(|it| &it.words);
        Vhost { conf, block, names: names.map(String::as_str).collect() }
    });
    vhosts.filter(|it| it.forwarding().next().is_some()).collect()
}

/// What the world knows under a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Webapp,
    Registry,
    ObjectStore,
}

impl Part {
    /// The service and the port in its container.
    fn service(self) -> (Role, &'static str) {
        match self {
            Self::Webapp => (Role::Webapp, "3000"),
            Self::Registry => (Role::Registry, "5000"),
            Self::ObjectStore => (Role::ObjectStore, "9000"),
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Webapp => "the webapp",
            Self::Registry => "the registry",
            Self::ObjectStore => "the object store",
        }
    }
}

/// Public hosts, each with what answers there and where it is named.
pub(super) type Hosts = BTreeMap<String, (Part, Spot)>;

/// Every public host that the stack names, with what answers there and where it is named.
pub(super) fn hosts(stack: &Stack<'_>) -> Hosts {
    let mut hosts = BTreeMap::new();
    let has = |role: Role| stack.of_role(role).next().is_some();
    for webapp in stack.of_role(Role::Webapp) {
        let mut add = |name: &str, host: Option<String>, part: Part| {
            let public = |it: &String| it.contains('.') && !is_loopback(it) && !is_service_name(it);
            if let Some(host) = host.filter(public) {
                hosts.entry(host).or_insert_with(|| (part, stack.source(webapp, name)));
            }
        };
        let host = |name: &str| webapp.get(name).and_then(Url::parse).map(|it| it.host);
        for name in [env::APP_ORIGIN, env::LOGIN_ORIGIN, env::API_ORIGIN, env::STREAM_ORIGIN] {
            add(name, host(name), Part::Webapp);
        }
        if has(Role::Registry) {
            let name = env::DEPLOY_REGISTRY_HOST;
            // One with a port is not behind nginx.
            let bare = webapp.get(name).map(bare_host).filter(|it| !it.contains(':'));
            add(name, bare.map(str::to_owned), Part::Registry);
        }
        if has(Role::ObjectStore) {
            let name = env::OBJECT_STORE_BASE_URL;
            let url = webapp.get(name).and_then(Url::parse).filter(|it| it.scheme == "https");
            add(name, url.map(|it| it.host), Part::ObjectStore);
        }
    }
    hosts
}

pub(super) static UNSERVED_HOST: Proof = Proof {
    name: "unserved-host",
    summary: "Where nginx stands in front, it answers for every host that the webapp names: dashboard, API, the stack's own registry and object store.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let vhosts = vhosts(stack);
        if vhosts.is_empty() {
            return;
        }
        for (host, (part, at)) in hosts(stack) {
            if !vhosts.iter().any(|it| it.names.contains(&host.as_str())) {
                report.fault(
                    at,
                    format!("nginx does not answer for `{host}`, the host of {}", part.name()),
                    format!(
                        "write a server with `server_name {host};`, or the name that nginx has"
                    ),
                );
            }
        }
    },
};

pub(super) static UNKNOWN_SERVER_NAME: Proof = Proof {
    name: "unknown-server-name",
    summary: "Every name under which nginx forwards is a host that the webapp names.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let hosts = hosts(stack);
        for vhost in vhosts(stack) {
            for name in vhost.names.iter().filter(|it| !hosts.contains_key(**it)) {
                report.fault(
                    vhost.spot(vhost.block),
                    format!("nginx forwards under `{name}`, which no variable of the webapp names"),
                    "write the host of an origin, of the registry or of the object store",
                );
            }
        }
    },
};

pub(super) static PROXY_PORT_MISMATCH: Proof = Proof {
    name: "proxy-port-mismatch",
    summary: "nginx forwards each host to the port at which its service is published on loopback.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let hosts = hosts(stack);
        for vhost in vhosts(stack) {
            let part = vhost.part(&hosts);
            let Some(part) = part else { continue };
            let (role, inside) = part.service();
            let ports = stack.of_role(role).flat_map(|it| &it.ports);
            let published: Vec<(Option<&str>, &str)> = ports
                .filter(|it| it.target == inside)
                .filter_map(|it| Some((it.address.as_deref(), it.published.as_deref()?)))
                .collect();
            let mut seen = Vec::new();
            for (location, target) in vhost.forwarding() {
                if seen.contains(&target) {
                    continue;
                }
                seen.push(target);
                let addresses = addresses(stack, target);
                let fits = |it: &String| {
                    let (host, port) = it.rsplit_once(':').unwrap_or((it, "80"));
                    let leads = |(address, at): &(Option<&str>, &str)| {
                        *at == port && address.is_none_or(|it| it == host || !is_loopback(it))
                    };
                    is_loopback(host) && published.iter().any(leads)
                };
                if addresses.is_empty() || !addresses.iter().all(fits) {
                    report.fault(
                        vhost.spot(location),
                        format!("`{target}` is not where {} is published", part.name()),
                        match published.first() {
                            Some((address, port)) => {
                                let loopback = address.filter(|it| is_loopback(it));
                                format!("forward to {}:{port}", loopback.unwrap_or("127.0.0.1"))
                            }
                            None => "publish it on loopback".into(),
                        },
                    );
                }
            }
        }
    },
};

/// The addresses behind a `proxy_pass`: those of its upstream, or its own.
fn addresses(stack: &Stack<'_>, target: &str) -> Vec<String> {
    let Some((_, rest)) = target.split_once("://") else { return Vec::new() };
    let named = rest.split('/').next().unwrap_or_default();
    let upstreams = stack.confs.iter().flat_map(|it| &it.directives);
    let upstream = upstreams.into_iter().find(|it| it.name == "upstream" && it.first() == named);
    match upstream {
        Some(it) => it.inner("server").map(|it| it.first().to_owned()).collect(),
        None => vec![named.to_owned()],
    }
}

pub(super) static TOO_WIDE_VHOST: Proof = Proof {
    name: "too-wide-vhost",
    summary: "nginx forwards nothing but `/v2/` to the registry, and nothing but the bucket `packets` to the object store.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let hosts = hosts(stack);
        for vhost in vhosts(stack) {
            let part = vhost.part(&hosts);
            let only = match part {
                Some(Part::Registry) => "/v2/",
                Some(Part::ObjectStore) => "/packets/",
                Some(Part::Webapp) | None => continue,
            };
            for (location, _) in vhost.forwarding().filter(|(it, _)| it.words != [only]) {
                report.fault(
                    vhost.spot(location),
                    format!(
                        "`location {}` leads further into {} than anybody needs",
                        location.words.join(" "),
                        part.map_or("it", Part::name)
                    ),
                    format!("write `location {only}`"),
                );
            }
        }
    },
};
