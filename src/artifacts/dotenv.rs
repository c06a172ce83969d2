//! `.env` and its reviewable twin.

use super::environment;
use super::setting::{Group, Kept, Pieces, Setting, Value};
use super::{Artifact, Cx, Target, file, header};
use crate::plan::{Body, EnvEntry, EnvFile, EnvGroup, EnvText, PlannedFile};
use crate::release::env;
use crate::site::{Clickhouse, Postgres, Site, Worker, generated};
use crate::tree::Mode;

pub(super) const DOTENV: Artifact = Artifact {
    name: "dotenv",
    paths: "docker/.env",
    summary: "Configuration and secrets of the stacks",
    target: Target::Docker,
    keys: &["domain", "access", "limits", "storage", "env", "release"],
    plan: |cx| vec![dotenv(cx, DOTENV.name, "docker/.env", &rows(cx.site), View::Exposed)],
};

pub(super) const DOTENV_REDACTED: Artifact = Artifact {
    name: "dotenv-redacted",
    paths: "docker/.env.redacted",
    summary: "The same with a fingerprint in the place of each secret, for review",
    target: Target::Docker,
    keys: &["domain", "access", "limits", "storage", "env", "release"],
    plan: |cx| {
        vec![dotenv(
            cx,
            DOTENV_REDACTED.name,
            "docker/.env.redacted",
            &rows(cx.site),
            View::Redacted,
        )]
    },
};

/// Whether secrets are written or only named.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Exposed,
    Redacted,
}

/// A file of rows.
pub(super) fn dotenv(
    cx: &Cx<'_>,
    artifact: &'static str,
    path: &str,
    rows: &[Kept],
    view: View,
) -> PlannedFile {
    let (mode, what, note) = match view {
        View::Exposed => (
            Mode::Secret,
            "Configuration and secrets",
            "Holds secrets: keep it at mode 0600, and out of version control.",
        ),
        View::Redacted => (
            Mode::Plain,
            "Configuration without secrets",
            "In the place of each secret stands <its name and a keyed fingerprint>.",
        ),
    };
    let mut header = header(cx.site, what);
    header.push(note.into());
    file(artifact, path, mode, Body::Dotenv(EnvFile { header, groups: groups(cx, rows, view) }))
}

fn groups(cx: &Cx<'_>, rows: &[Kept], view: View) -> Vec<EnvGroup> {
    let mut groups: Vec<(Group, EnvGroup)> = Vec::new();
    for row in rows {
        if groups.last().is_none_or(|(group, _)| *group != row.group) {
            groups.push((row.group, EnvGroup { title: row.group.title(), entries: Vec::new() }));
        }
        let value = match view {
            View::Exposed => EnvText::Quoted(row.pieces.exposed(cx.secrets)),
            View::Redacted if row.pieces.is_secret() => {
                EnvText::Shown(row.pieces.redacted(cx.secrets))
            }
            View::Redacted => EnvText::Quoted(row.pieces.exposed(cx.secrets)),
        };
        if let Some((_, group)) = groups.last_mut() {
            group.entries.push(EnvEntry { key: row.key.clone(), about: row.about, value });
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The rows of the webapp's server.
pub(super) fn rows(site: &Site) -> Vec<Kept> {
    let mut settings = environment::webapp(site);
    if !site.is_split() {
        settings.extend(environment::supervisor(site));
    }
    let uses_tag = site.docker().images.webapp.is_none()
        || (!site.is_split() && site.docker().images.supervisor.is_none());
    sorted(
        image_tag(site, uses_tag).into_iter().chain(stores(site)).chain(kept(settings)).collect(),
    )
}

/// The rows of a server that only runs tasks.
pub(super) fn worker_rows(site: &Site, worker: &Worker) -> Vec<Kept> {
    let settings = environment::remote_supervisor(site, worker);
    let uses_tag = site.docker().images.supervisor.is_none();
    sorted(image_tag(site, uses_tag).into_iter().chain(kept(settings)).collect())
}

fn kept(settings: Vec<Setting>) -> impl Iterator<Item = Kept> {
    settings.into_iter().filter_map(|it| match it.value {
        Value::Kept(kept) => Some(kept),
        Value::Wired(_) => None,
    })
}

/// By group, in the order of their first appearance within each; a row that two services share stands once.
fn sorted(mut rows: Vec<Kept>) -> Vec<Kept> {
    rows.sort_by_key(|row| row.group);
    let mut once: Vec<Kept> = Vec::new();
    for row in rows {
        match once.iter().find(|it| it.key == row.key) {
            None => once.push(row),
            Some(it) => assert!(
                it.pieces == row.pieces,
                "bug in trigger-gen: `{}` would have two values",
                row.key
            ),
        }
    }
    once
}

/// What only compose reads: the tag of webapp and supervisor.
fn image_tag(site: &Site, used: bool) -> Option<Kept> {
    let about = "tag of webapp and supervisor; changed by an update alone";
    used.then(|| {
        row(Group::Release, env::TRIGGER_IMAGE_TAG, about, Pieces::from(site.release.tag()))
    })
}

/// What the bundled stores themselves are given.
fn stores(site: &Site) -> Vec<Kept> {
    let password =
        |group, name: &str, about| row(group, name, about, Pieces::secret(&generated(name)));
    let mut rows = Vec::new();
    if matches!(site.storage.postgres, Postgres::Bundled { .. }) {
        rows.push(password(
            Group::Postgres,
            env::POSTGRES_PASSWORD,
            "taken by PostgreSQL when its volume is new, and only then",
        ));
    }
    if matches!(site.storage.clickhouse, Clickhouse::Bundled { .. }) {
        rows.push(password(Group::Clickhouse, env::CLICKHOUSE_PASSWORD, "password of ClickHouse"));
    }
    rows
}

fn row(group: Group, key: &str, about: &'static str, pieces: Pieces) -> Kept {
    Kept { key: key.into(), group, about, pieces }
}
