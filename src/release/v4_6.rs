//! The releases 4.6, known from pages alone.

use super::v4_5::V4_5_16;
use super::{Release, Version};

// documentation bundled with SDK 4.6.4
pub(super) const V4_6_4: Release = Release {
    version: Version(4, 6, 4),
    date: Some("2026-09-22"),
    unknown: "its compose file, its schema, whether it still brings Electric, whether an image of it was published",
    ..V4_6_1
};

// release page v4.6.1
pub(super) const V4_6_1: Release = Release {
    version: Version(4, 6, 1),
    date: Some("2026-09-15"),
    unknown: "its compose file, its schema, whether it still brings Electric, its own documentation",
    ..V4_6_0
};

// documentation bundled with SDK 4.6.0
pub(super) const V4_6_0: Release = Release {
    version: Version(4, 6, 0),
    date: None,
    unknown: "its compose file, its schema, whether it still brings Electric, whether an image of it was published",
    ..V4_5_16
};
