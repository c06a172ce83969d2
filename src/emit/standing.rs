//! Everything that stands in an output, ours or not, as far as it can be stood up again elsewhere.

use super::error::{Error, Refusal, failed};
use super::folder::{Facts, Folder, Kind};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each path below the output, folders included.
pub(super) type Standing = BTreeMap<PathBuf, Facts>;

/// Reads the whole folder. `None` if some of it must stay where it is: another
/// file system is mounted there, or a folder is closed to us or somebody else's,
/// so that one of ours could not take its place. Sockets, pipes and devices are refused.
pub(super) fn scan(root: &Folder) -> Result<Option<Standing>, Error> {
    let user = rustix::process::geteuid().as_raw();
    let mut scan =
        Scan { user, device: root.facts()?.device, found: Standing::new(), special: Vec::new() };
    let movable = scan.is_ours(&root.facts()?) && scan.walk(root, Path::new(""))?;
    match scan.special.is_empty() {
        true => Ok(movable.then_some(scan.found)),
        false => Err(Error::Refused(scan.special)),
    }
}

struct Scan {
    user: u32,
    device: u64,
    found: Standing,
    special: Vec<Refusal>,
}

impl Scan {
    fn walk(&mut self, folder: &Folder, prefix: &Path) -> Result<bool, Error> {
        let names = match folder.names() {
            Err(Errno::ACCESS | Errno::PERM) => return Ok(false),
            names => names.map_err(failed("list", &folder.path))?,
        };
        let mut movable = true;
        for name in names {
            let Some(facts) = folder.look(&name)? else { continue };
            let path = prefix.join(&name);
            movable &= facts.device == self.device;
            match facts.kind {
                Kind::Folder if !self.is_ours(&facts) => movable = false,
                Kind::Folder => match folder.enter(&name) {
                    Ok(next) => movable &= self.walk(&next, &path)?,
                    Err(Errno::ACCESS | Errno::PERM) => movable = false,
                    Err(errno) => return Err(failed("open", folder.path.join(&name))(errno)),
                },
                Kind::Special => self.special.push(Refusal {
                    path: folder.path.join(&name),
                    why: format!("is {}", facts.kind.noun()),
                    help: "move it out of the output".into(),
                }),
                Kind::File | Kind::Link => {}
            }
            self.found.insert(path, facts);
        }
        Ok(movable)
    }

    fn is_ours(&self, facts: &Facts) -> bool {
        self.user == 0 || facts.uid == self.user
    }
}
