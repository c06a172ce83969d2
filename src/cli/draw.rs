//! Diagnostics for people: the line itself, a caret, the reason, and what to write instead.

use super::out;
use crate::diag::{Diagnostic, Place, Severity, Sink};
use crate::source::{Source, Span};
use crate::spec::Document;
use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};

/// Draws everything that gathered, in the order of the file.
pub(super) fn all(source: &Source, document: Option<&Document>, sink: &Sink) {
    let source = &without_secrets(source, sink);
    for (span, diagnostic) in in_order(source, document, sink) {
        match diagnostic.severity {
            Severity::Info => out::say(remark(source, span, diagnostic)),
            Severity::Warning | Severity::Error => out::say(one(source, span, diagnostic) + "\n"),
        }
    }
}

/// What needs no answer takes one line: where, what, and why it is accepted.
fn remark(source: &Source, span: Option<Span>, diagnostic: &Diagnostic) -> String {
    let place = span.map(|span| source.line_column(span.start));
    let place = place.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
    format!("{}{place}: info[{}]: {}", source.name, diagnostic.name, diagnostic.message)
}

/// The text with stars in the place of each literal secret: a drawn line may end in a log. Every byte and every line
/// stays where it is.
fn without_secrets(source: &Source, sink: &Sink) -> Source {
    let mut text = super::mask::masked(&source.text);
    for diagnostic in sink.diagnostics.iter().filter(|it| it.name == "literal-secret") {
        if let Place::Span(span) = &diagnostic.at {
            let span = without_end(source, span.clone());
            let star = |byte| if byte == b'\n' { '\n' } else { '*' };
            let stars: String = text[span.clone()].bytes().map(star).collect();
            text.replace_range(span, &stars);
        }
    }
    Source::new(source.name.clone(), text)
}

/// Everything that gathered, each with its place, in the order of the file; what has none comes last.
pub(super) fn in_order<'a>(
    source: &Source,
    document: Option<&Document>,
    sink: &'a Sink,
) -> Vec<(Option<Span>, &'a Diagnostic)> {
    let mut found: Vec<(Option<Span>, &Diagnostic)> =
        sink.diagnostics.iter().map(|it| (span(source, document, it), it)).collect();
    found.sort_by_key(|(span, _)| span.as_ref().map_or(usize::MAX, |it| it.start));
    found
}

fn span(source: &Source, document: Option<&Document>, it: &Diagnostic) -> Option<Span> {
    let span = match (document, &it.at) {
        (_, Place::Span(span)) => Some(span.clone()),
        (Some(document), place) => document.span(place),
        (None, _) => None,
    };
    span.map(|span| without_end(source, span))
}

/// A block of text reaches to the key behind it: the line breaks and spaces between are not meant.
fn without_end(source: &Source, span: Span) -> Span {
    match source.text.get(span.clone()).map_or(0, |text| text.trim_end().len()) {
        0 => span,
        length => span.start..span.start + length,
    }
}

/// What may stand at a place instead. Text over several lines has a mark before it, which would have to go, too.
pub(super) fn instead<'a>(source: &Source, span: &Span, it: &'a Diagnostic) -> Option<&'a str> {
    let text = source.text.get(span.clone())?;
    it.instead.as_deref().filter(|_| !text.contains('\n'))
}

/// One diagnostic, styled; the stream takes the style away where it is not wanted.
fn one(source: &Source, span: Option<Span>, diagnostic: &Diagnostic) -> String {
    let mut group = Group::with_title(
        level(diagnostic.severity).primary_title(diagnostic.message.as_str()).id(diagnostic.name),
    );
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
    let patch = span.and_then(|span| Some((instead(source, &span, diagnostic)?, span)));
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

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    }
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
