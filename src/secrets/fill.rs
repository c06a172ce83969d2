//! Making the secrets that a store lacks.

use super::rotation::FINGERPRINT_KEY;
use super::{Draft, Hashed};
use crate::site::{Needed, Site, Use};
use crate::tree::OutPath;
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
    /// The data key of an encrypted file.
    FileKey(OutPath),
    /// Another data key of an encrypted file, which somebody may read no more.
    AnotherFileKey(OutPath),
    /// The same data key, encrypted for more recipients than before.
    Recipients(OutPath),
}

/// Work factor of the htpasswd hash: about 60 ms for each guess.
const BCRYPT_COST: u32 = 10;

/// bcrypt reads no more of a password, and would take two that differ behind for one.
pub(super) const BCRYPT_LIMIT: usize = 71;

/// One draw in three million looks like a number; this many in a row are a broken source.
const DRAWS: usize = 32;

/// The secrets of a site that a store does not hold.
pub fn missing(draft: &Draft, site: &Site) -> Vec<Needed> {
    site.needed_secrets().into_iter().filter(|it| draft.value(&it.name).is_none()).collect()
}

impl Draft {
    /// Makes the key of fingerprints if there is none. Nothing can be written without one.
    pub fn make_key(&mut self, random: &mut impl FnMut(&mut [u8])) -> bool {
        let missing = !self.has_key();
        if missing {
            self.set_key(self.make(FINGERPRINT_KEY, random));
        }
        missing
    }

    /// Whether nothing has to be made for a site.
    pub fn is_complete(&self, site: &Site) -> bool {
        missing(self, site).is_empty()
            && site.hashed_secrets().iter().all(|name| self.bcrypt(name).is_some())
    }

    /// Makes every generated secret that is missing, asking `random` for bytes; never changes one
    /// that exists. What it makes for an example is visibly fake and always the same.
    pub fn fill(&mut self, site: &Site, mut random: impl FnMut(&mut [u8])) -> Filled {
        let mut filled = Filled::default();
        if self.make_key(&mut random) {
            filled.made.push(Made::Key);
        }
        for needed in missing(self, site).into_iter().filter(|it| it.origin == Use::Generated) {
            self.set(needed.name.clone(), self.make(needed.name.as_str(), &mut random));
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

    pub(super) fn make(&self, name: &str, random: &mut impl FnMut(&mut [u8])) -> Zeroizing<String> {
        if self.example { Zeroizing::new(example(name)) } else { hexadecimal(random) }
    }

    /// The hash of a password that has none yet, or one of another password. A password that bcrypt
    /// cannot read to its end gets none; `faults` says so.
    pub(super) fn hash(
        &self,
        name: &SecretName,
        random: &mut impl FnMut(&mut [u8]),
    ) -> Option<Hashed> {
        let value = self.value(name)?;
        if self.bcrypt(name).is_some() {
            return None;
        }
        let mut salt = [0u8; 16];
        match self.example {
            true => salt.copy_from_slice(&example(name.as_str()).as_bytes()[..16]),
            false => random(&mut salt),
        }
        let hash = bcrypt::non_truncating_hash_with_salt(value, BCRYPT_COST, salt).ok()?;
        let of = self.fingerprint(name)?;
        Some(Hashed { of, bcrypt: hash.format_for_version(bcrypt::Version::TwoY) })
    }
}

/// 32 characters that nobody takes for a secret: `ENCRYPTION_KEY` is `example-encryption-key-000000000`.
fn example(name: &str) -> String {
    let stem = format!("example-{}-", name.to_lowercase().replace('_', "-"));
    format!("{stem:0<32.32}")
}

/// 32 hexadecimal characters, never such that a reader could take them for a number.
fn hexadecimal(random: &mut impl FnMut(&mut [u8])) -> Zeroizing<String> {
    for _ in 0..DRAWS {
        let mut bytes = Zeroizing::new([0u8; 16]);
        random(bytes.as_mut());
        let text = Zeroizing::new(hex::encode(bytes.as_ref()));
        if !looks_like_a_number(&text) {
            return text;
        }
    }
    panic!("the system's source of randomness is broken: it gives the same bytes again and again");
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
        assert_eq!(made.as_str(), "ab".repeat(16));
    }

    #[test]
    fn an_example_says_that_it_is_one() {
        assert_eq!(example("ENCRYPTION_KEY"), "example-encryption-key-000000000");
        assert_eq!(example("OBJECT_STORE_SECRET_ACCESS_KEY"), "example-object-store-secret-acce");
    }

    #[test]
    #[should_panic(expected = "randomness is broken")]
    fn a_source_that_gives_zeros_is_no_source() {
        hexadecimal(&mut |bytes: &mut [u8]| bytes.fill(0));
    }
}
