//! A site that was read for `explain`, and how its keys and lines are said.

use crate::cli::args::Format;
use crate::cli::findings::Findings;
use crate::cli::{Exit, out, site};
use crate::diag::{Place, Route, Severity, Sink};
use crate::source::Source;
use crate::spec::Document;
use crate::trace::{At, Effect, Trace, find};
use crate::yaml::{Kind, Node};
use std::collections::BTreeMap;
use std::path::Path;

/// As wide as a line of the answer may be: a hundred columns, less what it is indented by.
const WIDTH: usize = 98;

/// A site file and its trace.
pub(super) struct Traced {
    source: Source,
    document: Document,
    pub(super) trace: Trace,
}

impl Traced {
    /// Reads a site; what is wrong with it is said as every command says it.
    pub(super) fn read(
        path: &Path,
        trace: impl FnOnce(&Document) -> Option<Trace>,
    ) -> Result<Self, Exit> {
        let mut findings = Findings::new(Format::Human);
        let source = site::read(path, &mut findings)?;
        let mut sink = Sink::default();
        let document = Document::read(&source, &mut sink);
        let trace = document.as_ref().and_then(trace);
        match (document, trace) {
            (Some(document), Some(trace)) => Ok(Self { source, document, trace }),
            (document, _) => {
                if let Some(document) = &document {
                    let _ = crate::analyse(document, &mut sink, |_, _| {});
                }
                findings.of_site(&source, document.as_ref(), &sink);
                let errors = out::count(sink.count(Severity::Error), "error");
                out::say(format!("{}: {errors}; nothing can be traced", source.name));
                Err(Exit::No)
            }
        }
    }

    /// The same site, every key of it measured.
    pub(super) fn whole(mut self) -> Self {
        if let Some(trace) = Trace::of(&self.document, |_| true) {
            self.trace = trace;
        }
        self
    }

    /// The name of the site file.
    pub(super) fn file(&self) -> &str {
        &self.source.name
    }

    /// Every key within reach, as it may be asked for.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        self.trace.effects().iter().map(|it| it.route.to_string())
    }

    /// A key, and what this site says of it.
    pub(super) fn key(&self, effect: &Effect) -> String {
        let route = &effect.route;
        match (self.place(effect), self.value(route)) {
            (Some(place), Some(value)) => format!("{route}: {value} ({place})"),
            (Some(place), None) => format!("{route} ({place})"),
            (None, _) => format!("{route} ({})", default(effect)),
        }
    }

    /// Where a key is written: `site.yaml:7`.
    pub(super) fn place(&self, effect: &Effect) -> Option<String> {
        let span =
            self.document.span(&Place::Key(effect.route.clone())).filter(|_| effect.written)?;
        Some(format!("{}:{}", self.source.name, self.source.line_column(span.start).0))
    }

    /// What is written for a key, if it can be said in a line.
    pub(super) fn value(&self, route: &Route) -> Option<String> {
        find(self.document.root(), route).and_then(in_a_line)
    }

    /// A line of the output: `docker/.env:12: APP_ORIGIN=…`.
    pub(super) fn line(&self, at: &At) -> String {
        let text = self.trace.text(at).unwrap_or_default();
        cut(&format!("{}:{}: {}", at.path, at.line, text.trim()))
    }

    /// Lines of the output, a file that follows as a whole in one line.
    pub(super) fn lines<'a>(&self, lines: impl IntoIterator<Item = &'a At>) -> Vec<String> {
        let mut files: BTreeMap<&str, Vec<&At>> = BTreeMap::new();
        for at in lines {
            files.entry(&at.path).or_default().push(at);
        }
        let mut out = Vec::new();
        for (path, lines) in &files {
            let text = self.trace.tree().get(path).map_or("", |it| it.text());
            let full = text.lines().filter(|it| !it.trim().is_empty()).count();
            if lines.len() == full && full > 1 {
                out.push(format!("{path}: the whole file, {}", out::count(full, "line")));
            } else if files
                .get(path.trim_end_matches(".redacted"))
                .is_some_and(|it| is_twin(it, lines))
            {
                out.push(format!("{path}: the same, {}", out::count(lines.len(), "line")));
            } else {
                out.extend(lines.iter().map(|at| self.line(at)));
            }
        }
        out
    }
}

/// Whether lines of a redacted file are those of the file that it shows.
fn is_twin(shown: &[&At], lines: &[&At]) -> bool {
    let numbers = |lines: &[&At]| lines.iter().map(|it| it.line).collect::<Vec<_>>();
    lines.iter().all(|it| it.path.ends_with(".redacted")) && numbers(shown) == numbers(lines)
}

/// What holds where a key is not written.
pub(super) fn default(effect: &Effect) -> String {
    match &effect.default {
        Some(word) => format!("not written; by default `{word}`"),
        None => "not written; its default holds".into(),
    }
}

/// A text of at most [`WIDTH`] characters.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(WIDTH) {
        Some(_) => text.chars().take(WIDTH - 1).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

fn in_a_line(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Text(text) | Kind::Number(text) => Some(text.clone()),
        Kind::Bool(value) => Some(value.to_string()),
        Kind::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(in_a_line).collect();
            items.map(|it| format!("[{}]", it.join(", ")))
        }
        Kind::Map(entries) => match entries.as_slice() {
            [(key, name)] if key.name == "secret" => {
                in_a_line(name).map(|name| format!("{{ secret: {name} }}"))
            }
            _ => None,
        },
        Kind::Null => None,
    }
}
