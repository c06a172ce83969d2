//! SARIF 2.1.0, which code scanning services and editors read.

use super::document::{Finding, Level};
use super::{DIFFERENCE, DIFFERENCE_SUMMARY};
use crate::cli::Exit;
use crate::lint::LINTS;
use crate::proof::PROOFS;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The log: one run, with the rules that it needs.
pub(super) fn log(findings: &[Finding], exit: Exit) -> Value {
    let names: BTreeSet<&str> = findings.iter().map(|it| it.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let results: Vec<Value> = findings.iter().map(|it| result(it, &names)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "trigger-gen",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": names.iter().map(|name| rule(name)).collect::<Vec<_>>(),
            } },
            "invocations": [{
                "executionSuccessful": exit != Exit::Trouble,
                "exitCode": exit.number(),
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// What stands behind a name. GitHub asks for each of these texts, so a name without a page says itself.
fn rule(name: &str) -> Value {
    let lint = LINTS.iter().find(|it| it.name == name);
    let proof = PROOFS.iter().find(|it| it.name == name);
    let summary = match (lint, proof) {
        (Some(lint), _) => lint.summary().to_owned(),
        (None, Some(proof)) => proof.summary.to_owned(),
        (None, None) if name == DIFFERENCE => DIFFERENCE_SUMMARY.to_owned(),
        (None, None) => name.replace('-', " "),
    };
    let mut rule = json!({
        "id": name,
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "help": { "text": summary },
    });
    if let Some(lint) = lint {
        rule["help"] = json!({ "text": lint.explain, "markdown": lint.explain });
        rule["defaultConfiguration"] = json!({ "level": level(lint.severity.into()) });
    }
    rule
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "note",
    }
}

fn result(finding: &Finding, names: &[&str]) -> Value {
    let artifact = json!({ "uri": uri(finding.path()) });
    let region = region(finding);
    let mut place = json!({ "artifactLocation": artifact });
    if let Some(region) = &region {
        place["region"] = region.clone();
    }
    let mut result = json!({
        "ruleId": finding.name,
        "ruleIndex": names.iter().position(|it| *it == finding.name),
        "level": level(finding.severity),
        "message": { "text": message(&finding.text()) },
        "locations": [{ "physicalLocation": place }],
    });
    if let (Some(instead), Some(region)) = (&finding.instead, region) {
        let replacement =
            json!({ "deletedRegion": region, "insertedContent": { "text": instead } });
        let mut fix = json!({
            "artifactChanges": [{ "artifactLocation": artifact, "replacements": [replacement] }],
        });
        if let Some(help) = &finding.help {
            fix["description"] = json!({ "text": message(help) });
        }
        result["fixes"] = json!([fix]);
    }
    result
}

/// A text in the syntax of messages (3.11.5, 3.11.6): a brace would begin a placeholder, and `[text](address)` is a link.
/// Brackets alone stay as they are, for readers that know nothing of this.
fn message(text: &str) -> String {
    let text = text.replace('{', "{{").replace('}', "}}");
    match text.contains("](") {
        true => text.replace('\\', r"\\").replace('[', r"\[").replace(']', r"\]"),
        false => text,
    }
}

/// Lines and columns from 1; the end column is that of the first character behind it.
fn region(finding: &Finding) -> Option<Value> {
    let numbers = [
        ("startLine", finding.line),
        ("startColumn", finding.column),
        ("endLine", finding.end_line),
        ("endColumn", finding.end_column),
    ];
    let known = numbers.into_iter().filter_map(|(key, number)| Some((key.into(), number?.into())));
    finding.line.map(|_| Value::Object(known.collect::<Map<String, Value>>()))
}

/// A path as a URI reference: relative to where the program ran, or a file of the machine.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded: String = path
        .bytes()
        .map(|byte| if plain(byte) { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect();
    if path.starts_with('/') { format!("file://{encoded}") } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_holds_no_placeholder_and_no_link() {
        assert_eq!(message("write `{ a: [{0}] }`"), "write `{{ a: [{{0}}] }}`");
        assert_eq!(message(r"\[x](http://y)"), r"\\\[x\](http://y)");
    }

    #[test]
    fn a_path_becomes_a_reference() {
        assert_eq!(uri("sites/a b.yaml"), "sites/a%20b.yaml");
        assert_eq!(uri("/srv/ü:%.yaml"), "file:///srv/%C3%BC%3A%25.yaml");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
    }
}
