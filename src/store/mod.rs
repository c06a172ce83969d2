//! The file of the secret store: the only code that reads and writes `<name>.secrets.yaml`.
//!
//! A store is replaced in one step by a file that was written, read back and brought to the disk
//! before, so that a run which is killed, or a power cut, leaves the old store or the new one.
//! Whoever writes holds a lock on the folder from before the store is read until it is replaced, so
//! that of two runs at the same time neither loses what the other made; no file stays behind for it.
//! Whoever only reads needs no lock.
//!
//! Invariant: a store that cannot be understood is refused, and never written over. No value reaches
//! an error or the output of `Debug`.

mod error;
mod hand;
mod place;
mod read;
mod replace;

#[cfg(test)]
mod killed;

pub use self::error::Error;
pub use crate::secrets::faults;

use self::hand::Hand;
use self::place::{Lock, Place};
use self::read::Standing;
use crate::secrets::Draft;
use std::path::Path;

/// What stands at the path of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// Nothing yet.
    Absent,
    /// A store of this site.
    Present(Draft),
}

/// A store that nobody else writes as long as this lives.
#[derive(Debug)]
pub struct Store {
    hand: Hand,
    place: Place,
    site: String,
    standing: Option<Standing>,
    _lock: Lock,
}

impl Store {
    /// Reads the store of a site, for whoever does not write it.
    pub fn open(path: &Path, site: &str) -> Result<Opened, Error> {
        let standing = match Place::find(path)? {
            Some(place) => read::read(&place, site)?,
            None => None,
        };
        Ok(standing.map_or(Opened::Absent, |it| Opened::Present(it.draft)))
    }

    /// Waits until nobody else writes a store in this folder, clears up after a killed run, and reads
    /// the store. The folder must exist. Drop it as soon as the store is saved: others wait.
    pub fn lock(path: &Path, site: &str) -> Result<Self, Error> {
        Self::lock_by(Hand::new(), path, site)
    }

    fn lock_by(hand: Hand, path: &Path, site: &str) -> Result<Self, Error> {
        let place = Place::of(path)?;
        let lock = place.lock()?;
        let standing = read::read(&place, site)?;
        if lock.is_held() {
            replace::clear(&hand, &place)?;
        }
        Ok(Self { hand, place, site: site.into(), standing, _lock: lock })
    }

    /// Clears away what a killed run left beside a store, for whoever will not write it. Without such
    /// a rest it touches nothing, and waits for nobody.
    pub fn recover(path: &Path) -> Result<(), Error> {
        let Some(place) = Place::find(path)? else { return Ok(()) };
        if read::look(&place, &place.new_name())?.is_none() {
            return Ok(());
        }
        let lock = place.lock()?;
        if lock.is_held() { replace::clear(&Hand::new(), &place) } else { Ok(()) }
    }

    /// The store as it stands; `None` where there is none yet.
    pub fn draft(&self) -> Option<&Draft> {
        self.standing.as_ref().map(|it| &it.draft)
    }

    /// The store as it stands, or an empty one, to be changed and saved.
    pub fn to_draft(&self) -> Draft {
        self.draft().cloned().unwrap_or_else(|| Draft::new(&self.site))
    }

    /// Replaces the store. Says whether anything was written: the same store is left as it stands.
    pub fn save(&mut self, draft: &Draft) -> Result<bool, Error> {
        assert!(draft.site == self.site, "bug in trigger-gen: the store of another site");
        if self.draft() == Some(draft) {
            return Ok(false);
        }
        replace::replace(&self.hand, &self.place, self.standing.as_ref(), draft)?;
        self.standing = read::read(&self.place, &self.site)?;
        Ok(true)
    }
}
