//! The output as it stands on disk, for those who judge it without building.

use super::error::Error;
use super::folder::{Folder, Kind, Way, split};
use super::place::Place;
use super::run;
use super::survey::{has_mode, old_manifest};
use crate::manifest::{self, Manifest};
use crate::tree::{File, Mode, OutPath, Tree};
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// What the manifest lists, and what of it is there.
#[derive(Debug)]
pub struct OnDisk {
    /// The manifest itself.
    pub manifest: Manifest,
    /// Every listed file, and the manifest's own; `None` for one that is missing or no file.
    pub files: BTreeMap<OutPath, Option<Found>>,
}

/// One file as it was found.
pub struct Found {
    /// The whole content.
    pub bytes: Vec<u8>,
    /// The permission bits.
    pub mode: u32,
}

/// Never prints the content: it may be secret.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Found({:04o}, {} bytes)", self.mode, self.bytes.len())
    }
}

impl Found {
    /// Whether the permissions are the wanted ones, as far as Git keeps those of a public file.
    pub fn has_mode(&self, wanted: Mode) -> bool {
        has_mode(self.mode, wanted)
    }

    /// The wanted mode if the file has it, else the one that its permissions amount to.
    fn as_mode(&self, wanted: Mode) -> Mode {
        if self.has_mode(wanted) { wanted } else { Mode::of_bits(self.mode) }
    }
}

impl OnDisk {
    /// The files that are there, as a tree of the modes that they have.
    /// `artifact` finds the lasting name of an artifact; a file of an unknown one is left out.
    pub fn to_tree(&self, artifact: impl Fn(&str) -> Option<&'static str>) -> Tree {
        let file = |(path, found): (&OutPath, &Option<Found>)| {
            let (name, mode) = match self.manifest.files.get(path.as_str()) {
                Some(entry) => (entry.artifact.as_str(), entry.mode.as_str()),
                None => ("manifest", Mode::Plain.octal()),
            };
            let modes = [Mode::Plain, Mode::Executable, Mode::Secret];
            let wanted = modes.into_iter().find(|it| it.octal() == mode)?;
            let found = found.as_ref()?;
            let (mode, bytes) = (found.as_mode(wanted), found.bytes.clone());
            Some((path.clone(), File { bytes, mode, artifact: artifact(name)? }))
        };
        Tree { files: self.files.iter().filter_map(file).collect() }
    }
}

/// Reads the output at `dir`. Nothing is read through a link inside it.
pub fn read(dir: &Path) -> Result<OnDisk, Error> {
    let place = Place::of(dir)?;
    run::reading(&place, |root| read_root(dir, root))
}

fn read_root(dir: &Path, root: Option<&Folder>) -> Result<OnDisk, Error> {
    let missing = |why| Error::refused(dir, why, "build the site first");
    let root = root.ok_or_else(|| missing("does not exist"))?;
    let manifest = old_manifest(root)?.ok_or_else(|| missing("holds no `manifest.json`"))?;
    let mut files = BTreeMap::new();
    for path in manifest.files.keys().map(String::as_str).chain([manifest::PATH]) {
        let Some(out_path) = OutPath::new(path) else { continue };
        let (parent, name) = split(path);
        let found = match root.way(parent)? {
            Way::Open(folder) => match folder.look(name)? {
                Some(facts) if facts.kind == Kind::File => {
                    Some(Found { bytes: folder.read(name)?, mode: facts.mode })
                }
                _ => None,
            },
            _ => None,
        };
        files.insert(out_path, found);
    }
    Ok(OnDisk { manifest, files })
}
