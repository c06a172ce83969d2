//! Reading a store, and refusing what is none.

use super::error::{Error, failed};
use super::place::Place;
use crate::secrets::Draft;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use zeroize::Zeroizing;

/// More than any site can need; what is larger is something else.
pub(super) const LARGEST: usize = 1024 * 1024;

/// A store that was read, and which file that was.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) draft: Draft,
    pub(super) facts: Facts,
}

/// What the system says of a file, enough to see that it is another one, or was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) mode: u32,
    pub(super) uid: u32,
    pub(super) gid: u32,
    device: u64,
    inode: u64,
    size: i64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Facts {
    fn of(stat: &Stat) -> Self {
        Self {
            mode: stat.st_mode & 0o7777,
            uid: stat.st_uid,
            gid: stat.st_gid,
            device: stat.st_dev,
            inode: stat.st_ino,
            size: stat.st_size,
            modified: (stat.st_mtime, stat.st_mtime_nsec as i64),
            changed: (stat.st_ctime, stat.st_ctime_nsec as i64),
        }
    }
}

/// The file as it is now; `None` where there is none.
pub(super) fn facts(place: &Place) -> Result<Option<Facts>, Error> {
    Ok(look(place, &place.name)?.map(|stat| Facts::of(&stat)))
}

/// What stands under a name, without following a link.
pub(super) fn look(place: &Place, name: &OsStr) -> Result<Option<Stat>, Error> {
    match rustix::fs::statat(place, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(failed("look at", &place.path)(errno)),
    }
}

/// Opens a file to be read, never through a link and never waiting for a pipe.
pub(super) fn open(place: &Place, name: &OsStr) -> rustix::io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(place, name, flags, Mode::empty())?.into())
}

/// Reads the store of a site; `None` where there is none.
pub(super) fn read(place: &Place, site: &str) -> Result<Option<Standing>, Error> {
    let path = place.path.as_path();
    let Some(seen) = look(place, &place.name)? else { return Ok(None) };
    must_be_a_file(place, &seen)?;
    let mut file = match open(place, &place.name) {
        Ok(file) => file,
        Err(Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(failed("read", path)(errno)),
    };
    let stat = rustix::fs::fstat(&file).map_err(failed("read", path))?;
    must_be_a_file(place, &stat)?;
    must_be_ours(path, &stat)?;
    let bytes = content(path, &mut file)?;
    let damaged = |why: String| {
        let help =
            "restore it from its backup; trigger-gen never writes over a store that it cannot read";
        Error::refused(path, format!("the secret store cannot be read: {why}"), help)
    };
    let text = std::str::from_utf8(&bytes).map_err(|_| damaged("it is not text".into()))?;
    let draft = Draft::read(text).map_err(damaged)?;
    let facts = Facts::of(&stat);
    if !draft.example {
        must_be_closed(path, facts.mode)?;
    }
    if draft.site != site {
        return Err(Error::refused(
            path,
            format!(
                "the secret store belongs to the site `{}`, not to `{site}`",
                draft.site.escape_debug()
            ),
            "name the store of this site, or give the site its old name back",
        ));
    }
    Ok(Some(Standing { draft, facts }))
}

/// The whole content, in memory that is wiped.
fn content(path: &Path, file: &mut File) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    let limit = u64::try_from(LARGEST).unwrap_or(u64::MAX) + 1;
    let length = file.take(limit).read_to_end(&mut bytes).map_err(failed("read", path))?;
    if length > LARGEST {
        return Err(Error::refused(
            path,
            "the secret store is larger than 1 MiB, so it is none",
            "name the right file",
        ));
    }
    Ok(bytes)
}

fn must_be_a_file(place: &Place, stat: &Stat) -> Result<(), Error> {
    let refused = |what: String, help: &str| {
        Err(Error::refused(&place.path, format!("the secret store is {what}"), help))
    };
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Ok(()),
        FileType::Symlink => {
            let target = rustix::fs::readlinkat(place, &place.name, Vec::new());
            let target = target.map_err(io::Error::from).unwrap_or_default();
            let target = Path::new(OsStr::from_bytes(target.as_bytes())).display().to_string();
            refused(
                format!("a symbolic link to `{target}`, and writing would replace the link"),
                "put the file itself there, or name the file that the link leads to",
            )
        }
        FileType::Directory => refused("a folder".into(), "name a file"),
        _ => refused("a socket, a pipe or a device".into(), "name a file"),
    }
}

/// Whose store it is. Root may read and write everybody's, and leaves it theirs.
fn must_be_ours(path: &Path, stat: &Stat) -> Result<(), Error> {
    let user = rustix::process::geteuid().as_raw();
    if stat.st_uid == user || user == 0 {
        return Ok(());
    }
    Err(Error::refused(
        path,
        format!("the secret store belongs to user {}, and this is user {user}", stat.st_uid),
        "run trigger-gen as its owner",
    ))
}

/// An example's values are published, so its mode is whatever Git made of it.
fn must_be_closed(path: &Path, mode: u32) -> Result<(), Error> {
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(Error::refused(
        path,
        format!("the secret store is open to other users: its mode is {mode:04o}"),
        format!("close it: `chmod 600 {}`", path.display()),
    ))
}
