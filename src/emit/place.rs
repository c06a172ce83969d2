//! Where a site's output stands, and the names that a run uses beside it.

use super::error::{Error, failed};
use super::folder::{Folder, Kind};
use super::hand::Hand;
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The folder of a run inside the output, where the one above cannot be written.
pub(super) const INSIDE: &str = ".trigger-gen";

/// The output folder, by the folder above it and its own name.
pub(super) struct Place {
    pub(super) path: PathBuf,
    pub(super) above: PathBuf,
    pub(super) name: OsString,
}

impl Place {
    pub(super) fn of(dir: &Path) -> Result<Self, Error> {
        let Some(name) = dir.file_name() else {
            return Err(Error::refused(
                dir,
                "names no folder",
                "give the path of the site's own folder",
            ));
        };
        let above = match dir.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
            _ => PathBuf::from("."),
        };
        Ok(Self { path: dir.into(), above, name: name.into() })
    }

    /// The folder of a run beside the output, hidden and gone at its end.
    pub(super) fn beside(&self) -> OsString {
        around(".", &self.name, ".trigger-gen")
    }

    /// The name of a tree that was set aside.
    pub(super) fn aside(&self) -> OsString {
        around("", &self.name, ".before-new-site")
    }

    /// The folder above; `None` where there is none yet.
    pub(super) fn open_above(&self) -> Result<Option<Folder>, Error> {
        match Folder::above(&self.above) {
            Ok(folder) => Ok(Some(folder)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(failed("open", &self.above)(errno)),
        }
    }

    /// The output as it stands; `None` where there is none yet. A link or a file in its place is refused.
    pub(super) fn root(&self) -> Result<Option<Folder>, Error> {
        let Some(above) = self.open_above()? else { return Ok(None) };
        match above.look(&self.name)?.map(|it| it.kind) {
            None => Ok(None),
            Some(Kind::Folder) => Ok(Some(above.open(&self.name)?.called(&self.path))),
            Some(Kind::Link) => Err(Error::refused(
                &self.path,
                "is a symbolic link",
                "remove the link, or name the folder that it leads to",
            )),
            Some(kind) => Err(Error::refused(
                &self.path,
                format!("is {}", kind.noun()),
                "move it away, or name another folder",
            )),
        }
    }

    /// Makes the folders above that are missing and says which, the topmost first.
    pub(super) fn make_above(&self, hand: &Hand) -> Result<Vec<PathBuf>, Error> {
        let missing = |it: &&Path| !it.as_os_str().is_empty() && !it.exists();
        let mut missing: Vec<_> =
            self.above.ancestors().take_while(missing).map(Path::to_path_buf).collect();
        missing.reverse();
        missing.iter().try_for_each(|path| hand.make_above(path))?;
        Ok(missing)
    }
}

fn around(before: &str, name: &OsStr, after: &str) -> OsString {
    let mut all = OsString::from(before);
    all.push(name);
    all.push(after);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_a_name() {
        assert!(Place::of(Path::new("out/..")).is_err());
        assert!(Place::of(Path::new("/")).is_err());
        let place = Place::of(Path::new("site/")).unwrap();
        assert_eq!(
            (place.above.as_path(), place.beside()),
            (Path::new("."), ".site.trigger-gen".into())
        );
    }
}
