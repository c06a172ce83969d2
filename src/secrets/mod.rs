//! The secret values of one site, and how they are made.
//!
//! Invariant: the library draws no randomness of its own. [`Draft::fill`] asks a function for it.

mod clear;
mod dotenv;
mod draft;
mod faults;
mod file_keys;
mod fill;
mod format;
mod guard;
mod import;
mod rotate;
mod rotation;
mod set;
mod stand_in;

pub use clear::Concealed;
pub use draft::{Draft, Hashed};
pub use faults::faults;
pub use file_keys::{Encrypted, FileRow, FileState, list_files};
pub use fill::{Filled, Made, missing};
pub use guard::{Refusal, guard, keep, lost};
pub use import::{Ignored, Imported, differing, encryption_key, import};
pub use rotate::{changed, is_of, rotations};
pub use rotation::{
    Component, InCluster, ROTATIONS, Rotation, Step, Way, explain, rotation, wrapped,
};
pub use set::{Listing, Row, list, set};

use crate::fingerprint::FingerprintKey;
use crate::manifest::{Fingerprints, Manifest};
use crate::sops::{FileKey, FileKeys, Sealing};
use crate::tree::OutPath;
use crate::value::{AgeRecipient, SecretName};
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// Every secret that one site needs, or only their fingerprints.
#[derive(Clone)]
pub struct Secrets {
    known: BTreeMap<SecretName, Known>,
    source: KeySource,
    sealings: Sealings,
}

/// What encrypted files are made with.
#[derive(Clone)]
enum Sealings {
    /// The keys of the store.
    Keys(BTreeMap<OutPath, FileKey>),
    /// Stand-ins; files as they stand, by path, stay.
    StandIns(BTreeMap<OutPath, String>),
}

#[derive(Clone)]
struct Known {
    value: Zeroizing<String>,
    fingerprint: String,
    bcrypt: String,
}

/// Where fingerprints come from.
#[derive(Clone)]
enum KeySource {
    Store(FingerprintKey),
    Manifest(Box<Manifest>),
}

/// What stands for a value that is not known: letters only, so that no writer changes it.
pub const WITHHELD: &str = "withheld";

impl Secrets {
    /// The values that a complete store holds for a site.
    pub fn from_store(draft: &Draft, names: &[SecretName]) -> Self {
        let key = draft.fingerprint_key();
        let known = names.iter().map(|name| {
            let value = Zeroizing::new(draft.value(name).unwrap_or_default().to_owned());
            let fingerprint = key.of(name.as_str(), value.as_bytes());
            let bcrypt = draft.bcrypt(name).unwrap_or_default().to_owned();
            (name.clone(), Known { value, fingerprint, bcrypt })
        });
        let keys = draft.file_keys().map(|(path, key)| (path.clone(), key.clone())).collect();
        Self {
            known: known.collect(),
            source: KeySource::Store(key.clone()),
            sealings: Sealings::Keys(keys),
        }
    }

    /// Without a store: each value is a placeholder, each fingerprint as the manifest has it.
    pub fn withheld(manifest: &Manifest, names: &[SecretName]) -> Self {
        let known = names.iter().map(|name| {
            let fingerprint = manifest.secrets.get(name.as_str()).cloned().unwrap_or_default();
            let stand_in = stand_in(name);
            (
                name.clone(),
                Known { value: Zeroizing::new(stand_in.clone()), fingerprint, bcrypt: stand_in },
            )
        });
        Self {
            known: known.collect(),
            source: KeySource::Manifest(Box::new(manifest.clone())),
            sealings: Sealings::StandIns(BTreeMap::new()),
        }
    }

    /// The same placeholders, with encrypted files as they stand: such a file stays where it is what its document
    /// becomes, but for the values.
    pub fn keeping(mut self, standing: BTreeMap<OutPath, String>) -> Self {
        assert!(self.is_withheld(), "bug in trigger-gen: a file would not be encrypted anew");
        self.sealings = Sealings::StandIns(standing);
        self
    }

    /// What the file at a path is encrypted with for these recipients.
    pub fn sealing(&self, path: &OutPath, recipients: &[AgeRecipient]) -> Sealing {
        match &self.sealings {
            Sealings::Keys(keys) => {
                let key = keys.get(path).filter(|it| it.is_for(recipients)).unwrap_or_else(|| {
                    panic!("bug in trigger-gen: nothing made a key for the encrypted file {path}")
                });
                Sealing { key: key.clone(), standing: None }
            }
            Sealings::StandIns(standing) => Sealing {
                key: FileKey::stand_in(recipients),
                standing: standing.get(path).cloned(),
            },
        }
    }

    /// The same placeholders, but another one for this secret: a file that differs then is one that has it.
    pub fn marking(mut self, name: &SecretName) -> Self {
        assert!(self.is_withheld(), "bug in trigger-gen: a value would be overwritten");
        if let Some(known) = self.known.get_mut(name) {
            known.value = Zeroizing::new(format!("{WITHHELD}marked{WITHHELD}"));
            known.bcrypt = known.value.to_string();
        }
        self
    }

    /// The value itself. Whatever takes it must go into a secret file.
    pub fn expose(&self, name: &SecretName) -> &str {
        &self.get(name).value
    }

    /// The keyed fingerprint of a value.
    pub fn fingerprint(&self, name: &SecretName) -> &str {
        &self.get(name).fingerprint
    }

    /// The bcrypt hash of a password.
    pub fn bcrypt(&self, name: &SecretName) -> &str {
        &self.get(name).bcrypt
    }

    /// Whether values are placeholders.
    pub fn is_withheld(&self) -> bool {
        matches!(self.source, KeySource::Manifest(_))
    }

    /// Every fingerprint by name, for the manifest.
    pub fn fingerprints(&self) -> BTreeMap<String, String> {
        self.known
            .iter()
            .map(|(name, known)| (name.to_string(), known.fingerprint.clone()))
            .collect()
    }

    /// Every value, for a scan that none of them stands where it must not.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.known.values().map(|known| known.value.as_str())
    }

    fn get(&self, name: &SecretName) -> &Known {
        self.known
            .get(name)
            .unwrap_or_else(|| panic!("bug in trigger-gen: nothing asked for the secret {name}"))
    }
}

impl FileKeys for Secrets {
    fn key_of(&self, path: &str) -> Option<&FileKey> {
        match &self.sealings {
            Sealings::Keys(keys) => keys.get(&OutPath::new(path)?),
            Sealings::StandIns(_) => None,
        }
    }
}

impl Fingerprints for Secrets {
    fn of_file(&self, path: &str, content: &[u8]) -> String {
        match &self.source {
            KeySource::Store(key) => key.of_file(path, content),
            KeySource::Manifest(manifest) => manifest.of_file(path, content),
        }
    }
}

fn stand_in(name: &SecretName) -> String {
    format!("{WITHHELD}{}{WITHHELD}", name.as_str().replace('_', ""))
}

/// Names only.
impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.known.keys()).finish()
    }
}
