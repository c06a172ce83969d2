//! What stopped a command outside the site file: said to a person, and gathered for programs.

use super::Findings;
use super::document::{Finding, Level};
use crate::cli::args::Format;
use crate::cli::site::of_store;
use crate::cli::{Exit, out};
use crate::emit;
use crate::secrets::Refusal;
use crate::store;
use std::error::Error;
use std::path::Path;

impl Findings {
    /// What the store says, and how the run ends.
    pub(in crate::cli) fn store_failed(&mut self, path: &Path, error: store::Error) -> Exit {
        out::say(format!("error: {}", with_cause(&error)));
        let exit = match error {
            store::Error::Refused { .. } => Exit::No,
            store::Error::Io { .. } => Exit::Trouble,
        };
        let said = of_store(path, error);
        self.gather(said.name, path, &said.message, said.help.as_deref());
        exit
    }

    /// What the emitter says, and how the run ends.
    pub(in crate::cli) fn emission_failed(&mut self, error: &emit::Error) -> Exit {
        match error {
            emit::Error::Refused(refusals) => {
                out::say("error: nothing was written");
                for it in refusals {
                    out::say(format!("  {}: {}\n    help: {}", it.path.display(), it.why, it.help));
                    self.gather("output-refused", &it.path, &it.why, Some(&it.help));
                }
                return Exit::No;
            }
            emit::Error::Busy { path } => {
                self.gather("output-busy", path, &error.to_string(), Some("wait until it is done"));
            }
            emit::Error::Io { path, .. } => {
                self.gather("output-failed", path, &with_cause(error), None);
            }
        }
        out::say(format!("error: {}", with_cause(error)));
        Exit::Trouble
    }

    /// A build that would lose a secret with which a server runs.
    pub(in crate::cli) fn would_lose(&mut self, site: &str, store: &Path, it: &Refusal) -> Exit {
        out::say(format!("error: {}\n  help: {}\n{site}: nothing was written", it.why, it.help));
        self.gather("lost-secret", store, &it.why, Some(&it.help));
        Exit::No
    }

    /// Any other answer that is no, about a file as a whole.
    pub(in crate::cli) fn refused(&mut self, name: &'static str, file: &Path, why: &str) -> Exit {
        out::say(format!("error: {why}"));
        self.gather(name, file, why, None);
        Exit::No
    }

    /// What could not be done at all, for a file as a whole.
    pub(in crate::cli) fn failed(&mut self, name: &'static str, file: &Path, why: &str) -> Exit {
        out::say(format!("error: {why}"));
        self.gather(name, file, why, None);
        Exit::Trouble
    }

    fn gather(&mut self, name: &str, file: &Path, message: &str, help: Option<&str>) {
        if self.format == Format::Human {
            return;
        }
        let mut finding = Finding::new(Level::Error, name, message, file.display().to_string());
        finding.help = help.map(str::to_owned);
        self.gathered.push(finding);
    }
}

/// An error and what lies beneath it.
fn with_cause(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_cause(cause)),
        None => error.to_string(),
    }
}
