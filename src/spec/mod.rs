//! `SiteSpec`: what the author wrote, key by key, without any default.
//!
//! Invariant: a key that may be absent is an `Option`; what absence means is said in `resolve` alone.

mod access;
mod backup;
mod deploy;
mod docker;
mod env;
mod hardening;
mod kubernetes;
mod limits;
mod lists;
mod network;
mod patches;
mod proxy;
mod read;
mod schema;
mod storage;

pub use access::{Access, Email, OauthApp, Resend, Ses, Smtp};
pub use backup::{
    Backup, BackupEncryption, BackupKeep, BackupNotify, BackupParts, ClickhousePart, Offsite,
    Rclone, Restic, ResticS3, Scheduler,
};
pub use deploy::Deploy;
pub use docker::{
    ContainerLimits, Docker, DockerHost, DockerImages, Os, Publish, Topology, Worker,
};
pub use env::{EnvSection, EnvValue, SecretRef};
pub(crate) use env::{literal_secret, secret_in_patch};
pub use hardening::{Daemon, Fail2ban, Firewall, Hardening, Sshd, Sysctl, UnattendedUpgrades};
pub use kubernetes::{
    ClusterBackup, ClusterClickhouse, ClusterPostgres, ClusterRedis, ClusterResources,
    ClusterSecrets, ClusterVolume, ClusterVolumes, ExternalSecrets, FluxFloor, Gateway, Gitops,
    Ingress, IngressTls, Kubernetes, PodSecurity, PostgresBackup, PostgresPooler, RedisImage,
    Resource, Runs, SharedVolume, SopsSecrets, StoreScope, Substitute, Traefik, VolumeAccess,
};
pub use limits::{Concurrency, Limits, Payloads, RateLimit, Retention};
pub use lists::{Allow, SecretsSection};
pub use network::{Expose, Network, NetworkAccess, Tailscale};
pub use patches::Patches;
pub use proxy::{Challenge, Letsencrypt, Nginx, Proxy, TailscaleCert, Tls, TlsFiles};
pub use schema::json_schema;
pub use storage::{
    BundledClickhouse, BundledObjectStore, BundledPostgres, BundledRedis, BundledRegistry,
    BundledS2, Clickhouse, Electric, ExternalClickhouse, ExternalObjectStore, ExternalPostgres,
    ExternalRedis, ExternalRegistry, HostedS2, ObjectStore, ObjectStoreKind, Postgres, PostgresTls,
    Realtime, Redis, Registry, Storage, Streams,
};

use crate::diag::{Diagnostic, Place, Route, Sink, Step};
use crate::source::{Source, Span};
use crate::value::{Label, ReleaseTag, SiteDomain, TimeZone};
use crate::yaml::{self, Kind, Node};
use read::section;

pub use read::Read;

section! {
    /// One self-hosted Trigger.dev: what it is called, which release it runs, where it is reached,
    /// and what differs from the defaults.
    SiteSpec {
        /// Version of this file format. It is 1.
        required version: u32,
        /// Name of the site. It names the output folder, the compose project and every container.
        required name: Label,
        /// Trigger.dev release to run, as `4.5.12`. `trigger-gen list releases` names them all.
        required release: ReleaseTag,
        /// Host name of the dashboard, and of the API unless `network.access.tailscale.api_domain` names another, as
        /// `trigger.example.com`.
        required domain: SiteDomain,
        /// Time zone of the logs and schedules of a server, and of the schedules of jobs in a cluster. Default: UTC.
        optional timezone: TimeZone,
        /// Who may sign in, and how e-mail is sent.
        expected access: Access,
        /// How much may run, how large payloads may be, how long events are kept.
        optional limits: Limits,
        /// From where the site is reached, and what of it. Default: everybody reaches dashboard and API.
        optional network: Network,
        /// Databases, object store, streams, realtime and image registry. Default: all of them bundled.
        optional storage: Storage,
        /// Compile for Docker Compose.
        optional docker: Docker,
        /// Compile for a Kubernetes cluster under Flux.
        optional kubernetes: Kubernetes,
        /// Further variables for webapp and supervisor, checked against what the release reads.
        optional env: EnvSection,
        /// Merge patches on YAML files of the output, by path: for what no key says. `null` removes, a list takes
        /// the place of the whole list. Refused when one changes nothing, or breaks what `verify` proves.
        optional patches: Patches,
        /// Lints accepted with a reason.
        optional allow: Vec<Allow>,
        /// Where the secret store is.
        optional secrets: SecretsSection,
    }
}

/// A site file as read: the tree of nodes, so that any route can be drawn.
#[derive(Debug)]
pub struct Document {
    root: Node,
}

impl Document {
    /// Reads the text as YAML. Broken YAML is the one fault that hides all others.
    pub fn read(source: &Source, sink: &mut Sink) -> Option<Self> {
        match yaml::read(&source.text) {
            Ok(root) if matches!(root.kind, Kind::Null) => {
                let help = "`trigger-gen init` writes one that compiles as it is";
                let at = Place::Span(0..0);
                sink.push(
                    Diagnostic::error("missing-key", at, "the site file is empty").help(help),
                );
                None
            }
            Ok(root) => Some(Self { root }),
            Err(error) => {
                sink.push(Diagnostic::error("yaml-syntax", Place::Span(error.span), error.message));
                None
            }
        }
    }

    /// A file made of nodes: one that was read, with something changed.
    pub fn of(root: Node) -> Self {
        Self { root }
    }

    /// All that was written.
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// The bytes that a place stands for; an absent key is its nearest parent's.
    pub fn span(&self, place: &Place) -> Option<Span> {
        match place {
            Place::Span(span) => Some(span.clone()),
            Place::Key(route) => Some(self.locate(route, true)),
            Place::Value(route) => Some(self.locate(route, false)),
            Place::Elsewhere(_) => None,
        }
    }

    fn locate(&self, route: &Route, want_key: bool) -> Span {
        let (mut node, mut key) = (&self.root, None);
        let mut complete = true;
        for step in &route.0 {
            let next = match (step, &node.kind) {
                (Step::Key(name), Kind::Map(entries)) => entries
                    .iter()
                    .find(|(key, _)| key.name == *name)
                    .map(|(key, value)| (value, Some(key))),
                (Step::Index(index), Kind::List(items)) => {
                    items.get(*index).map(|item| (item, None))
                }
                _ => None,
            };
            let Some((value, name)) = next else {
                complete = false;
                break;
            };
            (node, key) = (value, name.or(key));
        }
        let scalar = !matches!(node.kind, Kind::Map(_) | Kind::List(_) | Kind::Null);
        match key {
            Some(key) if want_key || !complete || !scalar => key.span.clone(),
            _ => node.span.clone(),
        }
    }
}

/// Reads what the author wrote; every fault is reported, and what cannot be read is left out.
pub fn parse(document: &Document, sink: &mut Sink) -> SiteSpec {
    let spec = SiteSpec::read(&document.root, &Route::root(), sink).unwrap_or_default();
    if let Some(version) = spec.version.filter(|it| *it != 1) {
        let message = format!("this trigger-gen reads version 1 of the site file, not {version}");
        sink.push(
            Diagnostic::error("bad-value", Place::Value("version".into()), message)
                .help("write `1`")
                .instead("1"),
        );
    }
    spec
}
