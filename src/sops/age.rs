//! A data key, encrypted for an age recipient: a whole age file, in its armour of text.
//!
//! The format is version 1 of age with one X25519 stanza: <https://c2sp.org/age>.

use crate::value::AgeRecipient;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit};
use curve25519_dalek::MontgomeryPoint;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

const VERSION: &str = "age-encryption.org/v1";
const BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----\n";
const END: &str = "-----END AGE ENCRYPTED FILE-----\n";
const COLUMNS: usize = 64;

/// The nonce of an age payload and its one chunk: a data key with its tag.
const PAYLOAD: usize = 16 + 32 + 16;

/// A nonce of which the key is used once.
const ONCE: [u8; 12] = [0; 12];

/// The nonce of the first chunk of a payload that is also its last.
const ONLY_CHUNK: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

/// The parts of an age file that differ from one to the next.
struct Parts {
    share: [u8; 32],
    body: [u8; 32],
    mac: [u8; 32],
    payload: [u8; PAYLOAD],
}

/// Encrypts a data key for one recipient, asking `random` for bytes.
pub(super) fn wrap(
    data_key: &[u8; 32],
    recipient: &AgeRecipient,
    random: &mut impl FnMut(&mut [u8]),
) -> String {
    let mut file_key = Zeroizing::new([0u8; 16]);
    let mut ephemeral = Zeroizing::new([0u8; 32]);
    let mut nonce = [0u8; 16];
    random(file_key.as_mut());
    random(ephemeral.as_mut());
    random(&mut nonce);

    let recipient = recipient.public_key();
    let share = MontgomeryPoint::mul_base_clamped(*ephemeral).to_bytes();
    let shared = Zeroizing::new(MontgomeryPoint(recipient).mul_clamped(*ephemeral).to_bytes());
    assert!(*shared != [0; 32], "bug in trigger-gen: a recipient that no key belongs to");
    let salt = [share, recipient].concat();
    let wrapping = derived(&salt, shared.as_ref(), "age-encryption.org/v1/X25519");
    let mut body = [0u8; 32];
    sealed(&wrapping, &ONCE, file_key.as_ref(), &mut body);

    let mut payload = [0u8; PAYLOAD];
    payload[..16].copy_from_slice(&nonce);
    let key = derived(&nonce, file_key.as_ref(), "payload");
    sealed(&key, &ONLY_CHUNK, data_key, &mut payload[16..]);

    let mut parts = Parts { share, body, mac: [0; 32], payload };
    let mut mac =
        Hmac::<Sha256>::new_from_slice(derived(&[], file_key.as_ref(), "header").as_ref())
            .expect("HMAC takes a key of any length");
    mac.update(parts.header().as_bytes());
    parts.mac = mac.finalize().into_bytes().into();
    parts.armoured()
}

/// A text of the right form that nothing opens.
pub(super) fn stand_in() -> String {
    Parts { share: [0; 32], body: [0; 32], mac: [0; 32], payload: [0; PAYLOAD] }.armoured()
}

/// Whether a text has the form of what [`wrap`] writes.
pub(super) fn is_wrapped(text: &str) -> bool {
    Parts::read(text).is_some_and(|parts| parts.armoured() == text)
}

impl Parts {
    /// The header as far as its MAC covers it.
    fn header(&self) -> String {
        let text = |bytes: &[u8]| STANDARD_NO_PAD.encode(bytes);
        format!("{VERSION}\n-> X25519 {}\n{}\n---", text(&self.share), text(&self.body))
    }

    fn armoured(&self) -> String {
        let mut file = self.header().into_bytes();
        file.extend(format!(" {}\n", STANDARD_NO_PAD.encode(self.mac)).bytes());
        file.extend(self.payload);
        let text = STANDARD.encode(file);
        let mut out = String::from(BEGIN);
        for line in text.as_bytes().chunks(COLUMNS) {
            out.extend(line.iter().map(|it| char::from(*it)));
            out.push('\n');
        }
        out + END
    }

    fn read(text: &str) -> Option<Self> {
        let lines = text.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let file = STANDARD.decode(lines.replace('\n', "")).ok()?;
        let (header, payload) = file.split_at(file.len().checked_sub(PAYLOAD)?);
        let mut lines = std::str::from_utf8(header).ok()?.lines();
        let part = |text: Option<&str>| -> Option<[u8; 32]> {
            STANDARD_NO_PAD.decode(text?).ok()?.try_into().ok()
        };
        (lines.next()? == VERSION).then_some(())?;
        Some(Self {
            share: part(lines.next()?.strip_prefix("-> X25519 "))?,
            body: part(lines.next())?,
            mac: part(lines.next()?.strip_prefix("--- "))?,
            payload: payload.try_into().ok()?,
        })
    }
}

fn derived(salt: &[u8], secret: &[u8], purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0u8; 32]);
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand(purpose.as_bytes(), key.as_mut())
        .expect("HKDF gives 32 bytes");
    key
}

/// Encrypts into `out`, which is as long as the text and its tag.
fn sealed(key: &[u8; 32], nonce: &[u8; 12], plain: &[u8], out: &mut [u8]) {
    let (text, tag) = out.split_at_mut(plain.len());
    text.copy_from_slice(plain);
    let made = ChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(nonce.into(), b"", text.into())
        .expect("a short text can be encrypted");
    tag.copy_from_slice(&made);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    fn wrapped(seed: u8) -> String {
        let recipient = AgeRecipient::from_text(AgeRecipient::EXAMPLE).expect("a recipient");
        wrap(&[7; 32], &recipient, &mut |bytes: &mut [u8]| bytes.fill(seed))
    }

    #[test]
    fn what_is_written_has_the_form_of_it() {
        let text = wrapped(1);
        assert!(is_wrapped(&text) && is_wrapped(&stand_in()));
        assert!(text.lines().all(|line| line.len() <= COLUMNS));
        assert_ne!(text, wrapped(2), "the same bytes of another randomness");
    }

    #[test]
    fn a_changed_form_is_seen() {
        let text = wrapped(1);
        let inner = STANDARD.encode(b"age-encryption.org/v1\n-> X25519 AAAA\n");
        for wrong in [
            String::new(),
            text.trim_end().to_owned(),
            text.replace("BEGIN", "BEGINS"),
            text.replacen('\n', "\n\n", 1),
            text.replace("\n-----END", "A\n-----END"),
            text[..text.len() / 2].to_owned(),
            format!("{BEGIN}{inner}\n{END}"),
            format!("{BEGIN}%%%%\n{END}"),
        ] {
            assert!(!is_wrapped(&wrong), "{wrong}");
        }
    }
}
