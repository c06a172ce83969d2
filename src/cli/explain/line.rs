//! From a line of the output to the keys that it follows from.

use super::traced::Traced;
use super::{did_you_mean, variable};
use crate::artifacts::ARTIFACTS;
use crate::cli::{Exit, out};
use crate::trace::{At, Effect, Trace};
use std::path::Path;

/// `docker/.env:12`, as it was asked for.
#[derive(Debug)]
pub(super) struct Place {
    path: String,
    line: usize,
}

impl Place {
    /// Reads a name as a path and the number of a line.
    pub(super) fn read(name: &str) -> Option<Self> {
        let (path, line) = name.rsplit_once(':')?;
        Some(Self { path: path.into(), line: line.parse().ok()? })
    }
}

/// Says which keys a line follows from.
pub(super) fn run(site: Option<&Path>, name: &str, place: &Place) -> Exit {
    let Some(site) = site else {
        out::say(format!("error: `{name}` is a line of an output: name its site with --site"));
        return Exit::Trouble;
    };
    match Traced::read(site, Trace::output) {
        Ok(traced) => explain(traced, place),
        Err(exit) => exit,
    }
}

fn explain(traced: Traced, place: &Place) -> Exit {
    let paths: Vec<&str> = traced.trace.tree().files.keys().map(|it| it.as_str()).collect();
    // A path may be given from where the output stands, as `out/my-site/docker/.env`.
    let within = |it: &&&str| place.path == **it || place.path.ends_with(&format!("/{it}"));
    let Some(path) = paths.iter().filter(within).max_by_key(|it| it.len()) else {
        let hint = did_you_mean(&place.path, paths.iter().copied());
        let file = traced.file();
        out::say(format!("error: {file} compiles to no file `{}`{hint}", place.path));
        return Exit::No;
    };
    let at = At { path: (*path).to_owned(), line: place.line };
    let Some(text) = traced.trace.text(&at) else {
        let last = traced.trace.tree().get(&at.path).map_or(0, |it| it.text().lines().count());
        out::say(format!(
            "error: {path} has no line {}: did you mean `{path}:{last}`, its last?",
            at.line
        ));
        return Exit::No;
    };
    out::result_text(&page(traced, &at, &text));
    Exit::Done
}

fn page(traced: Traced, at: &At, text: &str) -> String {
    let mut page = format!("{}\n\n", traced.line(at));
    if at.path == crate::manifest::PATH {
        page.push_str("The manifest says of every other file what it is: it follows from all that they follow from.\n");
        return page;
    }
    if text.trim().is_empty() {
        page.push_str("The line is blank.\n");
        return page;
    }
    let traced = traced.whole();
    page.push_str(&sources(&traced, at));
    page.push_str(&made_by(&traced, at));
    if let Some(variable) = variable::named_in(text).and_then(|it| variable::page(it, None)) {
        page.push_str(&format!("\n{variable}"));
    }
    page
}

/// The keys of a line, each with what else follows from it.
fn sources(traced: &Traced, at: &At) -> String {
    let keys = traced.trace.keys(at);
    if keys.is_empty() {
        return no_source(traced);
    }
    let mut text = String::from("It follows from:\n");
    for effect in keys {
        text.push_str(&format!("  {}\n    {}\n", traced.key(effect), with_it(effect)));
    }
    text
}

fn with_it(effect: &Effect) -> String {
    match effect.lines.len() - 1 {
        0 => "nothing else follows from it".into(),
        others => format!("{} too", follow(others, "other line")),
    }
}

/// `1 line follows from it`, `2 lines follow from it`.
pub(super) fn follow(number: usize, one: &str) -> String {
    let verb = if number == 1 { "follows" } else { "follow" };
    format!("{} {verb} from it", out::count(number, one))
}

fn no_source(traced: &Traced) -> String {
    let unknown: Vec<String> =
        traced.trace.unknown().map(|it| format!("  {}\n", it.route)).collect();
    if unknown.is_empty() {
        return "It follows from no key: trigger-gen fixes it.\n".into();
    }
    format!(
        "It follows from no key that could be measured. Of these no value that compiles with the rest of this site\n\
         was found to change anything:\n{}",
        unknown.concat()
    )
}

fn made_by(traced: &Traced, at: &At) -> String {
    let name = traced.trace.tree().get(&at.path).map_or("", |it| it.artifact);
    let summary = ARTIFACTS.iter().find(|it| it.name == name).map_or("", |it| it.summary);
    format!("\nMade by {name} (artifact): {summary}.\n")
}
