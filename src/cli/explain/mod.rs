//! `explain`: what a name means, wherever it comes from; with a site, also what follows from it there.
//!
//! Adding a kind of name: a function that gives its page, its line in [`pages`], its names in [`names`].

mod key;
mod line;
mod page;
mod traced;
mod variable;

use super::args::Explain;
use super::{Exit, out};
use crate::artifacts::ARTIFACTS;
use crate::diag::{Route, nearest};
use crate::lint::LINTS;
use crate::proof::PROOFS;
use crate::release::{self, Reader};
use crate::trace::Trace;
use traced::Traced;

pub(super) fn run(verb: &Explain) -> Exit {
    let name = verb.name.as_str();
    if let Some(place) = line::Place::read(name) {
        return line::run(verb.site.as_deref(), name, &place);
    }
    let is_variable = variable::is_name(name);
    let wanted = |route: &Route| is_variable || key::asks(name, route);
    let measured = |path| Traced::read(path, |it| Trace::of(it, wanted));
    let traced = match verb.site.as_deref().map(measured).transpose() {
        Ok(traced) => traced,
        Err(exit) => return exit,
    };
    let found = pages(name, traced.as_ref());
    if found.is_empty() {
        return unknown(name, traced.as_ref());
    }
    out::result_text(&found.join("\n"));
    Exit::Done
}

/// Every page that a name has.
fn pages(name: &str, traced: Option<&Traced>) -> Vec<String> {
    let pages = [
        page::lint(name),
        page::proof(name),
        crate::catalogue::page(name),
        crate::secrets::explain(name),
        page::artifact(name),
        key::page(name, traced),
        variable::page(name, traced),
    ];
    pages.into_iter().flatten().collect()
}

/// Every name that has a page.
fn names() -> Vec<String> {
    let lints = LINTS.iter().map(|it| it.name.to_owned());
    let proofs = PROOFS.iter().map(|it| it.name.to_owned());
    let artifacts = ARTIFACTS.iter().map(|it| it.name.to_owned());
    let variables = Reader::ALL
        .iter()
        .flat_map(|reader| release::reader_table(*reader))
        .map(|it| it.name.to_owned());
    let faults = crate::catalogue::names().map(str::to_owned);
    lints
        .chain(proofs)
        .chain(faults)
        .chain(artifacts)
        .chain(variables)
        .chain(key::names())
        .collect()
}

fn unknown(name: &str, traced: Option<&Traced>) -> Exit {
    let mut known = names();
    known.extend(traced.into_iter().flat_map(Traced::keys));
    let hint = did_you_mean(name, known.iter().map(String::as_str));
    out::say(format!("error: nothing is called `{name}`{hint}"));
    Exit::No
}

fn did_you_mean<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, known).map(|it| format!(": did you mean `{it}`?")).unwrap_or_default()
}
