//! `allow` and `secrets`.

use super::read::section;
use crate::value::{LintName, StorePath, Text};

section! {
    /// A lint accepted for this site, with the reason.
    Allow {
        /// The lint, as the message names it.
        required lint: LintName,
        /// Why it is accepted. Shown in every report.
        required because: Text,
    }
}

section! {
    /// Where the secret store is.
    SecretsSection {
        /// Path from the folder of this file. Default: `<name>.secrets.yaml`.
        optional store: StorePath,
    }
}
