//! `storage`: everything that keeps data, bundled unless the author has it elsewhere.

use super::access::pair;
use super::{Cx, known, placeholder};
use crate::diag::{Diagnostic, Place};
use crate::release::Release;
use crate::site::{
    BundledObjectStore, BundledRegistry, Clickhouse, ExternalClickhouse, ExternalObjectStore,
    ExternalPostgres, ExternalRedis, ExternalRegistry, ObjectStore, ObjectStoreKind, Postgres,
    Realtime, Redis, Registry, Storage, Streams,
};
use crate::spec;
use crate::value::{Domain, Port};

pub(super) fn resolve(
    written: Option<&spec::Storage>,
    release: &'static Release,
    domain: &Domain,
    cx: &mut Cx<'_>,
) -> Storage {
    let none = spec::Storage::default();
    let written = written.unwrap_or(&none);
    let storage = Storage {
        postgres: postgres(written.postgres.as_ref(), cx),
        redis: redis(written.redis.as_ref(), cx),
        clickhouse: clickhouse(written.clickhouse.as_ref(), cx),
        object_store: object_store(written.object_store.as_ref(), cx),
        streams: streams(written.streams.as_ref(), release, cx),
        realtime: realtime(written.realtime.as_ref(), release, cx),
        registry: registry(written.registry.as_ref(), domain, cx),
    };
    refuse_shared_hosts(&storage, domain, cx);
    storage
}

/// One name leads to one of webapp, object store and registry.
fn refuse_shared_hosts(storage: &Storage, domain: &Domain, cx: &mut Cx<'_>) {
    let taken = named_hosts(domain, storage);
    for (nth, (key, host)) in taken.iter().enumerate() {
        if let Some((other, _)) = taken[..nth].iter().find(|(_, it)| it == host) {
            let message = format!("`{host}` is the host of `{other}` already");
            let at = Place::Value((*key).into());
            cx.sink.push(
                Diagnostic::error("shared-host", at, message).help("give each a name of its own"),
            );
        }
    }
}

/// The hosts of the site, each with the key that names it.
pub(super) fn named_hosts<'a>(
    domain: &'a Domain,
    storage: &'a Storage,
) -> Vec<(&'static str, &'a Domain)> {
    let mut hosts = vec![("domain", domain)];
    if let ObjectStore::Bundled(BundledObjectStore { public_host: Some(host), .. }) =
        &storage.object_store
    {
        hosts.push(("storage.object_store.bundled.public_host", host));
    }
    if let Registry::Bundled(it) = &storage.registry {
        hosts.push(("storage.registry.bundled.host", &it.host));
    }
    hosts
}

fn postgres(written: Option<&spec::Postgres>, cx: &mut Cx<'_>) -> Postgres {
    match written {
        None => Postgres::Bundled { version: 17 },
        Some(spec::Postgres::Bundled(it)) => {
            Postgres::Bundled { version: postgres_version(it.version, cx) }
        }
        Some(spec::Postgres::External(it)) => Postgres::External(ExternalPostgres {
            host: it.host.clone().unwrap_or_else(placeholder),
            port: it.port.unwrap_or(Port::known(5432)),
            database: it.database.clone().unwrap_or_else(|| known("trigger")),
            username: it.username.clone().unwrap_or_else(|| known("trigger")),
            password: cx.secret(&it.password, "storage.postgres.external.password"),
            tls: !matches!(it.tls, Some(spec::PostgresTls::Disable)),
        }),
    }
}

fn postgres_version(written: Option<u32>, cx: &mut Cx<'_>) -> u32 {
    match written {
        None => 17,
        Some(version @ (14 | 17)) => version,
        Some(other) => {
            let at = Place::Value("storage.postgres.bundled.version".into());
            let message =
                format!("PostgreSQL {other} is not among the images that are known to work");
            cx.sink.push(
                Diagnostic::error("bad-value", at, message)
                    .help("write `17`, or `14` for a volume that 14 wrote")
                    .instead("17"),
            );
            17
        }
    }
}

fn redis(written: Option<&spec::Redis>, cx: &mut Cx<'_>) -> Redis {
    let Some(spec::Redis::External(it)) = written else { return Redis::Bundled };
    let route = "storage.redis.external";
    if it.username.is_some() {
        pair(true, it.password.is_some(), route, ("username", "password"), cx);
    }
    Redis::External(ExternalRedis {
        host: it.host.clone().unwrap_or_else(placeholder),
        port: it.port.unwrap_or(Port::known(6379)),
        username: it.username.clone(),
        password: it
            .password
            .as_ref()
            .map(|_| cx.secret(&it.password, &format!("{route}.password"))),
        tls: it.tls.unwrap_or(true),
    })
}

fn clickhouse(written: Option<&spec::Clickhouse>, cx: &mut Cx<'_>) -> Clickhouse {
    match written {
        None => Clickhouse::Bundled { bitnami_volume: false },
        Some(spec::Clickhouse::Bundled(it)) => {
            Clickhouse::Bundled { bitnami_volume: it.adopt_bitnami_volume.unwrap_or(false) }
        }
        Some(spec::Clickhouse::External(it)) => {
            let tls = it.tls.unwrap_or(true);
            Clickhouse::External(ExternalClickhouse {
                host: it.host.clone().unwrap_or_else(placeholder),
                port: it.port.unwrap_or(Port::known(if tls { 8443 } else { 8123 })),
                username: it.username.clone().unwrap_or_else(|| known("default")),
                password: cx.secret(&it.password, "storage.clickhouse.external.password"),
                tls,
                version: it.version.clone().unwrap_or_else(placeholder),
            })
        }
    }
}

fn object_store(written: Option<&spec::ObjectStore>, cx: &mut Cx<'_>) -> ObjectStore {
    match written {
        None => ObjectStore::Bundled(BundledObjectStore {
            kind: ObjectStoreKind::Versitygw,
            public_host: None,
        }),
        Some(spec::ObjectStore::Bundled(it)) => ObjectStore::Bundled(BundledObjectStore {
            kind: match it.kind {
                Some(spec::ObjectStoreKind::Minio) => ObjectStoreKind::Minio,
                Some(spec::ObjectStoreKind::Versitygw) | None => ObjectStoreKind::Versitygw,
            },
            public_host: it.public_host.clone(),
        }),
        Some(spec::ObjectStore::External(it)) => {
            let route = "storage.object_store.external";
            ObjectStore::External(ExternalObjectStore {
                endpoint: it.endpoint.clone().unwrap_or_else(placeholder),
                access_key_id: it.access_key_id.clone().unwrap_or_else(placeholder),
                secret_access_key: cx
                    .secret(&it.secret_access_key, &format!("{route}.secret_access_key")),
                region: it.region.clone(),
            })
        }
    }
}

fn streams(written: Option<&spec::Streams>, release: &'static Release, cx: &mut Cx<'_>) -> Streams {
    let resolved = match written {
        None if release.s2 => return Streams::Bundled,
        None | Some(spec::Streams::V1) => return Streams::V1,
        Some(spec::Streams::Bundled(_)) => Streams::Bundled,
        Some(spec::Streams::Hosted(it)) => {
            let basin = it.basin.clone().unwrap_or_else(placeholder);
            if basin.as_str().len() < 8 {
                let at = Place::Value("storage.streams.hosted.basin".into());
                cx.sink.push(Diagnostic::error(
                    "bad-value",
                    at,
                    "the name of a basin has at least 8 characters",
                ));
            }
            Streams::Hosted {
                basin,
                access_token: cx.secret(&it.access_token, "storage.streams.hosted.access_token"),
            }
        }
    };
    if !release.s2 {
        let message = format!("{} streams through Redis alone", release.version);
        let at = Place::Key("storage.streams".into());
        cx.sink.push(
            Diagnostic::error("release-lacks", at, message)
                .help("write `streams: v1`; S2 came with 4.5.2")
                .instead("v1"),
        );
    }
    resolved
}

fn realtime(
    written: Option<&spec::Realtime>,
    release: &'static Release,
    cx: &mut Cx<'_>,
) -> Realtime {
    let at = Place::Key("storage.realtime".into());
    match written {
        Some(spec::Realtime::Electric(it)) => {
            Realtime::Electric { image: it.image.clone().unwrap_or_else(placeholder) }
        }
        None | Some(spec::Realtime::Native) if release.native_realtime() => Realtime::Native,
        _ => {
            let message = format!(
                "{} has no realtime backend of its own: it needs Electric",
                release.version
            );
            cx.sink.push(
                Diagnostic::error("release-lacks", at, message)
                    .help("name an image: `realtime: { electric: { image: <your registry>/electric:<tag> } }`")
                    .note("the public images of Electric are gone since September 2026; the webapp's own backend came with 4.5.4"),
            );
            Realtime::Native
        }
    }
}

fn registry(written: Option<&spec::Registry>, domain: &Domain, cx: &mut Cx<'_>) -> Registry {
    let none = spec::BundledRegistry::default();
    let bundled = match written {
        None => &none,
        Some(spec::Registry::Bundled(it)) => it,
        Some(spec::Registry::External(it)) => {
            let route = "storage.registry.external";
            pair(it.username.is_some(), it.password.is_some(), route, ("username", "password"), cx);
            let login = it
                .username
                .clone()
                .map(|user| (user, cx.secret(&it.password, &format!("{route}.password"))));
            return Registry::External(ExternalRegistry {
                host: it.host.clone().unwrap_or_else(placeholder),
                namespace: it.namespace.clone().unwrap_or_else(placeholder),
                login,
            });
        }
    };
    Registry::Bundled(BundledRegistry {
        host: match (&bundled.host, domain.variable()) {
            (Some(host), _) => host.clone(),
            (None, None) => known(&format!("registry.{domain}")),
            // A bundled registry is a container of a server, and there the variable is refused.
            (None, Some(_)) => placeholder(),
        },
        username: bundled.username.clone().unwrap_or_else(|| known("trigger")),
        namespace: bundled.namespace.clone().unwrap_or_else(|| known("trigger")),
    })
}
