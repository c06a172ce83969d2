//! What the scripts have to know of backups.

use super::super::backup;
use super::site::{many, one};
use crate::plan::Constant;
use crate::site::{
    Clickhouse, ClickhousePart, ObjectStore, ObjectStoreKind, Offsite, Postgres, Redis, Registry,
    Scheduler, Site, Streams,
};

pub(super) fn constants(site: &Site) -> Vec<Constant> {
    let mut constants = what(site);
    constants.extend(whither(site));
    constants
}

fn what(site: &Site) -> Vec<Constant> {
    let it = &site.docker().backup;
    let minio = matches!(&site.storage.object_store, ObjectStore::Bundled(it) if it.kind == ObjectStoreKind::Minio);
    let (parts, left_out): (Vec<_>, Vec<_>) =
        parts(site).into_iter().partition(|(_, why)| why.is_none());
    let left_out =
        left_out.into_iter().map(|(part, why)| format!("{part}={}", why.unwrap_or_default()));
    let structure = match it.clickhouse {
        ClickhousePart::Schema => "schema",
        ClickhousePart::Full | ClickhousePart::Skip => "full",
    };
    vec![
        one("BACKUP_DIR", "folder of the backup sets", &it.dir),
        many(
            "BACKUP_PARTS",
            "what a set holds, in the order of its making",
            parts.into_iter().map(|(part, _)| part),
        ),
        many("BACKUP_LEFT_OUT", "what no set holds, and why", left_out),
        one("BACKUP_CLICKHOUSE", "how much of ClickHouse: full or schema", structure),
        one(
            "BACKUP_TASK_EVENTS",
            "whether rows of TaskEvent* are saved: 1 or 0",
            u8::from(it.task_events),
        ),
        one("BACKUP_KEEP", "verified sets that are kept", it.keep_sets),
        one(
            "BACKUP_KEEP_BEFORE_UPDATE",
            "verified sets made before updates that are kept",
            it.keep_before_update,
        ),
        one(
            "BACKUP_MAX_AGE_HOURS",
            "age at which the newest set is too old; 0 where nobody makes them by a schedule",
            it.scheduler.schedule().map_or(0, |it| it.longest_gap_hours() + 2),
        ),
        one(
            "OBJECT_STORE_SERVICE",
            "service of the object store, which its volume is called after",
            if minio { "minio" } else { "object-store" },
        ),
    ]
}

/// Every part, and why it is left out, if it is.
fn parts(site: &Site) -> Vec<(&'static str, Option<&'static str>)> {
    let (storage, it) = (&site.storage, &site.docker().backup);
    let unless = |bundled: bool, saved: bool| match (bundled, saved) {
        (false, _) => Some("is not part of this stack: its backup is made where it runs"),
        (true, false) => Some("is switched off in the site file"),
        (true, true) => None,
    };
    let mut parts = vec![
        ("postgres", unless(matches!(storage.postgres, Postgres::Bundled { .. }), true)),
        ("redis", unless(matches!(storage.redis, Redis::Bundled), true)),
        (
            "clickhouse",
            unless(
                matches!(storage.clickhouse, Clickhouse::Bundled { .. }),
                it.clickhouse != ClickhousePart::Skip,
            ),
        ),
        (
            "object-store",
            unless(matches!(storage.object_store, ObjectStore::Bundled(_)), it.object_store),
        ),
        ("registry", unless(matches!(storage.registry, Registry::Bundled(_)), it.registry)),
    ];
    match storage.streams {
        Streams::Bundled => parts.push(("s2", unless(true, it.s2))),
        Streams::Hosted { .. } => parts.push(("s2", unless(false, false))),
        Streams::V1 => {}
    }
    parts
}

fn whither(site: &Site) -> Vec<Constant> {
    let it = &site.docker().backup;
    let (kind, place, append_only) = match &it.offsite {
        Offsite::None => ("none", String::new(), false),
        Offsite::Restic { repository, append_only, .. } => {
            ("restic", repository.to_string(), *append_only)
        }
        Offsite::Rclone(remote) => ("rclone", remote.to_string(), true),
    };
    let scheduler = match it.scheduler {
        Scheduler::Cron(_) => "cron",
        Scheduler::Systemd(_) => "systemd",
        Scheduler::None => "none",
    };
    let hook = it.failure_hook.as_ref().map_or(String::new(), |it| it.to_string());
    vec![
        many(
            "BACKUP_RECIPIENTS",
            "who can decrypt a set; nobody has to where there is none",
            &it.recipients,
        ),
        one("BACKUP_OFFSITE", "how sets leave this server: restic, rclone or none", kind),
        one("BACKUP_PLACE", "where they go", place),
        one(
            "BACKUP_APPEND_ONLY",
            "whether nothing may be deleted there: 1 or 0",
            u8::from(append_only),
        ),
        one("BACKUP_FAILURE_HOOK", "program that hears of failures, where there is one", hook),
        one("BACKUP_SCHEDULER", "who starts backups: cron, systemd or none", scheduler),
        one(
            "BACKUP_UNIT",
            "name of the entry of cron, or of the units of systemd",
            backup::unit(site),
        ),
    ]
}
