//! The servers of a site: who may reach which.

use super::data::{Allowed, Location, Range, Redirect, Server, Vhost};
use super::locations::{self, Reach};
use super::{certificates, prefix};
use crate::artifacts::environment::BUCKET;
use crate::site::{Nginx, Site, Tailnet};

/// Everything that is reached on the tailnet.
const ALL: Reach = Reach { engine: true, otel: true, public: false };

const TAILNET: [Range; 2] = [
    Range { range: "100.64.0.0/10", who: "the tailnet" },
    Range { range: "fd7a:115c:a1e0::/48", who: "the tailnet" },
];

/// Runs call the tailnet's address from the networks of their containers.
const CONTAINERS: [Range; 2] = [
    Range { range: "172.16.0.0/12", who: "containers of this server" },
    Range { range: "192.168.0.0/16", who: "containers of this server" },
];

/// Every file of vhosts.
pub(super) fn all(site: &Site, nginx: &Nginx) -> Vec<Vhost> {
    let make = Make { site, nginx };
    let mut vhosts = vec![make.dashboard()];
    vhosts.extend(site.tailnet().map(|it| make.api(it)));
    let expose = &site.network.expose;
    if let Some(registry) = site.bundled_registry() {
        let allowed = make.allowed("images", vec!["^/v2/".into()]);
        let part = Part {
            file: "registry",
            what: "nginx for the image registry",
            about: "The image registry.",
        };
        vhosts.push(make.part(
            part,
            registry.host.as_str(),
            expose.registry,
            allowed,
            locations::registry(nginx),
        ));
    }
    if let Some(host) = site.object_store_host() {
        // An object has a name: the bucket itself is not listed.
        let allowed = make.allowed("store", vec![format!("^/{BUCKET}/[^/?]")]);
        let part = Part {
            file: "object-store",
            what: "nginx for the object store",
            about: "The object store, one bucket of it.",
        };
        let locations = locations::object_store(site, BUCKET);
        vhosts.push(make.part(part, host.as_str(), expose.object_store, allowed, locations));
    }
    vhosts
}

/// A vhost of one server.
struct Part {
    file: &'static str,
    what: &'static str,
    about: &'static str,
}

/// Whom a server answers.
#[derive(Clone, Copy)]
enum Side<'a> {
    /// Everybody.
    Public,
    /// The tailnet, at its address; `containers` where runs come there too.
    Tailnet { tailnet: &'a Tailnet, containers: bool },
}

struct Make<'a> {
    site: &'a Site,
    nginx: &'a Nginx,
}

impl<'a> Make<'a> {
    fn dashboard(&self) -> Vhost {
        let expose = &self.site.network.expose;
        let (side, reach, about) = match self.site.tailnet() {
            None => (
                Side::Public,
                Reach { engine: expose.engine, otel: expose.otel, public: true },
                "Dashboard and API, for everybody.",
            ),
            Some(tailnet) => (
                Side::Tailnet { tailnet, containers: false },
                ALL,
                "Dashboard and API, for the tailnet alone: the public address never leads here.",
            ),
        };
        let mut locations = reach.api(self.site, self.nginx);
        locations.extend(reach.dashboard(self.site));
        let host = self.site.dashboard_host().as_str();
        Vhost {
            file: "dashboard",
            what: "nginx for the dashboard",
            redirects: vec![self.redirect(side, host)],
            servers: vec![self.server(side, host, vec![about], None, locations)],
        }
    }

    /// The API where the dashboard is on a tailnet: a list of what may be asked for.
    fn api(&self, tailnet: &'a Tailnet) -> Vhost {
        let expose = &self.site.network.expose;
        let host = self.site.api_host().as_str();
        let reach = Reach { engine: expose.engine, otel: expose.otel, public: true };
        let mut servers = vec![self.server(
            Side::Public,
            host,
            vec!["The API, for everybody: what the list above names, and nothing else."],
            Some(self.allowed("api", reach.allowed(self.site))),
            self.listed(reach),
        )];
        if self.site.has_two_hosts() {
            servers.push(self.server(
                Side::Tailnet { tailnet, containers: true },
                host,
                vec![
                    "The same name on the tailnet, where DNS leads it here: `trigger dev` asks it for",
                    "more than the world may.",
                ],
                Some(self.allowed("tailnet", ALL.allowed(self.site))),
                self.listed(ALL),
            ));
        }
        Vhost {
            file: "api",
            what: "nginx for the API",
            redirects: vec![self.redirect(Side::Public, host)],
            servers,
        }
    }

    fn listed(&self, reach: Reach) -> Vec<Location> {
        let mut found = reach.api(self.site, self.nginx);
        found.push(locations::everything_else());
        found
    }

    /// A store of the stack under a name of its own.
    fn part(
        &self,
        part: Part,
        host: &str,
        exposed: bool,
        allowed: Allowed,
        locations: Vec<Location>,
    ) -> Vhost {
        let side = match self.site.tailnet() {
            Some(tailnet) if !exposed => Side::Tailnet { tailnet, containers: true },
            _ => Side::Public,
        };
        Vhost {
            file: part.file,
            what: part.what,
            redirects: vec![self.redirect(side, host)],
            servers: vec![self.server(side, host, vec![part.about], Some(allowed), locations)],
        }
    }

    fn allowed(&self, of: &str, paths: Vec<String>) -> Allowed {
        let pages = matches!(of, "api" | "tailnet");
        Allowed { variable: format!("{}_{of}_path", prefix(self.site)), paths, pages }
    }

    fn redirect(&self, side: Side<'_>, host: &str) -> Redirect {
        let acme = matches!(side, Side::Public) && certificates::over_http(self.nginx);
        Redirect { name: host.to_owned(), listen: addresses(side, 80), acme }
    }

    fn server(
        &self,
        side: Side<'_>,
        host: &str,
        about: Vec<&'static str>,
        allowed: Option<Allowed>,
        locations: Vec<Location>,
    ) -> Server {
        let certificate = certificates::of(self.site, self.nginx, host);
        let own_line = super::shared::http2_has_a_line(self.site);
        let listen = addresses(side, 443).into_iter();
        let allow: Vec<Range> = match side {
            Side::Public => Vec::new(),
            Side::Tailnet { containers: false, .. } => TAILNET.into(),
            Side::Tailnet { containers: true, .. } => {
                TAILNET.into_iter().chain(CONTAINERS).collect()
            }
        };
        // Beside `allow` and `deny` no `return` may stand: it would come before them.
        let refusal = match allowed.is_some() && allow.is_empty() {
            true => "return 404",
            false => "deny all",
        };
        Server {
            about,
            name: host.to_owned(),
            listen: listen
                .map(|it| if own_line { format!("{it} ssl") } else { format!("{it} ssl http2") })
                .collect(),
            http2: own_line,
            certificate: certificate.chain,
            key: certificate.key,
            allow,
            allowed,
            refusal,
            locations,
        }
    }
}

/// What a server listens on, IPv6 beside IPv4.
fn addresses(side: Side<'_>, port: u16) -> Vec<String> {
    match side {
        Side::Public => vec![port.to_string(), format!("[::]:{port}")],
        Side::Tailnet { tailnet, .. } => {
            let ipv6 = tailnet.ipv6.as_ref().map(|it| format!("[{it}]:{port}"));
            std::iter::once(format!("{}:{port}", tailnet.ipv4)).chain(ipv6).collect()
        }
    }
}
