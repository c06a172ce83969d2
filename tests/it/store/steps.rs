//! The steps on the server: their hosts, their order, and what a shell makes of them.

use super::*;
use crate::cli::run;
use crate::support;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

const SITE: &str = "\
version: 1
name: site
release: 4.5.12
domain: trigger.example.com
access: { admins: [ops@example.com] }
docker: {}
";

/// What `secrets rotate` says, for a site in a file of this name.
fn rotated(folder: &Path, text: &str, file: &str, more: &[&str]) -> String {
    fs::write(folder.join(file), text).expect("written");
    let site = support::site(text);
    let store = folder.join(site.store.as_str());
    let mut draft = Draft::new(site.name.as_str());
    fill(&mut draft, &site, 3);
    Store::lock(&store, site.name.as_str()).and_then(|mut it| it.save(&draft)).expect("saved");
    let ran = run(folder, &[&["secrets", "rotate", "-n"], more, &[file]].concat(), None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

/// The commands of each host, by the heading that says which.
fn groups(out: &str) -> Vec<(String, String)> {
    let (_, steps) = out.split_once("The steps, in this order:\n").expect("steps");
    let group = |it: &str| {
        let lines: Vec<&str> = it.lines().map(str::trim_start).collect();
        let (heading, commands) = lines.split_first().expect("a heading");
        let heading = heading.strip_prefix("# ").expect("a heading");
        (heading.to_owned(), commands.join("\n"))
    };
    steps.split("\n\n").map(|it| group(it.trim_matches('\n'))).collect()
}

/// The registry is on the host of the webapp: it is made anew there, before another host is gone to.
#[test]
fn every_command_stands_under_its_host() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = support::example_text("split-workers");
    let out = rotated(folder.path(), &text, "site.yaml", &["DOCKER_REGISTRY_PASSWORD"]);
    let groups = groups(&out);
    let headings: Vec<&str> = groups.iter().map(|(it, _)| it.as_str()).collect();
    assert_eq!(
        headings,
        [
            "here, with the host of the webapp as HOST",
            "on the host of the webapp",
            "here, with worker-1 as HOST",
            "on worker-1",
            "here, with worker-2 as HOST",
            "on worker-2",
            "on every machine that deploys, and in its CI",
        ]
    );
    let webapp = &groups[1].1;
    assert!(webapp.ends_with("./trigger-ctl.sh rotate DOCKER_REGISTRY_PASSWORD"), "{webapp}");
    assert_eq!(
        groups[3].1,
        format!("cd /opt/trigger-dev &&\n{}", &webapp[webapp.find("# -").expect("what it does")..])
    );
    assert!(groups[6].1.contains("docker login") && groups[6].1.contains("in `.env`"), "{out}");
    assert_eq!(out.matches("docker login").count(), 1);
}

#[test]
fn every_printed_path_is_one_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let out =
        rotated(folder.path(), SITE, "it's a $(site).yaml", &["POSTGRES_PASSWORD", "-o", "my out"]);
    for part in [
        r"trigger-gen build --out 'my out' 'it'\''s a $(site).yaml' &&",
        "rsync -a 'my out/site/docker/' HOST:/opt/trigger-dev/\n",
    ] {
        assert!(out.contains(part), "{part} is missing in {out}");
    }
    let file = ["secrets", "rotate", "RESEND", "it's a $(site).yaml"];
    assert_eq!(run(folder.path(), &file, None).code, 1);
    let supplied = SITE.replace(
        "ops@example.com] }",
        "ops@example.com], email: { resend: { from: a@example.com, api_key: { secret: RESEND } } } }",
    );
    fs::write(folder.path().join("it's a $(site).yaml"), supplied).expect("written");
    let quoted = r"secrets set RESEND 'it'\''s a $(site).yaml'";
    for arguments in [&file[..], &["secrets", "generate", file[3]], &["build", file[3]]] {
        let ran = run(folder.path(), arguments, None);
        assert!(ran.err.contains(quoted), "{arguments:?}: {}", ran.err);
    }
    let ran = run(folder.path(), &["build", "--check", "a b.yaml"], Some(""));
    assert_eq!(ran.code, 2, "{}", ran.err);
    fs::write(folder.path().join("a b.yaml"), SITE.replace("name: site", "name: other")).unwrap();
    let ran = run(folder.path(), &["build", "--check", "a b.yaml"], None);
    assert!(ran.code == 1 && ran.err.contains("trigger-gen build 'a b.yaml'"), "{}", ran.err);
}

/// What the control script of a server notes of two commands; the first ends so.
fn noted(commands: &str, first: i32) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let (script, notes) = (folder.path().join("trigger-ctl.sh"), folder.path().join("notes"));
    let text =
        format!("#!/bin/sh\necho \"$*\" >>notes\n[ \"$2\" = REDIS_PASSWORD ] || exit {first}\n");
    fs::write(&script, text).expect("written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a mode");
    let commands =
        commands.replace("cd /opt/trigger-dev &&", &format!("cd '{}' &&", folder.path().display()));
    let status = Command::new("sh").args(["-c", &commands]).status().expect("a shell");
    (status.success(), fs::read_to_string(notes).unwrap_or_default())
}

/// The role gets its password before anything is started with it.
#[test]
fn a_step_that_fails_stops_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = rotated(folder.path(), SITE, "site.yaml", &["REDIS_PASSWORD", "POSTGRES_PASSWORD"]);
    let commands = &groups(&out)[1].1;
    let both = "rotate POSTGRES_PASSWORD\nrotate REDIS_PASSWORD\n".to_owned();
    assert_eq!(noted(commands, 0), (true, both), "{commands}");
    assert_eq!(noted(commands, 4), (false, "rotate POSTGRES_PASSWORD\n".into()), "{commands}");
}

/// What a build says is copied in the same words.
#[test]
fn a_build_says_how_the_output_is_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = support::example_text("split-workers");
    fs::write(folder.path().join("site.yaml"), &text).expect("written");
    let draft = support::draft(&support::site(&text));
    Store::lock(&folder.path().join("split-workers.secrets.yaml"), "split-workers")
        .and_then(|mut it| it.save(&draft))
        .expect("saved");
    let ran = run(folder.path(), &["build", "-o", "my out", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["docker", "workers/worker-1", "workers/worker-2"] {
        let copy = format!("rsync -a 'my out/split-workers/{part}/' HOST:/opt/trigger-dev/\n");
        assert!(ran.err.contains(&copy), "{copy} is missing in {}", ran.err);
    }
}

/// Only what a cluster has is said of it, and what reads the values starts in the order of the stores.
#[test]
fn a_cluster_takes_its_values_from_the_repository() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = support::example_text("sops-cluster");
    let names = ["MANAGED_WORKER_SECRET", "REDIS_PASSWORD", "PROVIDER_SECRET"];
    let out = rotated(folder.path(), &text, "site.yaml", &names);
    assert!(
        !out.contains("trigger-ctl.sh") && !out.contains("rsync") && !out.contains("Docker"),
        "{out}"
    );
    let groups = groups(&out);
    let headings: Vec<&str> = groups.iter().map(|(it, _)| it.as_str()).collect();
    let expected = [
        "here, with your clone of the repository that Flux reads as REPOSITORY",
        "where kubectl and flux are for the cluster",
    ];
    assert_eq!(headings, expected);
    assert_eq!(
        groups[0].1,
        "trigger-gen build site.yaml &&\n\
         cp -R out/sops-cluster/kubernetes/flux/. REPOSITORY/apps/tasks/ &&\n\
         git -C REPOSITORY add apps/tasks &&\n\
         git -C REPOSITORY commit -m 'Change MANAGED_WORKER_SECRET, REDIS_PASSWORD, PROVIDER_SECRET' &&\n\
         git -C REPOSITORY push"
    );
    let restarts: Vec<&str> = groups[1]
        .1
        .lines()
        .filter_map(|it| it.split_once("rollout restart "))
        .map(|it| it.1)
        .collect();
    assert_eq!(
        restarts,
        [
            "deployment/sops-cluster-redis &&",
            "deployment/sops-cluster-trigger-webapp &&",
            "deployment/sops-cluster-trigger-supervisor &&",
        ]
    );
    let unread = rotated(folder.path(), &text, "site.yaml", &["COORDINATOR_SECRET"]);
    assert!(unread.contains("git -C REPOSITORY push") && !unread.contains("rollout"), "{unread}");
}

/// What the author keeps in the cluster trigger-gen cannot change.
#[test]
fn values_that_only_the_cluster_has_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("site.yaml"), support::example_text("home-k3s")).expect("written");
    let ran = run(folder.path(), &["secrets", "rotate", "SESSION_SECRET", "site.yaml"], None);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for part in ["is in the Secret `cluster-secrets` of the cluster", "\"Change a secret\""] {
        assert!(ran.err.contains(part), "{part} is missing in {}", ran.err);
    }
    let set = ["secrets", "set", "REGISTRY_PASSWORD", "site.yaml"];
    let ran = run(folder.path(), &set, Some("glpat-another"));
    assert!(ran.code == 1 && ran.err.contains("\"Change a secret\""), "{}", ran.err);
    // The chapter has no row of the key that never changes.
    let ran = run(folder.path(), &["secrets", "rotate", "ENCRYPTION_KEY", "site.yaml"], None);
    let fits = ran.err.contains("is not rotated") && !ran.err.contains("Change a secret");
    assert!(ran.code == 1 && fits, "{}", ran.err);
    let ran = run(folder.path(), &["secrets", "rotate", "NOTHING", "site.yaml"], None);
    assert!(ran.code == 1 && ran.err.contains("needs no secret `NOTHING`"), "{}", ran.err);
}

/// The store of a site with servers has no value of what only its cluster has.
#[test]
fn a_secret_of_the_cluster_alone_is_said_to_be_there() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("site.yaml"), support::example_text("full")).expect("written");
    let ran = run(folder.path(), &["secrets", "rotate", "PROVIDER_SECRET", "site.yaml"], None);
    let fits = ran.err.contains("`PROVIDER_SECRET` is in the entry `jobs` of `vault`");
    assert!(ran.code == 1 && fits, "{}", ran.err);
}

/// A site that runs on servers and in a cluster gets the steps of both, and the build once.
#[test]
fn servers_come_before_the_cluster() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = support::example_text("full");
    let out = rotated(folder.path(), &text, "site.yaml", &["POSTGRES_PASSWORD"]);
    assert_eq!(out.matches("trigger-gen build").count(), 1, "{out}");
    for part in ["On the server: PostgreSQL takes it", "In the cluster: CloudNativePG changes"] {
        assert!(out.contains(part), "{part} is missing in {out}");
    }
    let order = [
        "rsync -a",
        "rotate POSTGRES_PASSWORD",
        "other values for POSTGRES_PASSWORD",
        "kubectl -n jobs annotate externalsecrets",
        "kubectl -n jobs-runs annotate externalsecrets",
        "FETCHED",
        "rollout restart",
    ];
    assert!(order.map(|it| out.find(it)).is_sorted(), "{out}");
    assert!(order.iter().all(|it| out.contains(it)), "{out}");
}

/// What only a server has is no business of the cluster: nothing is said of it there.
#[test]
fn what_only_a_server_has_changes_nothing_in_the_cluster() {
    let text = support::example_text("full");
    let told = text.replace(
        "  backup:\n    offsite:",
        "  backup:\n    notify: { heartbeat_url: { secret: HEARTBEAT } }\n    offsite:",
    );
    assert_ne!(text, told);
    let site = support::site(&told);
    let of = |names: &[&str]| trigger_gen::artifacts::reload(&site, names);
    let in_both: Vec<&str> = site
        .supplied
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|it| *it != "HEARTBEAT")
        .collect();
    assert!(in_both.len() > 4 && in_both.contains(&"GHCR_TOKEN"), "{in_both:?}");
    assert_eq!(of(&in_both).secrets, in_both);
    assert_eq!(of(&["SESSION_SECRET", "HEARTBEAT"]).secrets, ["SESSION_SECRET"]);
    assert!(of(&["HEARTBEAT"]).secrets.is_empty());
}
