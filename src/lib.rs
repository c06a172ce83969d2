//! trigger-gen compiles one `site.yaml` into everything needed to self-host Trigger.dev v4.
//!
//! ```text
//! site.yaml --spec--> SiteSpec --resolve--> Site --lint--> Site        front: may refuse, reports everything
//! Site + Secrets --artifacts::plan--> Plan --render--> Tree --proof--> Tree     back: cannot refuse
//! Tree --emit--> out/<name>/**                                         edge: the only writing
//! ```
//!
//! The library is pure: it reads no disk, clock, environment or randomness. `cli`, `emit` and the
//! file of the secret store are the edges, and the only modules that touch the world.

pub mod artifacts;
pub mod catalogue;
pub mod cli;
pub mod diag;
pub mod emit;
pub mod fingerprint;
pub mod lint;
pub mod manifest;
pub mod patch;
pub mod plan;
pub mod proof;
pub mod release;
pub mod render;
pub mod resolve;
pub mod secrets;
pub mod site;
pub mod sops;
pub mod source;
pub mod spec;
pub mod store;
pub mod trace;
pub mod tree;
pub mod value;
pub mod yaml;

use diag::{Sink, Stopped};
use manifest::{Header, Manifest};
use plan::Plan;
use proof::Context;
use render::Rendered;
use secrets::Secrets;
use serde_json::Value;
use site::Site;
use sops::FileKeys;
use spec::Document;
use std::collections::BTreeMap;
use tree::{OutPath, Tree};

/// The front half: decides what the author means, or says why not.
///
/// Reports every problem that it can reach, not only the first; patches are tried on a site that is right otherwise. `check` may look at the site before
/// the checkpoint, so that what it finds is reported together with the rest.
pub fn analyse(
    document: &Document,
    sink: &mut Sink,
    check: impl FnOnce(&Site, &mut Sink),
) -> Result<Site, Stopped> {
    let spec = spec::parse(document, sink);
    let site = resolve::resolve(&spec, sink);
    check(&site, sink);
    lint::check(&site, sink);
    sink.checkpoint()?;
    patch::judge(&site, sink);
    sink.checkpoint()?;
    Ok(site)
}

/// The back half: the same site and secrets give the same bytes, always.
pub fn generate(site: &Site, secrets: &Secrets) -> Tree {
    let Rendered { mut tree, documents } = render::render(planned(site, secrets));
    let header = Header {
        site: site.name.to_string(),
        release: site.release.version.to_string(),
        spec: 1,
        secrets: secrets.fingerprints(),
    };
    let mut manifest = Manifest::of(&tree, header, secrets);
    manifest.accepted = accepted(site);
    manifest.outside = site.outside_hosts();
    manifest.chosen = site.extra.names();
    let path = OutPath::new(manifest::PATH).expect("the manifest's path is a path");
    tree.files.insert(path, manifest.to_file());
    prove(site, secrets, &tree, &documents);
    tree
}

/// The files of [`generate`] without the manifest and the inventories, neither read back nor proven: for comparing many
/// sites.
pub fn sketch(site: &Site, secrets: &Secrets) -> Tree {
    render::sketch(planned(site, secrets)).tree
}

fn planned(site: &Site, secrets: &Secrets) -> Plan {
    let mut plan = artifacts::plan(site, secrets);
    patch::apply(&mut plan, &site.patches);
    plan
}

/// The proofs that need not hold, because the author allowed the lint that says the same.
fn accepted(site: &Site) -> Vec<String> {
    let allows = |lint: &str| site.allow.iter().any(|it| it.lint.as_str() == lint);
    proof::TWINS.iter().filter(|(lint, _)| allows(lint)).map(|(_, proof)| (*proof).into()).collect()
}

/// What is rendered fits together, or trigger-gen has a bug.
fn prove(site: &Site, secrets: &Secrets, tree: &Tree, documents: &BTreeMap<OutPath, Value>) {
    let (outside, chosen) = (site.outside_hosts(), site.extra.names());
    let context = Context {
        release: Some(site.release),
        withheld: secrets.is_withheld(),
        fingerprints: None,
        file_keys: (!secrets.is_withheld()).then_some(secrets as &dyn FileKeys),
        outside: &outside,
        chosen: &chosen,
        documents: Some(documents),
        building: true,
    };
    let faults = proof::check(tree, &context);
    assert!(faults.is_empty(), "bug in trigger-gen: the tree fails its own proofs: {faults:#?}");
}
