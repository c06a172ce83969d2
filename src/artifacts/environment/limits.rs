//! How much, how large, how often, how long.

use super::super::setting::{Group, Setting};
use crate::release::env;
use crate::site::Site;

pub(super) fn settings(site: &Site) -> Vec<Setting> {
    let limits = &site.limits;
    let bytes = |size: crate::value::ByteSize| size.bytes().to_string();
    let chosen = [
        (
            env::TASK_PAYLOAD_MAXIMUM_SIZE,
            "bytes of one run's payload",
            limits.task_payload.map(bytes),
        ),
        (
            env::BATCH_TASK_PAYLOAD_MAXIMUM_SIZE,
            "bytes of one batch's payload",
            limits.batch_payload.map(bytes),
        ),
        (
            env::TASK_PAYLOAD_OFFLOAD_THRESHOLD,
            "larger payloads go to the object store",
            limits.offload_above.map(bytes),
        ),
        (
            env::TASK_RUN_METADATA_MAXIMUM_SIZE,
            "bytes of one run's metadata",
            limits.metadata.map(bytes),
        ),
        (env::API_RATE_LIMIT_MAX, "requests at once", limits.rate_burst.map(|it| it.to_string())),
        (
            env::API_RATE_LIMIT_REFILL_RATE,
            "requests added at each refill",
            limits.rate_refill.map(|it| it.to_string()),
        ),
        (
            env::API_RATE_LIMIT_REFILL_INTERVAL,
            "time between two refills",
            limits.rate_every.map(|it| it.to_string()),
        ),
        (
            env::RUN_ENGINE_DEFAULT_MAX_TTL,
            "longest wait in a queue",
            limits.run_ttl.map(|it| it.to_string()),
        ),
        (
            env::MAX_BATCH_V2_TRIGGER_ITEMS,
            "items in one batch",
            limits.batch_items.map(|it| it.to_string()),
        ),
        (
            env::EVENTS_DEFAULT_LOG_RETENTION,
            "days that logs and traces are kept",
            limits.event_retention.map(|it| it.in_days().to_string()),
        ),
    ];
    let mut settings = vec![
        Setting::kept(
            Group::Limits,
            env::DEFAULT_ENV_EXECUTION_CONCURRENCY_LIMIT,
            "runs at once in one environment",
            limits.environment_concurrency.to_string(),
        ),
        Setting::kept(
            Group::Limits,
            env::DEFAULT_ORG_EXECUTION_CONCURRENCY_LIMIT,
            "runs at once in one organisation",
            limits.organization_concurrency.to_string(),
        ),
    ];
    settings.extend(chosen.into_iter().filter_map(|(name, about, value)| {
        Some(Setting::kept(Group::Limits, name, about, value?))
    }));
    settings
}
