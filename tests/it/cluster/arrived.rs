//! What has arrived in the cluster once everything is ready: order, variables, values.

use super::emitted::{Emitted, substituted};
use super::flux::{Cluster, name};
use super::objects::{Objects, entry};
use super::say;
use crate::support;
use serde_json::{Value, json};
use trigger_gen::value::{Scalar as _, SecretName};

/// A layer was applied when those that it depends on were ready, and not before.
pub(super) fn in_order(cluster: &Cluster) {
    let kustomizations = cluster.kustomizations();
    let find = |wanted: &str| {
        kustomizations.iter().find(|it| name(it) == wanted).expect("a Kustomization")
    };
    let mut held = Vec::new();
    for it in &kustomizations {
        for dependency in it["spec"]["dependsOn"].as_array().into_iter().flatten() {
            let dependency = find(dependency["name"].as_str().expect("a name"));
            let (since, made) = (first_ready(dependency), first_made(cluster, it));
            assert!(since <= made, "{}: {made}, before {} at {since}", name(it), name(dependency));
            held.push(format!("{} ({since}) before {} ({made})", name(dependency), name(it)));
        }
    }
    assert!(held.len() > 3, "hardly anything depends on anything: {held:?}");
    for line in held {
        say(&format!("  {line}"));
    }
}

/// When a Kustomization was ready for the first time.
fn first_ready(kustomization: &Value) -> String {
    let history = kustomization["status"]["history"].as_array();
    let ready = history
        .into_iter()
        .flatten()
        .filter(|it| it["lastReconciledStatus"] == json!("ReconciliationSucceeded"));
    let times = ready.map(|it| it["firstReconciled"].as_str().expect("a time").to_owned());
    times.min().unwrap_or_else(|| panic!("{} was never ready", name(kustomization)))
}

/// When the first object of a Kustomization was made.
fn first_made(cluster: &Cluster, kustomization: &Value) -> String {
    let entries = kustomization["status"]["inventory"]["entries"].as_array();
    let times = entries.into_iter().flatten().map(|it| {
        // namespace_name_group_kind
        let id: Vec<&str> = it["id"].as_str().expect("an id").split('_').collect();
        let [namespace, object, group, kind] = id[..] else { panic!("{id:?}") };
        let kind = if group.is_empty() { kind.to_owned() } else { format!("{kind}.{group}") };
        let path = "jsonpath={.metadata.creationTimestamp}";
        match namespace {
            "" => cluster.kubectl().must(&["get", &kind, object, "-o", path]),
            _ => cluster.kubectl().must(&["-n", namespace, "get", &kind, object, "-o", path]),
        }
    });
    times.min().expect("an object")
}

/// Every variable is filled in, with the value that its owner gave it.
pub(super) fn variables(cluster: &Cluster, tree: &Emitted) {
    let (objects, variables) = (Objects::of(cluster), tree.variables());
    for (label, object) in objects.iter() {
        assert!(!object.to_string().contains("${"), "{label}: {object}");
    }
    let secrets = objects.get(&format!("Secret/{}-secrets", tree.site.name));
    for key in ["SESSION_SECRET", "ENCRYPTION_KEY", "MANAGED_WORKER_SECRET"] {
        let variable = format!("SECRET_TRIGGER_{key}");
        assert_eq!(entry(secrets, key), variables[&variable], "{key}");
    }
    let domain = "home.example.net";
    let ingress = objects.get(&format!("Ingress/{}-webapp", tree.site.chart_fullname()));
    assert_eq!(ingress["spec"]["rules"][0]["host"], json!(format!("trigger.{domain}")));
    assert_eq!(ingress["spec"]["tls"][0]["secretName"], json!("home-example.net-tls"));
    let registry =
        entry(objects.get(&format!("Secret/{}-registry", tree.site.name)), ".dockerconfigjson");
    let login: Value = serde_json::from_str(&registry).expect("JSON");
    assert!(login["auths"][format!("registry.{domain}")]["password"].is_string(), "{login}");
}

/// Every Secret of the tree is there, with the values of the store in clear.
pub(super) fn decrypted(cluster: &Cluster, tree: &Emitted) {
    let (objects, store) = (Objects::of(cluster), support::draft(&tree.site));
    let names: Vec<String> = tree.names_of("Secret").collect();
    assert!(names.len() > 5, "{names:?}");
    for name in &names {
        let secret = objects.get(&format!("Secret/{name}"));
        for key in secret["data"].as_object().expect("entries").keys() {
            assert!(!entry(secret, key).contains("ENC["), "{name}: {key}");
        }
    }
    let secrets = objects.get(&format!("Secret/{}-secrets", tree.site.name));
    for key in ["SESSION_SECRET", "ENCRYPTION_KEY", "MANAGED_WORKER_SECRET"] {
        let value = store.value(&SecretName::from_text(key).expect("a name"));
        assert_eq!(Some(entry(secrets, key).as_str()), value, "{key}");
    }
    say(&format!("  {} Secrets were decrypted", names.len()));
}

/// Every value of the emitted file, which the HelmRelease repeats, is what the chart works with.
pub(super) fn values(cluster: &Cluster, tree: &Emitted) {
    let emitted = tree.tree.get("kubernetes/values.yaml").expect("values").text();
    let emitted: Value =
        serde_yaml::from_str(&substituted(emitted, &tree.variables())).expect("YAML");
    let objects = Objects::of(cluster);
    let map = objects.get(&format!("ConfigMap/{}-values", tree.site.chart_fullname()));
    let text = map["data"]["values.json"].as_str().expect("the values");
    let arrived: Value = serde_json::from_str(text).expect("JSON");
    let compared = assert_within(&emitted, &arrived, "");
    assert!(compared > 40, "only {compared} values were compared");
    say(&format!("  {compared} values reached the chart"));
}

/// The number of leaves of the one that the other has, too.
fn assert_within(emitted: &Value, arrived: &Value, place: &str) -> usize {
    match emitted {
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| assert_within(value, &arrived[key], &format!("{place}.{key}")))
            .sum(),
        leaf => {
            assert_eq!(leaf, arrived, "{place}");
            1
        }
    }
}
