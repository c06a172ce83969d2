//! The faults that are planted, in the order of the proofs.

use trigger_gen::tree::Mode;

/// A change to one file of a tree.
#[derive(Debug, Clone, Copy)]
pub(super) enum Edit {
    /// The first occurrence of a text, by another.
    Replace(&'static str, &'static str, &'static str),
    /// Every occurrence.
    ReplaceAll(&'static str, &'static str, &'static str),
    /// More at the end.
    Append(&'static str, &'static str),
    /// The line of a key of `.env`.
    Set(&'static str, &'static str, &'static str),
    /// The value of the first key as that of the second.
    Same(&'static str, &'static str, &'static str),
    /// A value of `.env` in a comment: the file, that `.env`, the key.
    Leak(&'static str, &'static str, &'static str),
    /// Another content.
    Rewrite(&'static str, &'static str),
    /// Other permissions.
    Mode(&'static str, Mode),
    /// No file at all.
    Remove(&'static str),
}

impl Edit {
    pub(super) fn path(&self) -> &'static str {
        match *self {
            Self::Replace(path, ..)
            | Self::ReplaceAll(path, ..)
            | Self::Append(path, _)
            | Self::Set(path, ..)
            | Self::Same(path, ..)
            | Self::Leak(path, ..)
            | Self::Rewrite(path, _)
            | Self::Mode(path, _)
            | Self::Remove(path) => path,
        }
    }
}

/// A fault and who finds it.
#[derive(Debug)]
pub(super) struct Plant {
    /// The proof that is meant to find it.
    pub(super) proof: &'static str,
    /// Proofs that cannot help finding it too.
    pub(super) also: &'static [&'static str],
    pub(super) example: &'static str,
    pub(super) edits: &'static [Edit],
    /// Whether manifest and redacted twins stay.
    pub(super) keeps_manifest: bool,
}

const fn plant(proof: &'static str, edits: &'static [Edit]) -> Plant {
    Plant { proof, also: &[], example: "minimal-vps", edits, keeps_manifest: false }
}

const fn at(example: &'static str, proof: &'static str, edits: &'static [Edit]) -> Plant {
    Plant { example, ..plant(proof, edits) }
}

const fn with(also: &'static [&'static str], plant: Plant) -> Plant {
    Plant { also, ..plant }
}

const fn kept(plant: Plant) -> Plant {
    Plant { keeps_manifest: true, ..plant }
}

const CLASSIC: &str = "classic-vps";
const EXTERNAL: &str = "external-everything";
const HARDENED: &str = "hardened-vps";
const SPLIT: &str = "split-workers";
const SOPS: &str = "sops-cluster";
const HOME: &str = "home-k3s";

const CLUSTER: &str = "kubernetes/flux/postgresql/cluster.yaml";
const POLICY: &str = "kubernetes/flux/postgresql/network-policy.yaml";
/// What nothing goes around.
const POOLER: &str = "apiVersion: postgresql.cnpg.io/v1\nkind: Pooler\nmetadata:\n  name: home-k3s-postgresql-pooler\nspec:\n  cluster:\n    name: home-k3s-postgresql\n  pgbouncer:\n    poolMode: transaction\n";
const KS_REDIS: &str = "kubernetes/flux/ks/redis.yaml";
const KS_RUNS: &str = "kubernetes/flux/ks/runs.yaml";
const SUPERVISOR_POLICY: &str = "kubernetes/flux/app/supervisor-network-policy.yaml";
const S3_POLICY: &str = "kubernetes/flux/s3/network-policy.yaml";
const TOP: &str = "kubernetes/flux/kustomization.yaml";
const REDIS_SECRET: &str = "kubernetes/flux/redis/secret.yaml";
const RELEASE: &str = "kubernetes/flux/app/helm-release.yaml";
const VALUES: &str = "kubernetes/values.yaml";
const FRAGMENT: &str = "kubernetes/cluster-secrets.example.yaml";

const ENV: &str = "docker/.env";
const SECRET: &str = "kubernetes/flux/app/secret.yaml";
const TWIN: &str = "docker/.env.redacted";
const WEBAPP: &str = "docker/webapp/docker-compose.yml";
const WORKER: &str = "docker/worker/docker-compose.yml";
const SERVER_XML: &str = "docker/clickhouse/override.xml";
const USERS_XML: &str = "docker/clickhouse/users-override.xml";
const S2: &str = "docker/s2/s2-spec.json";
const HTPASSWD: &str = "docker/registry/auth.htpasswd";
const SITE_CONF: &str = "docker/nginx/site.conf";
const DASHBOARD: &str = "docker/nginx/vhosts/dashboard.conf";
const REGISTRY: &str = "docker/nginx/vhosts/registry.conf";
const STORE: &str = "docker/nginx/vhosts/object-store.conf";
const TLS: &str = "docker/nginx/snippets/tls.conf";
const HEADERS: &str = "docker/nginx/snippets/headers.conf";
const ENV_1: &str = "workers/worker-1/.env";
const ENV_2: &str = "workers/worker-2/.env";
const WORKER_1: &str = "workers/worker-1/docker-compose.yml";

use Edit::{Append, Leak, Remove, Replace, ReplaceAll, Rewrite, Same, Set};

/// Another 32 characters than any secret has.
const OTHER: &str = "0123456789abcdef0123456789abcdee";

#[rustfmt::skip]
pub(super) static PLANTS: &[Plant] = &[
    plant("unreadable-file", &[Replace(S2, "{\n", "[\n")]),
    plant("unreadable-file", &[Replace(USERS_XML, "</clickhouse>", "")]),
    plant("unreadable-file", &[Replace(ENV, "# signs sessions", "signs sessions")]),
    plant("unreadable-file", &[Replace(TLS, "ssl_session_tickets off;", "ssl_session_tickets off")]),
    plant("missing-file", &[Remove(USERS_XML)]),
    plant("missing-file", &[Replace(SITE_CONF, "vhosts/registry.conf", "vhosts/images.conf")]),
    plant("missing-file", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    env_file: more.env\n")]),
    plant("unknown-compose-key", &[Replace(WEBAPP, "    mem_limit: 2048m", "    mem_limits: 2048m")]),
    plant("unknown-compose-key", &[Replace(WORKER, "\nservices:", "\nsevices: {}\nservices:")]),
    plant("unknown-compose-key", &[Replace(WEBAPP, "    internal: true\n", "    internal: true\n    internl: true\n")]),
    plant("unknown-compose-key", &[Replace(WEBAPP, "      driver: local\n", "      driver: local\n      options_: {}\n")]),
    plant("malformed-compose-value", &[Replace(WEBAPP, "    restart: unless-stopped\n", "    restart: false\n")]),
    plant("malformed-compose-value", &[Replace(WEBAPP, "      interval: 10s\n", "      interval: \"10\"\n")]),
    with(&["proxy-port-mismatch"], plant("malformed-compose-value", &[ReplaceAll(WEBAPP, "127.0.0.1:8030:3000", "127.0.0.1:80300:3000")])),
    with(&["project-mismatch"], plant("malformed-compose-value", &[Replace(WEBAPP, "name: minimal-vps\n", "name: Minimal\n")])),
    plant("contradictory-compose-keys", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    deploy: { resources: { limits: { memory: 1g } } }\n")]),
    plant("contradictory-compose-keys", &[Replace(WEBAPP, "  s2:\n    name: minimal-vps-s2\n", "  s2:\n    name: minimal-vps-s2\n    external: true\n    driver: local\n")]),
    plant("undeclared-name", &[Replace(WORKER, "      - runner\n      - docker-proxy\n", "      - runner\n      - docker-proxy\n      - proxy\n")]),
    plant("undeclared-name", &[Replace(WEBAPP, "- s2:/data", "- s3:/data")]),
    plant("undeclared-name", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    secrets: [token]\n")]),
    plant("dangling-dependency", &[Replace(WORKER, "    depends_on:\n      docker-proxy:", "    depends_on:\n      webapp:")]),
    plant("dangling-dependency", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    pid: service:other\n")]),
    plant("circular-dependency", &[Replace(WEBAPP, "    shm_size: 128m\n", "    shm_size: 128m\n    depends_on: [webapp]\n")]),
    plant("unstarted-service", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    scale: 0\n")]),
    plant("unstarted-service", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    deploy: { replicas: 0 }\n")]),
    plant("unstarted-service", &[Replace(WEBAPP, "    shm_size: 128m\n", "    shm_size: 128m\n    profiles: [extra]\n")]),
    plant("unanswerable-health-check", &[Replace(WEBAPP, "        - CMD\n        - pg_isready\n        - -h\n        - \"127.0.0.1\"\n        - -U\n        - postgres\n        - -d\n        - trigger\n", "        - NONE\n")]),
    plant("undefined-compose-variable", &[Replace(ENV, "DEPLOY_REGISTRY_NAMESPACE=trigger\n", "")]),
    plant("undefined-compose-variable", &[Set(ENV, "DEPLOY_REGISTRY_NAMESPACE", "")]),
    at(SPLIT, "undefined-compose-variable", &[Set(ENV_2, "OTEL_EXPORTER_OTLP_ENDPOINT", "''")]),
    plant("unescaped-dollar", &[Replace(WEBAPP, "test \"$$(redis-cli ping)\"", "test \"$(redis-cli ping)\"")]),
    plant("unconsumed-env-key", &[Append(ENV, "SMTP_HOST=mail.example.com\n")]),
    at(SPLIT, "unconsumed-env-key", &[Append(ENV_1, "SESSION_SECRET=abc\n")]),
    plant("duplicate-env-key", &[Append(ENV, "APP_ORIGIN=https://trigger.example.com\n")]),
    plant("nested-env-expansion", &[Set(ENV, "LOGIN_ORIGIN", "${APP_ORIGIN}")]),
    plant("nested-env-expansion", &[Set(ENV, "LOGIN_ORIGIN", "\"$APP_ORIGIN\"")]),
    plant("blank-value", &[Replace(WEBAPP, "TRIGGER_CLI_TAG: \"4.5.12\"", "TRIGGER_CLI_TAG: \"\"")]),
    plant("blank-value", &[Replace(WEBAPP, "TRIGGER_CLI_TAG: \"4.5.12\"", "TRIGGER_CLI_TAG: ${CLI_TAG:-}")]),
    plant("unknown-release", &[Set(ENV, "TRIGGER_IMAGE_TAG", "v4.9.99")]),
    plant("unread-variable", &[Replace(WEBAPP, "      TRIGGER_CLI_TAG:", "      RUNTIME_PLATFORM: docker\n      TRIGGER_CLI_TAG:")]),
    plant("unread-variable", &[Replace(WORKER, "      DOCKER_HOST:", "      DOCKER_PROXY_PORT: 8021\n      DOCKER_HOST:")]),
    plant("refused-value", &[Replace(WEBAPP, "RUN_REPLICATION_ENABLED: \"1\"", "RUN_REPLICATION_ENABLED: \"true\"")]),
    plant("refused-value", &[Replace(WEBAPP, "DEFAULT_STORE: clickhouse_v2", "DEFAULT_STORE: clickhouse_v3")]),
    plant("refused-value", &[Set(ENV, "DEFAULT_ENV_EXECUTION_CONCURRENCY_LIMIT", "many")]),
    plant("missing-variable", &[Replace(WORKER, "      TRIGGER_API_URL: http://webapp:3000\n", "")]),
    plant("missing-variable", &[Replace(WEBAPP, "      RUN_REPLICATION_ENABLED: \"1\"\n", "")]),
    plant("missing-variable", &[Replace(WORKER, "      DOCKER_HOST: tcp://docker-proxy:2375\n", "")]),
    plant("missing-variable", &[Replace(WEBAPP, "      TRIGGER_CLI_TAG:", "      GITHUB_APP_ENABLED: \"1\"\n      TRIGGER_CLI_TAG:")]),
    with(&["unconsumed-env-key"], plant("missing-variable", &[Remove(WORKER)])),
    with(&["unknown-release", "unpinned-image"], plant("missing-variable", &[Set(ENV, "TRIGGER_IMAGE_TAG", "v4-beta"), Replace(WEBAPP, "      RUN_REPLICATION_ENABLED: \"1\"\n", "")])),
    with(&["unknown-release", "unpinned-image"], plant("missing-variable", &[Set(ENV, "TRIGGER_IMAGE_TAG", "v4-beta"), Replace(WORKER, "      TRIGGER_API_URL: http://webapp:3000\n", "")])),
    with(&["unknown-release", "unpinned-image"], plant("unread-variable", &[Set(ENV, "TRIGGER_IMAGE_TAG", "v4-beta"), Replace(WORKER, "      DOCKER_HOST:", "      DOCKER_PROXY_PORT: 8021\n      DOCKER_HOST:")])),
    plant("worker-secret-mismatch", &[Replace(WORKER, "${MANAGED_WORKER_SECRET:?}", "${SESSION_SECRET:?}")]),
    at(SPLIT, "worker-secret-mismatch", &[Set(ENV_2, "MANAGED_WORKER_SECRET", OTHER)]),
    plant("encryption-key-size", &[Set(ENV, "ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]),
    plant("published-secret", &[Set(ENV, "SESSION_SECRET", "2818143646516f6fffd707b36f334bbb")]),
    plant("repeated-secret", &[Same(ENV, "SESSION_SECRET", "MAGIC_LINK_SECRET")]),
    plant("repeated-secret", &[Same(ENV, "SESSION_SECRET", "DOCKER_REGISTRY_PASSWORD")]),
    plant("leaked-secret", &[Leak(WEBAPP, ENV, "REDIS_PASSWORD")]),
    plant("leaked-secret", &[Leak(SERVER_XML, ENV, "ENCRYPTION_KEY"), ReplaceAll(SERVER_XML, "# ", "<!-- "), Append(SERVER_XML, "-->")]),
    at(EXTERNAL, "leaked-secret", &[Append(WEBAPP, "# example-db_password-0000\n")]),
    at(SPLIT, "leaked-secret", &[Leak(WORKER_1, ENV_1, "DOCKER_REGISTRY_PASSWORD")]),
    plant("open-secret-file", &[Edit::Mode(ENV, Mode::Plain)]),
    plant("open-secret-file", &[Edit::Mode(HTPASSWD, Mode::Plain)]),
    plant("unignored-secret-file", &[Replace(".gitignore", "/docker/.env\n", "")]),
    plant("stale-redacted-twin", &[Replace(TWIN, "DEPLOY_REGISTRY_NAMESPACE=trigger", "DEPLOY_REGISTRY_NAMESPACE=other")]),
    plant("stale-redacted-twin", &[Replace(TWIN, "DEPLOY_REGISTRY_NAMESPACE=trigger\n", "")]),
    with(&["cluster-secret-in-clear"], at(SOPS, "unreadable-encrypted-file", &[Append(SECRET, "data:\n  TOKEN: dG9rZW4=\n")])),
    with(&["cluster-secret-in-clear"], at(SOPS, "unreadable-encrypted-file", &[Replace(SECRET, "  SESSION_SECRET: ", "  TOKEN: 0af1\n  SESSION_SECRET: ")])),
    at(SOPS, "unreadable-encrypted-file", &[Replace(SECRET, "-----BEGIN AGE ENCRYPTED FILE-----", "-----BEGIN PGP MESSAGE-----")]),
    at(SOPS, "unreadable-encrypted-file", &[Replace(SECRET, "encrypted_regex: ^(data|stringData)$", "encrypted_regex: ^data$")]),
    plant("malformed-database-url", &[Set(ENV, "DIRECT_URL", "postgresql://postgres:p@ss@postgres:5432/trigger")]),
    plant("malformed-database-url", &[Replace(ENV, "DATABASE_URL='postgresql:", "DATABASE_URL='mysql:")]),
    plant("database-login-mismatch", &[Replace(WEBAPP, "POSTGRES_USER: postgres", "POSTGRES_USER: trigger")]),
    plant("database-login-mismatch", &[Replace(WEBAPP, "POSTGRES_DB: trigger", "POSTGRES_DB: main")]),
    plant("database-login-mismatch", &[Set(ENV, "POSTGRES_PASSWORD", OTHER)]),
    plant("database-login-mismatch", &[Replace(ENV, "@postgres:5432/", "@postgres:5433/")]),
    plant("missing-logical-wal", &[Replace(WEBAPP, "wal_level=logical", "wal_level=replica")]),
    plant("unbounded-slot-wal", &[Replace(WEBAPP, "max_slot_wal_keep_size=4096MB", "max_slot_wal_keep_size=-1")]),
    plant("unbounded-slot-wal", &[Replace(WEBAPP, "      - -c\n      - max_slot_wal_keep_size=4096MB\n", "")]),
    plant("too-few-replication-slots", &[Replace(WEBAPP, "      - wal_level=logical\n", "      - wal_level=logical\n      - -c\n      - max_replication_slots=3\n")]),
    plant("too-few-replication-slots", &[Replace(WEBAPP, "wal_level=logical", "max_wal_senders=4\n      - -c\n      - wal_level=logical")]),
    plant("incomplete-run-replication", &[Replace(WEBAPP, "RUN_REPLICATION_ENABLED: \"1\"", "RUN_REPLICATION_ENABLED: \"0\"")]),
    plant("redis-password-mismatch", &[Replace(WEBAPP, "REDISCLI_AUTH: ${REDIS_PASSWORD:?}", "REDISCLI_AUTH: ${SESSION_SECRET:?}")]),
    plant("redis-password-mismatch", &[Replace(WEBAPP, "      REDIS_PASSWORD: ${REDIS_PASSWORD:?}\n", "")]),
    plant("redis-password-mismatch", &[Replace(WEBAPP, "requirepass ", "# ")]),
    plant("redis-tls-mismatch", &[Replace(WEBAPP, "REDIS_TLS_DISABLED: \"true\"", "REDIS_TLS_DISABLED: \"false\"")]),
    with(&["refused-value"], plant("redis-tls-mismatch", &[Replace(WEBAPP, "REDIS_TLS_DISABLED: \"true\"", "REDIS_TLS_DISABLED: 1")])),
    plant("evicting-redis", &[Replace(WEBAPP, "maxmemory-policy noeviction", "maxmemory-policy allkeys-lru")]),
    plant("unsaved-redis", &[Replace(WEBAPP, "appendonly yes", "appendonly no")]),
    plant("clickhouse-login-mismatch", &[Set(ENV, "CLICKHOUSE_PASSWORD", OTHER)]),
    plant("clickhouse-login-mismatch", &[Replace(ENV, "http://default:", "http://admin:")]),
    plant("clickhouse-login-mismatch", &[Replace(ENV, "@clickhouse:8123?", "@clickhouse:9000?")]),
    plant("clickhouse-url-parameter", &[Replace(ENV, "?secure=false", "")]),
    plant("clickhouse-url-parameter", &[Replace(ENV, "@clickhouse:8123\n", "@clickhouse:8123?secure=false\n")]),
    at(EXTERNAL, "clickhouse-url-parameter", &[ReplaceAll(ENV, ":8443\n# used by queries", ":8443?secure=true\n# used by queries")]),
    plant("outdated-clickhouse", &[Replace(WEBAPP, "clickhouse-server:26.2.19.43@", "clickhouse-server:25.5.2.47@")]),
    plant("unmigrated-clickhouse", &[Replace(WEBAPP, "      TRIGGER_CLI_TAG:", "      SKIP_CLICKHOUSE_MIGRATIONS: \"1\"\n      TRIGGER_CLI_TAG:")]),
    plant("misplaced-clickhouse-setting", &[Replace(WEBAPP, "/users.d/override.xml", "/config.d/users.xml")]),
    with(&["unbounded-system-logs"], plant("misplaced-clickhouse-setting", &[Replace(WEBAPP, "/etc/clickhouse-server/config.d/override.xml", "/bitnami/clickhouse/etc/users.d/server.xml")])),
    plant("misplaced-clickhouse-setting", &[Replace(WEBAPP, "/etc/clickhouse-server/users.d/override.xml", "/bitnami/clickhouse/etc/conf.d/users.xml")]),
    plant("misplaced-clickhouse-setting", &[Replace(WEBAPP, "../clickhouse/users-override.xml", "/opt/trigger-dev/docker/clickhouse/users-override.xml"), Replace(WEBAPP, "/users.d/override.xml", "/config.d/users.xml")]),
    with(&["unbounded-system-logs"], plant("misplaced-clickhouse-setting", &[Replace(WEBAPP, "/config.d/override.xml", "/users.d/server.xml")])),
    plant("unbounded-system-logs", &[Replace(SERVER_XML, "<trace_log remove=\"1\"/>", "")]),
    plant("unbounded-system-logs", &[Replace(SERVER_XML, "<ttl>event_date + INTERVAL 7 DAY DELETE</ttl>", "")]),
    plant("object-store-login-mismatch", &[Replace(WEBAPP, "ROOT_ACCESS_KEY_ID: trigger", "ROOT_ACCESS_KEY_ID: admin")]),
    plant("object-store-login-mismatch", &[Replace(WEBAPP, "ROOT_SECRET_ACCESS_KEY: ${OBJECT_STORE_SECRET_ACCESS_KEY:?}", "ROOT_SECRET_ACCESS_KEY: ${SESSION_SECRET:?}")]),
    at(CLASSIC, "object-store-login-mismatch", &[Replace(WEBAPP, "MC_HOST_store: http://trigger:", "MC_HOST_store: http://admin:")]),
    plant("bad-object-store-address", &[Set(ENV, "OBJECT_STORE_BASE_URL", "http://object-store:9000/packets")]),
    plant("bad-object-store-address", &[Set(ENV, "OBJECT_STORE_BASE_URL", "http://s3.example.com")]),
    plant("bad-object-store-address", &[Set(ENV, "OBJECT_STORE_BASE_URL", "http://localhost:9000")]),
    plant("object-store-region-mismatch", &[Replace(WEBAPP, "VGW_REGION: us-east-1", "VGW_REGION: eu-west-1")]),
    plant("missing-bucket", &[Replace(WEBAPP, "mkdir -p /data/packets &&", "mkdir -p /data/payloads &&")]),
    at(CLASSIC, "missing-bucket", &[Replace(WEBAPP, "store/packets", "store/payloads")]),
    with(&["unconsumed-env-key"], plant("unused-object-store", &[Replace(WEBAPP, "      OBJECT_STORE_BASE_URL: ${OBJECT_STORE_BASE_URL:?}\n", "")])),
    with(&["unused-object-store", "unconsumed-env-key"], plant("missing-bucket", &[Replace(WEBAPP, "      OBJECT_STORE_BASE_URL: ${OBJECT_STORE_BASE_URL:?}\n", ""), Replace(WEBAPP, "mkdir -p /data/packets &&", "mkdir -p /data/payloads &&")])),
    at(CLASSIC, "missing-bucket", &[Replace(WEBAPP, "store/packets", "store/payloads"), Replace(WEBAPP, "      MINIO_ROOT_USER:", "      MINIO_DEFAULT_BUCKETS: packets\n      MINIO_ROOT_USER:")]),
    plant("s2-basin-mismatch", &[Replace(WEBAPP, "S2_BASIN: trigger-realtime", "S2_BASIN: trigger-streams")]),
    plant("s2-basin-mismatch", &[Replace(S2, "trigger-realtime", "trigger-streams")]),
    with(&["s2-basin-mismatch"], plant("streams-v2-without-s2", &[Replace(WEBAPP, "      REALTIME_STREAMS_S2_BASIN: trigger-realtime\n", "")])),
    at(SPLIT, "streams-v2-without-s2", &[Replace(WEBAPP, "      REALTIME_STREAMS_S2_BASIN: example-streams\n", "")]),
    plant("electric-without-auth-mode", &[Replace(WEBAPP, "\nnetworks:\n", "\n  electric:\n    image: images.example.com/electric:1.2.4@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7\n    security_opt: [\"no-new-privileges:true\"]\n    logging: { driver: local }\n    networks: [data]\n    environment: { DATABASE_URL: \"${DATABASE_URL:?}\" }\nnetworks:\n")]),
    plant("electric-without-auth-mode", &[Replace(WEBAPP, "\nnetworks:\n", "\n  electric:\n    image: images.example.com/electric:1.2.4@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7\n    security_opt: [\"no-new-privileges:true\"]\n    logging: { driver: local }\n    networks: [data]\n    environment: { DATABASE_URL: \"${DATABASE_URL:?}\", ELECTRIC_INSECURE: no }\nnetworks:\n")]),
    plant("registry-host-mismatch", &[Set(ENV, "DOCKER_REGISTRY_URL", "ghcr.io")]),
    at(SPLIT, "registry-host-mismatch", &[Set(ENV_1, "DOCKER_REGISTRY_URL", "registry.example.net")]),
    plant("malformed-registry-host", &[Set(ENV, "DEPLOY_REGISTRY_HOST", "https://registry.trigger.example.com")]),
    plant("malformed-registry-host", &[Set(ENV, "DEPLOY_REGISTRY_HOST", "registry.trigger.example.com/team")]),
    plant("registry-user-mismatch", &[Set(ENV, "DOCKER_REGISTRY_USERNAME", "deploy")]),
    at(SPLIT, "registry-user-mismatch", &[Set(ENV_2, "DOCKER_REGISTRY_USERNAME", "deploy")]),
    plant("bad-htpasswd", &[Replace(HTPASSWD, "$2y$", "$apr1$")]),
    plant("bad-htpasswd", &[Rewrite(HTPASSWD, "\n")]),
    plant("unreachable-worker-token", &[Replace(WORKER, "file:///home/node/shared/worker_token", "file:///home/node/shared/token")]),
    plant("unreachable-worker-token", &[Replace(WORKER, "shared:/home/node/shared:ro", "shared:/run/shared:ro")]),
    plant("unreachable-worker-token", &[Replace(WEBAPP, "TOKEN_PATH: /home/node/shared/worker_token", "TOKEN_PATH: /tmp/worker_token")]),
    with(&["missing-file"], at(SPLIT, "unreachable-worker-token", &[Replace(WORKER_1, "target: /run/trigger/worker_token", "target: /run/worker_token")])),
    with(&["unconsumed-env-key"], plant("unrestricted-sign-in", &[Replace(WEBAPP, "      WHITELISTED_EMAILS: ${WHITELISTED_EMAILS:?}\n", "")])),
    with(&["unread-variable"], plant("unanchored-email-pattern", &[Set(ENV, "TRIGGER_IMAGE_TAG", "v4.5.1"), Set(ENV, "WHITELISTED_EMAILS", "example\\.com")])),
    at(SPLIT, "incomplete-email-transport", &[Replace(WEBAPP, "      FROM_EMAIL: ${FROM_EMAIL:?}\n", ""), Replace(ENV, "FROM_EMAIL=", "COMPOSE_X=")]),
    at(EXTERNAL, "incomplete-email-transport", &[Replace(WEBAPP, "EMAIL_TRANSPORT: aws-ses", "EMAIL_TRANSPORT: smtp")]),
    at(CLASSIC, "incomplete-email-transport", &[Replace(WEBAPP, "      ALERT_RESEND_API_KEY: ${RESEND_API_KEY:?}\n", "")]),
    with(&["unconsumed-env-key"], at(EXTERNAL, "incomplete-email-transport", &[Replace(WEBAPP, "      AWS_REGION: ${AWS_REGION:?}\n", "")])),
    at(SPLIT, "smtp-tls-port-mismatch", &[Set(ENV, "SMTP_PORT", "465")]),
    at(SPLIT, "smtp-tls-port-mismatch", &[Replace(WEBAPP, "ALERT_SMTP_SECURE: \"false\"", "ALERT_SMTP_SECURE: \"true\"")]),
    plant("bad-origin", &[ReplaceAll(ENV, "https://trigger.example.com\n", "https://trigger.example.com/\n")]),
    plant("bad-origin", &[ReplaceAll(ENV, "https://trigger.example.com\n", "http://trigger.example.com\n"), Replace(WEBAPP, "https://trigger", "http://trigger")]),
    with(&["differing-origins"], plant("bad-origin", &[Append(ENV, "STREAM_ORIGIN=https://webapp\n"), Replace(WEBAPP, "      TRIGGER_CLI_TAG:", "      STREAM_ORIGIN: ${STREAM_ORIGIN:?}\n      TRIGGER_CLI_TAG:"), Replace(ENV, "https://webapp", "https://webapp:3000")])),
    with(&["unserved-host"], plant("differing-origins", &[Set(ENV, "API_ORIGIN", "https://api.example.com")])),
    with(&["unserved-host"], plant("differing-origins", &[Set(ENV, "LOGIN_ORIGIN", "https://login.example.com")])),
    at(HARDENED, "differing-origins", &[Replace(WEBAPP, "DEV_ENGINE_URL: https://trigger.", "DEV_ENGINE_URL: https://dev.")]),
    plant("differing-origins", &[Replace(WEBAPP, "ENDPOINT: https://trigger.example.com/otel", "ENDPOINT: https://otel.example.com/otel")]),
    at(SPLIT, "differing-origins", &[Set(ENV_1, "TRIGGER_API_URL", "https://jobs.example.net")]),
    with(&["differing-origins"], at(HARDENED, "unserved-host", &[Replace(WEBAPP, "STREAM_ORIGIN: https://api.", "STREAM_ORIGIN: https://streams.")])),
    with(&["missing-file"], plant("unserved-host", &[Remove(REGISTRY)])),
    plant("unknown-server-name", &[ReplaceAll(DASHBOARD, "server_name trigger.example.com;", "server_name trigger.example.com old.example.com;")]),
    plant("proxy-port-mismatch", &[Replace(SITE_CONF, "server 127.0.0.1:8030;", "server 127.0.0.1:8031;")]),
    plant("proxy-port-mismatch", &[Replace(SITE_CONF, "server 127.0.0.1:8030;", "server 10.0.0.2:8030;")]),
    plant("proxy-port-mismatch", &[Replace(REGISTRY, "proxy_pass http://tg_minimal_vps_registry;", "proxy_pass http://tg_minimal_vps_webapp;")]),
    plant("too-wide-vhost", &[Replace(REGISTRY, "location /v2/ {", "location ~ ^/v2 {")]),
    at(CLASSIC, "too-wide-vhost", &[Replace(STORE, "location /packets/ {", "location /minio/ {")]),
    plant("forgeable-header", &[Replace(HEADERS, "proxy_set_header X-Forwarded-Host $host;\n", "")]),
    plant("forgeable-header", &[Replace(HEADERS, "X-Forwarded-For $remote_addr;", "X-Forwarded-For $proxy_add_x_forwarded_for;")]),
    plant("forgeable-header", &[Replace(DASHBOARD, "        include \"/opt/trigger-dev/nginx/snippets/proxy.conf\";\n", "        proxy_set_header X-Extra 1;\n")]),
    plant("proxy-body-limit-too-small", &[Replace(DASHBOARD, "client_max_body_size 16m;", "client_max_body_size 2m;")]),
    plant("proxy-body-limit-too-small", &[Replace(REGISTRY, "client_max_body_size 0;", "client_max_body_size 100m;")]),
    plant("dangling-host", &[Replace(WEBAPP, "REDIS_HOST: redis", "REDIS_HOST: cache")]),
    plant("dangling-host", &[Replace(WEBAPP, "http://s2/v1", "http://streams/v1")]),
    plant("dangling-host", &[Replace(WORKER, "TRIGGER_API_URL: http://webapp:3000", "TRIGGER_API_URL: http://postgres:3000")]),
    plant("dangling-host", &[ReplaceAll(ENV, "@clickhouse:8123", "@click-house:8123")]),
    plant("unreachable-from-runs", &[Replace(WEBAPP, "      - s2:/data\n    networks:\n      - runner\n", "      - s2:/data\n    networks:\n      - data\n")]),
    plant("unreachable-workload-api", &[Replace(WORKER, "WORKLOAD_API_DOMAIN: supervisor", "WORKLOAD_API_DOMAIN: webapp")]),
    plant("unknown-runner-network", &[Replace(WORKER, "DOCKER_RUNNER_NETWORKS: minimal-vps-runner", "DOCKER_RUNNER_NETWORKS: runner")]),
    plant("unknown-runner-network", &[Replace(WORKER, "DOCKER_RUNNER_NETWORKS: minimal-vps-runner", "DOCKER_RUNNER_NETWORKS: \"minimal-vps-runner, minimal-vps-registry\"")]),
    plant("unattachable-runner-network", &[Replace(WEBAPP, "    name: minimal-vps-runner\n", "    name: minimal-vps-runner\n    driver: overlay\n"), Replace(WORKER, "    name: minimal-vps-runner\n", "    name: minimal-vps-runner\n    driver: overlay\n")]),
    with(&["project-mismatch"], plant("guessed-network-name", &[Replace(WEBAPP, "\nname: minimal-vps\n", "\n"), Replace(WORKER, "\nnetworks:\n", "\nnetworks:\n  webapp_default:\n    external: true\n")])),
    with(&["missing-proxy-right"], plant("data-store-on-runner-network", &[Replace(WORKER, "DOCKER_RUNNER_NETWORKS: minimal-vps-runner", "DOCKER_RUNNER_NETWORKS: minimal-vps-runner,minimal-vps-data")])),
    plant("open-data-network", &[Replace(WEBAPP, "    internal: true\n", "")]),
    plant("bypassed-socket-proxy", &[Replace(WORKER, "tcp://docker-proxy:2375", "unix:///var/run/docker.sock")]),
    plant("bypassed-socket-proxy", &[Replace(WORKER, "tcp://docker-proxy:2375", "tcp://webapp:2375")]),
    plant("exposed-docker-socket", &[Replace(WORKER, "target: /var/run/docker.sock\n        read_only: true", "target: /var/run/docker.sock\n        read_only: false")]),
    plant("exposed-docker-socket", &[Replace(WORKER, "- shared:/home/node/shared:ro", "- shared:/home/node/shared:ro\n      - /var/run/docker.sock:/var/run/docker.sock:ro")]),
    plant("exposed-docker-socket", &[Replace(WORKER, "- shared:/home/node/shared:ro", "- shared:/home/node/shared:ro\n      - /var/:/host:ro")]),
    plant("exposed-docker-socket", &[Replace(WORKER, "source: /var/run/docker.sock", "source: /")]),
    plant("exposed-docker-socket", &[Replace(WORKER, "    user: root\n", "    user: root\n    use_api_socket: true\n")]),
    with(&["differing-declaration"], plant("exposed-docker-socket", &[Replace(WORKER, "    name: minimal-vps-shared\n", "    name: minimal-vps-shared\n    driver_opts: { type: none, o: bind, device: /run }\n")])),
    plant("shared-proxy-network", &[Replace(WORKER, "\nnetworks:\n", "\n  guest:\n    image: images.example.com/guest:1.2.4@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7\n    security_opt: [\"no-new-privileges:true\"]\n    logging: { driver: local }\n    network_mode: service:docker-proxy\nnetworks:\n")]),
    plant("shared-proxy-network", &[Replace(WORKER, "\nnetworks:\n", "\n  guest:\n    image: images.example.com/guest:1.2.4@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7\n    security_opt: [\"no-new-privileges:true\"]\n    logging: { driver: local }\n    network_mode: container:minimal-vps-docker-proxy\nnetworks:\n")]),
    plant("needless-proxy-right", &[Replace(WORKER, "      IMAGES: \"1\"\n", "      IMAGES: \"1\"\n      EXEC: \"1\"\n")]),
    plant("shared-proxy-network", &[Replace(WORKER, "    internal: true\n", "")]),
    with(&["data-store-on-runner-network"], plant("shared-proxy-network", &[Replace(WORKER, "    networks:\n      - docker-proxy\n", "    networks:\n      - docker-proxy\n      - runner\n")])),
    plant("missing-proxy-right", &[Replace(WORKER, "      IMAGES: \"1\"\n", "")]),
    plant("missing-proxy-right", &[Replace(WORKER, "DOCKER_RUNNER_NETWORKS: minimal-vps-runner", "DOCKER_RUNNER_NETWORKS: minimal-vps-runner,minimal-vps-registry")]),
    plant("missing-proxy-right", &[Replace(WORKER, "      DOCKER_HOST:", "      RESOURCE_MONITOR_ENABLED: \"1\"\n      DOCKER_HOST:")]),
    plant("logged-run-environment", &[Replace(WORKER, "LOG_LEVEL: warning", "LOG_LEVEL: info")]),
    plant("logged-run-environment", &[Replace(WORKER, "      LOG_LEVEL: warning\n", "")]),
    plant("published-internal-port", &[Replace(WORKER, "    volumes:\n      - shared", "    ports:\n      - 127.0.0.1:8020:8020\n    volumes:\n      - shared")]),
    with(&["unpublished-port"], plant("published-internal-port", &[Replace(WEBAPP, "\nnetworks:\n", "\n  electric:\n    image: images.example.com/electric:1.2.4@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7\n    security_opt: [\"no-new-privileges:true\"]\n    logging: { driver: local }\n    networks: [data]\n    ports: [\"127.0.0.1:3000:3000\"]\n    environment: { DATABASE_URL: \"${DATABASE_URL:?}\", ELECTRIC_INSECURE: \"true\" }\nnetworks:\n")])),
    plant("public-port", &[Replace(WEBAPP, "127.0.0.1:8030:3000", "8030:3000")]),
    plant("public-port", &[Replace(WEBAPP, "127.0.0.1:8030:3000", "0.0.0.0:8030:3000")]),
    plant("public-port", &[Replace(WEBAPP, "- 127.0.0.1:8030:3000", "- { target: 3000, published: 8030 }")]),
    at(CLASSIC, "unpublished-port", &[Replace(WEBAPP, "      - data\n      - redis-publish\n", "      - data\n")]),
    with(&["proxy-port-mismatch"], plant("repeated-port", &[Replace(WEBAPP, "127.0.0.1:5000:5000", "127.0.0.1:8030:5000")])),
    with(&["public-port", "proxy-port-mismatch"], plant("repeated-port", &[Replace(WEBAPP, "127.0.0.1:5000:5000", "8030:5000")])),
    plant("unpinned-image", &[Replace(WEBAPP, "redis:7.4.11@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7", "redis:7")]),
    with(&["unknown-release"], plant("unpinned-image", &[Set(ENV, "TRIGGER_IMAGE_TAG", "v4-beta")])),
    at(CLASSIC, "retired-image", &[Replace(WEBAPP, "image: quay.io/minio/minio:", "image: minio/minio:")]),
    plant("image-tag-mismatch", &[Replace(WORKER, "${TRIGGER_IMAGE_TAG:?}", "v4.5.11")]),
    at(SPLIT, "image-tag-mismatch", &[Set(ENV_2, "TRIGGER_IMAGE_TAG", "v4.5.10")]),
    plant("v3-artefact", &[Replace(WORKER, "\nnetworks:\n", "\n  coordinator:\n    image: ghcr.io/triggerdotdev/coordinator:v3.3.17\n    security_opt: [\"no-new-privileges:true\"]\n    logging: { driver: local }\n    networks: [runner]\nnetworks:\n")]),
    plant("v3-artefact", &[Replace(WORKER, "\nnetworks:\n", "\n  docker-provider:\n    image: ghcr.io/triggerdotdev/provider/docker:v3.3.17\n    security_opt: [\"no-new-privileges:true\"]\n    logging: { driver: local }\n    networks: [runner]\nnetworks:\n")]),
    plant("project-mismatch", &[Replace(WORKER, "\nname: minimal-vps\n", "\nname: worker\n")]),
    plant("differing-declaration", &[Replace(WORKER, "    name: minimal-vps-runner\n", "    name: minimal-vps-runner\n    driver: bridge\n")]),
    with(&["unreachable-worker-token"], plant("differing-declaration", &[Replace(WORKER, "    name: minimal-vps-shared\n", "    name: shared\n")])),
    plant("repeated-container-name", &[Replace(WORKER, "container_name: minimal-vps-supervisor", "container_name: minimal-vps-webapp")]),
    plant("oversized-heap", &[Set(ENV, "NODE_MAX_OLD_SPACE_SIZE", "4096")]),
    plant("oversized-heap", &[Replace(WEBAPP, "mem_limit: 2048m", "mem_limit: 1g")]),
    plant("ignored-heap-option", &[Replace(WEBAPP, "      TRIGGER_CLI_TAG:", "      NODE_OPTIONS: --max-old-space-size=1600\n      TRIGGER_CLI_TAG:")]),
    plant("gainable-privileges", &[Replace(WEBAPP, "no-new-privileges:true", "no-new-privileges:false")]),
    plant("unconfined-container", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    privileged: true\n")]),
    plant("unconfined-container", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    pid: host\n")]),
    plant("unconfined-container", &[Replace(WEBAPP, "    stop_grace_period: 10s\n", "    stop_grace_period: 10s\n    cap_add: [CAP_SYS_ADMIN]\n")]),
    plant("unconfined-container", &[Replace(WEBAPP, "      - no-new-privileges:true\n", "      - no-new-privileges:true\n      - seccomp=unconfined\n")]),
    plant("unbounded-container-log", &[Replace(WEBAPP, "      driver: local\n      options:\n        compress: \"true\"\n        max-file: \"5\"\n        max-size: 20m\n", "      driver: json-file\n")]),
    kept(plant("missing-listed-file", &[Remove(TWIN)])),
    kept(plant("unlisted-file", &[Append("docker/notes.txt", "mine\n")])),
    kept(plant("manifest-mode", &[Edit::Mode(S2, Mode::Executable)])),
    kept(plant("manifest-hash", &[Append(WEBAPP, "# edited\n")])),
    at(HOME, "unserved-kind", &[Edit::Replace(CLUSTER, "postgresql.cnpg.io/v1\n", "postgresql.cnpg.io/v1beta1\n")]),
    at(HOME, "unlisted-object", &[Edit::Replace("kubernetes/flux/redis/kustomization.yaml", "  - data-pvc.yaml\n", "")]),
    with(
        &["dangling-object"],
        at(HOME, "repeated-object", &[Edit::Replace("kubernetes/flux/s3/data-pvc.yaml", "name: home-k3s-s3-data", "name: home-k3s-redis-data")]),
    ),
    at(HOME, "bad-object-name", &[Edit::Replace("kubernetes/flux/postgresql/network-policy.yaml", "name: home-k3s-postgresql", "name: Trigger_Dev")]),
    at(HOME, "dangling-kustomization", &[Edit::Replace(KS_REDIS, "/trigger-dev/redis\n", "/trigger-dev/cache\n")]),
    at(HOME, "circular-kustomization", &[Edit::Replace(KS_REDIS, "name: 002-infrastructure-extra", "name: home-k3s")]),
    at(HOME, "missing-depends-on", &[Edit::Replace("kubernetes/flux/ks/app.yaml", "    - name: home-k3s-redis\n", "")]),
    at(HOME, "short-helm-timeout", &[Edit::Replace(RELEASE, "timeout: 20m", "timeout: 5m")]),
    at(HOME, "missing-startup-probe", &[Edit::Replace(RELEASE, "failureThreshold: 90", "failureThreshold: 9"), Edit::Remove(VALUES)]),
    at(HOME, "dangling-object", &[Edit::Replace("kubernetes/flux/redis/helm-release.yaml", "existingClaim: home-k3s-redis-data", "existingClaim: home-k3s-redis")]),
    with(&["unselected-policy"], at("full", "dangling-object", &[Edit::Replace(KS_RUNS, "targetNamespace: jobs-runs", "targetNamespace: jobs")])),
    at(HOME, "dangling-service", &[Edit::Replace(RELEASE, "host: home-k3s-redis-master", "host: redis"), Edit::Remove(VALUES)]),
    at(HOME, "unselected-policy", &[Edit::Replace("kubernetes/flux/redis/network-policy.yaml", "instance: home-k3s-redis", "instance: home-k3s-cache")]),
    at(HOME, "unselected-policy", &[Edit::Replace(POLICY, "      cnpg.io/cluster: home-k3s-postgresql\n  policyTypes", "      cnpg.io/poolerName: home-k3s-postgresql\n  policyTypes")]),
    at("full", "unselected-policy", &[Edit::Replace(S3_POLICY, "  podSelector:\n    matchLabels:\n      app.kubernetes.io/instance: full-s3\n", "  podSelector: {}\n")]),
    at(HOME, "pooled-replication", &[Edit::Rewrite(POLICY, POOLER)]),
    with(
        &["dangling-object"],
        at(HOME, "pooled-replication", &[Edit::Rewrite(POLICY, POOLER), Edit::Replace(POLICY, "    name: home-k3s-postgresql\n", "    name: another\n")]),
    ),
    at("full", "locked-out-job", &[Edit::Replace("kubernetes/flux/redis/network-policy.yaml", "name: full-redis-backup", "name: full-cache-backup")]),
    at(
        "full",
        "locked-out-job",
        &[Edit::Replace(
            "kubernetes/flux/redis/network-policy.yaml",
            "        - podSelector:\n            matchLabels:\n              app.kubernetes.io/name: full-redis-backup\n",
            "        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: jobs-runs\n",
        )],
    ),
    at("full", "missing-namespace", &[Edit::Replace(TOP, "  - runs-namespace.yaml\n", ""), Edit::Remove("kubernetes/flux/runs-namespace.yaml")]),
    with(&["dangling-object"], at(HOME, "missing-namespace", &[Edit::Replace(KS_REDIS, "targetNamespace: default", "targetNamespace: cache")])),
    at("full", "cut-off-runs", &[Edit::Replace(RELEASE, "https://s3.jobs.example.com", "http://full-s3:9000"), Edit::Remove(VALUES)]),
    at("full", "cut-off-runs", &[Edit::Replace(RELEASE, "http://full-trigger-webapp.jobs.svc.cluster.local:3030", "http://full-trigger-webapp:3030"), Edit::Remove(VALUES)]),
    at(
        "full",
        "cut-off-runs",
        &[
            Edit::Replace(RELEASE, "https://s3.jobs.example.com", "http://full-s3.jobs.svc.cluster.local:9000"),
            Edit::Remove(VALUES),
            Edit::Replace(S3_POLICY, "    - ports:\n", "    - from:\n        - podSelector: {}\n      ports:\n"),
        ],
    ),
    at("full", "cut-off-runs", &[Edit::Replace(RELEASE, "    s2:\n      deploy: false", "    s2:\n      deploy: true"), Edit::Remove(VALUES)]),
    at("full", "cut-off-runs", &[Edit::Replace(SUPERVISOR_POLICY, "kubernetes.io/metadata.name: jobs-runs", "kubernetes.io/metadata.name: jobs")]),
    at(HOME, "cut-off-runs", &[Edit::Replace(SUPERVISOR_POLICY, "port: 3000", "port: 3001")]),
    at(HOME, "cut-off-runs", &[Edit::Replace(S3_POLICY, "- podSelector: {}", "- namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: jobs } }")]),
    at(HOME, "undeclared-substitution", &[Edit::Replace(REDIS_SECRET, "${SECRET_TRIGGER_REDIS_PASSWORD}", "${SECRET_TRIGGER_CACHE_PASSWORD}")]),
    at(HOME, "number-like-secret", &[Edit::Replace(FRAGMENT, "SECRET_TRIGGER_REDIS_PASSWORD: \"\"", "SECRET_TRIGGER_REDIS_PASSWORD: \"1234e5\"")]),
    with(
        &["undeclared-substitution"],
        at(HOME, "cluster-secret-in-clear", &[Edit::Replace(REDIS_SECRET, "${SECRET_TRIGGER_REDIS_PASSWORD}", "hunter2-hunter2")]),
    ),
    at(HOME, "floating-chart-version", &[Edit::Replace("kubernetes/flux/s3/oci-repository.yaml", "tag: \"5.2.1\"", "semver: 5.x")]),
    at(HOME, "differing-chart-values", &[Edit::Replace(VALUES, "failureThreshold: 90", "failureThreshold: 99")]),
    at(HOME, "unknown-chart-value", &[Edit::Replace(RELEASE, "httpPort: 8123", "port: 8123"), Edit::Remove(VALUES)]),
    at(HOME, "contradictory-chart-values", &[Edit::Replace(RELEASE, "replicaCount: 1", "replicaCount: 2"), Edit::Remove(VALUES)]),
    at(HOME, "duplicate-env-name", &[Edit::Replace(RELEASE, "name: TRIGGER_CLI_TAG", "name: APP_LOG_LEVEL"), Edit::Remove(VALUES)]),
    with(
        &["undeclared-substitution"],
        at(HOME, "incomplete-existing-secret", &[Edit::Replace("kubernetes/flux/app/secret.yaml", "  PROVIDER_SECRET: ${SECRET_TRIGGER_PROVIDER_SECRET}\n", "")]),
    ),
];
