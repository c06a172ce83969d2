//! Usage reported to Trigger.dev.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(TELEMETRY_ON, "telemetry-on", Info since "0.1.0", telemetry_on);

fn telemetry_on(site: &Site, report: &mut Report) {
    if site.access.telemetry {
        let at = Place::Value("access.telemetry".into());
        let finding = report.found(
            at,
            "usage of this site is reported to Trigger.dev",
            "write `false` to keep it to yourself",
        );
        finding.instead = Some("false".into());
    }
}
