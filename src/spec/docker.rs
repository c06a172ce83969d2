//! `docker`: the same site as Docker Compose stacks.

use super::backup::Backup;
use super::deploy::Deploy;
use super::hardening::Hardening;
use super::proxy::Proxy;
use super::read::{choice, section};
use crate::value::{AddressRange, ByteSize, ImageRef, InstallRoot, Label, Port};

section! {
    /// Compile for Docker Compose.
    Docker {
        /// Name of the compose project; containers, networks and volumes begin with it. Default: the site's name.
        optional project: Label,
        /// Folder on the server into which the output is copied. Default: `/opt/trigger-dev`.
        optional root: InstallRoot,
        /// The server that runs the webapp.
        optional host: DockerHost,
        /// Where runs are executed. Default: on the same server.
        optional topology: Topology,
        /// What is reachable on the server's loopback address, and at which port.
        optional publish: Publish,
        /// What stands between the world and the published ports. Default: nginx with certificates of Let's Encrypt.
        optional proxy: Proxy,
        /// Images other than the ones that trigger-gen pins.
        optional images: DockerImages,
        /// Memory limits of single containers. Default: from a table by the host's memory.
        optional limits: ContainerLimits,
        /// How tasks come to the server, in the emitted script and CI job.
        optional deploy: Deploy,
        /// How the servers themselves are closed and kept up to date. Every part is on by default.
        optional hardening: Hardening,
        /// Backups of everything that this server keeps. Default: daily, on the server itself.
        optional backup: Backup,
    }
}

section! {
    /// The server that runs the webapp.
    DockerHost {
        /// Its memory. Default: 8GiB.
        optional memory: ByteSize,
        /// Its system, which decides the versions of nginx and OpenSSL. Default: debian12.
        optional os: Os,
    }
}

choice! {
    /// The system of a server.
    Os {
        words {
            /// Debian 12, with nginx 1.22.
            Debian12 = "debian12",
            /// Debian 13, with nginx 1.26.
            Debian13 = "debian13",
            /// Ubuntu 22.04, with nginx 1.18.
            Ubuntu2204 = "ubuntu22.04",
            /// Ubuntu 24.04, with nginx 1.24.
            Ubuntu2404 = "ubuntu24.04",
        }
    }
}

section! {
    /// Where runs are executed.
    Topology {
        /// Servers that do nothing but run tasks. With any, the webapp's server runs none.
        optional workers: Vec<Worker>,
    }
}

section! {
    /// A server that does nothing but run tasks.
    Worker {
        /// Its name, which the dashboard shows and the output folder has.
        required name: Label,
        /// Its memory. Default: 8GiB.
        optional memory: ByteSize,
        /// Where it comes from. Where every worker host says so, nginx lets nobody else to what only they need:
        /// `/engine/v1/worker-actions/` and `/otel/v1/`. Not with `proxy: none`. Default: everybody.
        optional addresses: Vec<AddressRange>,
    }
}

section! {
    /// What is reachable on the server's loopback address. Nothing is ever published beyond it.
    Publish {
        /// The webapp. Default: 8030.
        optional webapp: Port,
        /// The bundled object store. Default: 9000.
        optional object_store: Port,
        /// The bundled registry. Default: 5000.
        optional registry: Port,
        /// The bundled PostgreSQL. Default: not published.
        optional postgres: Port,
        /// The bundled Redis. Default: not published.
        optional redis: Port,
        /// The bundled ClickHouse, its HTTP port. Default: not published.
        optional clickhouse: Port,
    }
}

section! {
    /// Images other than the ones that trigger-gen pins.
    DockerImages {
        /// The webapp. Its release must be the site's.
        optional webapp: ImageRef,
        /// The supervisor. Its release must be the site's.
        optional supervisor: ImageRef,
        /// PostgreSQL, of the major version of `storage.postgres`.
        optional postgres: ImageRef,
        /// Redis 7.
        optional redis: ImageRef,
        /// ClickHouse's own image, or a copy of it.
        optional clickhouse: ImageRef,
        /// The object store, of the kind of `storage.object_store`.
        optional object_store: ImageRef,
        /// MinIO's client, which creates the bucket of a MinIO store.
        optional object_store_client: ImageRef,
        /// `s2 lite`.
        optional s2: ImageRef,
        /// The registry.
        optional registry: ImageRef,
        /// The docker socket proxy.
        optional docker_proxy: ImageRef,
    }
}

section! {
    /// Memory limits of single containers.
    ContainerLimits {
        /// The webapp; at least 1280MiB. Node's heap is four fifths of it.
        optional webapp: ByteSize,
        /// PostgreSQL.
        optional postgres: ByteSize,
        /// Redis. Queues live here: it never evicts, it refuses.
        optional redis: ByteSize,
        /// ClickHouse. Its server limit is four fifths of it.
        optional clickhouse: ByteSize,
        /// The object store.
        optional object_store: ByteSize,
        /// `s2 lite`.
        optional s2: ByteSize,
        /// The registry.
        optional registry: ByteSize,
        /// The supervisor.
        optional supervisor: ByteSize,
    }
}
