//! `limits`: how much, how large, how often, how long.

use super::read::section;
use crate::value::{ByteSize, Duration};

section! {
    /// How much may run, how large payloads may be, how long events are kept.
    Limits {
        /// Runs at the same time.
        optional concurrency: Concurrency,
        /// Sizes of payloads.
        optional payloads: Payloads,
        /// Requests to the API by one environment's key.
        optional api_rate: RateLimit,
        /// Longest that a run may wait in a queue, from release 4.4.2. Default: for ever.
        optional run_ttl: Duration,
        /// Most items in one batch trigger. Default: the release's own, 500 items.
        optional batch_items: u32,
        /// How long telemetry is kept.
        optional retention: Retention,
    }
}

section! {
    /// Runs at the same time.
    Concurrency {
        /// In one environment. Default: what the memory reserved for runs on this site's hosts carries.
        optional environment: u32,
        /// In one organisation. Default: three times the environment's.
        optional organization: u32,
    }
}

section! {
    /// Sizes of payloads.
    Payloads {
        /// Largest payload of one run. Default: the release's own, 3 MiB.
        optional task: ByteSize,
        /// Largest payload of one batch. Default: the release's own, 1 MB.
        optional batch: ByteSize,
        /// Payloads above this size go to the object store. Default: the release's own, 512 KiB.
        optional offload_above: ByteSize,
        /// Largest metadata of one run. Default: the release's own, 256 KiB.
        optional metadata: ByteSize,
    }
}

section! {
    /// A bucket of requests that refills.
    RateLimit {
        /// Requests that may come at once. Default: the release's own, 750.
        optional burst: u32,
        /// Requests added at each refill. Default: the release's own, 250.
        optional refill: u32,
        /// Time between two refills. Default: the release's own, 10s.
        optional every: Duration,
    }
}

section! {
    /// How long telemetry is kept.
    Retention {
        /// Logs and traces of runs, in whole days. Default: the release's own, 7 days.
        optional events: Duration,
        /// ClickHouse's record of its own queries. Default: 7 days.
        optional clickhouse_logs: Duration,
    }
}
