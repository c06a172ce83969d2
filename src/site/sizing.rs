//! How the memory of a server is divided.
//!
//! One table: for each size of server the limit of each container. Where the figures come from:
//! the webapp's floor is its measured resident memory (950 MB after runs) plus room for a heap that
//! is four fifths of the limit; supervisor (177 MiB), socket proxy (8 MiB) and Redis (6 MiB) were
//! measured idle; `ClickHouse` starts at what its inserts and merges need with bounded system logs.
//! A tenth of the server belongs to its system, and what then remains is for runs.

use crate::value::ByteSize;

/// The least that the webapp is given.
pub const WEBAPP_FLOOR: ByteSize = ByteSize::mib(1280);

/// The least that each container is given: below it the program does not start, or cannot do its work.
/// PostgreSQL takes a quarter for its buffers, Redis three quarters for its keys, `ClickHouse` four fifths.
pub const FLOORS: [(&str, ByteSize); 8] = [
    ("webapp", WEBAPP_FLOOR),
    ("postgres", ByteSize::mib(192)),
    ("redis", ByteSize::mib(64)),
    ("clickhouse", ByteSize::mib(640)),
    ("object_store", ByteSize::mib(64)),
    ("s2", ByteSize::mib(64)),
    ("registry", ByteSize::mib(64)),
    ("supervisor", ByteSize::mib(192)),
];

/// What one run of the default machine preset, small-1x, takes.
pub const RUN_MEMORY: ByteSize = ByteSize::mib(512);

/// The memory limit of each container on the webapp's server, in the order of the stacks.
/// `None` is a container that this site does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sizes {
    /// The webapp.
    pub webapp: ByteSize,
    /// PostgreSQL.
    pub postgres: Option<ByteSize>,
    /// Redis.
    pub redis: Option<ByteSize>,
    /// `ClickHouse`.
    pub clickhouse: Option<ByteSize>,
    /// The object store.
    pub object_store: Option<ByteSize>,
    /// `s2 lite`.
    pub s2: Option<ByteSize>,
    /// Electric.
    pub electric: Option<ByteSize>,
    /// The registry.
    pub registry: Option<ByteSize>,
    /// The supervisor.
    pub supervisor: Option<ByteSize>,
    /// The socket proxy.
    pub docker_proxy: Option<ByteSize>,
}

/// What a server has left once its containers have theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserve {
    /// All memory of the server.
    pub host: ByteSize,
    /// A tenth of it, for the system.
    pub system: ByteSize,
    /// The sum of all limits.
    pub containers: ByteSize,
}

/// One row of the table: MiB for each container on a server of at least `host` MiB.
struct Row {
    host: u64,
    webapp: u64,
    postgres: u64,
    redis: u64,
    clickhouse: u64,
    object_store: u64,
    s2: u64,
    electric: u64,
    registry: u64,
    supervisor: u64,
    docker_proxy: u64,
}

/// Largest first. A server between two rows has the lower row's limits; the rest goes to runs.
#[rustfmt::skip]
const ROWS: [Row; 4] = [
    Row { host: 32768, webapp: 4096, postgres: 3072, redis: 1024, clickhouse: 6144, object_store: 512, s2: 512, electric: 512, registry: 256, supervisor: 384, docker_proxy: 64 },
    Row { host: 16384, webapp: 3072, postgres: 1536, redis: 512,  clickhouse: 3072, object_store: 256, s2: 256, electric: 256, registry: 256, supervisor: 320, docker_proxy: 64 },
    Row { host: 8192,  webapp: 2048, postgres: 768,  redis: 256,  clickhouse: 1536, object_store: 128, s2: 128, electric: 256, registry: 128, supervisor: 256, docker_proxy: 32 },
    Row { host: 0,     webapp: 1280, postgres: 384,  redis: 128,  clickhouse: 768,  object_store: 96,  s2: 96,  electric: 192, registry: 96,  supervisor: 224, docker_proxy: 32 },
];

fn row(host: ByteSize) -> &'static Row {
    ROWS.iter().find(|row| row.host <= host.in_mib()).unwrap_or(&ROWS[ROWS.len() - 1])
}

impl Sizes {
    /// The table's limits for a server that runs every container.
    pub fn for_host(host: ByteSize) -> Self {
        let row = row(host);
        let some = |mib| Some(ByteSize::mib(mib));
        Self {
            webapp: ByteSize::mib(row.webapp),
            postgres: some(row.postgres),
            redis: some(row.redis),
            clickhouse: some(row.clickhouse),
            object_store: some(row.object_store),
            s2: some(row.s2),
            electric: some(row.electric),
            registry: some(row.registry),
            supervisor: some(row.supervisor),
            docker_proxy: some(row.docker_proxy),
        }
    }

    /// Every container with its limit.
    pub fn each(&self) -> Vec<(&'static str, ByteSize)> {
        let optional = [
            ("postgres", self.postgres),
            ("redis", self.redis),
            ("clickhouse", self.clickhouse),
            ("object store", self.object_store),
            ("s2", self.s2),
            ("electric", self.electric),
            ("registry", self.registry),
            ("supervisor", self.supervisor),
            ("docker proxy", self.docker_proxy),
        ];
        let rest = optional.into_iter().filter_map(|(name, size)| Some((name, size?)));
        std::iter::once(("webapp", self.webapp)).chain(rest).collect()
    }

    /// What remains of the server.
    pub fn reserve(&self, host: ByteSize) -> Reserve {
        Reserve::of(host, self.each().into_iter().map(|(_, size)| size))
    }
}

impl Reserve {
    /// What remains of a server whose containers have these limits.
    pub fn of(host: ByteSize, limits: impl IntoIterator<Item = ByteSize>) -> Self {
        let containers = limits.into_iter().map(ByteSize::in_mib).sum();
        Self {
            host,
            system: ByteSize::mib(host.in_mib() / 10),
            containers: ByteSize::mib(containers),
        }
    }

    /// What is left for runs, in MiB; negative when not even the containers fit.
    pub fn left(&self) -> i64 {
        let mib = |size: ByteSize| i64::try_from(size.in_mib()).unwrap_or(i64::MAX);
        mib(self.host) - mib(self.system) - mib(self.containers)
    }

    /// How many runs of the default preset that carries.
    pub fn runs(&self) -> u32 {
        u32::try_from(self.left().max(0) / i64::try_from(RUN_MEMORY.in_mib()).unwrap_or(i64::MAX))
            .unwrap_or(u32::MAX)
    }
}
