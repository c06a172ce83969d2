//! `network`: from where the site is reached, and what of it.

use super::storage::named_hosts;
use super::{Cx, placeholder};
use crate::diag::{Diagnostic, Place};
use crate::release::{QUERY_FLOOR, Reader, Release, env, lookup};
use crate::site::{Expose, Network, NetworkAccess, ObjectStore, Registry, Storage, Tailnet};
use crate::spec;
use crate::value::Domain;

pub(super) fn resolve(
    written: &spec::SiteSpec,
    release: &'static Release,
    domain: &Domain,
    storage: &Storage,
    cx: &mut Cx<'_>,
) -> Network {
    let none = spec::Network::default();
    let network = written.network.as_ref().unwrap_or(&none);
    let access = match &network.access {
        None | Some(spec::NetworkAccess::Public) => NetworkAccess::Public,
        Some(spec::NetworkAccess::Tailscale(it)) => {
            NetworkAccess::Tailscale(tailnet(it, domain, storage, cx))
        }
    };
    let nothing = spec::Expose::default();
    let asked = network.expose.as_ref().unwrap_or(&nothing);
    let public = matches!(access, NetworkAccess::Public);
    refuse_unused(asked, written, release, storage, public, cx);
    let need = Need::of(written, release);
    let expose = Expose {
        engine: need.decide(
            "engine",
            asked.engine,
            need.engine,
            public || need.engine.is_some(),
            cx,
        ),
        otel: need.decide("otel", asked.otel, need.workers, need.workers.is_some(), cx),
        webhooks: webhooks(asked.webhooks, release, cx),
        query: asked.query.unwrap_or(release.version >= QUERY_FLOOR),
        registry: need.decide(
            "registry",
            asked.registry,
            need.workers,
            public || need.workers.is_some(),
            cx,
        ),
        object_store: need.decide(
            "object_store",
            asked.object_store,
            need.workers,
            public || need.workers.is_some(),
            cx,
        ),
    };
    Network { access, expose }
}

fn tailnet(
    written: &spec::Tailscale,
    domain: &Domain,
    storage: &Storage,
    cx: &mut Cx<'_>,
) -> Tailnet {
    let route = "network.access.tailscale.api_domain";
    if let Some(api) = &written.api_domain {
        for (other, host) in named_hosts(domain, storage) {
            if host == api {
                let message = format!("`{api}` is the host of `{other}` already");
                let help = match other {
                    "domain" => "leave it out: one name on two addresses is what its absence means",
                    _ => "give each a name of its own",
                };
                cx.sink.push(
                    Diagnostic::error("shared-host", Place::Value(route.into()), message)
                        .help(help),
                );
            }
        }
    }
    Tailnet {
        ipv4: written.ipv4.clone().unwrap_or_else(placeholder),
        ipv6: written.ipv6.clone(),
        api_domain: written.api_domain.clone(),
    }
}

/// What has to be open, and why.
#[derive(Clone, Copy)]
struct Need {
    workers: Option<&'static str>,
    engine: Option<&'static str>,
}

impl Need {
    fn of(written: &spec::SiteSpec, release: &Release) -> Self {
        let topology = written.docker.as_ref().and_then(|it| it.topology.as_ref());
        let split = topology.and_then(|it| it.workers.as_ref()).is_some_and(|it| !it.is_empty());
        let workers = split.then_some("worker hosts reach it from outside");
        let calls_back = !release.reads(Reader::Webapp, env::INTERNAL_API_ORIGIN);
        let runs =
            calls_back.then_some("runs of this release call it by the public name of the API");
        Self { workers, engine: workers.or(runs) }
    }

    /// What the author says, unless something needs it open.
    fn decide(
        self,
        key: &str,
        asked: Option<bool>,
        needed: Option<&'static str>,
        default: bool,
        cx: &mut Cx<'_>,
    ) -> bool {
        if let (Some(false), Some(why)) = (asked, needed) {
            let at = Place::Value(format!("network.expose.{key}").as_str().into());
            cx.sink.push(
                Diagnostic::error("needed-by-runs", at, format!("`{key}` cannot be closed: {why}"))
                    .help("write `true`, or leave it out")
                    .instead("true"),
            );
        }
        asked.unwrap_or(default)
    }
}

fn webhooks(asked: Option<bool>, release: &'static Release, cx: &mut Cx<'_>) -> bool {
    let wanted = asked.unwrap_or(false);
    if wanted && !release.reads(Reader::Webapp, env::WEBHOOK_ENABLED) {
        let since =
            lookup(Reader::Webapp, env::WEBHOOK_ENABLED).map(|it| it.first_since().to_string());
        cx.sink.push(
            Diagnostic::error(
                "release-lacks",
                Place::Key("network.expose.webhooks".into()),
                format!("{} takes no webhooks", release.version),
            )
            .help(format!("they came with {}", since.unwrap_or_default())),
        );
    }
    wanted
}

/// A key about something that is not there, or is open anyway, says nothing: it is refused.
fn refuse_unused(
    asked: &spec::Expose,
    written: &spec::SiteSpec,
    release: &Release,
    storage: &Storage,
    public: bool,
    cx: &mut Cx<'_>,
) {
    let proxy = written.docker.as_ref().and_then(|it| it.proxy.as_ref());
    let no_proxy = matches!(proxy, Some(spec::Proxy::None));
    let registry = matches!(storage.registry, Registry::Bundled(_));
    let store =
        matches!(&storage.object_store, ObjectStore::Bundled(it) if it.public_host.is_some());
    let own = "your own proxy decides it";
    let open = "access is public, so its host is";
    let rows = [
        ("engine", asked.engine, [no_proxy.then_some(own), None, None]),
        ("otel", asked.otel, [no_proxy.then_some(own), None, None]),
        (
            "query",
            asked.query,
            [
                no_proxy.then_some(own),
                (release.version >= QUERY_FLOOR)
                    .then_some("this release answers it safely, and the proxy lets it through"),
                None,
            ],
        ),
        (
            "registry",
            asked.registry,
            [
                no_proxy.then_some(own),
                (!registry).then_some("the registry is not a container of this site"),
                public.then_some(open),
            ],
        ),
        (
            "object_store",
            asked.object_store,
            [
                no_proxy.then_some(own),
                (!store).then_some("the object store has no `public_host`"),
                public.then_some(open),
            ],
        ),
    ];
    for (key, _, reasons) in rows.into_iter().filter(|(_, said, _)| said.is_some()) {
        let Some(why) = reasons.into_iter().flatten().next() else { continue };
        let at = Place::Key(format!("network.expose.{key}").as_str().into());
        let message = format!("`network.expose.{key}` decides nothing: {why}");
        cx.sink.push(Diagnostic::error("key-without-effect", at, message).help("remove it"));
    }
}
