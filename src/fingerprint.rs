//! Keyed fingerprints: they say whether a secret is the same, and nothing else about it.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The key of one site's fingerprints. It lives in the secret store, so that
/// nobody without the store can test a guess against a committed fingerprint.
#[derive(Clone)]
pub struct FingerprintKey(Zeroizing<String>);

impl FingerprintKey {
    /// Takes the key as it stands in the store.
    pub fn new(key: impl Into<String>) -> Self {
        Self(Zeroizing::new(key.into()))
    }

    /// Sixteen hexadecimal characters for `content` in the role `label`.
    /// The same content in two roles gives two fingerprints.
    pub fn of(&self, label: &str, content: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes())
            .expect("HMAC takes a key of any length");
        mac.update(label.as_bytes());
        mac.update(&[0]);
        mac.update(content);
        hex::encode(&mac.finalize().into_bytes()[..8])
    }
}

/// Never prints the key.
impl std::fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FingerprintKey(..)")
    }
}

/// The SHA-256 of public content, in hexadecimal.
pub fn sha256(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}
