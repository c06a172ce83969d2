//! The only code that changes the disk: every change is one method, and is counted.

use super::place::Place;
use rustix::fs::{AtFlags, Gid, Mode, OFlags, RenameFlags, Uid};
use rustix::io::Errno;
use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};

/// Makes changes until it may make no more: a test of killed runs says how many.
#[derive(Debug)]
pub(super) struct Hand {
    left: Cell<usize>,
}

impl Hand {
    /// A hand that never tires.
    pub(super) fn new() -> Self {
        Self { left: Cell::new(usize::MAX) }
    }

    /// A hand that stops after so many changes, as a killed process does.
    #[cfg(test)]
    pub(super) fn stopping_after(changes: usize) -> Self {
        Self { left: Cell::new(changes) }
    }

    fn count(&self) -> rustix::io::Result<()> {
        let left = self.left.get().checked_sub(1).ok_or(Errno::CANCELED)?;
        self.left.set(left);
        Ok(())
    }

    /// Makes a file that nothing has the name of, closed to others from the start.
    pub(super) fn create(&self, place: &Place, name: &OsStr) -> rustix::io::Result<File> {
        self.count()?;
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(place, name, flags, Mode::from_raw_mode(0o600))?.into())
    }

    /// Writes all of it. A test that stops here has written half.
    pub(super) fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let (half, rest) = bytes.split_at(bytes.len() / 2);
        self.count()?;
        file.write_all(half)?;
        self.count()?;
        file.write_all(rest)
    }

    /// Gives it mode and, if it is not made by its owner, owner and group.
    pub(super) fn settle(
        &self,
        file: &File,
        owner: Option<(u32, u32)>,
        mode: u32,
    ) -> rustix::io::Result<()> {
        self.count()?;
        if let Some((uid, gid)) = owner {
            let owned =
                rustix::fs::fchown(file, Some(Uid::from_raw(uid)), Some(Gid::from_raw(gid)));
            // A group that this user is not in: nothing is open to a group anyway.
            let is_owner = || rustix::fs::fstat(file).is_ok_and(|it| it.st_uid == uid);
            owned.or_else(|errno| if is_owner() { Ok(()) } else { Err(errno) })?;
        }
        rustix::fs::fchmod(file, Mode::from_raw_mode(mode))
    }

    /// Brings a file to the disk.
    pub(super) fn sync(&self, file: &File) -> io::Result<()> {
        self.count()?;
        file.sync_all()
    }

    /// Gives it the name of the store, over the old one or, where there is none, over nothing.
    pub(super) fn install(
        &self,
        place: &Place,
        from: &OsStr,
        over: bool,
    ) -> rustix::io::Result<()> {
        self.count()?;
        let rename = || rustix::fs::renameat(place, from, place, &place.name);
        if over {
            return rename();
        }
        match rustix::fs::renameat_with(place, from, place, &place.name, RenameFlags::NOREPLACE) {
            // The file system cannot promise it; that nothing is there was looked at just now.
            Err(Errno::INVAL | Errno::NOSYS) => rename(),
            other => other,
        }
    }

    /// Brings the folder to the disk: only then is a new name there after a power cut.
    pub(super) fn sync_folder(&self, place: &Place) -> rustix::io::Result<()> {
        self.count()?;
        match rustix::fs::fsync(place) {
            // The file system brings names to the disk by itself.
            Err(Errno::INVAL | Errno::BADF) => Ok(()),
            other => other,
        }
    }

    /// Removes a file of ours; one that is gone already is fine.
    pub(super) fn remove(&self, place: &Place, name: &OsStr) -> rustix::io::Result<()> {
        self.count()?;
        match rustix::fs::unlinkat(place, name, AtFlags::empty()) {
            Err(Errno::NOENT) => Ok(()),
            other => other,
        }
    }
}
