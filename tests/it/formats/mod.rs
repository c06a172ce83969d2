//! What programs are told: JSON, SARIF and workflow commands, each held against its schema or its standard.
#![allow(clippy::disallowed_methods, reason = "these tests stand outside the compiler")]

mod pages;
mod sarif;
mod shown;
mod troubles;

use crate::cli::{Ran, run};
use crate::support::SITE;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

const SECRET: &str = "re_0123456789";
const FORMATS: [&str; 4] = ["human", "json", "sarif", "github"];

/// Eleven faults, one of them a secret in clear.
pub(crate) const WRONG: &str = "\
version: 1
name: wrong
name: twice
release: v4-beta
domain: https://bad.example.com
access:
  admins: [ops@example.com]
  telemetri: true
  email: { resend: { from: ops@example.com, api_key: re_0123456789 } }
  github: { client_id: x, client_secret: { secret: NOT_THERE } }
storage: { redis: bundled }
docker:
  publish: { webapp: 70000 }
  images: { redis: \"redis:latest\" }
env:
  webapp:
    NO_SUCH_VARIABLE: 1
    DATABASE_POOL_TIMEOUT: soon
";

/// What is said of it, and of which line.
pub(crate) const FAULTS: [(&str, u64); 11] = [
    ("duplicate-key", 3),
    ("not-an-image", 4),
    ("bad-value", 5),
    ("unknown-key", 8),
    ("literal-secret", 9),
    ("missing-secret", 10),
    ("bad-value", 11),
    ("bad-value", 13),
    ("floating-image", 14),
    ("unknown-variable", 17),
    ("rejected-value", 18),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

/// Standard output as one JSON document.
fn document(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
}

/// The same, held against the schema that is published.
fn valid(ran: &Ran) -> Value {
    let document = document(ran);
    let schema = jsonschema::draft7::new(&trigger_gen::cli::diagnostics_schema()).expect("schema");
    let errors: Vec<String> = schema.iter_errors(&document).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(document["exit_code"], ran.code);
    document
}

fn names(document: &Value) -> Vec<(String, u64)> {
    let all = document["diagnostics"].as_array().expect("a list");
    all.iter()
        .map(|it| (it["name"].as_str().expect("a name").into(), it["line"].as_u64().unwrap_or(0)))
        .collect()
}

#[test]
fn the_schema_on_disk_is_the_generated_one() {
    let schema = trigger_gen::cli::diagnostics_schema();
    assert!(jsonschema::draft7::meta::is_valid(&schema));
    let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
    crate::bless::compare_or_bless(&root().join("schema/diagnostics.schema.json"), &text);
}

#[test]
fn json_names_every_fault_in_the_order_of_the_file() {
    let folder = folder(&[("site.yaml", WRONG)]);
    let ran = run(folder.path(), &["build", "--format", "json", "site.yaml"], None);
    let document = valid(&ran);
    let mut said = names(&document);
    // A warning among errors.
    said.retain(|(name, line)| (name.as_str(), *line) != ("backup-on-same-volume", 12));
    assert_eq!(said, FAULTS.map(|(name, line)| (name.to_owned(), line)));
    assert_eq!(document["summary"]["errors"], FAULTS.len());
    let unknown = &document["diagnostics"][3];
    assert_eq!(unknown["file"], "site.yaml");
    assert_eq!(unknown["instead"], "telemetry");
    assert_eq!((&unknown["column"], &unknown["end_column"]), (&3.into(), &12.into()));
    assert_eq!(
        ran.err, "site.yaml: 11 errors, 1 warning; nothing was written\n",
        "talk is no drawing"
    );
}

#[test]
fn json_of_a_clean_site_holds_no_error() {
    for name in crate::support::example_names() {
        let site = format!("examples/{name}/site.yaml");
        let document = valid(&run(root(), &["check", "--format", "json", &site], None));
        assert_eq!(document["exit_code"], 0);
        assert_eq!(
            (&document["summary"]["errors"], &document["summary"]["warnings"]),
            (&0.into(), &0.into())
        );
    }
}

#[test]
fn several_sites_give_one_document() {
    let folder = folder(&[("a.yaml", WRONG), ("b.yaml", SITE), ("c.yaml", "name: [")]);
    let arguments = ["check", "--format", "json", "a.yaml", "absent.yaml", "b.yaml", "c.yaml"];
    let ran = run(folder.path(), &arguments, None);
    let document = valid(&ran);
    let mut files: Vec<&str> = document["diagnostics"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["file"].as_str())
        .collect();
    files.dedup();
    assert_eq!(files, ["a.yaml", "absent.yaml", "b.yaml", "c.yaml"]);
    assert_eq!(ran.code, 2, "one of them could not be read");
    assert!(ran.err.contains("cannot read absent.yaml"), "{}", ran.err);
}

#[test]
fn differences_and_faults_are_told_with_their_whole_path() {
    let folder = folder(&[("site.yaml", SITE)]);
    let told = |arguments: &[&str]| {
        let ran = run(folder.path(), &[arguments, &["--format", "json"]].concat(), None);
        valid(&ran)
    };
    told(&["build", "site.yaml"]);
    assert_eq!(told(&["verify", "out/mine"])["diagnostics"], serde_json::json!([]));
    let path = "out/mine/docker/worker/docker-compose.yml";
    let file = folder.path().join(path);
    let text = fs::read_to_string(&file).expect("readable");
    fs::write(&file, text.replace("DOCKER_RUNNER_NETWORKS: mine", "DOCKER_RUNNER_NETWORKS: bad"))
        .expect("written");
    for (arguments, name) in [
        (&["build", "--check", "site.yaml"][..], "output-difference"),
        (&["verify", "out/mine"], "unknown-runner-network"),
    ] {
        let document = told(arguments);
        let all = document["diagnostics"].as_array().expect("a list");
        let found = all.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!((&found["file"], &document["exit_code"]), (&path.into(), &1.into()));
    }
}

/// The lines of workflow commands as GitHub's runner takes them apart.
fn commands(text: &str) -> Vec<(String, String, String)> {
    let undo = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
    };
    let one = |line: &str| {
        let (head, message) =
            line.strip_prefix("::").and_then(|it| it.split_once("::")).expect("a command");
        let (word, properties) = head.split_once(' ').expect("properties");
        let file = properties.split(',').find_map(|it| it.strip_prefix("file=")).expect("a file");
        (word.to_owned(), undo(file), undo(message))
    };
    text.split(['\r', '\n']).filter(|it| !it.is_empty()).map(one).collect()
}

#[test]
fn hostile_text_begins_no_workflow_command() {
    let hostile = "\"a\\r\\n::stop-commands::x%0A,b\\e[31m\"";
    let text = SITE.replace("docker: {}", &format!("docker: {{ {hostile}: 1 }}"));
    let file = "a,b:c%\n::error::d.yaml";
    let folder = folder(&[(file, &text)]);
    let ran = run(folder.path(), &["check", "--format", "github", file], None);
    let commands = commands(&ran.out);
    assert!(
        commands
            .iter()
            .all(|(word, name, _)| ["error", "warning"].contains(&word.as_str()) && name == file),
        "{commands:?}"
    );
    let said =
        commands.iter().filter(|(_, _, message)| message.contains("a\r\n::stop-commands::x%0A,b"));
    assert_eq!(said.count(), 1, "{}", ran.out);
    let ran = run(folder.path(), &["check", "--format", "json", file], None);
    assert_eq!(commands.len(), names(&valid(&ran)).len());
}

#[test]
fn no_format_says_a_secret_that_stands_in_the_site() {
    let block = WRONG.replace(
        "{ resend: { from: ops@example.com, api_key: re_0123456789 } }",
        &format!("\n    resend:\n      from: ops@example.com\n      api_key: |\n        {SECRET}\n        {SECRET}"),
    );
    assert!(block.contains("api_key: |"));
    let folder = folder(&[("flow.yaml", WRONG), ("block.yaml", &block)]);
    for format in FORMATS {
        for (site, last) in [("flow.yaml", 18), ("block.yaml", 23)] {
            for verb in ["check", "build"] {
                let ran = run(folder.path(), &[verb, "--format", format, site], None);
                let all = ran.out + &ran.err;
                assert!(all.contains("literal-secret"), "{verb} {format} {site}: {all}");
                assert!(!all.contains("re_01"), "{verb} {format} {site}: {all}");
                let place =
                    [format!("{site}:{last}:"), format!("\": {last},"), format!("line={last},")];
                assert!(place.iter().any(|it| all.contains(it)), "line {last} moved: {all}");
            }
        }
    }
}

/// A secret over several lines stands behind a mark that a replacement of the text alone would leave.
#[test]
fn no_format_offers_to_replace_a_part_of_a_block() {
    let site = SITE.replace(
        "{ admins: [ops@example.com] }",
        "\n  admins: [ops@example.com]\n  email:\n    resend:\n      from: a@example.com\n      api_key: |\n        re_01\n        ü\n  foo: 1",
    );
    let folder = folder(&[("site.yaml", &site)]);
    let ran = run(folder.path(), &["check", "--format", "json", "site.yaml"], None);
    let document = valid(&ran);
    let all = document["diagnostics"].as_array().expect("a list");
    let it = all.iter().find(|it| it["name"] == "literal-secret").expect("a finding");
    assert_eq!(
        (&it["line"], &it["end_line"], &it["end_column"]),
        (&11.into(), &12.into(), &10.into())
    );
    assert_eq!(it["instead"], Value::Null);
    let ran = run(folder.path(), &["check", "site.yaml"], None);
    assert!(ran.err.contains("13 |   foo: 1"), "{}", ran.err);
    assert!(!ran.err.contains("11 -"), "{}", ran.err);
}

#[test]
fn a_reader_that_goes_away_ends_nothing() {
    let folder = folder(&[("site.yaml", WRONG)]);
    let verbs = FORMATS.map(|format| vec!["check", "--format", format, "site.yaml"]);
    for verb in verbs.into_iter().chain([vec!["man"], vec!["completions", "bash"]]) {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = Command::new(crate::cli::program());
        command.args(&verb).current_dir(folder.path()).env_clear().stdin(Stdio::null());
        let output = command.stdout(writer).output().expect("the program ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(i32::from(verb[0] == "check")), "{verb:?}: {said}");
        assert!(!said.contains("panicked"), "{verb:?}: {said}");
    }
}
