//! A release with published holes that a later one closed.

use crate::diag::Place;
use crate::lint::{Report, holes};
use crate::release::{SECURITY_FLOOR, Version, advisories_open_at};
use crate::site::Site;

lint!(KNOWN_ADVISORY, "known-advisory", Warning since "0.1.0" of release, known_advisory);

fn known_advisory(site: &Site, report: &mut Report) {
    let version = site.release.version;
    let count = advisories_open_at(version).count();
    // Below the floor `below-security-floor` says it, louder.
    if count == 0 || version < SECURITY_FLOOR.version {
        return;
    }
    let message = match count {
        1 => format!("{version} has a published hole"),
        _ => format!("{version} has {count} published holes"),
    };
    let help = match holes::first_release(|it| !has_holes(it.version)) {
        Some(clean) => {
            format!("move to `{clean}`, the first release that is not known to have any")
        }
        None => "say in `allow` why this release is run nevertheless".into(),
    };
    let finding = report.found(Place::Value("release".into()), message, help);
    finding.notes = holes::notes(version);
}

fn has_holes(version: Version) -> bool {
    advisories_open_at(version).next().is_some()
}
