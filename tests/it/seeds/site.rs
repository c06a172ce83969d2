//! What the guide wants, written as a site: what is wrong is refused, all of it in one run, and what is left compiles
//! to the right thing.

use super::rows::{Fate, ROWS};
use crate::support;
use serde_json::{Value, json};
use trigger_gen::diag::{Diagnostic, Severity, Sink};
use trigger_gen::render::read_dotenv;
use trigger_gen::source::Source;
use trigger_gen::spec::Document;
use trigger_gen::tree::Tree;

/// The wishes that nothing is wrong with: folder, ports, registry, database, domain.
fn wishes() -> Value {
    json!({
        "version": 1,
        "name": "trigger-dev",
        "release": "4.5.12",
        "domain": "trigger.example.com",
        "access": { "admins": ["ops@example.com"] },
        "storage": {
            "postgres": { "bundled": { "version": 14 } },
            "registry": { "external": {
                "host": "ghcr.io", "namespace": "example-org",
                "username": "example-user", "password": { "secret": "GHCR_TOKEN" },
            } },
        },
        "docker": {
            "root": "/opt/trigger-dev",
            "publish": { "webapp": 8030, "postgres": 5433, "redis": 6389, "clickhouse": 8123 },
        },
    })
}

/// The site with a key set, whatever stood there.
fn ask(site: &mut Value, route: &str, value: &Value) {
    let target = route.split('.').fold(site, |node, key| {
        if node.is_null() {
            *node = json!({});
        }
        &mut node[key]
    });
    *target = value.clone();
}

/// The text, and everything that is said of it with the line on which it is drawn.
fn said(site: &Value) -> Vec<(Diagnostic, String)> {
    // One key on each line.
    let text = serde_yaml::to_string(site).expect("YAML");
    let (source, mut sink) = (Source::new("site.yaml", text.as_str()), Sink::default());
    let document = Document::read(&source, &mut sink).expect("YAML");
    let refused = trigger_gen::analyse(&document, &mut sink, |_, _| {}).is_err();
    assert_eq!(refused, sink.count(Severity::Error) > 0);
    let line = |it: &Diagnostic| {
        let span = document.span(&it.at).expect("a place in the file");
        let (line, _) = source.line_column(span.start);
        text.lines().nth(line - 1).expect("a line").trim().to_owned()
    };
    sink.diagnostics.iter().map(|it| (it.clone(), line(it))).collect()
}

/// Whether this was said of the key: on its own line, or on the line of the value below it.
fn is_said(all: &[(Diagnostic, String)], severity: Severity, name: &str, route: &str) -> bool {
    let key = route.rsplit('.').next().expect("a key");
    all.iter().any(|(it, line)| {
        it.severity == severity && it.name == name && line.starts_with(&format!("{key}:"))
    })
}

fn names(all: &[(Diagnostic, String)]) -> Vec<(&str, &str)> {
    all.iter().map(|(it, line)| (it.name, line.as_str())).collect()
}

fn parsed(value: &str) -> Value {
    serde_json::from_str(value).expect("JSON")
}

#[test]
fn each_wrong_wish_is_refused_where_it_stands() {
    for fate in ROWS.iter().flat_map(|it| it.fates) {
        let (severity, key, value, name) = match *fate {
            Fate::Refused { key, value, name } => (Severity::Error, key, value, name),
            Fate::Warned { key, value, name } => (Severity::Warning, key, value, name),
            Fate::Unrepresentable { key, .. } => (Severity::Error, key, "{}", "unknown-key"),
            Fate::Seen { .. } | Fate::Absent(_) => continue,
        };
        let mut site = wishes();
        ask(&mut site, key, &parsed(value));
        let all = said(&site);
        // Of a key that is none, the first part that is none is named.
        let found = match fate {
            Fate::Unrepresentable { key, .. } => {
                let parts = key.split('.');
                parts.into_iter().any(|it| is_said(&all, severity, name, it))
            }
            _ => is_said(&all, severity, name, key),
        };
        assert!(found, "{key}: {value} is not {name}: {:?}", names(&all));
    }
}

#[test]
fn one_run_refuses_them_all() {
    let mut site = wishes();
    let refused = || {
        ROWS.iter().flat_map(|it| it.fates).filter_map(|it| match *it {
            // Without a release or a domain nothing is known of the rest.
            Fate::Refused { key: "release" | "domain", .. } => None,
            Fate::Refused { key, value, name } => Some((key, value, name)),
            _ => None,
        })
    };
    refused().for_each(|(key, value, _)| ask(&mut site, key, &parsed(value)));
    let all = said(&site);
    let missing: Vec<_> =
        refused().filter(|(key, _, name)| !is_said(&all, Severity::Error, name, key)).collect();
    assert!(refused().count() > 25 && missing.is_empty(), "{missing:#?}\n{:?}", names(&all));
}

/// The files that a public reader or the server gets; what is wrong with the guide must be in none of them.
fn tree() -> Tree {
    support::tree_of(&serde_yaml::to_string(&wishes()).expect("YAML"))
}

fn value_at(tree: &Tree, file: &str, at: &str) -> String {
    let text = tree.get(file).unwrap_or_else(|| panic!("no file {file}")).text();
    if file.ends_with(".env") {
        let all = read_dotenv(text).expect("our own spelling");
        return all.into_iter().find(|it| it.0 == at).expect(at).1;
    }
    if file.ends_with(".xml") {
        return text.to_owned();
    }
    let document: Value = serde_yaml::from_str(text).expect("YAML");
    match document.pointer(at) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => panic!("{file} has nothing at {at}"),
    }
}

#[test]
fn the_rest_compiles_to_the_right_thing() {
    let tree = tree();
    for fate in ROWS.iter().flat_map(|it| it.fates) {
        match *fate {
            Fate::Seen { file, at, holds } => {
                let value = value_at(&tree, file, at);
                assert!(value.contains(holds), "{file}: {at} is {value}, not {holds}");
            }
            Fate::Absent(text) => {
                // The scripts are the same for every site, and know what other sites have; a check asks after leftovers.
                let told = |path: &str| path.contains("/ctl/") || path.ends_with("/checks.json");
                let mut files = tree.files.iter().filter(|(path, _)| !told(path.as_str()));
                let holder = files.find(|(_, it)| it.text().contains(text));
                assert!(holder.is_none(), "{} holds {text}", holder.expect("some").0);
            }
            _ => {}
        }
    }
}

#[test]
fn every_row_has_a_fate_of_a_site_and_one_of_its_tree() {
    for row in ROWS {
        let of_tree = |it: &&Fate| matches!(it, Fate::Seen { .. } | Fate::Absent(_));
        let of_site = |it: &&Fate| !of_tree(it);
        assert!(row.fates.iter().any(|it| of_tree(&it)), "{}", row.effect);
        assert!(row.fates.iter().any(|it| of_site(&it)), "{}", row.effect);
    }
}

#[test]
fn the_guides_own_ports_and_folder_are_kept() {
    let tree = tree();
    for (service, port) in [
        ("webapp", "8030:3000"),
        ("postgres", "5433:5432"),
        ("redis", "6389:6379"),
        ("clickhouse", "8123:8123"),
    ] {
        let ports = value_at(
            &tree,
            "docker/webapp/docker-compose.yml",
            &format!("/services/{service}/ports"),
        );
        assert_eq!(ports, format!("[\"127.0.0.1:{port}\"]"));
    }
    let head = tree.get("docker/webapp/docker-compose.yml").expect("a file").text();
    assert!(head.contains("/opt/trigger-dev/"), "the folder is not named");
}
