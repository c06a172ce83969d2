//! One service of a compose file, in whichever syntax it was written.

use super::load::Scope;
use super::role::Role;
use super::syntax::{self, Logging, Mount, Port};
use super::text::Text;
use serde_json::Value;
use std::collections::BTreeMap;

/// One service.
#[derive(Debug)]
pub(in crate::proof) struct Service {
    /// Its name.
    pub(in crate::proof) name: String,
    /// The file that declares it: an index of `Stack::files`.
    pub(in crate::proof) file: usize,
    /// The server that it runs on: services of one number may share networks.
    pub(in crate::proof) host: usize,
    /// What it is.
    pub(in crate::proof) role: Role,
    /// Its image.
    pub(in crate::proof) image: Text,
    /// Its environment.
    pub(in crate::proof) environment: BTreeMap<String, Text>,
    /// What it publishes.
    pub(in crate::proof) ports: Vec<Port>,
    /// What it mounts.
    pub(in crate::proof) mounts: Vec<Mount>,
    /// The networks that it is on.
    pub(in crate::proof) networks: Vec<Attachment>,
    /// Entrypoint and command, in words.
    pub(in crate::proof) words: Vec<String>,
    /// The name of its container, where one is given.
    pub(in crate::proof) container_name: Option<String>,
    /// Names of hosts that it is given.
    pub(in crate::proof) extra_hosts: Vec<String>,
    /// The services that it waits for.
    pub(in crate::proof) depends_on: Vec<String>,
    /// Whether it uses the network of its host or of another container.
    pub(in crate::proof) borrows_network: bool,
    /// Its limit of memory in bytes.
    pub(in crate::proof) memory: Option<u64>,
    /// Whether its processes cannot gain privileges.
    pub(in crate::proof) no_new_privileges: bool,
    /// Driver and options of its log; `None` where the engine decides.
    pub(in crate::proof) logging: Option<Logging>,
    /// The entry as it was written.
    pub(in crate::proof) written: Value,
}

/// A network that a service is on.
#[derive(Debug)]
pub(in crate::proof) struct Attachment {
    /// Its key in the file.
    pub(in crate::proof) key: String,
    /// Its name for Docker.
    pub(in crate::proof) real: String,
    /// Further names of the service on it.
    pub(in crate::proof) aliases: Vec<String>,
}

impl Service {
    /// What the container gets under a name; `None` also where a variable is missing.
    pub(in crate::proof) fn get(&self, name: &str) -> Option<&str> {
        self.environment.get(name).and_then(|it| it.value.as_deref())
    }

    /// The same, leaving out what stands for a secret that is not known.
    pub(in crate::proof) fn known(&self, name: &str) -> Option<&str> {
        self.environment.get(name).filter(|it| !it.opaque).and_then(|it| it.value.as_deref())
    }

    /// Whether it is on a network of this real name.
    pub(in crate::proof) fn is_on(&self, real: &str) -> bool {
        self.networks.iter().any(|it| it.real == real)
    }

    /// Whether a container on a network of this service finds it under a name.
    pub(in crate::proof) fn answers_to(&self, host: &str, network: &str) -> bool {
        self.networks.iter().filter(|it| it.real == network).any(|it| {
            self.name == host
                || self.container_name.as_deref() == Some(host)
                || it.aliases.iter().any(|alias| alias == host)
        })
    }

    /// Whether its command says `name` and then `value`, joined by `=` or not.
    pub(in crate::proof) fn says(&self, name: &str, value: &str) -> bool {
        self.setting(name) == Some(value)
    }

    /// What its command says after a name, joined by `=` or not.
    pub(in crate::proof) fn setting(&self, name: &str) -> Option<&str> {
        self.words.iter().enumerate().rev().find_map(|(at, word)| {
            let word = word.trim_start_matches('-');
            match word.strip_prefix(name)? {
                "" => self.words.get(at + 1).map(String::as_str),
                rest => rest.strip_prefix('='),
            }
        })
    }

    pub(super) fn read(name: &str, value: &Value, scope: &Scope<'_>) -> Self {
        let text = |key: &str| value.get(key).and_then(scalar).map(|it| scope.text(&it));
        let lenient = |key: &str| text(key).map(|it| scope.lenient(&it.raw));
        let image = text("image").unwrap_or_default();
        let words = ["entrypoint", "command"].into_iter().filter_map(|key| value.get(key));
        Self {
            name: name.to_owned(),
            file: scope.file,
            host: 0,
            role: Role::of(&scope.lenient(&image.raw), name),
            image,
            environment: environment(value, scope),
            ports: items(value, "ports").iter().filter_map(|it| syntax::port(it, scope)).collect(),
            mounts: items(value, "volumes")
                .iter()
                .filter_map(|it| syntax::mount(it, scope))
                .collect(),
            networks: networks(value, scope),
            words: words.flat_map(strings).flat_map(|it| split(&scope.lenient(&it))).collect(),
            container_name: lenient("container_name"),
            extra_hosts: extra_hosts(value),
            depends_on: names(value.get("depends_on")),
            borrows_network: value.get("network_mode").is_some_and(|it| it != "bridge"),
            memory: syntax::memory(value, scope),
            no_new_privileges: items(value, "security_opt").iter().filter_map(scalar).any(|it| {
                matches!(
                    it.replace('=', ":").as_str(),
                    "no-new-privileges:true" | "no-new-privileges"
                )
            }),
            logging: value.get("logging").map(syntax::logging),
            written: value.clone(),
        }
    }
}

/// The texts of a list below a key.
pub(in crate::proof) fn texts<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v str> {
    items(value, key).iter().filter_map(Value::as_str)
}

/// Whether a value says yes, as compose or the socket proxy reads it.
pub(in crate::proof) fn is_yes(value: &Value) -> bool {
    let word = scalar(value).unwrap_or_default().to_ascii_lowercase();
    matches!(word.as_str(), "true" | "yes" | "on" | "y" | "1")
}

/// A scalar as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A list of texts, or one text.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(scalar).collect(),
        other => scalar(other).into_iter().collect(),
    }
}

/// The words of a command, quotes taken off.
fn split(command: &str) -> Vec<String> {
    command.split_whitespace().map(|it| it.trim_matches(['"', '\'']).to_owned()).collect()
}

/// The names of a list, or the keys of a mapping.
fn names(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Array(items)) => items.iter().filter_map(scalar).collect(),
        Some(Value::Object(entries)) => entries.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

fn environment(value: &Value, scope: &Scope<'_>) -> BTreeMap<String, Text> {
    let mut variables: BTreeMap<String, Text> = scope.of_env_files(value.get("env_file"));
    let mut insert = |name: &str, written: Option<String>| match written {
        Some(raw) => {
            variables.insert(name.to_owned(), scope.text(&raw));
        }
        // Without a value it is taken from `.env`, and left out where that has none.
        None if scope.variables.contains_key(name) => {
            variables.insert(name.to_owned(), scope.text(&format!("${{{name}}}")));
        }
        None => {}
    };
    match value.get("environment") {
        Some(Value::Object(entries)) => {
            entries.iter().for_each(|(name, value)| insert(name, scalar(value)));
        }
        Some(Value::Array(items)) => {
            for item in items.iter().filter_map(scalar) {
                match item.split_once('=') {
                    Some((name, value)) => insert(name, Some(value.to_owned())),
                    None => insert(&item, None),
                }
            }
        }
        _ => {}
    }
    variables
}

fn networks(value: &Value, scope: &Scope<'_>) -> Vec<Attachment> {
    let aliases = |key: &str| {
        let it = value.get("networks").and_then(|it| it.get(key));
        it.and_then(|it| it.get("aliases")).map_or_else(Vec::new, strings)
    };
    let mut keys = names(value.get("networks"));
    if keys.is_empty() && value.get("network_mode").is_none() {
        keys.push("default".into());
    }
    keys.into_iter()
        .map(|key| Attachment { real: scope.real_network(&key), aliases: aliases(&key), key })
        .collect()
}

fn extra_hosts(value: &Value) -> Vec<String> {
    let name = |it: String| it.split([':', '=']).next().unwrap_or_default().to_owned();
    names(value.get("extra_hosts")).into_iter().map(name).collect()
}
