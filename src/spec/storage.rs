//! `storage`: everything that keeps data, bundled or external.

use super::env::SecretRef;
use super::read::{choice, section};
use crate::value::{
    BucketName, Domain, Host, ImageRef, Origin, Port, Region, RegistryHost, RegistryNamespace,
    ServerTag, Text,
};

section! {
    /// Databases, object store, streams, realtime and image registry.
    Storage {
        /// The main database. Default: bundled, PostgreSQL 17.
        optional postgres: Postgres,
        /// Queues and locks. Default: bundled.
        optional redis: Redis,
        /// Run list, logs and traces. Default: bundled.
        optional clickhouse: Clickhouse,
        /// Large payloads and outputs. Default: bundled, versitygw.
        optional object_store: ObjectStore,
        /// Realtime streams. Default: `bundled`, which is s2, from release 4.5.2; `v1` below.
        optional streams: Streams,
        /// Who answers realtime subscriptions. Default: `native`, which exists from release 4.5.4.
        optional realtime: Realtime,
        /// Where task images are pushed to and pulled from. Default: bundled at `registry.<domain>`.
        optional registry: Registry,
    }
}

choice! {
    /// The main database.
    Postgres {
        keys {
            /// A container of this stack.
            Bundled = "bundled": BundledPostgres,
            /// A server of your own.
            External = "external": ExternalPostgres,
        }
    }
}

section! {
    /// PostgreSQL as a container of this stack.
    BundledPostgres {
        /// Major version: 17, or 14 for a volume that 14 wrote. The volume is called `<project>-postgres`: copy an
        /// older one into it before the first start. Default: 17.
        #[schemars(extend("enum" = [17, 14]))]
        optional version: u32,
    }
}

section! {
    /// A PostgreSQL server of your own, with `wal_level=logical` and a role that has REPLICATION.
    ExternalPostgres {
        /// The server. Not a pooler: replication needs a direct connection.
        required host: Host,
        /// Its port. Default: 5432.
        optional port: Port,
        /// The database. Default: `trigger`.
        optional database: Text,
        /// The user. Default: `trigger`.
        optional username: Text,
        /// The password of that user.
        required password: SecretRef,
        /// Whether the connection is encrypted. Default: `require`.
        optional tls: PostgresTls,
    }
}

choice! {
    /// Whether a connection to PostgreSQL is encrypted.
    PostgresTls {
        words {
            /// Encrypted, or no connection.
            Require = "require",
            /// Not encrypted: only within a network that you trust.
            Disable = "disable",
        }
    }
}

choice! {
    /// Queues and locks.
    Redis {
        keys {
            /// A container of this stack.
            Bundled = "bundled": BundledRedis,
            /// A server of your own; not a cluster.
            External = "external": ExternalRedis,
        }
    }
}

section! {
    /// Redis as a container of this stack: with a password, an append-only file, and no eviction.
    BundledRedis {}
}

section! {
    /// A Redis server of your own, with `maxmemory-policy noeviction`.
    ExternalRedis {
        /// The server.
        required host: Host,
        /// Its port. Default: 6379.
        optional port: Port,
        /// The user, where the server has several.
        optional username: Text,
        /// The password.
        optional password: SecretRef,
        /// Whether the connection is encrypted. Default: true.
        optional tls: bool,
    }
}

choice! {
    /// Run list, logs and traces.
    Clickhouse {
        keys {
            /// A container of this stack.
            Bundled = "bundled": BundledClickhouse,
            /// A server of your own; one node, not replicated.
            External = "external": ExternalClickhouse,
        }
    }
}

section! {
    /// ClickHouse as a container of this stack.
    BundledClickhouse {
        /// Whether the volume was written by Bitnami's image, whose folders are laid out differently. The volume is
        /// called `<project>-clickhouse`: copy the old one into it before the first start. Default: false.
        optional adopt_bitnami_volume: bool,
    }
}

section! {
    /// A ClickHouse server of your own. Its user must be allowed to create a database.
    ExternalClickhouse {
        /// The server.
        required host: Host,
        /// Its HTTP port. Default: 8443 with TLS, 8123 without.
        optional port: Port,
        /// The user. Default: `default`.
        optional username: Text,
        /// The password of that user.
        required password: SecretRef,
        /// Whether the connection is encrypted. Default: true.
        optional tls: bool,
        /// Version of the server, as `26.2`: some releases need a newer one, and the newest may refuse a migration.
        required version: ServerTag,
    }
}

choice! {
    /// Large payloads and outputs.
    ObjectStore {
        keys {
            /// A container of this stack.
            Bundled = "bundled": BundledObjectStore,
            /// An S3 service of your own.
            External = "external": ExternalObjectStore,
        }
    }
}

section! {
    /// An S3 server as a container of this stack.
    BundledObjectStore {
        /// Which server: `versitygw`, or `minio` for a volume that MinIO wrote. The volume of the latter is called
        /// `<project>-minio`: copy the old one into it before the first start. Default: versitygw.
        optional kind: ObjectStoreKind,
        /// Host name under which programs outside the stack reach it. Without it, large payloads can only be sent
        /// from within: runs, and not your applications.
        optional public_host: Domain,
    }
}

choice! {
    /// An S3 server.
    ObjectStoreKind {
        words {
            /// Versity S3 Gateway: a bucket is a folder.
            Versitygw = "versitygw",
            /// The last community build of MinIO; it is no longer patched.
            Minio = "minio",
        }
    }
}

section! {
    /// An S3 service of your own. Runs and your applications must reach it, and it must hold a bucket named `packets`.
    ExternalObjectStore {
        /// Scheme and host; the bucket is not part of it.
        required endpoint: Origin,
        /// The access key.
        required access_key_id: Text,
        /// The secret of that key.
        required secret_access_key: SecretRef,
        /// The region, where the service has one.
        optional region: Region,
    }
}

choice! {
    /// Realtime streams.
    Streams {
        words {
            /// Streams through Redis, as before release 4.5.2.
            V1 = "v1",
        }
        keys {
            /// A container of this stack that runs `s2 lite`.
            Bundled = "bundled": BundledS2,
            /// A basin at s2.dev.
            Hosted = "hosted": HostedS2,
        }
    }
}

section! {
    /// `s2 lite` as a container of this stack.
    BundledS2 {}
}

section! {
    /// A basin at s2.dev.
    HostedS2 {
        /// The basin, at least 8 characters.
        required basin: BucketName,
        /// The access token.
        required access_token: SecretRef,
    }
}

choice! {
    /// Who answers realtime subscriptions.
    Realtime {
        words {
            /// The webapp itself, from release 4.5.4.
            Native = "native",
        }
        keys {
            /// An Electric container, whose public image is gone: you name one.
            Electric = "electric": Electric,
        }
    }
}

section! {
    /// An Electric container.
    Electric {
        /// The image, from a registry of your own.
        required image: ImageRef,
    }
}

choice! {
    /// Where task images are pushed to and pulled from.
    Registry {
        keys {
            /// A container of this stack, behind a host name with TLS.
            Bundled = "bundled": BundledRegistry,
            /// A registry of your own, such as ghcr.io.
            External = "external": ExternalRegistry,
        }
    }
}

section! {
    /// A registry as a container of this stack.
    BundledRegistry {
        /// Its public host name. Default: `registry.<domain>`.
        optional host: Domain,
        /// The user that pushes and pulls. Default: `trigger`.
        optional username: RegistryNamespace,
        /// The path before image names. Default: `trigger`.
        optional namespace: RegistryNamespace,
    }
}

section! {
    /// A registry of your own. Whoever deploys pushes to it, every worker host pulls from it.
    ExternalRegistry {
        /// Its host.
        required host: RegistryHost,
        /// The organisation or user before image names.
        required namespace: RegistryNamespace,
        /// The user that pulls. Left out for a registry that anybody may read.
        optional username: Text,
        /// The password or token of that user.
        optional password: SecretRef,
    }
}
