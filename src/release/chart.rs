//! The official Helm chart, and the charts that a cluster runs beside it.

use super::{Reader, Version, env};

/// Where the official chart is.
pub const CHART: &str = "oci://ghcr.io/triggerdotdev/charts/trigger";

/// A chart at an exact version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinned<'a> {
    /// Where it is.
    pub url: &'a str,
    /// Its version.
    pub version: &'a str,
}

/// The chart that runs one container as a workload. Its newer schema needs the Helm of Flux 2.8.
#[must_use]
pub fn app_template(flux: u32) -> Pinned<'static> {
    let version = if flux >= 8 { "5.2.1" } else { "4.6.2" };
    Pinned { url: "oci://ghcr.io/bjw-s-labs/helm/app-template", version }
}

/// Bitnami's Redis: the version that the official chart brings, too.
pub const BITNAMI_REDIS: Pinned<'static> =
    Pinned { url: "oci://registry-1.docker.io/bitnamicharts/redis", version: "21.2.6" };

/// Its image, by name and tag; from the frozen archive.
pub const BITNAMI_REDIS_IMAGE: (&str, &str) = ("bitnamilegacy/redis", "8.0.2-debian-12-r4");

/// The first chart with a StatefulSet of `ClickHouse` of its own.
pub const OWN_CLICKHOUSE: Version = Version(4, 5, 10);

/// The first chart that asks for `PROVIDER_SECRET` and `COORDINATOR_SECRET`.
pub const SIX_SECRETS: Version = Version(4, 5, 6);

/// The first chart that reads every Secret by which it is told of stores.
pub const READS_SECRETS: Version = Version(4, 4, 5);

/// The first chart that tells runs in another namespace where their logs and traces go: by the whole name of the webapp.
pub const WHOLE_NAMES: Version = Version(4, 4, 6);

/// The first chart with values of s2.
pub const S2_VALUES: Version = Version(4, 5, 2);

/// The service of the s2 that the chart brings. The URL of it, which runs get, names no namespace.
#[must_use]
pub fn s2_service(fullname: &str) -> String {
    format!("{fullname}-s2")
}

/// A component of the official chart that runs call.
#[derive(Clone, Copy, Debug)]
pub struct Called {
    /// The chart's word for it, which its pods have as a label.
    pub component: &'static str,
    /// Where the port of its pods stands in the values.
    pub route: &'static str,
    /// The port without that value.
    pub port: u16,
}

/// Starts runs, and hears of each how it goes.
pub const SUPERVISOR: Called =
    Called { component: "supervisor", route: "/supervisor/service/ports/workload", port: 3000 };

/// Keeps the streams that runs write.
pub const S2: Called = Called { component: "s2", route: "/s2/service/targetPort", port: 8080 };

/// Where the supervisor tells Prometheus how it is.
pub const SUPERVISOR_METRICS: u16 = 9088;

/// The claim of a store that the chart brings, which neither Flux nor Helm removes with it.
#[must_use]
pub fn claim(fullname: &str, component: &str) -> String {
    format!("data-{fullname}-{component}-0")
}

/// The variables by which replication is told of PostgreSQL itself, where queries go through a pooler.
pub const AROUND_POOLER: [&str; 2] =
    [env::RUN_REPLICATION_LEGACY_DATABASE_URL, env::SESSION_REPLICATION_DATABASE_URL];

/// The form in which a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As text.
    Text,
    /// As a whole number.
    Whole,
    /// As a truth value.
    Flag,
}

/// A variable that the chart writes itself: beside it the same name would stand twice.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// Who reads it.
    pub reader: Reader,
    /// The variable.
    pub name: &'static str,
    /// The value of the chart that decides it, where one does that alone.
    pub path: Option<(&'static str, Form)>,
}

const fn webapp(name: &'static str) -> Written {
    Written { reader: Reader::Webapp, name, path: None }
}

const fn supervisor(name: &'static str) -> Written {
    Written { reader: Reader::Supervisor, name, path: None }
}

const fn by(path: &'static str, form: Form, it: Written) -> Written {
    Written { path: Some((path, form)), ..it }
}

/// The variable of a name, if the chart writes it.
#[must_use]
pub fn written(reader: Reader, name: &str) -> Option<&'static Written> {
    WRITTEN.iter().find(|it| it.reader == reader && it.name == name)
}

/// Every variable that the chart writes whenever its stores are given by Secrets, for webapp and supervisor. Names that
/// it writes for a value alone which is empty by default are left out: without that value they are free.
#[rustfmt::skip]
pub static WRITTEN: &[Written] = &[
    by("webapp.appOrigin", Form::Text, webapp("APP_ORIGIN")),
    by("webapp.loginOrigin", Form::Text, webapp("LOGIN_ORIGIN")),
    by("webapp.apiOrigin", Form::Text, webapp("API_ORIGIN")),
    webapp("ELECTRIC_ORIGIN"),
    webapp("DATABASE_URL"),
    webapp("DIRECT_URL"),
    webapp("DATABASE_HOST"),
    webapp("REDIS_HOST"),
    webapp("REDIS_PORT"),
    webapp("REDIS_PASSWORD"),
    webapp("REDIS_TLS_DISABLED"),
    by("webapp.logLevel", Form::Text, webapp("APP_LOG_LEVEL")),
    webapp("DEV_OTEL_EXPORTER_OTLP_ENDPOINT"),
    webapp("DEPLOY_REGISTRY_HOST"),
    webapp("DEPLOY_REGISTRY_NAMESPACE"),
    webapp("OBJECT_STORE_BASE_URL"),
    webapp("OBJECT_STORE_ACCESS_KEY_ID"),
    webapp("OBJECT_STORE_SECRET_ACCESS_KEY"),
    by("webapp.gracefulShutdownTimeout", Form::Whole, webapp("GRACEFUL_SHUTDOWN_TIMEOUT")),
    webapp("CLICKHOUSE_URL"),
    webapp("CLICKHOUSE_PASSWORD"),
    by("webapp.clickhouse.logLevel", Form::Text, webapp("CLICKHOUSE_LOG_LEVEL")),
    webapp("RUN_REPLICATION_ENABLED"),
    webapp("RUN_REPLICATION_CLICKHOUSE_URL"),
    by("webapp.runReplication.logLevel", Form::Text, webapp("RUN_REPLICATION_LOG_LEVEL")),
    by("webapp.observability.tracing.loggingEnabled", Form::Text, webapp("INTERNAL_OTEL_TRACE_LOGGING_ENABLED")),
    by("webapp.observability.tracing.samplingRate", Form::Text, webapp("INTERNAL_OTEL_TRACE_SAMPLING_RATE")),
    by("webapp.observability.tracing.instrumentPrismaEnabled", Form::Text, webapp("INTERNAL_OTEL_TRACE_INSTRUMENT_PRISMA_ENABLED")),
    by("webapp.observability.tracing.disabled", Form::Text, webapp("INTERNAL_OTEL_TRACE_DISABLED")),
    by("webapp.observability.metrics.exporterEnabled", Form::Text, webapp("INTERNAL_OTEL_METRIC_EXPORTER_ENABLED")),
    by("webapp.observability.metrics.exporterIntervalMs", Form::Whole, webapp("INTERNAL_OTEL_METRIC_EXPORTER_INTERVAL_MS")),
    webapp("REALTIME_STREAMS_DEFAULT_VERSION"),
    webapp("REALTIME_STREAMS_S2_ENDPOINT"),
    webapp("REALTIME_STREAMS_S2_BASIN"),
    webapp("REALTIME_STREAMS_S2_SKIP_ACCESS_TOKENS"),
    webapp("REALTIME_STREAMS_S2_ACCESS_TOKEN"),
    webapp("TRIGGER_BOOTSTRAP_ENABLED"),
    webapp("TRIGGER_BOOTSTRAP_WORKER_GROUP_NAME"),
    webapp("TRIGGER_BOOTSTRAP_WORKER_TOKEN_PATH"),
    by("webapp.limits.taskPayloadOffloadThreshold", Form::Whole, webapp("TASK_PAYLOAD_OFFLOAD_THRESHOLD")),
    by("webapp.limits.taskPayloadMaximumSize", Form::Whole, webapp("TASK_PAYLOAD_MAXIMUM_SIZE")),
    by("webapp.limits.batchTaskPayloadMaximumSize", Form::Whole, webapp("BATCH_TASK_PAYLOAD_MAXIMUM_SIZE")),
    by("webapp.limits.taskRunMetadataMaximumSize", Form::Whole, webapp("TASK_RUN_METADATA_MAXIMUM_SIZE")),
    by("webapp.limits.defaultEnvExecutionConcurrencyLimit", Form::Whole, webapp("DEFAULT_ENV_EXECUTION_CONCURRENCY_LIMIT")),
    by("webapp.limits.defaultOrgExecutionConcurrencyLimit", Form::Whole, webapp("DEFAULT_ORG_EXECUTION_CONCURRENCY_LIMIT")),
    webapp("SESSION_SECRET"),
    webapp("MAGIC_LINK_SECRET"),
    webapp("ENCRYPTION_KEY"),
    webapp("PROVIDER_SECRET"),
    webapp("COORDINATOR_SECRET"),
    webapp("MANAGED_WORKER_SECRET"),
    webapp("TRIGGER_TELEMETRY_DISABLED"),
    supervisor("TRIGGER_API_URL"),
    supervisor("TRIGGER_WORKER_TOKEN"),
    supervisor("TRIGGER_WORKER_INSTANCE_NAME"),
    supervisor("TRIGGER_WORKLOAD_API_PROTOCOL"),
    supervisor("TRIGGER_WORKLOAD_API_DOMAIN"),
    supervisor("TRIGGER_WORKLOAD_API_PORT_EXTERNAL"),
    supervisor("TRIGGER_WORKLOAD_API_PORT_INTERNAL"),
    supervisor("TRIGGER_WORKLOAD_API_HOST_INTERNAL"),
    supervisor("TRIGGER_WORKLOAD_API_ENABLED"),
    by("supervisor.config.dequeue.enabled", Form::Flag, supervisor("TRIGGER_DEQUEUE_ENABLED")),
    by("supervisor.config.dequeue.intervalMs", Form::Whole, supervisor("TRIGGER_DEQUEUE_INTERVAL_MS")),
    by("supervisor.config.dequeue.maxRunCount", Form::Whole, supervisor("TRIGGER_DEQUEUE_MAX_RUN_COUNT")),
    by("supervisor.config.dequeue.idleIntervalMs", Form::Whole, supervisor("TRIGGER_DEQUEUE_IDLE_INTERVAL_MS")),
    supervisor("KUBERNETES_NAMESPACE"),
    supervisor("KUBERNETES_FORCE_ENABLED"),
    by("supervisor.config.kubernetes.workerNodetypeLabel", Form::Text, supervisor("KUBERNETES_WORKER_NODETYPE_LABEL")),
    by("supervisor.config.kubernetes.ephemeralStorageSizeLimit", Form::Text, supervisor("KUBERNETES_EPHEMERAL_STORAGE_SIZE_LIMIT")),
    by("supervisor.config.kubernetes.ephemeralStorageSizeRequest", Form::Text, supervisor("KUBERNETES_EPHEMERAL_STORAGE_SIZE_REQUEST")),
    supervisor("KUBERNETES_IMAGE_PULL_SECRETS"),
    by("supervisor.config.podCleaner.enabled", Form::Flag, supervisor("POD_CLEANER_ENABLED")),
    by("supervisor.config.podCleaner.batchSize", Form::Whole, supervisor("POD_CLEANER_BATCH_SIZE")),
    by("supervisor.config.podCleaner.intervalMs", Form::Whole, supervisor("POD_CLEANER_INTERVAL_MS")),
    by("supervisor.config.failedPodHandler.enabled", Form::Flag, supervisor("FAILED_POD_HANDLER_ENABLED")),
    by("supervisor.config.failedPodHandler.reconnectIntervalMs", Form::Whole, supervisor("FAILED_POD_HANDLER_RECONNECT_INTERVAL_MS")),
    by("supervisor.config.runner.heartbeatIntervalSeconds", Form::Whole, supervisor("RUNNER_HEARTBEAT_INTERVAL_SECONDS")),
    by("supervisor.config.runner.snapshotPollIntervalSeconds", Form::Whole, supervisor("RUNNER_SNAPSHOT_POLL_INTERVAL_SECONDS")),
    by("supervisor.config.metrics.enabled", Form::Flag, supervisor("METRICS_ENABLED")),
    by("supervisor.config.metrics.collectDefaults", Form::Flag, supervisor("METRICS_COLLECT_DEFAULTS")),
    supervisor("METRICS_HOST"),
    supervisor("METRICS_PORT"),
    by("supervisor.config.debug", Form::Flag, supervisor("DEBUG")),
    supervisor("OTEL_EXPORTER_OTLP_ENDPOINT"),
    supervisor("MANAGED_WORKER_SECRET"),
];
