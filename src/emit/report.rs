//! What happened, or would happen, to each path.

use crate::tree::OutPath;
use std::path::PathBuf;

/// Every path that the compiler makes or made, by its fate. Files that are
/// somebody else's are carried over and not listed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Written where nothing stood.
    pub created: Vec<OutPath>,
    /// Ours, with other content than before.
    pub changed: Vec<OutPath>,
    /// Ours, with the right content and the wrong permissions.
    pub mode_changed: Vec<OutPath>,
    /// Ours, as it was made, and no longer made.
    pub removed: Vec<OutPath>,
    /// As it should be.
    pub unchanged: Vec<OutPath>,
    /// Edited by hand and still made: kept as it is.
    pub kept_edited: Vec<OutPath>,
    /// Edited by hand and no longer made: kept, and from now on somebody else's.
    pub edited_but_no_longer_made: Vec<OutPath>,
    /// What an earlier, killed run had left behind.
    pub recovered: Recovered,
    /// Where the old tree was put.
    pub set_aside: Option<PathBuf>,
}

impl Report {
    /// Whether the disk differs from what the compiler makes, hand-edits aside.
    pub fn would_write(&self) -> bool {
        [&self.created, &self.changed, &self.mode_changed, &self.removed]
            .iter()
            .any(|it| !it.is_empty())
    }

    /// Whether the output stands exactly as the compiler makes it.
    pub fn is_identical(&self) -> bool {
        !self.would_write()
            && self.kept_edited.is_empty()
            && self.edited_but_no_longer_made.is_empty()
    }

    /// The paths that get a new file.
    pub(super) fn written(&self) -> impl Iterator<Item = &OutPath> {
        self.created.iter().chain(&self.changed).chain(&self.mode_changed)
    }
}

/// What became of a run that was killed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recovered {
    /// There was none, or it had done all but tidy up.
    #[default]
    Nothing,
    /// It had not switched: its staged files were removed, the old tree stands.
    Undone,
    /// It had begun to switch: the new tree stands.
    Finished,
}
