//! Variables that no schema of upstream shows: read by libraries, by other images, or by compose alone.

use super::variable::{Kind, Reader, Span, Style, Variable, span};
use super::{Version, env};

const NODE: &str = "Node itself";
const AWS: &str = "the AWS SDK, for ECR";
const DOCKERODE: &str = "dockerode, through docker-modem";
const POSTGRES_ENTRYPOINT: &str = "docker-library/postgres: docker-entrypoint.sh";
const REDIS_CLI: &str = "redis-cli";
const CLICKHOUSE_ENTRYPOINT: &str = "ClickHouse/ClickHouse: docker/server/entrypoint.sh";
const VERSITYGW_FLAGS: &str = "versity/versitygw: cmd/versitygw and docker-entrypoint.sh";
const MINIO_DOCS: &str = "MinIO's reference of variables";
const REGISTRY_DOCS: &str = "distribution/distribution: docs/configuration";
const ELECTRIC_DOCS: &str = "electric-sql/electric: configuration reference";
const SOCKET_PROXY_IMAGE: &str = "Tecnativa/docker-socket-proxy: Dockerfile and haproxy.cfg";

const FIRST: Version = Version(4, 0, 0);
static ANY: &[Span] = &[span(FIRST, Kind::Unvalidated)];
static FLAG: &[Span] = &[span(FIRST, Kind::Boolean(Style::OneZero))];
static WORDS: &[Span] = &[span(FIRST, Kind::Boolean(Style::TrueFalse))];

/// Any value, in every release.
const fn any(reader: Reader, name: &'static str, source: &'static str) -> Variable {
    Variable { name, reader, source, spans: ANY }
}

/// `0` or `1`, in every release.
const fn flag(reader: Reader, name: &'static str, source: &'static str) -> Variable {
    Variable { name, reader, source, spans: FLAG }
}

/// `true` or `false`, in every release.
const fn words(reader: Reader, name: &'static str, source: &'static str) -> Variable {
    Variable { name, reader, source, spans: WORDS }
}

/// Read in the webapp by a library, outside its schema.
pub static WEBAPP: &[Variable] = &[any(Reader::Webapp, env::NODE_EXTRA_CA_CERTS, NODE)];

/// Read in the supervisor by a library, outside its schema.
pub static SUPERVISOR: &[Variable] = &[
    any(Reader::Supervisor, env::AWS_ACCESS_KEY_ID, AWS),
    any(Reader::Supervisor, env::AWS_REGION, AWS),
    any(Reader::Supervisor, env::AWS_SECRET_ACCESS_KEY, AWS),
    any(Reader::Supervisor, env::AWS_SESSION_TOKEN, AWS),
    any(Reader::Supervisor, env::DOCKER_CERT_PATH, DOCKERODE),
    any(Reader::Supervisor, env::DOCKER_HOST, DOCKERODE),
    any(Reader::Supervisor, env::DOCKER_TLS_VERIFY, DOCKERODE),
    any(Reader::Supervisor, env::NODE_EXTRA_CA_CERTS, NODE),
    any(Reader::Supervisor, env::NODE_OPTIONS, NODE),
];

/// The official PostgreSQL image.
pub static POSTGRES: &[Variable] = &[
    any(Reader::Postgres, env::PGDATA, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_DB, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_DB_FILE, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_HOST_AUTH_METHOD, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_INITDB_ARGS, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_INITDB_WALDIR, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_PASSWORD, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_PASSWORD_FILE, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_USER, POSTGRES_ENTRYPOINT),
    any(Reader::Postgres, env::POSTGRES_USER_FILE, POSTGRES_ENTRYPOINT),
];

/// The official Redis image; the server itself reads none.
pub static REDIS: &[Variable] = &[any(Reader::Redis, env::REDISCLI_AUTH, REDIS_CLI)];

/// The official `ClickHouse` image.
pub static CLICKHOUSE: &[Variable] = &[
    any(Reader::Clickhouse, env::CLICKHOUSE_ALWAYS_RUN_INITDB_SCRIPTS, CLICKHOUSE_ENTRYPOINT),
    any(Reader::Clickhouse, env::CLICKHOUSE_CONFIG, CLICKHOUSE_ENTRYPOINT),
    any(Reader::Clickhouse, env::CLICKHOUSE_DB, CLICKHOUSE_ENTRYPOINT),
    flag(Reader::Clickhouse, env::CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT, CLICKHOUSE_ENTRYPOINT),
    flag(Reader::Clickhouse, env::CLICKHOUSE_DO_NOT_CHOWN, CLICKHOUSE_ENTRYPOINT),
    any(Reader::Clickhouse, env::CLICKHOUSE_GID, CLICKHOUSE_ENTRYPOINT),
    any(Reader::Clickhouse, env::CLICKHOUSE_INIT_TIMEOUT, CLICKHOUSE_ENTRYPOINT),
    any(Reader::Clickhouse, env::CLICKHOUSE_PASSWORD, CLICKHOUSE_ENTRYPOINT),
    any(Reader::Clickhouse, env::CLICKHOUSE_UID, CLICKHOUSE_ENTRYPOINT),
    any(Reader::Clickhouse, env::CLICKHOUSE_USER, CLICKHOUSE_ENTRYPOINT),
    flag(Reader::Clickhouse, env::CLICKHOUSE_WATCHDOG_ENABLE, CLICKHOUSE_ENTRYPOINT),
];

/// versitygw, on a POSIX folder.
pub static VERSITYGW: &[Variable] = &[
    any(Reader::Versitygw, env::ROOT_ACCESS_KEY, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::ROOT_ACCESS_KEY_ID, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::ROOT_SECRET_ACCESS_KEY, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::ROOT_SECRET_KEY, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_ACCESS_LOG, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_BACKEND, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_BACKEND_ARG, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_CERT, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_CHOWN_GID, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_CHOWN_UID, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_CORS_ALLOW_ORIGIN, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_DEBUG, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_DIR_PERMS, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_DISABLE_ACL, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_HEALTH, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_IAM_DIR, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_KEEP_ALIVE, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_KEY, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_MAX_CONNECTIONS, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_MAX_REQUESTS, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_META_SIDECAR, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_PORT, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_QUIET, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_READ_ONLY, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_REGION, VERSITYGW_FLAGS),
    any(Reader::Versitygw, env::VGW_VIRTUAL_DOMAIN, VERSITYGW_FLAGS),
];

/// The community `MinIO` server; `MINIO_DEFAULT_BUCKETS` is Bitnami's and not read by it.
pub static MINIO: &[Variable] = &[
    any(Reader::Minio, env::MINIO_API_CORS_ALLOW_ORIGIN, MINIO_DOCS),
    any(Reader::Minio, env::MINIO_BROWSER, MINIO_DOCS),
    any(Reader::Minio, env::MINIO_ROOT_PASSWORD, MINIO_DOCS),
    any(Reader::Minio, env::MINIO_ROOT_PASSWORD_FILE, MINIO_DOCS),
    any(Reader::Minio, env::MINIO_ROOT_USER, MINIO_DOCS),
    any(Reader::Minio, env::MINIO_ROOT_USER_FILE, MINIO_DOCS),
];

/// The community `MinIO` client; `MC_HOST_<alias>` is a [`Family`].
pub static MINIO_CLIENT: &[Variable] = &[any(Reader::MinioClient, env::MC_CONFIG_DIR, MINIO_DOCS)];

/// distribution 2.8; any other key of its configuration is a [`Family`].
pub static REGISTRY: &[Variable] = &[
    any(Reader::Registry, env::REGISTRY_AUTH, REGISTRY_DOCS),
    any(Reader::Registry, env::REGISTRY_AUTH_HTPASSWD_PATH, REGISTRY_DOCS),
    any(Reader::Registry, env::REGISTRY_AUTH_HTPASSWD_REALM, REGISTRY_DOCS),
    any(Reader::Registry, env::REGISTRY_HTTP_ADDR, REGISTRY_DOCS),
    any(Reader::Registry, env::REGISTRY_HTTP_HOST, REGISTRY_DOCS),
    words(Reader::Registry, env::REGISTRY_HTTP_RELATIVEURLS, REGISTRY_DOCS),
    any(Reader::Registry, env::REGISTRY_HTTP_SECRET, REGISTRY_DOCS),
    any(Reader::Registry, env::REGISTRY_LOG_LEVEL, REGISTRY_DOCS),
    words(Reader::Registry, env::REGISTRY_STORAGE_DELETE_ENABLED, REGISTRY_DOCS),
    any(Reader::Registry, env::REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY, REGISTRY_DOCS),
];

/// Electric 1.x, where somebody still runs it.
pub static ELECTRIC: &[Variable] = &[
    any(Reader::Electric, env::DATABASE_URL, ELECTRIC_DOCS),
    words(Reader::Electric, env::ELECTRIC_INSECURE, ELECTRIC_DOCS),
    any(Reader::Electric, env::ELECTRIC_POOLED_DATABASE_URL, ELECTRIC_DOCS),
    any(Reader::Electric, env::ELECTRIC_SECRET, ELECTRIC_DOCS),
    words(Reader::Electric, env::ELECTRIC_USAGE_REPORTING, ELECTRIC_DOCS),
];

/// The socket proxy; each flag opens one part of the Docker API.
pub static SOCKET_PROXY: &[Variable] = &[
    flag(Reader::SocketProxy, env::ALLOW_DELETE, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::ALLOW_EXEC, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::ALLOW_KILL, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::ALLOW_RESTARTS, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::ALLOW_START, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::ALLOW_STOP, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::AUTH, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::BUILD, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::COMMIT, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::CONFIGS, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::CONTAINERS, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::DISABLE_IPV6, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::DISTRIBUTION, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::EVENTS, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::EXEC, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::GRPC, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::IMAGES, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::INFO, SOCKET_PROXY_IMAGE),
    any(Reader::SocketProxy, env::LOG_LEVEL, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::NETWORKS, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::NODES, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::PING, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::PLUGINS, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::POST, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::SECRETS, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::SERVICES, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::SESSION, SOCKET_PROXY_IMAGE),
    any(Reader::SocketProxy, env::SOCKET_PATH, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::SWARM, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::SYSTEM, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::TASKS, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::VERSION, SOCKET_PROXY_IMAGE),
    flag(Reader::SocketProxy, env::VOLUMES, SOCKET_PROXY_IMAGE),
];

/// Names of one reader that only a pattern can list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// Who reads them.
    pub reader: Reader,
    /// How every name begins.
    pub prefix: &'static str,
    /// How a name ends; empty when any ending will do.
    pub suffixes: &'static [&'static str],
    /// The first release that reads them.
    pub since: Version,
    /// What stands between prefix and suffix, and where it is known from.
    pub meaning: &'static str,
}

/// Every family. Where a page names a prefix and no member, any member counts.
pub static FAMILIES: &[Family] = &[
    Family {
        reader: Reader::Webapp,
        prefix: "OBJECT_STORE_",
        suffixes: &[
            "_BASE_URL",
            "_BUCKET",
            "_ACCESS_KEY_ID",
            "_SECRET_ACCESS_KEY",
            "_REGION",
            "_SERVICE",
        ],
        since: Version(4, 4, 4),
        meaning: "a named object store; the name in capitals: apps/webapp/app/v3/objectStore.server.ts",
    },
    Family {
        reader: Reader::Webapp,
        prefix: "API_RATE_LIMIT_METRICS_",
        suffixes: &[],
        since: Version(4, 7, 7),
        meaning: "documentation bundled with SDK 4.7.7",
    },
    Family {
        reader: Reader::Webapp,
        prefix: "DEPLOYMENT_INDEX_",
        suffixes: &[],
        since: Version(4, 8, 3),
        meaning: "documentation bundled with SDK 4.8.3",
    },
    Family {
        reader: Reader::Webapp,
        prefix: "QUEUE_SIZE_METRICS_",
        suffixes: &[],
        since: Version(4, 8, 3),
        meaning: "documentation bundled with SDK 4.8.3",
    },
    Family {
        reader: Reader::Webapp,
        prefix: "WEBHOOK_",
        suffixes: &[],
        since: Version(4, 8, 3),
        meaning: "documentation bundled with SDK 4.8.3",
    },
    Family {
        reader: Reader::MinioClient,
        prefix: env::MC_HOST_,
        suffixes: &[],
        since: FIRST,
        meaning: "an alias; the value is the store's URL with its credentials",
    },
    Family {
        reader: Reader::Registry,
        prefix: "REGISTRY_",
        suffixes: &[],
        since: FIRST,
        meaning: "a key of the registry's configuration, in capitals, joined by underscores",
    },
];

/// The family that a name belongs to, in whatever release it is read.
#[must_use]
pub fn family(reader: Reader, name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.reader == reader && family.holds(name))
}

impl Family {
    /// Whether a name has the form of this family.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(self.prefix) else { return false };
        let middle = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if self.suffixes.is_empty() {
            return middle(rest);
        }
        self.suffixes.iter().any(|suffix| rest.strip_suffix(suffix).is_some_and(middle))
    }
}

/// A key of `.env` that no process reads: compose puts its value into the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ComposeKey {
    /// As it stands in `.env`.
    pub name: &'static str,
    /// What compose does with it.
    pub meaning: &'static str,
}

/// Every key that is there for compose alone, sorted by name.
pub static COMPOSE_ONLY: &[ComposeKey] = &[ComposeKey {
    name: env::TRIGGER_IMAGE_TAG,
    meaning: "the tag of the webapp and supervisor images",
}];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_need_a_middle() {
        for name in ["OBJECT_STORE_MINIO_BUCKET", "OBJECT_STORE_S3_SECRET_ACCESS_KEY"] {
            assert!(family(Reader::Webapp, name).is_some(), "{name}");
        }
        for name in
            ["OBJECT_STORE__BUCKET", "OBJECT_STORE_BUCKET", "OBJECT_STORE_S3", "MC_HOST_store"]
        {
            assert_eq!(family(Reader::Webapp, name), None, "{name}");
        }
        assert!(family(Reader::MinioClient, "MC_HOST_store").is_some());
        assert_eq!(family(Reader::MinioClient, "MC_HOST_"), None);
    }
}
