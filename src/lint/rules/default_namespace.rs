//! A namespace that everything else shares.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(DEFAULT_NAMESPACE, "default-namespace", Warning since "0.1.0", default_namespace);

fn default_namespace(site: &Site, report: &mut Report) {
    if site.kubernetes.as_ref().is_some_and(|it| !it.owns_namespace) {
        report.found(
            Place::Value("kubernetes.namespace".into()),
            "the webapp may read every Secret of `default`, and the supervisor delete every pod there",
            "leave the key out: the site then has a namespace of its own",
        );
    }
}
