//! The releases 4.7, known from pages alone.

use super::v4_6::V4_6_4;
use super::{Release, Version};

// release page v4.7.7, tag page v.docker.4.7.7, documentation bundled with SDK 4.7.7
pub(super) const V4_7_7: Release = Release {
    version: Version(4, 7, 7),
    date: Some("2026-10-22"),
    unknown: "its compose file, its schema, whether it still brings Electric",
    node: Some("24.22.1"),
    ..V4_7_4
};

// release page v4.7.4
pub(super) const V4_7_4: Release =
    Release { version: Version(4, 7, 4), date: Some("2026-10-14"), ..V4_7_3 };

// release page v4.7.3
pub(super) const V4_7_3: Release = Release { version: Version(4, 7, 3), date: None, ..V4_7_1 };

// release page v4.7.1, tag page v.docker.4.7.1
pub(super) const V4_7_1: Release = Release {
    version: Version(4, 7, 1),
    date: Some("2026-10-02"),
    unknown: "its compose file, its schema, whether it still brings Electric, its own documentation",
    ..V4_6_4
};
