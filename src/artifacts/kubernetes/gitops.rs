//! The layers of the tree, each with its Kustomization of Flux, in the order in which they need each other.

use super::{
    Cluster, KEPT, Layer, Part, app, clickhouse, marked, object, object_store, object_with,
    postgres, redis, runs,
};
use crate::artifacts::{Cx, file, header};
use crate::plan::{Body, Element, PlannedFile};
use crate::site::SecretsInCluster;
use crate::tree::{Mode, OutPath};
use serde_json::{Value, json};

const ROOT: &str = "kubernetes/flux";

/// The name of the file that kustomize looks for.
const KUSTOMIZATION: &str = "kustomization.yaml";

/// Every layer, that of the application last.
pub(super) fn layers<'a>(cluster: &Cluster<'a>) -> &'a [Layer] {
    cluster.layers.get_or_init(|| made(cluster))
}

fn made(cluster: &Cluster<'_>) -> Vec<Layer> {
    let before = [
        postgres::layer(cluster),
        redis::layer(cluster),
        clickhouse::layer(cluster),
        object_store::layer(cluster),
        runs::layer(cluster),
    ];
    before.into_iter().flatten().chain([app::layer(cluster)]).collect()
}

pub(super) fn files(cx: &Cx<'_>) -> Vec<PlannedFile> {
    let cluster = Cluster::of(cx);
    let layers = layers(&cluster);
    let mut files = root(cx, &cluster, layers);
    for layer in layers {
        files.extend(folder(cx, layer));
    }
    files
}

/// What the Kustomization above applies: the namespaces, and a Kustomization for each layer.
fn root(cx: &Cx<'_>, cluster: &Cluster<'_>, layers: &[Layer]) -> Vec<PlannedFile> {
    let mut resources = Vec::new();
    let mut files = Vec::new();
    if cluster.it.owns_namespace {
        resources.push("namespace.yaml".to_owned());
        let made = namespace(cluster, cluster.it.namespace.as_str());
        files.push(yaml(cx, "namespace.yaml", "The namespace", made));
    }
    if cluster.it.has_runs_apart() {
        resources.push("runs-namespace.yaml".to_owned());
        let made = namespace(cluster, cluster.it.runs.namespace.as_str());
        files.push(yaml(cx, "runs-namespace.yaml", "The namespace of runs", made));
    }
    let names: Vec<&str> = layers.iter().map(|it| it.name).collect();
    for layer in layers {
        let path = format!("ks/{}.yaml", layer.name);
        let what = format!("The layer {} for Flux", layer.name);
        files.push(yaml(cx, &path, &what, flux_kustomization(cluster, layer, &names)));
        resources.push(path);
    }
    let list = kustomization(json!({ "resources": resources }));
    files.insert(0, yaml(cx, KUSTOMIZATION, "What Flux begins with", list));
    files
}

fn namespace(cluster: &Cluster<'_>, name: &str) -> Value {
    let level = cluster.it.pod_security;
    let metadata = json!({
        "name": name,
        "labels": {
            "app.kubernetes.io/part-of": cluster.site.name.as_str(),
            "pod-security.kubernetes.io/enforce": level,
        },
        "annotations": { KEPT: "Disabled" },
    });
    object_with("v1", "Namespace", metadata, json!({}))
}

/// The list of a folder, as kustomize reads it.
fn kustomization(rest: Value) -> Value {
    let mut document =
        json!({ "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization" });
    if let (Value::Object(whole), Value::Object(rest)) = (&mut document, rest) {
        whole.extend(rest);
    }
    document
}

fn flux_kustomization(cluster: &Cluster<'_>, layer: &Layer, all: &[&str]) -> Value {
    let gitops = &cluster.it.gitops;
    let is_app = layer.name == app::NAME;
    let depends: Vec<Value> = match is_app {
        true => all
            .iter()
            .filter(|it| **it != layer.name)
            .map(|it| json!({ "name": kustomization_name(cluster, it) }))
            .collect(),
        false => gitops.depends_on.iter().map(|it| json!({ "name": it.as_str() })).collect(),
    };
    // Nothing stands between the author's Kustomizations and the app where every store is external.
    let depends = match depends.is_empty() {
        true => gitops.depends_on.iter().map(|it| json!({ "name": it.as_str() })).collect(),
        false => depends,
    };
    let mut spec = json!({
        "targetNamespace": cluster.namespace_of(layer.name),
        "commonMetadata": { "labels": { "app.kubernetes.io/part-of": cluster.site.name.as_str() } },
        "dependsOn": depends,
        "path": format!("./{}/{}", gitops.path, layer.name),
        "sourceRef": { "kind": "GitRepository", "name": gitops.repository.as_str() },
        "prune": true,
        "wait": true,
        "interval": "30m",
        "retryInterval": "1m",
        // Longer than the release below it may take.
        "timeout": if is_app { "25m" } else { "10m" },
    });
    let has_variables = layer.parts.iter().any(|it| !part_variables(it).is_empty());
    if has_variables && !gitops.inherits_decryption {
        let from = cluster.substitutes_from();
        spec["postBuild"] = json!({ "substituteFrom": [{ "kind": "Secret", "name": from }] });
    }
    if let (SecretsInCluster::Sops { decryption, .. }, true) =
        (&cluster.it.secrets, layer.is_encrypted() && !gitops.inherits_decryption)
    {
        let key = json!({ "name": decryption.as_str() });
        spec["decryption"] = json!({ "provider": "sops", "secretRef": key });
    }
    if layer.name == postgres::NAME {
        spec["healthCheckExprs"] = json!([postgres::ready()]);
    }
    let metadata = json!({
        "name": kustomization_name(cluster, layer.name),
        "namespace": gitops.flux_namespace.as_str(),
    });
    let api = "kustomize.toolkit.fluxcd.io/v1";
    object_with(api, "Kustomization", metadata, json!({ "spec": spec }))
}

pub(super) fn kustomization_name(cluster: &Cluster<'_>, layer: &str) -> String {
    match layer {
        app::NAME => cluster.site.name.to_string(),
        other => cluster.name(other),
    }
}

/// The namespaces into which the External Secrets operator brings something, that of the site first.
pub(super) fn fetched_into(cluster: &Cluster<'_>) -> Vec<String> {
    let is_fetched = |part: &Part| match part {
        Part::Object { document, .. } => document["kind"] == "ExternalSecret",
        Part::Encrypted { .. } | Part::Config { .. } => false,
    };
    let with = layers(cluster).iter().filter(|it| it.parts.iter().any(is_fetched));
    let mut found: Vec<String> = with.map(|it| cluster.namespace_of(it.name).to_owned()).collect();
    found.sort_by_key(|it| it != cluster.it.namespace.as_str());
    found.dedup();
    found
}

/// The variables of a part.
pub(super) fn part_variables(part: &Part) -> Vec<String> {
    match part {
        Part::Object { document, .. } | Part::Encrypted { document, .. } => {
            marked::variables(document)
        }
        Part::Config { .. } => Vec::new(),
    }
}

fn folder(cx: &Cx<'_>, layer: &Layer) -> Vec<PlannedFile> {
    let mut files = Vec::new();
    let (mut resources, mut generated) = (Vec::new(), Vec::new());
    for part in &layer.parts {
        match part {
            Part::Object { file, document } => {
                resources.push(*file);
                let kind = document["kind"].as_str().unwrap_or_default();
                let what = format!(
                    "The {kind} {}",
                    document["metadata"]["name"].as_str().unwrap_or_default()
                );
                let path = format!("{}/{file}", layer.name);
                files.push(yaml(cx, &path, &what, finished(document.clone())));
            }
            Part::Encrypted { file, document } => {
                resources.push(*file);
                let path = format!("{}/{file}", layer.name);
                files.push(encrypted(cx, &path, document.clone()));
            }
            Part::Config { name, files: listed } => {
                let names: Vec<&str> = listed.iter().map(|(name, ..)| *name).collect();
                generated.push(json!({ "name": name, "files": names }));
                for (name, what, elements) in listed {
                    files.push(xml(cx, &format!("{}/{name}", layer.name), what, elements.clone()));
                }
            }
        }
    }
    let mut list = json!({ "resources": resources });
    if !generated.is_empty() {
        list["configMapGenerator"] = json!(generated);
        list["configurations"] = json!([CONFIGURATION]);
        files.push(yaml(
            cx,
            &format!("{}/{CONFIGURATION}", layer.name),
            "Where the name of the ConfigMap is repeated",
            name_references(),
        ));
    }
    let path = format!("{}/{KUSTOMIZATION}", layer.name);
    let what = format!("The files of the layer {}", layer.name);
    files.insert(0, yaml(cx, &path, &what, kustomization(list)));
    files
}

/// Keeps Flux from filling variables into an object.
const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

const CONFIGURATION: &str = "kustomizeconfig.yaml";

/// kustomize ends the name of a generated ConfigMap with a hash of what it says, so that a change starts the pod again.
fn name_references() -> Value {
    json!({
        "nameReference": [{
            "kind": "ConfigMap",
            "version": "v1",
            "fieldSpecs": [
                { "path": "spec/values/persistence/config/name", "kind": "HelmRelease" },
                { "path": "spec/values/persistence/users/name", "kind": "HelmRelease" },
            ],
        }],
    })
}

/// As Flux reads it; a document without variables that could be mistaken for one with some is left alone by it.
fn finished(mut document: Value) -> Value {
    if !marked::variables(&document).is_empty() {
        marked::for_flux(&mut document);
    } else if marked::is_mistakable(&document) {
        document["metadata"]["annotations"][SUBSTITUTE] = json!("disabled");
    }
    document
}

fn yaml(cx: &Cx<'_>, path: &str, what: &str, document: Value) -> PlannedFile {
    let body = Body::Yaml { header: header(cx.site, what), document };
    file(super::FLUX.name, format!("{ROOT}/{path}"), Mode::Plain, body)
}

/// A Secret whose values Flux decrypts before it fills variables in. Whether it does the latter must not depend on
/// the values, which nobody knows without the store.
fn encrypted(cx: &Cx<'_>, path: &str, mut document: Value) -> PlannedFile {
    match marked::variables(&document).is_empty() {
        true => document["metadata"]["annotations"][SUBSTITUTE] = json!("disabled"),
        false => marked::for_flux(&mut document),
    }
    let name = document["metadata"]["name"].as_str().unwrap_or_default();
    let mut header = header(cx.site, &format!("The Secret {name}, encrypted with SOPS"));
    header.push("Its values are in the secret store: change them there.".into());
    let path = OutPath::new(format!("{ROOT}/{path}")).expect("bug in trigger-gen: no path");
    let recipients = match &cx.site.cluster().secrets {
        SecretsInCluster::Sops { recipients, .. } => recipients.as_slice(),
        _ => panic!("bug in trigger-gen: {path} is encrypted for nobody"),
    };
    let sealing = cx.secrets.sealing(&path, recipients);
    let body = Body::Encrypted { header, document, sealing };
    PlannedFile { path, mode: Mode::Plain, artifact: super::FLUX.name, body }
}

fn xml(cx: &Cx<'_>, path: &str, what: &str, children: Vec<Element>) -> PlannedFile {
    let root = Element::parent("clickhouse", children);
    let body = Body::Xml { header: header(cx.site, what), root };
    file(super::FLUX.name, format!("{ROOT}/{path}"), Mode::Plain, body)
}

/// The sources of a chart at an exact version.
pub(super) fn chart_source(name: &str, chart: crate::release::chart::Pinned<'_>) -> Value {
    object(
        "source.toolkit.fluxcd.io/v1",
        "OCIRepository",
        name,
        json!({ "spec": {
            "interval": "24h",
            "url": chart.url,
            "ref": { "tag": chart.version },
            "layerSelector": {
                "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                "operation": "copy",
            },
        }}),
    )
}

/// A release of the chart of that source.
pub(super) fn helm_release(name: &str, source: &str, timeout: &str, values: Value) -> Value {
    object(
        "helm.toolkit.fluxcd.io/v2",
        "HelmRelease",
        name,
        json!({ "spec": {
            "interval": "30m",
            "timeout": timeout,
            "chartRef": { "kind": "OCIRepository", "name": source },
            "install": { "remediation": { "retries": 3 } },
            "upgrade": { "cleanupOnFail": true, "remediation": { "retries": 3 } },
            "values": values,
        }}),
    )
}
