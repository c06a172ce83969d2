//! The tree against its manifest.

use super::{Blame, Proof, Spot};
use crate::fingerprint::sha256;
use crate::manifest;

pub(super) static MISSING_LISTED_FILE: Proof = Proof {
    name: "missing-listed-file",
    summary: "Every file that the manifest lists is there.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some(manifest) = &stack.manifest else { return };
        for (path, entry) in &manifest.files {
            let is_withheld = stack.context.withheld && entry.fingerprint.is_some();
            if stack.tree.get(path).is_none() && !is_withheld {
                report.fault(
                    Spot::file(path),
                    "is listed by the manifest and not there",
                    "build again",
                );
            }
        }
    },
};

pub(super) static UNLISTED_FILE: Proof = Proof {
    name: "unlisted-file",
    summary: "The manifest lists every file of the tree.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some(listed) = &stack.manifest else { return };
        for path in stack.tree.files.keys().map(|it| it.as_str()) {
            if path != manifest::PATH && !listed.files.contains_key(path) {
                report.fault(
                    Spot::file(path),
                    "is not listed by the manifest",
                    "keep your own files outside the output, or build again",
                );
            }
        }
    },
};

pub(super) static MANIFEST_MODE: Proof = Proof {
    name: "manifest-mode",
    summary: "Every file has the mode that the manifest says.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some(manifest) = &stack.manifest else { return };
        for (path, file) in &stack.tree.files {
            let Some(entry) = manifest.files.get(path.as_str()) else { continue };
            if entry.mode != file.mode.octal() {
                report.fault(
                    Spot::file(path.as_str()),
                    format!("has mode {}, and the manifest says {}", file.mode.octal(), entry.mode),
                    format!("chmod {} {path}", entry.mode),
                );
            }
        }
    },
};

pub(super) static MANIFEST_HASH: Proof = Proof {
    name: "manifest-hash",
    summary: "Every file is as it was written, by its hash or its keyed fingerprint.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let Some(manifest) = stack.manifest.as_ref().filter(|_| !stack.context.building) else {
            return;
        };
        for (path, file) in &stack.tree.files {
            let Some(entry) = manifest.files.get(path.as_str()) else { continue };
            let same = match (&entry.sha256, stack.context.fingerprints) {
                (Some(hash), _) => *hash == sha256(&file.bytes),
                (None, Some(key)) => entry.is_unchanged(path.as_str(), &file.bytes, key),
                (None, _) => true,
            };
            if !same {
                report.fault(
                    Spot::file(path.as_str()),
                    "was changed since it was built",
                    "change the site file instead, and build again",
                );
            }
        }
    },
};
