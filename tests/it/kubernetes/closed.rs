//! Who is let in to what runs in the cluster, how it starts, and where the next webapp comes to.

use super::read;
use crate::support;
use serde_json::{Value, json};
use trigger_gen::tree::Tree;

/// A site for a cluster, with more in its sections `kubernetes` and `storage`.
fn tree(cluster: &Value, storage: &Value) -> Tree {
    let mut site = json!({
        "version": 1, "name": "jobs", "release": "4.5.12", "domain": "jobs.example.com",
        "access": { "admins": ["ops@example.com"] },
        "storage": { "registry": { "external": { "host": "ghcr.io", "namespace": "example/jobs" } } },
        "kubernetes": {
            "gitops": { "path": "apps/jobs" },
            "secrets": { "substitute": {} },
            "ingress": { "traefik": { "tls": "default" } },
        },
        "allow": [
            { "lint": "postgres-failover-gap", "because": "a test" },
            { "lint": "known-advisory", "because": "a test" },
            { "lint": "exposed-query", "because": "a test" },
        ],
    });
    for (section, more) in [("kubernetes", cluster), ("storage", storage)] {
        let whole = site[section].as_object_mut().expect("a mapping");
        whole.extend(more.as_object().expect("a mapping").clone());
    }
    support::tree_of(&site.to_string())
}

fn object(tree: &Tree, path: &str) -> Value {
    let path = format!("kubernetes/flux/{path}");
    read(tree.get(&path).unwrap_or_else(|| panic!("no {path}")).text())
}

/// Policies add up: one of a chart that lets everybody in would make the tree's own worthless.
#[test]
fn a_chart_brings_no_policy_that_opens_a_store() {
    let tree = tree(&json!({ "redis": "bitnami" }), &json!({}));
    let values = object(&tree, "redis/helm-release.yaml")["spec"]["values"].clone();
    assert_eq!(values["networkPolicy"], json!({ "enabled": false }));
    let policy = object(&tree, "redis/network-policy.yaml");
    assert!(policy["spec"]["ingress"][0]["from"].is_array(), "{policy}");
}

/// A proxy that runs on the network of its node, or is no pod at all, is in no namespace.
#[test]
fn an_object_store_with_a_public_name_is_open_to_any_proxy() {
    let public = json!({ "object_store": { "bundled": { "public_host": "s3.example.com" } } });
    let ports = json!([{ "port": 9000, "protocol": "TCP" }]);
    let open = object(&tree(&json!({}), &public), "s3/network-policy.yaml");
    assert_eq!(open["spec"]["ingress"], json!([{ "ports": ports }]));
    let closed = object(&tree(&json!({}), &json!({})), "s3/network-policy.yaml");
    let own = json!([{ "from": [{ "podSelector": {} }], "ports": ports }]);
    assert_eq!(closed["spec"]["ingress"], own);
}

/// The labels that the official chart gives the pods of a component.
fn labels(component: &str) -> Value {
    json!({
        "app.kubernetes.io/name": "trigger",
        "app.kubernetes.io/instance": "jobs",
        "app.kubernetes.io/component": component,
    })
}

#[test]
fn stores_of_the_official_chart_are_closed_as_well() {
    let storage =
        json!({ "realtime": { "electric": { "image": "registry.example.com/electric:1.2.4" } } });
    let with = tree(&json!({ "clickhouse": "chart" }), &storage);
    for (part, port) in [("electric", 3000), ("clickhouse", 8123)] {
        let policy = object(&with, &format!("app/{part}-network-policy.yaml"));
        assert_eq!(policy["spec"]["podSelector"]["matchLabels"], labels(part));
        let from = &policy["spec"]["ingress"][0]["from"][0]["podSelector"]["matchLabels"];
        assert_eq!(*from, labels("webapp"));
        assert_eq!(policy["spec"]["ingress"][0]["ports"][0]["port"], port);
    }
    let open = tree(&json!({ "clickhouse": "chart", "network_policies": false }), &storage);
    assert!(!open.files.keys().any(|it| it.as_str().contains("network-policy")));
}

/// The supervisor does not ask a run whether it is its own, and s2 asks nobody for a token.
#[test]
fn what_runs_call_is_open_to_the_namespaces_of_site_and_runs_alone() {
    let rule = |from: Value, port: u16| json!({ "from": [from], "ports": [{ "port": port, "protocol": "TCP" }] });
    let beside = || json!({ "podSelector": {} });
    let runs = || json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": "runs" } } });
    let anywhere = json!({ "namespaceSelector": {} });
    let apart = json!({ "runs": { "namespace": "runs" }, "monitoring": true });
    for (cluster, supervisor, s2) in [
        (json!({}), [rule(beside(), 3000), rule(beside(), 9088)], vec![rule(beside(), 8080)]),
        (
            apart,
            [rule(runs(), 3000), rule(anywhere, 9088)],
            vec![rule(beside(), 8080), rule(runs(), 8080)],
        ),
    ] {
        let tree = tree(&cluster, &json!({}));
        for (part, ingress) in [("supervisor", json!(supervisor)), ("s2", json!(s2))] {
            let policy = object(&tree, &format!("app/{part}-network-policy.yaml"));
            assert_eq!(policy["spec"]["podSelector"]["matchLabels"], labels(part));
            assert_eq!(policy["spec"]["ingress"], ingress);
        }
    }
    let without = tree(&json!({}), &json!({ "streams": "v1" }));
    assert!(without.get("kubernetes/flux/app/s2-network-policy.yaml").is_none());
}

/// On another node the new pod would wait for a volume that the old one holds until the new one is ready.
#[test]
fn the_next_webapp_comes_to_the_node_of_the_volume() {
    let affinity = |cluster: &Value| {
        let release = object(&tree(cluster, &json!({})), "app/helm-release.yaml");
        release.pointer("/spec/values/webapp/affinity").cloned()
    };
    let term = "/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/0";
    let beside = affinity(&json!({})).expect("an affinity").pointer(term).cloned().expect("a term");
    assert_eq!(beside["topologyKey"], "kubernetes.io/hostname");
    assert_eq!(beside["labelSelector"]["matchLabels"]["app.kubernetes.io/component"], "webapp");
    let shared = json!({ "replicas": 2, "volumes": { "shared": { "access": "many_nodes" } } });
    assert_eq!(affinity(&shared), None);
}

/// The class of every volume has to be there before the tree.
#[test]
fn the_runbook_names_the_class_of_s2() {
    let volumes = json!({ "volumes": { "s2": { "class": "streams" } } });
    let with = tree(&volumes, &json!({}));
    let runbook = with.get("kubernetes/RUNBOOK.md").expect("a runbook").text();
    assert!(runbook.contains("| the StorageClass `streams` | gives volumes |"), "{runbook}");
}

#[test]
fn the_runbook_says_whom_each_policy_lets_in() {
    let runs = json!({ "runs": { "namespace": "runs" }, "monitoring": true });
    let with = tree(&runs, &json!({}));
    let runbook = with.get("kubernetes/RUNBOOK.md").expect("a runbook").text();
    for row in [
        "| `jobs-redis` | pods of `webapp` | 6379 |",
        "| `jobs-postgresql` | pods of `jobs-postgresql` | 5432, 8000 |",
        "| `jobs-trigger-supervisor` | every pod of `runs` | 3000 |",
        "| `jobs-trigger-supervisor` | every pod of the cluster | 9088 |",
        "| `jobs-trigger-s2` | every pod of `jobs` | 8080 |",
        "| `jobs-runs` | nobody |  |",
    ] {
        assert!(runbook.contains(row), "no {row}");
    }
    let open = tree(&json!({ "network_policies": false }), &json!({}));
    assert!(
        !open.get("kubernetes/RUNBOOK.md").expect("a runbook").text().contains("Who is let in")
    );
}

/// They stay when the release goes, with whatever is in them.
#[test]
fn the_runbook_names_the_volumes_of_the_official_chart() {
    let volumes = json!({ "clickhouse": "chart", "volumes": { "s2": { "size": "7GiB" } } });
    let with = tree(&volumes, &json!({}));
    let runbook = with.get("kubernetes/RUNBOOK.md").expect("a runbook").text();
    for row in ["| `data-jobs-trigger-clickhouse-0` | 20Gi |", "| `data-jobs-trigger-s2-0` | 7Gi |"]
    {
        assert!(runbook.contains(row), "no {row}");
    }
}

/// The entrypoints of Redis and Valkey drop root for the server of their own name, and put it before a first option.
#[test]
fn the_image_of_redis_chooses_its_server() {
    let valkey = json!({ "redis": { "image": { "reference": "valkey/valkey:8.1.4" } } });
    for cluster in [json!({}), valkey] {
        let release = object(&tree(&cluster, &json!({})), "redis/helm-release.yaml");
        let args = release.pointer("/spec/values/controllers/redis/containers/app/args");
        let first = args.and_then(|it| it[0].as_str()).expect("arguments");
        assert!(first.starts_with("--"), "{first}");
    }
}

/// A budget of one instance that must be there would keep its node from ever being drained.
#[test]
fn one_instance_of_postgres_leaves_its_node_when_asked() {
    for instances in [1, 2] {
        let cluster = json!({ "postgres": { "instances": instances } });
        let made = object(&tree(&cluster, &json!({})), "postgresql/cluster.yaml");
        assert_eq!(made["spec"]["enablePDB"], instances > 1, "{instances}");
    }
}
