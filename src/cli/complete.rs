//! A store with everything that a site needs: its secrets, and the keys of its encrypted files.

use super::build::random;
use crate::artifacts;
use crate::secrets::{Draft, Made};
use crate::site::Site;
use crate::sops::Moment;
use std::time::{SystemTime, UNIX_EPOCH};

/// Whether nothing has to be made for a site.
pub(super) fn is_complete(draft: &Draft, site: &Site) -> bool {
    draft.is_complete(site) && draft.lacking_file_keys(&artifacts::encrypted(site)).is_empty()
}

/// Makes whatever is missing, and changes the keys of files that are for others than the site says.
pub(super) fn fill(draft: &mut Draft, site: &Site) -> Vec<Made> {
    let mut made = draft.fill(site, random).made;
    made.extend(draft.fill_file_keys(&artifacts::encrypted(site), &now(), random));
    made
}

/// The moment at which a key is made. It goes into the store, as randomness does, and from there into every build.
#[expect(
    clippy::disallowed_methods,
    reason = "said once, when a key is made, and kept in the store"
)]
fn now() -> Moment {
    Moment::of_unix(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |it| it.as_secs()))
}
