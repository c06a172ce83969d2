//! A guide for Trigger.dev v4 by hand, of the kind from which people install it, as a witness: each thing that it gets
//! wrong is refused or corrected when it is written as a site, and found when its files are verified.
//!
//! `rows` is the list of what it gets wrong, `site` writes its wishes as a site, `kit` takes the files out of its text,
//! `page` draws the list.
#![allow(clippy::disallowed_methods, reason = "the guide is read here")]

mod kit;
mod page;
mod rows;
mod site;

use crate::consumers::root;

/// The guide as its author wrote it.
fn guide() -> String {
    let path = root().join("tests/seeds/001-install.md");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
