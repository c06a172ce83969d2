//! The secret store as data: what its file says, before anything is missing or not.

use crate::fingerprint::FingerprintKey;
use crate::value::{Scalar, SecretName};
use crate::yaml::{Kind, Node};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// What a store file says.
#[derive(Clone)]
pub struct Draft {
    /// Whether its values are visibly fake, for an example site.
    pub example: bool,
    /// The site that it belongs to.
    pub site: String,
    key: Option<FingerprintKey>,
    key_text: Zeroizing<String>,
    values: BTreeMap<SecretName, Zeroizing<String>>,
    hashes: BTreeMap<SecretName, Hashed>,
}

/// The bcrypt hash of a password, and which password it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    /// Fingerprint of the password.
    pub of: String,
    /// The hash.
    pub bcrypt: String,
}

/// Version of the format of the store.
const FORMAT: &str = "1";

impl Draft {
    /// An empty store for a site.
    pub fn new(site: &str) -> Self {
        let key_text = Zeroizing::new(String::new());
        Self {
            example: false,
            site: site.into(),
            key: None,
            key_text,
            values: BTreeMap::new(),
            hashes: BTreeMap::new(),
        }
    }

    /// The value of a name.
    pub fn value(&self, name: &SecretName) -> Option<&str> {
        self.values.get(name).map(|it| it.as_str())
    }

    /// Every name, in order.
    pub fn names(&self) -> impl Iterator<Item = &SecretName> {
        self.values.keys()
    }

    /// Sets a value. Deciding whether it may change is the caller's.
    pub fn set(&mut self, name: SecretName, value: String) {
        self.values.insert(name, Zeroizing::new(value));
    }

    /// The key of fingerprints; a store that was read or filled has one.
    pub fn fingerprint_key(&self) -> &FingerprintKey {
        self.key.as_ref().expect("bug in trigger-gen: a store is filled before it is used")
    }

    /// Whether the store has the key of fingerprints.
    pub(super) fn has_key(&self) -> bool {
        self.key.is_some()
    }

    pub(super) fn set_key(&mut self, key: String) {
        self.key = Some(FingerprintKey::new(key.clone()));
        self.key_text = Zeroizing::new(key);
    }

    /// The hash of a password, if it is the hash of the password that is there now.
    pub fn bcrypt(&self, name: &SecretName) -> Option<&str> {
        let (value, key) = (self.value(name)?, self.key.as_ref()?);
        let of = key.of(name.as_str(), value.as_bytes());
        self.hashes.get(name).filter(|it| it.of == of).map(|it| it.bcrypt.as_str())
    }

    pub(super) fn set_hash(&mut self, name: SecretName, hashed: Hashed) {
        self.hashes.insert(name, hashed);
    }

    /// Reads a store. The reason never holds a value.
    pub fn read(text: &str) -> Result<Self, String> {
        let root = crate::yaml::read(text)
            .map_err(|_| "it is not the YAML of a secret store".to_owned())?;
        let Kind::Map(entries) = &root.kind else { return Err("it is not a mapping".into()) };
        let mut draft = Self::new("");
        let mut format = None;
        for (key, node) in entries {
            match key.name.as_str() {
                "example" => draft.example = matches!(node.kind, Kind::Bool(true)),
                "format" => format = Some(text_of(node)?),
                "site" => draft.site = text_of(node)?,
                "fingerprint_key" => draft.set_key(text_of(node)?),
                "values" => draft.values = values(node)?,
                "hashes" => draft.hashes = hashes(node)?,
                other => {
                    return Err(format!(
                        "it has a key `{}` that no store has",
                        other.escape_debug()
                    ));
                }
            }
        }
        match format.as_deref() {
            Some(FORMAT) if draft.has_key() => Ok(draft),
            Some(FORMAT) => Err("it has no `fingerprint_key`".into()),
            Some(_) => Err("its format is newer than this trigger-gen".into()),
            None => Err("it has no `format`, so it is not a secret store".into()),
        }
    }

    /// The file. `example` comes first, so that nobody mistakes one for real.
    pub fn write(&self) -> Zeroizing<String> {
        let quoted = |text: &str| crate::yaml::write(&text).trim_end().to_owned();
        let mut out = Zeroizing::new(String::new());
        if self.example {
            out.push_str("example: true\n");
        }
        out.push_str(HEADER);
        out.push_str(&format!(
            "format: {FORMAT}\nsite: {}\nfingerprint_key: \"{}\"\n",
            quoted(&self.site),
            self.key_text.as_str()
        ));
        out.push_str("values:\n");
        for (name, value) in &self.values {
            out.push_str(&format!("  {name}: {}\n", in_quotes(value)));
        }
        if !self.hashes.is_empty() {
            out.push_str("hashes:\n");
        }
        for (name, hashed) in &self.hashes {
            out.push_str(&format!(
                "  {name}: {{ of: \"{}\", bcrypt: \"{}\" }}\n",
                hashed.of, hashed.bcrypt
            ));
        }
        out
    }
}

/// What the file tells whoever opens it.
const HEADER: &str = "# The secret store of one site. trigger-gen reads it, adds what is missing, and never changes a value.\n\
# Keep a copy where the server cannot lose it: without ENCRYPTION_KEY nothing that users stored can be read again.\n";

/// A double-quoted YAML string on one line.
fn in_quotes(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON, and JSON is YAML")
}

fn text_of(node: &Node) -> Result<String, String> {
    match &node.kind {
        Kind::Text(text) => Ok(text.clone()),
        Kind::Number(number) => Ok(number.clone()),
        _ => Err("one of its values is not a text".into()),
    }
}

fn values(node: &Node) -> Result<BTreeMap<SecretName, Zeroizing<String>>, String> {
    let mut values = BTreeMap::new();
    for (name, node) in named(node)? {
        let Kind::Text(value) = &node.kind else {
            return Err(format!("the value of {name} is not a quoted text"));
        };
        if values.insert(name.clone(), Zeroizing::new(value.clone())).is_some() {
            return Err(format!("{name} stands in it twice"));
        }
    }
    Ok(values)
}

fn hashes(node: &Node) -> Result<BTreeMap<SecretName, Hashed>, String> {
    let one = |(name, node): (SecretName, &Node)| {
        let Kind::Map(entries) = &node.kind else {
            return Err(format!("the hash of {name} is not a mapping"));
        };
        let field = |key: &str| {
            entries.iter().find(|(it, _)| it.name == key).map(|(_, node)| text_of(node)).transpose()
        };
        match (field("of")?, field("bcrypt")?) {
            (Some(of), Some(bcrypt)) => Ok((name, Hashed { of, bcrypt })),
            _ => Err(format!("the hash of {name} is incomplete")),
        }
    };
    named(node)?.into_iter().map(one).collect()
}

fn named(node: &Node) -> Result<Vec<(SecretName, &Node)>, String> {
    let Kind::Map(entries) = &node.kind else {
        return Err("`values` and `hashes` are mappings".into());
    };
    entries
        .iter()
        .map(|(key, node)| match SecretName::from_text(&key.name) {
            Ok(name) => Ok((name, node)),
            Err(_) => Err(format!("`{}` is not the name of a secret", key.name.escape_debug())),
        })
        .collect()
}
