//! A release that prints a password at every start.

use crate::diag::Place;
use crate::lint::{Report, holes};
use crate::site::Site;

lint!(DSN_IN_LOGS, "dsn-in-logs", Warning since "0.1.0" of release, dsn_in_logs);

fn dsn_in_logs(site: &Site, report: &mut Report) {
    let release = site.release;
    if !release.logs_clickhouse_password {
        return;
    }
    let message =
        format!("the webapp of {} logs the ClickHouse password at every start", release.version);
    let help = match holes::first_release(|it| !it.logs_clickhouse_password) {
        Some(mended) => format!("move to `{mended}` or later, then change the password"),
        None => "change the password, and keep the log to yourself".into(),
    };
    report.found(Place::Value("release".into()), message, help);
}
