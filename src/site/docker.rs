//! Servers, containers, and what is published.

use super::backup::Backup;
use super::deploy::Deploy;
use super::hardening::Hardening;
use super::proxy::{Os, Proxy};
use super::sizing::{Reserve, Sizes};
use crate::value::{AddressRange, ByteSize, ImageRef, InstallRoot, Label, Port};

/// The site as Docker Compose stacks.
#[derive(Debug, Clone)]
pub struct Docker {
    /// Name of the compose project.
    pub project: Label,
    /// Where everything is installed on the server.
    pub root: InstallRoot,
    /// Memory of the server that runs the webapp.
    pub memory: ByteSize,
    /// System of that server.
    pub os: Os,
    /// Memory of each container on that server.
    pub sizes: Sizes,
    /// Servers that only run tasks; none when the webapp's server runs them.
    pub workers: Vec<Worker>,
    /// What is reachable on loopback.
    pub publish: Publish,
    /// What stands in front of it.
    pub proxy: Proxy,
    /// The image of each service.
    pub images: Images,
    /// How tasks come to the server.
    pub deploy: Deploy,
    /// How the servers are closed and kept up to date.
    pub hardening: Hardening,
    /// What is saved, when, and where to.
    pub backup: Backup,
}

/// A server that only runs tasks.
#[derive(Debug, Clone)]
pub struct Worker {
    /// Its name.
    pub name: Label,
    /// Its memory.
    pub memory: ByteSize,
    /// Limit of the supervisor.
    pub supervisor: ByteSize,
    /// Limit of the socket proxy.
    pub docker_proxy: ByteSize,
    /// What is left for runs.
    pub reserve: Reserve,
    /// Where it comes from; everybody is taken for it where that is empty.
    pub addresses: Vec<AddressRange>,
}

/// What is reachable on loopback; `None` is not published.
#[derive(Debug, Clone)]
pub struct Publish {
    /// The webapp.
    pub webapp: Port,
    /// The bundled object store.
    pub object_store: Port,
    /// The bundled registry.
    pub registry: Port,
    /// The bundled PostgreSQL.
    pub postgres: Option<Port>,
    /// The bundled Redis.
    pub redis: Option<Port>,
    /// The bundled `ClickHouse`.
    pub clickhouse: Option<Port>,
}

/// The image of each service, chosen or pinned.
#[derive(Debug, Clone)]
pub struct Images {
    /// The webapp; `None` is the release's own.
    pub webapp: Option<ImageRef>,
    /// The supervisor; `None` is the release's own.
    pub supervisor: Option<ImageRef>,
    /// PostgreSQL.
    pub postgres: ImageRef,
    /// Redis.
    pub redis: ImageRef,
    /// `ClickHouse`.
    pub clickhouse: ImageRef,
    /// The object store.
    pub object_store: ImageRef,
    /// `MinIO`'s client.
    pub object_store_client: ImageRef,
    /// `s2 lite`.
    pub s2: ImageRef,
    /// The registry.
    pub registry: ImageRef,
    /// The docker socket proxy.
    pub docker_proxy: ImageRef,
}

impl Images {
    /// Every image that the author may have chosen, with the key that chooses it.
    pub fn all(&self) -> Vec<(&'static str, &ImageRef)> {
        let fixed = [
            ("postgres", &self.postgres),
            ("redis", &self.redis),
            ("clickhouse", &self.clickhouse),
            ("object_store", &self.object_store),
            ("object_store_client", &self.object_store_client),
            ("s2", &self.s2),
            ("registry", &self.registry),
            ("docker_proxy", &self.docker_proxy),
        ];
        let chosen = [("webapp", self.webapp.as_ref()), ("supervisor", self.supervisor.as_ref())];
        let chosen = chosen.into_iter().filter_map(|(key, image)| Some((key, image?)));
        chosen.chain(fixed).collect()
    }
}
