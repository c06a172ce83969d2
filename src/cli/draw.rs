//! Diagnostics for people: the line itself, a caret, the reason, and what to write instead.

use super::out;
use crate::diag::{Diagnostic, Place, Severity, Sink};
use crate::source::Source;
use crate::spec::Document;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

/// Draws everything that gathered, in the order of the file.
pub(super) fn all(source: &Source, document: Option<&Document>, sink: &Sink) {
    let source = &without_secrets(source, sink);
    let mut found: Vec<(usize, &Diagnostic)> =
        sink.diagnostics.iter().map(|it| (start(it, document), it)).collect();
    found.sort_by_key(|(start, _)| *start);
    for (start, diagnostic) in found {
        match diagnostic.severity {
            Severity::Info => out::say(remark(source, start, diagnostic)),
            Severity::Warning | Severity::Error => {
                out::say(one(source, document, diagnostic) + "\n")
            }
        }
    }
}

/// What needs no answer takes one line: where, what, and why it is accepted.
fn remark(source: &Source, start: usize, diagnostic: &Diagnostic) -> String {
    let (line, column) = source.line_column(start);
    format!("{}:{line}:{column}: info[{}]: {}", source.name, diagnostic.name, diagnostic.message)
}

/// The text with stars in the place of each literal secret: a drawn line may end in a log.
fn without_secrets(source: &Source, sink: &Sink) -> Source {
    let mut text = source.text.clone();
    for diagnostic in sink.diagnostics.iter().filter(|it| it.name == "literal-secret") {
        if let Place::Span(span) = &diagnostic.at {
            text.replace_range(span.clone(), &"*".repeat(span.len()));
        }
    }
    Source::new(source.name.clone(), text)
}

fn start(diagnostic: &Diagnostic, document: Option<&Document>) -> usize {
    span(diagnostic, document).map_or(usize::MAX, |span| span.start)
}

fn span(diagnostic: &Diagnostic, document: Option<&Document>) -> Option<crate::source::Span> {
    match (document, &diagnostic.at) {
        (_, Place::Span(span)) => Some(span.clone()),
        (Some(document), place) => document.span(place),
        (None, _) => None,
    }
}

/// One diagnostic, styled; the stream takes the style away where it is not wanted.
pub(super) fn one(source: &Source, document: Option<&Document>, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut group =
        Group::with_title(level.primary_title(diagnostic.message.as_str()).id(diagnostic.name));
    let span = span(diagnostic, document);
    if let Some(span) = &span {
        let mut mark = AnnotationKind::Primary.span(span.clone());
        if let Some(label) = &diagnostic.label {
            mark = mark.label(label.as_str());
        }
        group = group.element(
            Snippet::source(source.text.as_str()).path(source.name.as_str()).annotation(mark),
        );
    }
    if let Place::Elsewhere(place) = &diagnostic.at {
        group = group.element(Level::NOTE.message(format!("at {place}")));
    }
    group = diagnostic
        .notes
        .iter()
        .fold(group, |group, note| group.element(Level::NOTE.message(note.as_str())));
    let patch = diagnostic.instead.as_deref().zip(span);
    let mut report = Vec::new();
    match (&diagnostic.help, patch) {
        (Some(help), Some((instead, span))) => {
            report.push(group);
            let snippet = Snippet::source(source.text.as_str()).path(source.name.as_str());
            report.push(
                Group::with_title(Level::HELP.secondary_title(help.as_str()))
                    .element(snippet.patch(Patch::new(span, instead))),
            );
        }
        (Some(help), None) => report.push(group.element(Level::HELP.message(help.as_str()))),
        (None, _) => report.push(group),
    }
    Renderer::styled().render(&report)
}

/// `2 errors, 1 warning`; nothing where there is nothing.
pub(super) fn summary(sink: &Sink) -> Option<String> {
    let parts: Vec<String> = [Severity::Error, Severity::Warning]
        .into_iter()
        .map(|severity| (severity, sink.count(severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| out::count(count, severity.word()))
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
