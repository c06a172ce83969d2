//! Our own output holds every proof, whatever the release and with or without its secrets.

use crate::support;
use trigger_gen::manifest::{self, Manifest};
use trigger_gen::proof::{Blame, Context, Fault, PROOFS, check};
use trigger_gen::release::RELEASES;
use trigger_gen::secrets::Secrets;
use trigger_gen::tree::Tree;

#[track_caller]
fn is_clean(what: &str, tree: &Tree, context: &Context<'_>) {
    let faults = check(tree, context);
    assert!(faults.is_empty(), "{what}: {faults:#?}");
}

#[test]
fn every_example_holds_every_proof() {
    for name in support::example_names() {
        let (tree, secrets) = support::example(&name);
        let context = Context { fingerprints: Some(&secrets), ..Context::default() };
        is_clean(&name, &tree, &context);
    }
}

/// Proofs of what a site may say by itself are left out where the release is the reason: an old one has secrets
/// that were refused later, an Electric of the author's, and so on.
#[test]
fn every_example_holds_at_every_release() {
    let mut trees = 0;
    for name in support::server_names() {
        for release in RELEASES {
            let tree = support::tree_of(&support::at_release(&name, release));
            is_clean(&format!("{name} at {}", release.version), &tree, &Context::default());
            trees += 1;
        }
    }
    assert!(trees >= 4 * RELEASES.len(), "{trees} trees");
}

/// As `build --check` has it in a checkout: placeholders for secrets.
#[test]
fn placeholders_break_no_proof() {
    for name in support::example_names() {
        let site = support::example_site(&name);
        let built = support::tree(&name);
        let manifest = built.get(manifest::PATH).expect("a manifest");
        let manifest = Manifest::read(&manifest.bytes).expect("a manifest");
        let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
        let secrets = Secrets::withheld(&manifest, &names);
        let tree = trigger_gen::generate(&site, &secrets);
        is_clean(&name, &tree, &Context { withheld: true, ..Context::default() });
    }
}

/// As `verify` has it in a checkout: secret files are not there.
#[test]
fn absent_secret_files_break_no_proof() {
    for name in support::example_names() {
        let mut tree = support::tree(&name);
        tree.files.retain(|_, file| !file.is_secret());
        is_clean(&name, &tree, &Context { withheld: true, ..Context::default() });
    }
}

/// What does not hold without secret files, with something else in the redacted twin.
fn with_twin(from: &str, to: &str) -> Vec<Fault> {
    let mut tree = support::tree("minimal-vps");
    tree.files.retain(|_, file| !file.is_secret());
    let (_, twin) = tree
        .files
        .iter_mut()
        .find(|(it, _)| it.as_str() == "docker/.env.redacted")
        .expect("a twin");
    twin.bytes = twin.text().replace(from, to).into_bytes();
    check(&tree, &Context { withheld: true, ..Context::default() })
}

/// Without secrets the redacted twin still says who agrees with whom.
#[test]
fn the_redacted_twin_is_proved_where_nothing_else_is_there() {
    let faults = with_twin("@postgres:5432/trigger", "@database:5432/trigger");
    let mut names: Vec<_> = faults.iter().map(|it| it.proof).collect();
    names.dedup();
    assert_eq!(names, ["dangling-host", "manifest-hash"]);
    assert!(faults.iter().all(|it| it.path == "docker/.env.redacted"), "{faults:#?}");
}

/// What an author may say is left out while building, and said by the lints.
#[test]
fn building_asks_for_what_is_the_compilers() {
    let of_input: Vec<_> =
        PROOFS.iter().filter(|it| it.blame == Blame::Input).map(|it| it.name).collect();
    assert_eq!(
        of_input,
        [
            "unknown-release",
            "encryption-key-size",
            "published-secret",
            "repeated-secret",
            "leaked-secret",
            "outdated-clickhouse",
            "unmigrated-clickhouse",
            "unpinned-image",
            "retired-image",
            "image-tag-mismatch",
            "ignored-heap-option",
        ]
    );
}

#[test]
fn what_the_author_may_say_is_not_asked_while_building() {
    let planted = |from: &str, to: &str| {
        let mut tree = support::tree("minimal-vps");
        let (_, file) = tree
            .files
            .iter_mut()
            .find(|(path, _)| path.as_str() == "docker/webapp/docker-compose.yml")
            .expect("the stack");
        let text = file.text().to_owned();
        assert!(text.contains(from), "{from}");
        file.bytes = text.replace(from, to).into_bytes();
        let building = Context { building: true, ..Context::default() };
        let faults = check(&tree, &building);
        faults.iter().map(|it| it.proof).collect::<Vec<_>>()
    };
    assert_eq!(planted("127.0.0.1:8030:3000", "8030:3000"), ["public-port"]);
    assert_eq!(planted("image: redis:7.4.11@sha256", "image: redis:7@sha-"), [""; 0]);
}

#[test]
fn the_twin_of_a_withheld_file_is_asked_for_every_variable() {
    let faults = with_twin("DEPLOY_REGISTRY_NAMESPACE=trigger\n", "");
    assert!(faults.iter().any(|it| it.proof == "undefined-compose-variable"), "{faults:#?}");
}
