//! What reads a secret only when it starts, by the names that kubectl takes.

use super::environment::{self, Variables};
use super::secrets::Secret;
use super::{Cluster, app, clickhouse, electric, gitops, object_store, redis};
use crate::artifacts::Cx;
use crate::artifacts::setting::Pieces;
use crate::secrets::{Component, Secrets, rotation};
use crate::site::{ClickhouseInCluster, Realtime, RedisInCluster, Site};
use std::collections::BTreeSet;

/// By which steps a cluster takes other values of secrets.
#[derive(Debug)]
pub struct Reload {
    /// The Kustomizations of Flux, in the order in which they get ready.
    pub kustomizations: Vec<String>,
    /// What is started anew then, in that order: `deployment/NAME`.
    pub restarts: Vec<String>,
}

/// By which steps the cluster takes other values of these. Only what is compiled for a cluster may ask.
pub fn reload(site: &Site, secrets: &[&str]) -> Reload {
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let stand_ins = Secrets::stand_ins(&names);
    let cx = Cx::new(site, &stand_ins);
    let cluster = Cluster::of(&cx);
    let layers = gitops::layers(&cluster).iter();
    Reload {
        kustomizations: layers.map(|it| gitops::kustomization_name(&cluster, it.name)).collect(),
        restarts: restarts(&cluster, secrets),
    }
}

/// What has to be started anew when secrets have other values, in that order.
pub(super) fn restarts(cluster: &Cluster<'_>, secrets: &[&str]) -> Vec<String> {
    let components: BTreeSet<Component> =
        secrets.iter().flat_map(|it| components(cluster, it)).collect();
    components.into_iter().filter_map(|it| named(cluster, it)).collect()
}

fn components(cluster: &Cluster<'_>, secret: &str) -> Vec<Component> {
    let is_ours = cluster.site.generated_in_cluster().contains(&secret);
    match rotation(secret).filter(|_| is_ours) {
        Some(row) => row.in_cluster.as_ref().map_or_else(Vec::new, |it| it.restarts.to_vec()),
        None => readers(cluster, secret),
    }
}

/// Who has a secret that the author supplies. Whoever pulls images or saves a store reads it each time.
fn readers(cluster: &Cluster<'_>, secret: &str) -> Vec<Component> {
    let says = |pieces: &Pieces| pieces.secrets().any(|(name, _)| name.as_str() == secret);
    let in_environment = |it: &Variables| it.secret.iter().any(|(_, pieces)| says(pieces));
    let holds = |it: &Secret| it.entries.iter().any(|(_, pieces)| says(pieces));
    let webapp =
        in_environment(&environment::webapp(cluster)) || app::of_webapp(cluster).iter().any(holds);
    let all = [
        (webapp, Component::Webapp),
        (in_environment(&environment::supervisor(cluster)), Component::Supervisor),
        (holds(&app::postgres_urls(cluster)), Component::Electric),
    ];
    all.into_iter().filter(|(is, _)| *is).map(|(_, component)| component).collect()
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
