//! `allow`: findings that the author accepts, each with the reason.

use super::LINTS;
use crate::diag::{Diagnostic, Place, Route, Severity, Sink, nearest};
use crate::site::{Allowance, Site};

/// Names that lints had, each with what became of it, as the end of "`name` …".
const GONE: &[(&str, &str)] = &[];

/// The entries of `allow`, and which of them have accepted something.
pub(super) struct Allowances<'a> {
    entries: Vec<(&'a Allowance, bool)>,
}

impl<'a> Allowances<'a> {
    pub(super) fn of(site: &'a Site) -> Self {
        Self { entries: site.allow.iter().map(|entry| (entry, false)).collect() }
    }

    /// The finding itself, or the remark that it becomes when an entry accepts it.
    pub(super) fn weigh(&mut self, finding: Diagnostic) -> Diagnostic {
        match self.entries.iter_mut().find(|(entry, _)| entry.lint.as_str() == finding.name) {
            Some((entry, used)) => {
                *used = true;
                let message = format!("{} (allowed: {})", finding.message, entry.because);
                Diagnostic::new(Severity::Info, finding.name, finding.at, message)
            }
            None => finding,
        }
    }

    /// Reports entries that name no lint and, of a site that was looked at as a whole, those that
    /// accepted nothing.
    pub(super) fn report(self, whole: bool, sink: &mut Sink) {
        for (entry, used) in self.entries {
            if LINTS.iter().all(|lint| lint.name != entry.lint.as_str()) {
                sink.push(unknown(entry));
            } else if whole && !used {
                sink.push(unused(entry));
            }
        }
    }
}

fn place(entry: &Allowance) -> Place {
    Place::Value(Route::from("allow").index(entry.index).key("lint"))
}

fn unknown(entry: &Allowance) -> Diagnostic {
    let name = entry.lint.as_str();
    if let Some((_, fate)) = GONE.iter().find(|(gone, _)| *gone == name) {
        return Diagnostic::error("unknown-lint", place(entry), format!("`{name}` {fate}"))
            .help("remove this entry, or name the lint that is meant now");
    }
    let diagnostic =
        Diagnostic::error("unknown-lint", place(entry), format!("there is no lint `{name}`"));
    match nearest(name, LINTS.iter().map(|lint| lint.name)) {
        Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")).instead(meant),
        None => diagnostic.help("`trigger-gen list lints` names all"),
    }
}

fn unused(entry: &Allowance) -> Diagnostic {
    let message = format!("`{}` finds nothing that this entry would have to accept", entry.lint);
    Diagnostic::warning("unused-allow", place(entry), message).help("remove the entry")
}
