//! The releases 4.8, known from pages alone.

use super::v4_7::V4_7_7;
use super::{Release, Version};

// tag page v.docker.4.8.5
pub(super) const V4_8_5: Release = Release {
    version: Version(4, 8, 5),
    date: Some("2026-11-12"),
    unknown: "its compose file, its schema, whether it still brings Electric, its own documentation",
    node: Some("24.22.3"),
    ..V4_8_3
};

// documentation bundled with SDK 4.8.3
pub(super) const V4_8_3: Release = Release {
    version: Version(4, 8, 3),
    date: Some("2026-10-30"),
    unknown: "its compose file, its schema, whether it still brings Electric, whether an image of it was published",
    ..V4_8_2
};

// release page v4.8.2
pub(super) const V4_8_2: Release =
    Release { version: Version(4, 8, 2), date: Some("2026-10-29"), ..V4_8_1 };

// release page v4.8.1, tag page v.docker.4.8.1
pub(super) const V4_8_1: Release = Release {
    version: Version(4, 8, 1),
    date: Some("2026-10-23"),
    unknown: "its compose file, its schema, whether it still brings Electric, its own documentation",
    node: None,
    ..V4_7_7
};
