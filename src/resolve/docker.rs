//! `docker`: servers, containers, sizes, images.

use super::{Cx, deploy, hardening, known, placeholder};
use crate::diag::{Diagnostic, Place, Route};
use crate::release::images::{self, Image};
use crate::site::{
    BundledObjectStore, Clickhouse, Docker, FLOORS, Images, ObjectStore, ObjectStoreKind, Postgres,
    Proxy, Publish, Realtime, Redis, Registry, Reserve, Sizes, Storage, Streams, Worker,
};
use crate::spec::{self, ContainerLimits, DockerImages};
use crate::value::{ByteSize, ImageRef, Label, Port};

/// What a server has where the author does not say.
const MEMORY: ByteSize = ByteSize::mib(8192);

pub(super) fn resolve(
    written: &spec::Docker,
    name: &Label,
    storage: &Storage,
    proxy: Proxy,
    cx: &mut Cx<'_>,
) -> Docker {
    let memory = written.host.as_ref().and_then(|it| it.memory).unwrap_or(MEMORY);
    let workers = workers(written, cx);
    if matches!(proxy, Proxy::None) {
        refuse_addresses(&workers, cx);
    }
    let split = !workers.is_empty();
    refuse_on_split(split, storage, cx);
    refuse_unused(written, storage, cx);
    let project = written.project.clone().unwrap_or_else(|| name.clone());
    let root = written.root.clone().unwrap_or_else(|| known("/opt/trigger-dev"));
    let backup = super::backup::resolve(written.backup.as_ref(), &project, storage, cx);
    super::backup::refuse_within_root(&backup, &root, cx);
    Docker {
        backup,
        project,
        root,
        memory,
        os: super::proxy::os(Some(written)),
        sizes: sizes(memory, written.limits.as_ref(), storage, split, cx),
        workers,
        publish: publish(written.publish.as_ref(), cx),
        proxy,
        images: images(written.images.as_ref(), storage),
        deploy: deploy::resolve(written.deploy.as_ref(), storage, cx),
        hardening: hardening::resolve(written.hardening.as_ref(), storage, cx),
    }
}

fn workers(written: &spec::Docker, cx: &mut Cx<'_>) -> Vec<Worker> {
    let listed = written.topology.as_ref().and_then(|it| it.workers.as_deref()).unwrap_or_default();
    let mut workers: Vec<Worker> = Vec::new();
    for (nth, it) in listed.iter().enumerate() {
        let name = it.name.clone().unwrap_or_else(placeholder);
        if workers.iter().any(|earlier| earlier.name == name) {
            let at = Place::Value(Route::from("docker.topology.workers").index(nth).key("name"));
            let message = format!("two workers are called `{name}`");
            cx.sink.push(
                Diagnostic::error("bad-value", at, message)
                    .help("give each worker a name of its own"),
            );
        }
        workers.push(worker(name, it, written.limits.as_ref()));
    }
    refuse_some_addresses(&workers, cx);
    workers
}

/// A path that is open to some workers alone would be closed to the others.
fn refuse_some_addresses(workers: &[Worker], cx: &mut Cx<'_>) {
    let some = workers.iter().any(|it| !it.addresses.is_empty());
    for (nth, it) in workers.iter().enumerate().filter(|(_, it)| some && it.addresses.is_empty()) {
        let at = Place::Value(Route::from("docker.topology.workers").index(nth).key("name"));
        let message = format!("`{}` has no addresses, and others have", it.name);
        cx.sink.push(
            Diagnostic::error("bad-value", at, message).help(
                "say where each worker comes from, as `addresses: [203.0.113.7]`, or of none",
            ),
        );
    }
}

/// Who gets to a path is for nginx to say.
fn refuse_addresses(workers: &[Worker], cx: &mut Cx<'_>) {
    for (nth, _) in workers.iter().enumerate().filter(|(_, it)| !it.addresses.is_empty()) {
        let key = Route::from("docker.topology.workers").index(nth).key("addresses");
        let message = format!("`{key}` has no effect: your own proxy decides it");
        cx.sink.push(Diagnostic::error("key-without-effect", Place::Key(key), message).help(
            "remove it, and let your own proxy answer `/engine/v1/worker-actions/` and `/otel/v1/` for these addresses alone",
        ));
    }
}

fn worker(name: Label, written: &spec::Worker, limits: Option<&ContainerLimits>) -> Worker {
    let memory = written.memory.unwrap_or(MEMORY);
    let mut addresses = written.addresses.clone().unwrap_or_default();
    addresses.sort();
    addresses.dedup();
    let table = Sizes::for_host(memory);
    let supervisor =
        limits.and_then(|it| it.supervisor).or(table.supervisor).unwrap_or(ByteSize::mib(256));
    let docker_proxy = table.docker_proxy.unwrap_or(ByteSize::mib(32));
    Worker {
        name,
        memory,
        supervisor,
        docker_proxy,
        reserve: Reserve::of(memory, [supervisor, docker_proxy]),
        addresses,
    }
}

/// What lives beside the webapp cannot be reached from another server.
fn refuse_on_split(split: bool, storage: &Storage, cx: &mut Cx<'_>) {
    if !split {
        return;
    }
    let mut refuse = |key: &str, message: &str, help: &str| {
        cx.sink.push(
            Diagnostic::error("unreachable-from-workers", Place::Key(key.into()), message)
                .help(help)
                .note("`docker.topology.workers` puts runs on other servers than the webapp's"),
        );
    };
    if matches!(
        &storage.object_store,
        ObjectStore::Bundled(BundledObjectStore { public_host: None, .. })
    ) {
        refuse(
            "storage.object_store",
            "runs on worker hosts cannot reach the bundled object store",
            "give it a name: `object_store: { bundled: { public_host: s3.example.com } }`, or use an external one",
        );
    }
    if matches!(storage.streams, Streams::Bundled) {
        refuse(
            "storage.streams",
            "runs on worker hosts cannot reach the bundled s2, which has no password either",
            "write `streams: v1`, or `streams: { hosted: … }` for a basin at s2.dev",
        );
    }
    if storage.registry.is_loopback() {
        refuse(
            "storage.registry",
            "worker hosts cannot pull from a registry on the webapp's loopback address",
            "name a registry that they reach",
        );
    }
}

/// A key about a container that this site does not have says nothing: it is refused.
fn refuse_unused(written: &spec::Docker, storage: &Storage, cx: &mut Cx<'_>) {
    let (no_publish, no_limits, no_images) = Default::default();
    let publish: &spec::Publish = written.publish.as_ref().unwrap_or(&no_publish);
    let limits: &ContainerLimits = written.limits.as_ref().unwrap_or(&no_limits);
    let images: &DockerImages = written.images.as_ref().unwrap_or(&no_images);
    let has = bundled(storage);
    let minio = matches!(&storage.object_store, ObjectStore::Bundled(it) if it.kind == ObjectStoreKind::Minio);
    let keys = [
        ("publish.object_store", publish.object_store.is_some(), has.object_store),
        ("publish.registry", publish.registry.is_some(), has.registry),
        ("publish.postgres", publish.postgres.is_some(), has.postgres),
        ("publish.redis", publish.redis.is_some(), has.redis),
        ("publish.clickhouse", publish.clickhouse.is_some(), has.clickhouse),
        ("limits.postgres", limits.postgres.is_some(), has.postgres),
        ("limits.redis", limits.redis.is_some(), has.redis),
        ("limits.clickhouse", limits.clickhouse.is_some(), has.clickhouse),
        ("limits.object_store", limits.object_store.is_some(), has.object_store),
        ("limits.s2", limits.s2.is_some(), has.s2),
        ("limits.registry", limits.registry.is_some(), has.registry),
        ("images.postgres", images.postgres.is_some(), has.postgres),
        ("images.redis", images.redis.is_some(), has.redis),
        ("images.clickhouse", images.clickhouse.is_some(), has.clickhouse),
        ("images.object_store", images.object_store.is_some(), has.object_store),
        ("images.object_store_client", images.object_store_client.is_some(), minio),
        ("images.s2", images.s2.is_some(), has.s2),
        ("images.registry", images.registry.is_some(), has.registry),
    ];
    for (key, _, _) in keys.into_iter().filter(|(_, said, exists)| *said && !exists) {
        let message = format!("`docker.{key}` is about a container that this site does not have");
        let at = Place::Key(format!("docker.{key}").as_str().into());
        cx.sink.push(
            Diagnostic::error("key-without-effect", at, message)
                .help("remove it: `storage` says where this part lives"),
        );
    }
}

/// Which parts are containers of this stack.
struct Bundled {
    postgres: bool,
    redis: bool,
    clickhouse: bool,
    object_store: bool,
    s2: bool,
    electric: bool,
    registry: bool,
}

fn bundled(storage: &Storage) -> Bundled {
    Bundled {
        postgres: matches!(storage.postgres, Postgres::Bundled { .. }),
        redis: matches!(storage.redis, Redis::Bundled),
        clickhouse: matches!(storage.clickhouse, Clickhouse::Bundled { .. }),
        object_store: matches!(storage.object_store, ObjectStore::Bundled(_)),
        s2: matches!(storage.streams, Streams::Bundled),
        electric: matches!(storage.realtime, Realtime::Electric { .. }),
        registry: matches!(storage.registry, Registry::Bundled(_)),
    }
}

/// A limit below which a container cannot work.
fn refuse_below_floor(limits: &ContainerLimits, cx: &mut Cx<'_>) {
    let chosen = [
        limits.webapp,
        limits.postgres,
        limits.redis,
        limits.clickhouse,
        limits.object_store,
        limits.s2,
        limits.registry,
        limits.supervisor,
    ];
    for ((name, floor), size) in FLOORS.into_iter().zip(chosen) {
        if let Some(size) = size.filter(|it| *it < floor) {
            let message = format!("{size} is less than `{name}` needs to work");
            let at = Place::Value(format!("docker.limits.{name}").as_str().into());
            cx.sink.push(
                Diagnostic::error("bad-value", at, message)
                    .help(format!("write at least `{floor}`"))
                    .instead(floor.to_string()),
            );
        }
    }
}

fn sizes(
    memory: ByteSize,
    limits: Option<&ContainerLimits>,
    storage: &Storage,
    split: bool,
    cx: &mut Cx<'_>,
) -> Sizes {
    let none = ContainerLimits::default();
    let limits = limits.unwrap_or(&none);
    let bundled = bundled(storage);
    let table = Sizes::for_host(memory);
    let size = |exists: bool, chosen: Option<ByteSize>, table: Option<ByteSize>| {
        chosen.or(table).filter(|_| exists)
    };
    refuse_below_floor(limits, cx);
    Sizes {
        webapp: limits.webapp.unwrap_or(table.webapp),
        postgres: size(bundled.postgres, limits.postgres, table.postgres),
        redis: size(bundled.redis, limits.redis, table.redis),
        clickhouse: size(bundled.clickhouse, limits.clickhouse, table.clickhouse),
        object_store: size(bundled.object_store, limits.object_store, table.object_store),
        s2: size(bundled.s2, limits.s2, table.s2),
        electric: size(bundled.electric, None, table.electric),
        registry: size(bundled.registry, limits.registry, table.registry),
        supervisor: size(!split, limits.supervisor, table.supervisor),
        docker_proxy: size(!split, None, table.docker_proxy),
    }
}

fn publish(written: Option<&spec::Publish>, cx: &mut Cx<'_>) -> Publish {
    let none = spec::Publish::default();
    let written = written.unwrap_or(&none);
    let publish = Publish {
        webapp: written.webapp.unwrap_or(Port::known(8030)),
        object_store: written.object_store.unwrap_or(Port::known(9000)),
        registry: written.registry.unwrap_or(Port::known(5000)),
        postgres: written.postgres,
        redis: written.redis,
        clickhouse: written.clickhouse,
    };
    refuse_shared_ports(&publish, cx);
    publish
}

fn refuse_shared_ports(publish: &Publish, cx: &mut Cx<'_>) {
    let all = [
        ("webapp", Some(publish.webapp)),
        ("object_store", Some(publish.object_store)),
        ("registry", Some(publish.registry)),
        ("postgres", publish.postgres),
        ("redis", publish.redis),
        ("clickhouse", publish.clickhouse),
    ];
    for (nth, (key, port)) in all.iter().enumerate() {
        let Some(port) = port else { continue };
        if let Some((other, _)) = all[..nth].iter().find(|(_, it)| *it == Some(*port)) {
            let at = Place::Key(format!("docker.publish.{key}").as_str().into());
            let message = format!("`{key}` and `{other}` cannot both be published at port {port}");
            cx.sink.push(
                Diagnostic::error("bad-value", at, message).help("give one of them another port"),
            );
        }
    }
}

fn images(written: Option<&DockerImages>, storage: &Storage) -> Images {
    let none = DockerImages::default();
    let written = written.unwrap_or(&none);
    let pick = |chosen: &Option<ImageRef>, pinned: &Image| {
        chosen.clone().unwrap_or_else(|| ImageRef::known(pinned.reference))
    };
    let postgres = match storage.postgres {
        Postgres::Bundled { version: 14 } => &images::POSTGRES_14,
        _ => &images::POSTGRES_17,
    };
    let object_store = match &storage.object_store {
        ObjectStore::Bundled(it) if it.kind == ObjectStoreKind::Minio => &images::MINIO,
        _ => &images::VERSITYGW,
    };
    Images {
        webapp: written.webapp.clone(),
        supervisor: written.supervisor.clone(),
        postgres: pick(&written.postgres, postgres),
        redis: pick(&written.redis, &images::REDIS),
        clickhouse: pick(&written.clickhouse, &images::CLICKHOUSE),
        object_store: pick(&written.object_store, object_store),
        object_store_client: pick(&written.object_store_client, &images::MINIO_CLIENT),
        s2: pick(&written.s2, &images::S2),
        registry: pick(&written.registry, &images::REGISTRY),
        docker_proxy: pick(&written.docker_proxy, &images::SOCKET_PROXY),
    }
}
