//! The catalogue: every way to get a self-hosted Trigger.dev wrong that is known, and who prevents it.
//!
//! Each lands in exactly one place, the first that can stop it: a type that cannot hold it, a lint on the
//! site, a proof on the tree, or the doctor on the running server. What an author could write is stopped
//! by a type or a lint; what lies between files, or in a store of secrets, by a proof.
//!
//! The names are those under which people report the fault. Where a lint or a proof here has another
//! name, the row leads there.

mod awaiting;
mod observed;
mod rows;

pub use awaiting::{AWAITING, Awaiting};
pub use observed::{OBSERVED, Observed};
pub use rows::CATALOGUE;

use crate::lint::{LINTS, Lint};
use crate::proof::{PROOFS, Proof};

/// One way to get it wrong.
#[derive(Debug)]
pub struct Entry {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// Who prevents it.
    pub handled: Handled,
    /// Proofs that find the same in a tree which somebody edited, or wrote by hand.
    pub also: &'static [&'static str],
    /// What else is to be said; empty where the table says it all.
    pub note: &'static str,
}

/// Who prevents it: exactly one of four.
#[derive(Debug, Clone, Copy)]
pub enum Handled {
    /// Nobody has to: no site can say it.
    Unrepresentable {
        /// The type that has no value for it.
        by: &'static str,
        /// A page, in Markdown.
        page: &'static str,
    },
    /// Advice on the site.
    Lint(&'static str),
    /// Something that holds between the files of every tree.
    Proof(&'static [&'static str]),
    /// Nobody before the server runs: no file says it.
    Doctor,
}

impl Handled {
    /// The place, in a word.
    pub fn place(&self) -> &'static str {
        match self {
            Self::Unrepresentable { .. } => "unrepresentable",
            Self::Lint(_) => "lint",
            Self::Proof(_) => "proof",
            Self::Doctor => "doctor",
        }
    }

    /// What does it there: a type, a lint, proofs.
    pub fn which(&self) -> Vec<&'static str> {
        match *self {
            Self::Unrepresentable { by, .. } => vec![by],
            Self::Lint(name) => vec![name],
            Self::Proof(names) => names.to_vec(),
            Self::Doctor => Vec::new(),
        }
    }
}

/// The row of a name.
pub fn lookup(name: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|it| it.name == name)
}

/// Every name, those included that wait for a part of the site file.
pub fn names() -> impl Iterator<Item = &'static str> {
    CATALOGUE.iter().map(|it| it.name).chain(AWAITING.iter().map(|it| it.name))
}

/// What a name means, with the pages of the lint and the proofs that it leads to; `None` where there is
/// no such name, or where a lint or proof has it and there is no more to say.
pub fn page(name: &str) -> Option<String> {
    if let Some(it) = AWAITING.iter().find(|it| it.name == name) {
        let until = "prevented by what comes with";
        return Some(format!(
            "{name} (catalogue)\n\n{until} {}; nothing says it yet.\n",
            it.section
        ));
    }
    let entry = lookup(name)?;
    let own = entry.handled.which() == [name] && entry.note.is_empty() && entry.also.is_empty();
    (!own).then(|| told(entry))
}

fn told(entry: &Entry) -> String {
    let mut text = format!("{} (catalogue)\n\n", entry.name);
    match entry.handled {
        Handled::Unrepresentable { by, page } => {
            text += &format!(
                "No site can say it: `{by}` has no value for it.\n\n{}\n",
                page.trim_end()
            );
        }
        Handled::Lint(name) => text += &format!("The lint `{name}` finds it.\n"),
        Handled::Proof(names) => text += &format!("Proved of every tree: {}.\n", listed(names)),
        Handled::Doctor => text += "Seen on the running server alone.\n",
    }
    if !entry.note.is_empty() {
        text += &format!("\n{}\n", sentence(entry.note));
    }
    if !entry.also.is_empty() {
        text += &format!("\n`verify` finds it in an edited tree: {}.\n", listed(entry.also));
    }
    let others = entry.handled.which().into_iter().chain(entry.also.iter().copied());
    for name in others.filter(|it| *it != entry.name) {
        if let Some(lint) = lint(name) {
            text += &format!("\n{name} (lint, {})\n\n{}", lint.severity.word(), lint.explain);
        }
        if let Some(proof) = proof(name) {
            text += &format!("\n{name} (proof): {}\n", proof.summary);
        }
    }
    text
}

/// The lint of a name.
fn lint(name: &str) -> Option<&'static Lint> {
    LINTS.iter().copied().find(|it| it.name == name)
}

/// The proof of a name.
fn proof(name: &str) -> Option<&'static Proof> {
    PROOFS.iter().copied().find(|it| it.name == name)
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    let first = letters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
