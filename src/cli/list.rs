//! `list` and `schema`: the tables that are compiled in.

use super::args::{List, What};
use super::{Exit, out};
use crate::artifacts::ARTIFACTS;
use crate::diag::nearest;
use crate::lint::LINTS;
use crate::proof::PROOFS;
use crate::release::{self, Evidence, RELEASES, Reader, Release, Version};

pub(super) fn run(verb: &List) -> Exit {
    match verb.what {
        What::Artifacts => rows(ARTIFACTS.iter().map(|it| [it.name, it.paths, it.summary])),
        What::Lints => rows(LINTS.iter().map(|it| [it.name, it.severity.word(), it.summary()])),
        What::Proofs => rows(PROOFS.iter().map(|it| [it.name, "proof", it.summary])),
        What::Releases => releases(),
        What::Variables => return variables(verb),
    }
    Exit::Done
}

/// Prints the schema.
pub(super) fn schema() -> Exit {
    let schema =
        serde_json::to_string_pretty(&crate::spec::json_schema()).expect("a schema is JSON");
    out::result(schema);
    Exit::Done
}

/// Three columns, the first two as wide as they need to be.
fn rows<'a>(rows: impl Iterator<Item = [&'a str; 3]>) {
    let rows: Vec<[&str; 3]> = rows.collect();
    let width =
        |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    for [a, b, c] in &rows {
        out::result(format!("{a:first$}  {b:second$}  {c}").trim_end());
    }
}

fn releases() {
    let lines: Vec<[String; 3]> = RELEASES.iter().map(|release| release_line(release)).collect();
    rows(lines.iter().map(|[a, b, c]| [a.as_str(), b.as_str(), c.as_str()]));
}

fn release_line(release: &Release) -> [String; 3] {
    let evidence = match release.evidence {
        Evidence::Code => "code",
        Evidence::Documented => "documented",
    };
    let open = release::advisories_open_at(release.version).count();
    let holes = if open == 0 { String::new() } else { out::count(open, "open advisory") };
    [
        release.version.to_string(),
        format!("{}  {evidence}", release.date.unwrap_or("          ")),
        holes,
    ]
}

fn variables(verb: &List) -> Exit {
    let wanted = verb.reader.as_deref().unwrap_or("webapp");
    let Some(reader) = Reader::ALL.iter().copied().find(|it| it.name() == wanted) else {
        let names: Vec<&str> = Reader::ALL.iter().map(|it| it.name()).collect();
        let hint = nearest(wanted, names.iter().copied())
            .map_or(names.join(", "), |it| format!("did you mean `{it}`?"));
        out::say(format!("error: nobody called `{wanted}` reads variables: {hint}"));
        return Exit::Trouble;
    };
    let release = match verb.release.as_deref() {
        None => release::newest_proven(),
        Some(text) => match Version::parse(text).and_then(release::find) {
            Some(release) => release,
            None => {
                out::say(format!(
                    "error: the catalog has no release `{text}`: see `trigger-gen list releases`"
                ));
                return Exit::Trouble;
            }
        },
    };
    let read = release::reader_table(reader).filter_map(|it| Some((it, it.at(release.version)?)));
    let lines: Vec<[String; 3]> = read
        .map(|(variable, span)| {
            let default = span.default.map(|it| format!("default {it}")).unwrap_or_default();
            [variable.name.to_owned(), format!("since {}", variable.first_since()), default]
        })
        .collect();
    rows(lines.iter().map(|[a, b, c]| [a.as_str(), b.as_str(), c.as_str()]));
    Exit::Done
}
