//! `kubernetes`: what the cluster runs, and how it is told.

use super::{Cx, known, placeholder, runs};
use crate::diag::{Diagnostic, Place, Route};
use crate::release::chart::{AROUND_POOLER, OWN_CLICKHOUSE, READS_SECRETS, written};
use crate::release::{RELEASES, Reader, Release, SECURITY_FLOOR, Version, images};
use crate::site::{
    BackupInCluster, BackupPlace, Clickhouse, ClickhouseInCluster, ExtraValue, Gitops, Ingress,
    IngressTls, Kubernetes, NetworkAccess, ObjectStore, ObjectStoreKind, Pooler, Postgres,
    PostgresInCluster, Redis, RedisInCluster, Registry, Resource, Resources, SecretsInCluster,
    Site, Storage, Volume, VolumeAccess, Volumes, WEBAPP_FLOOR,
};
use crate::spec::{self, SiteSpec};
use crate::value::{AgeRecipient, ByteSize, Duration, ImageRef, Label, ObjectName};

const KEY: &str = "kubernetes";

pub(super) fn resolve(
    written: &spec::Kubernetes,
    release: &'static Release,
    name: &Label,
    storage: &Storage,
    cx: &mut Cx<'_>,
) -> Kubernetes {
    refuse_storage(storage, cx);
    refuse_unused(written, storage, cx);
    let namespace = written.namespace.clone().unwrap_or_else(|| known(name.as_str()));
    let chart = chart(release, cx);
    let backup = written.backup.as_ref().map(|it| backup(it, cx));
    Kubernetes {
        chart,
        owns_namespace: namespace.as_str() != "default",
        runs: runs::resolve(written.runs.as_ref(), &namespace),
        namespace,
        pod_security: match written.pod_security {
            Some(spec::PodSecurity::Privileged) => "privileged",
            Some(spec::PodSecurity::Baseline) | None => "baseline",
        },
        gitops: gitops(written.gitops.as_ref()),
        secrets: secrets(written.secrets.as_ref(), name, cx),
        ingress: ingress(written.ingress.as_ref()),
        postgres: matches!(storage.postgres, Postgres::Bundled { .. })
            .then(|| postgres(written.postgres.as_ref(), backup.as_ref(), release, cx)),
        redis: matches!(storage.redis, Redis::Bundled).then(|| redis(written.redis.as_ref())),
        clickhouse: matches!(storage.clickhouse, Clickhouse::Bundled { .. })
            .then(|| clickhouse(written.clickhouse.as_ref(), chart, cx)),
        object_store: object_store(storage),
        backup,
        volumes: volumes(written),
        resources: resources(written.resources.as_ref(), cx),
        replicas: written.replicas.unwrap_or(1),
        network_policies: written.network_policies.unwrap_or(true),
        monitoring: written.monitoring.unwrap_or(false),
    }
}

/// The chart whose application is the release; its contract was read for some.
fn chart(release: &'static Release, cx: &mut Cx<'_>) -> Version {
    let usable = |it: &&&Release| {
        it.version >= SECURITY_FLOOR.version && it.chart.is_some_and(|chart| chart >= READS_SECRETS)
    };
    match release.chart {
        Some(chart) if chart >= READS_SECRETS => return chart,
        _ => {}
    }
    let with_chart = || RELEASES.iter().filter(usable).map(|it| it.version);
    let above = with_chart().rfind(|it| *it > release.version);
    let below = with_chart().find(|it| *it < release.version);
    let near: Vec<String> = [below, above].iter().flatten().map(|it| format!("`{it}`")).collect();
    let message = match release.chart {
        Some(chart) => format!("chart {chart} ignores Secrets by which it is told of stores"),
        None => format!("no chart of {} is known: the cluster cannot be given it", release.version),
    };
    let diagnostic = Diagnostic::error("release-lacks", Place::Value("release".into()), message)
        .help(format!("take {}, the nearest with a chart that was read", near.join(" or ")));
    let instead = below.or(above).map(|it| it.to_string());
    cx.sink.push(match instead {
        Some(instead) => diagnostic.instead(instead),
        None => diagnostic,
    });
    below.or(above).unwrap_or(release.version)
}

/// What no chart of the cluster runs.
fn refuse_storage(storage: &Storage, cx: &mut Cx<'_>) {
    let mut refuse = |key: &str, message: &str, help: &str| {
        let at = Place::Key(key.into());
        cx.sink.push(Diagnostic::error("not-in-a-cluster", at, message).help(help));
    };
    if matches!(storage.registry, Registry::Bundled(_)) {
        refuse(
            "storage.registry",
            "the nodes of a cluster pull from a registry that is there before it",
            "name yours: `storage: { registry: { external: { host: …, namespace: … } } }`",
        );
    }
    if storage.registry.is_loopback() {
        refuse(
            "storage.registry.external.host",
            "the nodes of a cluster cannot pull from a loopback address",
            "name a registry that they reach",
        );
    }
    if let Clickhouse::Bundled { bitnami_volume: true } = storage.clickhouse {
        refuse(
            "storage.clickhouse.bundled.adopt_bitnami_volume",
            "a volume of a server cannot be mounted in a cluster",
            "leave it out, and carry the data over by a backup",
        );
    }
    if let Postgres::Bundled { version: 14 } = storage.postgres {
        refuse(
            "storage.postgres.bundled.version",
            "no image of PostgreSQL 14 for CloudNativePG is known",
            "write `17`, and carry the data over by a dump",
        );
    }
}

/// A key about a part that is not bundled says nothing: it is refused.
fn refuse_unused(written: &spec::Kubernetes, storage: &Storage, cx: &mut Cx<'_>) {
    let (no_volumes, no_resources) = Default::default();
    let volumes: &spec::ClusterVolumes = written.volumes.as_ref().unwrap_or(&no_volumes);
    let resources: &spec::ClusterResources = written.resources.as_ref().unwrap_or(&no_resources);
    let postgres = matches!(storage.postgres, Postgres::Bundled { .. });
    let pooler = written.postgres.as_ref().is_some_and(|it| it.pooler.is_some());
    let redis = matches!(storage.redis, Redis::Bundled);
    let clickhouse = matches!(storage.clickhouse, Clickhouse::Bundled { .. });
    let object_store = matches!(storage.object_store, ObjectStore::Bundled(_));
    let s2 = matches!(storage.streams, crate::site::Streams::Bundled);
    let default = written.namespace.as_ref().is_some_and(|it| it.as_str() == "default");
    let apart = written.runs.as_ref().is_some_and(|it| it.namespace.is_some());
    let rows = [
        ("postgres", written.postgres.is_some(), postgres),
        ("redis", written.redis.is_some(), redis),
        ("clickhouse", written.clickhouse.is_some(), clickhouse),
        ("backup", written.backup.is_some(), postgres || redis || clickhouse || object_store),
        ("volumes.postgres", volumes.postgres.is_some(), postgres),
        ("volumes.redis", volumes.redis.is_some(), redis),
        ("volumes.clickhouse", volumes.clickhouse.is_some(), clickhouse),
        ("volumes.object_store", volumes.object_store.is_some(), object_store),
        ("volumes.s2", volumes.s2.is_some(), s2),
        ("resources.postgres", resources.postgres.is_some(), postgres),
        ("resources.pooler", resources.pooler.is_some(), postgres && pooler),
        ("resources.redis", resources.redis.is_some(), redis),
        ("resources.clickhouse", resources.clickhouse.is_some(), clickhouse),
        ("resources.object_store", resources.object_store.is_some(), object_store),
        ("pod_security", written.pod_security.is_some(), !default || apart),
    ];
    for (key, _, _) in rows.into_iter().filter(|(_, said, exists)| *said && !exists) {
        let at = Place::Key(format!("{KEY}.{key}").as_str().into());
        let (message, help) = match key {
            "pod_security" => (
                "`default` is a namespace that others share: its labels are not the site's to set"
                    .into(),
                "remove it, or give the site a namespace of its own",
            ),
            _ => (
                format!("`{KEY}.{key}` is about a part that this cluster does not run"),
                "remove it: `storage` says where this part lives",
            ),
        };
        let message: String = message;
        cx.sink.push(Diagnostic::error("key-without-effect", at, message).help(help));
    }
}

fn gitops(written: Option<&spec::Gitops>) -> Gitops {
    let none = spec::Gitops::default();
    let written = written.unwrap_or(&none);
    Gitops {
        path: written.path.clone().unwrap_or_else(placeholder),
        repository: written.repository.clone().unwrap_or_else(|| known("flux-system")),
        flux_namespace: written.flux_namespace.clone().unwrap_or_else(|| known("flux-system")),
        flux: match written.flux {
            Some(spec::FluxFloor::Flux26) => 6,
            Some(spec::FluxFloor::Flux27) => 7,
            Some(spec::FluxFloor::Flux28) | None => 8,
            Some(spec::FluxFloor::Flux29) => 9,
        },
        depends_on: written.depends_on.clone().unwrap_or_default(),
        inherits_decryption: written.inherits_decryption.unwrap_or(false),
    }
}

fn secrets(
    written: Option<&spec::ClusterSecrets>,
    name: &Label,
    cx: &mut Cx<'_>,
) -> SecretsInCluster {
    match written {
        Some(spec::ClusterSecrets::ExternalSecrets(it)) => SecretsInCluster::External {
            store: it.store.clone().unwrap_or_else(placeholder),
            kind: match it.scope {
                Some(spec::StoreScope::Namespace) => "SecretStore",
                Some(spec::StoreScope::Cluster) | None => "ClusterSecretStore",
            },
            entry: it.entry.clone().unwrap_or_else(|| known(name.as_str())),
            refresh: it.refresh.unwrap_or(Duration::seconds(3_600)),
        },
        Some(spec::ClusterSecrets::Sops(it)) => SecretsInCluster::Sops {
            recipients: recipients(it, cx),
            decryption: it.decryption.clone().unwrap_or_else(|| known("sops-age")),
        },
        Some(spec::ClusterSecrets::Substitute(it)) => SecretsInCluster::Substitute {
            from: it.from.clone().unwrap_or_else(|| known("cluster-secrets")),
            prefix: it.prefix.clone().unwrap_or_else(|| known("SECRET_TRIGGER_")),
        },
        None => SecretsInCluster::Substitute { from: placeholder(), prefix: placeholder() },
    }
}

fn recipients(written: &spec::SopsSecrets, cx: &mut Cx<'_>) -> Vec<AgeRecipient> {
    let listed = written.age.clone().unwrap_or_default();
    let at = |item: Option<usize>| {
        let list = Route::from(format!("{KEY}.secrets.sops.age").as_str());
        Place::Value(item.map_or(list.clone(), |nth| list.index(nth)))
    };
    if written.age.is_some() && listed.is_empty() {
        let refusal =
            Diagnostic::error("bad-value", at(None), "nobody could decrypt: the list is empty")
                .help("`age-keygen` makes a key; its line `public key` stands here");
        cx.sink.push(refusal);
    }
    for (nth, recipient) in listed.iter().enumerate() {
        if listed[..nth].contains(recipient) {
            let refusal =
                Diagnostic::error("bad-value", at(Some(nth)), "this recipient is listed already")
                    .help("remove it");
            cx.sink.push(refusal);
        }
    }
    listed
}

fn ingress(written: Option<&spec::Ingress>) -> Ingress {
    let none = spec::Traefik::default();
    let it = match written {
        Some(spec::Ingress::Gateway(it)) => {
            return Ingress::Gateway {
                name: it.name.clone().unwrap_or_else(placeholder),
                namespace: it.namespace.clone().unwrap_or_else(placeholder),
                listener: it.listener.clone(),
            };
        }
        Some(spec::Ingress::Traefik(it)) => it,
        None => &none,
    };
    Ingress::Traefik {
        class: it.class.clone().unwrap_or_else(|| known("traefik")),
        entry_point: it.entry_point.clone().unwrap_or_else(|| known("websecure")),
        tls: match &it.tls {
            Some(spec::IngressTls::Secret(name)) => IngressTls::Secret(name.clone()),
            Some(spec::IngressTls::CertManager(issuer)) => IngressTls::CertManager(issuer.clone()),
            Some(spec::IngressTls::Default) | None => IngressTls::Default,
        },
        middlewares: it.middlewares.clone().unwrap_or_default(),
    }
}

fn postgres(
    written: Option<&spec::ClusterPostgres>,
    with_others: Option<&BackupInCluster>,
    release: &Release,
    cx: &mut Cx<'_>,
) -> PostgresInCluster {
    let none = spec::ClusterPostgres::default();
    let written = written.unwrap_or(&none);
    PostgresInCluster {
        instances: at_least_one(written.instances, "postgres.instances", cx),
        pooler: written.pooler.as_ref().map(|it| pooler(it, release, cx)),
        image: pinned(&written.image, &images::CNPG_POSTGRES),
        max_connections: written.max_connections.unwrap_or(300),
        backup: match &written.backup {
            Some(own) => Some(postgres_backup(own, cx)),
            None => with_others.map(|it| below(&it.place, "postgresql")),
        },
        operator_namespace: written
            .operator_namespace
            .clone()
            .unwrap_or_else(|| known("cnpg-system")),
    }
}

/// How many of something that has to be there.
fn at_least_one(written: Option<u32>, key: &str, cx: &mut Cx<'_>) -> u32 {
    if written == Some(0) {
        let at = Place::Value(format!("{KEY}.{key}").as_str().into());
        let message = "0 is none at all";
        cx.sink.push(
            Diagnostic::error("bad-value", at, message).help("write at least `1`").instead("1"),
        );
    }
    written.unwrap_or(1).max(1)
}

/// Replication has to be told of a way around a pooler, which releases can be from some version on.
fn pooler(written: &spec::PostgresPooler, release: &Release, cx: &mut Cx<'_>) -> Pooler {
    let can = |it: &Release| AROUND_POOLER.iter().all(|name| it.reads(Reader::Webapp, name));
    if !can(release) {
        let usable = |it: &&&Release| can(it) && it.chart.is_some_and(|it| it >= READS_SECRETS);
        let nearest = RELEASES.iter().filter(usable).map(|it| it.version).min();
        let nearest = nearest.map_or_else(String::new, |it| format!(", or write `release: {it}`"));
        let message = format!(
            "{} has one address of PostgreSQL for queries and replication, which cannot pass a pooler",
            release.version
        );
        let at = Place::Key(format!("{KEY}.postgres.pooler").as_str().into());
        cx.sink.push(
            Diagnostic::error("release-lacks", at, message)
                .help(format!("remove `pooler`{nearest} or newer")),
        );
    }
    Pooler { instances: at_least_one(written.instances, "postgres.pooler.instances", cx) }
}

/// A folder of its own in a place.
fn below(place: &BackupPlace, folder: &str) -> BackupPlace {
    let destination = format!("{}/{folder}", place.destination);
    BackupPlace { destination: known(&destination), ..place.clone() }
}

fn backup(it: &spec::ClusterBackup, cx: &mut Cx<'_>) -> BackupInCluster {
    let route = "kubernetes.backup";
    let longest = 160;
    let destination = it.destination.clone().filter(|it| it.as_str().len() <= longest);
    if it.destination.is_some() && destination.is_none() {
        let message = format!("it is longer than {longest} characters, and each store adds to it");
        let at = Place::Value(format!("{route}.destination").as_str().into());
        cx.sink.push(Diagnostic::error("bad-value", at, message).help("take a shorter folder"));
    }
    BackupInCluster {
        place: BackupPlace {
            destination: destination.unwrap_or_else(placeholder),
            endpoint: it.endpoint.clone(),
            access_key_id: it.access_key_id.clone().unwrap_or_else(placeholder),
            secret_access_key: cx
                .secret(&it.secret_access_key, &format!("{route}.secret_access_key")),
            schedule: it.schedule.clone().unwrap_or_else(|| known("30 2 * * *")),
            keep: super::limits::whole_days(it.keep, &format!("{route}.keep"), cx)
                .unwrap_or(Duration::seconds(30 * 86_400)),
        },
        client: pinned(&it.client, &images::MINIO_CLIENT),
    }
}

fn postgres_backup(it: &spec::PostgresBackup, cx: &mut Cx<'_>) -> BackupPlace {
    let route = "kubernetes.postgres.backup";
    BackupPlace {
        destination: it.destination.clone().unwrap_or_else(placeholder),
        endpoint: it.endpoint.clone(),
        access_key_id: it.access_key_id.clone().unwrap_or_else(placeholder),
        secret_access_key: cx.secret(&it.secret_access_key, &format!("{route}.secret_access_key")),
        schedule: it.schedule.clone().unwrap_or_else(|| known("30 2 * * *")),
        keep: super::limits::whole_days(it.keep, &format!("{route}.keep"), cx)
            .unwrap_or(Duration::seconds(30 * 86_400)),
    }
}

fn pinned(chosen: &Option<ImageRef>, image: &images::Image) -> ImageRef {
    chosen.clone().unwrap_or_else(|| ImageRef::known(image.reference))
}

fn redis(written: Option<&spec::ClusterRedis>) -> RedisInCluster {
    match written {
        Some(spec::ClusterRedis::Bitnami) => RedisInCluster::Bitnami,
        Some(spec::ClusterRedis::Image(it)) => {
            RedisInCluster::Image(pinned(&it.reference, &images::REDIS))
        }
        None => RedisInCluster::Image(ImageRef::known(images::REDIS.reference)),
    }
}

fn clickhouse(
    written: Option<&spec::ClusterClickhouse>,
    chart: Version,
    cx: &mut Cx<'_>,
) -> ClickhouseInCluster {
    match written {
        Some(spec::ClusterClickhouse::Chart) => {
            if chart < OWN_CLICKHOUSE {
                let message =
                    format!("chart {chart} brings ClickHouse by Bitnami, whose images are gone");
                let at = Place::Value("kubernetes.clickhouse".into());
                cx.sink.push(
                    Diagnostic::error("release-lacks", at, message)
                        .help("write `official`; the chart has its own from 4.5.10")
                        .instead("official"),
                );
            }
            ClickhouseInCluster::Chart
        }
        Some(spec::ClusterClickhouse::Official) | None => {
            ClickhouseInCluster::Image(ImageRef::known(images::CLICKHOUSE.reference))
        }
    }
}

fn object_store(storage: &Storage) -> Option<ImageRef> {
    match &storage.object_store {
        ObjectStore::Bundled(it) => Some(ImageRef::known(match it.kind {
            ObjectStoreKind::Versitygw => images::VERSITYGW.reference,
            ObjectStoreKind::Minio => images::MINIO.reference,
        })),
        ObjectStore::External(_) => None,
    }
}

fn volumes(written: &spec::Kubernetes) -> Volumes {
    let none = spec::ClusterVolumes::default();
    let all = written.volumes.as_ref().unwrap_or(&none);
    let class = |own: Option<&ObjectName>| own.or(written.storage_class.as_ref()).cloned();
    let volume = |it: &Option<spec::ClusterVolume>, gib: u64| Volume {
        size: it.as_ref().and_then(|it| it.size).unwrap_or(ByteSize::mib(gib * 1024)),
        class: class(it.as_ref().and_then(|it| it.class.as_ref())),
    };
    let shared = all.shared.as_ref();
    Volumes {
        postgres: volume(&all.postgres, 20),
        redis: volume(&all.redis, 5),
        clickhouse: volume(&all.clickhouse, 20),
        object_store: volume(&all.object_store, 20),
        s2: volume(&all.s2, 5),
        shared_class: class(shared.and_then(|it| it.class.as_ref())),
        shared_access: match shared.and_then(|it| it.access.as_ref()) {
            Some(spec::VolumeAccess::ManyNodes) => VolumeAccess::ManyNodes,
            Some(spec::VolumeAccess::OneNode) | None => VolumeAccess::OneNode,
        },
    }
}

fn resources(written: Option<&spec::ClusterResources>, cx: &mut Cx<'_>) -> Resources {
    let none = spec::ClusterResources::default();
    let all = written.unwrap_or(&none);
    let resource = |it: &Option<spec::Resource>, mib: u64, cpu: &str| Resource {
        memory: it.as_ref().and_then(|it| it.memory).unwrap_or(ByteSize::mib(mib)),
        cpu: it.as_ref().and_then(|it| it.cpu.clone()).unwrap_or_else(|| known(cpu)),
    };
    let resources = Resources {
        webapp: resource(&all.webapp, 2048, "500m"),
        supervisor: resource(&all.supervisor, 256, "100m"),
        postgres: resource(&all.postgres, 1024, "250m"),
        pooler: resource(&all.pooler, 128, "100m"),
        redis: resource(&all.redis, 512, "100m"),
        clickhouse: resource(&all.clickhouse, 4096, "500m"),
        object_store: resource(&all.object_store, 256, "100m"),
    };
    refuse_below_floor(&resources, cx);
    resources
}

/// Memory below which a part cannot work, from the same table as on one server.
fn refuse_below_floor(it: &Resources, cx: &mut Cx<'_>) {
    let chosen = [
        ("webapp", it.webapp.memory),
        ("supervisor", it.supervisor.memory),
        ("postgres", it.postgres.memory),
        ("redis", it.redis.memory),
        ("clickhouse", it.clickhouse.memory),
        ("object_store", it.object_store.memory),
    ];
    for (name, size) in chosen {
        let table = crate::site::FLOORS.iter().find(|(part, _)| *part == name);
        let floor = table.map_or(WEBAPP_FLOOR, |(_, floor)| *floor);
        if size < floor {
            let message = format!("{size} is less than `{name}` needs to work");
            let at = Place::Value(format!("{KEY}.resources.{name}.memory").as_str().into());
            cx.sink.push(
                Diagnostic::error("bad-value", at, message)
                    .help(format!("write at least `{floor}`"))
                    .instead(floor.to_string()),
            );
        }
    }
}

/// What holds between this section and the others.
pub(super) fn refuse_mixtures(spec: &SiteSpec, site: &Site, cx: &mut Cx<'_>) {
    refuse_variables(site, cx);
    if site.docker.is_none() && site.kubernetes.is_none() {
        let message =
            "the site is compiled for nothing: neither `docker` nor `kubernetes` is there";
        let help = "add `docker: {}` for a server with Docker Compose, or `kubernetes:` for a cluster under Flux";
        let at = Place::Key(crate::diag::Route::root());
        cx.sink.push(Diagnostic::error("missing-key", at, message).help(help));
    }
    if site.kubernetes.is_none() {
        return;
    }
    if let NetworkAccess::Tailscale(_) = site.network.access {
        let at = Place::Key("network.access".into());
        let message = "a cluster has no nginx of ours that keeps the dashboard on a tailnet";
        cx.sink.push(
            Diagnostic::error("not-in-a-cluster", at, message)
                .help("write `public`, and close the dashboard by a middleware: `kubernetes.ingress.traefik.middlewares`"),
        );
    }
    refuse_long_name(site, cx);
    refuse_one_node(site, cx);
    refuse_clickhouse_user(site, cx);
    refuse_written(site, cx);
    refuse_around_pooler(site, cx);
    refuse_long_job(site, cx);
    runs::refuse(spec, site, cx);
    if site.docker.is_none() {
        refuse_expose(spec, cx);
        refuse_timezone(spec, site, cx);
    }
}

/// Who could fill in a variable of Flux is Flux alone.
fn refuse_variables(site: &Site, cx: &mut Cx<'_>) {
    if site.docker.is_none() {
        return;
    }
    let mut found = vec![("domain", site.domain.variable())];
    if let Registry::External(it) = &site.storage.registry {
        found.push(("storage.registry.external.host", it.host.variable()));
    }
    for (key, name) in found.into_iter().filter_map(|(key, name)| Some((key, name?))) {
        let message =
            format!("nobody fills in `${{{name}}}` on a server: only Flux does, in a cluster");
        let at = Place::Value(key.into());
        cx.sink.push(
            Diagnostic::error("variable-without-flux", at, message)
                .help("write the name out, or compile for `kubernetes` alone"),
        );
    }
}

/// Names of objects are made of the site's: the longest must still be one.
fn refuse_long_name(site: &Site, cx: &mut Cx<'_>) {
    // `<fullname>-external-config-validation` of the chart in 63 characters.
    let most = 63 - "-external-config-validation".len();
    let name = site.chart_fullname();
    if name.len() > most {
        let message = format!("`{name}` makes names of objects longer than a cluster takes");
        let at = Place::Value("name".into());
        cx.sink.push(Diagnostic::error("bad-value", at, message).help(format!(
            "write at most {} characters",
            most - (name.len() - site.name.as_str().len())
        )));
    }
}

/// A cluster counts the run of a job at the end of its name, so that of a CronJob has 52 characters.
fn refuse_long_job(site: &Site, cx: &mut Cx<'_>) {
    let most = 52 - "-clickhouse-backup".len();
    let saves = site.kubernetes.as_ref().is_some_and(|it| it.saves_clickhouse());
    if saves && site.name.as_str().len() > most {
        let message = format!("`{}` makes names of jobs longer than a cluster takes", site.name);
        let at = Place::Value("name".into());
        let refusal = Diagnostic::error("bad-value", at, message);
        cx.sink.push(refusal.help(format!("write at most {most} characters")));
    }
}

/// Pods of several nodes cannot mount what one node may write.
fn refuse_one_node(site: &Site, cx: &mut Cx<'_>) {
    let Some(cluster) = &site.kubernetes else { return };
    if cluster.replicas > 1 && cluster.volumes.shared_access == VolumeAccess::OneNode {
        let at = Place::Value("kubernetes.replicas".into());
        let message = format!(
            "{} pods of the webapp cannot mount one volume from several nodes",
            cluster.replicas
        );
        cx.sink.push(
            Diagnostic::error("rwo-shared-volume", at, message)
                .help("write `volumes: { shared: { access: many_nodes, class: … } }` with a class that can, or `1`"),
        );
    }
}

/// The chart puts the user into a URL; whether it encodes it differs with its version.
fn refuse_clickhouse_user(site: &Site, cx: &mut Cx<'_>) {
    let Clickhouse::External(it) = &site.storage.clickhouse else { return };
    let user = it.username.as_str();
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if !user.chars().all(plain) {
        let at = Place::Value("storage.clickhouse.external.username".into());
        let message = format!("the chart puts {user:?} into a URL, not every version encoded");
        cx.sink.push(Diagnostic::error("not-in-a-cluster", at, message).help(
            "take a user whose name is letters, digits, `-`, `.`, `_` and `~`, such as `trigger`",
        ));
    }
}

/// A variable that the chart writes cannot be added beside it, unless a value of the chart decides it.
fn refuse_written(site: &Site, cx: &mut Cx<'_>) {
    let both = [(Reader::Webapp, &site.extra.webapp), (Reader::Supervisor, &site.extra.supervisor)];
    for (reader, variables) in both {
        for (name, value) in variables {
            let Some(it) = written(reader, name.as_str()) else { continue };
            let plain = matches!(value, ExtraValue::Plain(_));
            if it.path.is_some() && plain {
                continue;
            }
            let at = at_variable(reader, name.as_str());
            let (message, help) = match it.path {
                Some(_) => (
                    format!(
                        "the chart takes `{name}` from its values, where a secret would stand in clear"
                    ),
                    "write the value itself",
                ),
                None => (
                    format!(
                        "the chart writes `{name}` itself: it would stand twice in the container"
                    ),
                    "remove it",
                ),
            };
            cx.sink.push(Diagnostic::error("duplicate-env-name", at, message).help(help));
        }
    }
}

/// Where a variable of the author's stands.
fn at_variable(reader: Reader, name: &str) -> Place {
    Place::Key(Route::from(format!("env.{}", reader.name()).as_str()).key(name))
}

/// With a pooler, replication is told of PostgreSQL itself.
fn refuse_around_pooler(site: &Site, cx: &mut Cx<'_>) {
    if site.kubernetes.as_ref().is_none_or(|it| it.pooler().is_none()) {
        return;
    }
    let named = |it: &&&str| site.extra.webapp.keys().any(|name| name.as_str() == **it);
    for name in AROUND_POOLER.iter().filter(named) {
        let message = format!("`{name}` is the way around the pooler, which is written for it");
        let at = at_variable(Reader::Webapp, name);
        cx.sink.push(Diagnostic::error("duplicate-env-name", at, message).help("remove it"));
    }
}

/// What knows the zone besides a server are the jobs that save stores.
fn refuse_timezone(spec: &SiteSpec, site: &Site, cx: &mut Cx<'_>) {
    let has_jobs = site.kubernetes.as_ref().is_some_and(|it| it.has_jobs());
    if spec.timezone.is_some() && !has_jobs {
        let at = Place::Key("timezone".into());
        let message =
            "`timezone` decides nothing: this cluster runs no job that starts by the clock";
        cx.sink.push(
            Diagnostic::error("key-without-effect", at, message)
                .help("remove it, or save the stores: `kubernetes: { backup: … }`"),
        );
    }
}

/// In a cluster the ingress leads everything to the webapp.
fn refuse_expose(spec: &SiteSpec, cx: &mut Cx<'_>) {
    let none = spec::Expose::default();
    let it = spec.network.as_ref().and_then(|it| it.expose.as_ref()).unwrap_or(&none);
    let rows = [
        ("engine", it.engine),
        ("otel", it.otel),
        ("query", it.query),
        ("registry", it.registry),
        ("object_store", it.object_store),
    ];
    for (key, _) in rows.into_iter().filter(|(_, said)| said.is_some()) {
        let at = Place::Key(format!("network.expose.{key}").as_str().into());
        let message = format!(
            "`network.expose.{key}` decides nothing: the ingress of a cluster leads everything to the webapp"
        );
        cx.sink.push(Diagnostic::error("key-without-effect", at, message).help("remove it"));
    }
}
