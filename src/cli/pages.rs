//! `completions` and `man`: what shells and manual readers are given, made from the command line itself.

use super::args::{self, Completions, Man};
use super::{Exit, out};

/// Prints the script that completes commands and flags.
pub(super) fn completions(verb: &Completions) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(verb.shell, &mut args::command(), "trigger-gen", &mut script);
    out::result_text(&String::from_utf8_lossy(&script));
    Exit::Done
}

/// Prints the manual page of the program, or of one command.
pub(super) fn man(verb: &Man) -> Exit {
    let mut command = args::command().disable_help_subcommand(true);
    command.build();
    let mut page = &command;
    for name in &verb.command {
        match page.find_subcommand(name) {
            Some(inner) => page = inner,
            None => {
                let whole = verb.command.join(" ");
                out::say(format!("error: there is no command `{whole}`: see `trigger-gen help`"));
                return Exit::Trouble;
            }
        }
    }
    let mut roff = Vec::new();
    let source = concat!("trigger-gen ", env!("CARGO_PKG_VERSION"));
    let rendered = clap_mangen::Man::new(page.clone()).source(source).render(&mut roff);
    rendered.expect("a vector takes every page");
    out::result_text(&String::from_utf8_lossy(&roff));
    Exit::Done
}
