//! What reaches ClickHouse's XML has narrow types: the widest values of each, through an XML parser and the engine.

use super::bundled::site_text;
use super::sample;
use crate::consumers::{root, run, scrubbed, tool};
use serde_json::{Value, json};

const SERVER: &str = "docker/clickhouse/override.xml";
const USERS: &str = "docker/clickhouse/users-override.xml";

/// Sites whose names would end a comment, with sizes and times at both ends of what is taken.
fn sites() -> Vec<Value> {
    let with = |name: &str, memory: &str, limit: &str, days: &str| {
        let mut site: Value = serde_yaml::from_str(&site_text(false)).expect("YAML");
        site["name"] = json!(name);
        site["docker"] = json!({ "host": { "memory": memory }, "limits": { "clickhouse": limit } });
        site["limits"] = json!({ "retention": { "clickhouse_logs": days } });
        site
    };
    vec![
        with("a--b", "8GiB", "1GiB", "1d"),
        with("a-------------------------------------9b", "512GiB", "200GiB", "365d"),
        with(&format!("x{}9", "-".repeat(38)), "16GiB", "3GiB", "7d"),
    ]
}

#[test]
fn the_widest_values_are_read_as_they_are_meant() {
    let programs = ["xmllint", "chdb-python"].map(tool);
    let [Some(xmllint), Some(python)] = programs else { return };
    for site in sites() {
        let compiled = sample::compile(&site.to_string(), &[]);
        let files = [SERVER, USERS].map(|it| compiled.path(it));
        let output = run(scrubbed(&xmllint).arg("--noout").args(&files));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut engine = scrubbed(&python);
        engine.arg(root().join("tests/consumers/clickhouse_settings.py"));
        engine.arg(format!("config.d/override.xml={}", files[0].display()));
        engine.arg(format!("users.d/override.xml={}", files[1].display()));
        let output = run(&mut engine);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let seen: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let days = site["limits"]["retention"]["clickhouse_logs"].as_str().expect("days");
        let ttl = seen["logs"]["query_log"].as_str().expect("a TTL");
        assert!(ttl.contains(&format!("({})", days.trim_end_matches('d'))), "{days} became {ttl}");
        let cache = &seen["server_settings"]["mark_cache_size"];
        assert_eq!(cache["changed"], true, "{cache}");
        let written = compiled.file(SERVER);
        let value = cache["value"].as_str().expect("a number");
        assert!(written.contains(&format!("<mark_cache_size>{value}<")), "{value}: {written}");
    }
}
