//! Editor and compiler agree: the schema is generated, and holds what the compiler holds.
#![allow(clippy::disallowed_methods, reason = "these tests read the project's own files")]

use crate::support;
use serde_json::Value;
use std::fs;
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn as_json(text: &str) -> Value {
    serde_yaml::from_str(text).expect("YAML")
}

#[test]
fn the_schema_on_disk_is_the_generated_one() {
    let generated =
        serde_json::to_string_pretty(&trigger_gen::spec::json_schema()).expect("JSON") + "\n";
    crate::bless::compare_or_bless(&root().join("schema/site.schema.json"), &generated);
}

#[test]
fn the_schema_is_a_schema() {
    assert!(jsonschema::draft7::meta::is_valid(&trigger_gen::spec::json_schema()));
}

#[test]
fn every_example_holds() {
    let validator = jsonschema::draft7::new(&trigger_gen::spec::json_schema()).expect("a schema");
    let names = support::example_names();
    assert!(!names.is_empty());
    for name in names {
        let text = fs::read_to_string(root().join("examples").join(&name).join("site.yaml"))
            .expect("readable");
        let errors: Vec<String> = validator
            .iter_errors(&as_json(&text))
            .map(|it| format!("{}: {it}", it.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        let line = "# yaml-language-server: $schema=../../schema/site.schema.json";
        assert!(text.starts_with(line), "{name} does not name its schema to editors");
    }
}

/// What the schema can know is refused by the schema, too.
#[test]
fn every_case_that_the_schema_can_know_is_refused_by_it() {
    let validator = jsonschema::draft7::new(&trigger_gen::spec::json_schema()).expect("a schema");
    let known = ["unknown-key", "missing-key", "wrong-type", "literal-secret", "two-choices"];
    let mut seen = 0;
    for (path, text) in crate::cases::files() {
        let Ok(value) = serde_yaml::from_str::<Value>(&text) else { continue };
        let marks = crate::cases::expected(&text);
        if !marks.iter().any(|(_, name)| known.contains(&name.as_str())) {
            continue;
        }
        seen += 1;
        assert!(
            !validator.is_valid(&value),
            "{}: the compiler refuses what the schema accepts",
            path.display()
        );
    }
    assert!(seen > 0, "no cases found");
}

#[test]
fn every_key_is_explained() {
    fn walk(schema: &Value, path: &str) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            for (name, property) in properties {
                let text = property.get("description").and_then(Value::as_str).unwrap_or_default();
                assert!(text.len() > 5, "{path}.{name} has no description");
            }
        }
        if let Some(definitions) = schema.get("definitions").and_then(Value::as_object) {
            for (name, definition) in definitions {
                walk(definition, name);
            }
        }
    }
    walk(&trigger_gen::spec::json_schema(), "");
}
