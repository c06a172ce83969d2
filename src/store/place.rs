//! Where a store stands: the folder, held open, and the names in it.

use super::error::{Error, failed};
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A store by its folder and its own name. Links above it are the user's own layout.
#[derive(Debug)]
pub(super) struct Place {
    /// As the user names it, for messages.
    pub(super) path: PathBuf,
    pub(super) name: OsString,
    pub(super) above: PathBuf,
    folder: OwnedFd,
}

/// The lock on the folder. It ends with the process, however that ends.
#[derive(Debug)]
pub(super) struct Lock {
    /// `None` where the file system knows no locks on folders, as some of the network.
    held: Option<OwnedFd>,
}

const PAUSE: Duration = Duration::from_millis(20);
/// Half a minute: a run holds the lock for as long as a bcrypt hash or two take.
const TRIES: u32 = 1500;

impl Place {
    /// The place of a store; `None` where its folder does not exist.
    pub(super) fn find(path: &Path) -> Result<Option<Self>, Error> {
        match Self::of(path) {
            Ok(place) => Ok(Some(place)),
            Err(Error::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The place of a store, whose folder must exist.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let Some(name) = path.file_name() else {
            return Err(Error::refused(
                path,
                "the path of the secret store names no file",
                "name a file",
            ));
        };
        let above = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        let folder = open(&above).map_err(failed("open", &above))?;
        Ok(Self { path: path.into(), name: name.into(), above, folder })
    }

    /// The name under which a new store is written. It ends like the store's, so that whatever keeps
    /// stores out of version control keeps this out too.
    pub(super) fn new_name(&self) -> OsString {
        let mut name = OsString::from(".tmp-trigger-gen.");
        name.push(&self.name);
        name
    }

    /// Waits for the lock on the folder. It is advisory: it keeps runs of trigger-gen apart, no editor.
    pub(super) fn lock(&self) -> Result<Lock, Error> {
        // Opened anew: a lock belongs to the open file, not to the process.
        let folder = open(&self.above).map_err(failed("open", &self.above))?;
        for _ in 0..TRIES {
            match rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Lock { held: Some(folder) }),
                Err(Errno::WOULDBLOCK | Errno::INTR) => std::thread::sleep(PAUSE),
                Err(errno) if knows_no_locks(errno) => return Ok(Lock { held: None }),
                Err(errno) => return Err(failed("lock", &self.above)(errno)),
            }
        }
        let busy = io::Error::new(
            io::ErrorKind::TimedOut,
            "another program has held it for half a minute",
        );
        Err(failed("lock", &self.above)(busy))
    }
}

impl Lock {
    /// Whether nobody else can be writing.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }
}

impl AsFd for Place {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.folder.as_fd()
    }
}

fn open(folder: &Path) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(folder, flags, Mode::empty())
}

fn knows_no_locks(errno: Errno) -> bool {
    matches!(errno, Errno::BADF | Errno::INVAL | Errno::NOLCK | Errno::NOSYS | Errno::OPNOTSUPP)
}
