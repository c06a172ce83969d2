//! What the guide gets wrong, and what becomes of it.

use Fate::{Absent, Refused, Seen, Unrepresentable, Warned};

/// One thing that the guide gets wrong.
pub(super) struct Row {
    /// What the guide says, letter by letter; each stands in it.
    pub(super) says: &'static [&'static str],
    /// What the guide never says and would have to.
    pub(super) lacks: &'static [&'static str],
    /// What comes of it.
    pub(super) effect: &'static str,
    /// What happens when a site asks for it, and what the site compiles to instead.
    pub(super) fates: &'static [Fate],
    /// Who finds it in the guide's files, and a part of what it says.
    pub(super) proofs: &'static [(&'static str, &'static str)],
    /// Why nobody finds it there.
    pub(super) unseen: &'static str,
}

/// What happens here.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fate {
    /// A key with this value (of JSON) is an error of this name, drawn on the line of the key or of the value.
    Refused { key: &'static str, value: &'static str, name: &'static str },
    /// The same as a warning.
    Warned { key: &'static str, value: &'static str, name: &'static str },
    /// The nearest key that one might try is none.
    Unrepresentable { key: &'static str, because: &'static str },
    /// A file of the tree has this at a JSON pointer (of `.env`: at a key); the value holds the text.
    Seen { file: &'static str, at: &'static str, holds: &'static str },
    /// No file of the tree holds the text.
    Absent(&'static str),
}

const ENV: &str = "docker/.env";
const WEBAPP: &str = "docker/webapp/docker-compose.yml";
const WORKER: &str = "docker/worker/docker-compose.yml";

const fn refused(key: &'static str, value: &'static str, name: &'static str) -> Fate {
    Refused { key, value, name }
}

const fn seen(file: &'static str, at: &'static str, holds: &'static str) -> Fate {
    Seen { file, at, holds }
}

const fn unrepresentable(key: &'static str, because: &'static str) -> Fate {
    Unrepresentable { key, because }
}

const NONE: Row = Row { says: &[], lacks: &[], effect: "", fates: &[], proofs: &[], unseen: "" };

const CONFLICT: &str = "conflicting-variable";
const UNKNOWN: &str = "unknown-variable";

/// Every one of them, in the order of the guide's parts.
pub(super) const ROWS: &[Row] = &[
    Row {
        says: &["TRIGGER_IMAGE_TAG=v4-beta", "trigger.dev:${TRIGGER_IMAGE_TAG:-v4-beta}"],
        effect: "the tag moves, and stood still at 4.4.6",
        fates: &[
            refused("release", "\"v4-beta\"", "not-an-image"),
            refused(
                "docker.images.webapp",
                "\"ghcr.io/triggerdotdev/trigger.dev:v4-beta\"",
                "floating-image",
            ),
            seen(ENV, "TRIGGER_IMAGE_TAG", "v4.5.12"),
        ],
        proofs: &[
            ("unpinned-image", "trigger.dev:v4-beta"),
            ("unknown-release", "no tag names a release"),
        ],
        ..NONE
    },
    Row {
        says: &["image: bitnami/clickhouse:latest", "image: bitnami/minio:latest"],
        effect: "both images are gone and cannot be pulled",
        fates: &[
            refused("docker.images.clickhouse", "\"bitnami/clickhouse:latest\"", "removed-image"),
            refused("docker.images.object_store", "\"bitnami/minio:latest\"", "removed-image"),
            seen(WEBAPP, "/services/clickhouse/image", "clickhouse/clickhouse-server:"),
            Absent("bitnami"),
        ],
        proofs: &[("retired-image", "bitnami/clickhouse"), ("retired-image", "bitnami/minio")],
        ..NONE
    },
    Row {
        says: &["- DOCKER_REGISTRY_URL=${DOCKER_REGISTRY_URL}"],
        lacks: &["DEPLOY_REGISTRY_HOST"],
        effect: "the webapp does not start without `DEPLOY_REGISTRY_HOST`",
        fates: &[
            refused("env.webapp.DOCKER_REGISTRY_URL", "\"ghcr.io\"", UNKNOWN),
            refused("env.webapp.DEPLOY_REGISTRY_HOST", "\"ghcr.io\"", CONFLICT),
            seen(
                WEBAPP,
                "/services/webapp/environment/DEPLOY_REGISTRY_HOST",
                "${DEPLOY_REGISTRY_HOST:?}",
            ),
            seen(ENV, "DEPLOY_REGISTRY_HOST", "ghcr.io"),
            Absent("DOCKER_REGISTRY_NAMESPACE"),
        ],
        proofs: &[
            ("missing-variable", "`DEPLOY_REGISTRY_HOST`, without which it does not start"),
            ("unread-variable", "no webapp of the catalog reads `DOCKER_REGISTRY_URL`"),
        ],
        ..NONE
    },
    Row {
        says: &["- REDIS_HOST=${REDIS_HOST}"],
        lacks: &["REDIS_TLS_DISABLED"],
        effect: "every client speaks TLS to a Redis that does not",
        fates: &[
            refused("env.webapp.REDIS_TLS_DISABLED", "\"false\"", CONFLICT),
            seen(WEBAPP, "/services/webapp/environment/REDIS_TLS_DISABLED", "true"),
        ],
        proofs: &[("redis-tls-mismatch", "`REDIS_TLS_DISABLED` is not `true`")],
        ..NONE
    },
    Row {
        lacks: &["RUN_REPLICATION_"],
        effect: "the list of runs stays empty",
        fates: &[
            refused("env.webapp.RUN_REPLICATION_ENABLED", "\"0\"", CONFLICT),
            seen(WEBAPP, "/services/webapp/environment/RUN_REPLICATION_ENABLED", "1"),
            seen(ENV, "RUN_REPLICATION_CLICKHOUSE_URL", "http://default:"),
        ],
        proofs: &[
            ("missing-variable", "`RUN_REPLICATION_ENABLED`"),
            ("missing-variable", "`RUN_REPLICATION_CLICKHOUSE_URL`"),
        ],
        ..NONE
    },
    Row {
        says: &["image: postgres:14"],
        lacks: &["wal_level"],
        effect: "neither the replication of runs nor Electric can read the log of PostgreSQL",
        fates: &[
            unrepresentable("storage.postgres.bundled.command", "the command is the compiler's"),
            seen(WEBAPP, "/services/postgres/command", "wal_level=logical"),
            seen(WEBAPP, "/services/postgres/image", "postgres:14@sha256:"),
        ],
        proofs: &[("missing-logical-wal", "`postgres` does not run with `wal_level=logical`")],
        ..NONE
    },
    Row {
        says: &["image: electricsql/electric:1.2.4"],
        lacks: &["ELECTRIC_SECRET", "ELECTRIC_INSECURE"],
        effect: "Electric does not start, and its image is gone",
        fates: &[
            refused(
                "storage.realtime.electric.image",
                "\"electricsql/electric:1.2.4\"",
                "removed-image",
            ),
            Absent("electric"),
        ],
        proofs: &[
            ("electric-without-auth-mode", "`electric` has neither"),
            ("retired-image", "electricsql/electric"),
        ],
        ..NONE
    },
    Row {
        says: &["- TRIGGER_API_URL=http://webapp:3000"],
        lacks: &["TRIGGER_WORKER_TOKEN", "OTEL_EXPORTER_OTLP_ENDPOINT"],
        effect: "the supervisor does not start",
        fates: &[
            refused("env.supervisor.TRIGGER_WORKER_TOKEN", "{\"secret\": \"TOKEN\"}", CONFLICT),
            refused("env.supervisor.OTEL_EXPORTER_OTLP_ENDPOINT", "\"/otel\"", CONFLICT),
            seen(
                WORKER,
                "/services/supervisor/environment/TRIGGER_WORKER_TOKEN",
                "file:///home/node/shared/worker_token",
            ),
            seen(
                WORKER,
                "/services/supervisor/environment/OTEL_EXPORTER_OTLP_ENDPOINT",
                "http://webapp:3000/otel",
            ),
        ],
        proofs: &[
            ("missing-variable", "`supervisor` lacks `TRIGGER_WORKER_TOKEN`"),
            ("missing-variable", "`supervisor` lacks `OTEL_EXPORTER_OTLP_ENDPOINT`"),
        ],
        ..NONE
    },
    Row {
        lacks: &["DOCKER_HOST=", "DOCKER_RUNNER_NETWORKS"],
        effect: "the proxy is not used, and runs are on the network of the host",
        fates: &[
            refused("env.supervisor.DOCKER_HOST", "\"unix:///var/run/docker.sock\"", CONFLICT),
            refused("env.supervisor.DOCKER_RUNNER_NETWORKS", "\"host\"", CONFLICT),
            seen(WORKER, "/services/supervisor/environment/DOCKER_HOST", "tcp://docker-proxy:2375"),
            seen(
                WORKER,
                "/services/supervisor/environment/DOCKER_RUNNER_NETWORKS",
                "trigger-dev-runner",
            ),
        ],
        proofs: &[
            ("missing-variable", "`supervisor` lacks `DOCKER_HOST`"),
            ("missing-variable", "`supervisor` lacks `DOCKER_RUNNER_NETWORKS`"),
        ],
        ..NONE
    },
    Row {
        says: &[
            "DOCKER_PROXY_HOST=docker-proxy",
            "DOCKER_PROXY_PORT=8021",
            "SUPERVISOR_HOST=supervisor",
            "SUPERVISOR_PORT=8020",
            "TRIGGER_DOMAIN=<JOUW_DOMEIN>",
            "RUNTIME_PLATFORM=docker-compose",
        ],
        effect: "nothing: no release reads these names",
        fates: &[
            refused("env.supervisor.DOCKER_PROXY_HOST", "\"docker-proxy\"", UNKNOWN),
            refused("env.supervisor.DOCKER_PROXY_PORT", "8021", UNKNOWN),
            refused("env.supervisor.SUPERVISOR_HOST", "\"supervisor\"", UNKNOWN),
            refused("env.supervisor.SUPERVISOR_PORT", "8020", UNKNOWN),
            refused("env.webapp.TRIGGER_DOMAIN", "\"trigger.example.com\"", UNKNOWN),
            refused("env.webapp.RUNTIME_PLATFORM", "\"docker-compose\"", UNKNOWN),
            Absent("DOCKER_PROXY_"),
            Absent("SUPERVISOR_HOST"),
            Absent("SUPERVISOR_PORT"),
            Absent("TRIGGER_DOMAIN"),
            Absent("RUNTIME_PLATFORM"),
        ],
        proofs: &[
            ("unread-variable", "no supervisor of the catalog reads `DOCKER_PROXY_HOST`"),
            ("unread-variable", "no supervisor of the catalog reads `DOCKER_PROXY_PORT`"),
            ("unread-variable", "no webapp of the catalog reads `RUNTIME_PLATFORM`"),
            ("unconsumed-env-key", "`SUPERVISOR_HOST`"),
            ("unconsumed-env-key", "`SUPERVISOR_PORT`"),
            ("unconsumed-env-key", "`TRIGGER_DOMAIN`"),
        ],
        ..NONE
    },
    Row {
        says: &["image: ghcr.io/triggerdotdev/docker-proxy:${TRIGGER_IMAGE_TAG:-v4-beta}"],
        effect: "upstream never published an image of this name",
        fates: &[
            refused(
                "docker.images.docker_proxy",
                "\"ghcr.io/triggerdotdev/docker-proxy:v4-beta\"",
                "removed-image",
            ),
            seen(WORKER, "/services/docker-proxy/image", "ghcr.io/tecnativa/docker-socket-proxy:"),
        ],
        proofs: &[("retired-image", "upstream never published an image of this name")],
        ..NONE
    },
    Row {
        says: &["- /var/run/docker.sock:/var/run/docker.sock"],
        effect: "whoever reaches the proxy is root on the server",
        fates: &[
            unrepresentable(
                "docker.volumes",
                "no key mounts anything, and what a patch mounts is proved",
            ),
            seen(WORKER, "/services/docker-proxy/volumes/0/read_only", "true"),
            seen(WORKER, "/services/docker-proxy/environment/CONTAINERS", "1"),
        ],
        proofs: &[(
            "exposed-docker-socket",
            "`docker-proxy` may write to the docker socket's file",
        )],
        ..NONE
    },
    Row {
        says: &["networks:\n      - default\n      - webapp_default"],
        effect: "the code of every run, and every service, can start containers through the proxy",
        fates: &[
            unrepresentable(
                "docker.networks",
                "no key puts a service on a network, and where a patch puts it is proved",
            ),
            seen(WORKER, "/services/docker-proxy/networks", "[\"docker-proxy\"]"),
            seen(WORKER, "/networks/docker-proxy/internal", "true"),
        ],
        proofs: &[
            ("shared-proxy-network", "`webapp` shares `webapp_default` with the socket proxy"),
            ("shared-proxy-network", "`postgres` shares `webapp_default` with the socket proxy"),
        ],
        ..NONE
    },
    Row {
        says: &["- MINIO_ROOT_USER=minioadmin", "- MINIO_ROOT_PASSWORD=minioadmin"],
        effect: "everybody knows the key to all payloads",
        fates: &[
            unrepresentable(
                "storage.object_store.bundled.password",
                "the key is drawn at random and kept in the store",
            ),
            Absent("minioadmin"),
        ],
        proofs: &[("published-secret", "`MINIO_ROOT_PASSWORD` of `minio`")],
        ..NONE
    },
    Row {
        lacks: &["OBJECT_STORE_", "packets", "mc mb"],
        effect: "every payload above 512 KiB fails: the webapp knows no store, and the store has no bucket",
        fates: &[
            refused("env.webapp.OBJECT_STORE_BASE_URL", "\"http://minio:9000\"", CONFLICT),
            seen(ENV, "OBJECT_STORE_BASE_URL", "http://object-store:9000"),
            seen(WEBAPP, "/services/object-store", "mkdir -p /data/packets"),
        ],
        proofs: &[
            ("unused-object-store", "`webapp` has no `OBJECT_STORE_BASE_URL`"),
            ("missing-bucket", "nobody makes the bucket `packets` of `minio`"),
        ],
        ..NONE
    },
    Row {
        lacks: &["PROVIDER_SECRET", "COORDINATOR_SECRET"],
        effect: "nothing: the webapp has had a default for both, and reads neither from 4.5.4 on",
        fates: &[
            refused(
                "env.webapp.PROVIDER_SECRET",
                "{\"secret\": \"PROVIDER_SECRET\"}",
                "unread-variable",
            ),
            refused(
                "env.webapp.COORDINATOR_SECRET",
                "{\"secret\": \"COORDINATOR_SECRET\"}",
                "unread-variable",
            ),
            Absent("PROVIDER_SECRET"),
            Absent("COORDINATOR_SECRET"),
        ],
        unseen: "nothing is wrong with the files",
        ..NONE
    },
    Row {
        says: &["- NODE_OPTIONS=--max-old-space-size=${NODE_MAX_OLD_SPACE_SIZE:-4096}"],
        effect: "nothing: the entrypoint gives Node a heap of 8192 MiB over it",
        fates: &[
            Warned {
                key: "env.webapp.NODE_OPTIONS",
                value: "\"--max-old-space-size=1600\"",
                name: "node-options-heap",
            },
            refused("env.webapp.NODE_MAX_OLD_SPACE_SIZE", "1600", CONFLICT),
            seen(
                WEBAPP,
                "/services/webapp/environment/NODE_MAX_OLD_SPACE_SIZE",
                "${NODE_MAX_OLD_SPACE_SIZE:?}",
            ),
            Absent("NODE_OPTIONS"),
        ],
        proofs: &[("ignored-heap-option", "`NODE_OPTIONS` of `webapp`")],
        ..NONE
    },
    Row {
        says: &[
            "<max_memory_usage_for_all_queries>1500000000</max_memory_usage_for_all_queries>",
            "override.xml:/bitnami/clickhouse/etc/conf.d/override.xml:ro",
        ],
        effect: "nothing: settings of a profile are not read there, and one of them no longer exists",
        fates: &[
            unrepresentable(
                "storage.clickhouse.bundled.max_memory_usage",
                "the limit follows from `docker.limits.clickhouse`",
            ),
            seen(
                WEBAPP,
                "/services/clickhouse/volumes",
                "/etc/clickhouse-server/users.d/override.xml",
            ),
            seen("docker/clickhouse/users-override.xml", "", "<profiles>"),
            seen("docker/clickhouse/override.xml", "", "<max_server_memory_usage>"),
            Absent("max_memory_usage_for_all_queries"),
        ],
        proofs: &[(
            "misplaced-clickhouse-setting",
            "do nothing in /bitnami/clickhouse/etc/conf.d/override.xml",
        )],
        ..NONE
    },
    Row {
        says: &["cd /app && npx goose -dir ./internal-packages/clickhouse/migrations up"],
        effect: "neither folder nor program is there, so the tables of ClickHouse are never made",
        fates: &[
            unrepresentable(
                "storage.clickhouse.bundled.migrations",
                "the webapp's entrypoint runs them at every start",
            ),
            Absent("goose"),
        ],
        unseen: "a command of the guide, in none of its files",
        ..NONE
    },
    Row {
        says: &["SKIP_CLICKHOUSE_MIGRATIONS=1"],
        effect: "ClickHouse lacks the tables and columns of every later release",
        fates: &[
            refused("env.webapp.SKIP_CLICKHOUSE_MIGRATIONS", "\"1\"", "skipped-migrations"),
            Absent("SKIP_CLICKHOUSE_MIGRATIONS"),
        ],
        proofs: &[("unmigrated-clickhouse", "`webapp` skips the migrations")],
        ..NONE
    },
    Row {
        says: &["CLICKHOUSE_URL=http://default:${CLICKHOUSE_PASSWORD}@clickhouse:8123\n"],
        effect: "the migrations speak TLS to a server that does not",
        fates: &[
            refused("env.webapp.CLICKHOUSE_URL", "\"http://default:x@clickhouse:8123\"", CONFLICT),
            seen(ENV, "CLICKHOUSE_URL", "@clickhouse:8123?secure=false"),
        ],
        proofs: &[("clickhouse-url-parameter", "`CLICKHOUSE_URL` has the wrong `secure`")],
        ..NONE
    },
    Row {
        says: &["external: true\n    name: webapp_default"],
        effect: "where the project has another name there is no such network",
        fates: &[
            unrepresentable(
                "docker.networks.webapp_default",
                "networks are named after `docker.project`, in both files alike",
            ),
            seen(WEBAPP, "/networks/runner/name", "trigger-dev-runner"),
            seen(WORKER, "/networks/runner/name", "trigger-dev-runner"),
            Absent("external: true"),
        ],
        proofs: &[("guessed-network-name", "a name that another stack takes from its folder")],
        ..NONE
    },
    Row {
        says: &["http://<SERVER_IP>:8030", "${PUBLISH_IP:-127.0.0.1}:8030:3000"],
        effect: "nobody can sign in there: the port is closed to the outside, and cookies are for HTTPS alone",
        fates: &[
            refused("domain", "\"http://192.0.2.1:8030\"", "bad-value"),
            refused("env.webapp.LOGIN_ORIGIN", "\"http://192.0.2.1:8030\"", CONFLICT),
            seen(ENV, "LOGIN_ORIGIN", "https://trigger.example.com"),
            seen(WEBAPP, "/services/webapp/ports", "127.0.0.1:8030:3000"),
        ],
        unseen: "a sentence of the guide, in none of its files",
        ..NONE
    },
    Row {
        says: &["npx trigger.dev@latest deploy"],
        effect: "the CLI is newer than the server",
        fates: &[
            refused("env.webapp.TRIGGER_CLI_TAG", "\"latest\"", CONFLICT),
            seen(WEBAPP, "/services/webapp/environment/TRIGGER_CLI_TAG", "4.5.12"),
        ],
        unseen: "a command of the guide, in none of its files",
        ..NONE
    },
];

#[test]
fn the_guide_says_and_lacks_what_the_rows_say() {
    let guide = super::guide();
    for row in ROWS {
        assert!(!row.says.is_empty() || !row.lacks.is_empty(), "{}", row.effect);
        for text in row.says {
            assert!(guide.contains(text), "the guide does not say {text:?}");
        }
        for text in row.lacks {
            assert!(!guide.contains(text), "the guide says {text:?}");
        }
        assert_eq!(row.proofs.is_empty(), !row.unseen.is_empty(), "{}", row.effect);
    }
}
