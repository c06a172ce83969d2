//! Comparing a tree with the disk: the fate of each path, or why it may not be touched.

use super::error::{Error, Refusal};
use super::folder::{Facts, Folder, Kind, Stamp, Way, split};
use super::report::Report;
use crate::manifest::{self, Entry, Fingerprints, Manifest};
use crate::tree::{File, Mode, OutPath, Tree};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// The fates, and which files stood there when they were decided.
pub(super) struct Survey {
    pub(super) report: Report,
    /// Files of ours that are to be replaced or removed.
    pub(super) seen: BTreeMap<OutPath, Stamp>,
}

/// Decides the fate of every path of `tree` and of the old manifest.
pub(super) fn survey(
    root: Option<&Folder>,
    tree: &Tree,
    key: &dyn Fingerprints,
    force: bool,
) -> Result<Survey, Error> {
    let Some(root) = root else {
        let report = Report { created: tree.files.keys().cloned().collect(), ..Report::default() };
        return Ok(Survey { report, seen: BTreeMap::new() });
    };
    let old = old_entries(root, force)?;
    let mut surveyor = Surveyor {
        root,
        key,
        force,
        old: &old,
        parent: None,
        found: Survey { report: Report::default(), seen: BTreeMap::new() },
        refusals: Vec::new(),
    };
    surveyor.orphans(tree)?;
    for (path, file) in &tree.files {
        surveyor.file(path, file)?;
    }
    match surveyor.refusals.is_empty() {
        true => Ok(surveyor.found),
        false => Err(Error::Refused(surveyor.refusals)),
    }
}

/// The manifest of the standing output; `None` where it has none.
pub(super) fn old_manifest(root: &Folder) -> Result<Option<Manifest>, Error> {
    let name = OsStr::new(manifest::PATH);
    let path = root.path.join(name);
    match root.look(name)?.map(|it| it.kind) {
        None => return Ok(None),
        Some(Kind::File) => {}
        Some(kind) => {
            return Err(Error::refused(&path, format!("is {}", kind.noun()), "remove it"));
        }
    }
    let Some(manifest) = Manifest::read(&root.read(name)?) else {
        return Err(Error::refused(
            &path,
            "is damaged, or of another version of trigger-gen",
            "restore it from Git, or build with `--force`, which overwrites every file in the way",
        ));
    };
    match manifest.files.keys().find(|it| OutPath::new(it.as_str()).is_none()) {
        None => Ok(Some(manifest)),
        Some(leaving) => Err(Error::refused(
            &path,
            format!("lists `{leaving}`, which is no path inside the folder"),
            "restore it from Git, or build with `--force`, which ignores it",
        )),
    }
}

fn old_entries(root: &Folder, force: bool) -> Result<BTreeMap<OutPath, Entry>, Error> {
    let old = match old_manifest(root) {
        Err(Error::Refused(_)) if force => None,
        other => other?,
    };
    let files = old.map(|it| it.files).unwrap_or_default().into_iter();
    let entries = files.filter_map(|(path, entry)| OutPath::new(path).map(|path| (path, entry)));
    Ok(entries.filter(|(path, _)| path.as_str() != manifest::PATH).collect())
}

struct Surveyor<'a> {
    root: &'a Folder,
    key: &'a dyn Fingerprints,
    force: bool,
    old: &'a BTreeMap<OutPath, Entry>,
    /// The folder of the path before, since paths come in order.
    parent: Option<(PathBuf, Folder)>,
    found: Survey,
    refusals: Vec<Refusal>,
}

impl Surveyor<'_> {
    /// What the old manifest lists and the tree no longer makes.
    fn orphans(&mut self, tree: &Tree) -> Result<(), Error> {
        let mut orphans = self.old.iter().filter(|(path, _)| !tree.files.contains_key(path));
        orphans.try_for_each(|(path, entry)| self.orphan(path, entry))
    }

    fn orphan(&mut self, path: &OutPath, entry: &Entry) -> Result<(), Error> {
        let (parent, name) = split(path.as_str());
        let Way::Open(folder) = self.way(parent)? else { return Ok(()) };
        let report = &mut self.found.report;
        match folder.look(name)? {
            None => {}
            Some(facts)
                if facts.kind == Kind::File
                    && entry.is_unchanged(path.as_str(), &folder.read(name)?, self.key) =>
            {
                self.found.seen.insert(path.clone(), facts.stamp);
                report.removed.push(path.clone());
            }
            Some(_) => report.edited_but_no_longer_made.push(path.clone()),
        }
        Ok(())
    }

    /// What the tree makes.
    fn file(&mut self, path: &OutPath, file: &File) -> Result<(), Error> {
        let (parent, name) = split(path.as_str());
        match self.way(parent)? {
            Way::Missing => self.found.report.created.push(path.clone()),
            Way::Blocked(at, Kind::File) if self.is_removed(&at) => {
                self.found.report.created.push(path.clone())
            }
            Way::Blocked(at, kind) => self.refuse(at, kind),
            Way::Open(folder) => match folder.look(name)? {
                None => self.found.report.created.push(path.clone()),
                Some(facts) if facts.kind == Kind::File => {
                    let bytes = folder.read(name)?;
                    self.standing(path, file, &facts, &bytes);
                }
                Some(facts)
                    if facts.kind == Kind::Folder && self.is_emptied(&folder.open(name)?)? =>
                {
                    self.found.report.created.push(path.clone());
                }
                Some(facts) => self.refuse(folder.path.join(name), facts.kind),
            },
        }
        Ok(())
    }

    /// A file stands where the tree has one.
    fn standing(&mut self, path: &OutPath, file: &File, facts: &Facts, bytes: &[u8]) {
        let report = &mut self.found.report;
        if bytes == file.bytes {
            if has_mode(facts.mode, file.mode) {
                return report.unchanged.push(path.clone());
            }
            report.mode_changed.push(path.clone());
        } else if self.force || path.as_str() == manifest::PATH {
            report.changed.push(path.clone());
        } else {
            match self.old.get(path) {
                None => return self.refuse_foreign(path),
                Some(entry) if entry.is_unchanged(path.as_str(), bytes, self.key) => {
                    report.changed.push(path.clone())
                }
                Some(_) => return report.kept_edited.push(path.clone()),
            }
        }
        self.found.seen.insert(path.clone(), facts.stamp);
    }

    fn way(&mut self, parent: &Path) -> Result<Way, Error> {
        match &self.parent {
            Some((known, folder)) if known == parent => return Ok(Way::Open(folder.clone())),
            _ => {}
        }
        let way = self.root.way(parent)?;
        if let Way::Open(folder) = &way {
            self.parent = Some((parent.into(), folder.clone()));
        }
        Ok(way)
    }

    /// Whether the file at this path on disk goes away.
    fn is_removed(&self, at: &Path) -> bool {
        let inside = at.strip_prefix(&self.root.path).ok().and_then(Path::to_str);
        inside.and_then(OutPath::new).is_some_and(|it| self.found.report.removed.contains(&it))
    }

    /// Whether a folder holds files that go away and nothing else. One that is
    /// empty already is somebody else's.
    fn is_emptied(&self, folder: &Folder) -> Result<bool, Error> {
        let names = folder.list()?;
        if names.is_empty() {
            return Ok(false);
        }
        for name in names {
            let goes = match folder.look(&name)? {
                Some(facts) if facts.kind == Kind::Folder => {
                    self.is_emptied(&folder.open(&name)?)?
                }
                _ => self.is_removed(&folder.path.join(&name)),
            };
            if !goes {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn refuse_foreign(&mut self, path: &OutPath) {
        self.refusals.push(Refusal {
            path: self.root.path.join(path.as_str()),
            why: "is in the way and was not made by trigger-gen".into(),
            help: "move it away, or build with `--force` to overwrite it".into(),
        });
    }

    fn refuse(&mut self, path: PathBuf, kind: Kind) {
        if self.refusals.iter().all(|it| it.path != path) {
            let why = format!("is {} where the output has something else", kind.noun());
            self.refusals.push(Refusal { path, why, help: "move it away".into() });
        }
    }
}

/// Git checks public files out by the umask, so their group may be allowed to
/// write. A secret file is 0600 and nothing else.
pub(super) fn has_mode(found: u32, wanted: Mode) -> bool {
    let of_no_account = if wanted == Mode::Secret { 0 } else { 0o020 };
    found & !of_no_account == wanted.bits()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_compared_as_git_leaves_them() {
        assert!(has_mode(0o664, Mode::Plain) && has_mode(0o775, Mode::Executable));
        for (found, wanted) in [
            (0o600, Mode::Plain),
            (0o646, Mode::Plain),
            (0o755, Mode::Plain),
            (0o644, Mode::Executable),
            (0o640, Mode::Secret),
            (0o620, Mode::Secret),
            (0o4755, Mode::Executable),
        ] {
            assert!(!has_mode(found, wanted), "{found:o}");
        }
    }
}
