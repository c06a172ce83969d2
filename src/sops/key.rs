//! What one encrypted file is made with, kept in the secret store so that a file changes only when its values do.

use super::Moment;
use super::age;
use crate::value::AgeRecipient;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroizing;

/// What a file is encrypted with.
#[derive(Debug, Clone)]
pub struct Sealing {
    /// Its key, or a stand-in.
    pub key: FileKey,
    /// The file as it stands, where the key is not known: it stays, if it is what the document becomes.
    pub standing: Option<String>,
}

/// Tells the key of an encrypted file.
pub trait FileKeys {
    /// The key of the file at a path below the output folder.
    fn key_of(&self, path: &str) -> Option<&FileKey>;
}

/// The data key of one file, when it was made, and the same key encrypted for each recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct FileKey {
    data_key: Zeroizing<[u8; 32]>,
    made: Moment,
    wrapped: BTreeMap<AgeRecipient, String>,
}

impl FileKey {
    /// Makes one, asking `random` for bytes.
    pub fn new(
        recipients: &[AgeRecipient],
        made: Moment,
        random: &mut impl FnMut(&mut [u8]),
    ) -> Self {
        let mut data_key = Zeroizing::new([0u8; 32]);
        random(data_key.as_mut());
        assert!(
            *data_key != [0; 32],
            "the system's source of randomness is broken: it gives zeros"
        );
        let mut key = Self { data_key, made, wrapped: BTreeMap::new() };
        key.add(recipients, random);
        key
    }

    /// One that belongs to nobody, for a tree that is looked at and thrown away.
    pub fn stand_in(recipients: &[AgeRecipient]) -> Self {
        let wrapped = recipients.iter().map(|it| (it.clone(), age::stand_in())).collect();
        Self { data_key: Zeroizing::new([0; 32]), made: Moment::of_unix(0), wrapped }
    }

    /// Puts together what a store holds; a reason holds none of it.
    pub fn from_parts(
        data_key: &str,
        made: &str,
        wrapped: BTreeMap<AgeRecipient, String>,
    ) -> Result<Self, &'static str> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        hex::decode_to_slice(data_key, bytes.as_mut())
            .map_err(|_| "has a data key that is not 64 hexadecimal characters")?;
        let made = Moment::from_text(made).ok_or("does not say in UTC when its key was made")?;
        match wrapped.values().all(|it| age::is_wrapped(it)) && !wrapped.is_empty() {
            true => Ok(Self { data_key: bytes, made, wrapped }),
            false => Err("has no data key that is encrypted for age recipients"),
        }
    }

    /// The same for other recipients; `None` if it is for these. Whoever is added gets the key that there is. If
    /// somebody is taken away, it is another key: who could read the old files cannot read the new ones.
    pub fn changed_for(
        &self,
        recipients: &[AgeRecipient],
        now: Moment,
        random: &mut impl FnMut(&mut [u8]),
    ) -> Option<Self> {
        if self.wrapped.keys().any(|it| !recipients.contains(it)) {
            return Some(Self::new(recipients, now, random));
        }
        if self.is_for(recipients) {
            return None;
        }
        let mut key = self.clone();
        key.add(recipients, random);
        Some(key)
    }

    /// Whether it is for these recipients and no other.
    pub fn is_for(&self, recipients: &[AgeRecipient]) -> bool {
        self.recipients().all(|it| recipients.contains(it))
            && recipients.iter().all(|it| self.wrapped.contains_key(it))
    }

    fn add(&mut self, recipients: &[AgeRecipient], random: &mut impl FnMut(&mut [u8])) {
        for recipient in recipients {
            if !self.wrapped.contains_key(recipient) {
                let wrapped = age::wrap(&self.data_key, recipient, random);
                self.wrapped.insert(recipient.clone(), wrapped);
            }
        }
    }

    /// The data key in hexadecimal characters, for the store alone.
    pub fn data_key(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.data_key.as_ref()))
    }

    /// When the data key was made.
    pub fn made(&self) -> &Moment {
        &self.made
    }

    /// Whoever can read the file, in order.
    pub fn recipients(&self) -> impl Iterator<Item = &AgeRecipient> {
        self.wrapped.keys()
    }

    /// The data key as it is encrypted for each recipient: an age file in its armour.
    pub fn wrapped(&self) -> &BTreeMap<AgeRecipient, String> {
        &self.wrapped
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.data_key
    }
}

/// Never prints the data key.
impl fmt::Debug for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKey").field("made", &self.made).finish_non_exhaustive()
    }
}
