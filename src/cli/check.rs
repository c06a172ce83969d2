//! `check`: what is wrong with a site, without its secrets.

use super::args::Check;
use super::site::{StoreUse, compile};
use super::{Exit, out};

pub(super) fn run(verb: &Check) -> Exit {
    let one = |path| match compile(path, StoreUse::None) {
        Ok(compiled) if verb.deny_warnings && compiled.warnings > 0 => Exit::No,
        Ok(compiled) => {
            out::say(format!(
                "{}: compiles for Trigger.dev {}",
                compiled.site.name, compiled.site.release.version
            ));
            Exit::Done
        }
        Err(exit) => exit,
    };
    verb.sites.iter().map(|path| one(path)).max().unwrap_or(Exit::Done)
}
