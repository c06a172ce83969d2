//! A folder held open, so that nothing done below it can be led elsewhere by a symbolic link.
//!
//! Invariant: reads only. Whatever changes the disk is in `hand.rs`.

use super::error::{Error, failed};
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// An open folder and how people call it.
#[derive(Clone)]
pub(super) struct Folder {
    fd: Rc<OwnedFd>,
    /// For messages only: what is done goes through the descriptor.
    pub(super) path: PathBuf,
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    Link,
    /// A socket, a pipe or a device.
    Special,
}

/// Tells whether a file is still the one that was seen. The time of the last
/// status change is left out: a new hard link moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Stamp {
    pub(super) inode: u64,
    size: i64,
    seconds: i64,
    nanoseconds: i64,
}

/// What the system says of a name, without opening it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    pub(super) kind: Kind,
    /// Permission bits.
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) device: u64,
    pub(super) stamp: Stamp,
}

/// Where the parts of a path lead.
pub(super) enum Way {
    Open(Folder),
    Missing,
    /// This part is no folder.
    Blocked(PathBuf, Kind),
}

const OPEN: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

impl Folder {
    /// Opens by path and follows links: for what lies above the output, which is the user's layout.
    pub(super) fn above(path: &Path) -> rustix::io::Result<Self> {
        let fd = rustix::fs::open(path, OPEN, Mode::empty())?;
        Ok(Self { fd: Rc::new(fd), path: path.into() })
    }

    /// Opens a folder in this one; a link in its place is an error.
    pub(super) fn enter(&self, name: &OsStr) -> rustix::io::Result<Self> {
        let fd = rustix::fs::openat(&self.fd, name, OPEN | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Self { fd: Rc::new(fd), path: self.path.join(name) })
    }

    /// The same folder, named in messages as the user named it.
    pub(super) fn called(self, path: &Path) -> Self {
        Self { path: path.into(), ..self }
    }

    /// As [`enter`](Self::enter), for a folder that must be there.
    pub(super) fn open(&self, name: &OsStr) -> Result<Self, Error> {
        self.enter(name).map_err(failed("open", self.path.join(name)))
    }

    /// What `name` is; `None` where there is nothing.
    pub(super) fn look(&self, name: &OsStr) -> Result<Option<Facts>, Error> {
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(Facts::of(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(failed("look at", self.path.join(name))(errno)),
        }
    }

    /// What this folder itself is.
    pub(super) fn facts(&self) -> Result<Facts, Error> {
        let stat = rustix::fs::fstat(&self.fd).map_err(failed("look at", &self.path))?;
        Ok(Facts::of(&stat))
    }

    /// The content of a file, never through a link and never waiting for a pipe.
    pub(super) fn read(&self, name: &OsStr) -> Result<Vec<u8>, Error> {
        let path = self.path.join(name);
        let mut file = self.read_only(name).map_err(failed("read", &path))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed("read", &path))?;
        Ok(bytes)
    }

    /// Opens a file to be read.
    pub(super) fn read_only(&self, name: &OsStr) -> rustix::io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.fd, name, flags, Mode::empty())?.into())
    }

    /// Every name in it, in no order.
    pub(super) fn names(&self) -> rustix::io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.fd)? {
            let entry = entry?;
            let name = OsStr::from_bytes(entry.file_name().to_bytes());
            if name != "." && name != ".." {
                names.push(name.to_os_string());
            }
        }
        Ok(names)
    }

    /// As [`names`](Self::names), for a folder that must be readable.
    pub(super) fn list(&self) -> Result<Vec<OsString>, Error> {
        self.names().map_err(failed("list", &self.path))
    }

    /// Walks to the folder `path`, part by part, through folders only.
    pub(super) fn way(&self, path: &Path) -> Result<Way, Error> {
        let mut here = self.clone();
        for part in path {
            here = match here.enter(part) {
                Ok(next) => next,
                Err(Errno::NOENT) => return Ok(Way::Missing),
                Err(errno) => match here.look(part)? {
                    Some(facts) if facts.kind != Kind::Folder => {
                        return Ok(Way::Blocked(here.path.join(part), facts.kind));
                    }
                    _ => return Err(failed("open", here.path.join(part))(errno)),
                },
            };
        }
        Ok(Way::Open(here))
    }
}

impl AsFd for Folder {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl Facts {
    fn of(stat: &Stat) -> Self {
        let kind = match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Special,
        };
        let stamp = Stamp {
            inode: stat.st_ino,
            size: stat.st_size,
            seconds: stat.st_mtime,
            nanoseconds: stat.st_mtime_nsec as i64,
        };
        Self {
            kind,
            mode: stat.st_mode & 0o7777,
            uid: stat.st_uid,
            gid: stat.st_gid,
            device: stat.st_dev,
            stamp,
        }
    }

    /// When it was last changed.
    pub(super) fn changed_at(&self) -> (i64, i64) {
        (self.stamp.seconds, self.stamp.nanoseconds)
    }
}

impl Kind {
    /// As it stands in a message.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::File => "a file",
            Self::Folder => "a folder",
            Self::Link => "a symbolic link",
            Self::Special => "a socket, a pipe or a device",
        }
    }
}

/// The folder part and the name of a path below the output.
pub(super) fn split(path: &str) -> (&Path, &OsStr) {
    let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
    (Path::new(parent), OsStr::new(name))
}
