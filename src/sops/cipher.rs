//! One value of a file: as it is encrypted, with a nonce that follows from what is encrypted.

use aes_gcm::aead::AeadInOut;
use aes_gcm::aead::consts::U32;
use aes_gcm::aes::Aes256;
use aes_gcm::{AesGcm, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt;
use zeroize::Zeroizing;

/// Length of a nonce and of a tag.
const NONCE: usize = 32;
const TAG: usize = 16;

/// What a value was before it was encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Whole,
    Fraction,
    Truth,
}

const TYPES: [(Type, &str); 4] =
    [(Type::Text, "str"), (Type::Whole, "int"), (Type::Fraction, "float"), (Type::Truth, "bool")];

/// A value that can be encrypted: its bytes, and what they are.
pub(super) struct Plain {
    pub(super) bytes: Zeroizing<Vec<u8>>,
    pub(super) kind: Type,
}

/// An encrypted value, taken apart.
struct Sealed {
    data: Vec<u8>,
    nonce: [u8; NONCE],
    tag: [u8; TAG],
    kind: Type,
}

/// Encrypts and decrypts the values of one file.
pub(super) struct Cipher {
    values: AesGcm<Aes256, U32>,
    nonces: Hmac<Sha256>,
}

impl Cipher {
    /// For the file at a path below the output folder. The key of nonces is another one than that of values, and
    /// follows from it: whoever knows the one can decrypt, and nobody else can try a guess.
    pub(super) fn new(data_key: &[u8; 32], path: &str) -> Self {
        let mut key = Zeroizing::new([0u8; 32]);
        Hkdf::<Sha256>::new(None, data_key)
            .expand(b"trigger-gen nonces of an encrypted file, version 1", key.as_mut())
            .expect("HKDF gives 32 bytes");
        let mut nonces =
            Hmac::<Sha256>::new_from_slice(key.as_ref()).expect("HMAC takes a key of any length");
        add(&mut nonces, path.as_bytes());
        Self { values: AesGcm::new(data_key.into()), nonces }
    }

    /// Encrypts a value. The same value in the same place gives the same text; another value or another place
    /// gives another nonce.
    pub(super) fn seal(&self, plain: &Plain, place: &str) -> String {
        self.seal_for(plain, place, place)
    }

    /// The same for a value that is bound to something else than its place.
    pub(super) fn seal_for(&self, plain: &Plain, place: &str, bound_to: &str) -> String {
        let mut nonces = self.nonces.clone();
        add(&mut nonces, place.as_bytes());
        add(&mut nonces, bound_to.as_bytes());
        add(&mut nonces, name(plain.kind).as_bytes());
        nonces.update(&plain.bytes);
        let nonce: [u8; NONCE] = nonces.finalize().into_bytes().into();
        let mut data = plain.bytes.to_vec();
        let tag = self
            .values
            .encrypt_inout_detached(
                (&nonce).into(),
                bound_to.as_bytes(),
                data.as_mut_slice().into(),
            )
            .expect("a short text can be encrypted");
        Sealed { data, nonce, tag: tag.into(), kind: plain.kind }.to_string()
    }

    /// Decrypts a value; `None` if it is none, or was changed, or stands in another place than it was made for.
    pub(super) fn open(&self, text: &str, place: &str) -> Option<Plain> {
        let sealed = Sealed::read(text)?;
        let mut bytes = Zeroizing::new(sealed.data);
        let (nonce, tag) = ((&sealed.nonce).into(), (&sealed.tag).into());
        self.values
            .decrypt_inout_detached(nonce, place.as_bytes(), bytes.as_mut_slice().into(), tag)
            .ok()?;
        Some(Plain { bytes, kind: sealed.kind })
    }
}

/// Whether a text has the form of an encrypted value.
pub(super) fn is_sealed(text: &str) -> bool {
    Sealed::read(text).is_some_and(|it| it.to_string() == text)
}

/// A field and its length, so that no two rows of fields are the same bytes.
fn add(mac: &mut Hmac<Sha256>, field: &[u8]) {
    mac.update(&(field.len() as u64).to_le_bytes());
    mac.update(field);
}

fn name(kind: Type) -> &'static str {
    TYPES.iter().find(|it| it.0 == kind).expect("every type has a name").1
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (data, nonce, tag) =
            (STANDARD.encode(&self.data), STANDARD.encode(self.nonce), STANDARD.encode(self.tag));
        let kind = name(self.kind);
        write!(f, "ENC[AES256_GCM,data:{data},iv:{nonce},tag:{tag},type:{kind}]")
    }
}

impl Sealed {
    fn read(text: &str) -> Option<Self> {
        let fields = text.strip_prefix("ENC[AES256_GCM,data:")?.strip_suffix(']')?;
        let (data, rest) = fields.split_once(",iv:")?;
        let (nonce, rest) = rest.split_once(",tag:")?;
        let (tag, kind) = rest.split_once(",type:")?;
        Some(Self {
            data: STANDARD.decode(data).ok()?,
            nonce: STANDARD.decode(nonce).ok()?.try_into().ok()?,
            tag: STANDARD.decode(tag).ok()?.try_into().ok()?,
            kind: TYPES.iter().find(|it| it.1 == kind)?.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Plain {
        Plain { bytes: Zeroizing::new(text.as_bytes().to_vec()), kind: Type::Text }
    }

    fn nonce(text: &str) -> &str {
        text.split_once(",iv:").expect("a nonce").1.split_once(',').expect("its end").0
    }

    #[test]
    fn a_nonce_follows_from_key_path_place_type_and_value() {
        let sealed = |key: u8, path: &str, place: &str, text: &str| {
            Cipher::new(&[key; 32], path).seal(&plain(text), place)
        };
        let first = sealed(1, "a/secret.yaml", "data:A:", "value");
        assert_eq!(first, sealed(1, "a/secret.yaml", "data:A:", "value"));
        let mut nonces = vec![nonce(&first).to_owned()];
        for other in [
            sealed(2, "a/secret.yaml", "data:A:", "value"),
            sealed(1, "b/secret.yaml", "data:A:", "value"),
            sealed(1, "a/secret.yaml", "data:B:", "value"),
            sealed(1, "a/secret.yaml", "data:A:", "other"),
            sealed(1, "a/secret.yaml", "data:A:v", "alue"),
            sealed(1, "a/secret.yamld", "ata:A:", "value"),
            Cipher::new(&[1; 32], "a/secret.yaml")
                .seal(&Plain { kind: Type::Truth, ..plain("value") }, "data:A:"),
        ] {
            assert!(!nonces.contains(&nonce(&other).to_owned()), "{other}");
            nonces.push(nonce(&other).to_owned());
        }
    }

    #[test]
    fn a_value_opens_in_its_place_alone() {
        let cipher = Cipher::new(&[1; 32], "secret.yaml");
        let sealed = cipher.seal(&plain("a value"), "data:A:");
        let open = cipher.open(&sealed, "data:A:").expect("the value");
        assert_eq!((open.bytes.as_slice(), open.kind), (&b"a value"[..], Type::Text));
        assert!(cipher.open(&sealed, "data:B:").is_none(), "another place");
        assert!(Cipher::new(&[2; 32], "secret.yaml").open(&sealed, "data:A:").is_none());
        // The path is for the nonce alone: whoever moves the file can still read it.
        assert!(Cipher::new(&[1; 32], "moved.yaml").open(&sealed, "data:A:").is_some());
    }

    #[test]
    fn what_has_another_form_is_no_value() {
        let sealed = Cipher::new(&[1; 32], "secret.yaml").seal(&plain("a value"), "data:A:");
        assert!(is_sealed(&sealed));
        for wrong in [
            String::new(),
            "ENC[]".to_owned(),
            sealed.replace("GCM", "CBC"),
            sealed.replace("type:str", "type:bytes"),
            sealed.replace(",tag:", ",tag:A"),
            sealed.replace(",iv:", ",iv:AAAA"),
            sealed.replace(']', ""),
            format!("{sealed} "),
        ] {
            assert!(!is_sealed(&wrong), "{wrong}");
        }
    }
}
