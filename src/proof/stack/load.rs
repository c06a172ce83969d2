//! From the files of a tree to services, networks and volumes.

use super::dotenv::Dotenv;
use super::service::{Service, scalar};
use super::text::{self, Reference, Text};
use super::{File, Network, Stack, Trouble, Volume};
use crate::release::env;
use crate::tree::{OutPath, Tree};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the strings of one compose file are read with.
pub(super) struct Scope<'a> {
    pub(super) file: usize,
    pub(super) variables: &'a BTreeMap<String, String>,
    /// Whether secrets in `variables` are placeholders.
    withheld: bool,
    tree: &'a Tree,
    folder: &'a str,
    project: &'a str,
    networks: &'a BTreeMap<String, Network>,
}

impl Scope<'_> {
    /// A string with its variables put in.
    pub(super) fn text(&self, raw: &str) -> Text {
        let mut named = Vec::new();
        if self.withheld && raw.contains('$') {
            text::references(raw, &mut named);
        }
        let is_placeholder = |it: &Reference| {
            let value = self.variables.get(&it.name);
            value.is_some_and(|value| super::is_placeholder(value))
        };
        Text {
            raw: raw.to_owned(),
            value: text::resolve(raw, self.variables),
            opaque: named.iter().any(is_placeholder),
        }
    }

    /// A string with nothing in the place of what is missing.
    pub(super) fn lenient(&self, raw: &str) -> String {
        text::resolve_leniently(raw, self.variables)
    }

    /// The variables of `env_file`, as far as the files are there.
    pub(super) fn of_env_files(&self, value: Option<&Value>) -> BTreeMap<String, Text> {
        let mut variables = BTreeMap::new();
        for path in env_files(value) {
            let Some(path) = super::joined(self.folder, &self.lenient(&path)) else { continue };
            let Some(file) = self.tree.get(&path) else { continue };
            for entry in Dotenv::read(&path, file.text()).entries {
                let opaque = self.withheld && super::is_placeholder(&entry.value);
                let text = Text { raw: entry.value.clone(), value: Some(entry.value), opaque };
                variables.insert(entry.key, text);
            }
        }
        variables
    }

    /// The name that Docker knows a network by.
    pub(super) fn real_network(&self, key: &str) -> String {
        match self.networks.get(key) {
            Some(network) => network.real.clone(),
            None => format!("{}_{key}", self.project),
        }
    }
}

/// The paths of `env_file` in any of its forms.
pub(super) fn env_files(value: Option<&Value>) -> Vec<String> {
    let path = |it: &Value| scalar(it).or_else(|| it.get("path").and_then(scalar));
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(path).collect(),
        Some(other) => path(other).into_iter().collect(),
        None => Vec::new(),
    }
}

/// Whether a file is one that `docker compose` finds by its name.
fn is_found_by_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    matches!(name, "docker-compose.yml" | "docker-compose.yaml" | "compose.yml" | "compose.yaml")
}

/// Whether a file is a compose file: one that is found by its name, or, in a folder without such a one, any that
/// is called after it. Beside the first the second changes it, and is no stack of its own.
pub(in crate::proof) fn is_compose(tree: &Tree, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let called = name.contains("compose") && (name.ends_with(".yml") || name.ends_with(".yaml"));
    let beside =
        |it: &OutPath| folder(it.as_str()) == folder(path) && is_found_by_name(it.as_str());
    is_found_by_name(path) || (called && !tree.files.keys().any(beside))
}

pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Reads every compose file of a tree into a stack.
pub(super) fn load(stack: &mut Stack<'_>) {
    let tree = stack.tree;
    for (path, file) in tree.files.iter().filter(|(path, _)| is_compose(tree, path.as_str())) {
        match stack.document(path, file.text()) {
            Ok(document) if document.is_object() => compose_file(stack, path, &document),
            Ok(_) => stack.troubles.push(Trouble::of(path, None, "is not a mapping")),
            Err(reason) => {
                let what = format!("is not the YAML of a compose file: {reason}");
                stack.troubles.push(Trouble::of(path, None, what));
            }
        }
    }
}

fn compose_file(stack: &mut Stack<'_>, path: &OutPath, document: &Value) {
    let folder = folder(path.as_str());
    let dotenv = dotenv_of(stack, folder);
    let none = BTreeMap::new();
    let variables = dotenv.map_or(&none, |it| &stack.dotenvs[it].values);
    let named = document.get("name").and_then(scalar);
    let project = named.as_deref().map(|it| text::resolve_leniently(it, variables));
    let fallback = folder.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let default = project.clone().unwrap_or(fallback);
    let networks = declared(document, "networks", |key, it| Network {
        real: real_name(key, it, &default, variables),
        internal: it.get("internal") == Some(&Value::Bool(true)),
        external: is_external(it),
        written: it.clone(),
    });
    let volumes = declared(document, "volumes", |key, it| Volume {
        real: real_name(key, it, &default, variables),
        external: is_external(it),
        written: it.clone(),
    });
    let scope = Scope {
        file: stack.files.len(),
        variables,
        withheld: stack.context.withheld,
        tree: stack.tree,
        folder,
        project: &default,
        networks: &networks,
    };
    let empty = Map::new();
    let entries = document.get("services").and_then(Value::as_object).unwrap_or(&empty);
    let mut services: Vec<Service> =
        entries.iter().map(|(name, it)| Service::read(name, it, &scope)).collect();
    let mut references = Vec::new();
    let stray = collect(document, &mut references);
    pass_through(document, &mut references);
    let env_files = entries
        .values()
        .flat_map(|it| env_files(it.get("env_file")))
        .filter_map(|it| super::joined(folder, &it))
        .collect();
    let host = host_of(stack, folder, dotenv);
    services.iter_mut().for_each(|it| it.host = host);
    stack.services.extend(services);
    stack.files.push(File {
        path: path.to_string(),
        project,
        default_project: default,
        host,
        dotenv,
        networks,
        volumes,
        references,
        refused: super::keys::refused(document),
        written: document.clone(),
        stray,
        env_files,
    });
}

fn declared<T>(
    document: &Value,
    section: &str,
    read: impl Fn(&str, &Value) -> T,
) -> BTreeMap<String, T> {
    let entries = document.get(section).and_then(Value::as_object);
    entries.into_iter().flatten().map(|(key, it)| (key.clone(), read(key, it))).collect()
}

fn is_external(value: &Value) -> bool {
    value.get("external").is_some_and(|it| *it != Value::Bool(false))
}

fn real_name(
    key: &str,
    value: &Value,
    project: &str,
    variables: &BTreeMap<String, String>,
) -> String {
    let in_external = value.get("external").and_then(|it| it.get("name"));
    match value.get("name").or(in_external).and_then(scalar) {
        Some(name) => text::resolve_leniently(&name, variables),
        None if is_external(value) => key.to_owned(),
        None => format!("{project}_{key}"),
    }
}

/// Every variable that any string of a document names; whether any string has a stray `$`.
fn collect(value: &Value, found: &mut Vec<Reference>) -> bool {
    match value {
        Value::String(it) if it.contains('$') => text::references(it, found),
        Value::Array(items) => items.iter().fold(false, |stray, it| collect(it, found) | stray),
        Value::Object(entries) => {
            entries.values().fold(false, |stray, it| collect(it, found) | stray)
        }
        _ => false,
    }
}

/// Variables that a service names without a value are taken from `.env` too.
fn pass_through(document: &Value, found: &mut Vec<Reference>) {
    let services = document.get("services").and_then(Value::as_object);
    for service in services.into_iter().flat_map(Map::values) {
        let names: Vec<String> = match service.get("environment") {
            Some(Value::Object(entries)) => entries
                .iter()
                .filter(|(_, it)| it.is_null())
                .map(|(name, _)| name.clone())
                .collect(),
            Some(Value::Array(items)) => {
                items.iter().filter_map(scalar).filter(|it| !it.contains('=')).collect()
            }
            _ => Vec::new(),
        };
        found.extend(names.into_iter().map(|name| Reference { name, has_fallback: true }));
    }
}

/// The file of variables of a folder: its own, else that of the folder above; without either, and
/// where secrets may be missing, the redacted twin.
fn dotenv_of(stack: &mut Stack<'_>, own: &str) -> Option<usize> {
    let above = folder(own);
    let folders = if own == above { vec![own] } else { vec![own, above] };
    let names: &[&str] =
        if stack.context.withheld { &[".env", ".env.redacted"] } else { &[".env"] };
    let mut paths = names.iter().flat_map(|name| folders.iter().map(move |it| (*it, *name)));
    let path = paths.find_map(|(folder, name)| {
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        stack.tree.get(&path).map(|_| path)
    })?;
    if let Some(known) = stack.dotenvs.iter().position(|it| it.path == path) {
        return Some(known);
    }
    let mut file = Dotenv::read(&path, stack.tree.get(&path)?.text());
    file.redacted = path.ends_with(".redacted");
    for line in &file.broken {
        let what = "is neither a comment nor a variable";
        stack.troubles.push(Trouble { path: path.clone(), line: Some(*line), what: what.into() });
    }
    stack.dotenvs.push(file);
    Some(stack.dotenvs.len() - 1)
}

/// Which server a compose file is for: the folder of its `.env`, or the one above `webapp` and `worker`.
fn host_of(stack: &mut Stack<'_>, own: &str, dotenv: Option<usize>) -> usize {
    let last = own.rsplit('/').next().unwrap_or_default();
    let beside = dotenv.map(|it| folder(&stack.dotenvs[it].path).to_owned());
    let place = match beside {
        Some(place) if place != own => place,
        _ if matches!(last, "webapp" | "worker") => folder(own).to_owned(),
        _ => own.to_owned(),
    };
    match stack.hosts.iter().position(|it| *it == place) {
        Some(known) => known,
        None => {
            stack.hosts.push(place);
            stack.hosts.len() - 1
        }
    }
}

/// The key of `.env` that names the release.
pub(super) const TAG: &str = env::TRIGGER_IMAGE_TAG;
