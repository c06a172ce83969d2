//! `secrets rotate`: new values for generated secrets.

use super::rotation::{Rotation, Way, rotation};
use super::{Draft, Refusal, faults, set};
use crate::manifest::Manifest;
use crate::release::env;
use crate::site::{Site, Use, generated};
use crate::value::SecretName;

/// The rows of the secrets that are to be rotated, each once and in the order of the table; or every
/// reason why that cannot be. `site_file` is for the help. A refusal holds no value.
pub fn rotations(
    site: &Site,
    names: &[String],
    site_file: &str,
) -> Result<Vec<&'static Rotation>, Vec<Refusal>> {
    let (mut rows, mut refusals): (Vec<&Rotation>, Vec<Refusal>) = Default::default();
    for name in names {
        match one(site, name, site_file) {
            Ok(row) => rows.push(row),
            Err(refusal) if refusals.contains(&refusal) => {}
            Err(refusal) => refusals.push(refusal),
        }
    }
    let asked = |row: &&Rotation| rows.iter().any(|it| it.name == row.name);
    match refusals.is_empty() {
        true => Ok(super::ROTATIONS.iter().filter(asked).collect()),
        false => Err(refusals),
    }
}

fn one(site: &Site, name: &str, site_file: &str) -> Result<&'static Rotation, Refusal> {
    let needed = match faults::find(site, name) {
        Ok(needed) => needed,
        Err(nearest) => {
            let row = rotation(name).filter(|row| matches!(row.way, Way::Never { .. }));
            return row.map_or_else(|| Err(set::unknown(site, name, nearest)), may_change);
        }
    };
    match (needed.origin, rotation(needed.name.as_str())) {
        (Use::Generated, Some(row)) => may_change(row),
        (Use::Generated, None) => {
            panic!("bug in trigger-gen: nothing says what rotating {name} leads to")
        }
        (Use::Supplied(key), _) => Err(Refusal {
            why: format!("`{name}` is yours, named at `{key}`: trigger-gen does not make it"),
            help: format!(
                "have it changed by whoever issued it, and put the new one in with `trigger-gen secrets set {name} {site_file}`, on standard input"
            ),
        }),
    }
}

fn may_change(row: &'static Rotation) -> Result<&'static Rotation, Refusal> {
    match &row.way {
        Way::Rotate { .. } | Way::InCluster => Ok(row),
        Way::Never { why, instead } => Err(Refusal {
            why: format!("`{}` is not rotated: {why}", row.name),
            help: (*instead).into(),
        }),
    }
}

impl Draft {
    /// Whether another value can be made at all.
    pub fn may_rotate(&self) -> Result<(), Refusal> {
        if !self.example {
            return Ok(());
        }
        Err(Refusal {
            why: "the secret store is an example's: its values are fake and always the same".into(),
            help: "move the store away, and the next build makes one of your own".into(),
        })
    }

    /// Gives secrets new values, and the hashes that belong to them. What is missing beside them stays so.
    pub fn rotate(
        &mut self,
        rows: &[&Rotation],
        site: &Site,
        mut random: impl FnMut(&mut [u8]),
    ) -> Result<(), Refusal> {
        self.may_rotate()?;
        for row in rows {
            self.set(generated(row.name), self.make(row.name, &mut random));
        }
        for name in site.hashed_secrets() {
            if let Some(hashed) = self.hash(&name, &mut random) {
                self.set_hash(name, hashed);
            }
        }
        Ok(())
    }
}

/// The secrets whose value is another one than that which an output was built with. Nothing where the
/// output has fingerprints of another key, by which nothing can be told.
pub fn changed(manifest: &Manifest, draft: &Draft) -> Vec<SecretName> {
    let differs = |name: &&SecretName| {
        let built = manifest.secrets.get(name.as_str());
        built.is_some_and(|built| draft.fingerprint(name).is_some_and(|now| *built != now))
    };
    match is_of(manifest, draft) {
        true => draft.names().filter(differs).cloned().collect(),
        false => Vec::new(),
    }
}

/// Whether an output has the fingerprints of this store, so that they tell what changed.
pub fn is_of(manifest: &Manifest, draft: &Draft) -> bool {
    let built = manifest.secrets.get(env::ENCRYPTION_KEY);
    built.is_some() && draft.fingerprint(&generated(env::ENCRYPTION_KEY)).as_ref() == built
}
