//! Making the secrets that a store lacks.

use super::{Draft, Hashed};
use crate::site::{Needed, Site, Use};
use crate::value::SecretName;
use zeroize::Zeroizing;

/// What `fill` did.
#[derive(Debug, Default)]
pub struct Filled {
    /// What was made, in order.
    pub made: Vec<Made>,
}

/// One thing that was made.
#[derive(Debug, PartialEq, Eq)]
pub enum Made {
    /// A secret value.
    Value(SecretName),
    /// The bcrypt hash of a password.
    Hash(SecretName),
    /// The key of fingerprints.
    Key,
}

/// Work factor of the htpasswd hash: about 60 ms for each guess.
const BCRYPT_COST: u32 = 10;

/// The secrets of a site that a store does not hold.
pub fn missing(draft: &Draft, site: &Site) -> Vec<Needed> {
    site.needed_secrets().into_iter().filter(|it| draft.value(&it.name).is_none()).collect()
}

impl Draft {
    /// Makes every generated secret that is missing, asking `random` for bytes; never changes one that exists.
    pub fn fill(&mut self, site: &Site, mut random: impl FnMut(&mut [u8])) -> Filled {
        let mut filled = Filled::default();
        if !self.has_key() {
            self.set_key(hexadecimal(&mut random));
            filled.made.push(Made::Key);
        }
        for needed in missing(self, site).into_iter().filter(|it| it.origin == Use::Generated) {
            self.set(needed.name.clone(), hexadecimal(&mut random));
            filled.made.push(Made::Value(needed.name));
        }
        for name in site.hashed_secrets() {
            if let Some(hashed) = self.hash(&name, &mut random) {
                self.set_hash(name.clone(), hashed);
                filled.made.push(Made::Hash(name));
            }
        }
        filled
    }

    /// The hash of a password that has none yet, or one of another password.
    fn hash(&self, name: &SecretName, random: &mut impl FnMut(&mut [u8])) -> Option<Hashed> {
        let value = self.value(name)?;
        if self.bcrypt(name).is_some() {
            return None;
        }
        let mut salt = [0u8; 16];
        random(&mut salt);
        let hash = bcrypt::hash_with_salt(value, BCRYPT_COST, salt).ok()?;
        let of = self.fingerprint_key().of(name.as_str(), value.as_bytes());
        Some(Hashed { of, bcrypt: hash.format_for_version(bcrypt::Version::TwoY) })
    }
}

/// 32 hexadecimal characters, never such that a reader could take them for a number.
fn hexadecimal(random: &mut impl FnMut(&mut [u8])) -> String {
    loop {
        let mut bytes = Zeroizing::new([0u8; 16]);
        random(bytes.as_mut());
        let text = hex::encode(bytes.as_ref());
        if !looks_like_a_number(&text) {
            return text;
        }
    }
}

/// Digits alone, or digits, one `e` and digits.
fn looks_like_a_number(text: &str) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|c| c.is_ascii_digit());
    digits(text)
        || text.split_once('e').is_some_and(|(before, after)| digits(before) && digits(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_a_number() {
        for number in ["12345678901234567890123456789012", "1234e567"] {
            assert!(looks_like_a_number(number));
        }
        assert!(!looks_like_a_number("12e4a"));
        let mut draws = [[0x11; 16], [0xab; 16]].into_iter();
        let made = hexadecimal(&mut |bytes: &mut [u8]| {
            bytes.copy_from_slice(&draws.next().expect("two draws"))
        });
        assert_eq!(made, "ab".repeat(16));
    }
}
