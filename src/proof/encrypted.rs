//! Files that are encrypted in the format of SOPS: what they show, and who can read them.

use super::stack::{Stack, line_of};
use super::{Blame, Proof, Report, Spot};
use crate::sops;
use crate::tree::{File, OutPath};
use serde_json::Value;

pub(super) static UNENCRYPTED_SECRET: Proof = Proof {
    name: "unencrypted-secret",
    summary: "Where a Secret is encrypted with SOPS, it shows no value, and no other Secret beside it does.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let found = secrets(stack);
        for it in &found {
            for place in it.shown.iter().filter(|_| it.is_encrypted) {
                report.fault(
                    it.spot(place),
                    format!("`{place}` stands in clear in an encrypted file"),
                    "build again; whatever was published is known to others: rotate it",
                );
            }
        }
        let is_any = found.iter().any(|it| it.is_encrypted);
        let plain =
            |it: &&Secret<'_>| !it.is_encrypted && !it.shown.is_empty() && it.is_applied(stack);
        for it in found.iter().filter(|_| is_any).filter(plain) {
            report.fault(
                Spot::file(it.path.as_str()),
                "is a Secret in clear, and others beside it are encrypted",
                "build again; whatever was published is known to others: rotate it",
            );
        }
    },
};

pub(super) static UNREADABLE_ENCRYPTED_FILE: Proof = Proof {
    name: "unreadable-encrypted-file",
    summary: "Every file that is encrypted with SOPS says for whom, and is as it was encrypted.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in secrets(stack).iter().filter(|it| it.is_encrypted) {
            for fault in &it.faults {
                report.fault(
                    it.spot(&fault.place),
                    format!("`{}` {}", fault.place, fault.why),
                    "build again: nothing in an encrypted file is for editing by hand",
                );
            }
            opened(it, stack, report);
        }
    },
};

/// Where the store is at hand, the file is opened with the key that is in it.
fn opened(it: &Secret<'_>, stack: &Stack<'_>, report: &mut Report<'_>) {
    let Some(keys) = stack.context.file_keys.filter(|_| it.faults.is_empty()) else { return };
    let at = || Spot::file(it.path.as_str());
    let Some(key) = keys.key_of(it.path.as_str()) else {
        let help = "build again with this store, or verify with the one that it was built with";
        return report.fault(at(), "has no key in the secret store", help);
    };
    if let Err(why) = sops::decrypt(&it.document, key) {
        let help = "build again: somebody changed it, or it was built with another store";
        report.fault(at(), format!("cannot be decrypted with the key of the store: {why}"), help);
    }
}

/// A Secret of a cluster, or whatever is encrypted.
struct Secret<'a> {
    path: &'a OutPath,
    file: &'a File,
    document: Value,
    is_encrypted: bool,
    /// Where values stand in clear.
    shown: Vec<String>,
    /// What else is wrong with one that is encrypted.
    faults: Vec<sops::Fault>,
}

impl Secret<'_> {
    fn spot(&self, place: &str) -> Spot {
        let route: Vec<&str> = place.split('.').collect();
        Spot { path: self.path.to_string(), line: line_of(self.file.text(), &route) }
    }

    /// Whether kustomize hands it to a cluster.
    fn is_applied(&self, stack: &Stack<'_>) -> bool {
        let folder = self.path.as_str().rsplit_once('/').map_or("", |it| it.0);
        stack.tree.get(&format!("{folder}/kustomization.yaml")).is_some()
    }
}

/// Every Secret of a tree that can be read.
fn secrets<'a>(stack: &Stack<'a>) -> Vec<Secret<'a>> {
    let yaml = |path: &OutPath| path.as_str().ends_with(".yaml") || path.as_str().ends_with(".yml");
    let files = stack.tree.files.iter().filter(|(path, _)| yaml(path));
    files.filter_map(|(path, file)| secret(stack, path, file)).collect()
}

fn secret<'a>(stack: &Stack<'a>, path: &'a OutPath, file: &'a File) -> Option<Secret<'a>> {
    let text = file.text();
    let may_be = |it: &str| text.starts_with(it) || text.contains(&format!("\n{it}"));
    if !may_be("sops:") && !may_be("kind: Secret\n") {
        return None;
    }
    let document = match stack.context.documents.and_then(|it| it.get(path)) {
        Some(document) => document.clone(),
        None => crate::yaml::read_value::<Value>(text).ok()?,
    };
    let is_encrypted = sops::is_encrypted(&document);
    if !is_encrypted && document.get("kind").is_none_or(|it| it != "Secret") {
        return None;
    }
    let (shown, faults): (Vec<_>, Vec<_>) =
        sops::faults(&document).into_iter().partition(|it| it.shows_a_value);
    let shown = shown.into_iter().map(|it| it.place).collect();
    Some(Secret { path, file, document, is_encrypted, shown, faults })
}
