//! One switch for everything that is generated and committed: `BLESS=1 cargo test` writes it, every other run compares.
#![allow(clippy::disallowed_methods, reason = "these tests read and write the project's own files")]

use std::fs;
use std::path::Path;

/// Whether generated files are to be written instead of compared.
pub(crate) fn is_on() -> bool {
    std::env::var_os("BLESS").is_some()
}

/// The file holds this text, or is made to hold it.
pub(crate) fn compare_or_bless(path: &Path, generated: &str) {
    if is_on() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, generated).expect("writable");
    }
    let on_disk = fs::read_to_string(path).unwrap_or_default();
    assert!(
        on_disk == generated,
        "{} is not what the code generates: run `BLESS=1 cargo test` and review the change",
        path.display()
    );
}
