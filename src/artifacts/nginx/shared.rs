//! What the servers of a site share, what a server has once, and what stands before the first certificate.

use super::certificates;
use super::data::Vhost;
use crate::site::{Nginx, Site};
use serde_json::{Value, json};

/// Whether HTTP/2 is switched on by a directive, as from nginx 1.25.1, or by a word of `listen`.
pub(super) fn http2_has_a_line(site: &Site) -> bool {
    site.docker().os.nginx() >= (1, 25)
}

/// The file that takes in all others.
pub(super) fn site(site: &Site, nginx: &Nginx, vhosts: &[Vhost]) -> Value {
    let publish = &site.docker().publish;
    let mut upstreams = vec![json!({ "name": "webapp", "port": publish.webapp.number() })];
    if site.bundled_registry().is_some() {
        upstreams.push(json!({ "name": "registry", "port": publish.registry.number() }));
    }
    if site.object_store_host().is_some() {
        upstreams.push(json!({ "name": "object_store", "port": publish.object_store.number() }));
    }
    json!({
        "upstreams": upstreams,
        "rate": nginx.requests_per_second,
        "websockets": websockets(site),
        "vhosts": vhosts.iter().map(|it| it.file).collect::<Vec<_>>(),
    })
}

/// Whether any side of the site takes websockets.
pub(super) fn websockets(site: &Site) -> bool {
    site.tailnet().is_some() || site.network.expose.engine
}

/// What answers to names that nobody has. One server has one such file, whichever site brought it.
pub(super) fn catch_all(site: &Site) -> Value {
    let longest = site.hosts().into_iter().map(|(host, _)| host.as_str().len()).max().unwrap_or(0);
    json!({
        "http2": http2_has_a_line(site),
        "rejects": site.docker().os.nginx() >= (1, 19),
        "tailnet": site.tailnet().map(|it| json!({ "ipv4": it.ipv4.as_str(), "ipv6": it.ipv6.as_ref().map(|it| it.as_str()) })),
        "bucket": bucket(longest),
    })
}

/// Size of a bucket of server names; `None` where nginx has enough by itself.
fn bucket(longest: usize) -> Option<usize> {
    // A name of a bucket takes a pointer, its length and its letters; another pointer ends the bucket.
    let needed = 8 + (longest + 2).next_multiple_of(8) + 8;
    (needed > 64).then(|| needed.next_power_of_two())
}

/// The server of port 80 that Let's Encrypt reads from, before there is any certificate.
pub(super) fn bootstrap(site: &Site, nginx: &Nginx) -> Value {
    let public = site.hosts().into_iter().filter(|(_, private)| !private);
    json!({
        "commands": certificates::commands(site, nginx),
        "acme": certificates::over_http(nginx),
        "names": public.map(|(host, _)| host.as_str()).collect::<Vec<_>>(),
    })
}

/// What snippets differ by.
pub(super) fn snippet(site: &Site) -> Value {
    json!({ "hybrid": site.docker().os.openssl() >= (3, 5) })
}

#[cfg(test)]
mod tests {
    use super::bucket;

    #[test]
    fn a_bucket_holds_the_longest_name() {
        assert_eq!(bucket(19), None);
        assert_eq!(bucket(46), None);
        assert_eq!(bucket(47), Some(128));
        assert_eq!(bucket(111), Some(256));
        assert_eq!(bucket(240), Some(512));
    }
}
