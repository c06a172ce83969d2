//! The tables of the runbook of a cluster.

use super::super::restart::Readers;
use super::super::{Cluster, Part, gitops, object_store, quantity, variables};
use super::policies;
use crate::release::chart;
use crate::site::{
    ClickhouseInCluster, Ingress, IngressTls, SecretsInCluster, Streams, VolumeAccess,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The tables by name.
pub(super) fn all(cluster: &Cluster<'_>) -> Value {
    json!({
        "needed": needed(cluster),
        "layers": layers(cluster),
        "releases": releases(cluster),
        "claims": claims(cluster),
        "policies": policies::rows(cluster),
        "rotations": rotations(cluster),
    })
}

/// What has to be in the cluster before the tree.
fn needed(cluster: &Cluster<'_>) -> Vec<Value> {
    let it = cluster.it;
    let mut rows = vec![(
        format!("Flux 2.{} or newer", it.gitops.flux),
        "keeps the cluster as the repository says",
    )];
    if let Some(postgres) = &it.postgres {
        rows.push((
            format!("CloudNativePG 1.28 or newer, in `{}`", postgres.operator_namespace),
            "runs PostgreSQL",
        ));
        if postgres.backup.is_some() {
            rows.push((
                "the Barman Cloud plugin of CloudNativePG, with cert-manager".into(),
                "saves PostgreSQL and its log in a bucket",
            ));
        }
    }
    if let SecretsInCluster::External { store, kind, .. } = &it.secrets {
        let places = places(&gitops::fetched_into(cluster), kind);
        rows.push((
            format!("the External Secrets operator, with the {kind} `{store}`{places}"),
            "fetches the secrets",
        ));
    }
    match &it.ingress {
        Ingress::Traefik { class, tls, .. } => {
            rows.push((format!("Traefik, with the IngressClass `{class}`"), "the way in"));
            if let IngressTls::CertManager(issuer) = tls {
                let what = format!("cert-manager, with the ClusterIssuer `{issuer}`");
                rows.push((what, "makes the certificate"));
            }
        }
        Ingress::Gateway { name, namespace, .. } => {
            rows.push((format!("the Gateway `{name}` in `{namespace}`"), "the way in"));
        }
    }
    if it.monitoring {
        rows.push(("the Prometheus operator".into(), "collects what is measured"));
    }
    for class in classes(cluster) {
        rows.push((format!("the StorageClass `{class}`"), "gives volumes"));
    }
    if it.volumes.shared_access == VolumeAccess::ManyNodes {
        let class = it.volumes.shared_class.as_ref();
        let which = class.map_or_else(|| "the default StorageClass".into(), |it| format!("`{it}`"));
        rows.push((format!("ReadWriteMany in {which}"), "lets every webapp see the worker token"));
    }
    rows.into_iter().map(|(what, why)| json!({ "what": what, "why": why })).collect()
}

/// Where a store of secrets has to be declared, if it is of one namespace and two of them have Secrets.
fn places(namespaces: &[String], kind: &str) -> String {
    match namespaces {
        [site, runs] if kind == "SecretStore" => format!(" in `{site}` and in `{runs}`"),
        _ => String::new(),
    }
}

fn classes(cluster: &Cluster<'_>) -> BTreeSet<String> {
    let (it, all) = (cluster.it, &cluster.it.volumes);
    let volumes = [
        (it.postgres.is_some(), &all.postgres.class),
        (it.redis.is_some(), &all.redis.class),
        (it.clickhouse.is_some(), &all.clickhouse.class),
        (it.object_store.is_some(), &all.object_store.class),
        (matches!(cluster.site.storage.streams, Streams::Bundled), &all.s2.class),
        (true, &all.shared_class),
    ];
    let used = volumes.into_iter().filter(|(is, _)| *is).filter_map(|(_, class)| class.as_ref());
    used.map(ToString::to_string).collect()
}

/// Each Kustomization of Flux, in the order in which they get ready.
fn layers(cluster: &Cluster<'_>) -> Vec<Value> {
    let layers = gitops::layers(cluster);
    let about = |name: &str| match name {
        "postgresql" => "PostgreSQL: everything but logs",
        "redis" => "Redis: queues",
        "clickhouse" => "ClickHouse: run list, logs and traces",
        "s3" => "the object store: large payloads and outputs",
        "runs" => "what stands beside runs in their namespace",
        _ => "webapp and supervisor, by the official chart",
    };
    let rows = layers.iter().map(|layer| {
        json!({
            "name": gitops::kustomization_name(cluster, layer.name),
            "folder": layer.name,
            "about": about(layer.name),
        })
    });
    rows.collect()
}

/// Each release of Helm, in the same order.
fn releases<'a>(cluster: &Cluster<'a>) -> Vec<&'a str> {
    let parts = gitops::layers(cluster).iter().flat_map(|layer| &layer.parts);
    let documents = parts.filter_map(|part| match part {
        Part::Object { document, .. } if document["kind"] == "HelmRelease" => Some(document),
        _ => None,
    });
    documents.filter_map(|it| it["metadata"]["name"].as_str()).collect()
}

/// The volumes that hold what cannot be made again.
fn claims(cluster: &Cluster<'_>) -> Vec<Value> {
    let (it, all) = (cluster.it, &cluster.it.volumes);
    let ours = |part: &str| cluster.name(&format!("{part}-data"));
    let of_chart = |part: &str| chart::claim(&cluster.site.chart_fullname(), part);
    let clickhouse = match it.clickhouse {
        Some(ClickhouseInCluster::Chart) => of_chart("clickhouse"),
        _ => ours("clickhouse"),
    };
    let streams = matches!(cluster.site.storage.streams, Streams::Bundled);
    let rows = [
        (it.redis.is_some(), ours("redis"), &all.redis),
        (it.clickhouse.is_some(), clickhouse, &all.clickhouse),
        (it.object_store.is_some(), ours("s3"), &all.object_store),
        (streams, of_chart(chart::S2.component), &all.s2),
    ];
    let rows = rows.into_iter().filter(|(is, ..)| *is);
    rows.map(|(_, name, volume)| json!({ "name": name, "size": quantity(volume.size) })).collect()
}

/// Every secret that the objects of the tree are made of, and what it must be.
pub(super) fn values(cluster: &Cluster<'_>) -> Vec<Value> {
    let rows = Readers::of(cluster).all.into_iter();
    rows.map(|name| json!({ "name": name, "form": variables::form_of(cluster, &name) })).collect()
}

/// What another value of each of them leads to.
fn rotations(cluster: &Cluster<'_>) -> Vec<Value> {
    let readers = Readers::of(cluster);
    let rows = readers.all.iter().filter_map(|name| {
        let effect = match readers.rotation(name) {
            Some(row) => row.in_cluster.as_ref()?.effect,
            None => "It is what its service gave you: change it there first.",
        };
        let restarts = readers.restarts(&[name]);
        let shown = format!("{}{name}", cluster.prefix().unwrap_or_default());
        Some(json!({ "name": shown, "effect": effect, "restarts": restarts }))
    });
    rows.collect()
}

/// The port of the object store.
pub(super) const OBJECTS: u16 = object_store::PORT;
