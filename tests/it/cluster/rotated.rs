//! A secret gets another value: every step that `secrets rotate` names is done as it stands there, from the store to the
//! pods that start anew.

use super::desk::Desk;
use super::emitted::Emitted;
use super::flux::Cluster;
use super::objects::{Objects, entry};
use super::say;
use crate::{cli, support};
use serde_json::json;
use std::fs;
use trigger_gen::store::{Opened, Store};
use trigger_gen::value::{Scalar as _, SecretName};

/// The password of Redis.
pub(super) fn a_password(cluster: &Cluster, tree: &Emitted) {
    let desk = Desk::new(cluster, tree);
    cluster.clone_repository(&desk.folder().join("REPOSITORY"));
    fs::write(desk.folder().join("site.yaml"), &tree.text).expect("a file");
    let (path, site) = (desk.folder().join(tree.site.store.as_str()), tree.site.name.as_str());
    let mut store = Store::lock(&path, site).expect("a store");
    store.save(&support::draft(&tree.site)).expect("a store");
    drop(store);

    let (before, node) = (Objects::of(cluster), node_of_webapp(cluster));
    let ran = cli::run(desk.folder(), &["secrets", "rotate", "REDIS_PASSWORD", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let (_, steps) = ran.out.split_once("The steps, in this order:\n").expect("steps");
    desk.types("the steps that were printed", steps);

    let after = Objects::of(cluster);
    let changes = before.changes(&after);
    say(&format!("  {}", changes.join(", ")));
    let expected = ["Deployment/{}-redis", "Deployment/{}-trigger-webapp", "Secret/{}-redis-auth"];
    assert_eq!(changes, expected.map(|it| format!("~ {}", it.replace("{}", site))));
    // Where it was: only there can a volume of one node be mounted once more.
    assert_eq!(node, node_of_webapp(cluster), "the new pod waits for its volume");
    let Ok(Opened::Present(draft)) = Store::open(&path, site) else { panic!("no store") };
    let name = SecretName::from_text("REDIS_PASSWORD").expect("a name");
    let given = entry(after.get(&format!("Secret/{site}-redis-auth")), "redis-password");
    assert_eq!(Some(given.as_str()), draft.value(&name), "another value than that of the store");
}

fn node_of_webapp(cluster: &Cluster) -> String {
    let pods = cluster.kubectl().list("pods").into_iter().filter(|it| {
        let metadata = &it["metadata"];
        metadata["labels"]["app.kubernetes.io/component"] == json!("webapp")
            && metadata["deletionTimestamp"].is_null()
    });
    let nodes: Vec<String> = pods.map(|it| it["spec"]["nodeName"].to_string()).collect();
    assert_eq!(nodes.len(), 1, "{nodes:?}");
    nodes.concat()
}
