//! `check`: what is wrong with a site, without its secrets.

use super::Exit;
use super::args::Check;
use super::findings::Findings;
use super::site::{StoreUse, compile_saying};
use std::path::Path;

pub(super) fn run(verb: &Check) -> Exit {
    let mut findings = Findings::new(verb.format).quiet(verb.quiet);
    let ends = verb.sites.iter().map(|path| one(verb, path, &mut findings));
    let exit = ends.max().unwrap_or(Exit::Done);
    findings.finish(exit)
}

fn one(verb: &Check, path: &Path, findings: &mut Findings) -> Exit {
    match compile_saying(path, StoreUse::None, findings) {
        Ok(compiled) if verb.deny_warnings && compiled.warnings > 0 => Exit::No,
        Ok(compiled) => {
            findings.remark(format!(
                "{}: compiles for Trigger.dev {}",
                compiled.site.name, compiled.site.release.version
            ));
            Exit::Done
        }
        Err(exit) => exit,
    }
}
