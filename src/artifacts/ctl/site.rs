//! `ctl/site.sh`: what the scripts have to know of this site.

use super::super::Cx;
use super::super::compose::{self, Container};
use super::super::environment::{BUCKET, POSTGRES_DATABASE, POSTGRES_USER, SHARED_FOLDER};
use super::super::{dotenv, header};
use crate::plan::{Body, Constant, ShellFile, Words};
use crate::secrets::{Way, rotation};
use crate::site::{Clickhouse, ObjectStore, Postgres, Redis, Registry, Site, Worker};

/// The constants of one server.
pub(super) fn constants(cx: &Cx<'_>, worker: Option<&Worker>) -> Body {
    let site = cx.site;
    let mut constants = general(site, worker);
    constants.extend(stacks(cx, worker));
    constants.extend(secrets(site, worker));
    if worker.is_none() {
        let os = site.docker().os.name().to_lowercase().replace(' ', "-");
        constants.push(one("HOST_OS", "system that nginx's files are for", os));
        constants.extend(stores(site));
        constants.extend(super::backup::constants(site));
    }
    let header = header(site, "Constants of trigger-ctl.sh");
    Body::Shell(ShellFile { header, constants })
}

pub(super) fn one(name: &'static str, about: &'static str, value: impl ToString) -> Constant {
    Constant { name, about, value: Words::One(value.to_string()) }
}

pub(super) fn many<T: ToString>(
    name: &'static str,
    about: &'static str,
    words: impl IntoIterator<Item = T>,
) -> Constant {
    let words = words.into_iter().map(|it| it.to_string()).collect();
    Constant { name, about, value: Words::Many(words) }
}

fn general(site: &Site, worker: Option<&Worker>) -> Vec<Constant> {
    let (role, machine) = match worker {
        Some(worker) => ("worker", worker.name.to_string()),
        None => ("server", site.name.to_string()),
    };
    vec![
        one("SITE", "name of the site", &site.name),
        one("RELEASE", "release of Trigger.dev", site.release.version),
        one("ROLE", "what this machine is: server or worker", role),
        one("MACHINE", "name of this machine in the dashboard", machine),
        one(
            "INSTALL_ROOT",
            "folder on the machine that these files belong in",
            &site.docker().root,
        ),
        one("DOMAIN", "host of the dashboard", &site.domain),
        one("ORIGIN", "address of the dashboard", site.origin()),
        one("TIMEZONE", "zone of logs and schedules", &site.timezone),
    ]
}

fn stacks(cx: &Cx<'_>, worker: Option<&Worker>) -> Vec<Constant> {
    let (site, containers) = (cx.site, cx.containers(worker));
    let of = |wanted: &'static [&'static str]| {
        wanted.iter().filter(|name| containers.iter().any(|it| it.service == **name))
    };
    let (app, worker_stack): (&[&str], &[&str]) = (&["webapp"], &["docker-proxy", "supervisor"]);
    let stores = containers.iter().filter(|it| {
        let name = it.service.as_str();
        !it.once && !app.contains(&name) && !worker_stack.contains(&name)
    });
    let files: &[&str] = match (worker, site.is_split()) {
        (Some(_), _) => &["docker-compose.yml"],
        (None, true) => &["webapp/docker-compose.yml"],
        (None, false) => &["webapp/docker-compose.yml", "worker/docker-compose.yml"],
    };
    let pair = |it: &Container| format!("{}={}", it.service, it.image);
    vec![
        one(
            "PROJECT",
            "compose project; containers are called PROJECT-SERVICE",
            &site.docker().project,
        ),
        many("COMPOSE_FILES", "compose files, from the install root", files),
        many(
            "STORES",
            "services that keep data, in the order of their start",
            stores.map(|it| &it.service),
        ),
        many("APP", "the webapp, where it runs on this machine", of(app)),
        many("WORKER", "services that start runs, in the order of their start", of(worker_stack)),
        many(
            "ONE_SHOTS",
            "services that do their work once and exit",
            containers.iter().filter(|it| it.once).map(|it| &it.service),
        ),
        many("IMAGES", "image of each service", containers.iter().map(pair)),
        one("RUNNER_NETWORK", "network of the containers of runs", compose::runner_network(site)),
    ]
}

/// Where secrets are, and which may change. No value of any.
fn secrets(site: &Site, worker: Option<&Worker>) -> Vec<Constant> {
    let rows = match worker {
        Some(worker) => dotenv::worker_rows(site, worker),
        None => dotenv::rows(site),
    };
    let token = match worker {
        Some(_) => WORKER_TOKEN.to_owned(),
        None => format!("{SHARED_FOLDER}/{WORKER_TOKEN}"),
    };
    let (mut rotates, mut never) = (Vec::new(), Vec::new());
    for row in site.generated_names().into_iter().filter_map(rotation) {
        match row.way {
            Way::Rotate { on_workers, .. } if on_workers || worker.is_none() => {
                rotates.push(row.name);
            }
            Way::Rotate { .. } | Way::InCluster => {}
            Way::Never { why, .. } => never.push(format!("{}={why}", row.name)),
        }
    }
    vec![
        many(
            "SECRET_VARIABLES",
            "variables of .env that hold a secret",
            rows.iter().filter(|it| it.pieces.is_secret()).map(|it| &it.key),
        ),
        one(
            "WORKER_TOKEN",
            "the worker token: in the container of the webapp, or beside these files on a worker host",
            token,
        ),
        many("ROTATES", "secrets here that may get another value", rotates),
        many("NEVER_ROTATES", "secrets that must not, and why", never),
    ]
}

/// The name of the file with the worker token.
const WORKER_TOKEN: &str = "worker_token";

/// Hosts for which this server has a certificate.
fn tls_hosts(site: &Site) -> Vec<String> {
    site.hosts().into_iter().map(|(host, _)| host.to_string()).collect()
}

fn stores(site: &Site) -> Vec<Constant> {
    let storage = &site.storage;
    let place = |bundled: bool| if bundled { "bundled" } else { "external" };
    let (database, user) = match &storage.postgres {
        Postgres::Bundled { .. } => (POSTGRES_DATABASE.to_owned(), POSTGRES_USER.to_owned()),
        Postgres::External(it) => (it.database.to_string(), it.username.to_string()),
    };
    vec![
        many("TLS_HOSTS", "hosts whose certificates this server has", tls_hosts(site)),
        one("WEBAPP_PORT", "port of the webapp on loopback", site.docker().publish.webapp),
        one(
            "POSTGRES",
            "where PostgreSQL runs",
            place(matches!(storage.postgres, Postgres::Bundled { .. })),
        ),
        one(
            "PSQL_IMAGE",
            "image with the client of PostgreSQL, where that runs elsewhere",
            &site.docker().images.postgres,
        ),
        one("POSTGRES_DATABASE", "database of the webapp", database),
        one("POSTGRES_USER", "role of the webapp", user),
        one("REDIS", "where Redis runs", place(matches!(storage.redis, Redis::Bundled))),
        one(
            "CLICKHOUSE",
            "where ClickHouse runs",
            place(matches!(storage.clickhouse, Clickhouse::Bundled { .. })),
        ),
        one(
            "OBJECT_STORE",
            "where the object store runs",
            place(matches!(storage.object_store, ObjectStore::Bundled(_))),
        ),
        one("BUCKET", "bucket of large payloads", BUCKET),
        one(
            "REGISTRY",
            "where the image registry runs",
            place(matches!(storage.registry, Registry::Bundled(_))),
        ),
        one("REGISTRY_HOST", "host in the names of task images", storage.registry.host()),
        one(
            "REGISTRY_NAMESPACE",
            "path before the names of task images",
            storage.registry.namespace(),
        ),
    ]
}
