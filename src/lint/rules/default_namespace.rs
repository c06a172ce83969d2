//! A namespace that everything else shares.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(DEFAULT_NAMESPACE, "default-namespace", Warning since "0.1.0", default_namespace);

fn default_namespace(site: &Site, report: &mut Report) {
    let Some(cluster) = site.kubernetes.as_ref().filter(|it| !it.owns_namespace) else { return };
    let and = match cluster.has_runs_apart() {
        true => "",
        false => ", and the supervisor delete every pod there",
    };
    report.found(
        Place::Value("kubernetes.namespace".into()),
        format!("the webapp may read every Secret of `default`{and}"),
        "leave the key out: the site then has a namespace of its own",
    );
}
