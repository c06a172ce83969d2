//! Replacing a store by another in one step.

use super::error::{Error, failed};
use super::hand::Hand;
use super::place::Place;
use super::read::{self, LARGEST, Standing};
use crate::secrets::Draft;
use rustix::fs::FileType;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use zeroize::Zeroizing;

/// Writes the new store beside the old one, and lets it take the old one's name.
pub(super) fn replace(
    hand: &Hand,
    place: &Place,
    old: Option<&Standing>,
    draft: &Draft,
) -> Result<(), Error> {
    let text = draft.write();
    assert!(
        Draft::read(&text).as_ref() == Ok(draft),
        "bug in trigger-gen: a secret store that does not read back"
    );
    if text.len() > LARGEST {
        let why = "the secret store would be larger than 1 MiB";
        return Err(Error::refused(&place.path, why, "keep large texts elsewhere"));
    }
    must_be_unchanged(place, old)?;
    let name = place.new_name();
    let mut file = match hand.create(place, &name) {
        Err(Errno::EXIST) => return Err(in_the_way(place)),
        other => other.map_err(failed("write", &place.path))?,
    };
    let installed = fill(hand, place, &mut file, &name, old, draft, &text)
        .map_err(failed("write", &place.path))
        .and_then(|()| must_be_unchanged(place, old))
        .and_then(|()| match hand.install(place, &name, old.is_some()) {
            Err(Errno::EXIST) => Err(changed(place)),
            other => other.map_err(failed("write", &place.path)),
        });
    if installed.is_err() {
        let _ = hand.remove(place, &name);
    }
    installed?;
    hand.sync_folder(place).map_err(failed("bring to the disk", &place.path))
}

/// Makes the new file whole: content, owner, mode, on the disk, and read back.
fn fill(
    hand: &Hand,
    place: &Place,
    file: &mut File,
    name: &OsStr,
    old: Option<&Standing>,
    draft: &Draft,
    text: &str,
) -> io::Result<()> {
    hand.write(file, text.as_bytes())?;
    // What was an example and is none any more is closed; nothing is ever opened.
    let keep = if draft.example { 0o777 } else { 0o600 };
    let mode = old.map_or(0o600, |it| it.facts.mode & keep);
    let owner = old.map(|it| (it.facts.uid, it.facts.gid));
    let made = rustix::fs::fstat(&*file)?;
    hand.settle(file, owner.filter(|it| *it != (made.st_uid, made.st_gid)), mode)?;
    hand.sync(file)?;
    let mut back = Zeroizing::new(Vec::with_capacity(text.len() + 1));
    read::open(place, name)?.read_to_end(&mut back)?;
    if back.as_slice() != text.as_bytes() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the disk gives back something else",
        ));
    }
    Ok(())
}

/// Removes what a killed run left. Only under the lock, which says that no run is at it.
pub(super) fn clear(hand: &Hand, place: &Place) -> Result<(), Error> {
    let name = place.new_name();
    if is_ours(place, &name).unwrap_or(false) {
        hand.remove(place, &name).map_err(failed("clear up beside", &place.path))?;
    }
    Ok(())
}

/// Whether the file of that name was begun by trigger-gen: this user's or the store's owner's, and
/// with the beginning of a store, or nothing yet, in it.
fn is_ours(place: &Place, name: &OsStr) -> Result<bool, Error> {
    let Some(stat) = read::look(place, name)? else { return Ok(false) };
    let owners = [Some(rustix::process::geteuid().as_raw()), read::facts(place)?.map(|it| it.uid)];
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile
        || !owners.contains(&Some(stat.st_uid))
    {
        return Ok(false);
    }
    let mut begin = Zeroizing::new(vec![0; 64]);
    let length = read::open(place, name)
        .map_err(io::Error::from)
        .and_then(|mut file| file.read(&mut begin))
        .map_err(failed("read", &place.path))?;
    Ok(Draft::begins_like_one(&begin[..length]))
}

/// An editor knows nothing of the lock: what it wrote meanwhile must not be lost.
fn must_be_unchanged(place: &Place, old: Option<&Standing>) -> Result<(), Error> {
    match read::facts(place)? == old.map(|it| it.facts) {
        true => Ok(()),
        false => Err(changed(place)),
    }
}

fn changed(place: &Place) -> Error {
    let why = "the secret store was changed by somebody else meanwhile";
    Error::refused(&place.path, why, "run the command again")
}

fn in_the_way(place: &Place) -> Error {
    let name = place.above.join(place.new_name());
    Error::refused(
        &place.path,
        format!("`{}` is in the way, and is not a rest of a killed run", name.display()),
        "move it away; if other runs of trigger-gen use this folder, wait for them",
    )
}
