//! What a service is, told by its image, else by its name.

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

/// The last part of an image's name, or the name of a service, and what it says.
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
    ("s2", Role::S2),
    ("electric", Role::Electric),
    ("registry", Role::Registry),
    ("docker-socket-proxy", Role::SocketProxy),
    ("docker-proxy", Role::SocketProxy),
];

impl Role {
    /// What an image is, else what the name of its service says.
    pub(super) fn of(image: &str, service: &str) -> Self {
        let last = images::bare(image).rsplit('/').next().unwrap_or_default();
        let find = |name: &str| NAMES.iter().find(|(it, _)| *it == name).map(|(_, role)| *role);
        find(last).or_else(|| find(service)).unwrap_or(Self::Other)
    }

    /// Whether it keeps data that no run may reach.
    pub(in crate::proof) fn is_data_store(self) -> bool {
        matches!(self, Self::Postgres | Self::Redis | Self::Clickhouse | Self::Electric)
    }
}
