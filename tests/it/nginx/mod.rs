//! The emitted virtual hosts, judged by nginx itself: of two versions, between clients that say exactly what a test
//! writes and a stand-in that keeps exactly what arrives, on a machine of each test's own.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they read files and start programs"
)]

mod client;
mod fuzz;
mod headers;
mod hostile;
mod hosts;
mod judged;
mod limits;
mod logs;
mod machine;
mod matrix;
mod place;
mod route;
mod server;
mod stores;
mod streams;
mod stub;

use std::io::Write as _;

/// Says a figure aloud: the harness would keep what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr");
}
