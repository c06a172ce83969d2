//! The layer of the application: its secrets, the chart, and the way in.

use super::gitops::{chart_source, helm_release};
use super::secrets::Secret;
use super::{
    Cluster, Layer, Part, clickhouse, electric, environment, ingress, network, object_store,
    postgres, redis, runs, values,
};
use crate::artifacts::environment::{database_url, in_url};
use crate::artifacts::setting::{Pieces, percent_encoded};
use crate::release::chart::{CHART, Pinned, SIX_SECRETS};
use crate::release::env;
use crate::site::{
    Clickhouse, ClickhouseInCluster, ObjectStore, Postgres, Redis, Streams, generated,
};
use serde_json::json;

pub(super) const NAME: &str = "app";

pub(super) fn layer(cluster: &Cluster<'_>) -> Layer {
    let mut parts: Vec<Part> = secrets(cluster).iter().map(|it| it.part(cluster)).collect();
    let source = cluster.name("chart");
    let version = cluster.it.chart.to_string();
    let pinned = chart_source(&source, Pinned { url: CHART, version: &version });
    parts.push(Part::object("oci-repository.yaml", pinned));
    let release = helm_release(cluster.site.name.as_str(), &source, "20m", values::values(cluster));
    parts.push(Part::object("helm-release.yaml", release));
    parts.extend(electric::parts(cluster));
    parts.extend(network::of_chart(cluster));
    parts.extend(ingress::route(cluster));
    Layer { name: NAME, parts }
}

/// The Secret that the chart demands.
pub(super) fn secret_name(cluster: &Cluster<'_>) -> String {
    cluster.name("secrets")
}

fn secrets(cluster: &Cluster<'_>) -> Vec<Secret> {
    let mut secrets = of_webapp(cluster);
    secrets.extend(runs::pull_secret(cluster).filter(|_| !cluster.it.has_runs_apart()));
    secrets.extend(further(cluster));
    secrets
}

/// The webapp's own but for its environment, and those of stores that are the author's: theirs no other layer has.
pub(super) fn of_webapp(cluster: &Cluster<'_>) -> Vec<Secret> {
    let mut secrets = vec![application(cluster), postgres_urls(cluster)];
    let storage = &cluster.site.storage;
    if let Redis::External(it) = &storage.redis {
        secrets.extend(it.password.as_ref().map(|name| {
            let entries = vec![(redis::KEY, Pieces::secret(name))];
            Secret::opaque("redis-secret.yaml", redis::auth(cluster), entries)
        }));
    }
    let clickhouse = match &storage.clickhouse {
        // The chart pastes it into a URL as it is.
        Clickhouse::External(it) => Some(Pieces::default().in_url(&it.password)),
        Clickhouse::Bundled { .. } => {
            matches!(cluster.it.clickhouse, Some(ClickhouseInCluster::Chart))
                .then(|| Pieces::secret(&generated(env::CLICKHOUSE_PASSWORD)))
        }
    };
    secrets.extend(clickhouse.map(|password| {
        let entries = vec![(clickhouse::KEY, password)];
        Secret::opaque("clickhouse-secret.yaml", clickhouse::auth(cluster), entries)
    }));
    if let ObjectStore::External(it) = &storage.object_store {
        let [id, key] = object_store::KEYS;
        let entries = vec![
            (id, Pieces::from(it.access_key_id.as_str())),
            (key, Pieces::secret(&it.secret_access_key)),
        ];
        let name = object_store::credentials(cluster);
        secrets.push(Secret::opaque("s3-secret.yaml", name, entries));
    }
    if let Streams::Hosted { access_token, .. } = &storage.streams {
        let entries = vec![("access-token", Pieces::secret(access_token))];
        secrets.push(Secret::opaque("s2-secret.yaml", cluster.name("s2"), entries));
    }
    secrets
}

/// The chart demands two that the application reads no more.
fn application(cluster: &Cluster<'_>) -> Secret {
    let two = [env::PROVIDER_SECRET, env::COORDINATOR_SECRET];
    let four = [
        env::SESSION_SECRET,
        env::MAGIC_LINK_SECRET,
        env::ENCRYPTION_KEY,
        env::MANAGED_WORKER_SECRET,
    ];
    let wanted = two.into_iter().filter(|_| cluster.it.chart >= SIX_SECRETS);
    let names = four.into_iter().chain(wanted);
    let entries = names.map(|name| (name, Pieces::secret(&generated(name)))).collect();
    Secret::opaque("secret.yaml", secret_name(cluster), entries)
}

pub(super) fn postgres_urls(cluster: &Cluster<'_>) -> Secret {
    let urls = match &cluster.site.storage.postgres {
        Postgres::Bundled { .. } => [postgres::webapp_url(cluster), postgres::url(cluster)],
        Postgres::External(it) => {
            let (host, port) = (in_url(it.host.as_str()), it.port);
            let database = percent_encoded(it.database.as_str());
            let mode = if it.tls { "require" } else { "disable" };
            let address = format!("{host}:{port}/{database}?schema=public&sslmode={mode}");
            let url = database_url(it.username.as_str(), &it.password, address);
            [url.clone(), url]
        }
    };
    postgres::urls(cluster, urls)
}

/// Variables of webapp and supervisor that are secret.
fn further(cluster: &Cluster<'_>) -> Option<Secret> {
    let all = [environment::webapp(cluster), environment::supervisor(cluster)];
    let entries: Vec<(String, Pieces)> = all.into_iter().flat_map(|it| it.secret).collect();
    (!entries.is_empty()).then(|| Secret {
        file: "env-secret.yaml",
        name: cluster.name("env"),
        kind: "Opaque",
        labels: json!({}),
        entries,
    })
}
