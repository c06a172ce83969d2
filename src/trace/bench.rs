//! A site compiled as it is, and again with one thing changed.

use super::Effect;
use super::change::{self, find};
use super::compare::{Difference, Lines};
use super::keys::{Candidate, whole_of};
use super::sample::{self, Others};
use super::shape::Shape;
use crate::diag::{Place, Route, Severity, Sink, Step};
use crate::manifest::Manifest;
use crate::secrets::Secrets;
use crate::spec::Document;
use crate::tree::Tree;
use crate::value::SecretName;
use crate::yaml::{Kind, Node};
use serde_json::Value;

/// What stands in the place of a fingerprint: the store is not looked at.
const UNKNOWN: &str = "…";

/// A site to be compiled with one thing changed.
pub(super) struct Bench<'a> {
    schema: &'a Value,
    pub(super) root: &'a Node,
    pub(super) tree: Tree,
    lines: Lines,
}

/// How many times a change is mended before it is given up.
const MENDINGS: usize = 3;

impl<'a> Bench<'a> {
    pub(super) fn new(schema: &'a Value, root: &'a Node) -> Option<Self> {
        let tree = compile(root).ok()?;
        let lines = Lines::of(&tree);
        Some(Self { schema, root, tree, lines })
    }

    /// What is otherwise in another file; or why that does not compile.
    fn difference(&self, root: &Node) -> Result<Difference, Sink> {
        compile(root).map(|other| self.lines.compare(&self.tree, &other))
    }

    /// Whether a value changes nothing.
    pub(super) fn is_default(&self, route: &Route, kind: Kind) -> bool {
        self.difference(&change::with(self.root, route, kind)).is_ok_and(|it| it.is_none())
    }

    pub(super) fn effect(&self, candidate: &Candidate<'_>) -> Effect {
        let mut effect = Effect::none(candidate);
        let removed = candidate.removable.then(|| self.removed(candidate));
        let others = self.others(candidate);
        let few = others.enough == usize::MAX;
        let changed: Vec<Vec<Node>> = removed
            .into_iter()
            .map(|it| vec![it])
            .chain(others.groups.into_iter().map(|group| {
                group.into_iter().map(|it| change::with(self.root, &candidate.route, it)).collect()
            }))
            .collect();
        let enough = others.enough.saturating_add(usize::from(candidate.removable));
        let is_choice = matches!(candidate.shape, Shape::Choice { .. });
        for group in &changed {
            if effect.compiled == enough {
                break;
            }
            let found = group.iter().find_map(|it| Some((it, self.difference(it).ok()?)));
            match found {
                Some((root, it)) => {
                    if few && it.is_none() && !candidate.written {
                        let default = find(root, &candidate.route);
                        effect.default = default.and_then(|it| said(&it.kind));
                    }
                    effect.take(it);
                }
                None if is_choice => self.mended(candidate, group, &mut effect),
                None => {}
            }
        }
        if effect.compiled == 0 && !is_choice {
            self.mended(candidate, changed.iter().flatten(), &mut effect);
        }
        if effect.lines.is_empty() && effect.more.is_empty() {
            effect.default = None;
        }
        effect
    }

    fn removed(&self, candidate: &Candidate<'_>) -> Node {
        match candidate.shape {
            Shape::Free => change::without(self.root, &whole_of(self.root, &candidate.route)),
            _ => change::without(self.root, &candidate.route),
        }
    }

    fn others(&self, candidate: &Candidate<'_>) -> Others {
        let key = match candidate.route.0.last() {
            Some(Step::Key(key)) => key,
            _ => "",
        };
        let written = find(self.root, &candidate.route);
        sample::others(self.schema, &candidate.shape, key, written)
    }

    /// Where no change compiles as it is: takes out what another key says that only fits this one as it stands.
    fn mended<'n>(
        &self,
        candidate: &Candidate<'_>,
        changed: impl IntoIterator<Item = &'n Node>,
        effect: &mut Effect,
    ) {
        for root in changed {
            let mut root = root.clone();
            for _ in 0..MENDINGS {
                let said = match self.difference(&root) {
                    Ok(difference) => return effect.take(difference),
                    Err(said) => said,
                };
                effect.refused |= said
                    .diagnostics
                    .iter()
                    .any(|it| it.severity == Severity::Error && it.name != "key-without-effect");
                let Some(mended) = without_refused(&root, &candidate.route, &said) else { break };
                root = mended;
            }
        }
    }
}

/// The file without the other keys that errors are about.
fn without_refused(root: &Node, route: &Route, said: &Sink) -> Option<Node> {
    let errors = said.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let mut mended = root.clone();
    for error in errors {
        let (Place::Key(at) | Place::Value(at)) = &error.at else { return None };
        let related = at.0.starts_with(&route.0) || route.0.starts_with(&at.0);
        if related || find(root, at).is_none() {
            return None;
        }
        mended = change::without(&mended, at);
    }
    Some(mended)
}

/// The value of a choice in a word.
fn said(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Text(word) => Some(word.clone()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::Map(entries) => entries.first().map(|(key, _)| key.name.clone()),
        _ => None,
    }
}

/// The output of a site file whose secrets are withheld, or what is said of a file that is no site.
fn compile(root: &Node) -> Result<Tree, Sink> {
    let mut sink = Sink::default();
    let document = Document::of(root.clone());
    let Ok(site) = crate::analyse(&document, &mut sink, |_, _| {}) else { return Err(sink) };
    let names: Vec<SecretName> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let mut manifest = Manifest::empty(site.name.as_str());
    manifest.secrets = names.iter().map(|it| (it.to_string(), UNKNOWN.to_owned())).collect();
    Ok(crate::generate(&site, &Secrets::withheld(&manifest, &names)))
}
