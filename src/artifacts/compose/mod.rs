//! The compose files: one project, two stacks, or a stack for each worker host.

mod format;
mod stores;
mod webapp;
mod worker;

pub(super) use format::Text;
pub(super) use worker::remote;

use super::setting::Setting;
use super::{Artifact, Cx, Target, file, header};
use crate::plan::{Body, PlannedFile};
use crate::release::env;
use crate::site::{Site, Worker};
use crate::tree::Mode;
use crate::value::ByteSize;
use format::{Compose, Network, Ordered, Service, Volume};
use std::collections::BTreeMap;

pub(super) const WEBAPP: Artifact = Artifact {
    name: "compose-webapp",
    paths: "docker/webapp/docker-compose.yml",
    summary: "The stack of webapp and bundled stores",
    target: Target::Docker,
    keys: &["docker", "storage", "release", "env.webapp"],
    plan: |cx| {
        vec![stack(
            cx,
            WEBAPP.name,
            "docker/webapp/docker-compose.yml",
            "The webapp stack",
            webapp::stack(cx.site),
        )]
    },
};

pub(super) const WORKER: Artifact = Artifact {
    name: "compose-worker",
    paths: "docker/worker/docker-compose.yml",
    summary: "The stack of supervisor and docker socket proxy, beside the webapp",
    target: Target::Docker,
    keys: &["docker", "release", "env.supervisor"],
    plan: |cx| match cx.site.is_split() {
        true => Vec::new(),
        false => vec![stack(
            cx,
            WORKER.name,
            "docker/worker/docker-compose.yml",
            "The worker stack",
            worker::local(cx.site),
        )],
    },
};

/// A container as the control script knows it.
#[derive(Clone)]
pub(super) struct Container {
    pub(super) service: String,
    /// Its image, with the tag that an update changes.
    pub(super) image: String,
    /// Whether it does its work once and exits.
    pub(super) once: bool,
    /// The real names of its networks.
    pub(super) networks: Vec<String>,
    /// Where loopback leads to it: `127.0.0.1:8030:3000`.
    pub(super) ports: Vec<String>,
}

/// Every container of the webapp's server, or of a worker host, in the order of the compose files. Artifacts ask
/// [`Cx::containers`].
pub(super) fn containers(site: &Site, worker: Option<&Worker>) -> Vec<Container> {
    let stacks = match worker {
        Some(worker) => vec![remote(site, worker)],
        None if site.is_split() => vec![webapp::stack(site)],
        None => vec![webapp::stack(site), worker::local(site)],
    };
    let services = stacks.into_iter().flat_map(|stack| stack.services.0);
    services
        .map(|(service, it)| Container {
            service,
            image: it.image.with(env::TRIGGER_IMAGE_TAG, &site.release.tag()),
            once: it.restart == "no",
            networks: it.networks.iter().map(|name| real_name(site, name)).collect(),
            ports: it.ports,
        })
        .collect()
}

fn stack(
    cx: &Cx<'_>,
    artifact: &'static str,
    path: &str,
    what: &str,
    compose: Compose,
) -> PlannedFile {
    let mut header = header(cx.site, what);
    let root = super::root_word(cx.site);
    let files = match cx.site.is_split() {
        true => format!("-f {root}/webapp/docker-compose.yml"),
        false => format!("-f {root}/webapp/docker-compose.yml -f {root}/worker/docker-compose.yml"),
    };
    if !cx.site.is_split() {
        header.push(super::memory_line(&cx.site.docker().sizes.reserve(cx.site.docker().memory)));
    }
    header
        .push(format!("Run as part of one project: docker compose --env-file {root}/.env {files}"));
    file(artifact, path, Mode::Plain, body(header, compose))
}

/// A compose file below its header.
pub(super) fn body(header: Vec<String>, compose: Compose) -> Body {
    let document =
        serde_json::to_value(compose).expect("bug in trigger-gen: a compose file that is no data");
    Body::Yaml { header, document }
}

/// The networks of the project, by what they are for.
const DATA: &str = "data";
const RUNNER: &str = "runner";
const DOCKER_PROXY: &str = "docker-proxy";
const REGISTRY: &str = "registry";

/// The volume through which the webapp hands the worker token to the supervisor.
const SHARED: &str = "shared";

/// The real name of the network that runs are attached to.
pub(super) fn runner_network(site: &Site) -> String {
    real_name(site, RUNNER)
}

fn real_name(site: &Site, name: &str) -> String {
    format!("{}-{name}", site.docker().project)
}

/// A network that leads nowhere but to its members.
fn internal(site: &Site, name: &str) -> (String, Network) {
    (name.into(), Network { name: real_name(site, name), internal: true })
}

/// A network that leads out.
fn open(site: &Site, name: &str) -> (String, Network) {
    (name.into(), Network { name: real_name(site, name), internal: false })
}

fn volume(site: &Site, name: &str) -> (String, Volume) {
    (name.into(), Volume { name: real_name(site, name) })
}

/// What every container has: a name of its own, bounded logs, no way to gain privileges.
fn service(site: &Site, name: &str, image: impl Into<Text>) -> Service {
    Service {
        image: image.into(),
        container_name: real_name(site, name),
        restart: "unless-stopped",
        security_opt: vec!["no-new-privileges:true"],
        ..Service::default()
    }
}

fn limit(size: Option<ByteSize>) -> Option<String> {
    size.map(|it| format!("{}m", it.in_mib()))
}

fn environment(settings: &[Setting]) -> BTreeMap<String, Text> {
    settings.iter().map(|it| (it.name.clone(), it.in_compose())).collect()
}

/// The project of these services; only what they use is declared.
fn project(
    site: &Site,
    services: Vec<(&str, Service)>,
    networks: Vec<(String, Network)>,
    volumes: Vec<(String, Volume)>,
) -> Compose {
    let services = services.into_iter().map(|(name, service)| (name.to_owned(), service)).collect();
    Compose {
        name: site.docker().project.to_string(),
        services: Ordered(services),
        networks: Ordered(networks),
        volumes: Ordered(volumes),
    }
}
