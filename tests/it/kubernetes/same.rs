//! One site, two targets: what a server is told and what a cluster is told are the same.

use crate::support;
use serde_json::Value;
use std::collections::BTreeMap;
use trigger_gen::release::Reader;
use trigger_gen::release::chart::written;
use trigger_gen::render::read_dotenv;
use trigger_gen::tree::Tree;

/// What differs for a reason: where a webapp finds what runs beside it, and the memory that it has there.
const OWN: &[&str] = &[
    "DATABASE_URL",
    "DIRECT_URL",
    "CLICKHOUSE_URL",
    "QUERY_CLICKHOUSE_URL",
    "RUN_REPLICATION_CLICKHOUSE_URL",
    "REDIS_HOST",
    "INTERNAL_API_ORIGIN",
    "NODE_MAX_OLD_SPACE_SIZE",
    "TRIGGER_BOOTSTRAP_ENABLED",
    "TRIGGER_BOOTSTRAP_WORKER_GROUP_NAME",
    "TRIGGER_BOOTSTRAP_WORKER_TOKEN_PATH",
];

fn data(tree: &Tree, path: &str) -> Value {
    trigger_gen::yaml::read_value(tree.get(path).expect(path).text()).expect("YAML")
}

/// The environment of the webapp on a server: name to the value, or to `secret` and the name in `.env`.
fn on_server(tree: &Tree) -> BTreeMap<String, String> {
    let dotenv: BTreeMap<String, String> =
        read_dotenv(tree.get("docker/.env").expect("a .env").text())
            .expect("variables")
            .into_iter()
            .collect();
    let redacted = tree.get("docker/.env.redacted").expect("a twin").text().to_owned();
    let compose = data(tree, "docker/webapp/docker-compose.yml");
    let environment = compose["services"]["webapp"]["environment"].as_object().expect("variables");
    let value = |text: &str| match text.strip_prefix("${").and_then(|it| it.strip_suffix(":?}")) {
        Some(key) if redacted.contains(&format!("{key}=<")) => format!("secret {key}"),
        Some(key) => dotenv[key].clone(),
        None => text.replace("$$", "$"),
    };
    environment
        .iter()
        .map(|(name, it)| (name.clone(), value(it.as_str().expect("a text"))))
        .collect()
}

/// The same in the cluster, as far as our values say it.
fn in_cluster(tree: &Tree) -> BTreeMap<String, String> {
    let values = data(tree, "kubernetes/values.yaml");
    let list = values["webapp"]["extraEnvVars"].as_array().expect("a list");
    let entry = |it: &Value| {
        let value = match it["value"].as_str() {
            Some(text) => text.replace("$$", "$"),
            None => format!(
                "secret {}",
                it["valueFrom"]["secretKeyRef"]["key"].as_str().expect("a key")
            ),
        };
        (it["name"].as_str().expect("a name").to_owned(), value)
    };
    let mut found: BTreeMap<String, String> = list.iter().map(entry).collect();
    for name in on_server(tree).keys() {
        let path = written(Reader::Webapp, name).and_then(|it| it.path);
        let value =
            path.and_then(|(path, _)| path.split('.').try_fold(&values, |it, key| it.get(key)));
        if let Some(value) = value {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            found.insert(name.clone(), text);
        }
    }
    found
}

#[test]
fn the_webapp_is_told_the_same() {
    let tree = support::tree("full");
    let (server, cluster) = (on_server(&tree), in_cluster(&tree));
    let mut compared = 0;
    for (name, value) in server.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        match cluster.get(name) {
            Some(other) => {
                assert_eq!(value, other, "{name}");
                compared += 1;
            }
            None => {
                assert!(written(Reader::Webapp, name).is_some(), "the cluster is not told {name}")
            }
        }
    }
    assert!(compared > 25, "{compared}");
    for name in cluster.keys() {
        assert!(server.contains_key(name), "only the cluster is told {name}");
    }
}

#[test]
fn stores_registry_and_secrets_have_the_same_names() {
    let tree = support::tree("full");
    let (server, values) = (on_server(&tree), data(&tree, "kubernetes/values.yaml"));
    assert_eq!(values["s3"]["external"]["endpoint"], server["OBJECT_STORE_BASE_URL"]);
    assert_eq!(values["registry"]["external"]["host"], server["DEPLOY_REGISTRY_HOST"]);
    assert_eq!(values["registry"]["repositoryNamespace"], server["DEPLOY_REGISTRY_NAMESPACE"]);
    assert_eq!(values["telemetry"]["enabled"], Value::Bool(false));
    assert_eq!(server["TRIGGER_TELEMETRY_DISABLED"], "1");
    let site = support::example_site("full");
    let fetched = |path: &str| -> Vec<String> {
        let list = data(&tree, path)["spec"]["data"].as_array().expect("a list").clone();
        list.iter()
            .map(|it| it["remoteRef"]["property"].as_str().expect("a name").to_owned())
            .collect()
    };
    let mut names: Vec<String> = tree
        .files
        .keys()
        .filter(|it| {
            it.as_str().starts_with("kubernetes/flux/") && it.as_str().ends_with("secret.yaml")
        })
        .flat_map(|it| fetched(it.as_str()))
        .collect();
    names.sort();
    names.dedup();
    let known: Vec<String> = site.needed_secrets().iter().map(|it| it.name.to_string()).collect();
    let two = ["COORDINATOR_SECRET", "PROVIDER_SECRET"];
    for name in names.iter().filter(|it| !two.contains(&it.as_str())) {
        assert!(known.contains(name), "{name} is of the cluster alone");
    }
    assert!(names.len() > 10, "{names:?}");
}
