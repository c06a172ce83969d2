//! The only code that changes the disk: every change is one method, and is counted.

use super::error::{Error, failed};
use super::folder::{Facts, Folder};
use rustix::fs::{AtFlags, Gid, Mode, OFlags, RenameFlags, Timespec, Timestamps, Uid};
use rustix::io::Errno;
use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// Makes changes until it may make no more: a test of killed runs says how many.
pub(super) struct Hand {
    left: Cell<usize>,
    /// Whether to use what some file systems lack: exchanging two folders in one step.
    pub(super) exchanges: bool,
}

/// Where a changed name stands.
pub(super) type At<'a> = (&'a Folder, &'a OsStr);

impl Hand {
    /// A hand that never tires.
    pub(super) fn new() -> Self {
        Self { left: Cell::new(usize::MAX), exchanges: true }
    }

    /// A hand that stops after so many changes, as a killed process does.
    #[cfg(test)]
    pub(super) fn stopping_after(changes: usize, exchanges: bool) -> Self {
        Self { left: Cell::new(changes), exchanges }
    }

    fn count(&self) -> rustix::io::Result<()> {
        let left = self.left.get().checked_sub(1).ok_or(Errno::CANCELED)?;
        self.left.set(left);
        Ok(())
    }

    /// Makes a folder and opens it. The mode is set again since the umask cuts it.
    pub(super) fn make_folder(&self, (at, name): At<'_>, mode: u32) -> Result<Folder, Error> {
        let make = || {
            self.count()?;
            rustix::fs::mkdirat(at, name, Mode::from_raw_mode(mode))?;
            let made = at.enter(name)?;
            rustix::fs::fchmod(&made, Mode::from_raw_mode(mode))?;
            Ok(made)
        };
        make().map_err(failed::<Errno>("create", at.path.join(name)))
    }

    /// Gives a re-created folder what the old one had. Its owner is kept where the system lets us.
    pub(super) fn settle(
        &self,
        folder: &Folder,
        as_it_was: &Facts,
        keep_time: bool,
    ) -> Result<(), Error> {
        let settle = || {
            self.count()?;
            let made = folder.facts().map_or((0, 0), |it| (it.uid, it.gid));
            if made != (as_it_was.uid, as_it_was.gid) {
                let _ = rustix::fs::fchown(
                    folder,
                    Some(Uid::from_raw(as_it_was.uid)),
                    Some(Gid::from_raw(as_it_was.gid)),
                );
            }
            rustix::fs::fchmod(folder, Mode::from_raw_mode(as_it_was.mode))?;
            if keep_time {
                let (seconds, nanoseconds) = as_it_was.changed_at();
                let time = Timespec { tv_sec: seconds, tv_nsec: nanoseconds };
                rustix::fs::futimens(
                    folder,
                    &Timestamps { last_access: time, last_modification: time },
                )?;
            }
            Ok(())
        };
        settle().map_err(failed::<Errno>("set the permissions of", &folder.path))
    }

    /// Opens a folder of ours for clearing, whatever its mode.
    pub(super) fn unlock(&self, folder: &Folder) -> Result<(), Error> {
        self.count().map_err(failed("clear", &folder.path))?;
        let mode = folder.facts()?.mode;
        if mode & 0o700 != 0o700 {
            rustix::fs::fchmod(folder, Mode::from_raw_mode(mode | 0o700))
                .map_err(failed("clear", &folder.path))?;
        }
        Ok(())
    }

    /// Writes a file that must not exist yet; it never has a wider mode than its final one.
    pub(super) fn create(
        &self,
        (at, name): At<'_>,
        mode: u32,
        bytes: &[u8],
    ) -> Result<File, Error> {
        let create = || -> io::Result<File> {
            let flags =
                OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let mode = Mode::from_raw_mode(mode);
            self.count()?;
            let mut file = File::from(rustix::fs::openat(at, name, flags, mode)?);
            self.count()?;
            file.write_all(bytes)?;
            rustix::fs::fchmod(&file, mode)?;
            Ok(file)
        };
        create().map_err(failed("write", at.path.join(name)))
    }

    /// Opens the lock of a run, and makes it where there is none.
    pub(super) fn open_lock(&self, (at, name): At<'_>) -> rustix::io::Result<File> {
        self.count()?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(at, name, flags, Mode::from_raw_mode(0o600))?.into())
    }

    /// Appends to the journal, or empties it first.
    pub(super) fn note(&self, mut journal: &File, line: &[u8], afresh: bool) -> io::Result<()> {
        self.count()?;
        if afresh {
            journal.set_len(0)?;
            io::Seek::rewind(&mut journal)?;
        }
        journal.write_all(line)
    }

    /// Gives a file a second name.
    pub(super) fn link(&self, from: &Folder, to: &Folder, name: &OsStr) -> rustix::io::Result<()> {
        self.count()?;
        rustix::fs::linkat(from, name, to, name, AtFlags::empty())
    }

    /// Moves over whatever file has the name.
    pub(super) fn replace(&self, from: At<'_>, to: At<'_>) -> Result<(), Error> {
        let replace = || {
            self.count()?;
            rustix::fs::renameat(from.0, from.1, to.0, to.1)
        };
        replace().map_err(failed("write", to.0.path.join(to.1)))
    }

    /// Moves to a name that nothing has.
    pub(super) fn install(&self, from: At<'_>, to: At<'_>) -> rustix::io::Result<()> {
        self.count()?;
        match rustix::fs::renameat_with(from.0, from.1, to.0, to.1, RenameFlags::NOREPLACE) {
            // The file system cannot promise it, so look first.
            Err(Errno::INVAL | Errno::NOSYS) => {
                match rustix::fs::statat(to.0, to.1, AtFlags::SYMLINK_NOFOLLOW) {
                    Err(Errno::NOENT) => rustix::fs::renameat(from.0, from.1, to.0, to.1),
                    Err(errno) => Err(errno),
                    Ok(_) => Err(Errno::EXIST),
                }
            }
            other => other,
        }
    }

    /// Lets two names change places in one step.
    pub(super) fn exchange(&self, one: At<'_>, two: At<'_>) -> rustix::io::Result<()> {
        if !self.exchanges {
            return Err(Errno::NOSYS);
        }
        self.count()?;
        rustix::fs::renameat_with(one.0, one.1, two.0, two.1, RenameFlags::EXCHANGE)
    }

    /// Removes a file or a link; one that is gone already is fine.
    pub(super) fn remove(&self, (at, name): At<'_>) -> Result<(), Error> {
        let remove =
            || match self.count().and_then(|()| rustix::fs::unlinkat(at, name, AtFlags::empty())) {
                Err(Errno::NOENT) => Ok(()),
                other => other,
            };
        remove().map_err(failed("remove", at.path.join(name)))
    }

    /// Removes a folder if it is empty, and says whether it is gone.
    pub(super) fn remove_empty(&self, (at, name): At<'_>) -> Result<bool, Error> {
        match self.count().and_then(|()| rustix::fs::unlinkat(at, name, AtFlags::REMOVEDIR)) {
            Ok(()) | Err(Errno::NOENT) => Ok(true),
            Err(Errno::NOTEMPTY | Errno::EXIST | Errno::BUSY | Errno::NOTDIR) => Ok(false),
            Err(errno) => Err(failed("remove", at.path.join(name))(errno)),
        }
    }

    /// Makes the folders above the output. Links among them are the user's own.
    pub(super) fn make_above(&self, path: &Path) -> Result<(), Error> {
        let make = || -> io::Result<()> {
            self.count()?;
            match std::fs::create_dir(path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                other => other,
            }
        };
        make().map_err(failed("create", path))
    }

    /// Takes such a folder back, as far as it is still empty.
    pub(super) fn remove_above(&self, path: &Path) {
        if self.count().is_ok() {
            let _ = std::fs::remove_dir(path);
        }
    }
}
