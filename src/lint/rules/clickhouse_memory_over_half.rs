//! A `ClickHouse` that may take most of a server that others share.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;
use crate::value::ByteSize;

lint!(CLICKHOUSE_MEMORY_OVER_HALF, "clickhouse-memory-over-half", Warning since "0.1.0", clickhouse_memory_over_half);

fn clickhouse_memory_over_half(site: &Site, report: &mut Report) {
    let Some(docker) = &site.docker else { return };
    let Some(limit) = docker.sizes.clickhouse else { return };
    // What the server itself is told is four fifths of its container.
    let (server, host) = (limit.in_mib() * 4 / 5, docker.memory);
    // Where not even the containers fit, `undersized-host` says so.
    let fits = docker.sizes.reserve(host).left() >= 0;
    if fits && server * 2 > host.in_mib() {
        let most = ByteSize::mib(host.in_mib() * 5 / 8);
        let message = format!(
            "ClickHouse may take {} of the {host} that it shares with everything else",
            ByteSize::mib(server)
        );
        let at = Place::Value("docker.limits.clickhouse".into());
        report.found(at, message, format!("write at most `{most}`")).instead =
            Some(most.to_string());
    }
}
