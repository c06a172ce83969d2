//! Which secrets a site needs, and what each has to be.

use super::{Clickhouse, ObjectStore, ObjectStoreKind, Postgres, Redis, Registry, Site};
use crate::release::env;
use crate::value::{Scalar, SecretName};

/// A secret that the site cannot be rendered without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its name in the store.
    pub name: SecretName,
    /// Where it comes from.
    pub origin: Use,
}

/// Where a secret comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// trigger-gen makes it: 32 hexadecimal characters.
    Generated,
    /// The author supplies it, named at this key of the spec.
    Supplied(String),
}

impl Site {
    /// Every secret that the site needs, generated ones first, each name once.
    pub fn needed_secrets(&self) -> Vec<Needed> {
        if !self.writes_secrets() {
            return Vec::new();
        }
        let generated = self
            .generated_names()
            .into_iter()
            .map(|name| Needed { name: generated(name), origin: Use::Generated });
        let mut needed: Vec<Needed> = generated.collect();
        for (name, route) in &self.supplied {
            if !needed.iter().any(|it| it.name == *name) {
                needed.push(Needed { name: name.clone(), origin: Use::Supplied(route.clone()) });
            }
        }
        needed
    }

    /// The secrets that trigger-gen makes for this site.
    pub fn generated_names(&self) -> Vec<&'static str> {
        let storage = &self.storage;
        let mut names = vec![
            env::SESSION_SECRET,
            env::MAGIC_LINK_SECRET,
            env::ENCRYPTION_KEY,
            env::MANAGED_WORKER_SECRET,
        ];
        let bundled = [
            (matches!(storage.postgres, Postgres::Bundled { .. }), env::POSTGRES_PASSWORD),
            (matches!(storage.redis, Redis::Bundled), env::REDIS_PASSWORD),
            (matches!(storage.clickhouse, Clickhouse::Bundled { .. }), env::CLICKHOUSE_PASSWORD),
            (
                matches!(storage.object_store, ObjectStore::Bundled(_)),
                env::OBJECT_STORE_SECRET_ACCESS_KEY,
            ),
            (matches!(storage.registry, Registry::Bundled(_)), env::DOCKER_REGISTRY_PASSWORD),
        ];
        names.extend(bundled.into_iter().filter_map(|(is, name)| is.then_some(name)));
        names
    }

    /// Passwords whose bcrypt hash a file of the output holds.
    pub fn hashed_secrets(&self) -> Vec<SecretName> {
        match self.storage.registry {
            Registry::Bundled(_) => vec![generated(env::DOCKER_REGISTRY_PASSWORD)],
            Registry::External(_) => Vec::new(),
        }
    }

    /// Whether the bundled object store is `MinIO`, whose bucket a second container creates.
    pub fn has_minio(&self) -> bool {
        matches!(&self.storage.object_store, ObjectStore::Bundled(it) if it.kind == ObjectStoreKind::Minio)
    }
}

/// The name of a secret that trigger-gen makes.
pub fn generated(name: &str) -> SecretName {
    SecretName::from_text(name).expect("bug in trigger-gen: a generated secret whose name is none")
}

/// Whether a value may be the secret of a name; says what it must be instead.
pub fn form_of(name: &str, value: &str) -> Result<(), &'static str> {
    let four = [
        env::SESSION_SECRET,
        env::MAGIC_LINK_SECRET,
        env::ENCRYPTION_KEY,
        env::MANAGED_WORKER_SECRET,
    ];
    match value {
        _ if value.trim().is_empty() => Err("it is blank"),
        _ if value.contains(['\n', '\r', '\0']) => Err("it holds a line break or a zero byte"),
        _ if name == env::ENCRYPTION_KEY && value.len() != 32 => {
            Err("the webapp wants exactly 32 bytes")
        }
        _ if four.contains(&name) && value.len() < 16 => Err("it is shorter than 16 bytes"),
        _ => Ok(()),
    }
}
