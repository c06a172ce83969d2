//! The pages of lints, proofs and artifacts.

use crate::artifacts::{ARTIFACTS, Artifact};
use crate::lint::LINTS;
use crate::proof::PROOFS;

pub(super) fn lint(name: &str) -> Option<String> {
    let lint = LINTS.iter().find(|it| it.name == name)?;
    Some(format!(
        "{} (lint, {}, since {})\n\n{}",
        lint.name,
        lint.severity.word(),
        lint.since,
        lint.explain
    ))
}

pub(super) fn proof(name: &str) -> Option<String> {
    let proof = PROOFS.iter().find(|it| it.name == name)?;
    Some(format!("{} (proof of `verify`)\n\n{}\n", proof.name, proof.summary))
}

pub(super) fn artifact(name: &str) -> Option<String> {
    let artifact: &Artifact = ARTIFACTS.iter().find(|it| it.name == name)?;
    let keys: Vec<String> = artifact.keys.iter().map(|it| format!("`{it}`")).collect();
    Some(format!(
        "{} (artifact)\n\n{}.\nPath: {}\nShaped by: {}\n",
        artifact.name,
        artifact.summary,
        artifact.paths,
        keys.join(", ")
    ))
}
