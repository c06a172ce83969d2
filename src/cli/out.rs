//! What is said: results on standard output, talk on standard error.

use std::fmt::Display;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether a result could not be written.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether part of the result was lost: on a full disk, say. A reader that has gone away loses nothing.
pub(super) fn was_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

fn note(written: io::Result<()>) {
    if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// One line of a result. A reader that has gone away ends nothing but the line.
pub(super) fn result(line: impl Display) {
    note(writeln!(anstream::stdout(), "{line}").and_then(|()| anstream::stdout().flush()));
}

/// A result as it is, without another line end.
pub(super) fn result_text(text: &str) {
    note(write!(anstream::stdout(), "{text}").and_then(|()| anstream::stdout().flush()));
}

/// A document for programs, past anstream, which would take control characters out of its texts.
pub(super) fn document(text: &str) {
    let mut stdout = io::stdout().lock();
    note(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()));
}

/// One line of talk.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, one: &str) -> String {
    match (number, one.strip_suffix('y')) {
        (1, _) => format!("1 {one}"),
        (_, Some(stem)) => format!("{number} {stem}ies"),
        _ => format!("{number} {one}s"),
    }
}
