//! `docker.deploy`: how tasks come to the server.

use super::{Cx, known};
use crate::diag::{Diagnostic, Place};
use crate::site::{Deploy, Storage};
use crate::spec;

pub(super) fn resolve(
    written: Option<&spec::Deploy>,
    storage: &Storage,
    cx: &mut Cx<'_>,
) -> Deploy {
    let none = spec::Deploy::default();
    let written = written.unwrap_or(&none);
    if written.branch.is_some() && storage.registry.is_loopback() {
        let at = Place::Key("docker.deploy.branch".into());
        let message = "`docker.deploy.branch` is about a CI job, and no CI reaches a registry on the server's loopback address";
        cx.sink.push(
            Diagnostic::error("key-without-effect", at, message)
                .help("remove it, or name a registry that your CI reaches"),
        );
    }
    Deploy {
        project: written.project.clone(),
        directory: written.directory.clone(),
        branch: written.branch.clone().unwrap_or_else(|| known("main")),
    }
}
