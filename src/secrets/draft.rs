//! The secret store as data: what its file says, before anything is missing or not.

use crate::fingerprint::FingerprintKey;
use crate::manifest::Manifest;
use crate::release::env;
use crate::site::generated;
use crate::sops::FileKey;
use crate::tree::OutPath;
use crate::value::SecretName;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// What a store file says.
#[derive(Clone)]
pub struct Draft {
    /// Whether its values are visibly fake, for an example site.
    pub example: bool,
    /// The site that it belongs to.
    pub site: String,
    key: Option<FingerprintKey>,
    pub(super) key_text: Zeroizing<String>,
    pub(super) values: BTreeMap<SecretName, Zeroizing<String>>,
    pub(super) hashes: BTreeMap<SecretName, Hashed>,
    pub(super) file_keys: BTreeMap<OutPath, FileKey>,
    /// The fingerprint of `ENCRYPTION_KEY`, and the one that an output has of the same value, made
    /// with a key of fingerprints that is lost.
    pub(super) adopted: Option<String>,
}

/// The bcrypt hash of a password, and which password it belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct Hashed {
    /// Fingerprint of the password.
    pub of: String,
    /// The hash.
    pub bcrypt: String,
}

impl Draft {
    /// An empty store for a site.
    pub fn new(site: &str) -> Self {
        Self {
            example: false,
            site: site.into(),
            key: None,
            key_text: Zeroizing::default(),
            values: BTreeMap::new(),
            hashes: BTreeMap::new(),
            file_keys: BTreeMap::new(),
            adopted: None,
        }
    }

    /// The value of a name.
    pub fn value(&self, name: &SecretName) -> Option<&str> {
        self.values.get(name).map(|it| it.as_str())
    }

    /// Every name, in order.
    pub fn names(&self) -> impl Iterator<Item = &SecretName> {
        self.values.keys()
    }

    /// Sets a value. Deciding whether it may change is the caller's.
    pub fn set(&mut self, name: SecretName, value: impl Into<Zeroizing<String>>) {
        self.values.insert(name, value.into());
    }

    /// The key of fingerprints; a store that was read or filled has one.
    pub fn fingerprint_key(&self) -> &FingerprintKey {
        self.key.as_ref().expect("bug in trigger-gen: a store is filled before it is used")
    }

    /// The fingerprint of a value; `None` without the value, or as long as the store has no key.
    pub fn fingerprint(&self, name: &SecretName) -> Option<String> {
        Some(self.key.as_ref()?.of(name.as_str(), self.value(name)?.as_bytes()))
    }

    /// Whether the store has the key of fingerprints.
    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    pub(super) fn set_key(&mut self, key: Zeroizing<String>) {
        self.key = Some(FingerprintKey::new(key.as_str()));
        self.key_text = key;
    }

    /// The hash of a password, if it is the hash of the password that is there now.
    pub fn bcrypt(&self, name: &SecretName) -> Option<&str> {
        let of = self.fingerprint(name)?;
        let hashed = self.hashes.get(name).filter(|it| it.of == of && is_bcrypt(&it.bcrypt));
        hashed.map(|it| it.bcrypt.as_str())
    }

    pub(super) fn set_hash(&mut self, name: SecretName, hashed: Hashed) {
        self.hashes.insert(name, hashed);
    }

    /// Takes an output as built with the `ENCRYPTION_KEY` that the store holds now, if it holds one.
    /// Only for a store that was imported anew: the old one's key of fingerprints is lost, so nothing
    /// else can tell.
    pub fn adopt(&mut self, manifest: &Manifest) {
        let built_with = manifest.secrets.get(env::ENCRYPTION_KEY);
        self.adopted = built_with.and_then(|it| self.adoption(it));
    }

    /// Whether the value of `ENCRYPTION_KEY` is the one that an output was built with.
    pub(super) fn has_built(&self, built_with: &str) -> bool {
        self.fingerprint(&generated(env::ENCRYPTION_KEY)).as_deref() == Some(built_with)
            || (self.adopted.is_some() && self.adopted == self.adoption(built_with))
    }

    fn adoption(&self, built_with: &str) -> Option<String> {
        Some(format!("{} {built_with}", self.fingerprint(&generated(env::ENCRYPTION_KEY))?))
    }
}

/// A hash is copied into a file as it stands, so it must not be anything else.
fn is_bcrypt(text: &str) -> bool {
    let rest = text.strip_prefix("$2y$").and_then(|it| it.split_once('$'));
    let inner = |c: u8| c.is_ascii_alphanumeric() || c == b'.' || c == b'/';
    rest.is_some_and(|(cost, hash)| {
        cost.len() == 2
            && cost.bytes().all(|c| c.is_ascii_digit())
            && hash.len() == 53
            && hash.bytes().all(inner)
    })
}

impl PartialEq for Draft {
    fn eq(&self, other: &Self) -> bool {
        let all = |it: &Self| (it.example, it.site.clone(), it.adopted.clone());
        all(self) == all(other)
            && self.key_text == other.key_text
            && self.values == other.values
            && self.hashes == other.hashes
            && self.file_keys == other.file_keys
    }
}

impl Eq for Draft {}

/// Names only.
impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&SecretName> = self.names().collect();
        f.debug_struct("Draft").field("site", &self.site).field("names", &names).finish()
    }
}

/// Never prints the hash: a weak password can be guessed from it.
impl fmt::Debug for Hashed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hashed(..)")
    }
}
