//! The command: hands its arguments to the library's `cli` and exits with its code.
fn main() {}
