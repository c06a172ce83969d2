//! What stops a build outside the site file is a finding in the formats for programs, and no exit code alone.

use crate::cli::{Ran, run};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

const SITE: &str = "\
version: 1
name: mine
release: 4.5.12
domain: trigger.example.com
access: { admins: [ops@example.com] }
docker: {}
storage: { registry: { external: { host: ghcr.io, namespace: acme } } }
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("site.yaml"), SITE).expect("written");
    folder
}

fn told(folder: &Path, format: &str, arguments: &[&str]) -> Ran {
    run(folder, &[arguments, &["--format", format]].concat(), None)
}

/// The only error: its name, its file and the exit code, as each format has them.
#[track_caller]
fn is_told(folder: &Path, arguments: &[&str], name: &str, file: &str, code: i32) {
    let ran = told(folder, "json", arguments);
    let document: Value = serde_json::from_str(&ran.out).expect("JSON");
    let schema = jsonschema::draft7::new(&trigger_gen::cli::diagnostics_schema()).expect("schema");
    assert!(schema.is_valid(&document), "{document:#}");
    let all = document["diagnostics"].as_array().expect("a list");
    let errors: Vec<&Value> = all.iter().filter(|it| it["severity"] == "error").collect();
    assert_eq!(errors.len(), 1, "{document:#}");
    assert_eq!((&errors[0]["name"], &errors[0]["file"]), (&name.into(), &file.into()));
    assert_eq!((ran.code, &document["exit_code"]), (code, &code.into()), "{}", ran.err);
    assert!(ran.err.contains("error: "), "a person is told, too: {}", ran.err);

    let ran = told(folder, "sarif", arguments);
    let log: Value = serde_json::from_str(&ran.out).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let mut errors = results.iter().filter(|it| it["level"] == "error");
    assert!(errors.any(|it| it["ruleId"] == name), "{log:#}");

    let ran = told(folder, "github", arguments);
    let start = format!("::error file={file},title={name}::");
    assert!(ran.out.lines().any(|it| it.starts_with(&start)), "{}", ran.out);

    let ran = told(folder, "human", arguments);
    assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{}", ran.err);
}

#[test]
fn a_secret_that_would_be_lost() {
    let folder = folder();
    assert_eq!(told(folder.path(), "json", &["build", "site.yaml"]).code, 0);
    fs::remove_file(folder.path().join("mine.secrets.yaml")).expect("removed");
    is_told(folder.path(), &["build", "site.yaml"], "lost-secret", "mine.secrets.yaml", 1);
}

#[test]
fn a_secret_that_is_not_made() {
    let folder = folder();
    let locked = ["build", "--locked", "site.yaml"];
    is_told(folder.path(), &locked, "missing-secret", "mine.secrets.yaml", 1);
}

#[test]
fn an_output_in_whose_place_something_stands() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("out")).expect("a folder");
    symlink("/tmp", folder.path().join("out/mine")).expect("a link");
    is_told(folder.path(), &["build", "site.yaml"], "output-refused", "out/mine", 1);
    is_told(folder.path(), &["build", "--check", "site.yaml"], "output-refused", "out/mine", 1);
}

#[test]
fn an_output_that_cannot_be_written() {
    let folder = folder();
    fs::write(folder.path().join("out"), "a file").expect("written");
    let ran = told(folder.path(), "json", &["build", "site.yaml"]);
    let document: Value = serde_json::from_str(&ran.out).expect("JSON");
    let all = document["diagnostics"].as_array().expect("a list");
    let found =
        all.iter().find(|it| it["name"] == "output-failed" || it["name"] == "output-refused");
    assert!(found.is_some() && ran.code > 0, "{document:#}");
}

#[test]
fn two_sites_of_one_name() {
    let folder = folder();
    fs::write(folder.path().join("again.yaml"), SITE).expect("written");
    let both = ["build", "site.yaml", "again.yaml"];
    is_told(folder.path(), &both, "shared-site-name", "again.yaml", 1);
}

/// Another run holds the output.
#[test]
fn an_output_that_is_being_written() {
    let folder = folder();
    assert_eq!(told(folder.path(), "json", &["build", "site.yaml"]).code, 0);
    let beside = folder.path().join("out/.mine.trigger-gen");
    fs::create_dir_all(&beside).expect("a folder");
    let journal = fs::File::create(beside.join("journal")).expect("a journal");
    journal.lock().expect("a lock");
    is_told(folder.path(), &["build", "site.yaml"], "output-busy", "out/mine", 2);
    is_told(folder.path(), &["verify", "out/mine"], "output-busy", "out/mine", 2);
    // Not only dropped: a test that starts a program may hold a copy for a moment.
    journal.unlock().expect("unlocked");
    assert_eq!(told(folder.path(), "json", &["build", "site.yaml"]).code, 0);
}
