//! Logs and traces that anybody can write.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(EXPOSED_OTEL, "exposed-otel", Warning since "0.1.0", exposed_otel);

fn exposed_otel(site: &Site, report: &mut Report) {
    let workers = site.docker.as_ref().map(|it| it.workers.as_slice()).unwrap_or_default();
    // Worker hosts need it: there is no site with them and without it. A proxy of the author's decides it itself.
    if workers.iter().any(|it| it.addresses.is_empty()) && site.nginx().is_some() {
        report.found(
            Place::Key("docker.topology.workers".into()),
            "everybody can write into the logs and traces of every run, which only worker hosts need",
            "say where each worker host comes from: `addresses: [203.0.113.7]`",
        );
    } else if site.network.expose.otel && !site.is_split() {
        report.found(
            Place::Value("network.expose.otel".into()),
            "everybody can write into the logs and traces of every run",
            "write `false`: runs on this server do not need it",
        );
    }
}
