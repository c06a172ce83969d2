//! The webapp stack.

use super::super::environment::{self, SHARED_FOLDER};
use super::format::{
    Compose, Dependency, Healthcheck, Mount, Network, Ordered, Service, Text, Volume,
};
use super::{
    DATA, REGISTRY, RUNNER, SHARED, environment as variables, internal, limit, open, project,
    service, stores, volume,
};
use crate::release::env;
use crate::site::{Registry, Site};

/// A bundled store: its service, and what the webapp waits for before it starts.
pub(super) struct Store {
    pub(super) name: &'static str,
    pub(super) service: Service,
    /// The volume that it needs.
    pub(super) volume: Option<&'static str>,
    /// `None` when the webapp does not wait for it.
    pub(super) condition: Option<&'static str>,
}

pub(super) fn stack(site: &Site) -> Compose {
    let stores = stores::bundled(site);
    let waits = stores
        .iter()
        .filter_map(|it| Some((it.name.to_owned(), Dependency { condition: it.condition? })));
    let webapp = webapp(site, waits.collect());
    let volumes = volumes(site, &stores);
    let mut services = vec![("webapp", webapp)];
    services.extend(stores.into_iter().map(|it| (it.name, it.service)));
    project(site, services, networks(site), volumes)
}

fn webapp(site: &Site, waits: Vec<(String, Dependency)>) -> Service {
    let image = match &site.docker().images.webapp {
        Some(image) => Text::from(image.as_str()),
        None => Text::from(site.release.webapp).then(":").then_variable(env::TRIGGER_IMAGE_TAG),
    };
    let check = "fetch('http://localhost:3000/healthcheck').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))";
    Service {
        // The volume that it shares with the supervisor belongs to root when it is new.
        user: Some("root"),
        command: [
            "sh",
            "-c",
            "chown -R node:node /home/node/shared && exec ./scripts/entrypoint.sh",
        ]
        .map(Text::from)
        .into(),
        environment: variables(&environment::webapp(site)),
        ports: vec![format!("127.0.0.1:{}:3000", site.docker().publish.webapp)],
        volumes: vec![Mount::volume(SHARED, SHARED_FOLDER)],
        networks: vec![DATA, RUNNER],
        depends_on: (!waits.is_empty()).then_some(Ordered(waits)),
        healthcheck: Some(Healthcheck {
            test: ["CMD", "node", "-e", check].map(Text::from).into(),
            interval: "10s",
            timeout: "10s",
            retries: 6,
            // The first start runs every migration.
            start_period: "15m",
        }),
        // It never ends by itself: what matters is done within milliseconds of the signal.
        stop_grace_period: Some("10s"),
        mem_limit: limit(Some(site.docker().sizes.webapp)),
        ..service(site, "webapp", image)
    }
}

/// Shared networks first, in the words of the worker stack; then one for each part that the host reaches.
fn networks(site: &Site) -> Vec<(String, Network)> {
    let mut networks = vec![internal(site, DATA), open(site, RUNNER)];
    if matches!(site.storage.registry, Registry::Bundled(_)) {
        networks.push(open(site, REGISTRY));
    }
    networks.extend(stores::published(site).into_iter().map(|(network, _)| open(site, network)));
    networks
}

fn volumes(site: &Site, stores: &[Store]) -> Vec<(String, Volume)> {
    let of_stores = stores.iter().filter_map(|it| it.volume);
    std::iter::once(SHARED).chain(of_stores).map(|name| volume(site, name)).collect()
}
