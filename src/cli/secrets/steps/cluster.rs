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
    let reload = artifacts::reload(site, names);
    if reload.secrets.is_empty() {
        return Vec::new();
    }
    let all = reload.secrets.join(", ");
    let given = match &cluster.secrets {
        SecretsInCluster::Sops { .. } => pushed(cluster, &all, folder, build),
        SecretsInCluster::Substitute { from, prefix } => {
            let variables = reload.secrets.iter().map(|it| format!("{prefix}{it}"));
            let variables: Vec<String> = variables.collect();
            let place = format!("Secret {from} of {}", cluster.gitops.flux_namespace);
            let names = format!("{}; go on when the cluster has them", variables.join(", "));
            by_hand(&place, &names)
        }
        SecretsInCluster::External { store, entry, .. } => {
            by_hand(&format!("entry {entry} of the store {store}"), &all)
        }
    };
    let mut all = vec![given];
    all.extend(taken(site, cluster, &reload));
    all
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
fn taken(site: &Site, cluster: &Kubernetes, reload: &Reload) -> Vec<Group> {
    let Reload { kustomizations, fetched_into, restarts, .. } = reload;
    let (flux, namespace) = (&cluster.gitops.flux_namespace, &cluster.namespace);
    let mut commands =
        vec![format!("flux -n {flux} reconcile source git {}", cluster.gitops.repository)];
    let reconciled = kustomizations.iter();
    commands.extend(reconciled.map(|it| format!("flux -n {flux} reconcile kustomization {it}")));
    let rollout = |what: String| format!("kubectl -n {namespace} rollout {what}");
    let restarts = restarts.iter().flat_map(|it| {
        [rollout(format!("restart {it}")), rollout(format!("status {it} --timeout=30m"))]
    });
    let place = "where kubectl and flux are for the cluster";
    if fetched_into.is_empty() {
        commands.extend(restarts);
        return vec![Group::new(place, commands)];
    }
    commands.extend(fetched(site, fetched_into));
    // The operator fetches in its own time: what starts anew before would read the old values once more.
    let groups = [
        (place, commands),
        ("there, when all of them were fetched in this minute", restarts.collect()),
    ];
    let wanted = groups.into_iter().filter(|(_, commands)| !commands.is_empty());
    wanted.map(|(place, commands)| Group::new(place, commands)).collect()
}

/// Has the External Secrets operator fetch now, and shows when it did.
fn fetched(site: &Site, namespaces: &[String]) -> Vec<String> {
    let ours = format!("externalsecrets -l app.kubernetes.io/part-of={}", site.name);
    let ask = |it: &String| {
        format!("kubectl -n {it} annotate {ours} force-sync=\"$(date +%s)\" --overwrite")
    };
    let columns = "custom-columns=NAME:.metadata.name,FETCHED:.status.refreshTime";
    let show = |it: &String| format!("kubectl -n {it} get {ours} -o {columns}");
    let asked = namespaces.iter().map(ask);
    asked.chain(["sleep 30".to_owned()]).chain(namespaces.iter().map(show)).collect()
}
