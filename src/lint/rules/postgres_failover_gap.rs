//! A failover that loses the place of the run list.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(POSTGRES_FAILOVER_GAP, "postgres-failover-gap", Warning since "0.1.0", postgres_failover_gap);

fn postgres_failover_gap(site: &Site, report: &mut Report) {
    let postgres = site.kubernetes.as_ref().and_then(|it| it.postgres.as_ref());
    if let Some(it) = postgres.filter(|it| it.instances > 1) {
        report.found(
            Place::Value("kubernetes.postgres.instances".into()),
            format!("with {} instances a failover leaves a gap in the list of runs", it.instances),
            "write `1`: the volume is what keeps the data, and the operator starts the instance again",
        );
    }
}
