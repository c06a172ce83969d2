//! What a run is about to do, written down before it does it, so that the next run can tell what is left.

use super::folder::Stamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The line that follows an intent once everything is staged.
pub(super) const COMMITTED: &[u8] = b"committed\n";

/// How a run means to switch.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Intent {
    /// The staged folder and the output change places in one step.
    Exchange(Exchange),
    /// Files are renamed into the standing output one by one.
    InPlace(InPlace),
}

/// Enough to tell, after a kill, which of the two trees is staged and what in the old one may go.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Exchange {
    /// Inode of the new tree's folder.
    pub(super) staged: u64,
    /// Whether the old tree is kept under another name.
    pub(super) set_aside: bool,
    /// Inodes of the old tree that also stand in the new one, and of its folders.
    pub(super) carried: BTreeSet<u64>,
    /// Files of ours that the new tree replaces or leaves out.
    pub(super) replaced: BTreeSet<Stamp>,
}

/// Everything that is left to do, file by file; each entry can be repeated.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct InPlace {
    /// Files to move over what stood there when it was planned.
    pub(super) put: BTreeMap<String, Option<Stamp>>,
    /// Folders to make first, parents before children.
    pub(super) folders: BTreeSet<String>,
    /// Files of ours to remove, as they were.
    pub(super) remove: BTreeMap<String, Stamp>,
}

impl Intent {
    /// One line of the journal.
    pub(super) fn to_line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("an intent is plain data");
        line.push(b'\n');
        line
    }

    /// Reads a journal back: the intent, and whether it was committed. A line
    /// that was cut short by a kill counts as not written.
    pub(super) fn recall(journal: &[u8]) -> (Option<Self>, bool) {
        let Some(end) = journal.iter().position(|byte| *byte == b'\n') else {
            return (None, false);
        };
        let (line, rest) = journal.split_at(end + 1);
        (serde_json::from_slice(line).ok(), rest == COMMITTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_short_was_not_written() {
        let mut journal = Intent::InPlace(InPlace::default()).to_line();
        journal.extend(COMMITTED);
        for length in 0..journal.len() {
            let (intent, committed) = Intent::recall(&journal[..length]);
            assert!(!committed, "{length}");
            assert_eq!(intent.is_some(), length + COMMITTED.len() >= journal.len(), "{length}");
        }
        assert!(matches!(Intent::recall(&journal), (Some(_), true)));
    }
}
