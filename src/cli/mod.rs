//! The command line: the only module that prints, reads the environment and draws randomness.

mod args;
mod build;
mod check;
mod compare;
mod complete;
mod diff;
mod draw;
mod explain;
mod findings;
mod foreign;
mod init;
mod list;
mod mask;
mod out;
mod pages;
mod plan;
mod secrets;
mod shell;
mod site;
mod talk;
mod usage;
mod verify;

pub use args::{Arguments, command};
pub use findings::json_schema as diagnostics_schema;

use args::{Color, Verb};
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

impl Exit {
    fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::No => 1,
            Self::Trouble => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.number())
    }
}

/// Runs one command.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match usage::parse(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let told = error.print();
            return match (told, error.use_stderr()) {
                (Ok(()), false) => Exit::Done.into(),
                _ => Exit::Trouble.into(),
            };
        }
    };
    choose_color(arguments.color);
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
        Verb::Completions(verb) => pages::completions(verb),
        Verb::Man(verb) => pages::man(verb),
    };
    if out::was_lost() {
        out::say("error: the result could not be written");
        return Exit::Trouble.into();
    }
    exit.into()
}

/// What the author asks for goes before what the environment says.
fn choose_color(color: Color) {
    let choice = match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
}
