//! A release whose code nobody read.

use crate::diag::Place;
use crate::lint::Report;
use crate::release::{Evidence, newest_proven};
use crate::site::Site;

lint!(DOCUMENTED_RELEASE, "documented-release", Warning since "0.1.0" of release, documented_release);

fn documented_release(site: &Site, report: &mut Report) {
    let release = site.release;
    if release.evidence != Evidence::Documented {
        return;
    }
    let message = format!("{} is known from its documentation alone", release.version);
    let help = format!("`{}` is the newest release whose code was read", newest_proven().version);
    let finding = report.found(Place::Value("release".into()), message, help);
    let note =
        format!("compiled by what {} reads; not known: {}", release.contract(), release.unknown);
    finding.notes.push(note);
}
