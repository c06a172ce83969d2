//! The command line: the only module that prints, reads the environment and draws randomness.

mod args;
mod build;
mod check;
mod compare;
mod diff;
mod draw;
mod explain;
mod init;
mod list;
mod out;
mod secrets;
mod site;
mod verify;

pub use args::{Arguments, command};

use args::Verb;
use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done, and clean: 0.
    Done,
    /// The answer is no: the site does not compile, something differs, a proof failed. 1.
    No,
    /// It could not be done: usage, an unreadable file, a full disk. 2.
    Trouble,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Trouble => 2,
        })
    }
}

/// Runs one command.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let told = error.print();
            return match (told, error.use_stderr()) {
                (Ok(()), false) => Exit::Done.into(),
                _ => Exit::Trouble.into(),
            };
        }
    };
    let exit = match &arguments.verb {
        Verb::Init(verb) => init::run(verb),
        Verb::Build(verb) => build::run(verb),
        Verb::Check(verb) => check::run(verb),
        Verb::Diff(verb) => diff::run(verb),
        Verb::Verify(verb) => verify::run(verb),
        Verb::List(verb) => list::run(verb),
        Verb::Explain(verb) => explain::run(verb),
        Verb::Schema => list::schema(),
        Verb::Secrets(verb) => secrets::run(verb),
    };
    exit.into()
}
