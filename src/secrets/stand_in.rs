//! Secrets for a tree that is tried and thrown away.

use super::{KeySource, Known, Sealings, Secrets};
use crate::fingerprint::{FingerprintKey, sha256};
use crate::value::SecretName;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The form of a bcrypt hash, without the cost of one.
const HASH: &str = "$2y$10$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

impl Secrets {
    /// Values of the right form, each another one, that belong to nobody.
    pub fn stand_ins(names: &[SecretName]) -> Self {
        let key = FingerprintKey::new("stand-in");
        let known = names.iter().map(|name| {
            let value = sha256(name.as_str().as_bytes())[..32].to_owned();
            let fingerprint = key.of(name.as_str(), value.as_bytes());
            (name.clone(), Known { value: Zeroizing::new(value), fingerprint, bcrypt: HASH.into() })
        });
        Self {
            known: known.collect(),
            source: KeySource::Store(key),
            sealings: Sealings::StandIns(BTreeMap::new()),
        }
    }
}
