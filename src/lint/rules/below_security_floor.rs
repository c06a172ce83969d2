//! A release whose holes strangers can use.

use crate::diag::Place;
use crate::lint::{Report, holes};
use crate::release::{SECURITY_FLOOR, newest_proven};
use crate::site::Site;

lint!(BELOW_SECURITY_FLOOR, "below-security-floor", Error since "0.1.0" of release, below_security_floor);

fn below_security_floor(site: &Site, report: &mut Report) {
    let version = site.release.version;
    if version >= SECURITY_FLOOR.version {
        return;
    }
    let message = format!("{version} is not safe to run: {}", SECURITY_FLOOR.reason);
    let newest = newest_proven().version;
    let finding = report.found(
        Place::Value("release".into()),
        message,
        format!("write `{newest}`, or at least `{}`", SECURITY_FLOOR.version),
    );
    finding.instead = Some(newest.to_string());
    finding.notes = holes::notes(version);
}
