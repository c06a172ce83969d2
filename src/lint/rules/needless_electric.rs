//! Electric beside a webapp that does not need it.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{Realtime, Site};

lint!(NEEDLESS_ELECTRIC, "needless-electric", Warning since "0.1.0" of release, needless_electric);

fn needless_electric(site: &Site, report: &mut Report) {
    let release = site.release;
    if release.native_realtime() && matches!(site.storage.realtime, Realtime::Electric { .. }) {
        report.found(
            Place::Key("storage.realtime".into()),
            format!("the webapp of {} answers realtime subscriptions itself", release.version),
            "write `realtime: native`, then drop Electric's replication slot",
        );
    }
}
