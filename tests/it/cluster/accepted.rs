//! What the API server says of every manifest, strictly: it knows the kinds that are emitted, and refuses a key that
//! none of them has.

use super::emitted::{Emitted, substituted};
use super::flux::Cluster;
use serde_json::{Value, json};
use std::process::Output;

/// What is done to a site.
type Change = fn(&mut Value);

/// Changes that bring what no example has.
const VARIANTS: &[(&str, Change)] = &[
    ("a namespace of its own", |site| {
        site["kubernetes"]["namespace"] = json!("triggers");
    }),
    ("runs in a namespace of their own", |site| {
        site["kubernetes"]["runs"] = json!({ "namespace": "trigger-runs" });
    }),
    ("Redis by image, ClickHouse by the chart", |site| {
        site["kubernetes"]["redis"] = json!({ "image": {} });
        site["kubernetes"]["clickhouse"] = json!("chart");
    }),
    ("a Gateway", |site| {
        site["kubernetes"]["ingress"] =
            json!({ "gateway": { "name": "public", "namespace": "gateways" } });
    }),
    ("cert-manager, and Prometheus", |site| {
        site["kubernetes"]["ingress"]["traefik"]["tls"] = json!({ "cert_manager": "letsencrypt" });
        site["kubernetes"]["monitoring"] = json!(true);
    }),
    ("backups of PostgreSQL", |site| {
        site["kubernetes"]["postgres"] = json!({ "instances": 2, "backup": {
            "destination": "s3://backups/trigger",
            "access_key_id": "AKIAEXAMPLE",
            "secret_access_key": { "secret": "BACKUP_KEY" },
        }});
    }),
    ("a pooler, beside Electric", |site| {
        site["kubernetes"]["postgres"] = json!({ "pooler": { "instances": 2 } });
        site["storage"]["realtime"] =
            json!({ "electric": { "image": "images.example.com/electric:1.2.4" } });
    }),
    ("backups of every store", |site| {
        site["kubernetes"]["backup"] = json!({
            "destination": "s3://backups/trigger",
            "access_key_id": "AKIAEXAMPLE",
            "secret_access_key": { "secret": "BACKUP_KEY" },
        });
    }),
    ("the External Secrets operator", |site| {
        site["kubernetes"]["secrets"] = json!({ "external_secrets": { "store": "vault" } });
    }),
];

/// Everything that an example emits.
pub(super) fn example(cluster: &Cluster, example: &str) {
    assert_accepted(cluster, example, &Emitted::example(example));
}

/// Everything that an example and its variants emit.
pub(super) fn every_manifest(cluster: &Cluster, name: &str) {
    example(cluster, name);
    for (what, change) in VARIANTS {
        assert_accepted(cluster, &format!("{name} with {what}"), &Emitted::changed(name, change));
    }
}

#[track_caller]
fn assert_accepted(cluster: &Cluster, what: &str, tree: &Emitted) {
    let work = tempfile::tempdir().expect("a temporary folder");
    let variables = tree.variables();
    for folder in tree.folders() {
        let built = substituted(&tree.built(work.path(), &folder), &variables);
        let output = create(cluster, &built);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{what}: {folder}: {said}");
        let accepted = String::from_utf8_lossy(&output.stdout).lines().count();
        let emitted = built.lines().filter(|it| it.starts_with("kind: ")).count();
        assert_eq!(accepted, emitted, "{what}: {folder}");
    }
}

/// The judge finds what it is asked for.
pub(super) fn a_wrong_key_is_refused(cluster: &Cluster, example: &str) {
    let tree = Emitted::example(example);
    let work = tempfile::tempdir().expect("a temporary folder");
    let built = substituted(&tree.built(work.path(), "postgresql"), &tree.variables());
    for (from, to) in [("  storage:", "  storag:"), ("instances: 1", "instances: one")] {
        let spoilt = built.replace(from, to);
        assert_ne!(spoilt, built, "{from} stands nowhere");
        let output = create(cluster, &spoilt);
        assert!(!output.status.success(), "{to} was accepted");
    }
}

/// Documents carry no namespace, and the site's own is not there yet.
fn create(cluster: &Cluster, manifests: &str) -> Output {
    let arguments = ["create", "--dry-run=server", "--validate=strict", "-f", "-"];
    cluster.kubectl().run_with(&arguments, manifests)
}
