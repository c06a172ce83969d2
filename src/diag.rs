//! What the compiler has to say to the author, and where it gathers.

use crate::source::Span;
use std::fmt;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing has to change.
    Info,
    /// Compiles, but is probably not what you want to run.
    Warning,
    /// Does not compile.
    Error,
}

impl Severity {
    /// The word that messages use.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One step of a [`Route`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A key of a mapping.
    Key(String),
    /// A place in a list, from 0.
    Index(usize),
}

/// The path of keys to a place in the spec: `docker.topology.workers[0].name`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route(pub Vec<Step>);

impl Route {
    /// The document itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// This route, one key further.
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.with(Step::Key(key.into()))
    }

    /// This route, one list item further.
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

/// Keys that hold no dot, which is every key of the spec.
impl From<&str> for Route {
    fn from(dotted: &str) -> Self {
        Self(
            dotted
                .split('.')
                .filter(|key| !key.is_empty())
                .map(|key| Step::Key(key.into()))
                .collect(),
        )
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if nth == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Where in the spec. What is absent is drawn at its nearest parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The key that a route ends in.
    Key(Route),
    /// The value that a route leads to.
    Value(Route),
    /// A span of text, for what has no route: broken YAML, a key's second appearance.
    Span(Span),
    /// No place in the spec: a file of the output, the store, the command line.
    Elsewhere(String),
}

/// One thing to tell the author.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Error, warning or info.
    pub severity: Severity,
    /// Kebab-case, stable across releases: `floating-image`.
    pub name: &'static str,
    /// States the fact. Lower case, no full stop, values in backticks.
    pub message: String,
    /// What it is about.
    pub at: Place,
    /// A few words drawn under the place itself.
    pub label: Option<String>,
    /// Says what to do about it, as an imperative.
    pub help: Option<String>,
    /// What may stand at the place instead, ready to be pasted.
    pub instead: Option<String>,
    /// Further facts, one a line.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// An error; the author's spec does not compile.
    pub fn error(name: &'static str, at: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, name, at, message)
    }

    /// A warning; the spec compiles.
    pub fn warning(name: &'static str, at: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, name, at, message)
    }

    /// A diagnostic of any severity, without help or notes.
    pub fn new(
        severity: Severity,
        name: &'static str,
        at: Place,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self {
            severity,
            name,
            message,
            at,
            label: None,
            help: None,
            instead: None,
            notes: Vec::new(),
        }
    }

    /// Adds the words drawn under the place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the text that may stand there instead.
    pub fn instead(mut self, text: impl Into<String>) -> Self {
        self.instead = Some(text.into());
        self
    }

    /// Adds a further fact.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// Where diagnostics gather. Stages push; checkpoints ask.
#[derive(Debug, Default)]
pub struct Sink {
    /// In the order in which they were found.
    pub diagnostics: Vec<Diagnostic>,
}

/// The sink holds an error: the stage that asked must not go on.
#[derive(Debug, PartialEq, Eq)]
pub struct Stopped;

impl Sink {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// How many of a severity there are.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|it| it.severity == severity).count()
    }

    /// Stops here if any stage so far reported an error.
    pub fn checkpoint(&self) -> Result<(), Stopped> {
        if self.count(Severity::Error) > 0 { Err(Stopped) } else { Ok(()) }
    }
}

/// The candidate nearest to what was written, if it is near enough to be meant.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let allowed = (written.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_reads_as_it_is_written() {
        let route = Route::from("docker.topology.workers").index(1).key("name");
        assert_eq!(route.to_string(), "docker.topology.workers[1].name");
    }

    #[test]
    fn far_words_are_no_suggestion() {
        assert_eq!(nearest("prt", ["port", "host"]), Some("port"));
        assert_eq!(nearest("tls", ["list", "port"]), None);
    }
}
