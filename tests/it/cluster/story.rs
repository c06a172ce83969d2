//! Stories: told in order, each with its result, whatever became of the one before.

use super::say;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

/// The stories of a scene.
#[derive(Debug)]
pub(super) struct Stories {
    scene: &'static str,
    start: Instant,
    held: usize,
    failed: Vec<&'static str>,
}

impl Stories {
    /// A scene in which none was told yet.
    pub(super) fn of(scene: &'static str) -> Self {
        Self { scene, start: Instant::now(), held: 0, failed: Vec::new() }
    }

    /// Tells one.
    pub(super) fn tell(&mut self, name: &'static str, story: impl FnOnce()) {
        let start = Instant::now();
        let told = catch_unwind(AssertUnwindSafe(story));
        let seconds = start.elapsed().as_secs();
        let result = if told.is_ok() { "held" } else { "FAILED" };
        say(&format!("story: {}: {name}: {result} ({seconds} s)", self.scene));
        match told {
            Ok(()) => self.held += 1,
            Err(_) => self.failed.push(name),
        }
    }

    /// Fails if one of them failed.
    pub(super) fn end(self) {
        let seconds = self.start.elapsed().as_secs();
        say(&format!(
            "scene: {}: {} held, {} failed ({seconds} s)",
            self.scene,
            self.held,
            self.failed.len()
        ));
        assert!(self.failed.is_empty(), "failed: {}", self.failed.join(", "));
    }
}
