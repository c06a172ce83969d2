//! What nobody can get wrong yet, because the site file has no section for it.
//!
//! A list of its own rather than a fifth place: the four answer who prevents a fault today. A name moves from
//! here to the catalogue in the change that brings its section, which must then decide for one of the four.

/// A name that waits.
#[derive(Debug)]
pub struct Awaiting {
    /// Its name, in kebab-case.
    pub name: &'static str,
    /// What it waits for, as the end of "prevented by what comes with …".
    pub section: &'static str,
}

const fn awaits(name: &'static str, section: &'static str) -> Awaiting {
    Awaiting { name, section }
}

/// Every name that waits.
pub static AWAITING: &[Awaiting] = &[
    awaits("tool-version-mismatch", "a key that names the version of trigger-gen"),
    awaits("private-ca-not-propagated", "a key that names a certificate authority of your own"),
];
