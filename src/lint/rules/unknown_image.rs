//! An image that the stack is not written for.

use crate::lint::{Report, image};
use crate::release::images::retired;
use crate::site::Site;

lint!(UNKNOWN_IMAGE, "unknown-image", Warning since "0.1.0", unknown_image);

fn unknown_image(site: &Site, report: &mut Report) {
    for used in image::used(site) {
        let Some(known) = used.known else { continue };
        let same = image::short(used.image.name()) == image::short(known);
        if !same && retired(used.image.as_str()).is_none() {
            report.found(
                used.at,
                format!("`{}` is no copy of `{known}`", used.image.name()),
                format!(
                    "name a copy of `{known}`: command, mounts and health check are written for it"
                ),
            );
        }
    }
}
