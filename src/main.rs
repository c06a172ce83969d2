//! The command: hands its arguments to the library and exits with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    trigger_gen::cli::run(std::env::args_os())
}
