//! The bundled stores of the webapp stack.

use super::super::environment::{
    BUCKET, BUNDLED_ACCESS_KEY_ID, BUNDLED_REGION, POSTGRES_DATABASE, POSTGRES_USER,
};
use super::super::{clickhouse, registry, s2};
use super::format::{Healthcheck, Mount, Nofile, Service, Text, Ulimits};
use super::webapp::Store;
use super::{DATA, REGISTRY, RUNNER, limit, service};
use crate::release::env;
use crate::site::{
    Clickhouse, ObjectStore, ObjectStoreKind, Postgres, Realtime, Redis, Registry, Site, Streams,
};
use crate::value::{ImageRef, Port};
use std::collections::BTreeMap;

/// WAL that PostgreSQL keeps at most for a replication slot that nobody reads.
const SLOT_WAL_MIB: u64 = 4096;

const HEALTHY: Option<&str> = Some("service_healthy");

/// Every bundled store, in the order of the file.
pub(super) fn bundled(site: &Site) -> Vec<Store> {
    let storage = &site.storage;
    let mut stores = Vec::new();
    if matches!(storage.postgres, Postgres::Bundled { .. }) {
        stores.push(postgres(site));
    }
    if matches!(storage.redis, Redis::Bundled) {
        stores.push(redis(site));
    }
    if let Clickhouse::Bundled { bitnami_volume } = storage.clickhouse {
        stores.push(clickhouse(site, bitnami_volume));
    }
    if let ObjectStore::Bundled(it) = &storage.object_store {
        stores.extend(match it.kind {
            ObjectStoreKind::Versitygw => vec![versitygw(site)],
            ObjectStoreKind::Minio => vec![minio(site), minio_bucket(site)],
        });
    }
    if matches!(storage.streams, Streams::Bundled) {
        stores.push(streams(site));
    }
    if let Realtime::Electric { image } = &storage.realtime {
        stores.push(electric(site, image));
    }
    if matches!(storage.registry, Registry::Bundled(_)) {
        stores.push(image_registry(site));
    }
    stores
}

/// Stores on the internal network that the author publishes: each needs a network that leads out.
pub(super) fn published(site: &Site) -> Vec<(&'static str, Port)> {
    let publish = &site.docker().publish;
    let all = [
        ("postgres-publish", publish.postgres),
        ("redis-publish", publish.redis),
        ("clickhouse-publish", publish.clickhouse),
    ];
    all.into_iter().filter_map(|(network, port)| Some((network, port?))).collect()
}

/// Ports and networks of a store on the internal network.
fn reachable(site: &Site, network: &'static str, inside: u16) -> (Vec<String>, Vec<&'static str>) {
    match published(site).into_iter().find(|(name, _)| *name == network) {
        Some((_, port)) => (vec![on_loopback(port, inside)], vec![DATA, network]),
        None => (Vec::new(), vec![DATA]),
    }
}

fn on_loopback(port: Port, inside: u16) -> String {
    format!("127.0.0.1:{port}:{inside}")
}

fn variables<const N: usize>(pairs: [(&str, Text); N]) -> BTreeMap<String, Text> {
    pairs.into_iter().map(|(name, text)| (name.to_owned(), text)).collect()
}

fn texts<const N: usize>(words: [&str; N]) -> Vec<Text> {
    words.map(Text::from).into()
}

/// Asked often, given long: the first answer comes after a whole interval.
fn check(test: Vec<Text>, start_period: &'static str) -> Option<Healthcheck> {
    Some(Healthcheck { test, interval: "5s", timeout: "5s", retries: 12, start_period })
}

fn postgres(site: &Site) -> Store {
    let (ports, networks) = reachable(site, "postgres-publish", 5432);
    let buffers = site.docker().sizes.postgres.map_or(128, |it| it.in_mib() / 4);
    let settings = [
        "wal_level=logical".to_owned(),
        format!("max_slot_wal_keep_size={SLOT_WAL_MIB}MB"),
        format!("shared_buffers={buffers}MB"),
        format!("log_timezone={}", site.timezone),
    ];
    let command = settings.into_iter().flat_map(|it| [Text::from("-c"), Text::from(it)]);
    let service = Service {
        command: std::iter::once(Text::from("postgres")).chain(command).collect(),
        environment: variables([
            (env::POSTGRES_USER, POSTGRES_USER.into()),
            (env::POSTGRES_PASSWORD, Text::variable(env::POSTGRES_PASSWORD)),
            (env::POSTGRES_DB, POSTGRES_DATABASE.into()),
        ]),
        ports,
        volumes: vec![Mount::volume("postgres", "/var/lib/postgresql/data")],
        networks,
        // Over TCP: while the image prepares a new volume its server listens on a socket alone.
        healthcheck: check(
            texts([
                "CMD",
                "pg_isready",
                "-h",
                "127.0.0.1",
                "-U",
                POSTGRES_USER,
                "-d",
                POSTGRES_DATABASE,
            ]),
            "5m",
        ),
        stop_grace_period: Some("60s"),
        shm_size: Some("128m".into()),
        mem_limit: limit(site.docker().sizes.postgres),
        ..service(site, "postgres", site.docker().images.postgres.as_str())
    };
    Store { name: "postgres", service, volume: Some("postgres"), condition: HEALTHY }
}

/// The password goes in through standard input, so that it stands in no argument of any process.
fn redis(site: &Site) -> Store {
    let (ports, networks) = reachable(site, "redis-publish", 6379);
    let memory = site.docker().sizes.redis.map_or(96, |it| it.in_mib() * 3 / 4);
    let script = format!(
        "exec redis-server - <<CONF\n\
         requirepass \"$(printf %s \"$REDISCLI_AUTH\" | sed 's/[\\\\\"]/\\\\&/g')\"\n\
         dir /data\n\
         appendonly yes\n\
         maxmemory {memory}mb\n\
         maxmemory-policy noeviction\n\
         CONF\n"
    );
    let service = Service {
        user: Some("redis"),
        command: vec!["sh".into(), "-ec".into(), script.into()],
        environment: variables([(env::REDISCLI_AUTH, Text::variable(env::REDIS_PASSWORD))]),
        ports,
        volumes: vec![Mount::volume("redis", "/data")],
        networks,
        healthcheck: check(texts(["CMD-SHELL", "test \"$(redis-cli ping)\" = PONG"]), "1m"),
        stop_grace_period: Some("30s"),
        mem_limit: limit(site.docker().sizes.redis),
        ..service(site, "redis", site.docker().images.redis.as_str())
    };
    Store { name: "redis", service, volume: Some("redis"), condition: HEALTHY }
}

fn clickhouse(site: &Site, bitnami_volume: bool) -> Store {
    let (ports, networks) = reachable(site, "clickhouse-publish", 8123);
    let files = clickhouse::mounts(bitnami_volume)
        .into_iter()
        .map(|(name, target)| Mount::file(&format!("../clickhouse/{name}"), target));
    let service = Service {
        environment: variables([
            (env::CLICKHOUSE_USER, "default".into()),
            (env::CLICKHOUSE_PASSWORD, Text::variable(env::CLICKHOUSE_PASSWORD)),
            (env::CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT, "1".into()),
        ]),
        ports,
        volumes: std::iter::once(Mount::volume("clickhouse", "/var/lib/clickhouse"))
            .chain(files)
            .collect(),
        networks,
        // The client takes user and password from the environment.
        healthcheck: check(texts(["CMD", "clickhouse-client", "--query", "SELECT 1"]), "2m"),
        stop_grace_period: Some("60s"),
        ulimits: Some(Ulimits { nofile: Nofile { soft: 262_144, hard: 262_144 } }),
        mem_limit: limit(site.docker().sizes.clickhouse),
        ..service(site, "clickhouse", site.docker().images.clickhouse.as_str())
    };
    Store { name: "clickhouse", service, volume: Some("clickhouse"), condition: HEALTHY }
}

/// A bucket is a folder, so the one that the webapp names is made before the server starts.
fn versitygw(site: &Site) -> Store {
    let start = format!("mkdir -p /data/{BUCKET} && exec /usr/local/bin/docker-entrypoint.sh");
    let service = Service {
        entrypoint: vec!["sh".into(), "-ec".into(), start.into()],
        environment: variables([
            (env::ROOT_ACCESS_KEY_ID, BUNDLED_ACCESS_KEY_ID.into()),
            (env::ROOT_SECRET_ACCESS_KEY, Text::variable(env::OBJECT_STORE_SECRET_ACCESS_KEY)),
            (env::VGW_BACKEND, "posix".into()),
            (env::VGW_BACKEND_ARG, "/data".into()),
            (env::VGW_HEALTH, "/health".into()),
            (env::VGW_PORT, ":9000".into()),
            (env::VGW_REGION, BUNDLED_REGION.into()),
        ]),
        ports: vec![on_loopback(site.docker().publish.object_store, 9000)],
        volumes: vec![Mount::volume("object-store", "/data")],
        networks: vec![RUNNER],
        // It answers GET alone, so `--spider` would fail.
        healthcheck: check(
            texts(["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9000/health"]),
            "1m",
        ),
        mem_limit: limit(site.docker().sizes.object_store),
        ..service(site, "object-store", site.docker().images.object_store.as_str())
    };
    Store { name: "object-store", service, volume: Some("object-store"), condition: HEALTHY }
}

fn minio(site: &Site) -> Store {
    let service = Service {
        command: texts(["server", "/data"]),
        environment: variables([
            (env::MINIO_ROOT_USER, BUNDLED_ACCESS_KEY_ID.into()),
            (env::MINIO_ROOT_PASSWORD, Text::variable(env::OBJECT_STORE_SECRET_ACCESS_KEY)),
        ]),
        ports: vec![on_loopback(site.docker().publish.object_store, 9000)],
        volumes: vec![Mount::volume("minio", "/data")],
        networks: vec![RUNNER],
        healthcheck: check(texts(["CMD", "mc", "ready", "local"]), "1m"),
        mem_limit: limit(site.docker().sizes.object_store),
        ..service(site, "minio", site.docker().images.object_store.as_str())
    };
    Store { name: "minio", service, volume: Some("minio"), condition: HEALTHY }
}

/// Makes the bucket once; the client takes address and key from its environment.
fn minio_bucket(site: &Site) -> Store {
    let host = Text::from(format!("http://{BUNDLED_ACCESS_KEY_ID}:"))
        .then_variable(env::OBJECT_STORE_SECRET_ACCESS_KEY)
        .then("@minio:9000");
    let service = Service {
        restart: "no",
        entrypoint: texts(["mc"]),
        command: texts(["mb", "--ignore-existing", &format!("store/{BUCKET}")]),
        environment: [(format!("{}store", env::MC_HOST_), host)].into(),
        networks: vec![RUNNER],
        depends_on: Some(super::format::Ordered(vec![(
            "minio".into(),
            super::format::Dependency { condition: "service_healthy" },
        )])),
        ..service(site, "minio-bucket", site.docker().images.object_store_client.as_str())
    };
    Store {
        name: "minio-bucket",
        service,
        volume: None,
        condition: Some("service_completed_successfully"),
    }
}

/// The image has neither shell nor client, so nothing can ask it from within.
fn streams(site: &Site) -> Store {
    let service = Service {
        // A new volume belongs to root, the image's own user is another.
        user: Some("0:0"),
        command: texts(["lite", "--init-file", s2::MOUNTED, "--local-root", "/data"]),
        volumes: vec![
            Mount::file(&format!("../{}", s2::PATH), s2::MOUNTED),
            Mount::volume("s2", "/data"),
        ],
        networks: vec![RUNNER],
        stop_grace_period: Some("20s"),
        mem_limit: limit(site.docker().sizes.s2),
        ..service(site, "s2", site.docker().images.s2.as_str())
    };
    Store { name: "s2", service, volume: Some("s2"), condition: Some("service_started") }
}

/// Without a secret of its own it must stay on the internal network.
fn electric(site: &Site, image: &ImageRef) -> Store {
    let service = Service {
        environment: variables([
            (env::DATABASE_URL, Text::variable(env::DATABASE_URL)),
            (env::ELECTRIC_INSECURE, "true".into()),
            (env::ELECTRIC_USAGE_REPORTING, "false".into()),
        ]),
        networks: vec![DATA],
        healthcheck: check(texts(["CMD", "curl", "-fsS", "http://127.0.0.1:3000/v1/health"]), "1m"),
        mem_limit: limit(site.docker().sizes.electric),
        ..service(site, "electric", image.as_str())
    };
    Store { name: "electric", service, volume: None, condition: Some("service_started") }
}

fn image_registry(site: &Site) -> Store {
    let service = Service {
        environment: variables([
            (env::REGISTRY_AUTH, "htpasswd".into()),
            (env::REGISTRY_AUTH_HTPASSWD_REALM, "trigger".into()),
            (env::REGISTRY_AUTH_HTPASSWD_PATH, registry::MOUNTED.into()),
            (env::REGISTRY_STORAGE_DELETE_ENABLED, "true".into()),
        ]),
        ports: vec![on_loopback(site.docker().publish.registry, 5000)],
        volumes: vec![
            Mount::volume("registry", "/var/lib/registry"),
            Mount::file(&format!("../{}", registry::PATH), registry::MOUNTED),
        ],
        networks: vec![REGISTRY],
        healthcheck: check(
            texts(["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:5000/"]),
            "1m",
        ),
        mem_limit: limit(site.docker().sizes.registry),
        ..service(site, "registry", site.docker().images.registry.as_str())
    };
    Store { name: "registry", service, volume: Some("registry"), condition: None }
}
