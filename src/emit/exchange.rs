//! The one-step way: the whole new tree is stood up beside the old one, then the two change places.
//!
//! What did not change, and what is somebody else's, gets a second name in the new tree: same
//! content, owner, permissions, times and inode, and nothing is copied. Nothing is forced onto the
//! disk before the switch. The promise is about killed runs, which the system's cache outlives; the
//! old names go only after the new ones stand, so a power cut can cost no file but our own, which
//! the next build makes again.

use super::clear::retire;
use super::error::{Error, failed};
use super::folder::{Facts, Folder, Kind};
use super::in_place::ancestors;
use super::journal::{Exchange, Intent};
use super::run::Run;
use super::standing::Standing;
use super::survey::Survey;
use crate::tree::{File, OutPath, Tree};
use rustix::io::Errno;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What the new tree gets at a path.
#[derive(Clone, Copy)]
enum Piece<'a> {
    /// A folder: as the old one was, or a new one.
    Folder(Option<Facts>),
    /// A second name for what stands in the old tree.
    Carry,
    /// A file of ours.
    Make(&'a File),
}

/// A folder that is being filled.
struct Level<'a> {
    path: &'a Path,
    new: Folder,
    /// Its counterpart in the old tree, and what that was like.
    old: Option<(Folder, Facts)>,
}

/// Makes an output where there is none.
pub(super) fn create(run: &Run<'_>, tree: &Tree) -> Result<(), Error> {
    stage(run, None, &pieces(&Standing::new(), tree.files.keys(), &[], tree))?;
    run.install().map_err(failed("create", &run.place.path))
}

/// Refuses to set an output aside where one of an earlier site stands.
pub(super) fn must_be_free(above: &Folder, aside: &OsStr) -> Result<(), Error> {
    match above.look(aside)? {
        None => Ok(()),
        Some(_) => Err(Error::refused(
            &above.path.join(aside),
            "is there already",
            "move it away: it holds the output of an earlier site",
        )),
    }
}

/// Makes the output afresh and keeps the old one, whole, under another name.
pub(super) fn set_aside(run: &Run<'_>, tree: &Tree) -> Result<(), Error> {
    let aside = run.place.aside();
    let path = run.above.path.join(&aside);
    if run.inside {
        return Err(Error::refused(
            &run.place.path,
            "cannot be renamed by this user",
            "move it away",
        ));
    }
    must_be_free(&run.above, &aside)?;
    let staged = stage(run, None, &pieces(&Standing::new(), tree.files.keys(), &[], tree))?;
    run.intend(&Intent::Exchange(Exchange {
        staged: staged.map_or(0, |it| it.stamp.inode),
        set_aside: true,
        carried: BTreeSet::new(),
        replaced: BTreeSet::new(),
    }))?;
    match run.hand.exchange(run.staged(), run.output()) {
        Ok(()) => run.set_aside(),
        Err(errno) if !is_impossible(errno) => Err(failed("switch", &run.place.path)(errno)),
        Err(_) => {
            let moved = run.hand.install(run.output(), (&run.above, &aside));
            moved.map_err(failed("set aside the old output as", &path))?;
            run.install().map_err(failed("create", &run.place.path))
        }
    }
}

/// Switches to the new tree, and says whether it could be done this way.
pub(super) fn write(
    run: &Run<'_>,
    root: &Folder,
    standing: &Standing,
    tree: &Tree,
    survey: &Survey,
) -> Result<bool, Error> {
    let pieces = pieces(standing, survey.report.written(), &survey.report.removed, tree);
    let Some(staged) = stage(run, Some(root), &pieces)? else { return Ok(false) };
    let carries = |path: &Path| matches!(pieces.get(path), Some(Piece::Carry));
    let is_folder = |facts: &Facts| facts.kind == Kind::Folder;
    let kept = standing.iter().filter(|(path, facts)| is_folder(facts) || carries(path));
    let intent = Exchange {
        staged: staged.stamp.inode,
        set_aside: false,
        carried: kept.map(|(_, facts)| facts.stamp.inode).collect(),
        replaced: survey.seen.values().copied().collect(),
    };
    let intent = Intent::Exchange(intent);
    run.intend(&intent)?;
    match run.hand.exchange(run.staged(), run.output()) {
        Err(errno) if is_impossible(errno) => return Ok(false),
        switched => switched.map_err(failed("switch", &run.place.path))?,
    }
    let Intent::Exchange(intent) = intent else { return Ok(true) };
    retire(run.hand, run.staged(), run.place.root()?.as_ref(), &intent)?;
    Ok(true)
}

/// The new tree, parents before children.
fn pieces<'a>(
    standing: &Standing,
    written: impl Iterator<Item = &'a OutPath>,
    removed: &[OutPath],
    tree: &'a Tree,
) -> BTreeMap<PathBuf, Piece<'a>> {
    let made: Vec<_> = written.filter_map(|path| Some((path, tree.files.get(path)?))).collect();
    let folder_of = |facts: &Facts| match facts.kind {
        Kind::Folder => Piece::Folder(Some(*facts)),
        _ => Piece::Carry,
    };
    let mut pieces: BTreeMap<_, _> =
        standing.iter().map(|(path, facts)| (path.clone(), folder_of(facts))).collect();
    for path in removed {
        pieces.remove(Path::new(path.as_str()));
    }
    let needed: BTreeSet<_> = made.iter().flat_map(|(path, _)| ancestors(path.as_str())).collect();
    let emptied: BTreeSet<_> = removed.iter().flat_map(|path| ancestors(path.as_str())).collect();
    for folder in emptied.difference(&needed).map(Path::new).collect::<Vec<_>>().into_iter().rev() {
        let mut below = pieces
            .range::<Path, _>((std::ops::Bound::Excluded(folder), std::ops::Bound::Unbounded));
        if below.next().is_none_or(|(path, _)| !path.starts_with(folder)) {
            pieces.remove(folder);
        }
    }
    for folder in needed {
        pieces.entry(folder.into()).or_insert(Piece::Folder(None));
    }
    pieces.extend(made.into_iter().map(|(path, file)| (path.as_str().into(), Piece::Make(file))));
    pieces
}

/// Stands the new tree up; `None` where a file cannot get a second name.
fn stage(
    run: &Run<'_>,
    old: Option<&Folder>,
    pieces: &BTreeMap<PathBuf, Piece<'_>>,
) -> Result<Option<Facts>, Error> {
    let hand = run.hand;
    let top = hand.make_folder(run.staged(), if old.is_some() { 0o700 } else { 0o755 })?;
    let old = old.map(|it| Ok::<_, Error>((it.clone(), it.facts()?))).transpose()?;
    let mut levels = vec![Level { path: Path::new(""), new: top.clone(), old }];
    let made = pieces.iter().filter(|(_, piece)| matches!(piece, Piece::Make(_)));
    let touched: BTreeSet<_> = made.flat_map(|(path, _)| path.ancestors()).collect();
    for (path, piece) in pieces {
        while levels.last().is_some_and(|level| !path.starts_with(level.path)) {
            close(run, levels.pop(), &touched)?;
        }
        let (Some(level), Some(name)) = (levels.last(), path.file_name()) else { continue };
        match (piece, &level.old) {
            (Piece::Make(file), _) => {
                drop(hand.create((&level.new, name), file.mode.bits(), &file.bytes)?)
            }
            (Piece::Folder(Some(facts)), Some((old, _))) => {
                let old = Some((old.open(name)?, *facts));
                let new = hand.make_folder((&level.new, name), 0o700)?;
                levels.push(Level { path, new, old });
            }
            (Piece::Folder(_), _) => {
                let new = hand.make_folder((&level.new, name), 0o755)?;
                levels.push(Level { path, new, old: None });
            }
            (Piece::Carry, Some((old, _))) => match hand.link(old, &level.new, name) {
                // It went away since it was listed.
                Ok(()) | Err(Errno::NOENT) => {}
                Err(errno) if is_impossible(errno) => return Ok(None),
                Err(errno) => return Err(failed("carry over", old.path.join(name))(errno)),
            },
            (Piece::Carry, None) => {}
        }
    }
    while let Some(level) = levels.pop() {
        close(run, Some(level), &touched)?;
    }
    top.facts().map(Some)
}

/// Gives a filled folder what its counterpart had, the time only if nothing of ours changed in it.
fn close(run: &Run<'_>, level: Option<Level<'_>>, touched: &BTreeSet<&Path>) -> Result<(), Error> {
    match level {
        Some(Level { path, new, old: Some((_, facts)) }) => {
            run.hand.settle(&new, &facts, !touched.contains(path))
        }
        _ => Ok(()),
    }
}

/// What a system says that cannot do it here at all.
fn is_impossible(errno: Errno) -> bool {
    matches!(
        errno,
        Errno::INVAL
            | Errno::NOSYS
            | Errno::XDEV
            | Errno::PERM
            | Errno::BUSY
            | Errno::MLINK
            | Errno::OPNOTSUPP
            | Errno::ACCESS
    )
}
