//! Backup and restore: the emitted scripts on a server of files, where `tests/backup/docker` stands for docker and
//! starts in the place of each container a canned program or, in `real`, the true one.
//!
//! The scripts want root: whoever is not is asked for `sudo` without a password.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they write files and start programs"
)]

mod away;
mod create;
mod platform;
mod real;
mod restore;
mod schedule;
mod world;
