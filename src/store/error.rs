//! What can go wrong between a store and the disk.

use std::io;
use std::path::{Path, PathBuf};

/// Why a store was not read or not written. Nothing was changed. Holds no value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not what a store must be: the answer is no.
    #[error("`{}`: {why}: {help}", .path.display())]
    Refused {
        /// The store.
        path: PathBuf,
        /// What is wrong with it, as a sentence of its own.
        why: String,
        /// Says what to do about it, as an imperative.
        help: String,
    },
    /// The system said no.
    #[error("failed to {doing} `{}`", .path.display())]
    Io {
        /// What was tried, as a verb: `read`.
        doing: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    pub(super) fn refused(path: &Path, why: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Refused { path: path.into(), why: why.into(), help: help.into() }
    }
}

/// Turns an error of the system into ours: `.map_err(failed("read", path))`.
pub(super) fn failed<E: Into<io::Error>>(
    doing: &'static str,
    path: &Path,
) -> impl FnOnce(E) -> Error {
    move |source| Error::Io { doing, path: path.into(), source: source.into() }
}
