//! How tasks come to the server.

use crate::value::{Branch, ProjectRef, RepoFolder};

/// How tasks come to the server.
#[derive(Debug, Clone)]
pub struct Deploy {
    /// The project; `None` where its own `trigger.config.ts` names it.
    pub project: Option<ProjectRef>,
    /// The folder of the repository that holds `trigger.config.ts`; `None` is its root.
    pub directory: Option<RepoFolder>,
    /// The branch that the CI job deploys.
    pub branch: Branch,
}
