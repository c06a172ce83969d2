//! An image that can change under a running site.

use crate::lint::Report;
use crate::lint::image::{Used, numbers, used};
use crate::release::images::{State, retired};
use crate::release::not_an_image;
use crate::site::Site;

lint!(FLOATING_IMAGE, "floating-image", Error since "0.1.0", floating_image);

fn floating_image(site: &Site, report: &mut Report) {
    for used in used(site).into_iter().filter(|it| !is_exact(it) && !is_gone(it)) {
        let Used { service, image, at, .. } = used;
        let message = match image.tag() {
            None => format!("`{image}` has no tag: each pull takes what is newest"),
            Some(tag) => format!("`{image}` can be another image tomorrow: the tag `{tag}` moves"),
        };
        let help = "name a full version or a digest: `name:1.2.3`, `name@sha256:…`";
        let finding = report.found(at, message, help);
        let own = matches!(service, "webapp" | "supervisor");
        let reason = image.tag().filter(|_| own).and_then(not_an_image);
        finding.notes.extend(reason.map(|it| format!("this tag {it}")));
    }
}

/// Whether the reference names one image for ever.
fn is_exact(used: &Used<'_>) -> bool {
    // The full version of PostgreSQL has two numbers, of everything else three.
    let needed = if used.service.ends_with("postgres") { 2 } else { 3 };
    used.image.has_digest() || numbers(used.image).len() >= needed
}

/// An image that cannot be pulled at all is `removed-image`.
fn is_gone(used: &Used<'_>) -> bool {
    retired(used.image.as_str()).is_some_and(|row| row.state == State::Gone)
}
