//! The page of a variable: who reads it, since when, its default, and what writes it here.

use super::traced::Traced;
use crate::release::{self, COMPOSE_ONLY, Reader, Variable};
use crate::site::owner;
use crate::trace::At;

/// The page, with a site also the lines that write it there.
pub(super) fn page(name: &str, traced: Option<&Traced>) -> Option<String> {
    let readers: Vec<&Variable> =
        Reader::ALL.iter().filter_map(|reader| release::lookup(*reader, name)).collect();
    let compose = COMPOSE_ONLY.iter().find(|it| it.name == name);
    let written = traced.map(|it| written(it, name));
    let known_here = written.as_ref().is_some_and(|it| !it.is_empty());
    if readers.is_empty() && compose.is_none() && !known_here {
        return None;
    }
    let mut text = format!("{name} (variable)\n\n");
    for variable in readers {
        text.push_str(&read_by(variable));
    }
    if let Some(key) = compose {
        text.push_str(&format!("Read by compose alone: {}\n", key.meaning));
    }
    if let (Some(traced), Some(lines)) = (traced, written) {
        text.push_str(&here(traced, &lines));
    }
    Some(text)
}

fn read_by(variable: &Variable) -> String {
    let until = variable.last_until().map(|it| format!(" until {it}")).unwrap_or_default();
    let mut text = format!(
        "Read by the {} since {}{until} ({}).\n",
        variable.reader.name(),
        variable.first_since(),
        variable.source
    );
    if let Some(span) = variable.spans.last() {
        let default = span.default.map_or("none".into(), |it| format!("`{it}`"));
        text.push_str(&format!(
            "  Default: {default}. Required: {}.\n",
            if span.required { "yes" } else { "no" }
        ));
    }
    if let Some(key) = owner(variable.reader, variable.name) {
        text.push_str(&format!("  Written from `{key}`.\n"));
    }
    text
}

/// The lines that write a variable, and the keys of each.
fn here(traced: &Traced, lines: &[At]) -> String {
    if lines.is_empty() {
        return format!("\nNothing writes it for {}: its default holds.\n", traced.file());
    }
    let mut text = format!("\nFor {} it is written here:\n", traced.file());
    for at in lines {
        text.push_str(&format!("  {}\n", traced.line(at)));
    }
    let mut keys: Vec<String> = Vec::new();
    for key in lines.iter().flat_map(|at| traced.trace.keys(at)) {
        let said = format!("  {}\n", traced.key(key));
        if !keys.contains(&said) {
            keys.push(said);
        }
    }
    match keys.is_empty() {
        true => text.push_str("No key decides it: trigger-gen fixes it.\n"),
        false => text.push_str(&format!(
            "These keys decide whether it is, and what it says:\n{}",
            keys.concat()
        )),
    }
    text
}

/// Every line that names the variable as one, and those of `.env` from which such a line takes its value.
fn written(traced: &Traced, name: &str) -> Vec<At> {
    let mut names = vec![name.to_owned()];
    let mut found = Vec::new();
    for wanted in [true, false] {
        for (path, file) in traced.trace.files() {
            let is_compose = path.as_str().ends_with(".yml");
            if is_compose != wanted || path.as_str().ends_with(".redacted") {
                continue;
            }
            for (nth, line) in file.text().lines().enumerate() {
                let Some(named) = named_in(line).filter(|it| names.iter().any(|name| name == it))
                else {
                    continue;
                };
                let taken = line.split_once(&format!("{named}: ${{")).map(|(_, rest)| rest);
                let other = taken.and_then(|it| it.split([':', '}']).next());
                names.extend(other.filter(|_| is_compose && named == name).map(str::to_owned));
                found.push(At { path: path.to_string(), line: nth + 1 });
            }
        }
    }
    found
}

/// Whether a name is spelled as variables are.
pub(super) fn is_name(name: &str) -> bool {
    let spelled = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(spelled)
}

/// The variable that a line writes: `NAME=…` of a file of variables, `NAME: …` of a compose file.
pub(super) fn named_in(line: &str) -> Option<&str> {
    let name = line.trim_start().split(['=', ':']).next()?;
    (is_name(name) && name.len() < line.trim().len()).then_some(name)
}
