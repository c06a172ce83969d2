//! The tour of README.md, run as a newcomer would: every `console` block in its order, in one folder.
//!
//! A `yaml` block is the site file from there on: one that begins with `version:` whole, any other as the keys that it
//! puts in the place of those of the whole one. A comment `<!-- $ COMMAND -->` is run without being shown. A line `…`
//! stands for lines that are left out.
#![allow(clippy::disallowed_methods, reason = "this test stands outside the compiler")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;
use trigger_gen::artifacts::ARTIFACTS;

/// What the reader of the page does or sees, and the line of the page.
enum Step {
    Site(String),
    Hidden(String),
    Console { command: String, said: Vec<String>, line: usize },
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((_, line)) = lines.next() {
        if let Some(rest) = line.strip_prefix("<!-- $ ") {
            let command = rest.strip_suffix(" -->").expect("a comment of one line");
            steps.push(Step::Hidden(command.to_owned()));
        }
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: Vec<(usize, &str)> =
            lines.by_ref().take_while(|(_, line)| *line != "```").collect();
        match language {
            "yaml" => {
                steps.push(Step::Site(block.iter().map(|(_, it)| format!("{it}\n")).collect()))
            }
            "console" => steps.extend(consoles(&block)),
            _ => {}
        }
    }
    steps
}

fn consoles(block: &[(usize, &str)]) -> Vec<Step> {
    let mut found: Vec<Step> = Vec::new();
    for (at, text) in block {
        match (text.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push(Step::Console {
                command: command.to_owned(),
                said: Vec::new(),
                line: at + 1,
            }),
            (None, Some(Step::Console { said, .. })) => said.push((*text).to_owned()),
            (None, _) => panic!("README.md:{}: a console begins with a command", at + 1),
        }
    }
    found
}

/// A site file as its keys of the first level, each with everything below it.
fn keys(site: &str) -> Vec<(&str, String)> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for line in site.lines() {
        match (line.split_once(':'), found.last_mut()) {
            (Some((key, _)), _) if !line.starts_with([' ', '#']) => {
                found.push((key, format!("{line}\n")));
            }
            (_, Some((_, text))) => *text += &format!("{line}\n"),
            (_, None) => panic!("a site file begins with a key: {line}"),
        }
    }
    found
}

/// The whole site with the keys of a part in the place of its own.
fn with(whole: &str, part: &str) -> String {
    let mut keys_of_both = keys(whole);
    for (key, text) in keys(part) {
        match keys_of_both.iter_mut().find(|(name, _)| *name == key) {
            Some((_, old)) => *old = text + if old.ends_with("\n\n") { "\n" } else { "" },
            None => keys_of_both.push((key, format!("\n{text}"))),
        }
    }
    keys_of_both.into_iter().map(|(_, text)| text).collect()
}

/// Everything that a command says, on whichever stream, in its order.
fn said(folder: &Path, command: &str) -> String {
    let program = crate::cli::program();
    let programs = program.parent().expect("a folder").to_str().expect("UTF-8");
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{programs}:/usr/bin:/bin"))
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Whether lines are as they are shown, where `…` stands for one line or more.
fn shown(shown_lines: &[String], real: &[&str]) -> bool {
    match shown_lines.split_first() {
        None => real.is_empty(),
        Some((first, rest)) if first.trim() == "…" => {
            (1..=real.len()).any(|left_out| shown(rest, &real[left_out..]))
        }
        Some((first, rest)) => {
            real.split_first().is_some_and(|(line, more)| first == line && shown(rest, more))
        }
    }
}

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("readable")
}

#[test]
fn the_tour_shows_what_the_program_says() {
    let folder = TempDir::new().expect("a folder");
    let (mut whole, mut run, mut wrong) = (String::new(), 0, Vec::new());
    for step in steps(&page()) {
        match step {
            Step::Site(text) => {
                let begins = text.starts_with("version:");
                let site = if begins { text } else { with(&whole, &text) };
                fs::write(folder.path().join("site.yaml"), &site).expect("written");
                if begins {
                    whole = site;
                }
            }
            Step::Hidden(command) => assert_eq!(said(folder.path(), &command), "", "{command}"),
            Step::Console { command, said: expected, line } => {
                run += 1;
                let real = said(folder.path(), &command);
                let real: Vec<&str> = real.trim_end().lines().collect();
                if !shown(&expected, &real) {
                    wrong.push(format!("README.md:{line}: $ {command}\n{}\n", real.join("\n")));
                }
            }
        }
    }
    assert!(run >= 6, "the tour has {run} commands");
    assert!(wrong.is_empty(), "the program says something else:\n\n{}", wrong.join("\n"));
}

/// Whoever looks for what comes out finds a row for everything that is made.
#[test]
fn every_artifact_is_in_the_table() {
    let page = page();
    for artifact in ARTIFACTS {
        for path in artifact.paths.split(", ").filter(|it| !it.starts_with("workers/<host>/host")) {
            let fixed = path.split(['*', '…']).next().unwrap_or_default();
            assert!(page.contains(&format!("`{fixed}")), "README.md has no row for `{path}`");
        }
    }
}

#[test]
fn an_ellipsis_is_one_line_or_more() {
    let expect = |shown_text: &str, real: &str| {
        let lines: Vec<String> = shown_text.lines().map(str::to_owned).collect();
        shown(&lines, &real.lines().collect::<Vec<_>>())
    };
    assert!(expect("a\n  …\nd", "a\nb\nc\nd") && expect("…\nd", "a\nd") && expect("a", "a"));
    assert!(!expect("a\n…\nd", "a\nd") && !expect("a", "a\nb") && !expect("a\n…", "a"));
    assert!(!expect("", "a") && !expect("a", "") && !expect("a", "b"));
}

#[test]
fn a_part_takes_the_place_of_its_keys() {
    let whole = "a: 1\n\nb:\n  - c\n\nd: 2\n";
    assert_eq!(with(whole, "b: x\n"), "a: 1\n\nb: x\n\nd: 2\n");
    assert_eq!(with(whole, "a: 3\n\ne:\n  f: 4\n"), "a: 3\n\n\nb:\n  - c\n\nd: 2\n\ne:\n  f: 4\n");
}
