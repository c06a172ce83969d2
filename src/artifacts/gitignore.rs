//! `.gitignore`: the secret files of the output, so that committing the folder commits none of them.

use super::{Artifact, Target, file};
use crate::plan::{Body, PlannedFile};
use crate::tree::Mode;
use serde_json::json;

pub(super) const GITIGNORE: Artifact = Artifact {
    name: "gitignore",
    paths: ".gitignore",
    summary: "What of the output must not be committed",
    target: Target::Every,
    keys: &["name"],
    plan: |_| {
        vec![file(
            GITIGNORE.name,
            ".gitignore",
            Mode::Plain,
            Body::Text { template: "gitignore", cx: json!(null) },
        )]
    },
};

/// Lists the secret files, which are known when everything is planned.
pub(super) fn fill(files: &mut [PlannedFile], secret: Vec<String>) {
    let own = files.iter_mut().find(|it| it.artifact == GITIGNORE.name);
    if let Some(PlannedFile { body: Body::Text { cx, .. }, .. }) = own {
        *cx = json!({ "secret": secret });
    }
}
