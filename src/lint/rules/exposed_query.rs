//! A path with a known hole, opened on purpose.

use crate::diag::Place;
use crate::lint::Report;
use crate::release::QUERY_FLOOR;
use crate::site::Site;

lint!(EXPOSED_QUERY, "exposed-query", Error since "0.1.0" of release, exposed_query);

fn exposed_query(site: &Site, report: &mut Report) {
    let version = site.release.version;
    let asked = Place::Value("network.expose.query".into());
    // Nothing in front of a cluster tells this path from the others.
    let in_cluster = site.kubernetes.is_some().then(|| Place::Value("release".into()));
    let open = site.network.expose.query.then_some(asked).or(in_cluster);
    if let Some(at) = open.filter(|_| version < QUERY_FLOOR) {
        report.found(
            at,
            format!("`POST /api/v1/query` of {version} lets every key read the runs of every organization"),
            format!("move to `{QUERY_FLOOR}` or newer, or leave it closed"),
        );
    }
}
