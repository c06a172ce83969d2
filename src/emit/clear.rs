//! Clearing away what a run staged or replaced, and nothing that somebody else put there meanwhile.

use super::error::{Error, Outcome};
use super::folder::{Folder, Kind};
use super::hand::{At, Hand};
use super::journal::Exchange;
use std::io;

/// Removes a name and everything below it. Only for what was staged: each
/// foreign file in there is a second name of one that still stands.
pub(super) fn wipe(hand: &Hand, (at, name): At<'_>) -> Result<(), Error> {
    match at.look(name)? {
        None => Ok(()),
        Some(facts) if facts.kind != Kind::Folder => hand.remove((at, name)),
        Some(_) => {
            let folder = at.open(name)?;
            hand.unlock(&folder)?;
            for name in folder.list()? {
                wipe(hand, (&folder, &name))?;
            }
            hand.remove_empty((at, name)).map(drop)
        }
    }
}

/// Removes an old tree after the switch. What appeared or changed in it since
/// it was read moves into the new tree, and where it cannot, stays and is named.
pub(super) fn retire(
    hand: &Hand,
    old: At<'_>,
    new: Option<&Folder>,
    intent: &Exchange,
) -> Result<(), Error> {
    clear(hand, old, new, intent)?;
    let (at, name) = old;
    match at.look(name)? {
        None => Ok(()),
        Some(_) => Err(Error::Io {
            doing: "clear away",
            path: at.path.join(name),
            outcome: Outcome::Switched,
            source: io::Error::other(
                "it holds files that were changed while trigger-gen wrote: move them, then delete it",
            ),
        }),
    }
}

fn clear(
    hand: &Hand,
    (at, name): At<'_>,
    new: Option<&Folder>,
    intent: &Exchange,
) -> Result<(), Error> {
    let old = at.open(name)?;
    hand.unlock(&old)?;
    for name in old.list()? {
        let Some(facts) = old.look(&name)? else { continue };
        let carried = intent.carried.contains(&facts.stamp.inode);
        if carried && facts.kind == Kind::Folder {
            let new = new.and_then(|it| it.enter(&name).ok());
            clear(hand, (&old, &name), new.as_ref(), intent)?;
        } else if carried || intent.replaced.contains(&facts.stamp) {
            hand.remove((&old, &name))?;
        } else if let Some(new) = new {
            // A name that is taken by now stays behind, for its owner to look at.
            let _ = hand.install((&old, &name), (new, &name));
        }
    }
    hand.remove_empty((at, name)).map(drop)
}
