//! `s2-spec.json`: the one basin of the bundled s2.

use super::environment::S2_BASIN;
use super::{Artifact, Target, file};
use crate::plan::Body;
use crate::site::Streams;
use crate::tree::Mode;
use serde_json::json;

/// Below the install root.
pub(super) const PATH: &str = "s2/s2-spec.json";
/// Where the container sees it.
pub(super) const MOUNTED: &str = "/config/s2-spec.json";

pub(super) const S2: Artifact = Artifact {
    name: "s2",
    paths: "docker/s2/s2-spec.json",
    summary: "The basin that the bundled s2 begins with",
    target: Target::Docker,
    keys: &["storage.streams"],
    plan: |cx| {
        if !matches!(cx.site.storage.streams, Streams::Bundled) {
            return Vec::new();
        }
        let config = json!({ "create_stream_on_append": true, "create_stream_on_read": true });
        let document = json!({ "basins": [{ "name": S2_BASIN, "config": config }] });
        vec![file(S2.name, format!("docker/{PATH}"), Mode::Plain, Body::Json(document))]
    },
};
