//! An image that nobody mends.

use crate::lint::{Report, image};
use crate::release::images::{State, retired};
use crate::site::Site;

lint!(FROZEN_IMAGE, "frozen-image", Warning since "0.1.0", frozen_image);

fn frozen_image(site: &Site, report: &mut Report) {
    for used in image::used(site) {
        let Some(row) = retired(used.image.as_str()).filter(|it| it.state == State::Frozen) else {
            continue;
        };
        let name = used.image.name();
        report.found(
            used.at,
            format!("`{name}` is frozen: {}", row.reason),
            format!("take {}", row.instead),
        );
    }
}
