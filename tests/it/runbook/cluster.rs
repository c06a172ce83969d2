//! The runbook of a cluster, against the tree beside it and against every way in which secrets arrive.

use super::of_clusters;
use crate::support;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

fn text_of(name: &str) -> String {
    support::tree(name).get("kubernetes/RUNBOOK.md").expect("a runbook").text().to_owned()
}

/// Every object below a folder.
fn objects(folder: &Path) -> Vec<Value> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(objects(&path));
        } else if path.extension().is_some_and(|it| it == "yaml") {
            let text = std::fs::read_to_string(&path).expect("a file");
            found.push(trigger_gen::yaml::read_value(&text).expect("YAML"));
        }
    }
    found
}

fn words<'t>(text: &'t str, before: &str) -> BTreeSet<&'t str> {
    let end = |c: char| !(c.is_ascii_alphanumeric() || "-./_".contains(c));
    text.split(before).skip(1).filter_map(|it| it.split(end).next()).collect()
}

/// What a command names is in the tree, or is made by a chart of it.
#[test]
fn names_are_those_of_the_tree() {
    for (tree, text) in of_clusters() {
        let objects = objects(&tree.dir.join("kubernetes"));
        let names = |kind: &str| -> BTreeSet<&str> {
            let of_kind = objects.iter().filter(|it| it["kind"] == kind);
            of_kind.filter_map(|it| it["metadata"]["name"].as_str()).collect()
        };
        let releases = names("HelmRelease");
        for name in words(&text, " deployment/").iter().chain(&words(&text, " statefulset/")) {
            let ends = ["", "-webapp", "-supervisor", "-master", "-clickhouse"];
            let made = |it: &&str| {
                ends.iter().any(|end| {
                    name.strip_suffix(end)
                        .is_some_and(|start| start == *it || start == format!("{it}-trigger"))
                })
            };
            assert!(releases.iter().any(made), "{}: {name}", tree.name);
        }
        for name in words(&text, "--from=cronjob/") {
            assert!(names("CronJob").contains(name), "{}: {name}", tree.name);
        }
        let made_by_hand = |it: &&&str| it.ends_with("-restore");
        for name in words(&text, " job/").iter().filter(made_by_hand) {
            assert!(names("Job").contains(name), "{}: {name}", tree.name);
        }
        for path in words(&text, &format!("out/{}/", tree.name)) {
            assert!(
                tree.dir.join(path.trim_end_matches(['.', '/'])).exists(),
                "{}: {path}",
                tree.name
            );
        }
        for layer in names("Kustomization").iter().filter(|it| it.starts_with(&tree.name)) {
            assert!(text.contains(&format!("| `{layer}` |")), "{}: {layer}", tree.name);
        }
    }
}

/// Every variable, property or secret that the tree asks for is in the table of what to set.
#[test]
fn everything_that_is_to_be_set_is_listed() {
    let home = text_of("home-k3s");
    let fragment = support::tree("home-k3s");
    let fragment = fragment.get("kubernetes/cluster-secrets.example.yaml").expect("it").text();
    let variables: Vec<&str> =
        fragment.lines().filter_map(|it| it.trim().strip_suffix(": \"\"")).collect();
    assert!(variables.len() > 8);
    for name in variables {
        assert!(home.contains(&format!("| `{name}` |")), "{name}");
    }
    for name in ["sops-cluster", "full"] {
        let text = text_of(name);
        for secret in
            ["ENCRYPTION_KEY", "POSTGRES_PASSWORD", "GHCR_TOKEN", "BACKUP_SECRET_ACCESS_KEY"]
        {
            assert!(text.contains(&format!("| `{secret}` |")), "{name}: {secret}");
        }
    }
}

/// What chapters and words a site has follows from what it has.
#[test]
fn chapters_follow_from_the_site() {
    let (home, full, sops) = (text_of("home-k3s"), text_of("full"), text_of("sops-cluster"));
    assert!(full.contains("restore/redis.yaml") && !home.contains("restore/redis.yaml"));
    assert!(full.contains("Disk('away', 'SET/')") && !home.contains("Disk('away'"));
    assert!(sops.contains("flux.agekey=KEYFILE") && !full.contains("agekey"));
    assert!(full.contains("get externalsecret") && !sops.contains("get externalsecret"));
    assert!(home.contains("magic") && !full.contains("/magic?token"));
    assert!(full.contains("the Gateway `public`") && home.contains("Traefik"));
    for text in [&home, &full, &sops] {
        for key in
            ["ENCRYPTION_KEY", "SESSION_SECRET", "MAGIC_LINK_SECRET", "MANAGED_WORKER_SECRET"]
        {
            let (_, carried) = text.split_once("## From a server").expect("the chapter");
            assert!(carried.contains(key), "{key}");
        }
    }
}

/// Every secret that may change has its row, with what is started anew for it; the key that never changes has none.
#[test]
fn every_secret_that_may_change_has_a_row() {
    for (name, secret, restarts) in [
        ("home-k3s", "SECRET_TRIGGER_SESSION_SECRET", "`deployment/home-k3s-trigger-webapp`"),
        (
            "home-k3s",
            "SECRET_TRIGGER_REDIS_PASSWORD",
            "`statefulset/home-k3s-redis-master`, `deployment/home-k3s-trigger-webapp`",
        ),
        ("home-k3s", "SECRET_TRIGGER_REGISTRY_PASSWORD", "nothing"),
        ("sops-cluster", "GHCR_TOKEN", "nothing"),
        ("sops-cluster", "BACKUP_SECRET_ACCESS_KEY", "`deployment/sops-cluster-clickhouse`"),
        ("sops-cluster", "PROVIDER_SECRET", "nothing"),
        (
            "sops-cluster",
            "MANAGED_WORKER_SECRET",
            "`deployment/sops-cluster-trigger-webapp`, `deployment/sops-cluster-trigger-supervisor`",
        ),
    ] {
        let text = text_of(name);
        let (_, chapter) = text.split_once("## Change a secret").expect("the chapter");
        let row = chapter.lines().find(|it| it.starts_with(&format!("| `{secret}` |")));
        let row = row.unwrap_or_else(|| panic!("{name}: no row of {secret}"));
        assert!(row.ends_with(&format!("| {restarts} |")), "{row}");
        assert!(!chapter.contains("ENCRYPTION_KEY` |"), "{name}");
    }
}

/// What starts anew before its new value is there would read the old one once more.
#[test]
fn a_new_value_is_seen_before_anything_starts_anew() {
    for (name, seen) in [
        ("home-k3s", "get secret cluster-secrets --show-managed-fields"),
        ("full", "FETCHED:.status.refreshTime"),
    ] {
        let text = text_of(name);
        let (_, chapter) = text.split_once("## Change a secret").expect("the chapter");
        let at = |it: &str| chapter.find(it).unwrap_or_else(|| panic!("{name}: no {it}"));
        assert!(at(seen) < at("rollout restart"), "{name}");
    }
}

/// What the runbook has a person write into the site compiles, and makes a Cluster that is recovered.
#[test]
fn the_patch_of_a_restore_compiles() {
    let text = text_of("sops-cluster");
    let (_, rest) = text.split_once("```yaml\npatches:").expect("a patch");
    let (patch, _) = rest.split_once("```").expect("its end");
    let site = format!("{}\npatches:{patch}", support::example_text("sops-cluster"));
    let tree = support::tree_of(&site);
    let cluster = tree.get("kubernetes/flux/postgresql/cluster.yaml").expect("the Cluster");
    let cluster: Value = trigger_gen::yaml::read_value(cluster.text()).expect("YAML");
    let bootstrap = cluster["spec"]["bootstrap"].as_object().expect("a mapping");
    assert_eq!(bootstrap.keys().collect::<Vec<_>>(), ["recovery"]);
    assert_eq!(
        cluster["spec"]["plugins"][0]["parameters"]["serverName"],
        "sops-cluster-postgresql-2"
    );
}
