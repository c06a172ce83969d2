//! What the catalog of releases says of holes, and since when something is mended.

use crate::release::security::{Advisory, FLOORS, Level};
use crate::release::{RELEASES, Release, Version, advisories_open_at};

/// Each hole in a line, and what else is wrong with older releases.
pub(super) fn notes(version: Version) -> Vec<String> {
    let minor = FLOORS.iter().filter(|floor| floor.level == Level::Info && version < floor.version);
    let minor = minor.map(|floor| format!("below {}: {}", floor.version, floor.reason));
    advisories_open_at(version).map(line).chain(minor).collect()
}

fn line(hole: &Advisory) -> String {
    let end = match (hole.fixed, hole.last_known) {
        (Some(fixed), _) => format!("closed in {fixed}"),
        (None, Some(last)) => format!("no fix is named, known up to {last}"),
        (None, None) => "no fix is named".into(),
    };
    let meanwhile = if hole.mitigation.is_empty() { "" } else { "; meanwhile " };
    format!("{}: {} ({end}{meanwhile}{})", hole.id, hole.what, hole.mitigation)
}

/// The oldest release from which on every release is so.
pub(super) fn first_release(is: impl Fn(&Release) -> bool) -> Option<Version> {
    RELEASES.iter().take_while(|release| is(release)).last().map(|release| release.version)
}
