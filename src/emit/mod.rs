//! Tree to disk, and back: the only code that writes the output.
//!
//! A run stages the new tree beside the old one, lets the two change places in one step, and clears
//! the old one away. Killed at any moment it leaves the old tree or the new one, and the next run
//! clears up. Where the system cannot exchange two folders (`in_place`), or cannot give a file a
//! second name, files are switched one by one by a journal that the next run finishes.
//!
//! Invariant: nothing is done through a symbolic link inside the output. What is not listed in the
//! old manifest is somebody else's, and what is listed and differs from it is edited by hand: both
//! are carried over as they are.

mod clear;
mod error;
mod exchange;
mod folder;
mod hand;
mod in_place;
mod journal;
mod place;
mod read;
mod report;
mod run;
mod standing;
mod survey;

#[cfg(test)]
mod killed;

pub use self::error::{Error, Outcome, Refusal};
pub use self::read::{Found, OnDisk, read};
pub use self::report::{Recovered, Report};

use self::hand::Hand;
use self::place::Place;
use self::run::Run;
use crate::manifest::Fingerprints;
use crate::tree::Tree;
use std::path::{Path, PathBuf};

/// How to treat what stands there already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Overwrites files that were edited by hand or are somebody else's, and looks past a damaged
    /// manifest. Links, sockets and the like are refused all the same.
    pub force: bool,
    /// Keeps the old tree as `<dir>.before-new-site`, with everything in it, and starts afresh:
    /// nothing is carried over, not even files that are somebody else's.
    pub set_aside: bool,
}

/// Makes the folder `dir` hold `tree`, which contains its own manifest. A tree that stands there
/// already is not touched at all, nor is anything beside it.
pub fn write(
    dir: &Path,
    tree: &Tree,
    key: &dyn Fingerprints,
    options: &Options,
) -> Result<Report, Error> {
    write_by(&Hand::new(), dir, tree, key, options)
}

/// Tells what `write` would do, and touches nothing.
pub fn compare(dir: &Path, tree: &Tree, key: &dyn Fingerprints) -> Result<Report, Error> {
    let place = Place::of(dir)?;
    run::reading(&place, |root| Ok(survey::survey(root, tree, key, false)?.report))
}

/// Tells what `write` would do with these options, and what it would refuse, and touches nothing.
pub fn try_out(
    dir: &Path,
    tree: &Tree,
    key: &dyn Fingerprints,
    options: &Options,
) -> Result<Report, Error> {
    let place = Place::of(dir)?;
    run::reading(&place, |root| {
        let old = root.filter(|_| !options.set_aside);
        if let (true, Some(above)) = (options.set_aside, place.open_above()?) {
            exchange::must_be_free(&above, &place.aside())?;
        }
        let report = survey::survey(old, tree, key, options.force)?.report;
        if let Some(root) = old.filter(|_| report.would_write()) {
            standing::scan(root)?;
        }
        Ok(report)
    })
}

/// Finishes or undoes what a killed run left; `write` does so first. Without one it touches nothing.
pub fn recover(dir: &Path) -> Result<Recovered, Error> {
    recover_by(&Hand::new(), dir)
}

fn recover_by(hand: &Hand, dir: &Path) -> Result<Recovered, Error> {
    let place = Place::of(dir)?;
    if run::left(&place)?.is_empty() {
        return Ok(Recovered::Nothing);
    }
    let run = Run::start(hand, &place)?;
    let recovered = run.recovered;
    let outcome = match recovered {
        Recovered::Finished => Outcome::Switched,
        Recovered::Nothing | Recovered::Undone => Outcome::Untouched,
    };
    run.dismiss().map_err(|error| error.leaving(outcome))?;
    Ok(recovered)
}

fn write_by(
    hand: &Hand,
    dir: &Path,
    tree: &Tree,
    key: &dyn Fingerprints,
    options: &Options,
) -> Result<Report, Error> {
    let place = Place::of(dir)?;
    let root = place.root()?;
    if !options.set_aside && run::left(&place)?.is_empty() {
        match survey::survey(root.as_ref(), tree, key, options.force) {
            Ok(found) if !found.report.would_write() => return Ok(found.report),
            Err(error) if run::still_stands(&place, root.as_ref())? => return Err(error),
            // There is something to write, or somebody else switched it meanwhile: look again under the lock.
            _ => {}
        }
    }
    let above = place.make_above(hand)?;
    let written = Run::start(hand, &place).and_then(|run| finish(run, tree, key, options));
    if written.is_err() {
        above.iter().rev().for_each(|path| hand.remove_above(path));
    }
    written
}

/// Switches and tidies up, whether that went well or not.
fn finish(
    run: Run<'_>,
    tree: &Tree,
    key: &dyn Fingerprints,
    options: &Options,
) -> Result<Report, Error> {
    match switch(&run, tree, key, options) {
        Ok(report) => {
            run.dismiss().map_err(|error| error.leaving(Outcome::Switched))?;
            Ok(report)
        }
        Err(error) => {
            let (outcome, settled) = (run.outcome(), run.settle());
            let outcome = match (outcome, &settled) {
                (Outcome::Unfinished, Ok(_)) | (_, Ok(Recovered::Finished)) => Outcome::Switched,
                (outcome, _) => outcome,
            };
            if settled.is_ok() {
                let _ = run.dismiss();
            }
            Err(error.leaving(outcome))
        }
    }
}

fn switch(
    run: &Run<'_>,
    tree: &Tree,
    key: &dyn Fingerprints,
    options: &Options,
) -> Result<Report, Error> {
    let root = run.place.root()?;
    let old = root.as_ref().filter(|_| !options.set_aside);
    let mut found = survey::survey(old, tree, key, options.force)?;
    found.report.recovered = run.recovered;
    match &root {
        None => exchange::create(run, tree)?,
        Some(_) if options.set_aside => {
            exchange::set_aside(run, tree)?;
            found.report.set_aside = Some(aside(run));
        }
        Some(_) if !found.report.would_write() => {}
        Some(root) => {
            let standing = if run.inside { None } else { standing::scan(root)? };
            let switched = match &standing {
                Some(standing) => exchange::write(run, root, standing, tree, &found)?,
                None => false,
            };
            if !switched {
                run.settle()?;
                in_place::write(run, root, tree, &found)?;
            }
        }
    }
    Ok(found.report)
}

fn aside(run: &Run<'_>) -> PathBuf {
    run.place.path.with_file_name(run.place.aside())
}
