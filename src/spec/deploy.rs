//! `docker.deploy`: how tasks come to the server.

use super::read::section;
use crate::value::{Branch, ProjectRef, RepoFolder};

section! {
    /// How tasks come to the server. The CLI always has the version of `release`.
    Deploy {
        /// The project that is deployed. Default: the one that `trigger.config.ts` names.
        optional project: ProjectRef,
        /// The folder of your repository in which `trigger.config.ts` stands. Default: its root.
        optional directory: RepoFolder,
        /// The branch whose every push the CI job deploys. Default: main.
        optional branch: Branch,
    }
}
