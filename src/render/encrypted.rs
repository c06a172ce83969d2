//! YAML documents whose values are encrypted.

use crate::sops::{Sealing, decrypt, encrypt, says_the_same};
use crate::value::AgeRecipient;
use serde_json::Value;

/// The file: as it stands, where that is all that can be known of it, else encrypted anew.
pub(super) fn write(path: &str, header: &str, document: &Value, sealing: &Sealing) -> String {
    match sealing.standing.as_ref().filter(|it| stands(it, header, document, sealing)) {
        Some(standing) => standing.clone(),
        None => header.to_owned() + &crate::yaml::write(&encrypt(path, document, &sealing.key)),
    }
}

/// Whether a file on disk is what a document becomes, but for the values, which nobody knows here.
fn stands(text: &str, header: &str, document: &Value, sealing: &Sealing) -> bool {
    read(text).is_some_and(|read| {
        text == header.to_owned() + &crate::yaml::write(&read)
            && says_the_same(&read, document, &recipients(sealing))
    })
}

/// Whether a text that was written a moment ago is the document.
pub(super) fn says(text: &str, document: &Value, sealing: &Sealing) -> bool {
    read(text).is_some_and(|read| match &sealing.standing {
        Some(standing) if standing == text => says_the_same(&read, document, &recipients(sealing)),
        _ => decrypt(&read, &sealing.key).is_ok_and(|it| it == *document),
    })
}

/// The document as a reader without a key gets it.
pub(super) fn read(text: &str) -> Option<Value> {
    crate::yaml::read_back(text)
}

fn recipients(sealing: &Sealing) -> Vec<AgeRecipient> {
    sealing.key.recipients().cloned().collect()
}
