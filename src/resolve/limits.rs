//! `limits`: how much, how large, how often, how long.

use super::Cx;
use crate::diag::{Diagnostic, Place};
use crate::release::{Reader, Release, env, lookup};
use crate::site::{Docker, Limits};
use crate::spec::{self, Concurrency, Payloads, RateLimit, Retention};
use crate::value::Duration;

/// What the release itself allows at most by default; hosts that carry more still start here.
const MOST_BY_DEFAULT: u32 = 100;

pub(super) fn resolve(
    written: Option<&spec::Limits>,
    release: &'static Release,
    docker: Option<&Docker>,
    cx: &mut Cx<'_>,
) -> Limits {
    let (none, no_concurrency, no_payloads) =
        (spec::Limits::default(), Concurrency::default(), Payloads::default());
    let (no_rate, no_retention) = (RateLimit::default(), Retention::default());
    let written = written.unwrap_or(&none);
    let concurrency = written.concurrency.as_ref().unwrap_or(&no_concurrency);
    let payloads = written.payloads.as_ref().unwrap_or(&no_payloads);
    let rate = written.api_rate.as_ref().unwrap_or(&no_rate);
    let retention = written.retention.as_ref().unwrap_or(&no_retention);
    since(
        written.run_ttl.is_some(),
        env::RUN_ENGINE_DEFAULT_MAX_TTL,
        "limits.run_ttl",
        release,
        cx,
    );
    let environment =
        concurrency.environment.unwrap_or_else(|| docker.map_or(MOST_BY_DEFAULT, carried));
    Limits {
        environment_concurrency: environment,
        concurrency_chosen: concurrency.environment.is_some(),
        organization_concurrency: concurrency.organization.unwrap_or(environment.saturating_mul(3)),
        task_payload: payloads.task,
        batch_payload: payloads.batch,
        offload_above: payloads.offload_above,
        metadata: payloads.metadata,
        rate_burst: rate.burst,
        rate_refill: rate.refill,
        rate_every: rate.every,
        run_ttl: written.run_ttl,
        batch_items: written.batch_items,
        event_retention: whole_days(retention.events, "limits.retention.events", cx),
        clickhouse_log_retention: whole_days(
            retention.clickhouse_logs,
            "limits.retention.clickhouse_logs",
            cx,
        )
        .unwrap_or(Duration::seconds(7 * 86_400)),
    }
}

/// How many runs the memory reserved for them carries on all hosts together.
fn carried(docker: &Docker) -> u32 {
    let runs = match docker.workers.as_slice() {
        [] => docker.sizes.reserve(docker.memory).runs(),
        workers => workers.iter().map(|it| it.reserve.runs()).sum(),
    };
    runs.clamp(1, MOST_BY_DEFAULT)
}

/// A key whose variable a release does not read yet.
pub(super) fn since(
    written: bool,
    variable: &str,
    route: &str,
    release: &'static Release,
    cx: &mut Cx<'_>,
) {
    let Some(known) =
        lookup(Reader::Webapp, variable).filter(|it| written && it.at(release.version).is_none())
    else {
        return;
    };
    let message = format!("{} does not know `{route}`", release.version);
    let help = format!("it came with {}", known.first_since());
    cx.sink.push(Diagnostic::error("release-lacks", Place::Key(route.into()), message).help(help));
}

pub(super) fn whole_days(
    written: Option<Duration>,
    route: &str,
    cx: &mut Cx<'_>,
) -> Option<Duration> {
    let time = written?;
    if time.in_seconds() % 86_400 != 0 {
        let message = format!("`{route}` is counted in whole days, found `{time}`");
        let instead = format!("{}d", time.in_days());
        cx.sink.push(
            Diagnostic::error("bad-value", Place::Value(route.into()), message)
                .help(format!("write `{instead}`"))
                .instead(instead),
        );
    }
    Some(time)
}
