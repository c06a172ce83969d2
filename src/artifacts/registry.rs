//! `auth.htpasswd`: who may push to and pull from the bundled registry.

use super::{Artifact, Target, file};
use crate::plan::Body;
use crate::release::env;
use crate::site::{Registry, generated};
use crate::tree::Mode;
use serde_json::json;

/// Below the install root.
pub(super) const PATH: &str = "registry/auth.htpasswd";
/// Where the container sees it.
pub(super) const MOUNTED: &str = "/auth/htpasswd";

pub(super) const HTPASSWD: Artifact = Artifact {
    name: "htpasswd",
    paths: "docker/registry/auth.htpasswd",
    summary: "User and bcrypt hash of the bundled registry",
    target: Target::Docker,
    keys: &["storage.registry"],
    plan: |cx| {
        let Registry::Bundled(registry) = &cx.site.storage.registry else { return Vec::new() };
        let hash = cx.secrets.bcrypt(&generated(env::DOCKER_REGISTRY_PASSWORD));
        let line = json!({ "user": registry.username.as_str(), "hash": hash });
        vec![file(
            HTPASSWD.name,
            format!("docker/{PATH}"),
            Mode::Secret,
            Body::Text { template: "docker/registry/auth.htpasswd", cx: line },
        )]
    },
};
