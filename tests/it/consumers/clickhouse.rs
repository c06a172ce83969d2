//! The real ClickHouse engine started with the emitted XML, mounted where the emitted compose file mounts it: every
//! setting that the files name must be what the engine says it runs with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Output;

use quick_xml::events::Event;
use serde_json::Value;

use super::compose::{Stack, all_stacks, services};
use super::{files_with_extension, inputs, root, run, scrubbed, tool};

const SERVER_DIR: &str = "/etc/clickhouse-server/";

/// Sections of `config.d` that `system.server_settings` does not hold, or that the embedded engine decides itself.
const NOT_REPORTED: &[&str] =
    &["backups", "listen_host", "logger", "storage_configuration", "user_directories"];

/// Settings that are put to work where a server starts, which the embedded engine is not: it reads them (`changed`)
/// and shows 0.
const SERVER_ONLY: &[&str] = &[
    "concurrent_threads_soft_limit_num",
    "concurrent_threads_soft_limit_ratio_to_cores",
    "max_concurrent_queries",
];

/// The emitted files by where the server finds them, relative to its configuration folder.
type Mounts = BTreeMap<String, PathBuf>;

fn mounts(clickhouse: &Value) -> Mounts {
    let volumes = clickhouse["volumes"].as_array().into_iter().flatten();
    volumes
        .filter_map(|volume| {
            let target = volume["target"].as_str()?.strip_prefix(SERVER_DIR)?;
            Some((target.to_owned(), PathBuf::from(volume["source"].as_str()?)))
        })
        .collect()
}

/// Each stack that runs ClickHouse, with its configuration files.
fn clickhouse_stacks() -> Vec<(Stack, Mounts)> {
    let with_mounts =
        all_stacks().into_iter().filter(|stack| stack.files.len() == 1).filter_map(|stack| {
            let config = stack.config();
            let mounts = mounts(services(&config, "clickhouse-server").first()?);
            Some((stack, mounts))
        });
    inputs("stacks with ClickHouse", with_mounts.collect())
}

fn start(mounts: &Mounts) -> Output {
    let mut command = scrubbed(&tool("chdb-python").expect("chdb-python"));
    command.arg(root().join("tests/consumers/clickhouse_settings.py"));
    run(command.args(mounts.iter().map(|(target, file)| format!("{target}={}", file.display()))))
}

/// What the engine says it runs with: see the script.
fn report(mounts: &Mounts) -> Value {
    let output = start(mounts);
    assert!(output.status.success(), "{mounts:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON from the engine")
}

/// What a configuration file says, by dotted path below `<clickhouse>`; an element that is taken out maps to `None`.
fn settings(file: &Path) -> BTreeMap<String, Option<String>> {
    let text =
        std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut reader = quick_xml::Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let (mut path, mut found) = (Vec::<String>::new(), BTreeMap::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{}: {error}", file.display())) {
            Event::Start(element) => {
                path.push(element.name().as_ref().to_owned());
                if element.try_get_attribute("remove").expect("attributes").is_some() {
                    found.insert(path[1..].join("."), None);
                }
            }
            Event::Text(text) => {
                let text = text.trim().to_owned();
                if !text.is_empty() {
                    found.insert(path[1..].join("."), Some(text));
                }
            }
            Event::GeneralRef(reference) => {
                panic!("a reference, {reference:?}, that this reader does not know")
            }
            Event::End(_) => drop(path.pop()),
            Event::Eof => return found,
            _ => {}
        }
    }
}

/// The engine writes `1` for `true` and `0.8` for `0.80`.
fn same(written: &str, reported: &str) -> bool {
    let number = |text: &str| match text {
        "true" => Some(1.0),
        "false" => Some(0.0),
        other => other.parse::<f64>().ok(),
    };
    written == reported || number(written).is_some_and(|n| number(reported) == Some(n))
}

fn check_server_setting(path: &str, written: &str, report: &Value) {
    if NOT_REPORTED.contains(&path.split('.').next().expect("a name")) {
        return;
    }
    let seen = match path.strip_prefix("merge_tree.") {
        Some(name) => &report["merge_tree_settings"][name],
        None => &report["server_settings"][path],
    };
    assert_eq!(
        seen["changed"], true,
        "{path} did not arrive, or the engine knows no such setting: {seen}"
    );
    let reported = seen["value"].as_str().expect("a value");
    let arrived = match path {
        _ if SERVER_ONLY.contains(&path) => true,
        // The engine lowers this one to what the machine has, so on a small machine it cannot be seen whole.
        "max_server_memory_usage" => {
            let number = |text: &str| text.parse::<u64>().expect("bytes");
            (1..=number(written)).contains(&number(reported))
        }
        _ => same(written, reported),
    };
    assert!(arrived, "{path}: {written} became {reported}");
}

fn check_profile_setting(path: &str, written: &str, report: &Value) {
    let Some(name) = path.strip_prefix("profiles.default.") else { return };
    let seen = &report["settings"][name];
    assert_eq!(seen["changed"], true, "{name} did not arrive: {seen}");
    assert!(
        same(written, seen["value"].as_str().expect("a value")),
        "{name}: {written} became {seen}"
    );
}

fn check_log(path: &str, written: Option<&str>, report: &Value) {
    let (log, what) = path.split_once('.').unwrap_or((path, ""));
    let ttl = &report["logs"][log];
    match written {
        None => assert!(ttl.is_null(), "{log} was taken out and is still there"),
        Some(expression) if what == "ttl" => {
            let days: String = expression.chars().filter(char::is_ascii_digit).collect();
            assert!(
                ttl.as_str().is_some_and(|ttl| ttl.contains(&format!("({days})"))),
                "{log}: {expression} became {ttl}"
            );
        }
        Some(_) => assert!(!ttl.is_null(), "{log} is configured and not there"),
    }
}

#[test]
fn engine_runs_with_every_setting_that_the_files_name() {
    if tool("docker-compose").is_none() || tool("chdb-python").is_none() {
        return;
    }
    for (_, mounts) in clickhouse_stacks() {
        let report = report(&mounts);
        for (target, file) in &mounts {
            let found = settings(file);
            assert!(!found.is_empty(), "{} says nothing", file.display());
            for (path, written) in &found {
                let is_log =
                    path.split('.').next().is_some_and(|section| section.ends_with("_log"));
                match written.as_deref() {
                    _ if is_log => check_log(path, written.as_deref(), &report),
                    None => panic!("{path} is taken out, and nothing here knows how to see that"),
                    Some(written) if target.starts_with("users.d/") => {
                        check_profile_setting(path, written, &report)
                    }
                    Some(written) => check_server_setting(path, written, &report),
                }
            }
        }
    }
}

#[test]
fn no_system_log_grows_without_end() {
    if tool("docker-compose").is_none() || tool("chdb-python").is_none() {
        return;
    }
    for (stack, mounts) in clickhouse_stacks() {
        let report = report(&mounts);
        let logs = report["logs"].as_object().expect("logs");
        let endless: Vec<&String> =
            logs.iter().filter(|(_, ttl)| *ttl == "").map(|(log, _)| log).collect();
        assert!(endless.is_empty(), "{}: neither off nor with a TTL: {endless:?}", stack.name);
    }
}

#[test]
fn every_emitted_file_is_mounted_where_it_works() {
    if tool("docker-compose").is_none() {
        return;
    }
    for (stack, mounts) in clickhouse_stacks() {
        let folder = stack.env.parent().expect("a folder").join("clickhouse");
        let emitted: BTreeSet<PathBuf> = files_with_extension(&folder, "xml").into_iter().collect();
        let mounted: BTreeSet<PathBuf> = mounts.values().cloned().collect();
        assert_eq!(emitted, mounted, "{}", stack.name);
        for (target, file) in &mounts {
            let has_profiles = settings(file).keys().any(|path| path.starts_with("profiles."));
            assert_eq!(target.starts_with("users.d/"), has_profiles, "{}: {target}", stack.name);
        }
    }
}

/// The controls: a profile setting in `config.d` is ignored, and a misspelt one stops the server.
#[test]
fn engine_ignores_and_refuses_what_it_should() {
    if tool("chdb-python").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("profile.xml");
    let mounted_at = |target: &str| Mounts::from([(target.to_owned(), file.clone())]);
    let write = |setting: &str| {
        let text = format!(
            "<clickhouse><profiles><default><{setting}>77</{setting}></default></profiles></clickhouse>"
        );
        std::fs::write(&file, text).expect("a temporary file");
    };

    write("max_block_size");
    let setting =
        |target| report(&mounted_at(target))["settings"]["max_block_size"]["value"].clone();
    assert_eq!(setting("users.d/override.xml"), "77");
    assert_ne!(setting("config.d/override.xml"), "77");

    write("max_blok_size");
    let refused = start(&mounted_at("users.d/override.xml"));
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("UNKNOWN_SETTING"), "{refused:?}");
}
