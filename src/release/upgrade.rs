//! What a move from one release to another crosses, and whether it can be taken back.

use self::NoteKind::{Action, Breaking, Data, Fix, Info, Security};
use super::Evidence::{Code, Documented};
use super::{Evidence, Version, find};

/// Something that a move across [`at`](Note::at) brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    /// Kebab-case name, stable.
    pub id: &'static str,
    /// Met when a move crosses this: from < at <= to.
    pub at: Version,
    /// Whether it came with exactly this release; otherwise with this one or one shortly before it.
    pub exact: bool,
    /// The last release that has it; a move to a later one does not meet it.
    pub until: Option<Version>,
    /// How much it weighs.
    pub kind: NoteKind,
    /// Whether naming the older tag again does not undo it.
    pub one_way: bool,
    /// What is different, as a clause.
    pub title: &'static str,
    /// What to do about it, as an imperative.
    pub action: &'static str,
    /// How it is known.
    pub evidence: Evidence,
}

/// What a note is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// Stored data changes its form.
    Data,
    /// The move fails or loses something unless prepared.
    Breaking,
    /// Something has to be done, before or after.
    Action,
    /// A hole is closed.
    Security,
    /// A fault is gone.
    Fix,
    /// Something new can be chosen.
    Option,
    /// Worth knowing.
    Info,
}

const fn note(
    id: &'static str,
    at: Version,
    kind: NoteKind,
    title: &'static str,
    action: &'static str,
) -> Note {
    Note { id, at, exact: true, until: None, kind, one_way: false, title, action, evidence: Code }
}

/// Met by every move whose migrations differ, and so by almost every one.
pub static SCHEMA_FORWARD_ONLY: Note = Note {
    one_way: true,
    ..note(
        "schema-forward-only",
        Version(4, 0, 0),
        Data,
        "the webapp moves the schemas of PostgreSQL and ClickHouse forward when it starts, and nothing moves them back",
        "back up PostgreSQL, ClickHouse, the object store and `.env` first; going back means restoring them",
    )
};

/// Everything else that a move can cross, oldest first.
pub static NOTES: &[Note] = &[
    note(
        "clickhouse-healthcheck-password",
        Version(4, 0, 4),
        Fix,
        "upstream's health check of ClickHouse follows the configured password",
        "nothing to do; in 4.0.0 every password but the published one left the container unhealthy",
    ),
    note(
        "encryption-key-32",
        Version(4, 0, 4),
        Action,
        "the webapp starts only with an `ENCRYPTION_KEY` of exactly 32 bytes",
        "measure the key before the move; a new key cannot read what the old one encrypted",
    ),
    note(
        "docker-engine-29",
        Version(4, 1, 2),
        Fix,
        "the supervisor agrees on an API version with the engine, so Docker Engine 29 and newer work",
        "drop `DOCKER_API_VERSION` after the move; below this release keep the engine below 29 or set it to 1.44",
    ),
    note(
        "bitnami-removed",
        Version(4, 1, 2),
        Action,
        "the images `bitnami/clickhouse` and `bitnami/minio` of older compose files can no longer be pulled",
        "use ClickHouse's own image and another object store",
    ),
    note(
        "minio-image",
        Version(4, 1, 2),
        Action,
        "upstream takes MinIO from the frozen `bitnamilegacy` archive, and MinIO's own images left Docker Hub in September 2026",
        "take the quay.io build by digest for a volume that MinIO wrote, or another S3 server for a new site",
    ),
    note(
        "electric-1-2-4",
        Version(4, 1, 2),
        Info,
        "Electric goes from 1.0.24 to 1.2.4",
        "restart it; it keeps nothing of its own",
    ),
    note(
        "event-store-clickhouse-v2",
        Version(4, 2, 0),
        NoteKind::Option,
        "`EVENT_REPOSITORY_DEFAULT_STORE` takes `clickhouse_v2`, which 4.1.2 refuses at start",
        "set it for new sites; older runs stay readable where their events were written",
    ),
    note(
        "skip-clickhouse-migrations",
        Version(4, 2, 0),
        Info,
        "the entrypoint honours `SKIP_CLICKHOUSE_MIGRATIONS`",
        "never leave it in the environment: the schema would fall behind the webapp",
    ),
    Note {
        until: Some(Version(4, 4, 3)),
        ..note(
            "query-client-secure",
            Version(4, 4, 0),
            Breaking,
            "the webapp crashes at start when `CLICKHOUSE_URL` carries `secure` and no separate query URL is given",
            "set `QUERY_CLICKHOUSE_URL` without the parameter, or move to 4.4.4 or newer",
        )
    },
    note(
        "cli-registry-credentials",
        Version(4, 4, 0),
        Info,
        "a deploy with `--local-build` asks the server for registry credentials, which only works with ECR",
        "log in with `docker login` and leave the flag out",
    ),
    note(
        "run-list-clickhouse-only",
        Version(4, 4, 4),
        Breaking,
        "the run list no longer falls back to PostgreSQL",
        "see to it that replication into ClickHouse works, or the list stays empty while runs execute",
    ),
    note(
        "v4-beta-frozen",
        Version(4, 4, 6),
        Info,
        "the tag `v4-beta` stays at this release for good",
        "name exact tags",
    ),
    note(
        "clickhouse-25-8",
        Version(4, 5, 0),
        Breaking,
        "inserts need ClickHouse 25.8 or newer: on an older server runs execute, but the list stays empty and what was lost is not sent again",
        "bring ClickHouse to 25.8 or newer before the webapp moves",
    ),
    note(
        "replication-url-secure",
        Version(4, 5, 0),
        Fix,
        "`RUN_REPLICATION_CLICKHOUSE_URL` may carry `secure`, which crashed the webapp before",
        "leave the parameter out all the same: that is right in every release",
    ),
    note(
        "sdk-payload-offload",
        Version(4, 5, 0),
        Action,
        "SDK 4.5.0 and newer upload payloads from 128 KiB on to the object store themselves",
        "give callers outside the server an object store origin that they reach",
    ),
    note(
        "v3-tasks",
        Version(4, 5, 1),
        Breaking,
        "tasks written for SDK v3 no longer run; their engine is gone from 4.5.4",
        "move every project to SDK v4 first, or stay at 4.5.0",
    ),
    note(
        "s2-added",
        Version(4, 5, 2),
        Action,
        "upstream runs s2 and makes streams v2 the default",
        "run s2, use a hosted one, or leave every `REALTIME_STREAMS_S2_*` out to stay on v1",
    ),
    note(
        "email-regex-anchored",
        Version(4, 5, 2),
        Security,
        "`WHITELISTED_EMAILS` and `ADMIN_EMAILS` are matched against the whole address",
        "write patterns for whole addresses: one that relied on a partial match locks people out",
    ),
    note(
        "security-4-5-2",
        Version(4, 5, 2),
        Security,
        "a security release (triggerdotdev/trigger.dev#4199)",
        "treat 4.5.1 and older as vulnerable",
    ),
    note(
        "provider-coordinator-unused",
        Version(4, 5, 4),
        Info,
        "the webapp no longer reads `PROVIDER_SECRET` and `COORDINATOR_SECRET`",
        "leave them out with Docker; the Helm chart asks for them from 4.5.6 on",
    ),
    note(
        "secrets-no-defaults",
        Version(4, 5, 6),
        Breaking,
        "a security release (triggerdotdev/trigger.dev#4316): nothing has a default password any more, published secrets are refused and `MANAGED_WORKER_SECRET` is required",
        "replace published secrets before the move, passwords of data stores inside the store as well; a published `ENCRYPTION_KEY` cannot be replaced, `ALLOW_INSECURE_DEFAULT_SECRETS` lets such a site start",
    ),
    Note {
        evidence: Documented,
        ..note(
            "cli-approval",
            Version(4, 5, 6),
            Info,
            "a login of the CLI has to be approved in the browser",
            "tell the people who deploy",
        )
    },
    note(
        "log-leak-fixed",
        Version(4, 5, 8),
        Security,
        "the entrypoint no longer prints the ClickHouse password into the log",
        "change that password if older logs left the server",
    ),
    note(
        "internal-api-origin",
        Version(4, 5, 9),
        NoteKind::Option,
        "`INTERNAL_API_ORIGIN` gives deployed runs a way to the API inside the server",
        "use it where the server cannot reach its own public name",
    ),
    Note {
        one_way: true,
        ..note(
            "clickhouse-official-image",
            Version(4, 5, 10),
            Breaking,
            "upstream's ClickHouse is the project's own image: other variables, other mounts, and a volume that Bitnami's image cannot read once this one has written it",
            "snapshot the volume, keep the old layout on disk by `data-paths.xml`, and drop a Bitnami tag from `CLICKHOUSE_IMAGE_TAG`",
        )
    },
    note(
        "security-4-5-10",
        Version(4, 5, 10),
        Security,
        "a security release (triggerdotdev/trigger.dev#4528)",
        "treat 4.5.9 and older as vulnerable",
    ),
    note(
        "security-4-5-12",
        Version(4, 5, 12),
        Security,
        "a security release (triggerdotdev/trigger.dev#4735)",
        "treat 4.5.11 and older as vulnerable",
    ),
    Note {
        exact: false,
        evidence: Documented,
        ..note(
            "clickhouse-system-logs",
            Version(4, 5, 16),
            Action,
            "upstream bounds ClickHouse's system logs and sets profile settings under `users.d`, where they work",
            "mount both files in every release",
        )
    },
    Note {
        exact: false,
        evidence: Documented,
        ..note(
            "admin-dashboard-switch",
            Version(4, 5, 16),
            NoteKind::Option,
            "`ADMIN_DASHBOARD_ENABLED` can switch the admin dashboard and impersonation off",
            "set it to 0 where nobody needs them",
        )
    },
    Note {
        evidence: Documented,
        ..note(
            "node21-warning",
            Version(4, 6, 1),
            Info,
            "deployments on the Node 21 runtime warn and send an e-mail",
            "name runtime node-22 or newer in `trigger.config.ts`",
        )
    },
    Note {
        evidence: Documented,
        ..note(
            "deploy-base-images",
            Version(4, 7, 4),
            NoteKind::Option,
            "`DEPLOY_BASE_IMAGES` and `DEPLOY_BUILD_BASE_IMAGES` replace the base images of deployments; a malformed value stops the webapp",
            "keep them unset, or use a CLI of the same release; images of one's own lose their trust store below 4.8.1",
        )
    },
    Note {
        exact: false,
        evidence: Documented,
        ..note(
            "same-browser-links",
            Version(4, 7, 7),
            Action,
            "a magic link works only in the browser that asked for it",
            "open links from the log in that browser, or set `MAGIC_LINK_SAME_BROWSER_REQUIRED` to false",
        )
    },
    Note {
        evidence: Documented,
        ..note(
            "security-4-7-7",
            Version(4, 7, 7),
            Security,
            "a security release: newer Node in both images and two certificate authorities distrusted",
            "update the CLI and deploy the tasks again, so that they leave the old runtime",
        )
    },
    Note {
        exact: false,
        evidence: Documented,
        ..note(
            "electric-optional",
            Version(4, 7, 7),
            NoteKind::Option,
            "upstream's chart runs without Electric, on the native realtime backend",
            "clear `realtimeBackend` flags that say electric or shadow, then drop the slot `electric_slot_default`, which holds write-ahead log for ever",
        )
    },
    Note {
        evidence: Documented,
        ..note(
            "event-store-clickhouse-retired",
            Version(4, 8, 2),
            Breaking,
            "the event store `clickhouse` is gone: what it wrote does not show until it is copied",
            "set `EVENT_REPOSITORY_DEFAULT_STORE` to `clickhouse_v2` and copy the old events day by day",
        )
    },
    Note {
        evidence: Documented,
        ..note(
            "query-api-tokens",
            Version(4, 8, 2),
            Breaking,
            "the query API of the dashboard refuses run tokens and public tokens without a user behind them",
            "use API keys with query scopes",
        )
    },
    Note {
        evidence: Documented,
        ..note(
            "webhooks-need-redis-cluster",
            Version(4, 8, 3),
            NoteKind::Option,
            "hosted webhooks need a Redis in cluster mode",
            "keep `WEBHOOK_ENABLED` at 0 with a single Redis",
        )
    },
    Note {
        evidence: Documented,
        ..note(
            "node-2026-11",
            Version(4, 8, 5),
            Security,
            "newer Node in both images and in task runtimes, for faults in HTTP/2 and TLS",
            "deploy the tasks again after the move",
        )
    },
];

/// What a move meets, oldest first; of a move backwards, what it undoes.
///
/// Moves backwards are possible only where no note is one-way.
pub fn notes_between(from: Version, to: Version) -> impl Iterator<Item = &'static Note> {
    let (low, high) = if from <= to { (from, to) } else { (to, from) };
    let schema = (!same_schema(from, to)).then_some(&SCHEMA_FORWARD_ONLY);
    let crossed = NOTES.iter().filter(move |note| {
        let lasts = note.until.is_none_or(|until| high <= until);
        low < note.at && note.at <= high && lasts
    });
    schema.into_iter().chain(crossed)
}

/// Whether two releases have the same migrations, so that a move between them, and back, touches images only.
///
/// Different where the migrations of either were not counted.
#[must_use]
pub fn same_schema(a: Version, b: Version) -> bool {
    let migrations = |version| find(version).and_then(|release| release.migrations);
    a == b || migrations(a).is_some_and(|counted| migrations(b) == Some(counted))
}
