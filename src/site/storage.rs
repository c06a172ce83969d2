//! Everything that keeps data, bundled or external.

use crate::value::{
    BucketName, Domain, Host, ImageRef, Origin, Port, Region, RegistryHost, RegistryNamespace,
    SecretName, ServerTag, Text,
};

/// Everything that keeps data.
#[derive(Debug, Clone)]
pub struct Storage {
    /// The main database.
    pub postgres: Postgres,
    /// Queues and locks.
    pub redis: Redis,
    /// Run list, logs and traces.
    pub clickhouse: Clickhouse,
    /// Large payloads and outputs.
    pub object_store: ObjectStore,
    /// Realtime streams.
    pub streams: Streams,
    /// Who answers realtime subscriptions.
    pub realtime: Realtime,
    /// Where task images are.
    pub registry: Registry,
}

/// The main database.
#[derive(Debug, Clone)]
pub enum Postgres {
    /// A container of this stack, of this major version.
    Bundled {
        /// 14 or 17.
        version: u32,
    },
    /// A server of the author's.
    External(ExternalPostgres),
}

/// A PostgreSQL server of the author's.
#[derive(Debug, Clone)]
pub struct ExternalPostgres {
    /// The server.
    pub host: Host,
    /// Its port.
    pub port: Port,
    /// The database.
    pub database: Text,
    /// The user.
    pub username: Text,
    /// Its password.
    pub password: SecretName,
    /// Whether the connection must be encrypted.
    pub tls: bool,
}

/// Queues and locks.
#[derive(Debug, Clone)]
pub enum Redis {
    /// A container of this stack.
    Bundled,
    /// A server of the author's.
    External(ExternalRedis),
}

/// A Redis server of the author's.
#[derive(Debug, Clone)]
pub struct ExternalRedis {
    /// The server.
    pub host: Host,
    /// Its port.
    pub port: Port,
    /// The user, where there are several.
    pub username: Option<Text>,
    /// The password, where there is one.
    pub password: Option<SecretName>,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

/// Run list, logs and traces.
#[derive(Debug, Clone)]
pub enum Clickhouse {
    /// A container of this stack.
    Bundled {
        /// Whether Bitnami's image wrote its volume.
        bitnami_volume: bool,
    },
    /// A server of the author's.
    External(ExternalClickhouse),
}

/// A `ClickHouse` server of the author's.
#[derive(Debug, Clone)]
pub struct ExternalClickhouse {
    /// The server.
    pub host: Host,
    /// Its HTTP port.
    pub port: Port,
    /// The user.
    pub username: Text,
    /// Its password.
    pub password: SecretName,
    /// Whether the connection is encrypted.
    pub tls: bool,
    /// Its version.
    pub version: ServerTag,
}

/// Large payloads and outputs.
#[derive(Debug, Clone)]
pub enum ObjectStore {
    /// A container of this stack.
    Bundled(BundledObjectStore),
    /// A service of the author's.
    External(ExternalObjectStore),
}

/// An S3 server as a container of this stack.
#[derive(Debug, Clone)]
pub struct BundledObjectStore {
    /// Which server.
    pub kind: ObjectStoreKind,
    /// The name under which the world reaches it, if it does.
    pub public_host: Option<Domain>,
}

/// Which S3 server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectStoreKind {
    /// Versity S3 Gateway.
    Versitygw,
    /// The last community build of `MinIO`.
    Minio,
}

/// An S3 service of the author's.
#[derive(Debug, Clone)]
pub struct ExternalObjectStore {
    /// Scheme and host.
    pub endpoint: Origin,
    /// The access key.
    pub access_key_id: Text,
    /// Its secret.
    pub secret_access_key: SecretName,
    /// The region, where there is one.
    pub region: Option<Region>,
}

/// Realtime streams.
#[derive(Debug, Clone)]
pub enum Streams {
    /// Through Redis.
    V1,
    /// `s2 lite` as a container of this stack.
    Bundled,
    /// A basin at s2.dev.
    Hosted {
        /// The basin.
        basin: BucketName,
        /// Its access token.
        access_token: SecretName,
    },
}

/// Who answers realtime subscriptions.
#[derive(Debug, Clone)]
pub enum Realtime {
    /// The webapp itself.
    Native,
    /// An Electric container.
    Electric {
        /// Its image.
        image: ImageRef,
    },
}

/// Where task images are.
#[derive(Debug, Clone)]
pub enum Registry {
    /// A container of this stack.
    Bundled(BundledRegistry),
    /// A registry of the author's.
    External(ExternalRegistry),
}

/// A registry as a container of this stack.
#[derive(Debug, Clone)]
pub struct BundledRegistry {
    /// Its public host.
    pub host: Domain,
    /// Who pushes and pulls.
    pub username: RegistryNamespace,
    /// The path before image names.
    pub namespace: RegistryNamespace,
}

/// A registry of the author's.
#[derive(Debug, Clone)]
pub struct ExternalRegistry {
    /// Its host.
    pub host: RegistryHost,
    /// The path before image names.
    pub namespace: RegistryNamespace,
    /// Who pulls, and with which password; `None` for a registry that anybody may read.
    pub login: Option<(Text, SecretName)>,
}

impl Registry {
    /// Host, with port where there is one, as image references have it.
    pub fn host(&self) -> &str {
        match self {
            Self::Bundled(it) => it.host.as_str(),
            Self::External(it) => it.host.as_str(),
        }
    }

    /// The path before image names.
    pub fn namespace(&self) -> &str {
        match self {
            Self::Bundled(it) => it.namespace.as_str(),
            Self::External(it) => it.namespace.as_str(),
        }
    }

    /// Whether only the machine itself reaches it.
    pub fn is_loopback(&self) -> bool {
        let host = self.host().split(':').next().unwrap_or_default();
        host == "localhost" || host.starts_with("127.") || host == "0.0.0.0"
    }
}
