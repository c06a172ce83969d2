//! `manifest.json`: what one build made, so that the next one knows what is its own.

use crate::fingerprint::{FingerprintKey, sha256};
use crate::tree::{File, Mode, OutPath, Tree};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The manifest's own path; it does not list itself.
pub const PATH: &str = "manifest.json";

/// The format of the manifest itself.
const FORMAT: u32 = 1;

/// Everything that a build wrote. Order of fields and entries is the order on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this format.
    pub format: u32,
    /// Version of trigger-gen that built the tree.
    pub generator: String,
    /// Version of the spec that it was built from.
    pub spec: u32,
    /// Name of the site.
    pub site: String,
    /// Trigger.dev release that the tree is for.
    pub release: String,
    /// Keyed fingerprint of each secret value, by name.
    pub secrets: BTreeMap<String, String>,
    /// Proofs that need not hold, because the author allowed the lint that says the same.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub accepted: Vec<String>,
    /// Hosts of servers that the author has elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub outside: Vec<String>,
    /// Variables that the author added: where their values lead is not asked.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub chosen: Vec<String>,
    /// Every file but this one.
    pub files: BTreeMap<String, Entry>,
}

/// One file as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The artifact it belongs to.
    pub artifact: String,
    /// Permissions, as `0644`.
    pub mode: String,
    /// SHA-256 of the content; absent for a secret file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<String>,
    /// Keyed fingerprint of the content of a secret file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub fingerprint: Option<String>,
}

/// What a manifest says besides its files.
#[derive(Debug, Clone)]
pub struct Header {
    /// Name of the site.
    pub site: String,
    /// Trigger.dev release.
    pub release: String,
    /// Version of the spec.
    pub spec: u32,
    /// Fingerprint of each secret, by name.
    pub secrets: BTreeMap<String, String>,
}

/// Tells the fingerprint of a secret file's content.
pub trait Fingerprints {
    /// The fingerprint of the file at `path` with this content.
    fn of_file(&self, path: &str, content: &[u8]) -> String;
}

impl Fingerprints for FingerprintKey {
    fn of_file(&self, path: &str, content: &[u8]) -> String {
        self.of(path, content)
    }
}

/// Without the store there is no key: fingerprints are taken as the committed manifest has them.
impl Fingerprints for Manifest {
    fn of_file(&self, path: &str, _content: &[u8]) -> String {
        self.files.get(path).and_then(|it| it.fingerprint.clone()).unwrap_or_default()
    }
}

impl Manifest {
    /// Describes a tree.
    pub fn of(tree: &Tree, header: Header, key: &dyn Fingerprints) -> Self {
        let Header { site, release, spec, secrets } = header;
        let entry =
            |(path, file): (&OutPath, &File)| (path.to_string(), Entry::of(path, file, key));
        Self {
            format: FORMAT,
            generator: env!("CARGO_PKG_VERSION").into(),
            spec,
            site,
            release,
            secrets,
            accepted: Vec::new(),
            outside: Vec::new(),
            chosen: Vec::new(),
            files: tree.files.iter().map(entry).collect(),
        }
    }

    /// The manifest of an output that was never built.
    pub fn empty(site: &str) -> Self {
        let (secrets, files) = (BTreeMap::new(), BTreeMap::new());
        Self {
            format: FORMAT,
            generator: String::new(),
            spec: 1,
            site: site.into(),
            release: String::new(),
            secrets,
            accepted: Vec::new(),
            outside: Vec::new(),
            chosen: Vec::new(),
            files,
        }
    }

    /// Reads one back; `None` for anything that is not a manifest of this format.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes).ok().filter(|it| it.format == FORMAT)
    }

    /// The file itself.
    pub fn to_file(&self) -> File {
        let mut bytes = serde_json::to_vec_pretty(self).expect("a manifest is plain data");
        bytes.push(b'\n');
        File { bytes, mode: Mode::Plain, artifact: "manifest" }
    }
}

impl Entry {
    fn of(path: &OutPath, file: &File, key: &dyn Fingerprints) -> Self {
        let secret = file.is_secret();
        Self {
            artifact: file.artifact.into(),
            mode: file.mode.octal().into(),
            sha256: (!secret).then(|| sha256(&file.bytes)),
            fingerprint: secret.then(|| key.of_file(path.as_str(), &file.bytes)),
        }
    }

    /// Whether content found on disk is what was written.
    pub fn is_unchanged(&self, path: &str, content: &[u8], key: &dyn Fingerprints) -> bool {
        match (&self.sha256, &self.fingerprint) {
            (Some(hash), _) => *hash == sha256(content),
            (None, Some(fingerprint)) => *fingerprint == key.of_file(path, content),
            (None, None) => false,
        }
    }
}
