//! The private folder of one run: its lock, its journal, and the tree it stages.
//!
//! It stands beside the output as `.<name>.trigger-gen` (or inside it as `.trigger-gen`, where the
//! folder above cannot be written), is closed to others, and is gone at the end. Its `journal` is
//! the marker that it is ours, and is held locked as long as the run lives: a journal that nobody
//! holds was left by a killed run. Where a file system knows no locks, any journal counts as left.

use super::clear::{retire, wipe};
use super::error::{Error, Outcome, failed};
use super::folder::Folder;
use super::hand::Hand;
use super::in_place;
use super::journal::{COMMITTED, Intent};
use super::place::{INSIDE, Place};
use super::report::Recovered;
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io::{self, Read, Seek};

const JOURNAL: &str = "journal";
const TREE: &str = "tree";

/// A run that holds the lock.
pub(super) struct Run<'a> {
    pub(super) hand: &'a Hand,
    pub(super) place: &'a Place,
    /// The folder above the output.
    pub(super) above: Folder,
    /// Whether it stands inside the output, from where nothing can be exchanged.
    pub(super) inside: bool,
    /// What a killed run before this one had left.
    pub(super) recovered: Recovered,
    at: Folder,
    name: OsString,
    folder: Folder,
    journal: File,
}

/// The folders of runs that exist: of one that lives, or of one that was killed.
pub(super) fn left(place: &Place) -> Result<Vec<(Folder, OsString)>, Error> {
    let spots = [(place.open_above()?, place.beside()), (place.root()?, INSIDE.into())];
    let mut left = Vec::new();
    for (at, name) in spots {
        if let Some(at) = at
            && at.look(&name)?.is_some()
        {
            left.push((at, name));
        }
    }
    Ok(left)
}

/// Refuses to read an output that is being written, or was left half switched.
pub(super) fn must_be_whole(place: &Place) -> Result<(), Error> {
    for (at, name) in left(place)? {
        let Some(folder) = there(&at, &name)? else { continue };
        let path = folder.path.join(JOURNAL);
        let journal = match folder.read_only(OsStr::new(JOURNAL)) {
            Err(Errno::NOENT) => continue,
            other => other.map_err(failed("open", &path))?,
        };
        if let Err(TryLockError::WouldBlock) = journal.try_lock_shared() {
            return Err(Error::Busy { path: place.path.clone() });
        }
        if let (Some(Intent::InPlace(_)), true) = recall(&journal).map_err(failed("read", &path))? {
            return Err(Error::refused(
                &place.path,
                "was left half switched by a killed run",
                "build it to finish that",
            ));
        }
    }
    Ok(())
}

/// The folder of a run, unless that run has ended since it was seen.
fn there(at: &Folder, name: &OsStr) -> Result<Option<Folder>, Error> {
    match at.enter(name) {
        Ok(folder) => Ok(Some(folder)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(failed("open", at.path.join(name))(errno)),
    }
}

/// Reads an output that nobody writes. What was switched meanwhile is read again: the old tree, still
/// open here, is being cleared away.
pub(super) fn reading<T>(
    place: &Place,
    read: impl Fn(Option<&Folder>) -> Result<T, Error>,
) -> Result<T, Error> {
    loop {
        must_be_whole(place)?;
        let root = place.root()?;
        let found = read(root.as_ref());
        must_be_whole(place)?;
        if still_stands(place, root.as_ref())? {
            return found;
        }
    }
}

/// Whether the output is still the folder that was opened.
pub(super) fn still_stands(place: &Place, root: Option<&Folder>) -> Result<bool, Error> {
    let inode =
        |root: Option<&Folder>| Ok(root.map(Folder::facts).transpose()?.map(|it| it.stamp.inode));
    Ok(inode(root)? == inode(place.root()?.as_ref())?)
}

impl<'a> Run<'a> {
    /// Takes the lock and clears up after a killed run. The folder above must exist.
    pub(super) fn start(hand: &'a Hand, place: &'a Place) -> Result<Self, Error> {
        let above = Folder::above(&place.above).map_err(failed("open", &place.above))?;
        let mut run = match Self::take(hand, place, above.clone(), place.beside()) {
            // Only the output itself belongs to this user.
            Err(Error::Io { source, .. }) if is_closed(&source) && place.root()?.is_some() => {
                let root = above.open(&place.name)?;
                Self { inside: true, above, ..Self::take(hand, place, root, INSIDE.into())? }
            }
            other => other?,
        };
        run.recovered = run.settle().map_err(|error| error.leaving(run.outcome()))?;
        if !run.inside
            && let Some(root) = place.root()?
            && root.look(OsStr::new(INSIDE))?.is_some()
        {
            let left = Run { inside: true, ..Self::take(hand, place, root, INSIDE.into())? };
            let settled = left.settle().map_err(|error| error.leaving(left.outcome()))?;
            run.recovered = run.recovered.max(settled);
            left.dismiss()?;
        }
        Ok(run)
    }

    fn take(hand: &'a Hand, place: &'a Place, at: Folder, name: OsString) -> Result<Self, Error> {
        let busy = || Error::Busy { path: place.path.clone() };
        if at.look(&name)?.is_none() {
            match hand.make_folder((&at, &name), 0o700) {
                Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {}
                // Another run took it for its own as soon as it stood, and has ended with it.
                Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                    return Err(busy());
                }
                other => drop(other?),
            }
        }
        let folder = there(&at, &name)?.ok_or_else(busy)?;
        // In one look: another run may make its journal, and then the rest, between two.
        let content = folder.list()?;
        if !content.is_empty() && !content.iter().any(|it| it == JOURNAL) {
            return Err(Error::refused(
                &folder.path,
                "is in the way and was not made by trigger-gen",
                "move it away",
            ));
        }
        let journal = match hand.open_lock((&folder, OsStr::new(JOURNAL))) {
            Err(Errno::NOENT) => return Err(busy()),
            Err(errno) => {
                let _ = hand.remove_empty((&at, &name));
                return Err(failed("lock", &folder.path)(errno));
            }
            Ok(journal) => journal,
        };
        if let Err(TryLockError::WouldBlock) = journal.try_lock() {
            return Err(busy());
        }
        // The run that held it may have ended, and taken the folder with it, since it was opened.
        let Ok(standing) = at.enter(&name) else { return Err(busy()) };
        let inode = rustix::fs::fstat(&journal).map_err(failed("lock", &folder.path))?.st_ino;
        if standing.look(OsStr::new(JOURNAL))?.is_none_or(|it| it.stamp.inode != inode) {
            return Err(busy());
        }
        let (recovered, inside) = (Recovered::Nothing, false);
        let above = at.clone();
        Ok(Self { hand, place, above, inside, recovered, at, name, folder, journal })
    }

    /// Finishes or undoes what the journal tells of, and empties it.
    pub(super) fn settle(&self) -> Result<Recovered, Error> {
        let tree = self.folder.look(OsStr::new(TREE))?;
        let recovered = match (self.recall()?, tree) {
            ((Some(Intent::InPlace(plan)), true), _) => {
                in_place::apply(self.hand, self.place.root()?.as_ref(), &plan)?;
                Recovered::Finished
            }
            ((Some(Intent::InPlace(plan)), false), _) => {
                in_place::undo(self.hand, self.place.root()?.as_ref(), &plan)?;
                Recovered::Undone
            }
            (_, None) => Recovered::Nothing,
            ((Some(Intent::Exchange(intent)), _), Some(tree))
                if tree.stamp.inode != intent.staged =>
            {
                match intent.set_aside {
                    true => self.set_aside()?,
                    false => {
                        retire(self.hand, self.staged(), self.place.root()?.as_ref(), &intent)?
                    }
                }
                Recovered::Finished
            }
            ((Some(Intent::Exchange(intent)), _), Some(_))
                if intent.set_aside && self.place.root()?.is_none() =>
            {
                self.install().map_err(failed("create", &self.place.path))?;
                Recovered::Finished
            }
            (_, Some(_)) => {
                wipe(self.hand, self.staged())?;
                Recovered::Undone
            }
        };
        self.forget()?;
        Ok(recovered)
    }

    /// What became of the output, told from what the run wrote down and from what stands there.
    pub(super) fn outcome(&self) -> Outcome {
        let output = self.above.look(&self.place.name).ok().flatten();
        match self.recall().unwrap_or_default() {
            (Some(Intent::InPlace(_)), true) => Outcome::Unfinished,
            (Some(Intent::Exchange(it)), _) => match output {
                Some(output) if output.stamp.inode == it.staged => Outcome::Switched,
                None if it.set_aside => Outcome::Unfinished,
                _ => Outcome::Untouched,
            },
            _ => Outcome::Untouched,
        }
    }

    /// Ends the run without a trace.
    pub(super) fn dismiss(self) -> Result<(), Error> {
        self.hand.remove((&self.folder, OsStr::new(JOURNAL)))?;
        self.hand.remove_empty((&self.at, &self.name)).map(drop)
    }

    /// Where the new tree is staged, and after the switch the old one stands.
    pub(super) fn staged(&self) -> (&Folder, &OsStr) {
        (&self.folder, OsStr::new(TREE))
    }

    /// Where the output stands.
    pub(super) fn output(&self) -> (&Folder, &OsStr) {
        (&self.above, &self.place.name)
    }

    /// Gives the staged tree the output's name, which must be free.
    pub(super) fn install(&self) -> rustix::io::Result<()> {
        self.hand.install(self.staged(), self.output())
    }

    /// Keeps the old tree, now where the new one was staged, under its other name.
    pub(super) fn set_aside(&self) -> Result<(), Error> {
        let name = self.place.aside();
        let aside = self.hand.install(self.staged(), (&self.above, &name));
        aside.map_err(failed("set aside the old output as", self.above.path.join(&name)))
    }

    /// Writes down what is about to be done, in place of what was.
    pub(super) fn intend(&self, intent: &Intent) -> Result<(), Error> {
        self.note(&intent.to_line(), true)
    }

    /// Says that all is staged: from here on a killed run is finished, not undone.
    pub(super) fn commit(&self) -> Result<(), Error> {
        self.note(COMMITTED, false)?;
        self.journal.sync_all().map_err(failed("write", self.folder.path.join(JOURNAL)))
    }

    /// Says that nothing is left to do.
    pub(super) fn forget(&self) -> Result<(), Error> {
        self.note(b"", true)
    }

    fn note(&self, line: &[u8], afresh: bool) -> Result<(), Error> {
        let noted = self.hand.note(&self.journal, line, afresh);
        noted.map_err(failed("write", self.folder.path.join(JOURNAL)))
    }

    fn recall(&self) -> Result<(Option<Intent>, bool), Error> {
        recall(&self.journal).map_err(failed("read", self.folder.path.join(JOURNAL)))
    }
}

fn recall(mut journal: &File) -> io::Result<(Option<Intent>, bool)> {
    let mut bytes = Vec::new();
    journal.rewind()?;
    journal.read_to_end(&mut bytes)?;
    Ok(Intent::recall(&bytes))
}

fn is_closed(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}
