//! Tags that look like releases and are none, each with the reason.

use super::{Version, find, newest_proven};

/// Why this is not the tag of a release to pin; `None` when nothing speaks against it.
///
/// With or without the leading `v`. A release that is merely unknown is not refused here: [`find`] is
/// what knows releases.
#[must_use]
pub fn not_an_image(tag: &str) -> Option<&'static str> {
    match tag {
        "v4-beta" => {
            return Some("was frozen at 4.4.6 in May 2026 and lacks every security release since");
        }
        "v4" => return Some("moves with every stable release"),
        "latest" => {
            return Some(
                "moves with every stable release, and named a version 2 image before 4.5.0",
            );
        }
        "main" => return Some("moves with every change of upstream's code, released or not"),
        _ => {}
    }
    let version = Version::parse(tag.strip_prefix('v').unwrap_or(tag))?;
    let counted = Version(4, 0, 0) <= version && version <= newest_proven().version;
    (counted && find(version).is_none())
        .then_some("is a version of the npm packages; no image was published under it")
}

/// Releases that documents, advisories or change logs name, without a page that names an image.
pub static HEARD_OF: &[Version] =
    &[Version(4, 8, 0), Version(4, 7, 6), Version(4, 7, 0), Version(4, 6, 2), Version(4, 5, 14)];

/// Whether a release that [`find`] does not know has at least been heard of.
#[must_use]
pub fn heard_of(version: Version) -> bool {
    HEARD_OF.contains(&version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_gaps_up_to_the_newest_proven_are_npm_versions() {
        for tag in ["4.0.1", "4.0.2", "4.0.3", "4.0.5", "4.0.6", "4.0.7", "v4.1.0", "4.4.7"] {
            assert!(not_an_image(tag).is_some_and(|reason| reason.contains("npm")), "{tag}");
        }
        for tag in ["v4.5.12", "4.0.0", "4.8.5", "4.9.0", "4.5.14", "3.3.19", "sha-1234567"] {
            assert_eq!(not_an_image(tag), None, "{tag}");
        }
    }
}
