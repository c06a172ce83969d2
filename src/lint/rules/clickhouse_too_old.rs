//! A `ClickHouse` that does not take the webapp's inserts.

use crate::lint::{Report, image};
use crate::site::Site;

lint!(CLICKHOUSE_TOO_OLD, "clickhouse-too-old", Error since "0.1.0" of release, clickhouse_too_old);

fn clickhouse_too_old(site: &Site, report: &mut Report) {
    let release = site.release;
    let Some(floor) = release.clickhouse_floor else { return };
    let Some((version, at)) = image::clickhouse(site) else { return };
    if version < floor {
        let message = format!(
            "ClickHouse {version} refuses the inserts of {}: it knows their settings from {floor} on",
            release.version
        );
        let help = format!(
            "run ClickHouse `{}`; `{floor}` is the oldest that works",
            release.clickhouse_ceiling
        );
        report.found(at, message, help);
    }
}
