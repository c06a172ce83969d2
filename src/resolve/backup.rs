//! `docker.backup`: daily, complete and on the server itself unless the author says otherwise.

use super::{Cx, known, placeholder};
use crate::diag::{Diagnostic, Place};
use crate::site::{
    Backup, Clickhouse, ClickhousePart, ObjectStore, Offsite, Postgres, Registry, Scheduler,
    Storage, Streams,
};
use crate::spec;
use crate::value::{AgeRecipient, InstallRoot, Label};

const ROUTE: &str = "docker.backup";

pub(super) fn resolve(
    written: Option<&spec::Backup>,
    project: &Label,
    storage: &Storage,
    cx: &mut Cx<'_>,
) -> Backup {
    let none = spec::Backup::default();
    let written = written.unwrap_or(&none);
    let (no_keep, no_parts, no_notify) = Default::default();
    let keep: &spec::BackupKeep = written.keep.as_ref().unwrap_or(&no_keep);
    let parts: &spec::BackupParts = written.parts.as_ref().unwrap_or(&no_parts);
    let notify: &spec::BackupNotify = written.notify.as_ref().unwrap_or(&no_notify);
    refuse_unused(parts, storage, cx);
    Backup {
        scheduler: scheduler(written, cx),
        dir: written.dir.clone().unwrap_or_else(|| known(&format!("/var/backups/{project}"))),
        keep_sets: keep.sets.unwrap_or(7),
        keep_before_update: keep.before_update.unwrap_or(3),
        clickhouse: clickhouse(parts, storage),
        object_store: matches!(storage.object_store, ObjectStore::Bundled(_))
            && parts.object_store.unwrap_or(true),
        registry: matches!(storage.registry, Registry::Bundled(_))
            && parts.registry.unwrap_or(true),
        s2: matches!(storage.streams, Streams::Bundled) && parts.s2.unwrap_or(false),
        task_events: !parts.exclude_task_events.unwrap_or(false),
        recipients: recipients(written.encryption.as_ref(), cx),
        offsite: offsite(written.offsite.as_ref(), cx),
        heartbeat_url: notify
            .heartbeat_url
            .as_ref()
            .map(|_| cx.secret(&notify.heartbeat_url, &format!("{ROUTE}.notify.heartbeat_url"))),
        failure_hook: notify.failure_hook.clone(),
    }
}

fn scheduler(written: &spec::Backup, cx: &mut Cx<'_>) -> Scheduler {
    let schedule = || written.schedule.clone().unwrap_or_else(|| known("30 3 * * *"));
    match written.scheduler {
        None | Some(spec::Scheduler::Cron) => Scheduler::Cron(schedule()),
        Some(spec::Scheduler::Systemd) => Scheduler::Systemd(schedule()),
        Some(spec::Scheduler::None) => {
            if written.schedule.is_some() {
                unused(
                    &format!("{ROUTE}.schedule"),
                    "nobody starts backups by it",
                    "remove it, or the `scheduler: none` beside it",
                    cx,
                );
            }
            Scheduler::None
        }
    }
}

fn clickhouse(parts: &spec::BackupParts, storage: &Storage) -> ClickhousePart {
    match (&storage.clickhouse, &parts.clickhouse) {
        (Clickhouse::External(_), _) | (_, Some(spec::ClickhousePart::Skip)) => {
            ClickhousePart::Skip
        }
        (_, Some(spec::ClickhousePart::Schema)) => ClickhousePart::Schema,
        (_, Some(spec::ClickhousePart::Full) | None) => ClickhousePart::Full,
    }
}

fn recipients(written: Option<&spec::BackupEncryption>, cx: &mut Cx<'_>) -> Vec<AgeRecipient> {
    let listed = written.and_then(|it| it.recipients.clone());
    if listed.as_ref().is_some_and(Vec::is_empty) {
        let at = Place::Key(format!("{ROUTE}.encryption.recipients").as_str().into());
        cx.sink.push(
            Diagnostic::error("bad-value", at, "nobody could decrypt: the list is empty")
                .help("`age-keygen` makes a key; its line `public key` stands here"),
        );
    }
    listed.unwrap_or_default()
}

fn offsite(written: Option<&spec::Offsite>, cx: &mut Cx<'_>) -> Offsite {
    match written {
        None | Some(spec::Offsite::None) => Offsite::None,
        Some(spec::Offsite::Rclone(it)) => {
            Offsite::Rclone(it.remote.clone().unwrap_or_else(placeholder))
        }
        Some(spec::Offsite::Restic(it)) => {
            let route = format!("{ROUTE}.offsite.restic");
            let repository = it.repository.clone().unwrap_or_else(placeholder);
            if it.s3.is_some() && !repository.as_str().starts_with("s3:") {
                unused(&format!("{route}.s3"), "the repository is not on S3", "remove it", cx);
            }
            Offsite::Restic {
                password: cx.secret(&it.password, &format!("{route}.password")),
                s3: it.s3.as_ref().map(|s3| {
                    let secret =
                        cx.secret(&s3.secret_access_key, &format!("{route}.s3.secret_access_key"));
                    (s3.access_key_id.clone().unwrap_or_else(placeholder), secret)
                }),
                append_only: it.append_only.unwrap_or(false),
                repository,
            }
        }
    }
}

/// A set holds the install root: sets within it would hold each other.
pub(super) fn refuse_within_root(backup: &Backup, root: &InstallRoot, cx: &mut Cx<'_>) {
    let (dir, root) = (backup.dir.as_str(), root.as_str());
    if dir == root || dir.starts_with(&format!("{root}/")) {
        let at = Place::Value(format!("{ROUTE}.dir").as_str().into());
        let message = format!("`{dir}` lies in the install root, which every set holds");
        cx.sink.push(
            Diagnostic::error("bad-value", at, message)
                .help("name a folder beside it")
                .instead("/var/backups/trigger"),
        );
    }
}

/// A part that runs elsewhere is not saved from here.
fn refuse_unused(parts: &spec::BackupParts, storage: &Storage, cx: &mut Cx<'_>) {
    let said = [
        (
            "clickhouse",
            parts.clickhouse.is_some(),
            matches!(storage.clickhouse, Clickhouse::Bundled { .. }),
        ),
        (
            "object_store",
            parts.object_store.is_some(),
            matches!(storage.object_store, ObjectStore::Bundled(_)),
        ),
        ("registry", parts.registry.is_some(), matches!(storage.registry, Registry::Bundled(_))),
        ("s2", parts.s2.is_some(), matches!(storage.streams, Streams::Bundled)),
        (
            "exclude_task_events",
            parts.exclude_task_events.is_some(),
            matches!(storage.postgres, Postgres::Bundled { .. }),
        ),
    ];
    for (key, _, _) in said.into_iter().filter(|(_, said, bundled)| *said && !bundled) {
        let route = format!("{ROUTE}.parts.{key}");
        let help = "remove it: backups of what you have elsewhere are made there";
        unused(&route, "this site has no such container", help, cx);
    }
}

fn unused(route: &str, why: &str, help: &str, cx: &mut Cx<'_>) {
    let message = format!("`{route}` has no effect: {why}");
    cx.sink.push(
        Diagnostic::error("key-without-effect", Place::Key(route.into()), message).help(help),
    );
}
