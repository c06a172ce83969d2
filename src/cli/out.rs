//! What is said: results on standard output, talk on standard error.

use std::fmt::Display;
use std::io::Write;

/// One line of a result. A reader that has gone away ends nothing but the line.
pub(super) fn result(line: impl Display) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

/// A result as it is, without another line end.
pub(super) fn result_text(text: &str) {
    let _ = write!(anstream::stdout(), "{text}");
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
