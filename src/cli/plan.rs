//! What a build is about to write, and whether it may, before anything is made for it.

use super::Exit;
use super::args::Build;
use super::build::{needed, update};
use super::complete::{fill, is_complete};
use super::findings::Findings;
use super::secrets::standing::{Changed, Standing};
use super::site::Compiled;
use crate::artifacts;
use crate::emit::{self, Options};
use crate::manifest::Manifest;
use crate::secrets::{Draft, Made, Secrets, missing};
use crate::store::Store;
use crate::tree::{OutPath, Tree};
use crate::value::SecretName;
use std::path::Path;

/// A build of one site.
pub(super) struct Plan<'a> {
    pub(super) verb: &'a Build,
    pub(super) compiled: &'a Compiled,
    /// The folder of the site, and what stands in it.
    pub(super) folder: &'a Path,
    pub(super) standing: &'a Standing,
}

impl Plan<'_> {
    /// The store with everything that the site needs. It is read again under its lock, so that no other run's
    /// secret is lost, and nothing is made for an output that would be refused.
    pub(super) fn filled(&self, findings: &mut Findings) -> Result<(Draft, Vec<Made>), Exit> {
        let (site, store) = (&self.compiled.site, &self.compiled.store_path);
        if let Some(draft) = self.compiled.draft.as_ref().filter(|it| is_complete(it, site)) {
            if self.may_leave_secrets_behind(draft) {
                self.try_out(draft).map_err(|error| findings.emission_failed(&error))?;
            }
            Store::recover(store).map_err(|error| findings.store_failed(store, error))?;
            return Ok((draft.clone(), Vec::new()));
        }
        if self.verb.locked {
            let why =
                format!("{} lacks {}, and --locked makes nothing", store.display(), self.lacking());
            return Err(findings.refused("missing-secret", store, &why));
        }
        let filled = update(store, site, |draft| {
            let made = fill(draft, site);
            self.try_out(draft).map(|()| made)
        });
        match filled {
            Ok((draft, Ok(made))) => Ok((draft, made)),
            Ok((_, Err(error))) => Err(findings.emission_failed(&error)),
            Err(error) => Err(findings.store_failed(store, error)),
        }
    }

    fn lacking(&self) -> String {
        let site = &self.compiled.site;
        let mut lacking: Vec<String> = match &self.compiled.draft {
            Some(draft) => missing(draft, site).into_iter().map(|it| it.name.to_string()).collect(),
            None => needed(site).into_iter().map(|it| it.to_string()).collect(),
        };
        let (wanted, none) = (artifacts::encrypted(site), Draft::new(site.name.as_str()));
        let files = self.compiled.draft.as_ref().unwrap_or(&none).lacking_file_keys(&wanted);
        lacking.extend(files.iter().map(|path| format!("the key of {path}")));
        if lacking.is_empty() { "the hash of a password".into() } else { lacking.join(", ") }
    }

    /// The tree, and the secrets in it.
    pub(super) fn output(&self, draft: &Draft) -> (Tree, Secrets) {
        let secrets = Secrets::from_store(draft, &needed(&self.compiled.site));
        (crate::generate(&self.compiled.site, &secrets), secrets)
    }

    pub(super) fn options(&self) -> Options {
        let set_aside = self.verb.new_site && self.standing.is_there();
        Options { force: self.verb.force, set_aside }
    }

    /// What a server has to be given. A new site is a new server's.
    pub(super) fn changed(&self, draft: &Draft) -> Changed {
        match self.verb.new_site {
            true => Changed::Names(Vec::new()),
            false => self.standing.changed(draft, &self.compiled.site),
        }
    }

    fn may_leave_secrets_behind(&self, draft: &Draft) -> bool {
        !matches!(self.changed(draft), Changed::Names(names) if names.is_empty())
    }

    /// Whether the output can be written with these secrets, and all of it then has them.
    fn try_out(&self, draft: &Draft) -> Result<(), emit::Error> {
        let (tree, secrets) = self.output(draft);
        let key = self.standing.fingerprints(draft, &secrets);
        let report = emit::try_out(self.folder, &tree, key, &self.options())?;
        let is_secret = |path: &&OutPath| tree.files.get(path).is_some_and(|it| it.is_secret());
        let kept: Vec<&OutPath> = report.kept_edited.iter().filter(is_secret).collect();
        if kept.is_empty() {
            return Ok(());
        }
        let changed = match self.changed(draft) {
            Changed::Names(names) => names,
            Changed::Unknown => needed(&self.compiled.site),
        };
        let mut refusals: Vec<emit::Refusal> = Vec::new();
        for path in kept {
            let carried = self.carried(path, &changed);
            if !carried.is_empty() {
                refusals.push(self.stale(path, &carried));
            }
        }
        if refusals.is_empty() { Ok(()) } else { Err(emit::Error::Refused(refusals)) }
    }

    /// Which of these secrets a file has, told by placeholders in the place of all values.
    fn carried<'a>(&self, path: &OutPath, names: &'a [SecretName]) -> Vec<&'a str> {
        let (site, all) = (&self.compiled.site, needed(&self.compiled.site));
        let withheld = || Secrets::withheld(&Manifest::empty(site.name.as_str()), &all);
        let bytes = |secrets: &Secrets| {
            crate::generate(site, secrets).files.get(path).map(|it| it.bytes.clone())
        };
        let plain = bytes(&withheld());
        let has = |name: &&SecretName| bytes(&withheld().marking(name)) != plain;
        names.iter().filter(has).map(SecretName::as_str).collect()
    }

    fn stale(&self, path: &OutPath, carried: &[&str]) -> emit::Refusal {
        emit::Refusal {
            path: self.folder.join(path.as_str()),
            why: format!("was edited by hand, and has to get another {}", carried.join(", ")),
            help: "undo the edit, and the build writes it; or build with `--force`, which overwrites it".into(),
        }
    }
}
