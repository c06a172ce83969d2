//! One name for a private dashboard and a public API.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::Site;

lint!(SHARED_TAILNET_HOST, "shared-tailnet-host", Warning since "0.1.0", shared_tailnet_host);

fn shared_tailnet_host(site: &Site, report: &mut Report) {
    if site.tailnet().is_some() && !site.has_two_hosts() {
        report.found(
            Place::Key("network.access.tailscale".into()),
            format!(
                "`{}` has to lead to the tailnet for some and to the public address for others",
                site.domain
            ),
            "give the API a name of its own with `api_domain`",
        );
    }
}
