//! Where Flux stops when something is missing, in a cluster in which nothing is yet.

use super::before::Owner;
use super::emitted::Emitted;
use super::flux::Cluster;
use super::objects::Objects;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use trigger_gen::proof::{Context, check};
use trigger_gen::tree::{OutPath, Tree};

/// Without the Secret of the variables no layer that has one is applied.
pub(super) fn a_missing_secret(cluster: &Cluster, owner: &Owner, tree: &Emitted) {
    cluster.commit(&owner.repository(tree, &BTreeMap::new()));
    owner.bootstrap(cluster, tree);
    for part in ["redis", "postgresql", "s3"] {
        cluster.stops(&format!("{}-{part}", tree.site.name), "cluster-secrets");
    }
    waits(cluster, tree);
    let found = Objects::of(cluster);
    let applied: Vec<&String> =
        found.iter().map(|it| it.0).filter(|it| !it.starts_with("Kustomization/")).collect();
    let waiting: Vec<&&String> =
        applied.iter().filter(|it| it.contains(tree.site.name.as_str())).collect();
    assert!(
        waiting.iter().all(|it| !it.contains("redis") && !it.contains("postgresql")),
        "{applied:?}"
    );
}

/// Without the key of Flux no Secret of the tree is decrypted, and nothing of it arrives as it stands there.
pub(super) fn a_missing_key(cluster: &Cluster, owner: &Owner, tree: &Emitted) {
    cluster.commit(&owner.repository(tree, &tree.variables()));
    Owner::kustomizations(cluster, tree);
    for part in ["redis", "postgresql", "clickhouse", "s3"] {
        cluster.stops(&format!("{}-{part}", tree.site.name), "sops-age");
    }
    waits(cluster, tree);
    let found = Objects::of(cluster);
    let secrets: Vec<&String> =
        found.iter().map(|it| it.0).filter(|it| it.starts_with("Secret/")).collect();
    assert_eq!(secrets, Vec::<&String>::new());
}

/// Without one variable the layer that names it stops, by its name, and whoever depends on it waits.
pub(super) fn a_missing_variable(cluster: &Cluster, owner: &Owner, tree: &Emitted) {
    let (layer, variable) = (format!("{}-redis", tree.site.name), "SECRET_TRIGGER_REDIS_PASSWORD");
    let mut variables = tree.variables();
    variables.remove(variable).expect("a variable of the tree");
    cluster.commit(&owner.repository(tree, &variables));
    // The Secret arrives with the revision, maybe after the layers looked for it.
    cluster.wait("the Secret is decrypted", 120, || {
        match cluster
            .kubectl()
            .run(&["-n", "flux-system", "get", "secret", "cluster-secrets"])
            .status
            .success()
        {
            true => Ok(()),
            false => Err("no Secret".to_owned()),
        }
    });
    cluster.reconcile(&layer);
    cluster.stops(&layer, variable);
    waits(cluster, tree);

    // `verify` says it of a tree whose fragment lacks the variable.
    let path = "kubernetes/cluster-secrets.example.yaml";
    let said = faults(tree, path, |text| {
        text.lines().filter(|it| !it.contains(variable)).map(|it| format!("{it}\n")).collect()
    });
    assert!(said.contains(&"undeclared-substitution"), "{said:?}");
}

/// Layers that wait for each other wait for ever, and no other one does.
pub(super) fn a_cycle(cluster: &Cluster, owner: &Owner, tree: &Emitted) {
    let path = "kubernetes/flux/ks/redis.yaml";
    let circle = |text: &str| {
        let mut ks: Value = serde_yaml::from_str(text).expect("YAML");
        ks["spec"]["dependsOn"] = json!([{ "name": tree.site.name.as_str() }]);
        serde_yaml::to_string(&ks).expect("YAML")
    };
    let said = faults(tree, path, circle);
    assert!(said.contains(&"circular-kustomization"), "{said:?}");

    let mut files = owner.repository(tree, &tree.variables());
    let served = files.get_mut(&format!("{}/ks/redis.yaml", tree.path())).expect("the file");
    *served = circle(std::str::from_utf8(served).expect("UTF-8")).into_bytes();
    let revision = cluster.commit(&files);
    cluster.stops(&format!("{}-redis", tree.site.name), "dependency");
    waits(cluster, tree);
    cluster.wait("the layers outside the circle are applied", 300, || {
        let found = cluster.kustomizations();
        let outside =
            found.iter().filter(|it| it["status"]["lastAppliedRevision"] == json!(revision));
        let names: Vec<&str> = outside.map(super::flux::name).collect();
        let postgres = format!("{}-postgresql", tree.site.name);
        if names.contains(&postgres.as_str()) { Ok(()) } else { Err(names.join(", ")) }
    });
}

/// While there is a circle Flux tells no Kustomization of a new revision, not even the one that would end the circle.
pub(super) fn a_way_out(cluster: &Cluster, owner: &Owner, tree: &Emitted) -> String {
    let revision = cluster.commit(&owner.repository(tree, &tree.variables()));
    cluster.wait("Flux says why it does nothing", 60, || {
        let said = cluster.plane.log("kustomize-controller");
        match said.contains("failed to sort dependencies for revision change") {
            true => Ok(()),
            false => Err("not a word".to_owned()),
        }
    });
    let applied = |it: &Value| it["status"]["lastAppliedRevision"] == json!(revision);
    assert!(!cluster.kustomizations().iter().any(applied), "it was told");
    cluster.reconcile_all();
    revision
}

/// The application waits for its stores.
#[track_caller]
fn waits(cluster: &Cluster, tree: &Emitted) {
    cluster.stops(tree.site.name.as_str(), "dependency");
    let releases = cluster.helm_releases();
    let is_there = releases.iter().any(|it| super::flux::name(it) == tree.site.name.as_str());
    assert!(!is_there, "the application was released before its stores");
}

/// What is said of the tree with another text in one file.
fn faults(tree: &Emitted, path: &str, change: impl Fn(&str) -> String) -> Vec<&'static str> {
    let mut spoilt = Tree { files: tree.tree.files.clone() };
    let file = spoilt.files.get_mut(&OutPath::new(path).expect("a path")).expect("the file");
    file.bytes = change(file.text()).into_bytes();
    check(&spoilt, &Context::default()).into_iter().map(|it| it.proof).collect()
}
