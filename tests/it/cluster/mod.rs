//! The emitted tree in a cluster without nodes: a real control plane, kwok in place of kubelets, and the real Flux,
//! which reads the tree from a Git server as it would a user's.
//!
//! Nothing outside the loopback address is asked. Each scene takes minutes: `scripts/test cluster` runs them.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they write files and start programs"
)]

mod accepted;
mod apart;
mod arrived;
mod before;
mod desk;
mod edits;
mod emitted;
mod flux;
mod git;
mod harness;
mod kubectl;
mod objects;
mod plane;
mod programs;
mod registry;
mod restored;
mod rotated;
mod scenes;
mod stand_ins;
mod stops;
mod story;

use std::io::Write as _;

/// Says a line aloud: the harness would keep what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr");
}
