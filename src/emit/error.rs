//! Why the output could not be written, and what that left on disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A failure of the edge. No variant ever holds the content of a file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Writing would destroy or follow something that is not ours. Nothing was changed.
    #[error("{}", lines(.0))]
    Refused(Vec<Refusal>),
    /// Another process is writing this very site. Nothing was changed.
    #[error("another trigger-gen is writing `{}`", .path.display())]
    Busy {
        /// The output folder.
        path: PathBuf,
    },
    /// The system said no.
    #[error("failed to {doing} `{}`; {outcome}", .path.display())]
    Io {
        /// What was tried, as a verb: `create`.
        doing: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// What the failure left behind.
        outcome: Outcome,
        /// What the system said.
        source: io::Error,
    },
}

/// One thing in the way, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is in the way.
    pub path: PathBuf,
    /// Says what it is: `is a symbolic link`.
    pub why: String,
    /// Says what to do about it, as an imperative.
    pub help: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}: {}", self.path.display(), self.why, self.help)
    }
}

/// The state of the output after a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The old tree stands as it did.
    Untouched,
    /// Parts are switched; the next run finishes the rest.
    Unfinished,
    /// The new tree stands; clearing away the old one failed.
    Switched,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Untouched => "nothing was changed",
            Self::Unfinished => "the output is half switched, run the command again to finish it",
            Self::Switched => "the new output is in place, run the command again to clear up",
        })
    }
}

impl Error {
    /// A single refusal.
    pub(super) fn refused(path: &Path, why: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused(vec![Refusal { path: path.into(), why: why.into(), help: help.into() }])
    }

    /// The same failure, seen from what it left behind.
    pub(super) fn leaving(self, outcome: Outcome) -> Self {
        match self {
            Self::Io { doing, path, source, .. } => Self::Io { doing, path, outcome, source },
            other => other,
        }
    }
}

/// Turns an error of the system into ours: `.map_err(failed("read", path))`.
pub(super) fn failed<E: Into<io::Error>>(
    doing: &'static str,
    path: impl AsRef<Path>,
) -> impl FnOnce(E) -> Error {
    move |source| Error::Io {
        doing,
        path: path.as_ref().to_path_buf(),
        outcome: Outcome::Untouched,
        source: source.into(),
    }
}

fn lines(refusals: &[Refusal]) -> String {
    refusals.iter().map(Refusal::to_string).collect::<Vec<_>>().join("\n")
}
