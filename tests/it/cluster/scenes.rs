//! Each scene is a cluster that is empty at first, and the stories of one site in it.

use super::before::Owner;
use super::emitted::Emitted;
use super::flux::Cluster;
use super::story::Stories;
use super::{accepted, arrived, edits, programs, say, stops};
use std::time::Instant;

#[test]
#[ignore = "a control plane: scripts/test cluster runs it"]
fn home_k3s() {
    if !programs::possible() {
        return;
    }
    let example = "home-k3s";
    let (start, tree, owner) = (Instant::now(), Emitted::example(example), Owner::new());
    let cluster = Cluster::start(&tree.charts());
    say(&format!("the cluster is up ({} s)", start.elapsed().as_secs()));
    let mut stories = Stories::of(example);
    stories.tell("every manifest is accepted", || accepted::every_manifest(&cluster, example));
    stories.tell("a wrong key is refused", || accepted::a_wrong_key_is_refused(&cluster, example));
    stories.tell("a missing Secret stops every layer", || {
        stops::a_missing_secret(&cluster, &owner, &tree);
    });
    stories.tell("a missing variable stops its layer", || {
        stops::a_missing_variable(&cluster, &owner, &tree);
    });
    stories.tell("a dependency cycle stops its layers", || stops::a_cycle(&cluster, &owner, &tree));
    stories.tell("Flux brings everything up", || {
        let revision = cluster.commit(&owner.repository(&tree, &tree.variables()));
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
