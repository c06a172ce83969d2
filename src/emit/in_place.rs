//! The way round where two folders cannot change places: each file is staged beside its target
//! under a name of ours and renamed over it, by a journal that the next run finishes.

use super::error::{Error, failed};
use super::folder::{Folder, Way, split};
use super::hand::Hand;
use super::journal::{InPlace, Intent};
use super::run::Run;
use super::survey::Survey;
use crate::tree::Tree;
use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::path::Path;

/// Writes what the survey found, touching no file that is not ours.
pub(super) fn write(
    run: &Run<'_>,
    root: &Folder,
    tree: &Tree,
    survey: &Survey,
) -> Result<(), Error> {
    let plan = plan(root, survey)?;
    let intent = Intent::InPlace(plan);
    run.intend(&intent)?;
    let Intent::InPlace(plan) = intent else { return Ok(()) };
    stage(run.hand, root, tree, &plan)?;
    run.commit()?;
    apply(run.hand, Some(root), &plan)?;
    run.forget()
}

fn plan(root: &Folder, survey: &Survey) -> Result<InPlace, Error> {
    let mut plan = InPlace::default();
    for path in &survey.report.removed {
        plan.remove.extend(survey.seen.get(path).map(|stamp| (path.to_string(), *stamp)));
    }
    for path in survey.report.written() {
        plan.put.insert(path.to_string(), survey.seen.get(path).copied());
        for folder in ancestors(path.as_str()) {
            match root.way(Path::new(folder))? {
                Way::Open(_) => {}
                Way::Missing => drop(plan.folders.insert(folder.into())),
                Way::Blocked(at, kind) => {
                    let why = format!("is {} where the output needs a folder", kind.noun());
                    return Err(Error::refused(
                        &at,
                        why,
                        "remove it: this file system cannot exchange two folders",
                    ));
                }
            }
        }
    }
    Ok(plan)
}

/// Puts each file beside its target, and onto the disk: the rename must not come before the content.
fn stage(hand: &Hand, root: &Folder, tree: &Tree, plan: &InPlace) -> Result<(), Error> {
    for folder in &plan.folders {
        let (parent, name) = split(folder);
        let parent = must_open(root, parent)?;
        hand.make_folder((&parent, name), 0o755)?;
    }
    for path in plan.put.keys() {
        let Some(file) = tree.get(path) else { continue };
        let (parent, name) = split(path);
        let parent = must_open(root, parent)?;
        let staged = hand.create((&parent, &beside(name)), file.mode.bits(), &file.bytes)?;
        staged.sync_all().map_err(failed("write", parent.path.join(name)))?;
    }
    Ok(())
}

/// Switches file by file; what is done already is passed over, so it can be repeated.
/// A target that somebody edited since it was planned keeps the edit.
pub(super) fn apply(hand: &Hand, root: Option<&Folder>, plan: &InPlace) -> Result<(), Error> {
    let Some(root) = root else { return Ok(()) };
    for (path, stamp) in &plan.remove {
        let (parent, name) = split(path);
        if let Way::Open(parent) = root.way(parent)?
            && parent.look(name)?.is_some_and(|it| it.stamp == *stamp)
        {
            hand.remove((&parent, name))?;
        }
    }
    remove_emptied(hand, root, plan.remove.keys().flat_map(|path| ancestors(path)).collect())?;
    for (path, stamp) in &plan.put {
        let (parent, name) = split(path);
        let Way::Open(parent) = root.way(parent)? else { continue };
        let staged = beside(name);
        if parent.look(&staged)?.is_none() {
            continue;
        }
        match parent.look(name)?.map(|it| it.stamp) == *stamp {
            true => hand.replace((&parent, &staged), (&parent, name))?,
            false => hand.remove((&parent, &staged))?,
        }
    }
    Ok(())
}

/// Takes back what was staged.
pub(super) fn undo(hand: &Hand, root: Option<&Folder>, plan: &InPlace) -> Result<(), Error> {
    let Some(root) = root else { return Ok(()) };
    for path in plan.put.keys() {
        let (parent, name) = split(path);
        if let Way::Open(parent) = root.way(parent)? {
            hand.remove((&parent, &beside(name)))?;
        }
    }
    remove_emptied(hand, root, plan.folders.iter().map(String::as_str).collect())
}

fn remove_emptied(hand: &Hand, root: &Folder, folders: BTreeSet<&str>) -> Result<(), Error> {
    for folder in folders.into_iter().rev() {
        let (parent, name) = split(folder);
        if let Way::Open(parent) = root.way(parent)? {
            hand.remove_empty((&parent, name))?;
        }
    }
    Ok(())
}

fn must_open(root: &Folder, path: &Path) -> Result<Folder, Error> {
    match root.way(path)? {
        Way::Open(folder) => Ok(folder),
        Way::Missing => Err(failed("open", root.path.join(path))(rustix::io::Errno::NOENT)),
        Way::Blocked(at, kind) => {
            Err(Error::refused(&at, format!("is {} now", kind.noun()), "move it away"))
        }
    }
}

/// The name of a staged file, which no file of ours has.
fn beside(name: &OsStr) -> OsString {
    let mut staged = OsString::from(".");
    staged.push(name);
    staged.push(".trigger-gen");
    staged
}

/// The folders above a path, topmost first.
pub(super) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(at, _)| &path[..at])
}
