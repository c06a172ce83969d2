//! Each scene is a cluster that is empty at first, and the stories of one site in it.

use super::before::Owner;
use super::emitted::Emitted;
use super::flux::Cluster;
use super::story::Stories;
use super::{accepted, apart, arrived, edits, programs, restored, rotated, say, stops};
use serde_json::json;
use std::time::Instant;

#[test]
#[ignore = "a control plane: scripts/test cluster runs it"]
fn home_k3s() {
    if !programs::possible() {
        return;
    }
    let example = "home-k3s";
    let (tree, owner) = (Emitted::example(example), Owner::new());
    let (cluster, mut stories) = begun(example, &tree);
    stories.tell("every manifest is accepted", || accepted::every_manifest(&cluster, example));
    stories.tell("a wrong key is refused", || accepted::a_wrong_key_is_refused(&cluster, example));
    stories.tell("a missing Secret stops every layer", || {
        stops::a_missing_secret(&cluster, &owner, &tree);
    });
    stories.tell("a missing variable stops its layer", || {
        stops::a_missing_variable(&cluster, &owner, &tree);
    });
    stories.tell("a dependency cycle stops its layers", || stops::a_cycle(&cluster, &owner, &tree));
    stories.tell("without the cycle Flux brings everything up, once it is asked to", || {
        let revision = stops::a_way_out(&cluster, &owner, &tree);
        cluster.settle(&revision, Owner::expected(&tree));
    });
    stories.tell("in the order of dependencies", || arrived::in_order(&cluster));
    stories.tell("with every variable filled in", || arrived::variables(&cluster, &tree));
    stories.tell("with every value in the chart", || arrived::values(&cluster, &tree));
    stories.tell("an edit changes what it means", || edits::each(&cluster, &owner, example));
    stories.tell("a removed part goes alone", || edits::a_removed_part(&cluster, &owner, example));
    stories.tell("what was lost comes back", || edits::what_was_lost(&cluster, &owner, example));
    stories.end();
}

#[test]
#[ignore = "a control plane: scripts/test cluster runs it"]
fn full() {
    if !programs::possible() {
        return;
    }
    let example = "full";
    let (tree, owner) = (Emitted::example(example), Owner::new());
    let (cluster, mut stories) = begun(example, &tree);
    stories.tell("every manifest is accepted", || accepted::example(&cluster, example));
    stories.tell("Flux brings everything up", || {
        let revision = cluster.commit(&owner.repository(&tree, &tree.variables()));
        owner.bootstrap(&cluster, &tree);
        cluster.settle(&revision, Owner::expected(&tree));
    });
    stories.tell("in the order of dependencies", || arrived::in_order(&cluster));
    stories.tell("with every value in the chart", || arrived::values(&cluster, &tree));
    stories.tell("runs have a namespace of their own", || apart::runs(&cluster, &tree));
    stories.tell("backups are made as the runbook says", || restored::backups(&cluster, &tree));
    stories.tell("and come back", || restored::restore(&cluster, &owner, example));
    stories.end();
}

#[test]
#[ignore = "a control plane: scripts/test cluster runs it"]
fn sops_cluster() {
    if !programs::possible() {
        return;
    }
    let (example, owner) = ("sops-cluster", Owner::new());
    let tree = Emitted::changed(example, |site| {
        site["kubernetes"]["secrets"]["sops"]["age"] = json!([owner.recipient()]);
        site["kubernetes"]["runs"] = json!({ "namespace": "tasks-runs" });
    });
    let (cluster, mut stories) = begun(example, &tree);
    stories.tell("a missing key stops every layer that has a Secret", || {
        stops::a_missing_key(&cluster, &owner, &tree);
    });
    stories.tell("Flux brings everything up", || {
        owner.give_key(&cluster);
        let revision = cluster.commit(&owner.repository(&tree, &tree.variables()));
        cluster.settle(&revision, Owner::expected(&tree));
    });
    stories.tell("in the order of dependencies", || arrived::in_order(&cluster));
    stories.tell("with every Secret decrypted", || arrived::decrypted(&cluster, &tree));
    stories.tell("runs have a namespace of their own", || apart::runs(&cluster, &tree));
    stories.tell("with every value in the chart", || arrived::values(&cluster, &tree));
    stories.tell("another value of a secret is taken by the printed steps", || {
        rotated::a_password(&cluster, &tree);
    });
    stories.end();
}

/// An empty cluster for a tree, and no story yet.
fn begun(example: &'static str, tree: &Emitted) -> (Cluster, Stories) {
    let start = Instant::now();
    let cluster = Cluster::start(tree);
    say(&format!("the cluster is up ({} s)", start.elapsed().as_secs()));
    (cluster, Stories::of(example))
}
