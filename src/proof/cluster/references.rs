//! Names that one object has of another.

use super::{Object, mappings};
use crate::proof::stack::Stack;
use crate::proof::{Blame, Proof, Report};
use serde_json::{Map, Value};

pub(in crate::proof) static DANGLING_OBJECT: Proof = Proof {
    name: "dangling-object",
    summary: "Every Secret with its key, claim, source and settings that an object of the tree for Flux names is in the tree, and in the namespace in which \
              it is read.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in stack.applied() {
            mappings(&it.document, &mut |entries| secrets(stack, report, it, entries));
            mappings(&it.document, &mut |entries| others(stack, report, it, entries));
        }
    },
};

fn text<'v>(entries: &'v Map<String, Value>, key: &str) -> Option<&'v str> {
    entries.get(key)?.as_str().filter(|it| !it.is_empty())
}

/// The names of Secrets in the forms in which our objects and charts write them, with the keys of each.
fn secrets(stack: &Stack<'_>, report: &mut Report<'_>, it: &Object, entries: &Map<String, Value>) {
    // What Flux fills in from stands in its own namespace, and is no object of the tree.
    let keys_beside = [
        "existingSecretPasswordKey",
        "existingSecretKey",
        "existingSecretAccessKeyIdKey",
        "existingSecretSecretAccessKeyKey",
        "existingSecretAccessTokenKey",
    ];
    if let Some(name) = text(entries, "existingSecret") {
        let mut keys: Vec<&str> = keys_beside.iter().filter_map(|key| text(entries, key)).collect();
        let below = entries.get("secretKeys").and_then(Value::as_object);
        keys.extend(below.into_iter().flat_map(|it| it.values()).filter_map(Value::as_str));
        secret(stack, report, it, name, &keys);
    }
    for key in ["secretKeyRef", "passwordSecret", "accessKeyId", "secretAccessKey"] {
        let Some(of) = entries.get(key).and_then(Value::as_object) else { continue };
        let Some(name) = text(of, "name") else { continue };
        let wanted: Vec<&str> = text(of, "key").into_iter().collect();
        secret(stack, report, it, name, &wanted);
    }
    if it.kind == "Cluster"
        && let Some(of) = entries.get("secret").and_then(Value::as_object)
        && let Some(name) = text(of, "name")
    {
        secret(stack, report, it, name, &["username", "password"]);
    }
    let pull = crate::release::env::KUBERNETES_IMAGE_PULL_SECRETS;
    if text(entries, "name") == Some(pull)
        && let Some(names) = text(entries, "value")
    {
        let keys = &[".dockerconfigjson"];
        let namespace = stack.namespace_of_runs();
        names.split(',').for_each(|name| secret_in(stack, report, it, name, keys, namespace));
    }
}

/// A Secret, or what makes one of that name, with keys, beside the object that reads it.
fn secret(stack: &Stack<'_>, report: &mut Report<'_>, it: &Object, name: &str, keys: &[&str]) {
    secret_in(stack, report, it, name, keys, stack.namespace_of(it));
}

/// The same in a namespace, as far as that is known.
fn secret_in(
    stack: &Stack<'_>,
    report: &mut Report<'_>,
    it: &Object,
    name: &str,
    keys: &[&str],
    namespace: Option<&str>,
) {
    let plain = stack.of_kind("Secret").filter(|it| it.name == name);
    let fetched = |it: &&Object| it.text("/spec/target/name") == Some(name);
    let all: Vec<&Object> = plain.chain(stack.of_kind("ExternalSecret").filter(fetched)).collect();
    let elsewhere = |it: &Object| namespace.zip(stack.namespace_of(it)).filter(|(a, b)| a != b);
    let Some(found) = all.iter().find(|it| elsewhere(it).is_none()) else {
        let (message, help) = match all.first().and_then(|it| elsewhere(it)) {
            Some((wanted, other)) => (
                format!(
                    "{} `{}` has the Secret `{name}` read in `{wanted}`, and the tree makes it in `{other}`",
                    it.kind, it.name
                ),
                "move it into a layer of that namespace",
            ),
            None => (
                format!(
                    "{} `{}` reads the Secret `{name}`, which the tree does not have",
                    it.kind, it.name
                ),
                "correct the name, or add the Secret",
            ),
        };
        return report.fault(it.spot(stack, &[]), message, help);
    };
    for key in keys {
        if !keys_of(found).contains(key) {
            let message = format!(
                "{} `{}` reads `{key}` of the Secret `{name}`, which has no such key",
                it.kind, it.name
            );
            report.fault(found.spot(stack, &[]), message, format!("add the key `{key}` to it"));
        }
    }
}

/// The keys of a Secret, or of the one that an object makes.
pub(super) fn keys_of(secret: &Object) -> Vec<&str> {
    let places = ["/stringData", "/data", "/spec/target/template/data"];
    let maps = places.into_iter().filter_map(|it| secret.document.pointer(it)?.as_object());
    maps.flat_map(|it| it.keys()).map(String::as_str).collect()
}

fn others(stack: &Stack<'_>, report: &mut Report<'_>, it: &Object, entries: &Map<String, Value>) {
    let mut missing = |kind: &'static str, name: &str, found: bool| {
        if !found {
            let message = format!(
                "{} `{}` names the {kind} `{name}`, which the tree does not have",
                it.kind, it.name
            );
            report.fault(
                it.spot(stack, &[]),
                message,
                format!("correct the name, or add the {kind}"),
            );
        }
    };
    let has = |kind: &'static str, name: &str| stack.of_kind(kind).any(|it| it.name == name);
    for key in ["existingClaim", "claimName"] {
        if let Some(name) = text(entries, key) {
            missing("PersistentVolumeClaim", name, has("PersistentVolumeClaim", name));
        }
    }
    if let Some(of) = entries.get("chartRef").and_then(Value::as_object)
        && let Some(name) = text(of, "name")
    {
        missing("OCIRepository", name, has("OCIRepository", name));
    }
    if text(entries, "type") == Some("configMap")
        && let Some(name) = text(entries, "name")
    {
        let generated = stack
            .objects
            .iter()
            .filter_map(|it| it.document.pointer("/configMapGenerator")?.as_array());
        let found =
            generated.flatten().any(|it| it.get("name").and_then(Value::as_str) == Some(name));
        missing("ConfigMap", name, found || has("ConfigMap", name));
    }
    if let Some(name) = text(entries, "barmanObjectName") {
        missing("ObjectStore", name, has("ObjectStore", name));
    }
    if matches!(it.kind.as_str(), "ScheduledBackup" | "Pooler")
        && let Some(of) = entries.get("cluster").and_then(Value::as_object)
        && let Some(name) = text(of, "name")
    {
        missing("Cluster", name, has("Cluster", name));
    }
}

/// How the official chart calls what it makes for a release.
pub(super) fn full_name(release: &Object) -> String {
    let name = &release.name;
    if name.contains("trigger") { name.clone() } else { format!("{name}-trigger") }
}

/// The services that the objects of a tree make, with the ports that are known.
fn services(stack: &Stack<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for it in stack.of_kind("HelmRelease") {
        names.extend([it.name.clone(), format!("{}-master", it.name)]);
        let full = full_name(it);
        let parts = ["webapp", "supervisor", "electric", "s2", "clickhouse"];
        names.extend(parts.iter().map(|part| format!("{full}-{part}")));
    }
    for it in stack.of_kind("Cluster") {
        names.extend(["rw", "ro", "r"].iter().map(|end| format!("{}-{end}", it.name)));
    }
    names.extend(stack.of_kind("Pooler").map(|it| it.name.clone()));
    names
}

/// Values of the chart that hold an address, and those that hold a host alone.
const ADDRESSES: [&str; 3] = [
    "/postgres/external/connectivityCheck/host",
    "/s3/external/endpoint",
    "/electric/external/url",
];
const HOSTS: [&str; 2] = ["/redis/external/host", "/clickhouse/external/host"];

pub(in crate::proof) static DANGLING_SERVICE: Proof = Proof {
    name: "dangling-service",
    summary: "Every store without a dot in its host, and every name of the cluster, that the chart is told of is a service that the tree makes.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some((release, _)) = stack.chart() else { return };
        let known = services(stack);
        let values = &release.document["spec"]["values"];
        let text = |path: &&str| values.pointer(path)?.as_str();
        let list = values.pointer("/webapp/extraEnvVars").and_then(Value::as_array);
        let inside = list.into_iter().flatten().find_map(|it| {
            (it["name"] == crate::release::env::INTERNAL_API_ORIGIN)
                .then(|| it["value"].as_str())?
        });
        let mut hosts: Vec<&str> =
            ADDRESSES.iter().filter_map(text).chain(inside).filter_map(service).collect();
        hosts.extend(HOSTS.iter().filter_map(text).filter(|it| !it.contains(['.', ':'])));
        for host in hosts.into_iter().filter(|it| !known.iter().any(|name| name == it)) {
            if stack.is_outside(host) {
                continue;
            }
            let message = format!(
                "the application is told of the service `{host}`, which nothing of the tree makes"
            );
            let help = format!("correct it: the tree makes {}", known.join(", "));
            report.fault(release.spot(stack, &["spec", "values"]), message, help);
        }
    },
};

/// The service of a name of the cluster, or of a host with its port, in a text.
fn service(text: &str) -> Option<&str> {
    let host = text.split("://").last()?.split('/').next()?;
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    if let Some((service, rest)) = name.split_once('.') {
        return rest.ends_with("svc.cluster.local").then_some(service);
    }
    let is_port = !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit());
    let is_name = !name.is_empty() && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
    (is_port && is_name && !text.contains("://")).then_some(name)
}

pub(in crate::proof) static UNSELECTED_POLICY: Proof = Proof {
    name: "unselected-policy",
    summary: "Every NetworkPolicy of the tree selects the pods of a release, Cluster or Pooler of the tree, or all of a namespace that is the runs' own: it \
              would close nothing otherwise, or too much.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in stack.of_kind("NetworkPolicy") {
            let selector = &it.document["spec"]["podSelector"];
            let is_of_all = selector.as_object().is_some_and(Map::is_empty);
            if is_of_all {
                of_all(stack, report, it);
                continue;
            }
            let labels = selector.get("matchLabels");
            let label = |key: &str| labels.and_then(|it| it.get(key)?.as_str());
            let by_release = label("app.kubernetes.io/instance")
                .is_some_and(|name| stack.of_kind("HelmRelease").any(|it| it.name == name));
            let by_cluster = label("cnpg.io/cluster")
                .is_some_and(|name| stack.of_kind("Cluster").any(|it| it.name == name));
            let by_pooler = label("cnpg.io/poolerName")
                .is_some_and(|name| stack.of_kind("Pooler").any(|it| it.name == name));
            if !by_release && !by_cluster && !by_pooler {
                let message = format!("`{}` selects no pods that the tree makes", it.name);
                report.fault(
                    it.spot(stack, &["spec", "podSelector"]),
                    message,
                    "select the release, the Cluster or the Pooler by its name",
                );
            }
        }
    },
};

/// A policy about every pod of its namespace.
fn of_all(stack: &Stack<'_>, report: &mut Report<'_>, it: &Object) {
    let namespace = stack.namespace_of(it);
    if !stack.has_runs_apart() || namespace != stack.namespace_of_runs() {
        let place = namespace.unwrap_or("its namespace");
        let message =
            format!("`{}` selects every pod of `{place}`, and not those of runs alone", it.name);
        let help = "select one release, Cluster or Pooler by its name";
        report.fault(it.spot(stack, &["spec", "podSelector"]), message, help);
    }
}
