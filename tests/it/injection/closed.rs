//! Hostile strings in the keys of `docker` and `network` that reach scripts, schedules, a workflow and the runbook: a
//! string is refused, or its readers get it as it was written.

use super::hostile;
use crate::consumers::{run, scrubbed};
use crate::support;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value, json};
use std::path::Path;

/// A key, how a string is put there, and what is lawful besides.
struct Key {
    pointer: &'static str,
    value: fn(&str) -> Value,
    lawful: &'static [&'static str],
}

const fn key(
    pointer: &'static str,
    value: fn(&str) -> Value,
    lawful: &'static [&'static str],
) -> Key {
    Key { pointer, value, lawful }
}

const KEYS: &[Key] = &[
    key("/docker/deploy/branch", |it| json!(it), &["release/4.5", "feature-x_1"]),
    key("/docker/deploy/directory", |it| json!(it), &["apps/my-jobs", ".trigger/x_1"]),
    key("/docker/deploy/project", |it| json!(it), &["proj_abcdefgh"]),
    key("/docker/backup/dir", |it| json!(format!("/srv/{it}")), &["my sets", "a--b", "_x_"]),
    key("/docker/backup/schedule", |it| json!(it), &["*/20 1-3 * * 1-5", "0 4 1,15 */2 *"]),
    key(
        "/docker/backup/offsite",
        |it| json!({ "rclone": { "remote": it } }),
        &["offsite:", "off-site_1:a/b.c"],
    ),
    key(
        "/docker/backup/notify",
        |it| json!({ "failure_hook": format!("/opt/{it}") }),
        &["hooks/a b.sh"],
    ),
    key("/docker/root", |it| json!(format!("/srv/{it}")), &["my apps/a  b", "_x"]),
    key("/docker/project", |it| json!(it), &["a--b", "x9"]),
    key("/docker/topology", |it| json!({ "workers": [{ "name": it }] }), &["a--b", "w-1"]),
];

/// Which keys take a string, all of them asked at once.
fn taking(text: &str) -> Vec<bool> {
    let (_, sink) = support::analyse(&site(KEYS, text).to_string());
    let said: Vec<String> = sink.diagnostics.iter().map(|it| format!("{:?}", it.at)).collect();
    let route = |it: &Key| {
        it.pointer
            .split('/')
            .skip(1)
            .map(|it| format!("Key({it:?})"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    KEYS.iter().map(|key| !said.iter().any(|it| it.contains(&route(key)))).collect()
}

/// A site with a string in these keys.
fn site(keys: &[Key], text: &str) -> Value {
    let mut site = json!({
        "version": 1, "name": "hostile", "release": "4.5.12", "domain": "jobs.example.com",
        "access": { "admins": ["ops@example.com"] },
        "docker": {},
        "storage": { "object_store": { "bundled": { "public_host": "s3.example.com" } }, "streams": "v1" },
    });
    for key in keys {
        let (parent, last) = key.pointer.rsplit_once('/').expect("a key");
        let at = parent.split('/').skip(1).fold(&mut site, |at, step| &mut at[step]);
        at[last] = (key.value)(text);
    }
    site
}

/// What a site with one of the strings compiles to; `None` if it is refused.
fn tree(key: &Key, text: &str) -> Option<trigger_gen::tree::Tree> {
    let site = site(std::slice::from_ref(key), text).to_string();
    let site = support::analyse(&site).0?;
    Some(trigger_gen::generate(&site, &support::secrets(&site)))
}

/// Whatever of a page is HTML to its reader.
fn html(page: &str) -> Vec<String> {
    let html = |it| match it {
        Event::Html(it) | Event::InlineHtml(it) => Some(it.to_string()),
        _ => None,
    };
    Parser::new_ext(page, Options::ENABLE_TABLES).filter_map(html).collect()
}

#[test]
fn what_is_taken_is_read_as_it_was_written() {
    let (mut taken, mut refused) = (0, 0);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let hostile = hostile();
    let taking: Vec<Vec<bool>> = hostile.iter().map(|it| taking(it)).collect();
    for (nth, key) in KEYS.iter().enumerate() {
        let usual = tree(key, key.lawful[0]).expect("a lawful string");
        let ordinary = html(usual.get("RUNBOOK.md").expect("a runbook").text());
        let worth = hostile.iter().zip(&taking).filter(|(_, taking)| taking[nth]);
        refused += taking.iter().filter(|it| !it[nth]).count();
        for text in worth.map(|it| it.0.as_str()).chain(key.lawful.iter().copied()) {
            let Some(tree) = tree(key, text) else {
                refused += 1;
                assert!(!key.lawful.contains(&text), "{} refuses {text:?}", key.pointer);
                continue;
            };
            taken += 1;
            let mut scripts = Vec::new();
            for (path, file) in &tree.files {
                let path = path.as_str();
                if path.ends_with("/site.sh") || path.ends_with("/deploy.sh") {
                    let place = folder.path().join(format!("{}.sh", scripts.len()));
                    std::fs::write(&place, &file.bytes).expect("a file");
                    scripts.push(place);
                }
                if path.ends_with("workflow.yml") {
                    let workflow: Value = serde_yaml::from_str(file.text()).expect("YAML");
                    if key.pointer.ends_with("/branch") {
                        assert_eq!(workflow["on"]["push"]["branches"], json!([text]), "{text:?}");
                    }
                }
                if path == "RUNBOOK.md" {
                    assert_eq!(html(file.text()), ordinary, "{} {text:?}", key.pointer);
                }
            }
            for place in &scripts {
                let output = run(scrubbed(Path::new("bash")).arg("-n").arg(place));
                assert!(output.status.success(), "{} {text:?}", key.pointer);
            }
        }
    }
    assert!(taken > KEYS.len() && refused > 1_000, "{taken} were taken, {refused} were refused");
}
