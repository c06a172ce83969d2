//! A site compiled as it is, and again with something changed.

use super::change;
use super::compare::{Difference, Lines};
use crate::diag::{Route, Sink};
use crate::manifest::Manifest;
use crate::secrets::Secrets;
use crate::site::Site;
use crate::spec::Document;
use crate::tree::Tree;
use crate::value::SecretName;
use crate::yaml::{Kind, Node};
use serde_json::Value;

/// What stands in the place of a fingerprint: the store is not looked at.
const UNKNOWN: &str = "…";

/// A site to be compiled with one thing changed.
pub(super) struct Bench<'a> {
    pub(super) schema: &'a Value,
    pub(super) root: &'a Node,
    pub(super) tree: Tree,
    lines: Lines,
}

impl<'a> Bench<'a> {
    pub(super) fn new(schema: &'a Value, root: &'a Node) -> Option<Self> {
        let (site, secrets) = analyse(root).ok()?;
        let tree = crate::generate(&site, &secrets);
        let lines = Lines::of(&tree);
        Some(Self { schema, root, tree, lines })
    }

    /// What is otherwise in another file; or why that does not compile.
    pub(super) fn difference(&self, root: &Node) -> Result<Difference, Sink> {
        sketch(root).map(|other| self.lines.compare(&self.tree, &other))
    }

    /// Whether a value changes nothing.
    pub(super) fn is_default(&self, route: &Route, kind: Kind) -> bool {
        self.difference(&change::with(self.root, route, kind)).is_ok_and(|it| it.is_none())
    }
}

/// The output of a changed site file, or what is said of one that is no site.
pub(super) fn sketch(root: &Node) -> Result<Tree, Sink> {
    let (site, secrets) = analyse(root)?;
    Ok(crate::sketch(&site, &secrets))
}

/// What is otherwise between two changed files.
pub(super) fn between(before: &Node, after: &Node) -> Result<Difference, Sink> {
    let (before, after) = (sketch(before)?, sketch(after)?);
    Ok(Lines::of(&before).compare(&before, &after))
}

/// A site file whose secrets are withheld, or what is said of a file that is no site.
fn analyse(root: &Node) -> Result<(Site, Secrets), Sink> {
    let mut sink = Sink::default();
    let document = Document::of(root.clone());
    let Ok(site) = crate::analyse(&document, &mut sink, |_, _| {}) else {
        return Err(sink);
    };
    let names: Vec<SecretName> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let mut manifest = Manifest::empty(site.name.as_str());
    manifest.secrets = names.iter().map(|it| (it.to_string(), UNKNOWN.to_owned())).collect();
    let secrets = Secrets::withheld(&manifest, &names);
    Ok((site, secrets))
}
