//! A webapp or supervisor of another release than the site's.

use crate::lint::{Report, image};
use crate::release::Version;
use crate::site::Site;

lint!(COMPONENT_RELEASE_MISMATCH, "component-release-mismatch", Error since "0.1.0" of release, component_release_mismatch);

fn component_release_mismatch(site: &Site, report: &mut Report) {
    let release = site.release;
    let own = [("webapp", release.webapp_image()), ("supervisor", release.supervisor_image())];
    for used in image::used(site) {
        let Some((_, own)) = own.iter().find(|(service, _)| *service == used.service) else {
            continue;
        };
        let Some(version) = version(&image::numbers(used.image)) else { continue };
        if version != release.version {
            report.found(
                used.at,
                format!("the {} is of {version}, the site of {}", used.service, release.version),
                format!("name a copy of `{own}`, or write `release: {version}`"),
            );
        }
    }
}

/// The release that a tag names, if it names one.
fn version(numbers: &[u32]) -> Option<Version> {
    let [major, minor, patch, ..] = *numbers else { return None };
    let number = |it: u32| u16::try_from(it).ok();
    Some(Version(number(major)?, number(minor)?, number(patch)?))
}
