//! The output of a site as it stands before a command: whether secrets may be made beside it, and what changed since.

use super::super::build::read_bytes;
use super::super::shell;
use crate::manifest::{self, Fingerprints, Manifest};
use crate::release::env;
use crate::secrets::{Draft, Refusal, Secrets, changed, differing, encryption_key, is_of, keep};
use crate::site::{Site, generated};
use crate::value::SecretName;
use std::io;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What was found of an output.
pub(in crate::cli) struct Standing {
    manifest: Found,
    manifest_path: PathBuf,
    /// The `.env` of the webapp, if it is there.
    env: Option<Zeroizing<String>>,
    /// Where that is, or would be.
    pub(in crate::cli) env_path: PathBuf,
}

/// A manifest has three states: what cannot be read is not taken for what is not there.
enum Found {
    Absent,
    Unreadable(String),
    Read(Box<Manifest>),
}

/// The secrets whose values are others than those of the output.
pub(in crate::cli) enum Changed {
    /// These, as its fingerprints or its `.env` tell.
    Names(Vec<SecretName>),
    /// Nothing tells: the store was imported, and there is no `.env` to compare with.
    Unknown,
}

/// What the `.env` of the output says of an `ENCRYPTION_KEY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Key {
    /// Nothing, or it is not there.
    Untold,
    /// The same.
    Same,
    /// Another one.
    Other,
}

impl Standing {
    /// Reads what stands in the folder of a site.
    pub(in crate::cli) fn read(folder: &Path) -> Self {
        let (manifest_path, env_path) = (folder.join(manifest::PATH), folder.join("docker/.env"));
        let manifest = match read_bytes(&manifest_path) {
            Ok(bytes) => match Manifest::read(&bytes) {
                Some(manifest) => Found::Read(Box::new(manifest)),
                None => {
                    Found::Unreadable("is damaged, or of another version of trigger-gen".into())
                }
            },
            Err(error) if is_absence(&error) => Found::Absent,
            Err(error) => Found::Unreadable(format!("cannot be read: {error}")),
        };
        let text =
            |bytes: Zeroizing<Vec<u8>>| Zeroizing::new(String::from_utf8_lossy(&bytes).into());
        let env = read_bytes(&env_path).ok().map(text);
        Self { manifest, manifest_path, env, env_path }
    }

    /// The manifest, if there is one that can be read.
    pub(in crate::cli) fn manifest(&self) -> Option<&Manifest> {
        match &self.manifest {
            Found::Read(manifest) => Some(manifest),
            Found::Absent | Found::Unreadable(_) => None,
        }
    }

    /// Whether there is anything of an output that `--new-site` has to keep.
    pub(in crate::cli) fn is_there(&self) -> bool {
        !matches!(self.manifest, Found::Absent) || self.env.is_some()
    }

    /// Whether the output was built with an `ENCRYPTION_KEY`, or may have been.
    pub(super) fn has_key(&self) -> bool {
        match &self.manifest {
            Found::Read(manifest) => manifest.secrets.contains_key(env::ENCRYPTION_KEY),
            Found::Unreadable(_) => true,
            Found::Absent => false,
        }
    }

    /// Compares the `ENCRYPTION_KEY` of a store with the one in the `.env` of the output.
    pub(in crate::cli) fn key(&self, store: Option<&Draft>) -> Key {
        let Some(told) = self.env.as_ref().and_then(|it| encryption_key(it)) else {
            return Key::Untold;
        };
        match store.and_then(|it| it.value(&generated(env::ENCRYPTION_KEY))) {
            Some(held) if held == told.as_str() => Key::Same,
            _ => Key::Other,
        }
    }

    /// Refuses a manifest that cannot be read.
    pub(super) fn must_be_read(&self, help: &str) -> Result<(), Refusal> {
        match &self.manifest {
            Found::Unreadable(why) => Err(Refusal {
                why: format!(
                    "`{}` {why}, so nothing tells what the output was built with",
                    self.manifest_path.display()
                ),
                help: help.into(),
            }),
            Found::Absent | Found::Read(_) => Ok(()),
        }
    }

    /// Lets a command go on if nothing that the output was built with is lost: whoever has no store, or the
    /// wrong one, makes no other `ENCRYPTION_KEY`. `store` is the store as it was found. `force` looks past a
    /// manifest that cannot be read, where the `.env` says the same.
    pub(in crate::cli) fn keeps(
        &self,
        store: Option<&Draft>,
        site: &Site,
        force: bool,
    ) -> Result<(), Refusal> {
        keep(self.manifest(), store, site)?;
        if self.manifest().zip(store).is_some_and(|(manifest, store)| is_of(manifest, store)) {
            return Ok(());
        }
        match self.key(store) {
            Key::Other => Err(self.other_key()),
            Key::Same if force => Ok(()),
            Key::Same => self.must_be_read(
                "restore it from Git, or build with `--force`, which takes every file in the way for its own",
            ),
            Key::Untold => self.must_be_read(RESTORE),
        }
    }

    fn other_key(&self) -> Refusal {
        let env = self.env_path.display();
        Refusal {
            why: format!("`{env}` has an `ENCRYPTION_KEY` that the secret store does not have"),
            help: format!(
                "restore the store from its backup; or, with no store in its place, take the secrets over with \
                 `trigger-gen secrets import {} SITE`; `trigger-gen build --new-site` sets the output aside and begins \
                 anew, and what was encrypted is lost",
                shell::path(&self.env_path)
            ),
        }
    }

    /// What changed since the output was built.
    pub(in crate::cli) fn changed(&self, draft: &Draft, site: &Site) -> Changed {
        match (self.manifest(), &self.env) {
            (Some(manifest), _) if is_of(manifest, draft) => {
                Changed::Names(changed(manifest, draft))
            }
            (_, Some(env)) if self.key(Some(draft)) == Key::Same => {
                Changed::Names(differing(draft, site, env))
            }
            (Some(manifest), _) if !manifest.secrets.is_empty() => Changed::Unknown,
            _ => Changed::Names(Vec::new()),
        }
    }

    /// How the emitter tells secret files that were edited. An output with fingerprints of another key is taken as
    /// it was made, if its `.env` shows that it is of this installation.
    pub(in crate::cli) fn fingerprints<'a>(
        &'a self,
        draft: &Draft,
        secrets: &'a Secrets,
    ) -> &'a dyn Fingerprints {
        match self.manifest() {
            Some(manifest) if !is_of(manifest, draft) && self.key(Some(draft)) == Key::Same => {
                manifest
            }
            _ => secrets,
        }
    }
}

/// The way out where nothing else says which key is lost.
pub(super) const RESTORE: &str = "restore it from Git or a backup; `trigger-gen build --new-site` sets the output aside and \
                       begins anew, and what was encrypted is lost";

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
