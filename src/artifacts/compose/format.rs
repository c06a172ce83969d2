//! The grammar of compose files: what they can say, in the order in which we say it.

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// One compose file.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct Compose {
    pub(super) name: String,
    pub(super) services: Ordered<Service>,
    pub(super) networks: Ordered<Network>,
    #[serde(skip_serializing_if = "Ordered::is_empty")]
    pub(super) volumes: Ordered<Volume>,
}

/// Entries in the order in which a reader should meet them.
#[derive(Debug)]
pub(in crate::artifacts) struct Ordered<T>(pub(super) Vec<(String, T)>);

impl<T> Ordered<T> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Serialize> Serialize for Ordered<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// One container.
#[derive(Debug, Default, Serialize)]
pub(in crate::artifacts) struct Service {
    pub(super) image: Text,
    pub(super) container_name: String,
    pub(super) restart: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) entrypoint: Vec<Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) command: Vec<Text>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) environment: BTreeMap<String, Text>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ports: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) volumes: Vec<Mount>,
    pub(super) networks: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) depends_on: Option<Ordered<Dependency>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) healthcheck: Option<Healthcheck>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stop_grace_period: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) shm_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ulimits: Option<Ulimits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mem_limit: Option<String>,
    pub(super) security_opt: Vec<&'static str>,
    pub(super) logging: Logging,
}

/// What a service waits for.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct Dependency {
    pub(super) condition: &'static str,
}

/// How a container is asked whether it works.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct Healthcheck {
    pub(super) test: Vec<Text>,
    pub(super) interval: &'static str,
    pub(super) timeout: &'static str,
    pub(super) retries: u32,
    pub(super) start_period: &'static str,
}

/// Limits of open files.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct Ulimits {
    pub(super) nofile: Nofile,
}

/// Open files.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct Nofile {
    pub(super) soft: u32,
    pub(super) hard: u32,
}

/// Where output goes, and how much of it is kept.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct Logging {
    driver: &'static str,
    options: BTreeMap<&'static str, &'static str>,
}

/// Five compressed files of 20 MB for each container.
impl Default for Logging {
    fn default() -> Self {
        Self {
            driver: "local",
            options: [("max-size", "20m"), ("max-file", "5"), ("compress", "true")].into(),
        }
    }
}

/// A volume or a file of ours.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(in crate::artifacts) enum Mount {
    /// A named volume: `shared:/home/node/shared`.
    Volume(String),
    /// A file beside the compose file; compose stops when it is not there, and makes no folder of its name.
    File(BindMount),
}

/// A file mounted into a container, read-only.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct BindMount {
    r#type: &'static str,
    source: String,
    target: String,
    read_only: bool,
    bind: BindOptions,
}

#[derive(Debug, Serialize)]
struct BindOptions {
    create_host_path: bool,
}

impl Mount {
    /// A named volume at a path.
    pub(super) fn volume(name: &str, path: &str) -> Self {
        Self::Volume(format!("{name}:{path}"))
    }

    /// A named volume at a path, read-only.
    pub(super) fn read_only_volume(name: &str, path: &str) -> Self {
        Self::Volume(format!("{name}:{path}:ro"))
    }

    /// A file of ours at a path, read-only.
    pub(super) fn file(source: &str, target: &str) -> Self {
        Self::File(BindMount {
            r#type: "bind",
            source: source.into(),
            target: target.into(),
            read_only: true,
            bind: BindOptions { create_host_path: false },
        })
    }
}

/// A network with its real name.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct Network {
    pub(super) name: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) internal: bool,
}

/// A volume with its real name.
#[derive(Debug, Serialize)]
pub(in crate::artifacts) struct Volume {
    pub(super) name: String,
}

/// A string of a compose file, in which `$` begins a substitution.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::artifacts) struct Text(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Literal(String),
    Variable(String),
}

impl Text {
    /// Taken from `.env`; compose stops when it is missing or empty.
    pub(in crate::artifacts) fn variable(key: &str) -> Self {
        Self(vec![Part::Variable(key.into())])
    }

    /// This, then a value from `.env`.
    pub(super) fn then_variable(mut self, key: &str) -> Self {
        self.0.push(Part::Variable(key.into()));
        self
    }

    /// What compose makes of it where this variable has this value.
    pub(super) fn with(&self, key: &str, value: &str) -> String {
        let part = |it: &Part| match it {
            Part::Literal(text) => text.clone(),
            Part::Variable(name) if name == key => value.to_owned(),
            Part::Variable(name) => panic!("bug in trigger-gen: {name} is not known here"),
        };
        self.0.iter().map(part).collect()
    }

    /// The text, where nothing is taken from `.env`.
    pub(in crate::artifacts) fn plain(&self) -> Option<String> {
        let mut out = String::new();
        for part in &self.0 {
            let Part::Literal(text) = part else { return None };
            out.push_str(text);
        }
        Some(out)
    }

    /// This, then text.
    pub(super) fn then(mut self, text: &str) -> Self {
        self.0.push(Part::Literal(text.into()));
        self
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(vec![Part::Literal(text.into())])
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(vec![Part::Literal(text)])
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = self.0.iter().fold(String::new(), |mut out, part| {
            match part {
                Part::Literal(text) => out.push_str(&text.replace('$', "$$")),
                Part::Variable(key) => out.push_str(&format!("${{{key}:?}}")),
            }
            out
        });
        serializer.serialize_str(&written)
    }
}
