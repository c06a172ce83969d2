//! A site on a server: its files where the emitted heads say they go, the addresses that it names, and the ways that
//! lead to it.

use super::client::Way;
use super::server::{
    CONTAINER, Files, NEW, OLD, OLDEST, OUTSIDER, OUTSIDER_IPV6, PEER, PEER_IPV6, PUBLIC,
    PUBLIC_IPV6, Server, address,
};
use crate::support;
use serde_json::{Value, json};
use std::net::IpAddr;
use trigger_gen::site::{Os, Site};

/// A site, compiled.
pub(super) struct Place {
    pub(super) site: Site,
    pub(super) files: Files,
}

/// Where a client is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    World,
    WorldIpv6,
    Tailnet,
    TailnetIpv6,
    /// A container of the server that calls the public name.
    Container,
    /// Somebody of the world who reaches the tailnet's address all the same.
    Stray,
}

impl Place {
    /// An example of the project.
    pub(super) fn example(name: &str) -> Self {
        Self::of(&support::example_text(name))
    }

    /// An example, changed; none of its lints stands in the way.
    pub(super) fn changed(name: &str, change: impl FnOnce(&mut Value)) -> Self {
        let mut site: Value = serde_yaml::from_str(&support::example_text(name)).expect("YAML");
        change(&mut site);
        Self::of(&serde_yaml::to_string(&site).expect("YAML"))
    }

    /// A site by its text.
    pub(super) fn of(text: &str) -> Self {
        let site = support::site(text);
        let tree = trigger_gen::generate(&site, &support::secrets(&site));
        let (root, project) = (site.docker().root.to_string(), site.docker().project.to_string());
        let mut files: Files = tree
            .files
            .iter()
            .filter_map(|(path, file)| {
                let below = path.as_str().strip_prefix("docker/nginx/")?;
                Some((format!("{root}/nginx/{below}"), file.text().to_owned()))
            })
            .collect();
        assert!(!files.is_empty(), "nothing of nginx is emitted");
        for (entry, file) in [("trigger-catch-all", "catch-all"), (project.as_str(), "site")] {
            let path = format!("/etc/nginx/conf.d/{entry}.conf");
            files.push((path, format!("include \"{root}/nginx/{file}.conf\";\n")));
        }
        Self { site, files }
    }

    /// The same with its files before the first certificate.
    pub(super) fn before_certificates(mut self) -> Self {
        let project = format!("/etc/nginx/conf.d/{}.conf", self.site.docker().project);
        for (_, text) in self.files.iter_mut().filter(|it| it.0 == project) {
            *text = text.replace("/nginx/site.conf", "/nginx/bootstrap.conf");
        }
        self
    }

    /// The same with other text in its files; every replacement must find something.
    pub(super) fn spoilt(mut self, from: &str, to: &str) -> Self {
        let before = self.files.clone();
        for (_, text) in &mut self.files {
            *text = text.replace(from, to);
        }
        assert!(before != self.files, "{from} stands nowhere");
        self
    }

    /// The same with servers that speak HTTP/1.1 without TLS on their ports.
    pub(super) fn without_tls(mut self) -> Self {
        for (_, text) in &mut self.files {
            let lines = text.lines().filter(|it| it.trim() != "http2 on;");
            let bare = |it: &str| match it.trim().starts_with("listen ") {
                true => it.replace(" ssl", "").replace(" http2", ""),
                false => it.to_owned(),
            };
            *text = lines.map(|it| bare(it) + "\n").collect();
        }
        self
    }

    /// The nginx of its system, or the one that gets the same files: no Debian has 1.24.
    pub(super) fn nginx(&self) -> &'static str {
        match self.site.docker().os {
            Os::Debian13 => NEW,
            Os::Debian12 | Os::Ubuntu2404 => OLD,
            Os::Ubuntu2204 => OLDEST,
        }
    }

    /// The server with its certificates, not started.
    pub(super) fn server(&self) -> Option<Server> {
        self.server_with(self.nginx())
    }

    /// The same with a given nginx.
    pub(super) fn server_with(&self, nginx: &str) -> Option<Server> {
        let tailnet: Vec<IpAddr> = [Client::Tailnet, Client::TailnetIpv6]
            .into_iter()
            .filter_map(|it| self.site.tailnet().and_then(|_| self.address(it)))
            .collect();
        let server = Server::with(nginx, &self.files, &tailnet)?;
        server.certify(&self.files);
        Some(server)
    }

    /// The server, running.
    pub(super) fn running(&self) -> Option<Server> {
        let server = self.server()?;
        let publish = &self.site.docker().publish;
        let ports = [&publish.webapp, &publish.registry, &publish.object_store];
        server.start(&ports.map(|it| it.number()));
        Some(server)
    }

    fn address(&self, client: Client) -> Option<IpAddr> {
        let tailnet = || self.site.tailnet().expect("a tailnet");
        match client {
            Client::World | Client::Container => Some(address(PUBLIC)),
            Client::WorldIpv6 => Some(address(PUBLIC_IPV6)),
            Client::Tailnet | Client::Stray => Some(address(tailnet().ipv4.as_str())),
            Client::TailnetIpv6 => tailnet().ipv6.as_ref().map(|it| address(it.as_str())),
        }
    }

    /// A client, and its like that speaks IPv6 where the site has addresses for that.
    pub(super) fn both_families(&self, client: Client) -> Vec<Client> {
        let over_ipv6 = match client {
            Client::World => Some(Client::WorldIpv6),
            Client::Tailnet => Some(Client::TailnetIpv6),
            Client::WorldIpv6 | Client::TailnetIpv6 | Client::Container | Client::Stray => None,
        };
        let over_ipv6 = over_ipv6.filter(|it| self.address(*it).is_some());
        std::iter::once(client).chain(over_ipv6).collect()
    }

    /// The way of a client to a name, over TLS.
    pub(super) fn way<'a>(&self, client: Client, name: &'a str) -> Way<'a> {
        let from = match client {
            Client::World | Client::Stray => OUTSIDER,
            Client::WorldIpv6 => OUTSIDER_IPV6,
            Client::Tailnet => PEER,
            Client::TailnetIpv6 => PEER_IPV6,
            Client::Container => CONTAINER,
        };
        let to = self.address(client).expect("an address of this kind");
        Way { to, from: address(from), name: Some(name) }
    }

    /// The way of a worker host to a public name: it comes from the address of the peer.
    pub(super) fn worker_way<'a>(&self, name: &'a str) -> Way<'a> {
        Way { to: address(PUBLIC), from: address(PEER), name: Some(name) }
    }

    /// The host of the API.
    pub(super) fn api(&self) -> &str {
        self.site.api_host().as_str()
    }

    /// The host of the dashboard.
    pub(super) fn dashboard(&self) -> &str {
        self.site.dashboard_host().as_str()
    }
}

/// A dashboard on the tailnet and an API for the world, on each system whose nginx is here.
pub(super) fn hardened() -> Vec<Place> {
    on_each_system("hardened-vps", |_| ())
}

/// The same with everything open that can be.
pub(super) fn exposed() -> Vec<Place> {
    on_each_system("hardened-vps", |site| {
        site["network"]["expose"] = json!({
            "engine": true, "otel": true, "webhooks": true, "registry": true, "object_store": true,
        });
        site["storage"]["streams"] = json!("v1");
        site["docker"]["topology"] = json!({ "workers": [{ "name": "worker-1" }] });
    })
}

/// Dashboard and API for everybody.
pub(super) fn public() -> Vec<Place> {
    on_each_system("minimal-vps", |_| ())
}

/// Dashboard and API for everybody, and runs on other servers, which do not say where they come from.
pub(super) fn split() -> Vec<Place> {
    on_each_system("split-workers", from_anywhere)
}

fn from_anywhere(site: &mut Value) {
    for worker in site["docker"]["topology"]["workers"].as_array_mut().expect("workers") {
        worker.as_object_mut().expect("a worker").remove("addresses");
    }
}

/// Dashboard and API for everybody, with runs here and elsewhere.
pub(super) fn everybody() -> Vec<Place> {
    public().into_iter().chain(split()).collect()
}

/// The same where every worker host says where it comes from: the world is none of them, a peer is.
pub(super) fn split_by_address() -> Vec<Place> {
    on_each_system("split-workers", from_a_peer)
}

fn from_a_peer(site: &mut Value) {
    for worker in site["docker"]["topology"]["workers"].as_array_mut().expect("workers") {
        worker["addresses"] = json!([PEER]);
    }
}

/// One name for dashboard and API, which DNS leads to the tailnet there and to the public address elsewhere.
pub(super) fn one_name() -> Vec<Place> {
    on_each_system("hardened-vps", |site| {
        let access = site["network"]["access"]["tailscale"].as_object_mut().expect("a tailnet");
        access.remove("api_domain");
    })
}

/// With a certificate of the tailnet itself.
pub(super) fn tailnet_certificate() -> Vec<Place> {
    on_each_system("hardened-vps", |site| {
        site["domain"] = json!("trigger.tail1234.ts.net");
        site["network"]["expose"] = json!({ "registry": true, "object_store": true });
        site["docker"]["proxy"]["nginx"]["tls"] = json!({ "tailscale": {} });
        site["storage"]["registry"] = json!({ "bundled": { "host": "registry.example.com" } });
    })
}

/// A release whose runs call the engine at the host of the API.
pub(super) fn below_internal_api() -> Vec<Place> {
    on_each_system("hardened-vps", |site| site["release"] = json!("4.5.8"))
}

/// `hardened`, with another rate limit.
pub(super) fn hardened_at(requests_per_second: u32) -> Vec<Place> {
    on_each_system("hardened-vps", |site| limit(site, requests_per_second))
}

/// `public`, with another rate limit.
pub(super) fn public_at(requests_per_second: u32) -> Vec<Place> {
    on_each_system("minimal-vps", |site| limit(site, requests_per_second))
}

/// `split`, with another rate limit.
pub(super) fn split_at(requests_per_second: u32) -> Vec<Place> {
    on_each_system("split-workers", |site| {
        from_anywhere(site);
        limit(site, requests_per_second);
    })
}

/// `split_by_address`, with another rate limit.
pub(super) fn split_by_address_at(requests_per_second: u32) -> Vec<Place> {
    on_each_system("split-workers", |site| {
        from_a_peer(site);
        limit(site, requests_per_second);
    })
}

fn limit(site: &mut Value, requests_per_second: u32) {
    site["docker"]["proxy"]["nginx"]["requests_per_second"] = json!(requests_per_second);
}

fn on_each_system(example: &str, change: impl Fn(&mut Value)) -> Vec<Place> {
    ["debian12", "debian13"]
        .map(|os| {
            Place::changed(example, |site| {
                change(site);
                site["docker"]["host"]["os"] = json!(os);
            })
        })
        .into()
}
