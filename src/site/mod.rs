//! `Site`: what is meant. Every default applied, every reference resolved.
//!
//! Invariant: no field is wrong, and none says "use the default". An `Option` means that a part
//! of the site does not exist, or that the release does by itself what is not said here.

mod access;
mod backup;
mod deploy;
mod docker;
mod hardening;
mod kubernetes;
mod network;
mod owned;
mod proxy;
mod secrets;
mod sizing;
mod storage;

pub use access::{Access, Mail, OauthApp, Transport};
pub use backup::{Backup, ClickhousePart, Offsite, Scheduler};
pub use deploy::Deploy;
pub use docker::{Docker, Images, Publish, Worker};
pub use hardening::{Daemon, Fail2ban, Firewall, Hardening, Sshd};
pub use kubernetes::{
    BackupInCluster, BackupPlace, ClickhouseInCluster, Gitops, Ingress, IngressTls, Kubernetes,
    Pooler, PostgresInCluster, RedisInCluster, Resource, Resources, Runs, SecretsInCluster, Volume,
    VolumeAccess, Volumes,
};
pub use network::{Expose, Network, NetworkAccess, Tailnet};
pub use owned::{OWNED, Owned, owner};
pub use proxy::{Letsencrypt, Nginx, Os, Proxy, Tls};
pub use secrets::{Needed, Use, form_of, generated};
pub use sizing::{FLOORS, RUN_MEMORY, Reserve, Sizes, WEBAPP_FLOOR};
pub use storage::{
    BundledObjectStore, BundledRegistry, Clickhouse, ExternalClickhouse, ExternalObjectStore,
    ExternalPostgres, ExternalRedis, ExternalRegistry, ObjectStore, ObjectStoreKind, Postgres,
    Realtime, Redis, Registry, Storage, Streams,
};

use crate::release::Release;
use crate::value::{
    ByteSize, Domain, Duration, EnvName, Label, LintName, SecretName, StorePath, TimeZone,
};
use serde_json::Value;
use std::collections::BTreeMap;

/// One self-hosted Trigger.dev, completely described.
#[derive(Debug, Clone)]
pub struct Site {
    /// Its name.
    pub name: Label,
    /// The release that it runs.
    pub release: &'static Release,
    /// The host of the dashboard, and of the API unless that has a name of its own.
    pub domain: Domain,
    /// The zone of logs and schedules.
    pub timezone: TimeZone,
    /// Who may sign in, and how mail leaves.
    pub access: Access,
    /// How much, how large, how long.
    pub limits: Limits,
    /// From where it is reached.
    pub network: Network,
    /// Everything that keeps data.
    pub storage: Storage,
    /// The site as Docker Compose stacks, where it is compiled for them.
    pub docker: Option<Docker>,
    /// The site as objects of a cluster, where it is compiled for one.
    pub kubernetes: Option<Kubernetes>,
    /// Variables that the author adds.
    pub extra: Extra,
    /// What the author changes in files of the output.
    pub patches: Vec<Patch>,
    /// Lints accepted with a reason.
    pub allow: Vec<Allowance>,
    /// Where the secret store is, from the folder of the site file.
    pub store: StorePath,
    /// The secrets that the author named, and the key where each is named.
    pub supplied: Vec<(SecretName, String)>,
}

/// How much may run, how large payloads may be, how long telemetry is kept.
/// `None` leaves it to the release.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Runs at the same time in one environment.
    pub environment_concurrency: u32,
    /// Whether the author chose that number; otherwise it is what the hosts carry.
    pub concurrency_chosen: bool,
    /// Runs at the same time in one organisation.
    pub organization_concurrency: u32,
    /// Largest payload of one run.
    pub task_payload: Option<ByteSize>,
    /// Largest payload of one batch.
    pub batch_payload: Option<ByteSize>,
    /// Payloads above this size go to the object store.
    pub offload_above: Option<ByteSize>,
    /// Largest metadata of one run.
    pub metadata: Option<ByteSize>,
    /// Requests that may come at once.
    pub rate_burst: Option<u32>,
    /// Requests added at each refill.
    pub rate_refill: Option<u32>,
    /// Time between two refills.
    pub rate_every: Option<Duration>,
    /// Longest wait of a run in a queue.
    pub run_ttl: Option<Duration>,
    /// Most items in one batch.
    pub batch_items: Option<u32>,
    /// How long logs and traces of runs are kept.
    pub event_retention: Option<Duration>,
    /// How long `ClickHouse` keeps records of its own work.
    pub clickhouse_log_retention: Duration,
}

/// Variables that the author adds to what the site says.
#[derive(Debug, Clone, Default)]
pub struct Extra {
    /// Those of the webapp.
    pub webapp: BTreeMap<EnvName, ExtraValue>,
    /// Those of the supervisor.
    pub supervisor: BTreeMap<EnvName, ExtraValue>,
}

impl Extra {
    /// The name of every variable that the author adds.
    pub fn names(&self) -> Vec<String> {
        self.webapp.keys().chain(self.supervisor.keys()).map(|it| it.to_string()).collect()
    }
}

/// The value of such a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtraValue {
    /// Written in the site file.
    Plain(String),
    /// Kept in the store.
    Secret(SecretName),
}

/// A merge patch on one file of the output.
#[derive(Debug, Clone)]
pub struct Patch {
    /// The file, from the output folder.
    pub path: String,
    /// What is merged into it: a mapping.
    pub document: Value,
}

/// A lint that the author accepts.
#[derive(Debug, Clone)]
pub struct Allowance {
    /// Its name.
    pub lint: LintName,
    /// The reason.
    pub because: String,
    /// Which entry of `allow` it is, from 0.
    pub index: usize,
}

impl Site {
    /// The site as Docker Compose stacks. Only what is compiled for Docker may ask.
    pub fn docker(&self) -> &Docker {
        self.docker.as_ref().expect("bug in trigger-gen: a site without `docker` is asked for it")
    }

    /// Whether runs are executed on other servers than the webapp's.
    pub fn is_split(&self) -> bool {
        self.docker.as_ref().is_some_and(|it| !it.workers.is_empty())
    }

    /// Servers that the author has elsewhere, by their hosts.
    pub fn outside_hosts(&self) -> Vec<String> {
        let storage = &self.storage;
        let mut hosts = Vec::new();
        if let Postgres::External(it) = &storage.postgres {
            hosts.push(it.host.to_string());
        }
        if let Redis::External(it) = &storage.redis {
            hosts.push(it.host.to_string());
        }
        if let Clickhouse::External(it) = &storage.clickhouse {
            hosts.push(it.host.to_string());
        }
        if let ObjectStore::External(it) = &storage.object_store {
            hosts.push(it.endpoint.host().to_owned());
        }
        hosts
    }

    /// Whether an example domain is meant, for which visibly fake secrets may be used.
    pub fn has_example_domain(&self) -> bool {
        let domain = self.domain.as_str();
        ["example.com", "example.net", "example.org"]
            .iter()
            .any(|it| domain == *it || domain.ends_with(&format!(".{it}")))
            || domain.ends_with(".example")
    }
}
