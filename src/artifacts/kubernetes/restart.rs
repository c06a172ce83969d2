//! What reads a secret only when it starts, by the names that kubectl takes.

use super::environment::{self, Variables};
use super::secrets::Secret;
use super::{Cluster, app, clickhouse, electric, gitops, object_store, redis};
use crate::artifacts::Cx;
use crate::artifacts::setting::Pieces;
use crate::secrets::{Component, Rotation, Secrets, rotation};
use crate::site::{ClickhouseInCluster, Realtime, RedisInCluster, Site};
use std::collections::BTreeSet;

/// By which steps a cluster takes other values of secrets.
#[derive(Debug)]
pub struct Reload {
    /// Those of the secrets that the cluster has; a server may have others.
    pub secrets: Vec<String>,
    /// The Kustomizations of Flux, in the order in which they get ready.
    pub kustomizations: Vec<String>,
    /// The namespaces in which the External Secrets operator has to fetch.
    pub fetched_into: Vec<String>,
    /// What is started anew then, in that order: `deployment/NAME`.
    pub restarts: Vec<String>,
}

/// By which steps the cluster takes other values of these. Only what is compiled for a cluster may ask.
pub fn reload(site: &Site, secrets: &[&str]) -> Reload {
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let stand_ins = Secrets::stand_ins(&names);
    let cx = Cx::new(site, &stand_ins);
    let cluster = Cluster::of(&cx);
    let (layers, readers) = (gitops::layers(&cluster).iter(), Readers::of(&cluster));
    let here = secrets.iter().filter(|it| readers.all.contains(**it));
    Reload {
        secrets: here.map(|it| (*it).to_owned()).collect(),
        kustomizations: layers.map(|it| gitops::kustomization_name(&cluster, it.name)).collect(),
        fetched_into: gitops::fetched_into(&cluster),
        restarts: readers.restarts(secrets),
    }
}

/// Who reads which secret only when it starts.
pub(super) struct Readers<'a> {
    cluster: &'a Cluster<'a>,
    /// Those that trigger-gen makes.
    generated: Vec<&'static str>,
    /// Those that the author supplies.
    supplied: Vec<(Component, BTreeSet<String>)>,
    /// Every secret that the cluster has.
    pub(super) all: BTreeSet<String>,
}

impl<'a> Readers<'a> {
    pub(super) fn of(cluster: &'a Cluster<'a>) -> Self {
        let environment = |it: Variables| names(it.secret.iter().map(|(_, pieces)| pieces));
        let secret = |it: &Secret| names(it.entries.iter().map(|(_, pieces)| pieces));
        let mut webapp = environment(environment::webapp(cluster));
        webapp.extend(app::of_webapp(cluster).iter().flat_map(secret));
        let supplied = vec![
            (Component::Webapp, webapp),
            (Component::Supervisor, environment(environment::supervisor(cluster))),
            (Component::Electric, secret(&app::postgres_urls(cluster))),
            (Component::Clickhouse, bucket(cluster)),
        ];
        let generated = cluster.site.generated_in_cluster();
        let mut all = read_anew(cluster);
        all.extend(generated.iter().map(|it| (*it).to_owned()));
        all.extend(supplied.iter().flat_map(|(_, names)| names.clone()));
        Self { cluster, generated, supplied, all }
    }

    /// What has to be started anew when secrets have other values, in that order.
    pub(super) fn restarts(&self, secrets: &[&str]) -> Vec<String> {
        let components: BTreeSet<Component> =
            secrets.iter().flat_map(|it| self.components(it)).collect();
        components.into_iter().filter_map(|it| named(self.cluster, it)).collect()
    }

    /// The row of a secret that trigger-gen makes; one of the author's may have the same name.
    pub(super) fn rotation(&self, secret: &str) -> Option<&'static Rotation> {
        rotation(secret).filter(|_| self.generated.contains(&secret))
    }

    fn components(&self, secret: &str) -> Vec<Component> {
        match self.rotation(secret) {
            Some(row) => row.in_cluster.as_ref().map_or_else(Vec::new, |it| it.restarts.to_vec()),
            None => {
                let reads = self.supplied.iter().filter(|(_, names)| names.contains(secret));
                reads.map(|(component, _)| *component).collect()
            }
        }
    }
}

/// What ClickHouse writes its own backups to the bucket with: it reads that only when it starts.
fn bucket(cluster: &Cluster<'_>) -> BTreeSet<String> {
    let backup = cluster.it.backup.as_ref().filter(|_| cluster.it.saves_clickhouse());
    backup.map(|it| it.place.secret_access_key.to_string()).into_iter().collect()
}

/// What is read each time: by whoever pulls images, and by the jobs that save a store.
fn read_anew(cluster: &Cluster<'_>) -> BTreeSet<String> {
    let of_postgres = cluster.it.postgres.as_ref().and_then(|it| it.backup.as_ref());
    let places = cluster.it.backup.as_ref().map(|it| &it.place).into_iter().chain(of_postgres);
    let keys = places.map(|it| &it.secret_access_key);
    let pulls = cluster.pull_login().map(|(_, password)| password);
    keys.chain(pulls).map(ToString::to_string).collect()
}

/// The secrets that values are made of.
fn names<'a>(values: impl Iterator<Item = &'a Pieces>) -> BTreeSet<String> {
    values.flat_map(Pieces::secrets).map(|(name, _)| name.to_string()).collect()
}

/// A component as kubectl takes it, if the site has it in the cluster.
pub(super) fn named(cluster: &Cluster<'_>, component: Component) -> Option<String> {
    let full = cluster.site.chart_fullname();
    Some(match component {
        Component::Webapp => format!("deployment/{full}-webapp"),
        Component::Supervisor => format!("deployment/{full}-supervisor"),
        Component::Electric => match &cluster.site.storage.realtime {
            Realtime::Native => return None,
            Realtime::Electric { .. } if cluster.it.pooler().is_some() => {
                format!("deployment/{}", electric::service(cluster))
            }
            Realtime::Electric { .. } => format!("deployment/{full}-electric"),
        },
        Component::Redis => match cluster.it.redis.as_ref()? {
            RedisInCluster::Image(_) => format!("deployment/{}", redis::service(cluster)),
            RedisInCluster::Bitnami => format!("statefulset/{}", redis::service(cluster)),
        },
        Component::Clickhouse => match cluster.it.clickhouse.as_ref()? {
            ClickhouseInCluster::Image(_) => format!("deployment/{}", clickhouse::service(cluster)),
            ClickhouseInCluster::Chart => format!("statefulset/{full}-clickhouse"),
        },
        Component::ObjectStore => {
            cluster.it.object_store.as_ref()?;
            format!("deployment/{}", object_store::service(cluster))
        }
    })
}
