//! The chapters of the emitted runbook on backups and their return, done as they stand there, with real objects.

use super::before::Owner;
use super::desk::Desk;
use super::edits::claims;
use super::emitted::Emitted;
use super::flux::Cluster;
use serde_json::{Value, json};

/// The first backup of every store is made.
pub(super) fn backups(cluster: &Cluster, tree: &Emitted) {
    Desk::new(cluster, tree).does("Backups");
}

/// Everything comes back from a backup, PostgreSQL as a new Cluster.
pub(super) fn restore(cluster: &Cluster, owner: &Owner, example: &str) {
    let (before, kept) = (databases(cluster), claims(cluster));
    let patches = Desk::new(cluster, &Emitted::example(example)).patches("Restore/PostgreSQL");
    let tree = Emitted::changed(example, |site| {
        let there = site["patches"].as_object_mut().expect("patches");
        there.extend(patches.as_object().expect("patches").clone());
    });
    let desk = Desk::new(cluster, &tree);
    desk.does("Restore");
    desk.does("Restore/PostgreSQL");
    let revision = cluster.commit(&owner.repository(&tree, &tree.variables()));
    // What is above the layers applies the Kustomizations meanwhile, and leaves them suspended.
    cluster.reaches("apps", &revision);
    let suspended =
        cluster.kustomizations().iter().filter(|it| it["spec"]["suspend"] == json!(true)).count();
    assert_eq!(suspended, tree.layers(), "Flux went on");
    for chapter in ["Redis", "ClickHouse", "The object store", "Start again"] {
        desk.does(&format!("Restore/{chapter}"));
    }
    cluster.settle(&revision, Owner::expected(&tree));

    let after = databases(cluster);
    assert_ne!(before[0]["metadata"]["uid"], after[0]["metadata"]["uid"], "no new Cluster");
    assert_eq!(after[0]["spec"]["bootstrap"]["recovery"]["source"], json!("before"));
    assert_eq!(claims(cluster), kept, "a claim lost its volume");
    let idle = cluster.kubectl().list("deployments").into_iter().filter(|it| {
        it["status"]["readyReplicas"] != it["spec"]["replicas"]
            || it["spec"]["replicas"] == json!(0)
    });
    let idle: Vec<String> = idle.map(|it| it["metadata"]["name"].to_string()).collect();
    assert_eq!(idle, Vec::<String>::new(), "not running again");
}

fn databases(cluster: &Cluster) -> Vec<Value> {
    let found = cluster.kubectl().list("clusters.postgresql.cnpg.io");
    assert_eq!(found.len(), 1);
    found
}
