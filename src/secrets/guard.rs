//! What stands between an output and the loss of the key that its data is encrypted with.

use super::Draft;
use crate::manifest::Manifest;
use crate::release::env;
use crate::site::{Site, generated};
use crate::value::SecretName;

/// Why something is not done, and the way out. Holds no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}: {help}")]
pub struct Refusal {
    /// States the fact.
    pub why: String,
    /// Says what to do about it, as an imperative.
    pub help: String,
}

/// Lets a build go on if the output was built with the `ENCRYPTION_KEY` of the store, or if there is
/// no output yet. `store` is the store as it was found, before anything was made for it.
pub fn guard(manifest: Option<&Manifest>, store: Option<&Draft>) -> Result<(), Refusal> {
    let Some(manifest) = manifest.filter(|it| !it.secrets.is_empty()) else { return Ok(()) };
    let Some(store) = store else {
        return Err(refusal("the secret store is gone, and the output was built with one"));
    };
    let Some(built_with) = manifest.secrets.get(env::ENCRYPTION_KEY) else { return Ok(()) };
    if store.has_built(built_with) {
        return Ok(());
    }
    Err(refusal(match store.value(&generated(env::ENCRYPTION_KEY)) {
        Some(_) => {
            "the secret store is not the one that the output was built with: `ENCRYPTION_KEY` differs"
        }
        None => "`ENCRYPTION_KEY` is gone from the secret store, and the output was built with one",
    }))
}

fn refusal(why: &str) -> Refusal {
    Refusal {
        why: why.into(),
        help: "restore the store from its backup; or move it away and take the values over from the `.env` of the \
               server or of the output with `trigger-gen secrets import ENV SITE`; `--new-site` begins anew, and \
               what was encrypted is lost"
            .into(),
    }
}

/// Lets a build go on if the store still holds what the output was built with: its `ENCRYPTION_KEY`, and every
/// other generated secret, with any of which a server may run.
pub fn keep(
    manifest: Option<&Manifest>,
    store: Option<&Draft>,
    site: &Site,
) -> Result<(), Refusal> {
    guard(manifest, store)?;
    let Some((manifest, store)) = manifest.zip(store) else { return Ok(()) };
    let gone: Vec<String> = lost(manifest, store, site).iter().map(|it| it.to_string()).collect();
    match gone.is_empty() {
        true => Ok(()),
        false => Err(Refusal {
            why: format!("{} is gone from the secret store, and a server may run with it", gone.join(", ")),
            help: "restore the store from its backup, or take the value over from the `.env` of the server with \
                   `trigger-gen secrets import ENV SITE`; `--new-site` makes another"
                .into(),
        }),
    }
}

/// Secrets that the output was built with and that the store has lost: a build makes others, which
/// a server that runs already does not know. Of `ENCRYPTION_KEY` the guard speaks.
pub fn lost(manifest: &Manifest, store: &Draft, site: &Site) -> Vec<SecretName> {
    let names = site.generated_names().into_iter().filter(|name| *name != env::ENCRYPTION_KEY);
    names
        .filter(|name| manifest.secrets.contains_key(*name))
        .map(generated)
        .filter(|name| store.value(name).is_none())
        .collect()
}
