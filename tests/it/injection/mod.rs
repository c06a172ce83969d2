//! Injection: every string that the spec accepts arrives byte for byte at the real reader of whatever it reaches.
//!
//! `fields` says which keys take free text and where each must be seen, `classes` what is hostile, `table` holds the
//! two against each other, `property` does the same with thousands of random strings. The readers are real:
//! `docker-compose` as interpolation, as literal YAML and as `env_file`; `sh` and `redis-server` for the one command
//! in which a value meets a shell (`redis`); both sides of each login of a bundled server, `crypt` for the registry's
//! (`bundled`); an XML parser and ClickHouse for the narrow values that reach its settings (`xml`).
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they write files and start programs"
)]

mod bundled;
pub(crate) mod classes;
mod closed;
mod dotenv;
mod fields;
mod front;
mod property;
mod random;
mod redis;
mod sample;
mod table;
mod xml;

pub(crate) use front::mutated;
pub(crate) use random::Random;

/// Every string of every class of hostile strings.
pub(crate) fn hostile() -> Vec<String> {
    classes::CLASSES.iter().flat_map(|it| (it.texts)()).collect()
}
