//! `explain` as a person reads it: names, keys and lines of a site, both ways.
#![allow(clippy::disallowed_methods, reason = "these tests read the project's examples")]

use crate::cli::{Ran, run};
use crate::support;
use std::path::Path;

/// Explains a name for an example, named as it stands in the repository.
fn explain(name: &str, example: &str) -> Ran {
    let site = format!("examples/{example}/site.yaml");
    run(Path::new(env!("CARGO_MANIFEST_DIR")), &["explain", name, "--site", &site], None)
}

/// The answer, which must not be wider than a terminal.
#[track_caller]
fn answer(name: &str, example: &str) -> String {
    let ran = explain(name, example);
    assert_eq!(ran.code, 0, "{name}: {}{}", ran.out, ran.err);
    assert_eq!(ran.err, "", "{name}");
    let here = ran.out.split_once("\n\n").map_or("", |(_, rest)| rest);
    for line in here.lines().filter(|it| it.starts_with("  ")) {
        assert!(line.chars().count() <= 100, "{name}: {line}");
    }
    ran.out
}

/// `docker/.env:12`, where a file of the output says this.
fn place(example: &str, path: &str, part: &str) -> String {
    let tree = support::tree(example);
    let text = tree.get(path).unwrap_or_else(|| panic!("no {path}")).text();
    let line = text.lines().position(|it| it.contains(part)).expect("a line");
    format!("{path}:{}", line + 1)
}

#[test]
fn keys_of_a_site() {
    insta::assert_snapshot!("release", answer("release", "external-everything"));
    insta::assert_snapshot!("domain", answer("domain", "minimal-vps"));
    insta::assert_snapshot!("redis", answer("storage.redis", "minimal-vps"));
    let published = answer("docker.publish.postgres", "classic-vps");
    let not_published = answer("docker.publish.postgres", "minimal-vps");
    insta::assert_snapshot!("publish", format!("{published}\n{not_published}"));
}

#[test]
fn lines_of_a_site() {
    let origin = place("minimal-vps", "docker/.env", "APP_ORIGIN=");
    insta::assert_snapshot!("origin", answer(&origin, "minimal-vps"));
    let limit = place("minimal-vps", "docker/webapp/docker-compose.yml", "mem_limit: 768m");
    insta::assert_snapshot!("mem_limit", answer(&limit, "minimal-vps"));
}

#[test]
fn a_variable_of_a_site() {
    insta::assert_snapshot!("variable", answer("DATABASE_URL", "minimal-vps"));
}

#[test]
fn a_list_and_its_items() {
    let both = answer("docker.topology.workers.memory", "split-workers");
    for part in
        ["workers[0].memory: 32GiB", "workers[1].memory: 16GiB", "worker-2/docker-compose.yml:"]
    {
        assert!(both.contains(part), "{part}: {both}");
    }
    let one = answer("docker.topology.workers[1].memory", "split-workers");
    assert!(one.contains("worker-2/") && !one.contains("worker-1/"), "{one}");
    let name = answer("docker.topology.workers[0].name", "split-workers");
    assert!(name.contains("workers/worker-1/.env: the path itself"), "{name}");
}

#[test]
fn a_variable_of_the_authors_is_a_key() {
    let answer = answer("env.webapp.DATABASE_CONNECTION_LIMIT", "external-everything");
    assert!(answer.contains("site.yaml:85: env.webapp.DATABASE_CONNECTION_LIMIT: 20"), "{answer}");
    assert!(answer.contains("DATABASE_CONNECTION_LIMIT: \"20\""), "{answer}");
}

#[test]
fn a_key_out_of_reach_says_so() {
    let answer = answer("storage.postgres.external.host", "minimal-vps");
    assert!(answer.contains("cannot have it as it stands"), "{answer}");
}

#[test]
fn a_path_may_be_given_from_where_the_output_stands() {
    let fixed = answer("out/minimal-vps/docker/webapp/docker-compose.yml:6", "minimal-vps");
    assert!(fixed.starts_with("docker/webapp/docker-compose.yml:6: services:"), "{fixed}");
    assert!(fixed.contains("follows from no key"), "{fixed}");
    assert!(fixed.contains("Made by compose-webapp"), "{fixed}");
}

#[test]
fn what_is_not_there_is_refused_with_the_nearest() {
    for (name, part) in [
        ("docker/.evn:3", "did you mean `docker/.env`?"),
        ("docker/.env:9999", "did you mean `docker/.env:"),
        ("docker/.env:0", "has no line 0"),
        ("storage.redsi", "did you mean `storage.redis`?"),
    ] {
        let ran = explain(name, "minimal-vps");
        assert!(ran.code == 1 && ran.out.is_empty(), "{name}: {}", ran.out);
        assert!(ran.err.contains(part), "{name}: {}", ran.err);
    }
    assert_eq!(explain("domain", "absent").code, 2);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ran = run(root, &["explain", "docker/.env:3"], None);
    assert!(ran.code == 2 && ran.err.contains("--site"), "{}", ran.err);
    let ran = run(root, &["explain", "domain", "--site", "-"], Some("version: 1\nname: X\n"));
    assert!(ran.code == 1 && ran.out.is_empty(), "{}", ran.out);
    assert!(ran.err.contains("nothing can be traced"), "{}", ran.err);
}

#[test]
fn no_answer_shows_a_secret() {
    let secrets = support::example("minimal-vps").1;
    for (name, part) in [
        ("docker/registry/auth.htpasswd:1", "(secret)"),
        ("ENCRYPTION_KEY", "ENCRYPTION_KEY=<ENCRYPTION_KEY …>"),
    ] {
        let answer = answer(name, "minimal-vps");
        assert!(answer.contains(part), "{name}: {answer}");
        for value in secrets.values() {
            assert!(!answer.contains(value), "{name} shows a secret");
        }
        assert!(!answer.contains("withheld"), "{name}: {answer}");
    }
}
