//! The whole program under fire: killed and refused at every system call that changes a file, killed at any moment,
//! raced by another run and by somebody who swaps paths for links.
//!
//! What the library says of these is in `emission` and `store`; here is what a user's machine does to the process.
#![allow(clippy::disallowed_methods, reason = "these tests stand outside the compiler")]

mod disk;
mod every_call;
mod judge;
mod links;
mod moments;
mod scene;
mod strace;
mod together;

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does something with each item, on all cores, and fails at the end if any of it failed.
fn each<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let (next, failed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(4);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if catch_unwind(AssertUnwindSafe(|| work(item))).is_err() {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner();
    assert_eq!(failed, 0, "{failed} of {} failed, as said above", items.len());
}

/// Says a figure aloud: the harness would keep what a passing test prints.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr");
}
