//! A `ClickHouse` on which the migrations were not seen to work.

use crate::lint::{Report, image};
use crate::site::Site;

lint!(CLICKHOUSE_TOO_NEW, "clickhouse-too-new", Warning since "0.1.0" of release, clickhouse_too_new);

fn clickhouse_too_new(site: &Site, report: &mut Report) {
    let ceiling = site.release.clickhouse_ceiling;
    let Some((version, at)) = image::clickhouse(site) else { return };
    if version > ceiling {
        let message = format!(
            "ClickHouse {version} is newer than {ceiling}, the newest that is known to take every migration"
        );
        let help = format!(
            "run ClickHouse {ceiling}, or set `allow_dimensions_outside_sorting_key = 1` in its `merge_tree` settings"
        );
        report
            .found(at, message, help)
            .notes
            .push("ClickHouse 26.9 refuses the table of errors without that setting".into());
    }
}
