//! The first plant of each proof as the reference shows it: what is broken where, and what is said of it.

use super::planted::planted;
use super::plants::{Edit, PLANTS};
use crate::support;
use std::collections::BTreeMap;
use trigger_gen::proof::{Context, check};
use trigger_gen::tree::Tree;

/// By proof: its broken tree, in Markdown.
pub(crate) fn examples() -> BTreeMap<&'static str, String> {
    let names = support::example_names();
    let trees: BTreeMap<String, Tree> =
        names.into_iter().map(|it| (it.clone(), support::tree(&it))).collect();
    let mut shown = BTreeMap::new();
    for plant in PLANTS {
        if shown.contains_key(plant.proof) {
            continue;
        }
        let mut text = String::new();
        for edit in plant.edits {
            text += &described(edit);
        }
        let faults = check(&planted(plant, trees[plant.example].clone()), &Context::default());
        let fault = faults.iter().find(|it| it.proof == plant.proof).expect("the planted fault");
        let line = fault.line.map_or(String::new(), |it| format!(":{it}"));
        let said = format!("{}{line}: {}\nhelp: {}", fault.path, fault.message, fault.help);
        text += &format!("```text\n{said}\n```\n");
        shown.insert(plant.proof, text);
    }
    shown
}

/// What an edit does, without a value that stood there before.
fn described(edit: &Edit) -> String {
    let path = edit.path();
    match *edit {
        Edit::Replace(_, from, to) | Edit::ReplaceAll(_, from, to) => {
            let (from, to) = without_common_ends(from, to);
            in_file(path, &format!("{}{}", marked('-', &from), marked('+', &to)))
        }
        Edit::Append(_, more) => in_file(path, &marked('+', more)),
        Edit::Set(_, key, value) => in_file(path, &marked('+', &format!("{key}={value}"))),
        Edit::Same(_, from, to) => {
            format!("In `{path}`, `{to}` is given the value of `{from}`.\n\n")
        }
        Edit::Leak(_, env, key) => {
            format!("In `{path}`, a comment holds the value of `{key}` from `{env}`.\n\n")
        }
        Edit::Rewrite(_, whole) if whole.trim().is_empty() => {
            format!("`{path}` is emptied.\n\n")
        }
        Edit::Rewrite(_, whole) => in_file(path, &marked('+', whole)),
        Edit::Mode(_, mode) => format!("`{path}` is given the mode {}.\n\n", mode.octal()),
        Edit::Remove(_) => format!("`{path}` is removed.\n\n"),
    }
}

fn in_file(path: &str, lines: &str) -> String {
    format!("In `{path}`:\n\n```diff\n{lines}```\n\n")
}

/// Each line that says something, after a sign.
fn marked(sign: char, text: &str) -> String {
    let lines = text.lines().filter(|it| !it.trim().is_empty());
    lines.fold(String::new(), |all, it| all + &format!("{sign}{it}\n"))
}

/// Two texts without the lines that both begin and end with.
fn without_common_ends(from: &str, to: &str) -> (String, String) {
    let (mut from, mut to): (Vec<&str>, Vec<&str>) = (from.lines().collect(), to.lines().collect());
    while from.last().is_some_and(|it| Some(it) == to.last()) {
        from.pop();
        to.pop();
    }
    let same = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    (from.split_off(same).join("\n"), to.split_off(same).join("\n"))
}
