//! SARIF: what the standard asks of a log beyond being JSON, by its paragraphs. The schema of the standard is in no
//! package that could be had without much else, so its demands on what is written here stand below.

use super::{SECRET, WRONG, document, folder};
use crate::cli::run;
use crate::support::SITE;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer} of {value}"))
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.unwrap_or_else(|| panic!("no list at {pointer} of {value}"))
}

/// A log of one run (3.13, 3.14), all of whose parts fit each other.
fn holds(log: &Value, exit: i32) -> &[Value] {
    assert_eq!((text(log, "/version"), list(log, "/runs").len()), ("2.1.0", 1));
    assert!(text(log, "/$schema").ends_with("sarif-2.1.0.json"));
    let run = &log["runs"][0];
    assert_eq!(text(run, "/tool/driver/name"), "trigger-gen");
    assert_eq!(text(run, "/columnKind"), "unicodeCodePoints");
    assert_eq!(run["invocations"][0]["executionSuccessful"], exit != 2);
    assert_eq!(run["invocations"][0]["exitCode"], exit);
    let rules = list(run, "/tool/driver/rules");
    let ids: BTreeSet<&str> = rules.iter().map(|rule| text(rule, "/id")).collect();
    assert_eq!(ids.len(), rules.len(), "3.19.23: each rule once");
    for rule in rules {
        for key in ["shortDescription", "fullDescription", "help"] {
            assert!(!text(rule, &format!("/{key}/text")).is_empty(), "{rule}");
        }
    }
    let results = list(run, "/results");
    for result in results {
        result_holds(result, rules);
    }
    results
}

/// 3.27: a result names its rule twice over, and says where and how bad.
fn result_holds(result: &Value, rules: &[Value]) {
    let index = result["ruleIndex"].as_u64().expect("3.27.6") as usize;
    assert_eq!(text(&rules[index], "/id"), text(result, "/ruleId"));
    assert!(["error", "warning", "note"].contains(&text(result, "/level")));
    message_holds(text(result, "/message/text"));
    let places = list(result, "/locations");
    assert_eq!(places.len(), 1);
    let place = &places[0]["physicalLocation"];
    place_holds(place);
    if result.get("fixes").is_none() {
        return;
    }
    for change in list(result, "/fixes/0/artifactChanges") {
        assert_eq!(change["artifactLocation"], place["artifactLocation"]);
        let replacements = list(change, "/replacements");
        assert!(!replacements.is_empty(), "3.56.3");
        for replacement in replacements {
            assert_eq!(replacement["deletedRegion"], place["region"]);
            text(replacement, "/insertedContent/text");
        }
    }
}

/// 3.11.5: braces stand doubled, since one alone begins a placeholder.
fn message_holds(text: &str) {
    assert!(!text.is_empty());
    let rest = text.replace("{{", "").replace("}}", "");
    assert!(!rest.contains(['{', '}']), "{text}");
}

/// 3.29 and 3.30: a URI reference, and a region whose end is not before its start.
fn place_holds(place: &Value) {
    let uri = text(place, "/artifactLocation/uri");
    assert!(uri.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._~/%:".contains(&it)), "{uri}");
    let Some(region) = place.get("region") else { return };
    let number = |key: &str| region.get(key).map(|it| it.as_u64().expect("a number"));
    let start = (number("startLine").expect("a start"), number("startColumn").unwrap_or(1));
    let end = (number("endLine").unwrap_or(start.0), number("endColumn").unwrap_or(u64::MAX));
    assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{region}");
}

/// What a region of one line covers, counted as `unicodeCodePoints` says.
fn covered(source: &str, region: &Value) -> String {
    let number = |key: &str| region[key].as_u64().expect("a number") as usize;
    assert_eq!(number("startLine"), number("endLine"));
    let line = source.lines().nth(number("startLine") - 1).expect("a line");
    let (from, to) = (number("startColumn") - 1, number("endColumn") - 1);
    line.chars().skip(from).take(to - from).collect()
}

fn log(folder: &Path, arguments: &[&str]) -> (Value, i32) {
    let ran = run(folder, &[arguments, &["--format", "sarif"]].concat(), None);
    (document(&ran), ran.code)
}

#[test]
fn a_log_of_a_wrong_site_holds() {
    let folder = folder(&[("a site.yaml", WRONG)]);
    let (log, code) = log(folder.path(), &["build", "a site.yaml"]);
    let results = holds(&log, code);
    assert_eq!((results.len(), code), (12, 1));
    let fixes: Vec<(String, &str)> = results
        .iter()
        .filter_map(|it| it.pointer("/fixes/0/artifactChanges/0/replacements/0"))
        .map(|it| (covered(WRONG, &it["deletedRegion"]), text(it, "/insertedContent/text")))
        .collect();
    for (old, new) in [
        ("v4-beta", "4.5.12"),
        ("https://bad.example.com", "bad.example.com"),
        ("telemetri", "telemetry"),
        (SECRET, "{ secret: RESEND_API_KEY }"),
        ("bundled", "{ bundled: {} }"),
    ] {
        assert!(fixes.contains(&(old.to_owned(), new)), "{old}: {fixes:?}");
    }
    let rules = list(&log, "/runs/0/tool/driver/rules");
    let lint = rules.iter().find(|it| it["id"] == "floating-image").expect("a rule");
    assert!(text(lint, "/shortDescription/text").starts_with("Flags an image"));
    assert_eq!(
        text(&results[0], "/locations/0/physicalLocation/artifactLocation/uri"),
        "a%20site.yaml"
    );
}

#[test]
fn columns_count_characters_whatever_their_width() {
    let site = SITE.replace("docker: {}", "docker: {\t\"日本語\": {}, 👍: 1,\thots: {} }");
    let folder = folder(&[("site.yaml", &site)]);
    let (log, code) = log(folder.path(), &["check", "site.yaml"]);
    let keys: Vec<String> = holds(&log, code)
        .iter()
        .filter(|it| it["ruleId"] == "unknown-key")
        .map(|it| covered(&site, &it["locations"][0]["physicalLocation"]["region"]))
        .collect();
    assert_eq!(keys, ["\"日本語\"", "👍", "hots"]);
}

#[test]
fn logs_of_faults_differences_and_troubles_hold() {
    let folder = folder(&[("site.yaml", SITE)]);
    let (built, code) = log(folder.path(), &["build", "site.yaml"]);
    assert_eq!((holds(&built, code).len(), code), (4, 0));
    std::fs::remove_file(folder.path().join("out/mine/docker/.env.redacted")).expect("removed");
    for (arguments, rule) in [
        (&["build", "--check", "site.yaml"][..], "output-difference"),
        (&["verify", "out/mine"], "missing-listed-file"),
    ] {
        let (log, code) = log(folder.path(), arguments);
        let found = holds(&log, code).iter().any(|it| it["ruleId"] == rule);
        assert!(found && code == 1, "{rule}: {log}");
        let rules = list(&log, "/runs/0/tool/driver/rules");
        let rule = rules.iter().find(|it| it["id"] == rule).expect("a rule");
        assert!(!text(rule, "/shortDescription/text").is_empty());
    }
    let (absent, code) = log(folder.path(), &["verify", "nowhere"]);
    assert_eq!((holds(&absent, code).len(), code), (1, 2));
    let (foreign, code) = log(super::root(), &["verify", "tests/foreign"]);
    assert!(holds(&foreign, code).len() > 10);
}

/// Whatever is wrong with a site, every format says it, and says as much as the others.
#[test]
fn every_case_holds_in_every_format() {
    let mut seen = 0;
    for (path, text) in crate::cases::files() {
        let said = |format| run(super::root(), &["check", "--format", format, "-"], Some(&text));
        let (json, sarif, github) = (said("json"), said("sarif"), said("github"));
        let count = super::names(&super::valid(&json)).len();
        let log = document(&sarif);
        assert_eq!(holds(&log, sarif.code).len(), count, "{}", path.display());
        assert_eq!(super::commands(&github.out).len(), count, "{}", path.display());
        seen += count;
    }
    assert!(seen > 50, "no cases found");
}
