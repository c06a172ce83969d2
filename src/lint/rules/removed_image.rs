//! An image that can no longer be pulled.

use crate::lint::{Report, image};
use crate::release::images::{State, retired};
use crate::site::Site;

lint!(REMOVED_IMAGE, "removed-image", Error since "0.1.0", removed_image);

fn removed_image(site: &Site, report: &mut Report) {
    for used in image::used(site) {
        let Some(row) = retired(used.image.as_str()).filter(|it| it.state == State::Gone) else {
            continue;
        };
        let since = row.since.map(|day| format!(" since {day}")).unwrap_or_default();
        report.found(
            used.at,
            format!("`{}` cannot be pulled{since}: {}", used.image, row.reason),
            format!("take {}", row.instead),
        );
    }
}
