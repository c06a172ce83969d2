//! A registry without a login.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{Registry, Site};

lint!(MISSING_PULL_SECRET, "missing-pull-secret", Warning since "0.1.0", missing_pull_secret);

fn missing_pull_secret(site: &Site, report: &mut Report) {
    let Registry::External(it) = &site.storage.registry else { return };
    if site.kubernetes.is_some() && it.login.is_none() {
        report.found(
            Place::Key("storage.registry.external".into()),
            format!("the nodes pull images of tasks from `{}` without a login", it.host),
            "name a user and a password: `username: …`, `password: { secret: … }`",
        );
    }
}
