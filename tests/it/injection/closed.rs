//! Hostile strings in the keys of `docker` and `network` that reach scripts, schedules, a workflow and the runbook: a
//! string is refused, or its readers get it as it was written.

use super::hostile;
use crate::consumers::{run, scrubbed, tool};
use crate::runbook::{parsed, picture};
use crate::support;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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

/// Every string that a key takes, with its site.
fn taken(keys: &[&'static str]) -> Vec<(&'static Key, String)> {
    let hostile = hostile();
    let taking: Vec<Vec<bool>> = hostile.iter().map(|it| taking(it)).collect();
    let mut found = Vec::new();
    for (nth, key) in KEYS.iter().enumerate().filter(|(_, it)| keys.contains(&it.pointer)) {
        let worth = hostile.iter().zip(&taking).filter(|(_, taking)| taking[nth]);
        let lawful = key.lawful.iter().map(|it| (*it).to_owned());
        found.extend(worth.map(|it| it.0.clone()).chain(lawful).map(|it| (key, it)));
    }
    assert!(found.len() > keys.len(), "hardly a string is taken");
    found
}

/// A site with the string and a scheduler, its tree and its install root; `None` if it is refused.
fn scheduled(
    key: &Key,
    text: &str,
    scheduler: &str,
) -> Option<(trigger_gen::tree::Tree, String, String)> {
    let mut site = site(std::slice::from_ref(key), text);
    site["docker"]["backup"]["scheduler"] = json!(scheduler);
    let site = support::analyse(&site.to_string()).0?;
    let (root, project) = (site.docker().root.to_string(), site.docker().project.to_string());
    Some((trigger_gen::generate(&site, &support::secrets(&site)), root, project))
}

const OF_SCHEDULES: &[&str] =
    &["/docker/backup/dir", "/docker/backup/schedule", "/docker/root", "/docker/project"];

/// The command of the entry is one word to the shell of cron, whatever the folder is called.
#[test]
fn cron_reads_the_entry_of_whatever_is_taken() {
    let Some(crontab) = tool("crontab") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (key, text) in taken(OF_SCHEDULES) {
        let Some((tree, root, _)) = scheduled(key, &text, "cron") else { continue };
        let entry = tree.get("docker/backup/cron").expect("an entry").text();
        let place = folder.path().join("crontab");
        // `crontab -n` knows no column for the user.
        std::fs::write(&place, entry.replace(" root ", " ")).expect("a file");
        let output = run(scrubbed(&crontab).arg("-n").arg(&place));
        assert!(output.status.success(), "{} {text:?}", key.pointer);
        let (_, command) = entry.split_once(" root ").expect("a user");
        assert!(!command.contains('%'), "{command}");
        let printed = format!("printf '%s\\n' {command}");
        let output = run(scrubbed(Path::new("sh")).args(["-c", &printed]));
        let words = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(words, format!("{root}/trigger-ctl.sh\nbackup\n--scheduled\n"), "{text:?}");
    }
}

/// systemd looks for the command where it is, and says so because there is none.
#[test]
fn systemd_reads_the_units_of_whatever_is_taken() {
    let Some(analyze) = tool("systemd-analyze") else { return };
    for (key, text) in taken(OF_SCHEDULES) {
        let Some((tree, root, project)) = scheduled(key, &text, "systemd") else { continue };
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut units = Vec::new();
        for (path, file) in &tree.files {
            let Some(name) = path.as_str().strip_prefix("docker/backup/systemd/") else { continue };
            std::fs::write(folder.path().join(name), &file.bytes).expect("a unit");
            units.push(folder.path().join(name));
        }
        assert_eq!(units.len(), 3, "{text:?}");
        let mut command = scrubbed(&analyze);
        command.args(["verify", "--man=no", "--recursive-errors=no"]).args(&units);
        command.env("SYSTEMD_UNIT_PATH", format!("{}:", folder.path().display()));
        let said = String::from_utf8_lossy(&run(&mut command).stderr).into_owned();
        let ours: Vec<&str> = said.lines().filter(|it| it.contains(&project)).collect();
        let missing = format!("Command {root}/trigger-ctl.sh is not executable");
        assert_eq!(ours.len(), 2, "{} {text:?}: {said}", key.pointer);
        assert!(ours.iter().all(|it| it.contains(&missing)), "{} {text:?}: {said}", key.pointer);
    }
}

/// The picture has the same boxes and arrows, however its machines and networks are called.
#[test]
fn mermaid_draws_the_picture_of_whatever_is_taken() {
    let keys = ["/docker/project", "/docker/topology", "/docker/root"];
    let mut pictures: BTreeMap<String, &str> = BTreeMap::new();
    for (key, text) in taken(&keys) {
        let Some(tree) = tree(key, &text) else { continue };
        pictures.insert(picture(tree.get("RUNBOOK.md").expect("a runbook").text()), key.pointer);
    }
    assert!(pictures.len() > keys.len(), "{}", pictures.len());
    let texts: Vec<String> = pictures.keys().cloned().collect();
    let Some(seen) = parsed(&texts) else { return };
    let mut sizes: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for ((text, key), seen) in pictures.iter().zip(&seen) {
        assert!(seen["fault"].is_null(), "{}: {text}", seen["fault"]);
        let boxes = seen["boxes"].as_object().map_or(0, serde_json::Map::len);
        let size = (boxes, seen["arrows"].as_array().map_or(0, Vec::len));
        assert_eq!(*sizes.entry(key).or_insert(size), size, "{text}");
    }
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
