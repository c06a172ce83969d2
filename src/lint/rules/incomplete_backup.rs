//! A store of this stack that no backup holds.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{
    Clickhouse, ClickhouseInCluster, ClickhousePart, Kubernetes, ObjectStore, Registry, Scheduler,
    Site,
};

lint!(INCOMPLETE_BACKUP, "incomplete-backup", Warning since "0.1.0", incomplete_backup);

/// What of a cluster no job saves.
fn in_cluster(it: &Kubernetes, report: &mut Report) {
    let help = "name a bucket: `backup: { destination: s3://…, … }`";
    let stores = [
        (it.redis.is_some(), "Redis"),
        (matches!(it.clickhouse, Some(ClickhouseInCluster::Image(_))), "ClickHouse"),
        (it.object_store.is_some(), "the object store"),
    ];
    let lost: Vec<&str> = stores.into_iter().filter(|(is, _)| *is).map(|(_, name)| name).collect();
    if it.backup.is_none() && !lost.is_empty() {
        let message = format!(
            "of the cluster no backup holds {}: queues, logs and payloads would be lost",
            lost.join(", ")
        );
        report.found(Place::Key("kubernetes.backup".into()), message, help);
    }
    if let Some(ClickhouseInCluster::Chart) = it.clickhouse {
        let message = "the ClickHouse of the chart is in no backup: it knows no bucket";
        report.found(
            Place::Value("kubernetes.clickhouse".into()),
            message,
            "write `official`, which `kubernetes.backup` saves",
        );
    }
}

fn incomplete_backup(site: &Site, report: &mut Report) {
    let postgres = site.kubernetes.as_ref().and_then(|it| it.postgres.as_ref());
    if postgres.is_some_and(|it| it.backup.is_none()) {
        report.found(
            Place::Key("kubernetes.postgres.backup".into()),
            "PostgreSQL of the cluster is in no backup: everything but logs and payloads would be lost",
            "name a bucket: `backup: { destination: s3://…, … }`",
        );
    }
    if let Some(cluster) = &site.kubernetes {
        in_cluster(cluster, report);
    }
    let Some(docker) = &site.docker else { return };
    let (storage, backup) = (&site.storage, &docker.backup);
    if matches!(backup.scheduler, Scheduler::None) {
        let at = Place::Value("docker.backup.scheduler".into());
        report.found(at, "nobody starts a backup", "write `cron` or `systemd`");
    }
    let part = |key: &str| Place::Value(format!("docker.backup.parts.{key}").as_str().into());
    if matches!(storage.clickhouse, Clickhouse::Bundled { .. })
        && backup.clickhouse != ClickhousePart::Full
    {
        let message =
            "the rows of ClickHouse are in no backup: run list, logs and traces would be lost";
        report.found(part("clickhouse"), message, "write `full`");
    }
    let missing = [
        (
            matches!(storage.object_store, ObjectStore::Bundled(_)) && !backup.object_store,
            "object_store",
            "the object store is in no backup: runs with large payloads would be unreadable",
        ),
        (
            matches!(storage.registry, Registry::Bundled(_)) && !backup.registry,
            "registry",
            "the registry is in no backup: no deployed task could start until it is deployed again",
        ),
    ];
    for (_, key, message) in missing.into_iter().filter(|(missing, ..)| *missing) {
        report.found(part(key), message, "write `true`");
    }
}
