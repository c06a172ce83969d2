//! Files that are encrypted in the format of SOPS: that they show nothing, and can be read.

use super::stack::{Stack, line_of};
use super::{Blame, Proof, Report, Spot};
use crate::sops;
use crate::tree::{File, OutPath};
use serde_json::Value;
use std::borrow::Cow;

pub(super) static UNREADABLE_ENCRYPTED_FILE: Proof = Proof {
    name: "unreadable-encrypted-file",
    summary: "Every file that is encrypted with SOPS shows no value, says for whom it is, and is as it was encrypted.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in &encrypted(stack) {
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
fn opened(it: &Encrypted<'_>, stack: &Stack<'_>, report: &mut Report<'_>) {
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

/// A file that says of itself that it is encrypted.
struct Encrypted<'a> {
    path: &'a OutPath,
    file: &'a File,
    document: Cow<'a, Value>,
    faults: Vec<sops::Fault>,
}

impl Encrypted<'_> {
    fn spot(&self, place: &str) -> Spot {
        let route: Vec<&str> = place.split('.').collect();
        Spot { path: self.path.to_string(), line: line_of(self.file.text(), &route) }
    }
}

/// Every encrypted file of a tree that can be read.
fn encrypted<'a>(stack: &Stack<'a>) -> Vec<Encrypted<'a>> {
    let yaml = |path: &OutPath| path.as_str().ends_with(".yaml") || path.as_str().ends_with(".yml");
    let files = stack.tree.files.iter().filter(|(path, _)| yaml(path));
    files.filter_map(|(path, file)| read(stack, path, file)).collect()
}

fn read<'a>(stack: &Stack<'a>, path: &'a OutPath, file: &'a File) -> Option<Encrypted<'a>> {
    let text = file.text();
    if !text.starts_with("sops:") && !text.contains("\nsops:") {
        return None;
    }
    let document = stack.document(path, text).ok()?;
    let faults = sops::faults(&document);
    sops::is_encrypted(&document).then_some(Encrypted { path, file, document, faults })
}
