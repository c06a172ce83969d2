//! `secrets import`: the secrets of a running installation, if it is the one that the output was built for.

use super::super::args::SecretsImport;
use super::super::site::{Compiled, StoreUse, compile};
use super::super::{Exit, build, out};
use super::standing::{Key, RESTORE, Standing};
use super::{read_secret, refused, store_failed};
use crate::release::env;
use crate::secrets::{Draft, Imported, Refusal, import as take};
use crate::site::{Site, generated};
use std::path::Path;

/// Why nothing was taken.
enum Stopped {
    /// The text does not go into the store.
    Unfit(Imported),
    /// It is not of this installation.
    Foreign(Refusal),
}

pub(super) fn run(verb: &SecretsImport) -> Exit {
    let compiled = match compile(&verb.site, StoreUse::IfThere) {
        Ok(compiled) => compiled,
        Err(exit) => return exit,
    };
    let text = match read_secret(&verb.env) {
        Ok(text) => text,
        Err(exit) => return exit,
    };
    let standing = Standing::read(&build::folder(&verb.out, &compiled.site));
    let changed = build::update(&compiled.store_path, &compiled.site, |draft| {
        into(draft, &compiled.site, &text, &verb.env, &standing)
    });
    match changed {
        Ok((_, Ok((imported, unchecked)))) => {
            passed_over(&imported);
            if unchecked {
                let env = standing.env_path.display();
                out::say(format!(
                    "whether this is the installation that the output was built for cannot be checked: no `.env` in the output ({env})"
                ));
            }
            done(&compiled, &imported)
        }
        Ok((_, Err(Stopped::Unfit(imported)))) => unfit(&imported),
        Ok((_, Err(Stopped::Foreign(refusal)))) => {
            refused(&refusal);
            out::say("nothing was taken");
            Exit::No
        }
        Err(error) => store_failed(&compiled.store_path, error),
    }
}

/// Takes the secrets into the store, and says whether their origin went unchecked.
fn into(
    draft: &mut Draft,
    site: &Site,
    text: &str,
    from: &Path,
    standing: &Standing,
) -> Result<(Imported, bool), Stopped> {
    let anew = draft.make_key(&mut build::random);
    if anew {
        standing.must_be_read(RESTORE).map_err(Stopped::Foreign)?;
    }
    let imported = take(draft, site, text);
    if !imported.is_done() {
        return Err(Stopped::Unfit(imported));
    }
    if !imported.taken.contains(&generated(env::ENCRYPTION_KEY)) {
        return Ok((imported, false));
    }
    let key = standing.key(Some(draft));
    if key == Key::Other {
        return Err(Stopped::Foreign(other_key(from, &standing.env_path)));
    }
    if let (true, Some(manifest)) = (anew, standing.manifest()) {
        draft.adopt(manifest);
    }
    Ok((imported, key == Key::Untold && standing.has_key()))
}

fn other_key(from: &Path, built: &Path) -> Refusal {
    let from = match from.as_os_str() == "-" {
        true => "standard input".into(),
        false => format!("`{}`", from.display()),
    };
    Refusal {
        why: format!(
            "{from} has another `ENCRYPTION_KEY` than `{}`, so it is of another installation",
            built.display()
        ),
        help: "take the `.env` of the server that the output was built for, or the output's own; for another \
               installation, name another folder with `--out`"
            .into(),
    }
}

fn passed_over(imported: &Imported) {
    for it in &imported.ignored {
        out::say(format!("passed over {}: {}", it.what, it.why));
    }
}

fn unfit(imported: &Imported) -> Exit {
    for name in &imported.conflicts {
        out::say(format!("error: {name} has another value in the store already"));
    }
    for (name, why) in &imported.refused {
        out::say(format!("error: {name} cannot be taken: {why}"));
    }
    passed_over(imported);
    out::say("nothing was taken: a store must not hold the secrets of two installations");
    Exit::No
}

fn done(compiled: &Compiled, imported: &Imported) -> Exit {
    out::say(format!(
        "took {} into {}, {} were there",
        out::count(imported.taken.len(), "secret"),
        compiled.store_path.display(),
        imported.same.len()
    ));
    Exit::Done
}
