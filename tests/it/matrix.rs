//! Every example at every release of the catalog: nothing is set that the release does not read, nothing is
//! missing or blank that it needs, and every literal has the form that it compares with.
#![allow(clippy::disallowed_methods, reason = "these tests read the project's examples")]

use crate::support;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Write as _;
use trigger_gen::release::{self, RELEASES, Reader, Release};
use trigger_gen::render::read_dotenv;
use trigger_gen::tree::Tree;

#[test]
fn every_example_fits_every_release() {
    let (mut trees, mut services, mut variables) = (0, 0, 0);
    for example in support::server_names() {
        for release in RELEASES {
            let tree = support::tree_of(&support::at_release(&example, release));
            trees += 1;
            for (reader, environment) in environments(&tree) {
                services += 1;
                variables += environment.len();
                let at = format!("{example} at {}: {}", release.version, reader.name());
                fits(&at, reader, release, &environment);
            }
        }
    }
    let line =
        format!("matrix: {trees} trees, {services} services, {variables} variables, no fault");
    writeln!(std::io::stderr(), "{line}").expect("stderr");
    assert!(trees >= 4 * 40, "{line}");
}

fn fits(at: &str, reader: Reader, release: &Release, environment: &BTreeMap<String, String>) {
    for (name, value) in environment {
        let known = release::lookup(reader, name).and_then(|it| it.at(release.version));
        let Some(span) = known else {
            assert!(release::family(reader, name).is_some(), "{at} does not read {name}");
            continue;
        };
        if let Err(refusal) = release::accepts(span, value) {
            panic!("{at} would not take {name}: {refusal}");
        }
    }
    for name in release::required(reader, release.version) {
        assert!(environment.get(name).is_some_and(|it| !it.is_empty()), "{at} lacks {name}");
    }
}

/// The environment of each service, as its reader sees it.
fn environments(tree: &Tree) -> Vec<(Reader, BTreeMap<String, String>)> {
    let mut found = Vec::new();
    for (path, file) in
        tree.files.iter().filter(|(path, _)| path.as_str().ends_with("docker-compose.yml"))
    {
        let folder =
            path.as_str().split('/').take(if path.as_str().starts_with("docker/") { 1 } else { 2 });
        let dotenv = format!("{}/.env", folder.collect::<Vec<_>>().join("/"));
        let variables: BTreeMap<String, String> =
            read_dotenv(tree.get(&dotenv).expect("a .env").text())
                .expect("readable")
                .into_iter()
                .collect();
        let compose: Value = serde_yaml::from_str(file.text()).expect("YAML");
        for (name, service) in compose["services"].as_object().expect("services") {
            let environment = service["environment"].as_object().cloned().unwrap_or_default();
            let value = |it: &Value| interpolated(it.as_str().expect("a text"), &variables);
            found.push((
                reader(name),
                environment.iter().map(|(name, it)| (name.clone(), value(it))).collect(),
            ));
        }
    }
    found
}

fn reader(service: &str) -> Reader {
    match service {
        "docker-proxy" => Reader::SocketProxy,
        "object-store" => Reader::Versitygw,
        "minio-bucket" => Reader::MinioClient,
        "s2" => Reader::Registry,
        _ => *Reader::ALL
            .iter()
            .find(|it| it.name() == service)
            .unwrap_or_else(|| panic!("{service} is no reader")),
    }
}

/// `${NAME:?}` from the variables, `$$` as a dollar.
fn interpolated(text: &str, variables: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else {
            let (inner, after) =
                rest.strip_prefix('{').and_then(|it| it.split_once('}')).expect("a substitution");
            out.push_str(&variables[inner.strip_suffix(":?").expect("required")]);
            rest = after;
        }
    }
    out + rest
}
