//! What a service is, told by its name, else by its image.

use crate::release::images;

/// What a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::proof) enum Role {
    /// Dashboard and API.
    Webapp,
    /// Starts runs.
    Supervisor,
    /// The main database.
    Postgres,
    /// Queues and locks.
    Redis,
    /// Run list, logs and traces.
    Clickhouse,
    /// An S3 server.
    ObjectStore,
    /// The client that makes its bucket.
    ObjectStoreClient,
    /// Streams v2.
    S2,
    /// Realtime, where somebody still runs it.
    Electric,
    /// Where task images are.
    Registry,
    /// Stands before the docker socket.
    SocketProxy,
    /// Anything else.
    Other,
}

/// The name of a service, or the last part of its image's name, and what it says.
const NAMES: &[(&str, Role)] = &[
    ("trigger.dev", Role::Webapp),
    ("webapp", Role::Webapp),
    ("supervisor", Role::Supervisor),
    ("postgres", Role::Postgres),
    ("postgresql", Role::Postgres),
    ("redis", Role::Redis),
    ("valkey", Role::Redis),
    ("clickhouse-server", Role::Clickhouse),
    ("clickhouse", Role::Clickhouse),
    ("versitygw", Role::ObjectStore),
    ("minio", Role::ObjectStore),
    ("object-store", Role::ObjectStore),
    ("mc", Role::ObjectStoreClient),
    ("minio-bucket", Role::ObjectStoreClient),
    ("s2", Role::S2),
    ("electric", Role::Electric),
    ("registry", Role::Registry),
    ("docker-socket-proxy", Role::SocketProxy),
    ("docker-proxy", Role::SocketProxy),
];

impl Role {
    /// What the name of a service says, else what its image is: a mirror calls images as it likes.
    pub(super) fn of(image: &str, service: &str) -> Self {
        let last = images::bare(image).rsplit('/').next().unwrap_or_default();
        let find = |name: &str| NAMES.iter().find(|(it, _)| *it == name).map(|(_, role)| *role);
        find(service).or_else(|| find(last)).unwrap_or(Self::Other)
    }

    /// Whether it keeps data that no run may reach.
    pub(in crate::proof) fn is_data_store(self) -> bool {
        matches!(self, Self::Postgres | Self::Redis | Self::Clickhouse | Self::Electric)
    }
}
