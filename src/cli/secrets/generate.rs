//! `secrets generate`: what a build would make, and nothing else.

use super::super::args::SecretsGenerate;
use super::super::complete::{fill, is_complete};
use super::super::site::{StoreUse, compile};
use super::super::{Exit, build, out, shell};
use super::standing::Standing;
use super::{refused, store_failed};
use crate::secrets::{Draft, Made, missing};
use crate::site::Use;
use std::convert::Infallible;

pub(super) fn run(verb: &SecretsGenerate) -> Exit {
    let compiled = match compile(&verb.site, StoreUse::IfThere) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let site = &compiled.site;
    let standing = Standing::read(&build::folder(&verb.out, site));
    if let Err(refusal) = standing.keeps(compiled.draft.as_ref(), site, false) {
        return refused(&refusal);
    }
    let filled = match compiled.draft.as_ref().filter(|it| is_complete(it, site)) {
        Some(draft) => Ok((draft.clone(), Vec::new())),
        None => {
            let fill = |draft: &mut Draft| Ok(fill(draft, site));
            build::update::<_, Infallible>(&compiled.store_path, site, fill)
                .map(|(draft, Ok(made))| (draft, made))
        }
    };
    let (draft, made) = match filled {
        Ok(filled) => filled,
        Err(error) => return store_failed(&compiled.store_path, error),
    };
    let store = compiled.store_path.display();
    made.iter().for_each(|it| out::result(what(it)));
    match made.is_empty() {
        true => out::say(format!("{store} lacks nothing that trigger-gen makes")),
        false => out::say(format!(
            "made them in {store}: keep a copy, nothing can replace ENCRYPTION_KEY"
        )),
    }
    still_missing(&draft, &compiled.site, &shell::path(&verb.site));
    Exit::Done
}

fn what(made: &Made) -> String {
    match made {
        Made::Value(name) => name.to_string(),
        Made::Hash(name) => format!("the hash of {name}"),
        Made::Key => "the key of fingerprints".into(),
        Made::FileKey(path) => format!("the key of {path}"),
        Made::AnotherFileKey(path) => format!("another key of {path}"),
        Made::Recipients(path) => format!("the key of {path}, for more recipients"),
    }
}

/// What only the author can supply: the next build asks for it.
fn still_missing(draft: &Draft, site: &crate::site::Site, site_file: &str) {
    for needed in missing(draft, site) {
        if let Use::Supplied(key) = needed.origin {
            out::say(format!(
                "{0} is still missing, named at {key}: `trigger-gen secrets set {0} {site_file}`, with the value on standard input",
                needed.name
            ));
        }
    }
}
