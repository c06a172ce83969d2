//! The edges of single proofs: what is just a fault, what is just none, and what the help then says.

use crate::support;
use trigger_gen::proof::{Context, Fault, check, has_a_stack};
use trigger_gen::tree::{File, Mode, OutPath, Tree};

pub(super) const COMPOSE: &str = "docker-compose.yml";

pub(super) fn tree(files: &[(&str, &str)]) -> Tree {
    let file = |(path, text): &(&str, &str)| {
        let mode = if path.ends_with(".env") { Mode::Secret } else { Mode::Plain };
        let path = OutPath::new(*path).expect("a path");
        (path, File { bytes: text.as_bytes().to_vec(), mode, artifact: "foreign" })
    };
    Tree { files: files.iter().map(file).collect() }
}

/// What one proof says of these files.
pub(super) fn said(proof: &str, files: &[(&str, &str)]) -> Vec<Fault> {
    check(&tree(files), &Context::default()).into_iter().filter(|it| it.proof == proof).collect()
}

/// A stack of one service.
pub(super) fn one(image: &str, lines: &str) -> String {
    format!("services:\n  one:\n    image: {image}\n{lines}")
}

pub(super) const WEBAPP: &str = "ghcr.io/triggerdotdev/trigger.dev:v4.5.12";
pub(super) const SUPERVISOR: &str = "ghcr.io/triggerdotdev/supervisor:v4.5.12";

#[test]
fn a_stack_is_a_compose_file() {
    assert!(has_a_stack(&tree(&[("a/docker-compose.yml", "services: {}\n")])));
    assert!(!has_a_stack(&tree(&[("values.yaml", "services: {}\n"), (".env", "")])));
}

#[test]
fn only_xml_that_a_server_mounts_is_settings() {
    let stray = "<clickhouse><profiles><default/></profiles></clickhouse>\n";
    let server = |mount: &str| {
        one("clickhouse/clickhouse-server:26.2.19", &format!("    volumes: ['{mount}']\n"))
    };
    let told = |mount: &str, path: &str| {
        !said("misplaced-clickhouse-setting", &[(COMPOSE, &server(mount)), (path, stray)])
            .is_empty()
    };
    assert!(told("./a.xml:/etc/clickhouse-server/config.d/a.xml", "a.xml"));
    assert!(!told("./a.txt:/etc/clickhouse-server/config.d/a.txt", "a.txt"));
}

#[test]
fn a_heap_of_exactly_four_fifths_fits() {
    let webapp = |mib: u32| {
        let lines = format!(
            "    mem_limit: 2000m\n    environment: {{ NODE_MAX_OLD_SPACE_SIZE: {mib} }}\n"
        );
        said("oversized-heap", &[(COMPOSE, &one(WEBAPP, &lines))]).len()
    };
    assert_eq!([1599, 1600, 1601].map(webapp), [0, 0, 1]);
}

#[test]
fn an_unread_variable_is_told_who_reads_it_and_when() {
    let help = |image: &str, name: &str| {
        let lines = format!("    environment: {{ {name}: '1' }}\n");
        let found = said("unread-variable", &[(COMPOSE, &one(image, &lines))]);
        found.into_iter().map(|it| it.help).next().unwrap_or_default()
    };
    let old = "ghcr.io/triggerdotdev/trigger.dev:v4.5.8";
    assert_eq!(help(old, "INTERNAL_API_ORIGIN"), "remove it: it is read from 4.5.9 on");
    assert_eq!(help("ghcr.io/triggerdotdev/trigger.dev:v4.5.9", "INTERNAL_API_ORIGIN"), "");
    assert_eq!(help(WEBAPP, "DOCKER_RUNNER_NETWORKS"), "move it to the supervisor, which reads it");
    assert_eq!(help(SUPERVISOR, "SESSION_SECRET"), "move it to the webapp, which reads it");
    assert_eq!(help(WEBAPP, "NO_SUCH_NAME"), "remove it, or mend its spelling");
}

#[test]
fn what_is_required_at_one_possible_release_alone_is_not_missing() {
    let missing = |image: &str| {
        let found = said("missing-variable", &[(COMPOSE, &one(image, ""))]);
        found.iter().filter(|it| it.message.contains("`MANAGED_WORKER_SECRET`")).count()
    };
    assert_eq!(missing(WEBAPP), 1, "required from 4.5.6 on");
    assert_eq!(missing("ghcr.io/triggerdotdev/trigger.dev"), 0, "any release may be meant");
}

#[test]
fn borrowed_networks_are_no_own_ones() {
    let told =
        |lines: &str| said("contradictory-compose-keys", &[(COMPOSE, &one(WEBAPP, lines))]).len();
    assert_eq!(told("    volumes: [{ type: bind, target: /x }]\n"), 1);
    assert_eq!(told("    volumes: [{ type: volume, target: /x }]\n"), 0);
    assert_eq!(told("    volumes: [{ type: bind, source: ./x, target: /x }]\n"), 0);
}

#[test]
fn an_empty_secret_of_electric_is_none() {
    let told = |variable: &str| {
        let lines = format!("    environment: {{ {variable} }}\n");
        said("electric-without-auth-mode", &[(COMPOSE, &one("electricsql/electric:1.2.4", &lines))])
            .len()
    };
    assert_eq!(told("ELECTRIC_SECRET: ''"), 1);
    assert_eq!(told("ELECTRIC_SECRET: something"), 0);
    assert_eq!(told("ELECTRIC_INSECURE: 'true'"), 0);
    assert_eq!(told("ELECTRIC_INSECURE: 'false'"), 1);
}

#[test]
fn a_mounted_folder_is_there_when_a_file_in_it_is() {
    let lines = "    volumes: ['./conf:/conf:ro']\n";
    let mounts = |files: &[(&str, &str)]| {
        let text = one("redis:7.4.11", lines);
        let all: Vec<_> = [(COMPOSE, text.as_str())].iter().chain(files).copied().collect();
        said("missing-file", &all).len()
    };
    assert_eq!(mounts(&[]), 1);
    assert_eq!(mounts(&[("conf/a", "")]), 0);
    assert_eq!(mounts(&[("conf", "")]), 0);
    assert_eq!(mounts(&[("confused/a", "")]), 1);
}

/// What `missing-file` says of an example without one of its secret files, where secrets are withheld or are not.
fn without(path: &str, withheld: bool) -> usize {
    let mut tree = support::tree("minimal-vps");
    tree.files.retain(|it, _| it.as_str() != path);
    let faults = check(&tree, &Context { withheld, ..Context::default() });
    faults.into_iter().filter(|it| it.proof == "missing-file").count()
}

#[test]
fn only_secret_files_may_be_withheld() {
    assert_eq!(without("docker/registry/auth.htpasswd", true), 0);
    assert_eq!(without("docker/registry/auth.htpasswd", false), 1);
    assert_eq!(without("docker/s2/s2-spec.json", true), 1);
    assert_eq!(without("docker/s2/s2-spec.json", false), 1);
}

#[test]
fn files_that_compose_reads_are_withheld_with_the_secrets() {
    let text = one(WEBAPP, "    env_file: webapp.env\n");
    let told = |withheld: bool, name: &str| {
        let text = text.replace("webapp.env", name);
        let faults = check(&tree(&[(COMPOSE, &text)]), &Context { withheld, ..Context::default() });
        faults.into_iter().filter(|it| it.message.contains("compose reads")).count()
    };
    assert_eq!(told(true, "webapp.env"), 0);
    assert_eq!(told(false, "webapp.env"), 1);
    assert_eq!(told(true, "webapp.txt"), 1);
}

#[test]
fn a_file_beside_a_stack_changes_it_and_is_none() {
    let moving = "services:\n  one:\n    image: redis:latest\n";
    let told = |path: &str| {
        let found =
            said("unpinned-image", &[("a/docker-compose.yml", "services: {}\n"), (path, moving)]);
        found.len()
    };
    let none = ["a/docker-compose.override.yml", "b/compose.txt", "b/values.yaml"];
    assert_eq!(none.map(told), [0, 0, 0]);
    let stacks =
        ["b/my-compose.yml", "b/my-compose.yaml", "b/compose.yaml", "docker-compose.dev.yml"];
    assert_eq!(stacks.map(told), [1, 1, 1, 1]);
}

#[test]
fn ports_in_the_long_form_are_read() {
    let two = |first: &str| {
        let port =
            |published: &str| format!("    ports: [{{ target: 80, published: '{published}' }}]\n");
        let other = format!("  two:\n    image: redis:7.4.11\n{}", port("8030"));
        said("repeated-port", &[(COMPOSE, &(one(WEBAPP, &port(first)) + &other))]).len()
    };
    assert_eq!(["8030", "8031", ""].map(two), [1, 0, 0]);
}
