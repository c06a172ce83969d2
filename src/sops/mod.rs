//! Files of YAML whose values are encrypted in the format of SOPS for age keys: `sops` and Flux read them.
//!
//! A file is the same bytes for the same [`FileKey`], path and values. Nothing here draws randomness of its own.

mod age;
mod cipher;
mod document;
mod form;
mod key;
mod moment;

pub use document::{Unreadable, decrypt, encrypt};
pub use form::{Fault, faults, is_encrypted, says_the_same};
pub use key::{FileKey, FileKeys, Sealing};
pub use moment::Moment;

/// The key of a document below which stands how it is encrypted.
const METADATA: &str = "sops";

/// The keys below which every value is encrypted, as the document says it.
const SELECTION: &str = "^(data|stringData)$";

/// The release of SOPS whose format is written, which readers ask for.
const VERSION: &str = "3.11.0";

/// Whether everything below a key is encrypted, as [`SELECTION`] says.
fn selects(key: &str) -> bool {
    matches!(key, "data" | "stringData")
}
