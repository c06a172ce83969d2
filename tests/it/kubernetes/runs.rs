//! Runs in a namespace of their own: what goes there in every way in which secrets arrive, who reaches whom, and what is refused.

use super::judges::{conform, is_custom, said};
use super::{built, read};
use crate::consumers::{run, scrubbed, tool};
use crate::support;
use serde_json::{Value, json};
use std::fs;
use trigger_gen::diag::Severity;
use trigger_gen::proof::{Context, check};
use trigger_gen::tree::Tree;

/// A site whose runs are apart, unless a test takes that away.
fn site() -> Value {
    let allow = [
        "known-advisory",
        "exposed-query",
        "internal-object-store-url",
        "incomplete-backup",
        "default-namespace",
        "missing-pull-secret",
    ];
    let allow = allow.map(|it| json!({ "lint": it, "because": "a test" }));
    json!({
        "version": 1, "name": "apart", "release": "4.5.12", "domain": "jobs.example.com",
        "access": { "admins": ["ops@example.com"], "email": { "smtp": { "from": "jobs@example.com", "host": "smtp.example.com" } } },
        "storage": { "registry": { "external": {
            "host": "registry.example.com", "namespace": "jobs", "username": "puller", "password": { "secret": "PULL" },
        }}},
        "kubernetes": {
            "gitops": { "path": "apps/jobs", "depends_on": ["operators"] },
            "secrets": { "external_secrets": { "store": "vault", "scope": "namespace" } },
            "ingress": { "gateway": { "name": "public", "namespace": "gateways" } },
            "runs": { "namespace": "runs-of-jobs" },
        },
        "allow": allow,
    })
}

/// The tree of the site with a change; the proofs have held.
#[track_caller]
fn tree(change: impl FnOnce(&mut Value)) -> Tree {
    let mut site = site();
    change(&mut site);
    let tree = support::tree_of(&site.to_string());
    let faults = check(&tree, &Context::default());
    assert!(faults.is_empty(), "{faults:#?}");
    tree
}

fn remove(site: &mut Value, section: &str, key: &str) {
    site[section].as_object_mut().expect("a section").shift_remove(key);
}

fn data(tree: &Tree, path: &str) -> Value {
    read(tree.get(&format!("kubernetes/{path}")).unwrap_or_else(|| panic!("no {path}")).text())
}

fn has(tree: &Tree, path: &str) -> bool {
    tree.get(&format!("kubernetes/{path}")).is_some()
}

/// The login arrives in the namespace of runs, by whichever way, and is nowhere else.
#[test]
fn the_login_goes_where_images_are_pulled() {
    let recipient = "age1h6z6qvgydjv73q8t4paqm89qyzk7dfmc9zykqk58pfmhf27tjqlsu0nupp";
    for (secrets, kind) in [
        (json!({ "substitute": {} }), "Secret"),
        (json!({ "sops": { "age": [recipient] } }), "Secret"),
        (json!({ "external_secrets": { "store": "vault" } }), "ExternalSecret"),
        (
            json!({ "external_secrets": { "store": "vault", "scope": "namespace" } }),
            "ExternalSecret",
        ),
    ] {
        let tree = tree(|site| site["kubernetes"]["secrets"] = secrets.clone());
        let login = data(&tree, "flux/runs/registry-secret.yaml");
        assert_eq!(
            (&login["kind"], &login["metadata"]["name"]),
            (&json!(kind), &json!("apart-registry"))
        );
        let form = login["type"].as_str().or(login["spec"]["target"]["template"]["type"].as_str());
        assert_eq!(form, Some("kubernetes.io/dockerconfigjson"), "{secrets}");
        assert!(!has(&tree, "flux/app/registry-secret.yaml"), "{secrets}");
        let ks = data(&tree, "flux/ks/runs.yaml");
        assert_eq!(ks["spec"]["targetNamespace"], "runs-of-jobs");
        assert_eq!(ks["spec"]["dependsOn"], json!([{ "name": "operators" }]));
        assert_eq!(
            ks["spec"]["decryption"].is_object(),
            secrets.get("sops").is_some(),
            "{secrets}"
        );
        assert_eq!(
            ks["spec"]["postBuild"].is_object(),
            secrets.get("substitute").is_some(),
            "{secrets}"
        );
        let app = data(&tree, "flux/ks/app.yaml");
        assert_eq!(app["spec"]["targetNamespace"], "apart");
        let needed = app["spec"]["dependsOn"].as_array().expect("a list");
        assert!(needed.contains(&json!({ "name": "apart-runs" })), "{needed:?}");
    }
}

/// A store of one namespace is asked for in both, and the runbook says so; a login that is not there needs none.
#[test]
fn a_store_of_one_namespace_has_to_be_in_both() {
    let runbook = |tree: &Tree| data_text(tree, "RUNBOOK.md");
    let both = "with the SecretStore `vault` in `apart` and in `runs-of-jobs`";
    assert!(runbook(&tree(|_| ())).contains(both));
    let cluster =
        tree(|site| remove(&mut site["kubernetes"]["secrets"], "external_secrets", "scope"));
    assert!(runbook(&cluster).contains("with the ClusterSecretStore `vault` |"));
    let without = tree(|site| {
        let registry = &mut site["storage"]["registry"];
        remove(registry, "external", "username");
        remove(registry, "external", "password");
    });
    assert!(runbook(&without).contains("with the SecretStore `vault` |"));
    assert!(!runbook(&without).contains("-n runs-of-jobs get externalsecret"));
    assert!(!has(&without, "flux/runs/registry-secret.yaml"));
}

fn data_text(tree: &Tree, path: &str) -> String {
    tree.get(&format!("kubernetes/{path}")).unwrap_or_else(|| panic!("no {path}")).text().to_owned()
}

/// The namespace is made as that of the site is, and the chart is told of it.
#[test]
fn the_namespace_is_made_and_told() {
    let tree = tree(|site| site["kubernetes"]["pod_security"] = json!("privileged"));
    let (mut of_site, of_runs) =
        (data(&tree, "flux/namespace.yaml"), data(&tree, "flux/runs-namespace.yaml"));
    assert_eq!(of_runs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"], "privileged");
    of_site["metadata"]["name"] = json!("runs-of-jobs");
    assert_eq!(of_site, of_runs);
    let listed = data(&tree, "flux/kustomization.yaml");
    let listed = listed["resources"].as_array().expect("a list");
    assert_eq!(listed[..2], [json!("namespace.yaml"), json!("runs-namespace.yaml")]);
    let values = data(&tree, "values.yaml");
    assert_eq!(values["supervisor"]["config"]["kubernetes"]["namespace"], "runs-of-jobs");
}

/// Nobody reaches runs, and they reach the object store; with a public name the world does.
#[test]
fn who_reaches_whom() {
    let with = tree(|_| ());
    let runs = data(&with, "flux/runs/network-policy.yaml");
    assert_eq!(runs["spec"], json!({ "podSelector": {}, "policyTypes": ["Ingress"] }));
    let from = |tree: &Tree| -> Vec<Value> {
        let policy = data(tree, "flux/s3/network-policy.yaml");
        let rules = policy["spec"]["ingress"].as_array().expect("rules").clone();
        rules.iter().map(|it| it["from"].clone()).collect()
    };
    let of_runs = json!([{ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "runs-of-jobs" } } }]);
    assert_eq!(from(&with), [json!([{ "podSelector": {} }]), of_runs]);
    let public = tree(|site| {
        site["storage"]["object_store"] = json!({ "bundled": { "public_host": "s3.example.com" } });
    });
    assert_eq!(from(&public), [Value::Null], "a rule for everybody");
    let open = tree(|site| site["kubernetes"]["network_policies"] = json!(false));
    assert!(
        !has(&open, "flux/runs/network-policy.yaml")
            && has(&open, "flux/runs/registry-secret.yaml")
    );
}

/// Every address that runs get holds in every namespace.
#[test]
fn names_are_whole() {
    let values = data(&tree(|_| ()), "values.yaml");
    assert_eq!(
        values["s3"]["external"]["endpoint"],
        "http://apart-s3.apart.svc.cluster.local:9000"
    );
    let list = values["webapp"]["extraEnvVars"].as_array().expect("a list");
    let origin = list.iter().find(|it| it["name"] == "INTERNAL_API_ORIGIN").expect("an origin");
    assert_eq!(origin["value"], "http://apart-trigger-webapp.apart.svc.cluster.local:3030");
}

/// The one that the chart makes, and only where it makes one: a name leads from here to there.
#[test]
fn the_name_of_s2_leads_on() {
    let service = data(&tree(|_| ()), "flux/runs/s2-service.yaml");
    assert_eq!(service["metadata"]["name"], "apart-trigger-s2");
    let whole = "apart-trigger-s2.apart.svc.cluster.local";
    assert_eq!(service["spec"], json!({ "type": "ExternalName", "externalName": whole }));
    let hosted =
        json!({ "hosted": { "basin": "jobs-streams", "access_token": { "secret": "S2" } } });
    for streams in [json!("v1"), hosted] {
        let tree = tree(|site| site["storage"]["streams"] = streams.clone());
        assert!(!has(&tree, "flux/runs/s2-service.yaml"), "{streams}");
    }
}

/// A layer without anything in it would be no folder.
#[test]
fn a_layer_needs_something() {
    let tree = tree(|site| {
        site["kubernetes"]["network_policies"] = json!(false);
        site["storage"]["streams"] = json!("v1");
        let registry = &mut site["storage"]["registry"];
        remove(registry, "external", "username");
        remove(registry, "external", "password");
    });
    assert!(!has(&tree, "flux/ks/runs.yaml") && has(&tree, "flux/runs-namespace.yaml"));
}

/// A site in a namespace that others share may still put its runs apart, and says what pods of that one may do.
#[test]
fn beside_a_shared_namespace() {
    let tree = tree(|site| {
        site["kubernetes"]["namespace"] = json!("default");
        site["kubernetes"]["pod_security"] = json!("privileged");
    });
    assert!(!has(&tree, "flux/namespace.yaml") && has(&tree, "flux/runs-namespace.yaml"));
    assert_eq!(data(&tree, "flux/ks/app.yaml")["spec"]["targetNamespace"], "default");
}

/// Without the key everything is where it was.
#[test]
fn nobody_has_one_who_did_not_ask() {
    let without = tree(|site| remove(site, "kubernetes", "runs"));
    assert!(has(&without, "flux/app/registry-secret.yaml"));
    assert!(
        without.files.keys().all(|it| !it.as_str().contains("runs")),
        "{:?}",
        without.files.keys()
    );
    let values = data_text(&without, "values.yaml");
    assert!(!values.contains("namespace: runs-of-jobs") && !values.contains("config:"));
}

#[test]
fn the_runbook_looks_where_runs_are() {
    let runbook = data_text(&tree(|_| ()), "RUNBOOK.md");
    for part in [
        "subgraph in_runs_namespace[\"namespace runs-of-jobs\"]\n    in_runs[\"runs\"]\n  end",
        "kubectl -n runs-of-jobs get pods --sort-by",
        "kubectl -n runs-of-jobs get externalsecret",
        "kubectl -n runs-of-jobs annotate externalsecrets",
        "| `apart-runs` |",
        "of `runs-of-jobs`, or the image is not in the registry |",
        "suspend kustomization apart-postgresql apart-redis apart-clickhouse apart-s3 apart-runs apart\n",
    ] {
        assert!(runbook.contains(part), "{part}");
    }
}

#[test]
fn every_object_is_of_its_kind() {
    let judges = ["kustomize", "kubeconform", "kubernetes-validate"].map(tool);
    let [Some(kustomize), Some(kubeconform), Some(validate)] = judges else { return };
    let place = tempfile::tempdir().expect("a folder");
    super::hostile::write(&tree(|_| ()), place.path());
    let flux = place.path().join("kubernetes/flux");
    let texts = built(&kustomize, &flux.join("runs"));
    assert_eq!(texts.len(), 3);
    for text in texts.into_iter().chain(built(&kustomize, &flux)) {
        let file = place.path().join("one.yaml");
        fs::write(&file, &text).expect("written");
        let output = match is_custom(&text) {
            true => conform(&kubeconform, &file),
            false => run(scrubbed(&validate).args(["--strict", "--no-warn"]).arg(&file)),
        };
        assert!(output.status.success(), "{}: {text}", said(&output));
    }
}

#[test]
fn what_a_namespace_of_runs_cannot_be_is_refused() {
    let refused = |namespace: &str, change: fn(&mut Value)| {
        let mut site = site();
        site["kubernetes"]["runs"]["namespace"] = json!(namespace);
        change(&mut site);
        let (found, sink) = support::analyse(&site.to_string());
        assert!(found.is_none(), "{namespace} compiles");
        let errors = sink.diagnostics.into_iter().filter(|it| it.severity == Severity::Error);
        errors.map(|it| (it.name, it.message, it.instead)).collect::<Vec<_>>()
    };
    let as_it_is: fn(&mut Value) = |_| ();
    let other = Some("apart-runs".to_owned());
    for (namespace, name, words, instead) in [
        ("apart", "key-without-effect", "where the site is", &other),
        ("default", "bad-value", "whatever names none", &other),
        ("kube-system", "bad-value", "kept for Kubernetes", &other),
        ("flux-system", "bad-value", "Flux is in it", &other),
        ("cnpg-system", "bad-value", "the operator of PostgreSQL", &other),
        ("gateways", "bad-value", "the Gateway is in it", &other),
        ("Runs", "bad-value", "lower-case", &Some("runs".to_owned())),
    ] {
        let found = refused(namespace, as_it_is);
        assert!(
            matches!(&found[..], [(it, said, _)] if *it == name && said.contains(words)),
            "{found:?}"
        );
        assert_eq!(found[0].2, *instead, "{namespace}");
    }
    let old = refused("runs-of-jobs", |site| {
        site["release"] = json!("4.4.5");
        site["storage"]["streams"] = json!("v1");
        site["storage"]["realtime"] =
            json!({ "electric": { "image": "images.example.com/electric:1.2.4" } });
    });
    assert!(
        old.iter().any(|it| it.0 == "release-lacks" && it.1.contains("chart 4.4.5")),
        "{old:?}"
    );
    let short = refused("runs-of-jobs", |site| {
        site["storage"]["object_store"] = json!({ "external": {
            "endpoint": "http://minio:9000", "access_key_id": "AKIA", "secret_access_key": { "secret": "S3" },
        }});
    });
    let whole = Some("http://minio.apart.svc.cluster.local:9000".to_owned());
    assert!(short.iter().any(|it| it.1.contains("find no `minio`") && it.2 == whole), "{short:?}");
}
