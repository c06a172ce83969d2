//! Images that may be named besides upstream's two, and images that must not be.
//!
//! No registry is asked when a site is compiled: a tag or a digest stands here or in the site, and is
//! never made up. Every digest is that of the index, so it holds on every platform.

/// An image that a site names unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// What it is for, as the spec calls it.
    pub service: &'static str,
    /// `name:tag@sha256:…`, or `name:tag` where no digest is known.
    pub reference: &'static str,
    /// Where the reference was seen.
    pub evidence: &'static str,
    /// What a user of it should know; empty where nothing is to be said.
    pub note: &'static str,
    /// Whether nobody builds or mends it any more.
    pub frozen: bool,
    /// The day on which its line ends or ended, as `2026-11-12`.
    pub end_of_life: Option<&'static str>,
}

const fn image(service: &'static str, reference: &'static str, evidence: &'static str) -> Image {
    Image { service, reference, evidence, note: "", frozen: false, end_of_life: None }
}

impl Image {
    /// The name without tag and digest: `quay.io/minio/minio`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        bare(self.reference)
    }

    /// The index digest with its algorithm, where one is known.
    #[must_use]
    pub fn digest(&self) -> Option<&'static str> {
        self.reference.split_once('@').map(|(_, digest)| digest)
    }
}

/// PostgreSQL for new sites.
pub const POSTGRES_17: Image = Image {
    note: "upstream tests 14 and 17",
    ..image(
        "postgres",
        "postgres:17.11@sha256:67f41722b7a8cbdb868a44a4995c846eddfdc2973bccb291ce937dce88ad5675",
        "the same digest in ten independent repositories",
    )
};

/// PostgreSQL for volumes that 14 wrote.
pub const POSTGRES_14: Image = Image {
    note: "a working 4.5.16 stack on it was reported",
    end_of_life: Some("2026-11-12"),
    ..image(
        "postgres",
        "postgres:14@sha256:156f0b253fd61366d5fc2107ad45955027d5612f695a8436ce20167f3fa79bff",
        "the same digest in three independent repositories",
    )
};

/// Redis.
pub const REDIS: Image = image(
    "redis",
    "redis:7.4.11@sha256:71da9275c5f3fcb97d0fa0c8c5b36cc995327265420f17a04bfd544f458059f7",
    "the same digest in five independent repositories",
);

/// `ClickHouse`.
pub const CLICKHOUSE: Image = Image {
    note: "the newest version known to take every migration",
    ..image(
        "clickhouse",
        "clickhouse/clickhouse-server:26.2.19.43@sha256:c2f2605585899d5103a0447daadbc0005f362200d5f0fcca7f40db3ca0dd36dd",
        "upstream's files at v.docker.4.5.12, and six independent repositories",
    )
};

/// The object store for new sites.
pub const VERSITYGW: Image = Image {
    note: "a bucket is a folder; the path of its health check is set by `VGW_HEALTH`",
    ..image(
        "object_store",
        "ghcr.io/versity/versitygw:v1.8.0@sha256:30292fc2eeacc67a36993b01f7a7a5e3361a19cced0e80c1d71cfa2a4b0a2499",
        "the same digest in nine independent repositories; webapp 4.5.12 stored and fetched payloads on it",
    )
};

/// The object store for volumes that `MinIO` wrote.
pub const MINIO: Image = Image {
    note: "the last community build, without fixes since",
    frozen: true,
    ..image(
        "object_store",
        "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z@sha256:14cea493d9a34af32f524e538b8346cf79f3321eff8e708c1e2960462bd8936e",
        "files of other projects",
    )
};

/// The client that makes `MinIO`'s bucket.
pub const MINIO_CLIENT: Image = Image {
    note: "the last community build, without fixes since",
    frozen: true,
    ..image(
        "object_store_client",
        "quay.io/minio/mc:RELEASE.2025-08-13T08-35-41Z@sha256:a7fe349ef4bd8521fb8497f55c6042871b2ae640607cf99d9bede5e9bdf11727",
        "files of other projects",
    )
};

/// Streams v2.
pub const S2: Image = image(
    "s2",
    "ghcr.io/s2-streamstore/s2:0.40.0@sha256:b26249e2ede0949755f5af8028185dc2bcfc3aa2db21eb9610543d144eb6ee9d",
    "upstream's end-to-end tests",
);

/// The bundled registry.
pub const REGISTRY: Image = image(
    "registry",
    "registry:2.8.3@sha256:a3d8aaa63ed8681a604f1dea0aa03f100d5895b6a58ace528858a7b332415373",
    "the same digest in seven independent repositories",
);

/// The proxy between the supervisor and the Docker socket.
pub const SOCKET_PROXY: Image = Image {
    note: "keeps exec, secrets, swarm and builds away; whoever reaches it can still start a privileged container",
    ..image(
        "docker_proxy",
        "ghcr.io/tecnativa/docker-socket-proxy:v0.5.0@sha256:1f5038b54f06c3e18422902cf00ba21803d1c97805aae032e5e6673d532d3459",
        "the same digest in eight independent repositories",
    )
};

/// The operand of `CloudNativePG`.
pub const CNPG_POSTGRES: Image = image(
    "cnpg_postgres",
    "ghcr.io/cloudnative-pg/postgresql:17.6-system-trixie",
    "CloudNativePG's documentation; no digest seen",
);

/// Init containers in Kubernetes.
pub const BUSYBOX: Image = Image {
    note: "rebuilt under the same tag",
    ..image("busybox", "busybox:1.37.0", "several repositories, with different digests")
};

/// Every image above.
pub static IMAGES: &[&Image] = &[
    &POSTGRES_17,
    &POSTGRES_14,
    &REDIS,
    &CLICKHOUSE,
    &VERSITYGW,
    &MINIO,
    &MINIO_CLIENT,
    &S2,
    &REGISTRY,
    &SOCKET_PROXY,
    &CNPG_POSTGRES,
    &BUSYBOX,
];

/// An image, or a family of them, that is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retired {
    /// The name without tag and without `docker.io/`; a trailing `*` stands for any rest.
    pub pattern: &'static str,
    /// Whether it can still be pulled.
    pub state: State,
    /// The day from which on, as `2026-09-28`.
    pub since: Option<&'static str>,
    /// What happened, as a clause.
    pub reason: &'static str,
    /// What to name instead.
    pub instead: &'static str,
}

/// What is left of a retired image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Pulling it fails.
    Gone,
    /// It can be pulled and gets no fixes.
    Frozen,
}

/// Images that are gone or frozen.
pub static RETIRED: &[Retired] = &[
    Retired {
        pattern: "bitnami/*",
        state: State::Gone,
        since: Some("2025-09-29"),
        reason: "Bitnami took its versioned images off Docker Hub",
        instead: "the project's own image",
    },
    Retired {
        pattern: "bitnamilegacy/*",
        state: State::Frozen,
        since: None,
        reason: "Bitnami's archive gets no fixes",
        instead: "the project's own image",
    },
    Retired {
        pattern: "minio/minio",
        state: State::Gone,
        since: Some("2026-09-11"),
        reason: "MinIO deleted its images from Docker Hub",
        instead: "versitygw, or the quay.io build for a volume that MinIO wrote",
    },
    Retired {
        pattern: "minio/mc",
        state: State::Gone,
        since: Some("2026-09-11"),
        reason: "MinIO deleted its images from Docker Hub",
        instead: "the quay.io build",
    },
    Retired {
        pattern: "quay.io/minio/mc",
        state: State::Frozen,
        since: None,
        reason: "quay.io serves the last community builds, which get no fixes",
        instead: "a build of your own, with `mc` and a shell",
    },
    Retired {
        pattern: "quay.io/minio/*",
        state: State::Frozen,
        since: None,
        reason: "quay.io serves the last community builds, which get no fixes",
        instead: "versitygw for a new site",
    },
    Retired {
        pattern: "electricsql/electric",
        state: State::Gone,
        since: Some("2026-09-28"),
        reason: "Docker Hub serves no tag of it any more (electric-sql/electric#4822)",
        instead: "the webapp's native realtime backend, from 4.5.4 on",
    },
    Retired {
        pattern: "ghcr.io/triggerdotdev/docker-proxy",
        state: State::Gone,
        since: None,
        reason: "upstream never published an image of this name",
        instead: "ghcr.io/tecnativa/docker-socket-proxy",
    },
];

/// The row that an image name or reference falls under.
#[must_use]
pub fn retired(reference: &str) -> Option<&'static Retired> {
    let name = hub_name(bare(reference));
    RETIRED.iter().find(|row| match row.pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == row.pattern,
    })
}

/// The images of version 3, without tag; a name below one of them is one too.
const OF_V3: [&str; 2] = ["ghcr.io/triggerdotdev/coordinator", "ghcr.io/triggerdotdev/provider"];

/// Whether an image is a part of version 3 that version 4 has no use for.
#[must_use]
pub fn is_of_v3(reference: &str) -> bool {
    let name = bare(reference);
    OF_V3
        .iter()
        .filter_map(|it| name.strip_prefix(it))
        .any(|it| it.is_empty() || it.starts_with('/'))
}

/// A reference without tag and digest; the port of a registry stays.
#[must_use]
pub fn bare(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((start, tag)) if !tag.contains('/') => start,
        _ => name,
    }
}

/// Docker Hub under any of its names is left out, as in the table.
fn hub_name(name: &str) -> &str {
    ["docker.io/", "index.docker.io/", "registry-1.docker.io/"]
        .iter()
        .find_map(|hub| name.strip_prefix(hub))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_references() {
        assert_eq!(bare("localhost:5000/a/b"), "localhost:5000/a/b");
        assert_eq!(bare("localhost:5000/a/b:1@sha256:00"), "localhost:5000/a/b");
        assert_eq!(MINIO.name(), "quay.io/minio/minio");
        assert_eq!(BUSYBOX.digest(), None);
    }

    #[test]
    fn retired_images_are_known_under_every_name() {
        for reference in [
            "bitnami/clickhouse:latest",
            "docker.io/minio/minio",
            "electricsql/electric:1.2.4@sha256:00",
        ] {
            assert!(retired(reference).is_some_and(|row| row.state == State::Gone), "{reference}");
        }
        for reference in ["bitnamilegacy/minio:latest", MINIO.reference, MINIO_CLIENT.reference] {
            assert!(
                retired(reference).is_some_and(|row| row.state == State::Frozen),
                "{reference}"
            );
        }
        let client = retired(MINIO_CLIENT.reference).expect("a row");
        assert!(!client.instead.contains("versitygw"), "a server is no client");
        for reference in [
            "electricsql/electric-temp:1.8.1",
            "registry.example/bitnami/minio",
            "quay.io/other/minio",
        ] {
            assert_eq!(retired(reference), None, "{reference}");
        }
    }
}
