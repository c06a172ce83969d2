//! A server that the webapp would look for in its own container.

use crate::lint::{Report, external};
use crate::site::Site;
use std::net::IpAddr;

lint!(LOOPBACK_SERVER, "loopback-server", Error since "0.1.0", loopback_server);

fn loopback_server(site: &Site, report: &mut Report) {
    for server in external::servers(site) {
        if is_loopback(&server.host) {
            report.found(
                server.at,
                format!("`{}` is the webapp's own container, not {}", server.host, server.what),
                "name the host as containers reach it",
            );
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let address = |it: IpAddr| it.is_loopback() || it.is_unspecified();
    host == "localhost" || host.ends_with(".localhost") || host.parse().is_ok_and(address)
}
