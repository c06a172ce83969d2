//! A registry host that the CLI takes for a part of an image's name.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(DOTLESS_REGISTRY_HOST, "dotless-registry-host", Warning since "0.1.0", dotless_registry_host);

fn dotless_registry_host(site: &Site, report: &mut Report) {
    let registry = &site.storage.registry;
    // A loopback name is `loopback-registry`.
    if !registry.host().contains('.') && !registry.is_loopback() {
        report.found(
            Place::Value("storage.registry.external.host".into()),
            format!("the CLI does not see that `{}` is a host: it has no dot", registry.host()),
            "write the full name, for example `registry.example.com`",
        );
    }
}
