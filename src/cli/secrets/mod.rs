//! `secrets`: what the store holds, by name and fingerprint; values only ever come in.

mod generate;
pub(super) mod ignored;
mod import;
mod rotate;
pub(super) mod standing;
pub(super) mod steps;

use super::args::{Format, Secrets, SecretsSet, SecretsSite, SecretsVerb};
use super::findings::Findings;
use super::site::{StoreUse, compile};
use super::{Exit, build, out};
use crate::artifacts;
use crate::secrets::{FileState, Refusal, list as list_of, list_files, set as set_value};
use crate::site::Use;
use crate::store;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zeroize::Zeroizing;

pub(super) fn run(verb: &Secrets) -> Exit {
    match &verb.verb {
        SecretsVerb::List(verb) => list(verb),
        SecretsVerb::Generate(verb) => generate::run(verb),
        SecretsVerb::Set(verb) => set(verb),
        SecretsVerb::Rotate(verb) => rotate::run(verb),
        SecretsVerb::Import(verb) => import::run(verb),
    }
}

fn list(verb: &SecretsSite) -> Exit {
    let compiled = match compile(&verb.site, StoreUse::IfThere) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let listing = list_of(compiled.draft.as_ref(), &compiled.site);
    let width = listing.needed.iter().map(|row| row.name.as_str().len()).max().unwrap_or(0);
    for row in &listing.needed {
        let from = match &row.origin {
            Use::Generated => "made by trigger-gen".to_owned(),
            Use::Supplied(key) => format!("named at {key}"),
        };
        let state = row.fingerprint.as_deref().unwrap_or(if row.present {
            "present"
        } else {
            "missing         "
        });
        out::result(format!("{:width$}  {state}  {from}", row.name));
    }
    for name in &listing.unneeded {
        out::result(format!("{name:width$}  in the store, and nothing needs it"));
    }
    for row in list_files(compiled.draft.as_ref(), &artifacts::encrypted(&compiled.site)) {
        out::result(format!("{}  {}", row.path, of_file(&row.state)));
    }
    Exit::Done
}

fn of_file(state: &FileState) -> String {
    match state {
        FileState::Missing => "has no key yet".into(),
        FileState::Present(made, recipients) => {
            format!("encrypted for {} since {made}", out::count(*recipients, "age recipient"))
        }
        FileState::Outdated => "encrypted for other recipients until the next build".into(),
        FileState::Unneeded => "has a key in the store, and nothing needs it".into(),
    }
}

fn set(verb: &SecretsSet) -> Exit {
    // A value that is wrong must not keep a right one out: the store is read under its lock alone.
    let compiled = match compile(&verb.site, StoreUse::None) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let value = match read_secret(Path::new("-")) {
        Ok(value) => value,
        Err(exit) => return exit,
    };
    let changed = build::update(&compiled.store_path, &compiled.site, |draft| {
        draft.make_key(&mut build::random);
        set_value(draft, &compiled.site, &verb.name, &value)
    });
    match changed {
        Ok((_, Ok(()))) => {
            out::say(format!("{} is in {}", verb.name, compiled.store_path.display()));
            Exit::Done
        }
        Ok((_, Err(refusal))) => refused(&refusal),
        Err(error) => store_failed(&compiled.store_path, error),
    }
}

/// What the store says, and how the run ends.
fn store_failed(path: &Path, error: store::Error) -> Exit {
    Findings::new(Format::Human).store_failed(path, error)
}

fn refused(refusal: &Refusal) -> Exit {
    out::say(format!("error: {}\n  help: {}", refusal.why, refusal.help));
    Exit::No
}

/// Text that may be secret: wiped when it is no longer needed.
fn read_secret(path: &Path) -> Result<Zeroizing<String>, Exit> {
    let mut text = Zeroizing::new(String::new());
    let read = match path.as_os_str() == "-" {
        true => io::stdin().take(LARGEST).read_to_string(&mut text),
        false => File::open(path).and_then(|file| file.take(LARGEST).read_to_string(&mut text)),
    };
    match read {
        Ok(_) => Ok(text),
        Err(error) => {
            out::say(format!("error: cannot read {}: {error}", path.display()));
            Err(Exit::Trouble)
        }
    }
}

/// More than any secret or `.env` has.
const LARGEST: u64 = 1024 * 1024;
