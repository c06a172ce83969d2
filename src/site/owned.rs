//! Which key of the spec decides which variable, so that `env` cannot contradict it.

use crate::release::{Reader, env};

/// A variable that another key of the spec decides.
#[derive(Debug)]
pub struct Owned {
    /// Who reads it.
    pub reader: Reader,
    /// The variable.
    pub name: &'static str,
    /// The key that decides it.
    pub key: &'static str,
}

/// The key that decides a variable, if one does.
pub fn owner(reader: Reader, name: &str) -> Option<&'static str> {
    OWNED.iter().find(|it| it.reader == reader && it.name == name).map(|it| it.key)
}

const fn webapp(name: &'static str, key: &'static str) -> Owned {
    Owned { reader: Reader::Webapp, name, key }
}

const fn supervisor(name: &'static str, key: &'static str) -> Owned {
    Owned { reader: Reader::Supervisor, name, key }
}

/// Every variable that trigger-gen writes itself, or that its wiring of ports and of the socket proxy fixes.
#[rustfmt::skip]
pub static OWNED: &[Owned] = &[
    webapp(env::APP_ORIGIN, "domain"),
    webapp(env::LOGIN_ORIGIN, "domain"),
    webapp(env::API_ORIGIN, "domain"),
    webapp(env::DEV_OTEL_EXPORTER_OTLP_ENDPOINT, "domain"),
    webapp(env::STREAM_ORIGIN, "network.access"),
    webapp(env::DEV_ENGINE_URL, "network.access"),
    webapp(env::WEBHOOK_ENABLED, "network.expose.webhooks"),
    webapp(env::WEBHOOK_INGRESS_ORIGIN, "network.expose.webhooks"),
    webapp(env::TRIGGER_CLI_TAG, "release"),
    webapp(env::SESSION_SECRET, "secrets"),
    webapp(env::MAGIC_LINK_SECRET, "secrets"),
    webapp(env::ENCRYPTION_KEY, "secrets"),
    webapp(env::MANAGED_WORKER_SECRET, "secrets"),
    webapp(env::WHITELISTED_EMAILS, "access.sign_in"),
    webapp(env::ADMIN_EMAILS, "access.admins"),
    webapp(env::AUTH_GITHUB_CLIENT_ID, "access.github"),
    webapp(env::AUTH_GITHUB_CLIENT_SECRET, "access.github"),
    webapp(env::AUTH_GOOGLE_CLIENT_ID, "access.google"),
    webapp(env::AUTH_GOOGLE_CLIENT_SECRET, "access.google"),
    webapp(env::EMAIL_TRANSPORT, "access.email"),
    webapp(env::FROM_EMAIL, "access.email"),
    webapp(env::REPLY_TO_EMAIL, "access.email"),
    webapp(env::RESEND_API_KEY, "access.email.resend"),
    webapp(env::SMTP_HOST, "access.email.smtp"),
    webapp(env::SMTP_PORT, "access.email.smtp"),
    webapp(env::SMTP_SECURE, "access.email.smtp"),
    webapp(env::SMTP_USER, "access.email.smtp"),
    webapp(env::SMTP_PASSWORD, "access.email.smtp"),
    webapp(env::AWS_REGION, "access.email.ses"),
    webapp(env::AWS_ACCESS_KEY_ID, "access.email.ses"),
    webapp(env::AWS_SECRET_ACCESS_KEY, "access.email.ses"),
    webapp(env::ALERT_EMAIL_TRANSPORT, "access.email"),
    webapp(env::ALERT_FROM_EMAIL, "access.email"),
    webapp(env::ALERT_REPLY_TO_EMAIL, "access.email"),
    webapp(env::ALERT_RESEND_API_KEY, "access.email"),
    webapp(env::ALERT_SMTP_HOST, "access.email.smtp"),
    webapp(env::ALERT_SMTP_PORT, "access.email.smtp"),
    webapp(env::ALERT_SMTP_SECURE, "access.email.smtp"),
    webapp(env::ALERT_SMTP_USER, "access.email.smtp"),
    webapp(env::ALERT_SMTP_PASSWORD, "access.email.smtp"),
    webapp(env::TRIGGER_TELEMETRY_DISABLED, "access.telemetry"),
    webapp(env::DEFAULT_ENV_EXECUTION_CONCURRENCY_LIMIT, "limits.concurrency.environment"),
    webapp(env::DEFAULT_ORG_EXECUTION_CONCURRENCY_LIMIT, "limits.concurrency.organization"),
    webapp(env::TASK_PAYLOAD_MAXIMUM_SIZE, "limits.payloads.task"),
    webapp(env::BATCH_TASK_PAYLOAD_MAXIMUM_SIZE, "limits.payloads.batch"),
    webapp(env::TASK_PAYLOAD_OFFLOAD_THRESHOLD, "limits.payloads.offload_above"),
    webapp(env::TASK_RUN_METADATA_MAXIMUM_SIZE, "limits.payloads.metadata"),
    webapp(env::API_RATE_LIMIT_MAX, "limits.api_rate.burst"),
    webapp(env::API_RATE_LIMIT_REFILL_RATE, "limits.api_rate.refill"),
    webapp(env::API_RATE_LIMIT_REFILL_INTERVAL, "limits.api_rate.every"),
    webapp(env::RUN_ENGINE_DEFAULT_MAX_TTL, "limits.run_ttl"),
    webapp(env::MAX_BATCH_V2_TRIGGER_ITEMS, "limits.batch_items"),
    webapp(env::EVENTS_DEFAULT_LOG_RETENTION, "limits.retention.events"),
    webapp(env::DATABASE_URL, "storage.postgres"),
    webapp(env::DIRECT_URL, "storage.postgres"),
    webapp(env::REDIS_HOST, "storage.redis"),
    webapp(env::REDIS_PORT, "storage.redis"),
    webapp(env::REDIS_USERNAME, "storage.redis"),
    webapp(env::REDIS_PASSWORD, "storage.redis"),
    webapp(env::REDIS_TLS_DISABLED, "storage.redis"),
    webapp(env::CLICKHOUSE_URL, "storage.clickhouse"),
    webapp(env::QUERY_CLICKHOUSE_URL, "storage.clickhouse"),
    webapp(env::RUN_REPLICATION_CLICKHOUSE_URL, "storage.clickhouse"),
    webapp(env::RUN_REPLICATION_ENABLED, "storage.clickhouse"),
    webapp(env::EVENT_REPOSITORY_DEFAULT_STORE, "storage.clickhouse"),
    webapp(env::OBJECT_STORE_BASE_URL, "storage.object_store"),
    webapp(env::OBJECT_STORE_ACCESS_KEY_ID, "storage.object_store"),
    webapp(env::OBJECT_STORE_SECRET_ACCESS_KEY, "storage.object_store"),
    webapp(env::OBJECT_STORE_REGION, "storage.object_store"),
    webapp(env::REALTIME_STREAMS_DEFAULT_VERSION, "storage.streams"),
    webapp(env::REALTIME_STREAMS_S2_BASIN, "storage.streams"),
    webapp(env::REALTIME_STREAMS_S2_ENDPOINT, "storage.streams"),
    webapp(env::REALTIME_STREAMS_S2_ACCESS_TOKEN, "storage.streams"),
    webapp(env::REALTIME_STREAMS_S2_SKIP_ACCESS_TOKENS, "storage.streams"),
    webapp(env::REALTIME_BACKEND_NATIVE_ENABLED, "storage.realtime"),
    webapp(env::REALTIME_BACKEND_DEFAULT, "storage.realtime"),
    webapp(env::ELECTRIC_ORIGIN, "storage.realtime"),
    webapp(env::DEPLOY_REGISTRY_HOST, "storage.registry"),
    webapp(env::V4_DEPLOY_REGISTRY_HOST, "storage.registry"),
    webapp(env::DEPLOY_REGISTRY_NAMESPACE, "storage.registry"),
    webapp(env::INTERNAL_API_ORIGIN, "docker.topology"),
    webapp(env::INTERNAL_API_ORIGIN_ENABLED, "docker.topology"),
    webapp(env::TRIGGER_BOOTSTRAP_ENABLED, "docker.topology"),
    webapp(env::TRIGGER_BOOTSTRAP_WORKER_GROUP_NAME, "docker.topology"),
    webapp(env::TRIGGER_BOOTSTRAP_WORKER_TOKEN_PATH, "docker.topology"),
    webapp(env::NODE_MAX_OLD_SPACE_SIZE, "docker.limits.webapp"),
    webapp(env::INTERNAL_OTEL_TRACE_LOGGING_ENABLED, "docker"),
    webapp(env::PORT, "docker"),
    webapp(env::REMIX_APP_PORT, "docker"),
    supervisor(env::TRIGGER_API_URL, "domain"),
    supervisor(env::TRIGGER_WORKLOAD_API_PORT_INTERNAL, "docker"),
    supervisor(env::TRIGGER_WORKLOAD_API_HOST_INTERNAL, "docker"),
    supervisor(env::TRIGGER_WORKLOAD_API_PROTOCOL, "docker"),
    supervisor(env::TRIGGER_WORKLOAD_API_ENABLED, "docker"),
    supervisor(env::KUBERNETES_FORCE_ENABLED, "docker"),
    supervisor(env::RESOURCE_MONITOR_ENABLED, "docker"),
    supervisor(env::OTEL_EXPORTER_OTLP_ENDPOINT, "domain"),
    supervisor(env::MANAGED_WORKER_SECRET, "secrets"),
    supervisor(env::TRIGGER_WORKER_TOKEN, "docker.topology"),
    supervisor(env::TRIGGER_WORKER_INSTANCE_NAME, "docker.topology"),
    supervisor(env::TRIGGER_WORKLOAD_API_DOMAIN, "docker.topology"),
    supervisor(env::TRIGGER_WORKLOAD_API_PORT_EXTERNAL, "docker.topology"),
    supervisor(env::DOCKER_HOST, "docker.topology"),
    supervisor(env::DOCKER_RUNNER_NETWORKS, "docker.project"),
    supervisor(env::DOCKER_REGISTRY_URL, "storage.registry"),
    supervisor(env::DOCKER_REGISTRY_USERNAME, "storage.registry"),
    supervisor(env::DOCKER_REGISTRY_PASSWORD, "storage.registry"),
];
