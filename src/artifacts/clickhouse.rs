//! The settings of the bundled ClickHouse.
//!
//! Server settings only work in `config.d`, profile settings only in `users.d`; each file is
//! mounted by itself, because a folder would hide what the image keeps there.

use super::{Artifact, Target, file, header};
use crate::plan::{Body, Element, PlannedFile};
use crate::site::{Clickhouse, Site};
use crate::tree::Mode;
use crate::value::ByteSize;

pub(super) const CLICKHOUSE: Artifact = Artifact {
    name: "clickhouse",
    paths: "docker/clickhouse/*.xml",
    summary: "Memory, bounded system logs and query limits of the bundled ClickHouse",
    target: Target::Docker,
    keys: &[
        "storage.clickhouse",
        "docker.host.memory",
        "docker.limits.clickhouse",
        "limits.retention.clickhouse_logs",
    ],
    plan: |cx| match cx.site.storage.clickhouse {
        Clickhouse::Bundled { bitnami_volume } => files(cx.site, bitnami_volume),
        Clickhouse::External(_) => Vec::new(),
    },
};

/// Name below `clickhouse/` and place in the container of each file.
pub(super) fn mounts(bitnami_volume: bool) -> Vec<(&'static str, &'static str)> {
    let mut mounts = vec![
        ("override.xml", "/etc/clickhouse-server/config.d/override.xml"),
        ("users-override.xml", "/etc/clickhouse-server/users.d/override.xml"),
    ];
    if bitnami_volume {
        mounts.push(("data-paths.xml", "/etc/clickhouse-server/config.d/data-paths.xml"));
    }
    mounts
}

fn files(site: &Site, bitnami_volume: bool) -> Vec<PlannedFile> {
    let xml = |name: &str, what: &str, children: Vec<Element>| {
        let body =
            Body::Xml { header: header(site, what), root: Element::parent("clickhouse", children) };
        file(CLICKHOUSE.name, format!("docker/clickhouse/{name}"), Mode::Plain, body)
    };
    let mut files = vec![
        xml("override.xml", "Server settings of ClickHouse", server(&Server::of_docker(site))),
        xml(
            "users-override.xml",
            "Profile settings of ClickHouse",
            profiles(&Server::of_docker(site)),
        ),
    ];
    if bitnami_volume {
        files.push(xml(
            "data-paths.xml",
            "Folders of a ClickHouse volume that Bitnami's image wrote",
            bitnami_paths(),
        ));
    }
    files
}

/// What settings depend on.
pub(super) struct Server {
    /// Bytes that the server may use: four fifths of its container.
    memory: u64,
    /// Whether it shares few cores and little memory with everything else.
    is_small: bool,
    /// Days that it keeps records of its own work.
    days: u64,
    /// The folder in a bucket that backups go to, where the server writes them there itself.
    away: Option<String>,
}

impl Server {
    fn of_docker(site: &Site) -> Self {
        let docker = site.docker();
        Self {
            // Below 16 GiB a server has few cores, too.
            is_small: docker.memory.in_mib() < 16 * 1024,
            ..Self::of(site, docker.sizes.clickhouse.unwrap_or(ByteSize::mib(0)))
        }
    }

    /// One that has a container of this memory, on a machine of any size.
    pub(super) fn of(site: &Site, container: ByteSize) -> Self {
        Self {
            memory: container.bytes() / 5 * 4,
            is_small: container.in_mib() < 4 * 1024,
            days: site.limits.clickhouse_log_retention.in_days(),
            away: None,
        }
    }

    /// One that also writes backups to a folder in a bucket itself.
    pub(super) fn with_bucket(self, away: Option<String>) -> Self {
        Self { away, ..self }
    }
}

/// The settings that only work in `config.d`.
pub(super) fn server(of: &Server) -> Vec<Element> {
    let mark_cache = (of.memory / 8).min(512 * crate::value::MIB);
    let mut elements = vec![
        Element::parent(
            "logger",
            vec![Element::text("level", "warning"), Element::text("console", "1")],
        ),
        Element::text("max_server_memory_usage", of.memory),
        Element::text("mark_cache_size", mark_cache),
    ];
    if of.is_small {
        elements.push(Element::text("concurrent_threads_soft_limit_num", 1));
    }
    elements.extend(backups(of.away.as_deref()));
    elements.extend(system_logs(of.days));
    elements
}

/// The variables of the container with access key and secret of the bucket for backups.
pub(super) const AWAY: [&str; 2] = ["BACKUP_ACCESS_KEY_ID", "BACKUP_SECRET_ACCESS_KEY"];

/// The disk that is a folder in a bucket. A bucket that cannot be reached must not keep the server from starting.
fn bucket(address: &str) -> Element {
    let [id, key] = AWAY;
    Element::parent(
        "away",
        vec![
            Element::text("type", "s3_plain"),
            Element::text("endpoint", address),
            Element::flag("access_key_id", "from_env", id),
            Element::flag("secret_access_key", "from_env", key),
            Element::text("skip_access_check", "true"),
        ],
    )
}

/// The disk that `BACKUP … TO Disk('backups', …)` may write to: a folder of the volume, from which `trigger-ctl.sh`
/// takes each backup over and where it puts what is to be restored.
fn backups(away: Option<&str>) -> [Element; 2] {
    let disk = Element::parent(
        "backups",
        vec![Element::text("type", "local"), Element::text("path", "/var/lib/clickhouse/backups/")],
    );
    let disks = [disk].into_iter().chain(away.map(bucket)).collect();
    let names = ["backups"].into_iter().chain(away.map(|_| "away"));
    let allowed = names.map(|it| Element::text("allowed_disk", it)).collect();
    [
        Element::parent("storage_configuration", vec![Element::parent("disks", disks)]),
        Element::parent("backups", allowed),
    ]
}

/// Tables in which ClickHouse writes about itself. Unbounded they fill memory and disk of a small
/// server within weeks: most are switched off, the ones that answer an operator's questions end by themselves.
fn system_logs(days: u64) -> Vec<Element> {
    const OFF: [&str; 21] = [
        "aggregated_zookeeper_log",
        "asynchronous_insert_log",
        "asynchronous_metric_log",
        "background_schedule_pool_log",
        "backup_log",
        "blob_storage_log",
        "crash_log",
        "filesystem_cache_log",
        "filesystem_read_prefetches_log",
        "latency_log",
        "metric_log",
        "opentelemetry_span_log",
        "processors_profile_log",
        "query_metric_log",
        "query_thread_log",
        "query_views_log",
        "s3queue_log",
        "session_log",
        "text_log",
        "trace_log",
        "zookeeper_connection_log",
    ];
    const KEPT: [&str; 3] = ["query_log", "part_log", "error_log"];
    let kept = KEPT.map(|table| {
        Element::parent(
            table,
            vec![Element::text("ttl", format!("event_date + INTERVAL {days} DAY DELETE"))],
        )
    });
    kept.into_iter().chain(OFF.map(|table| Element::flag(table, "remove", "1"))).collect()
}

/// One query may use half of the server; reading in small pieces keeps merges and inserts alive beside it.
pub(super) fn profiles(of: &Server) -> Vec<Element> {
    let mut settings = vec![Element::text("max_memory_usage", of.memory / 2)];
    if of.is_small {
        settings.extend([
            Element::text("max_block_size", 8192),
            Element::text("max_download_threads", 1),
            Element::text("input_format_parallel_parsing", 0),
            Element::text("output_format_parallel_formatting", 0),
        ]);
    }
    vec![Element::parent("profiles", vec![Element::parent("default", settings)])]
}

/// Bitnami's image keeps its data one folder deeper. `tmp` stays outside it: old volumes hold a dangling link there.
fn bitnami_paths() -> Vec<Element> {
    let access = Element::parent(
        "local_directory",
        vec![Element::text("path", "/var/lib/clickhouse/data/access/")],
    );
    vec![
        Element::text("path", "/var/lib/clickhouse/data/"),
        Element::text("tmp_path", "/var/lib/clickhouse/tmp/"),
        Element::text("user_files_path", "/var/lib/clickhouse/data/user_files/"),
        Element::text("format_schema_path", "/var/lib/clickhouse/data/format_schemas/"),
        Element::parent("user_directories", vec![access]),
    ]
}
