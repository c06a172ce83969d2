//! docker compose itself (`docker-compose config`, no engine needed) on every emitted pair of `.env` and compose files.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Map, Value};

use super::{Tree, dotenv, entries, files_with_extension, inputs, run, scrubbed, tool, trees};

/// A set of compose files that somebody passes together, with the `.env` that belongs to them.
pub(super) struct Stack {
    pub(super) name: String,
    pub(super) files: Vec<PathBuf>,
    pub(super) env: PathBuf,
}

impl Stack {
    /// The rendered stack; needs docker compose.
    pub(super) fn config(&self) -> Value {
        let files: Vec<&Path> = self.files.iter().map(PathBuf::as_path).collect();
        compose_config(&files, &self.env)
    }
}

/// Every way in which the compose files of a tree are used: each alone, those of one host together.
pub(super) fn stacks(tree: &Tree) -> Vec<Stack> {
    let stack = |files: Vec<PathBuf>, env: &Path| {
        let names: Vec<_> = files
            .iter()
            .map(|file| file.strip_prefix(&tree.dir).expect("inside").display())
            .collect();
        Stack { name: format!("{}: {names:?}", tree.name), files, env: env.to_owned() }
    };
    let hosts = std::iter::once(tree.dir.join("docker")).chain(entries(&tree.dir.join("workers")));
    let mut stacks = Vec::new();
    for host in hosts {
        let env = host.join(".env");
        let mut files = files_with_extension(&host, "yml");
        files.retain(|file| file.ends_with("docker-compose.yml"));
        stacks.extend(files.iter().map(|file| stack(vec![file.clone()], &env)));
        if files.len() > 1 {
            files.sort_by_key(|file| !file.ends_with("webapp/docker-compose.yml"));
            stacks.push(stack(files, &env));
        }
    }
    stacks
}

/// The stacks of every tree that has any.
pub(super) fn all_stacks() -> Vec<Stack> {
    inputs("compose files", trees().iter().flat_map(stacks).collect())
}

/// What docker compose makes of these files and this `.env`, as the containers get it (`$$` is `$` again).
///
/// # Panics
/// Where compose refuses or warns, and where it is not installed: ask `tool("docker-compose")` first.
pub(crate) fn compose_config(files: &[&Path], env: &Path) -> Value {
    let output = docker_compose(files, env);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaint.is_empty(),
        "docker compose config {files:?}:\n{complaint}"
    );
    unescaped(serde_json::from_slice(&output.stdout).expect("JSON from docker compose"))
}

fn docker_compose(files: &[&Path], env: &Path) -> Output {
    let mut command = scrubbed(&tool("docker-compose").expect("docker-compose"));
    command.arg("--env-file").arg(env);
    for file in files {
        command.arg("-f").arg(file);
    }
    run(command.args(["config", "--format", "json"]))
}

fn unescaped(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace("$$", "$")),
        Value::Array(items) => items.into_iter().map(unescaped).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(key, value)| (key, unescaped(value))).collect()
        }
        other => other,
    }
}

/// The services of a rendered stack whose image's name, without registry and tag, is one of `images`.
pub(super) fn services<'a>(config: &'a Value, image: &str) -> Vec<&'a Value> {
    let name_of = |service: &Value| {
        let reference = service["image"].as_str().expect("an image");
        let name = reference.rsplit('/').next().expect("a name");
        name.split([':', '@']).next().expect("a name").to_owned()
    };
    services_of(config).values().filter(|service| name_of(service) == image).collect()
}

fn services_of(config: &Value) -> &Map<String, Value> {
    config["services"].as_object().expect("services")
}

#[test]
fn accepts_every_file_alone_and_together_without_a_warning() {
    if tool("docker-compose").is_none() {
        return;
    }
    for stack in all_stacks() {
        assert!(!services_of(&stack.config()).is_empty(), "{}: no service", stack.name);
    }
}

#[test]
fn no_container_gets_an_empty_variable() {
    if tool("docker-compose").is_none() {
        return;
    }
    for stack in all_stacks() {
        for (service, body) in services_of(&stack.config()) {
            for (variable, value) in body["environment"].as_object().into_iter().flatten() {
                assert!(
                    !matches!(value.as_str(), None | Some("")),
                    "{}: {service}: {variable} is {value}",
                    stack.name
                );
            }
        }
    }
}

#[test]
fn a_missing_variable_stops_it() {
    if tool("docker-compose").is_none() {
        return;
    }
    let stack = all_stacks().remove(0);
    let files: Vec<&Path> = stack.files.iter().map(PathBuf::as_path).collect();
    let output = docker_compose(&files, Path::new("/dev/null"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && complaint.contains("is missing a value"),
        "{}: {complaint}",
        stack.name
    );
}

#[test]
fn every_key_of_dotenv_is_read_as_it_was_meant() {
    if tool("docker-compose").is_none() {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let probe = folder.path().join("probe.yml");
    for stack in all_stacks() {
        let meant = dotenv::read(&stack.env);
        let environment: Map<String, Value> =
            meant.keys().map(|key| (key.clone(), format!("${{{key}}}").into())).collect();
        let body = serde_json::json!({ "services": { "probe": { "image": "none", "environment": environment } } });
        std::fs::write(&probe, body.to_string()).expect("a temporary file");
        let seen = compose_config(&[&probe], &stack.env);
        assert_eq!(
            seen["services"]["probe"]["environment"],
            serde_json::json!(meant),
            "{}",
            stack.name
        );
    }
}

#[test]
fn every_container_gets_the_environment_that_its_file_spells() {
    if tool("docker-compose").is_none() {
        return;
    }
    let mut compared = 0;
    for stack in all_stacks() {
        let variables = dotenv::read(&stack.env);
        let config = stack.config();
        for file in &stack.files {
            let text = std::fs::read_to_string(file).expect("a compose file");
            let written: Value = serde_yaml::from_str(&text)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            for (service, body) in services_of(&written) {
                let Some(environment) = body.get("environment") else { continue };
                for (variable, value) in
                    environment.as_object().expect("a map, as all that are emitted")
                {
                    let spelt = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    let seen = &config["services"][service]["environment"][variable];
                    assert_eq!(
                        seen,
                        &dotenv::interpolate(&spelt, &variables),
                        "{}: {service}: {variable}",
                        stack.name
                    );
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 0, "no environment was compared");
}
