//! A registry to which the CLI never pushes.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(LOOPBACK_REGISTRY, "loopback-registry", Warning since "0.1.0", loopback_registry);

fn loopback_registry(site: &Site, report: &mut Report) {
    let registry = &site.storage.registry;
    if registry.is_loopback() {
        let message = format!(
            "the CLI does not push to `{}`: it loads images into the Docker of the machine that deploys",
            registry.host()
        );
        report.found(
            Place::Value("storage.registry.external.host".into()),
            message,
            format!(
                "name one that others reach, or leave `storage.registry` out for `registry.{}`",
                site.domain
            ),
        );
    }
}
