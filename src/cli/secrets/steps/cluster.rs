//! The steps for a cluster: the new values come through Git, or through the Secret or store that the author keeps, and what
//! reads them only when it starts is started anew.

use super::super::super::shell;
use super::Group;
use crate::artifacts::{self, Reload};
use crate::site::{Kubernetes, SecretsInCluster, Site};
use std::path::Path;

/// Every step that the cluster needs for new values of secrets, in the order in which they are done; `build` comes before
/// them, if it was not run yet.
pub(in crate::cli) fn groups(
    site: &Site,
    names: &[&str],
    folder: &Path,
    build: Option<&str>,
) -> Vec<Group> {
    let Some(cluster) = &site.kubernetes else { return Vec::new() };
    let all = names.join(", ");
    let given = match &cluster.secrets {
        SecretsInCluster::Sops { .. } => pushed(cluster, &all, folder, build),
        SecretsInCluster::Substitute { from, prefix } => {
            let variables: Vec<String> = names.iter().map(|it| format!("{prefix}{it}")).collect();
            let place = format!("Secret {from} of {}", cluster.gitops.flux_namespace);
            by_hand(&place, &variables.join(", "))
        }
        SecretsInCluster::External { store, entry, .. } => {
            by_hand(&format!("entry {entry} of the store {store}"), &all)
        }
    };
    vec![given, taken(site, cluster, names)]
}

/// The files whose values are others go into the repository.
fn pushed(cluster: &Kubernetes, names: &str, folder: &Path, build: Option<&str>) -> Group {
    let path = &cluster.gitops.path;
    let from = shell::word(&format!("{}/.", folder.join("kubernetes/flux").display()));
    let to = shell::word(&format!("REPOSITORY/{path}/"));
    let message = shell::word(&format!("Change {names}"));
    let copy_and_push = [
        format!("cp -R {from} {to}"),
        format!("git -C REPOSITORY add {}", shell::word(path.as_str())),
        format!("git -C REPOSITORY commit -m {message}"),
        "git -C REPOSITORY push".into(),
    ];
    let commands = build.map(str::to_owned).into_iter().chain(copy_and_push).collect();
    Group::new("here, with your clone of the repository that Flux reads as REPOSITORY", commands)
}

fn by_hand(place: &str, names: &str) -> Group {
    Group::new(format!("in the {place}: other values for {names}"), Vec::new())
}

/// Flux brings the values, and what has read the old ones starts again.
fn taken(site: &Site, cluster: &Kubernetes, names: &[&str]) -> Group {
    let (flux, namespace) = (&cluster.gitops.flux_namespace, &cluster.namespace);
    let mut commands =
        vec![format!("flux -n {flux} reconcile source git {}", cluster.gitops.repository)];
    let Reload { kustomizations, fetched_into, restarts } = artifacts::reload(site, names);
    let reconciled = kustomizations.iter();
    commands.extend(reconciled.map(|it| format!("flux -n {flux} reconcile kustomization {it}")));
    commands.extend(fetched_into.iter().map(|it| {
        format!(
            "kubectl -n {it} annotate externalsecrets -l app.kubernetes.io/part-of={} force-sync=\"$(date +%s)\" --overwrite",
            site.name
        )
    }));
    for it in restarts {
        commands.push(format!("kubectl -n {namespace} rollout restart {it}"));
        commands.push(format!("kubectl -n {namespace} rollout status {it} --timeout=30m"));
    }
    Group::new("where kubectl and flux are for the cluster", commands)
}
