//! What an edit of the site changes in the cluster: these objects and no others.

use super::before::Owner;
use super::emitted::Emitted;
use super::flux::Cluster;
use super::objects::Objects;
use super::say;
use serde_json::{Value, json};

/// An edit, and each object that is different after it.
struct Edit {
    what: &'static str,
    change: fn(&mut Value),
    changed: &'static [&'static str],
}

const EDITS: &[Edit] = &[
    Edit {
        what: "more runs at once",
        change: |site| site["limits"]["concurrency"] = json!({ "environment": 17 }),
        changed: &[
            "~ ConfigMap/home-k3s-trigger-values",
            "~ Deployment/home-k3s-trigger-webapp",
            "~ HelmRelease/home-k3s",
        ],
    },
    Edit {
        what: "memory for Redis",
        change: |site| site["kubernetes"]["resources"] = json!({ "redis": { "memory": "768MiB" } }),
        changed: &["~ HelmRelease/home-k3s-redis", "~ StatefulSet/home-k3s-redis-master"],
    },
    Edit {
        what: "memory for ClickHouse",
        change: |site| {
            site["kubernetes"]["resources"] = json!({ "clickhouse": { "memory": "6GiB" } })
        },
        changed: &[
            "+ ConfigMap/home-k3s-clickhouse-config-NEW",
            "- ConfigMap/home-k3s-clickhouse-config-OLD",
            "~ Deployment/home-k3s-clickhouse",
            "~ HelmRelease/home-k3s-clickhouse",
        ],
    },
    Edit {
        what: "connections of PostgreSQL",
        change: |site| site["kubernetes"]["postgres"] = json!({ "max_connections": 200 }),
        changed: &["~ Cluster/home-k3s-postgresql"],
    },
    Edit {
        what: "another administrator",
        change: |site| site["access"]["admins"] = json!(["ops@example.com", "two@example.com"]),
        changed: &[
            "~ ConfigMap/home-k3s-trigger-values",
            "~ Deployment/home-k3s-trigger-webapp",
            "~ HelmRelease/home-k3s",
        ],
    },
];

/// Each edit, from the example and back to it.
pub(super) fn each(cluster: &Cluster, owner: &Owner, example: &str) {
    let plain = Emitted::example(example);
    let before = Objects::of(cluster);
    for edit in EDITS {
        let edited = Emitted::changed(example, edit.change);
        let revision = cluster.commit(&owner.repository(&edited, &edited.variables()));
        cluster.settle(&revision, Owner::expected(&edited));
        let changes = named(before.changes(&Objects::of(cluster)));
        say(&format!("  {}: {}", edit.what, changes.join(", ")));
        assert_eq!(changes, edit.changed, "{}", edit.what);
    }
    let revision = cluster.commit(&owner.repository(&plain, &plain.variables()));
    cluster.settle(&revision, Owner::expected(&plain));
    assert_eq!(named(before.changes(&Objects::of(cluster))), Vec::<String>::new(), "and back");
}

/// The name of a generated ConfigMap ends with what it says.
fn named(mut changes: Vec<String>) -> Vec<String> {
    for change in &mut changes {
        if let Some(at) = change.find("-config-") {
            let word = if change.starts_with('+') { "NEW" } else { "OLD" };
            change.replace_range(at + "-config-".len().., word);
        }
    }
    changes.sort();
    changes
}

/// A part that is removed goes with everything of it but its data, and nothing else goes.
pub(super) fn a_removed_part(cluster: &Cluster, owner: &Owner, example: &str) {
    let before = Objects::of(cluster);
    let without = Emitted::changed(example, |site| {
        site["storage"]["redis"] = json!({ "external": { "host": "redis.example.com", "password": { "secret": "REDIS_PASSWORD" } } });
        if let Some(kubernetes) = site["kubernetes"].as_object_mut() {
            kubernetes.shift_remove("redis");
        }
    });
    let mut variables = without.variables();
    variables.extend(Emitted::example(example).variables());
    let revision = cluster.commit(&owner.repository(&without, &variables));
    cluster.settle(&revision, Owner::expected(&without));
    cluster.wait("Helm takes the release away", 180, || {
        let later = Objects::of(cluster);
        let changes = before.changes(&later);
        if changes == REMOVED { Ok(()) } else { Err(changes.join("\n")) }
    });
}

/// The claim stays.
const REMOVED: &[&str] = &[
    "- ConfigMap/home-k3s-redis-configuration",
    "- HelmRelease/home-k3s-redis",
    "- Kustomization/home-k3s-redis",
    "- NetworkPolicy/home-k3s-redis",
    "- OCIRepository/home-k3s-redis-chart",
    "- Service/home-k3s-redis-master",
    "- StatefulSet/home-k3s-redis-master",
    "~ ConfigMap/home-k3s-trigger-values",
    "~ Deployment/home-k3s-trigger-webapp",
    "~ HelmRelease/home-k3s",
    "~ Kustomization/home-k3s",
    "~ Secret/home-k3s-redis-auth",
];

/// What somebody deleted comes back as it was, around the data that is still there.
pub(super) fn what_was_lost(cluster: &Cluster, owner: &Owner, example: &str) {
    let tree = Emitted::example(example);
    let revision = cluster.commit(&owner.repository(&tree, &tree.variables()));
    cluster.settle(&revision, Owner::expected(&tree));
    let (before, claims) = (Objects::of(cluster), claims(cluster));
    assert!(claims.len() > 3, "{claims:?}");
    let part_of = format!("app.kubernetes.io/part-of={}", tree.site.name);
    cluster.kubectl().must(&[
        "-n", tree.namespace(), "delete", "--wait=true", "--timeout=300s", "-l", &part_of,
        "helmreleases.helm.toolkit.fluxcd.io,ocirepositories.source.toolkit.fluxcd.io,secrets,networkpolicies",
    ]);
    let lost = before.changes(&Objects::of(cluster));
    assert!(lost.len() > 20, "hardly anything was lost: {lost:?}");
    cluster.reconcile_all();
    cluster.wait("everything is back", 600, || {
        let changes = before.changes(&Objects::of(cluster));
        if changes.is_empty() { Ok(()) } else { Err(changes.join("\n")) }
    });
    assert_eq!(self::claims(cluster), claims, "a claim lost its volume");
    say(&format!(
        "  {} objects were gone and came back, {} claims kept their volumes",
        lost.len(),
        claims.len()
    ));
}

/// Each claim with its volume, by what cannot be made again.
pub(super) fn claims(cluster: &Cluster) -> Vec<String> {
    let found = cluster.kubectl().list("persistentvolumeclaims");
    let line = |it: &Value| {
        format!("{} {} {}", it["metadata"]["name"], it["metadata"]["uid"], it["spec"]["volumeName"])
    };
    found.iter().map(line).collect()
}
