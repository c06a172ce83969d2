//! Proofs.
use crate::support;
use trigger_gen::proof::{self, Context};
#[test]
fn own() {
    for name in support::example_names() {
        let tree = support::tree(&name);
        for fault in proof::check(&tree, &Context::default()) {
            println!("{name}: {fault:?}");
        }
    }
}
