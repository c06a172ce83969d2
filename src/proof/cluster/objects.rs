//! Objects by themselves: listed, of a kind that is served, with a name that can be one.

use super::{LIST, Object};
use crate::proof::{Blame, Proof, Spot};

/// What a cluster of today serves, of all that stands in such a tree.
const SERVED: &[(&str, &str)] = &[
    ("barmancloud.cnpg.io/v1", "ObjectStore"),
    ("batch/v1", "CronJob"),
    ("external-secrets.io/v1", "ExternalSecret"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
    ("kustomize.toolkit.fluxcd.io/v1", "Kustomization"),
    ("monitoring.coreos.com/v1", "PodMonitor"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("postgresql.cnpg.io/v1", "Cluster"),
    ("postgresql.cnpg.io/v1", "Pooler"),
    ("postgresql.cnpg.io/v1", "ScheduledBackup"),
    ("source.toolkit.fluxcd.io/v1", "OCIRepository"),
    ("v1", "ConfigMap"),
    ("v1", "Namespace"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Secret"),
    ("v1", "Service"),
];

pub(in crate::proof) static UNSERVED_KIND: Proof = Proof {
    name: "unserved-kind",
    summary: "Every object of the tree for Flux is of a kind and version that its operators serve.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in stack.applied() {
            let api = it.text("/apiVersion").unwrap_or_default();
            if SERVED.contains(&(api, it.kind.as_str())) {
                continue;
            }
            let served = SERVED.iter().find(|(_, kind)| *kind == it.kind);
            let help = match served {
                Some((api, _)) => format!("write `apiVersion: {api}`"),
                None => "take it out, or put it into a tree of your own".to_owned(),
            };
            let message = format!("no cluster serves `{}` of `{api}`", it.kind);
            report.fault(it.spot(stack, &["apiVersion"]), message, help);
        }
    },
};

pub(in crate::proof) static UNLISTED_OBJECT: Proof = Proof {
    name: "unlisted-object",
    summary: "Every file of a folder for Flux is named by its kustomization.yaml, and every name there is a file.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for list in stack.objects.iter().filter(|it| it.path.ends_with(&format!("/{LIST}"))) {
            let folder = list.path.strip_suffix(LIST).unwrap_or_default();
            for name in listed(list) {
                if stack.tree.get(&format!("{folder}{name}")).is_none() {
                    let message = format!("names `{name}`, which is not there");
                    report.fault(
                        Spot::file(&list.path),
                        message,
                        "put the file there, or take the name out",
                    );
                }
            }
        }
        for it in stack.applied() {
            let is_listed = |list: &Object| {
                let folder = list.path.strip_suffix(LIST).unwrap_or_default();
                it.path.strip_prefix(folder).is_some_and(|below| listed(list).contains(&below))
            };
            if !stack
                .objects
                .iter()
                .any(|list| list.is_kustomize && list.path.ends_with(LIST) && is_listed(list))
            {
                let message = format!("no {LIST} names it: Flux never applies it");
                report.fault(Spot::file(&it.path), message, "name it below `resources`");
            }
        }
    },
};

/// The files that a list names.
fn listed(list: &Object) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    let all = |pointer: &str| list.document.pointer(pointer).and_then(|it| it.as_array());
    let of_list = ["/resources", "/configurations"].into_iter().filter_map(all).flatten();
    names.extend(of_list.filter_map(|it| it.as_str()));
    for generated in all("/configMapGenerator").into_iter().flatten() {
        let files = generated.get("files").and_then(|it| it.as_array()).into_iter().flatten();
        names.extend(files.filter_map(|it| it.as_str()));
    }
    names
}

pub(in crate::proof) static REPEATED_OBJECT: Proof = Proof {
    name: "repeated-object",
    summary: "No two files of the tree for Flux hold the same object: two Kustomizations would fight for it.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let all: Vec<&Object> = stack.applied().collect();
        for (nth, it) in all.iter().enumerate() {
            let same = |other: &&&Object| other.kind == it.kind && other.name == it.name;
            if let Some(earlier) = all[..nth].iter().find(same) {
                let message =
                    format!("{} `{}` stands in {} already", it.kind, it.name, earlier.path);
                report.fault(
                    it.spot(stack, &["metadata", "name"]),
                    message,
                    "give one of them another name",
                );
            }
        }
    },
};

pub(in crate::proof) static BAD_OBJECT_NAME: Proof = Proof {
    name: "bad-object-name",
    summary: "Every object of the tree for Flux has a name that its kind may have: releases 53 characters, Clusters 50, others 63.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in stack.applied() {
            let most = match it.kind.as_str() {
                "HelmRelease" => 53,
                "CronJob" => 52,
                "Cluster" => 50,
                _ => 63,
            };
            let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
            let fine = it.name.len() <= most
                && it.name.starts_with(edge)
                && it.name.ends_with(edge)
                && it.name.chars().all(|c| edge(c) || c == '-');
            if !fine {
                let message = format!("`{}` cannot be the name of a {}", it.name, it.kind);
                let help = format!("write at most {most} lower-case letters, digits and hyphens");
                report.fault(it.spot(stack, &["metadata", "name"]), message, help);
            }
        }
    },
};
