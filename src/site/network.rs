//! From where the site is reached, and what of it.

use super::{BundledObjectStore, BundledRegistry, ObjectStore, Registry, Site};
use crate::value::{Domain, Origin, TailnetIpv4, TailnetIpv6};

/// From where the site is reached, and what of it.
#[derive(Debug, Clone)]
pub struct Network {
    /// Who reaches the dashboard.
    pub access: NetworkAccess,
    /// What is reached from outside beyond dashboard and API.
    pub expose: Expose,
}

/// Who reaches the dashboard.
#[derive(Debug, Clone)]
pub enum NetworkAccess {
    /// Everybody; dashboard and API are one host.
    Public,
    /// The devices of a tailnet; the API alone is public.
    Tailscale(Tailnet),
}

/// The server on its tailnet.
#[derive(Debug, Clone)]
pub struct Tailnet {
    /// Its address.
    pub ipv4: TailnetIpv4,
    /// Its IPv6 address, where the dashboard answers there too.
    pub ipv6: Option<TailnetIpv6>,
    /// The host of the API; `None` where it shares the dashboard's name by split DNS.
    pub api_domain: Option<Domain>,
}

/// What is reached from outside beyond dashboard and API.
#[derive(Debug, Clone)]
pub struct Expose {
    /// The engine's API and its websockets.
    pub engine: bool,
    /// Where logs and traces arrive, without a login.
    pub otel: bool,
    /// Webhooks of third parties; whether the webapp takes any.
    pub webhooks: bool,
    /// `POST /api/v1/query`.
    pub query: bool,
    /// The bundled registry.
    pub registry: bool,
    /// The bundled object store.
    pub object_store: bool,
}

impl Site {
    /// The tailnet that the dashboard answers on, if it does not answer everybody.
    pub fn tailnet(&self) -> Option<&Tailnet> {
        match &self.network.access {
            NetworkAccess::Public => None,
            NetworkAccess::Tailscale(tailnet) => Some(tailnet),
        }
    }

    /// The host of the dashboard, and of sign-in.
    pub fn dashboard_host(&self) -> &Domain {
        &self.domain
    }

    /// The host of the API: the dashboard's, unless it has a name of its own.
    pub fn api_host(&self) -> &Domain {
        self.tailnet().and_then(|it| it.api_domain.as_ref()).unwrap_or(&self.domain)
    }

    /// Where browsers reach the dashboard.
    pub fn origin(&self) -> Origin {
        Origin::https(self.dashboard_host())
    }

    /// Where the CLI, applications and remote workers reach the webapp.
    pub fn api_origin(&self) -> Origin {
        Origin::https(self.api_host())
    }

    /// Whether dashboard and API have names of their own.
    pub fn has_two_hosts(&self) -> bool {
        self.api_host() != self.dashboard_host()
    }

    /// The bundled registry, if there is one.
    pub fn bundled_registry(&self) -> Option<&BundledRegistry> {
        match &self.storage.registry {
            Registry::Bundled(it) => Some(it),
            Registry::External(_) => None,
        }
    }

    /// The name under which the world reaches the bundled object store, if it does.
    pub fn object_store_host(&self) -> Option<&Domain> {
        match &self.storage.object_store {
            ObjectStore::Bundled(BundledObjectStore { public_host, .. }) => public_host.as_ref(),
            ObjectStore::External(_) => None,
        }
    }

    /// Every host that the proxy answers for, the dashboard first, and whether it must lead to the tailnet.
    pub fn hosts(&self) -> Vec<(&Domain, bool)> {
        let private = self.tailnet().is_some();
        let mut hosts = vec![(self.dashboard_host(), private && self.has_two_hosts())];
        if self.has_two_hosts() {
            hosts.push((self.api_host(), false));
        }
        let registry = self.bundled_registry().map(|it| &it.host);
        hosts.extend(registry.map(|it| (it, private && !self.network.expose.registry)));
        let store = self.object_store_host();
        hosts.extend(store.map(|it| (it, private && !self.network.expose.object_store)));
        hosts
    }
}
