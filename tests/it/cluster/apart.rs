//! Runs in a namespace of their own: what is there beside them, and what the supervisor may do where.

use super::emitted::Emitted;
use super::flux::{Cluster, name};
use super::say;
use serde_json::{Value, json};

/// Pods of runs start where they should, with what they are pulled with, and nothing else is near them.
pub(super) fn runs(cluster: &Cluster, tree: &Emitted) {
    let (site, runs) = (tree.namespace(), tree.meant().runs.namespace.as_str());
    assert_ne!(site, runs);
    let login = format!("{}-registry", tree.site.name);
    assert_eq!(names(cluster, "secrets", runs), [login.as_str()]);
    assert!(!names(cluster, "secrets", site).contains(&login), "the login is beside the site, too");
    let policies = names(cluster, "networkpolicies.networking.k8s.io", runs);
    assert_eq!(policies, [format!("{}-runs", tree.site.name)]);

    let supervisor = format!("{}-supervisor", tree.site.chart_fullname());
    assert_eq!(told(cluster, site, &supervisor, "KUBERNETES_NAMESPACE"), runs);
    assert_eq!(told(cluster, site, &supervisor, "KUBERNETES_IMAGE_PULL_SECRETS"), login);
    let who = format!("--as=system:serviceaccount:{site}:{supervisor}");
    for (verb, what, namespace, may) in [
        ("create", "pods", runs, true),
        ("delete", "pods", runs, true),
        ("get", "secrets", runs, false),
        ("create", "pods", site, false),
        ("delete", "pods", site, false),
        ("get", "secrets", site, false),
    ] {
        let asked = cluster.kubectl().run(&["-n", namespace, "auth", "can-i", verb, what, &who]);
        assert_eq!(asked.status.success(), may, "{verb} {what} in {namespace}");
    }

    let starts = |namespace: &str, more: &Value| {
        let arguments = ["-n", namespace, "create", "--dry-run=server", "-f", "-", &who];
        let made = cluster.kubectl().run_with(&arguments, &pod(&login, more).to_string());
        (made.status.success(), String::from_utf8_lossy(&made.stderr).into_owned())
    };
    let (started, said) = starts(runs, &json!({}));
    assert!(started, "{said}");
    let (started, said) = starts(site, &json!({}));
    assert!(!started && said.contains("forbidden"), "{said}");
    let (started, said) = starts(runs, &json!({ "hostNetwork": true }));
    assert!(!started && said.contains("PodSecurity"), "{said}");
    say(&format!("  {supervisor} of {site} starts pods in {runs}, and nowhere else"));
}

/// The names of the objects of a kind in a namespace.
fn names(cluster: &Cluster, kind: &str, namespace: &str) -> Vec<String> {
    let all = cluster.kubectl().list(kind);
    let here = all.iter().filter(|it| it["metadata"]["namespace"] == json!(namespace));
    here.map(|it| name(it).to_owned()).collect()
}

/// A variable of the first container of a Deployment.
#[track_caller]
fn told(cluster: &Cluster, namespace: &str, deployment: &str, variable: &str) -> String {
    let path = format!("/apis/apps/v1/namespaces/{namespace}/deployments/{deployment}");
    let found = cluster.kubectl().raw(&path);
    let list = found["spec"]["template"]["spec"]["containers"][0]["env"].as_array().cloned();
    let mut list = list.expect("variables").into_iter();
    let found = list.find(|it| it["name"] == json!(variable)).expect(variable);
    found["value"].as_str().expect("a text").to_owned()
}

/// A pod such as the supervisor starts.
fn pod(login: &str, more: &Value) -> Value {
    let mut spec = json!({
        "restartPolicy": "Never",
        "automountServiceAccountToken": false,
        "imagePullSecrets": [{ "name": login }],
        "containers": [{ "name": "run-controller", "image": "ghcr.io/example/jobs/task:1" }],
    });
    if let (Some(spec), Some(more)) = (spec.as_object_mut(), more.as_object()) {
        spec.extend(more.clone());
    }
    let metadata = json!({ "name": "runner-1", "labels": { "app": "task-run" } });
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec })
}
