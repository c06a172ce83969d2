//! `kubernetes/RUNBOOK.md`: how a person brings this very site up in a cluster, keeps it, and brings it back.
//!
//! Its chapters are templates below `templates/kubernetes/runbook/`; what they name comes from here.

mod picture;
mod policies;
mod tables;

use super::{
    Cluster, backup, gitops, object_store, pooler, postgres, quantity, restart, variables,
};
use crate::artifacts::{Cx, file, header};
use crate::plan::{Body, PlannedFile};
use crate::release::Evidence;
use crate::secrets::Component;
use crate::site::{
    BackupInCluster, BackupPlace, ClickhouseInCluster, Ingress, IngressTls, SecretsInCluster,
    Transport, VolumeAccess,
};
use crate::tree::Mode;
use serde_json::{Value, json};

/// Where it stands.
const PATH: &str = "kubernetes/RUNBOOK.md";

pub(super) fn files(cx: &Cx<'_>) -> Vec<PlannedFile> {
    let body = Body::Text { template: PATH, cx: told(&Cluster::of(cx)) };
    vec![file(super::RUNBOOK.name, PATH, Mode::Plain, body)]
}

fn told(cluster: &Cluster<'_>) -> Value {
    let (site, it) = (cluster.site, cluster.it);
    let full = site.chart_fullname();
    json!({
        "header": header(site, "Runbook"),
        "site": site.name.as_str(),
        "release": site.release.version.to_string(),
        "documented": site.release.evidence == Evidence::Documented,
        "chart": it.chart.to_string(),
        "ns": it.namespace.as_str(),
        "owns_namespace": it.owns_namespace,
        "runs": {
            "ns": it.runs.namespace.as_str(),
            "apart": it.has_runs_apart(),
            "secret": cluster.pull_login().map(|_| cluster.pull_secret_name()),
        },
        "full": full,
        "origin": site.origin().to_string(),
        "admins": site.access.admins.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "mail": site.access.mail.as_ref().map(|it| mail(&it.transport)),
        "path": it.gitops.path.as_str(),
        "repository": it.gitops.repository.as_str(),
        "flux_ns": it.gitops.flux_namespace.as_str(),
        "flux": format!("2.{}", it.gitops.flux),
        "inherits": it.gitops.inherits_decryption,
        "depends_on": it.gitops.depends_on.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "tables": tables::all(cluster),
        "secrets": secrets(cluster),
        "picture": picture::of(cluster),
        "outside": site.outside_hosts(),
        "ingress": ingress(&it.ingress),
        "public_store": site.object_store_host().map(ToString::to_string),
        "postgres": it.postgres.as_ref().map(|it| json!({
            "name": cluster.name(postgres::NAME),
            "instances": it.instances,
            "size": quantity(cluster.it.volumes.postgres.size),
            "server": postgres::service(cluster),
            "pooler": it.pooler.as_ref().map(|_| pooler::service(cluster)),
            "backup": it.backup.as_ref().map(place),
        })),
        "redis": restart::named(cluster, Component::Redis).map(|it| json!({ "workload": it })),
        "clickhouse": restart::named(cluster, Component::Clickhouse).map(|workload| json!({
            "workload": workload,
            "ours": matches!(it.clickhouse, Some(ClickhouseInCluster::Image(_))),
        })),
        "objects": it.object_store.is_some().then(|| json!({ "service": cluster.name("s3") })),
        "backup": it.backup.as_ref().filter(|_| it.has_jobs()).map(|it| saved(cluster, it)),
        "registry": {
            "host": site.storage.registry.host(),
            "user": cluster.pull_login().map(|(user, _)| user),
        },
        "accepted": site.allow.iter().map(|it| json!({
            "lint": it.lint.to_string(),
            "because": it.because,
        })).collect::<Vec<_>>(),
        "store": site.store.to_string(),
        "replicas": it.replicas,
        "one_node": it.volumes.shared_access == VolumeAccess::OneNode,
        "webapp_memory": it.resources.webapp.memory.to_string(),
        "port": object_store::PORT,
        // A template cannot hold these two braces.
        "address": "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}",
    })
}

fn mail(transport: &Transport) -> String {
    match transport {
        Transport::Resend { .. } => "resend.com".into(),
        Transport::Smtp { host, .. } => host.to_string(),
        Transport::Ses { region, .. } => format!("Amazon SES in {region}"),
    }
}

fn ingress(it: &Ingress) -> Value {
    match it {
        Ingress::Traefik { class, tls, .. } => json!({
            "traefik": class.as_str(),
            "secret": match tls {
                IngressTls::Secret(name) => Some(name.as_str()),
                IngressTls::Default | IngressTls::CertManager(_) => None,
            },
        }),
        Ingress::Gateway { name, namespace, .. } => json!({
            "gateway": name.as_str(),
            "namespace": namespace.as_str(),
        }),
    }
}

fn place(it: &BackupPlace) -> Value {
    json!({
        "bucket": it.bucket(),
        "destination": it.destination.to_string(),
        "endpoint": it.endpoint.as_ref().map(ToString::to_string),
        "schedule": it.schedule.to_string(),
        "days": it.keep.in_days(),
    })
}

fn saved(cluster: &Cluster<'_>, it: &BackupInCluster) -> Value {
    let mut told = place(&it.place);
    let all = [
        (cluster.it.saves_redis(), "redis", "redis"),
        (cluster.it.saves_clickhouse(), "clickhouse", "clickhouse"),
        (cluster.it.saves_objects(), "s3", "object-store"),
    ];
    let jobs: Vec<Value> = all
        .into_iter()
        .filter(|(is, ..)| *is)
        .map(|(_, part, folder)| {
            json!({ "name": backup::name(cluster, part), "folder": backup::folder(it, folder) })
        })
        .collect();
    told["jobs"] = json!(jobs);
    told["zone"] = json!(cluster.site.timezone.to_string());
    told["redis"] = json!(cluster.it.saves_redis());
    told["clickhouse"] = json!(cluster.it.saves_clickhouse());
    told["objects"] = json!(cluster.it.saves_objects());
    told["set"] = json!(backup::SET);
    told["redis_folder"] = json!(backup::folder(it, "redis"));
    told
}

/// Every value that has to be given, and where.
fn secrets(cluster: &Cluster<'_>) -> Value {
    let rows = match &cluster.it.secrets {
        SecretsInCluster::Substitute { .. } => variables::rows(cluster),
        SecretsInCluster::Sops { .. } | SecretsInCluster::External { .. } => {
            tables::values(cluster)
        }
    };
    let variables = variables::rows(cluster);
    match &cluster.it.secrets {
        SecretsInCluster::Substitute { from, .. } => {
            json!({ "substitute": from.as_str(), "rows": rows })
        }
        SecretsInCluster::Sops { decryption, .. } => json!({
            "sops": decryption.as_str(),
            "rows": rows,
            "variables": variables,
            "from": cluster.substitutes_from(),
        }),
        SecretsInCluster::External { store, kind, entry, refresh } => json!({
            "external": store.as_str(),
            "kind": kind,
            "entry": entry.as_str(),
            "refresh": refresh.to_string(),
            "into": gitops::fetched_into(cluster),
            "rows": rows,
            "variables": variables,
            "from": cluster.substitutes_from(),
        }),
    }
}
