//! `secrets rotate`: new values in the store, and what they mean for the server.

use super::super::args::SecretsRotate;
use super::super::site::{Compiled, StoreUse, compile};
use super::super::{Exit, build, out, shell};
use super::{refused, steps, store_failed};
use crate::secrets::{Refusal, Rotation, rotations};
use crate::store::{self, Opened, Store};

pub(super) fn run(verb: &SecretsRotate) -> Exit {
    // A value that is wrong must not keep a right one out, so nothing is asked of the store yet.
    let compiled = match compile(verb.site(), StoreUse::None) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let site_file = shell::path(verb.site());
    let rows = match rotations(&compiled.site, &verb.names(), &site_file) {
        Ok(rows) => rows,
        Err(refusals) => {
            for refusal in &refusals {
                refused(refusal);
            }
            out::say("nothing was rotated");
            return Exit::No;
        }
    };
    let done = if verb.dry_run { tried(&compiled) } else { rotated(&compiled, &rows) };
    match done {
        Ok(Ok(())) => {}
        Ok(Err(refusal)) => return refused(&refusal),
        Err(error) => return store_failed(&compiled.store_path, error),
    }
    let names = rows.iter().map(|row| row.name).collect::<Vec<_>>().join(", ");
    let store = compiled.store_path.display();
    out::say(match verb.dry_run {
        true => format!("{store} would get another value for {names}; nothing was written"),
        false => format!("{store} has another value for {names}; the old one is not kept"),
    });
    let folder = build::folder(&verb.out, &compiled.site);
    let build = match verb.out.as_os_str() == "out" {
        true => format!("trigger-gen build {site_file}"),
        false => format!("trigger-gen build --out {} {site_file}", shell::path(&verb.out)),
    };
    out::result_text(&steps::consequences(&compiled.site, &rows, &folder, &build));
    Exit::Done
}

/// Whether there is a store whose secrets can be rotated.
fn tried(compiled: &Compiled) -> Result<Result<(), Refusal>, store::Error> {
    Ok(match Store::open(&compiled.store_path, compiled.site.name.as_str())? {
        Opened::Present(draft) => draft.may_rotate(),
        Opened::Absent => Err(absent(compiled)),
    })
}

fn rotated(compiled: &Compiled, rows: &[&Rotation]) -> Result<Result<(), Refusal>, store::Error> {
    let (path, site) = (&compiled.store_path, &compiled.site);
    let mut store = Store::lock(path, site.name.as_str())?;
    let Some(mut draft) = store.draft().cloned() else { return Ok(Err(absent(compiled))) };
    if let Err(refusal) = draft.rotate(rows, site, build::random) {
        return Ok(Err(refusal));
    }
    store.save(&draft)?;
    Ok(Ok(()))
}

fn absent(compiled: &Compiled) -> Refusal {
    Refusal {
        why: format!("there is no secret store at {}", compiled.store_path.display()),
        help: "restore it from its backup; for a new site, the first build makes it".into(),
    }
}
