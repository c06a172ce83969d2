//! The worker stack: beside the webapp, or on a server of its own.

use super::super::environment::{self, REMOTE_TOKEN, SHARED_FOLDER};
use super::format::{Compose, Dependency, Healthcheck, Mount, Ordered, Service, Text};
use super::{
    DOCKER_PROXY, RUNNER, SHARED, environment as variables, internal, limit, open, project,
    service, volume,
};
use crate::release::env;
use crate::site::{Site, Worker};
use crate::value::ByteSize;

pub(super) fn local(site: &Site) -> Compose {
    let sizes = &site.docker().sizes;
    let mut supervisor = supervisor(site, sizes.supervisor);
    supervisor.environment = variables(&environment::supervisor(site));
    supervisor.volumes = vec![Mount::read_only_volume(SHARED, SHARED_FOLDER)];
    let services =
        vec![("supervisor", supervisor), ("docker-proxy", docker_proxy(site, sizes.docker_proxy))];
    let networks = vec![open(site, RUNNER), internal(site, DOCKER_PROXY)];
    project(site, services, networks, vec![volume(site, SHARED)])
}

/// The whole stack of a server that only runs tasks.
pub(in crate::artifacts) fn remote(site: &Site, worker: &Worker) -> Compose {
    let mut supervisor = supervisor(site, Some(worker.supervisor));
    supervisor.environment = variables(&environment::remote_supervisor(site, worker));
    supervisor.volumes = vec![Mount::file("./worker_token", REMOTE_TOKEN)];
    let services = vec![
        ("supervisor", supervisor),
        ("docker-proxy", docker_proxy(site, Some(worker.docker_proxy))),
    ];
    project(site, services, vec![open(site, RUNNER), internal(site, DOCKER_PROXY)], Vec::new())
}

fn supervisor(site: &Site, memory: Option<ByteSize>) -> Service {
    let image = match &site.docker().images.supervisor {
        Some(image) => Text::from(image.as_str()),
        None => Text::from(site.release.supervisor).then(":").then_variable(env::TRIGGER_IMAGE_TAG),
    };
    let check =
        "fetch('http://localhost:8020/health').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))";
    Service {
        // The token file belongs to root and nobody else may read it.
        user: Some("root"),
        networks: vec![RUNNER, DOCKER_PROXY],
        depends_on: Some(Ordered(vec![(
            "docker-proxy".into(),
            Dependency { condition: "service_healthy" },
        )])),
        healthcheck: Some(Healthcheck {
            test: ["CMD", "node", "-e", check].map(Text::from).into(),
            interval: "10s",
            timeout: "10s",
            retries: 6,
            start_period: "2m",
        }),
        mem_limit: limit(memory),
        ..service(site, "supervisor", image)
    }
}

/// The only container that sees the docker socket, and it may not write to its file. What it grants still lets its
/// holder start containers, so nothing but the supervisor shares its network.
fn docker_proxy(site: &Site, memory: Option<ByteSize>) -> Service {
    let granted =
        [env::CONTAINERS, env::IMAGES, env::POST].map(|name| (name.to_owned(), Text::from("1")));
    // At `info` it would log each request, and with it the environment of each run.
    let quiet = [(env::LOG_LEVEL.to_owned(), Text::from("warning"))];
    Service {
        environment: granted.into_iter().chain(quiet).collect(),
        volumes: vec![Mount::file("/var/run/docker.sock", "/var/run/docker.sock")],
        networks: vec![DOCKER_PROXY],
        healthcheck: Some(Healthcheck {
            test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2375/_ping"]
                .map(Text::from)
                .into(),
            interval: "5s",
            timeout: "5s",
            retries: 12,
            start_period: "30s",
        }),
        mem_limit: limit(memory),
        ..service(site, "docker-proxy", site.docker().images.docker_proxy.as_str())
    }
}
