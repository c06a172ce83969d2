//! Where the webapp finds what keeps data.

use super::super::setting::{Group, Pieces, Setting, percent_encoded};
use super::{WEBAPP_IN_STACK, flag};
use crate::release::env;
use crate::site::{
    Clickhouse, ObjectStore, ObjectStoreKind, Postgres, Realtime, Redis, Registry, Site, Streams,
    generated,
};
use crate::value::{Origin, SecretName};

/// Superuser of the bundled PostgreSQL: the role needs REPLICATION.
pub(in crate::artifacts) const POSTGRES_USER: &str = "postgres";
/// Its database.
pub(in crate::artifacts) const POSTGRES_DATABASE: &str = "trigger";
/// Access key of the bundled object store. It is a user name, not a secret.
pub(in crate::artifacts) const BUNDLED_ACCESS_KEY_ID: &str = "trigger";
/// Region of the bundled object store; signatures carry it, so both sides must agree.
pub(in crate::artifacts) const BUNDLED_REGION: &str = "us-east-1";
/// The bucket that the webapp's code names.
pub(in crate::artifacts) const BUCKET: &str = "packets";
/// The basin of the bundled s2; at least 8 characters.
pub(in crate::artifacts) const S2_BASIN: &str = "trigger-realtime";

/// The service of the bundled object store.
fn object_store_service(kind: ObjectStoreKind) -> &'static str {
    match kind {
        ObjectStoreKind::Versitygw => "object-store",
        ObjectStoreKind::Minio => "minio",
    }
}

pub(super) fn settings(site: &Site) -> Vec<Setting> {
    let mut settings = postgres(site);
    settings.extend(redis(site));
    settings.extend(clickhouse(site));
    settings.extend(object_store(site));
    settings.extend(streams(site));
    settings.extend(realtime(site));
    settings.extend(registry(site));
    settings
}

/// What the chart has no value for.
pub(super) fn in_cluster(site: &Site) -> Vec<Setting> {
    let mut settings = vec![event_store(site)];
    settings.extend(realtime(site).into_iter().filter(|it| it.name != env::ELECTRIC_ORIGIN));
    let of_store = object_store(site).into_iter().filter(|it| it.name == env::OBJECT_STORE_REGION);
    settings.extend(of_store);
    settings.extend(redis(site).into_iter().filter(|it| it.name == env::REDIS_USERNAME));
    settings
}

fn postgres(site: &Site) -> Vec<Setting> {
    let url = match &site.storage.postgres {
        Postgres::Bundled { .. } => {
            let address =
                format!("postgres:5432/{POSTGRES_DATABASE}?schema=public&sslmode=disable");
            database_url(POSTGRES_USER, &generated(env::POSTGRES_PASSWORD), address)
        }
        Postgres::External(it) => {
            let (host, port) = (in_url(it.host.as_str()), it.port);
            let (database, mode) =
                (percent_encoded(it.database.as_str()), if it.tls { "require" } else { "disable" });
            database_url(
                it.username.as_str(),
                &it.password,
                format!("{host}:{port}/{database}?schema=public&sslmode={mode}"),
            )
        }
    };
    vec![
        Setting::kept(Group::Postgres, env::DATABASE_URL, "used by the webapp", url.clone()),
        Setting::kept(Group::Postgres, env::DIRECT_URL, "used by migrations; never a pooler", url),
    ]
}

pub(in crate::artifacts) fn database_url(
    user: &str,
    password: &SecretName,
    address: String,
) -> Pieces {
    Pieces::from(format!("postgresql://{}:", percent_encoded(user)))
        .in_url(password)
        .text(format!("@{address}"))
}

/// An address of IPv6 stands in brackets.
pub(in crate::artifacts) fn in_url(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

fn redis(site: &Site) -> Vec<Setting> {
    let password = |name: &SecretName| {
        Setting::kept(Group::Redis, env::REDIS_PASSWORD, "password of Redis", Pieces::secret(name))
    };
    match &site.storage.redis {
        Redis::Bundled => vec![
            Setting::wired(env::REDIS_HOST, "redis"),
            Setting::wired(env::REDIS_PORT, "6379"),
            // Exactly `true`: every other value makes all clients speak TLS.
            Setting::wired(env::REDIS_TLS_DISABLED, "true"),
            password(&generated(env::REDIS_PASSWORD)),
        ],
        Redis::External(it) => {
            let mut settings = vec![
                Setting::kept(Group::Redis, env::REDIS_HOST, "server of Redis", it.host.as_str()),
                Setting::kept(Group::Redis, env::REDIS_PORT, "its port", it.port.to_string()),
                Setting::wired(env::REDIS_TLS_DISABLED, if it.tls { "false" } else { "true" }),
            ];
            settings.extend(it.username.as_ref().map(|user| {
                Setting::kept(Group::Redis, env::REDIS_USERNAME, "its user", user.as_str())
            }));
            settings.extend(it.password.as_ref().map(password));
            settings
        }
    }
}

/// goose appends `secure=true` to a URL that says nothing of it, and the other clients stumble over
/// the parameter in some releases: so the first URL carries it and the others never do.
fn clickhouse(site: &Site) -> Vec<Setting> {
    let (user, password, address, tls) = match &site.storage.clickhouse {
        Clickhouse::Bundled { .. } => (
            "default".to_owned(),
            generated(env::CLICKHOUSE_PASSWORD),
            "clickhouse:8123".to_owned(),
            false,
        ),
        Clickhouse::External(it) => (
            it.username.to_string(),
            it.password.clone(),
            format!("{}:{}", in_url(it.host.as_str()), it.port),
            it.tls,
        ),
    };
    let scheme = if tls { "https" } else { "http" };
    let plain = Pieces::from(format!("{scheme}://{}:", percent_encoded(&user)))
        .in_url(&password)
        .text(format!("@{address}"));
    let for_goose = if tls { plain.clone() } else { plain.clone().text("?secure=false") };
    vec![
        Setting::kept(
            Group::Clickhouse,
            env::CLICKHOUSE_URL,
            "used by migrations and inserts",
            for_goose,
        ),
        Setting::kept(
            Group::Clickhouse,
            env::QUERY_CLICKHOUSE_URL,
            "used by queries; never with `secure`",
            plain.clone(),
        ),
        Setting::kept(
            Group::Clickhouse,
            env::RUN_REPLICATION_CLICKHOUSE_URL,
            "used by the run list; never with `secure`",
            plain,
        ),
        Setting::wired(env::RUN_REPLICATION_ENABLED, "1"),
        event_store(site),
    ]
}

/// Logs and traces go where they can be deleted: `clickhouse_v2` from 4.2.0.
fn event_store(site: &Site) -> Setting {
    let newest =
        crate::release::lookup(crate::release::Reader::Webapp, env::EVENT_REPOSITORY_DEFAULT_STORE)
            .and_then(|it| it.at(site.release.version))
            .is_some_and(|span| crate::release::accepts(span, "clickhouse_v2").is_ok());
    Setting::wired(
        env::EVENT_REPOSITORY_DEFAULT_STORE,
        if newest { "clickhouse_v2" } else { "postgres" },
    )
}

fn object_store(site: &Site) -> Vec<Setting> {
    let group = Group::ObjectStore;
    let (base, key, secret, region) = match &site.storage.object_store {
        ObjectStore::Bundled(it) => {
            let inside =
                || Origin::service(object_store_service(it.kind), crate::value::Port::known(9000));
            let base = it.public_host.as_ref().map_or_else(inside, Origin::https);
            (
                base,
                BUNDLED_ACCESS_KEY_ID,
                generated(env::OBJECT_STORE_SECRET_ACCESS_KEY),
                Some(BUNDLED_REGION),
            )
        }
        ObjectStore::External(it) => (
            it.endpoint.clone(),
            it.access_key_id.as_str(),
            it.secret_access_key.clone(),
            it.region.as_ref().map(|it| it.as_str()),
        ),
    };
    let mut settings = vec![
        Setting::kept(
            group,
            env::OBJECT_STORE_BASE_URL,
            "where runs and your applications send large payloads",
            base.to_string(),
        ),
        Setting::kept(group, env::OBJECT_STORE_ACCESS_KEY_ID, "access key", key),
        Setting::kept(
            group,
            env::OBJECT_STORE_SECRET_ACCESS_KEY,
            "its secret",
            Pieces::secret(&secret),
        ),
    ];
    settings.extend(region.map(|region| Setting::wired(env::OBJECT_STORE_REGION, region)));
    settings
}

fn streams(site: &Site) -> Vec<Setting> {
    let version = Setting::wired(env::REALTIME_STREAMS_DEFAULT_VERSION, "v2");
    let skip = |value| {
        Setting::wired(
            env::REALTIME_STREAMS_S2_SKIP_ACCESS_TOKENS,
            flag(site, env::REALTIME_STREAMS_S2_SKIP_ACCESS_TOKENS, value),
        )
    };
    match &site.storage.streams {
        // Streams stay with Redis only where nothing of S2 is set at all.
        Streams::V1 => Vec::new(),
        Streams::Bundled => vec![
            version,
            Setting::wired(env::REALTIME_STREAMS_S2_BASIN, S2_BASIN),
            Setting::wired(env::REALTIME_STREAMS_S2_ENDPOINT, "http://s2/v1"),
            skip(true),
        ],
        Streams::Hosted { basin, access_token } => vec![
            version,
            Setting::wired(env::REALTIME_STREAMS_S2_BASIN, basin.as_str()),
            Setting::wired(
                env::REALTIME_STREAMS_S2_ENDPOINT,
                format!("https://{basin}.b.aws.s2.dev/v1"),
            ),
            skip(false),
            Setting::kept(
                Group::Streams,
                env::REALTIME_STREAMS_S2_ACCESS_TOKEN,
                "access token of s2.dev",
                Pieces::secret(access_token),
            ),
        ],
    }
}

fn realtime(site: &Site) -> Vec<Setting> {
    match site.storage.realtime {
        Realtime::Native => vec![
            Setting::wired(env::REALTIME_BACKEND_NATIVE_ENABLED, "1"),
            Setting::wired(env::REALTIME_BACKEND_DEFAULT, "native"),
        ],
        Realtime::Electric { .. } => {
            vec![Setting::wired(env::ELECTRIC_ORIGIN, "http://electric:3000")]
        }
    }
}

fn registry(site: &Site) -> Vec<Setting> {
    let registry = &site.storage.registry;
    vec![
        Setting::kept(
            Group::Registry,
            env::DEPLOY_REGISTRY_HOST,
            "where the CLI pushes task images",
            registry.host(),
        ),
        Setting::kept(
            Group::Registry,
            env::DEPLOY_REGISTRY_NAMESPACE,
            "the path before their names",
            registry.namespace(),
        ),
    ]
}

/// User, password and host as the supervisor logs in to pull; `None` for a registry that anybody may read.
pub(super) fn registry_login(site: &Site) -> Vec<Setting> {
    let (user, secret) = match &site.storage.registry {
        Registry::Bundled(it) => (it.username.as_str(), generated(env::DOCKER_REGISTRY_PASSWORD)),
        Registry::External(it) => match &it.login {
            Some((user, secret)) => (user.as_str(), secret.clone()),
            None => return Vec::new(),
        },
    };
    let group = Group::Registry;
    vec![
        Setting::kept(
            group,
            env::DOCKER_REGISTRY_URL,
            "where the supervisor pulls task images from",
            site.storage.registry.host(),
        ),
        Setting::kept(group, env::DOCKER_REGISTRY_USERNAME, "user of the registry", user),
        Setting::kept(
            group,
            env::DOCKER_REGISTRY_PASSWORD,
            "its password",
            Pieces::secret(&secret),
        ),
    ]
}

/// How a supervisor beside the webapp reaches it.
pub(super) fn webapp_in_stack() -> &'static str {
    WEBAPP_IN_STACK
}
