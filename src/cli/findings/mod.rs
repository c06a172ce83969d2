//! What a command finds, in the format that was asked for: drawn for a person at once, or gathered into one document.
//!
//! Invariant: no document holds the text of a site file, so none can repeat a secret that stands in it.

mod document;
mod github;
mod refusals;
mod sarif;

pub use document::json_schema;

use super::args::Format;
use super::{Exit, draw, out};
use crate::diag::{Diagnostic, Place, Severity, Sink};
use crate::proof::Fault;
use crate::secrets::{Concealed, Draft};
use crate::source::{Source, Span};
use crate::spec::Document as Spec;
use document::{Document, Finding, Level};
use std::fmt::Display;
use std::path::Path;

/// The name of what `build --check` finds.
const DIFFERENCE: &str = "output-difference";
const DIFFERENCE_SUMMARY: &str = "The output stands as the site compiles.";

/// Everything that one call finds, about however many sites.
#[derive(Debug)]
pub(super) struct Findings {
    format: Format,
    gathered: Vec<Finding>,
    hidden: Concealed,
    quiet: bool,
}

impl Findings {
    pub(super) fn new(format: Format) -> Self {
        Self { format, gathered: Vec::new(), hidden: Concealed::default(), quiet: false }
    }

    /// Whether a person is told only what is wrong. A document says everything all the same.
    pub(super) fn quiet(self, quiet: bool) -> Self {
        Self { quiet, ..self }
    }

    /// A line for a person that says nothing wrong.
    pub(super) fn remark(&self, line: impl Display) {
        if !self.quiet {
            out::say(line);
        }
    }

    /// From now on no value of this store is said, whatever text it stands in.
    pub(super) fn hide(&mut self, draft: &Draft) {
        self.hidden = Concealed::of(draft);
    }

    /// What the compiler says of a site, in the order of the file.
    pub(super) fn of_site(&mut self, source: &Source, spec: Option<&Spec>, sink: &Sink) {
        let (source, mut sink) = self.shown(source, sink);
        if self.format == Format::Human {
            sink.diagnostics.retain(|it| !self.quiet || it.severity != Severity::Info);
            return draw::all(&source, spec, &sink);
        }
        let found = draw::in_order(&source, spec, &sink);
        self.gathered.extend(found.into_iter().map(|(span, it)| finding(&source, span, it)));
    }

    /// A site file and what is said of it, without the values that are to be hidden.
    fn shown(&self, source: &Source, sink: &Sink) -> (Source, Sink) {
        let hide = |text: &String| self.hidden.without(text);
        let one = |it: &Diagnostic| Diagnostic {
            message: hide(&it.message),
            label: it.label.as_ref().map(hide),
            help: it.help.as_ref().map(hide),
            instead: it.instead.as_ref().map(hide),
            notes: it.notes.iter().map(hide).collect(),
            ..it.clone()
        };
        let sink = Sink { diagnostics: sink.diagnostics.iter().map(one).collect() };
        (Source::new(source.name.clone(), hide(&source.text)), sink)
    }

    /// What does not hold in a folder. A person knows the folder; a program is told the whole path.
    pub(super) fn fault(&mut self, folder: &Path, fault: &Fault) {
        if self.format == Format::Human {
            let line = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
            out::result(format!("{}{line}: {} [{}]", fault.path, fault.message, fault.proof));
            return out::result(format!("  help: {}", fault.help));
        }
        let file = folder.join(&fault.path).display().to_string();
        let mut finding = Finding::new(Level::Error, fault.proof, &fault.message, file);
        finding.line = fault.line;
        finding.help = Some(fault.help.clone());
        self.gathered.push(finding);
    }

    /// A file of the output that is not what the site compiles to.
    pub(super) fn difference(&mut self, path: &Path, why: &str, help: &str) {
        let file = path.display().to_string();
        if self.format == Format::Human {
            return out::result(format!("{file}: {why}"));
        }
        let mut finding = Finding::new(Level::Error, DIFFERENCE, why, file);
        finding.help = Some(help.to_owned());
        self.gathered.push(finding);
    }

    /// Says what was gathered, and ends as the command ends.
    pub(super) fn finish(self, exit: Exit) -> Exit {
        let text = match self.format {
            Format::Human => return exit,
            Format::Json => pretty(&Document::new(self.gathered, exit)),
            Format::Sarif => pretty(&sarif::log(&self.gathered, exit)),
            Format::Github => self.gathered.iter().map(github::command).collect(),
        };
        out::document(&text);
        exit
    }
}

fn pretty(document: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(document).expect("a document is JSON") + "\n"
}

fn finding(source: &Source, span: Option<Span>, diagnostic: &Diagnostic) -> Finding {
    let file = match &diagnostic.at {
        Place::Elsewhere(place) => place.clone(),
        _ => source.name.clone(),
    };
    let level = Level::from(diagnostic.severity);
    let mut finding = Finding::new(level, diagnostic.name, &diagnostic.message, file);
    if let Some(span) = span {
        finding.place(source.line_column(span.start), source.line_column(span.end));
        finding.instead = draw::instead(source, &span, diagnostic).map(str::to_owned);
    }
    finding.label = diagnostic.label.clone();
    finding.help = diagnostic.help.clone();
    finding.notes = diagnostic.notes.clone();
    finding
}
