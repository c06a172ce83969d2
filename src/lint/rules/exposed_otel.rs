//! Logs and traces that anybody can write.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(EXPOSED_OTEL, "exposed-otel", Warning since "0.1.0", exposed_otel);

fn exposed_otel(site: &Site, report: &mut Report) {
    // Worker hosts need it: there is no site with them and without it.
    if site.network.expose.otel && !site.is_split() {
        report.found(
            Place::Value("network.expose.otel".into()),
            "everybody can write into the logs and traces of every run",
            "write `false`: runs on this server do not need it",
        );
    }
}
