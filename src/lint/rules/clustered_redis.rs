//! Redis in cluster mode.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{Redis, Site};

lint!(CLUSTERED_REDIS, "clustered-redis", Warning since "0.1.0", clustered_redis);

fn clustered_redis(site: &Site, report: &mut Report) {
    let Redis::External(server) = &site.storage.redis else { return };
    let host = server.host.as_str();
    // How Amazon names the endpoint of a cluster.
    if host.split('.').any(|label| label == "clustercfg") {
        report.found(
            Place::Value("storage.redis.external.host".into()),
            format!("`{host}` is the endpoint of a cluster"),
            "name a Redis with cluster mode off",
        );
    }
}
