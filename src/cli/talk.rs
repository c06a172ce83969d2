//! What a build says when it is done: what it made, and what to do next.

use super::out;
use super::secrets::ignored::exposing;
use super::secrets::standing::Changed;
use super::secrets::steps::{self, Group};
use super::shell;
use super::site::Compiled;
use crate::emit::{Recovered, Report};
use crate::secrets::{Made, rotation};
use crate::site::{Kubernetes, ObjectStore, Registry, SecretsInCluster, Site};
use crate::value::SecretName;
use std::path::Path;

/// What became of a run that was killed.
pub(super) fn recovered(folder: &Path, recovered: Recovered) {
    match recovered {
        Recovered::Nothing => {}
        Recovered::Undone => {
            out::say(format!("{}: cleared away what a killed build had begun", folder.display()))
        }
        Recovered::Finished => {
            out::say(format!("{}: finished what a killed build had begun", folder.display()))
        }
    }
}

/// What a build did.
pub(super) struct Done<'a> {
    pub(super) report: &'a Report,
    pub(super) made: &'a [Made],
    pub(super) changed: &'a Changed,
}

/// Says what a build did.
pub(super) fn written(quiet: bool, compiled: &Compiled, folder: &Path, done: &Done<'_>) {
    let Done { report, made, changed } = done;
    for path in &report.kept_edited {
        out::say(format!(
            "kept {}: it was edited by hand (--force overwrites)",
            folder.join(path.as_str()).display()
        ));
    }
    for path in &report.edited_but_no_longer_made {
        out::say(format!(
            "kept {}: it is no longer made, and was edited by hand",
            folder.join(path.as_str()).display()
        ));
    }
    if let Some(aside) = &report.set_aside {
        out::say(format!("set the old output aside as {}", aside.display()));
    }
    made_secrets(&compiled.store_path, made);
    let site = &compiled.site;
    let changed = changed_secrets(site, changed);
    if quiet {
        return;
    }
    out::say(format!("{}: {}", site.name, summary(report, folder)));
    next(site, folder, &changed);
}

fn summary(report: &Report, folder: &Path) -> String {
    let parts: Vec<String> = [
        (report.created.len(), "new"),
        (report.changed.len() + report.mode_changed.len(), "changed"),
        (report.removed.len(), "removed"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, word)| format!("{count} {word}"))
    .collect();
    match parts.is_empty() {
        true => format!("{} is as it should be", folder.display()),
        false => format!("wrote {} ({})", folder.display(), parts.join(", ")),
    }
}

/// Names the store of secrets that were made.
pub(super) fn made_secrets(store: &Path, made: &[Made]) {
    let values = made.iter().filter(|it| matches!(it, Made::Value(_))).count();
    if values > 0 {
        let store = store.display();
        out::say(format!(
            "made {} in {store}: keep a copy, nothing can replace ENCRYPTION_KEY",
            out::count(values, "secret")
        ));
    }
    changed_file_keys(made);
}

/// Says what became of the keys of encrypted files, where somebody has to know.
fn changed_file_keys(made: &[Made]) {
    let count = |is: fn(&Made) -> bool| made.iter().filter(|it| is(it)).count();
    let added = count(|it| matches!(it, Made::Recipients(_)));
    if added > 0 {
        out::say(format!("{} can be read by more age keys", out::count(added, "encrypted file")));
    }
    let taken = count(|it| matches!(it, Made::AnotherFileKey(_)));
    if taken > 0 {
        out::say(format!(
            "{} got another key, as an age recipient was taken away\n  help: who could read the old ones can read them \
             in Git for ever: rotate what they must not know",
            out::count(taken, "encrypted file")
        ));
    }
}

/// Warns of a store that was made where Git would take it.
pub(super) fn exposed(store: &Path) {
    if let Some(repository) = exposing(store) {
        out::say(format!(
            "warning: {} stands in the Git repository {}, and no `.gitignore` names it\n  help: add the line `*.secrets.yaml` before anything is committed",
            store.display(),
            repository.display()
        ));
    }
}

/// Names the secrets whose values are others than at the last build. Said at any rate: a server or cluster
/// that is not given them does not work.
fn changed_secrets<'a>(site: &Site, changed: &'a Changed) -> Vec<&'a str> {
    match changed {
        Changed::Names(names) if names.is_empty() => Vec::new(),
        Changed::Names(names) => {
            let all: Vec<&str> = names.iter().map(SecretName::as_str).collect();
            let whom = match (&site.docker, &site.kubernetes) {
                (Some(_), Some(_)) => "the server and the cluster",
                (None, Some(_)) => "the cluster",
                (_, None) => "the server",
            };
            out::say(format!(
                "changed since the last build, and to be given to {whom}: {}",
                all.join(", ")
            ));
            all
        }
        Changed::Unknown => {
            out::say(
                "what changed since the import cannot be told, as there was no `.env` in the output: the steps are \
                 those for every secret",
            );
            site.generated_names()
        }
    }
}

/// What to do with the tree, in the order in which it is done.
fn next(site: &Site, folder: &Path, changed: &[&str]) {
    if site.docker.is_some() {
        on_server(site, folder, changed);
    }
    match &site.kubernetes {
        Some(cluster) if changed.is_empty() => in_cluster(site, cluster, folder),
        _ => said(&steps::in_cluster(site, changed, folder, None)),
    }
}

fn said(groups: &[Group]) {
    groups.iter().flat_map(Group::lines).for_each(|line| out::say(format!("        {line}")));
}

/// What the repository and the Secret of the cluster are to be given.
fn in_cluster(site: &Site, cluster: &Kubernetes, folder: &Path) {
    let (path, from) = (cluster.gitops.path.as_str(), folder.join("kubernetes"));
    out::say("next, in the repository that Flux reads:");
    out::say(format!("        copy {} as {path}/", from.join("flux").display()));
    let last = path.rsplit('/').next().unwrap_or(path);
    out::say(format!("        name the folder in the kustomization.yaml above it: `- ./{last}`"));
    match &cluster.secrets {
        SecretsInCluster::Substitute { from: secret, .. } => {
            let example = from.join("cluster-secrets.example.yaml");
            out::say(format!(
                "        give the variables of {} values in the Secret {secret}",
                example.display()
            ));
        }
        SecretsInCluster::Sops { decryption, .. } => {
            let (decryption, flux) = (decryption.as_str(), cluster.gitops.flux_namespace.as_str());
            out::say(
                "        the private half of an age key that decrypts must be there, read from standard input:",
            );
            out::say(format!(
                "        kubectl -n {flux} create secret generic {decryption} --from-file=age.agekey=/dev/stdin"
            ));
        }
        SecretsInCluster::External { entry, .. } => {
            let names = site.generated_in_cluster().join(", ");
            out::say(format!(
                "        the entry {entry} of the store of secrets must have {names}, and what the site file names"
            ));
        }
    }
}

/// What a server is to be given.
fn on_server(site: &Site, folder: &Path, changed: &[&str]) {
    let root = site.docker().root.as_str();
    let runbook = folder.join("RUNBOOK.md");
    out::say(format!("next, step by step in {}:", runbook.display()));
    let rows: Vec<_> = changed.iter().filter_map(|name| rotation(name)).collect();
    said(&steps::on_servers(site, &rows, folder, None));
    in_front(site);
    if site.is_split() {
        out::say(
            "      each worker host, as HOST, gets its own folder, and the token of the webapp's host, as SERVER",
        );
        for worker in &site.docker().workers {
            let copy = steps::copy_worker(site, folder, worker.name.as_str());
            out::say(format!("        {copy}"));
        }
        let script = shell::word(&format!("{root}/trigger-ctl.sh"));
        out::say(format!(
            "        ssh SERVER {script} worker-token show --yes | ssh HOST {script} worker-token set"
        ));
    }
}

/// Who answers for the hosts of the site.
fn in_front(site: &Site) {
    let publish = &site.docker().publish;
    if site.nginx().is_some() {
        let hosts: Vec<&str> = site.hosts().into_iter().map(|(host, _)| host.as_str()).collect();
        out::say(format!("      nginx answers for {}", hosts.join(", ")));
        out::say("        the head of nginx/bootstrap.conf says how it gets its certificates");
        return;
    }
    out::say(format!(
        "      a proxy with TLS must forward {} to 127.0.0.1:{}",
        site.domain, publish.webapp
    ));
    if let ObjectStore::Bundled(it) = &site.storage.object_store
        && let Some(host) = &it.public_host
    {
        out::say(format!("        and {host} to 127.0.0.1:{}", publish.object_store));
    }
    if let Registry::Bundled(it) = &site.storage.registry {
        out::say(format!("        and {} to 127.0.0.1:{}", it.host, publish.registry));
    }
}
