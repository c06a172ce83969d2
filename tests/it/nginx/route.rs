//! What the application makes of a request target: which route it finds, and whether it answers with data alone.
//!
//! It reads `new URL("http://host" + target)`, decodes each segment, and compares without case and without a slash at
//! the end.

use url::Url;

/// What the application sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Route {
    /// In small letters, decoded, without a slash at the end.
    pub(super) path: String,
    /// Whether a `_data` asks for the JSON of a page instead of the page.
    pub(super) data: bool,
}

/// The route of a target; `None` where the application cannot read it.
pub(super) fn route(target: &str) -> Option<Route> {
    let url = Url::parse(&format!("http://host{target}")).ok()?;
    if url.host_str() != Some("host") {
        return None;
    }
    let segments: Vec<String> = url.path().split('/').map(decoded).collect();
    let path = segments.join("/").to_ascii_lowercase();
    let path = path.trim_end_matches('/');
    let path = if path.is_empty() { "/" } else { path };
    let data = url.query_pairs().any(|(name, _)| name == "_data");
    Some(Route { path: path.to_owned(), data })
}

/// A segment without its percent signs, but for `%2F`, which stays as it is; unreadable ones stay whole.
fn decoded(segment: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), segment.as_bytes());
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let byte = hex.and_then(|it| u8::from_str_radix(it, 16).ok()).filter(|_| *first == b'%');
        match byte {
            Some(b'/') => bytes.extend(b"%2F"),
            Some(byte) => bytes.push(byte),
            None => bytes.push(*first),
        }
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| segment.to_owned())
}

#[test]
fn targets_are_read_as_the_application_does() {
    let path = |target| route(target).expect("a target").path;
    assert_eq!(path("/METRICS/"), "/metrics");
    assert_eq!(path("/x/..\\metrics"), "/metrics");
    assert_eq!(path("/realtime/v1/a%2fb%2fc/../../../login"), "/login");
    assert_eq!(path("/api/v1/packets/a%2fb/%2e%2e/%2E./.%2e/..\\login?x"), "/login");
    assert_eq!(path("/%6detrics"), "/metrics");
    assert_eq!(path("/api/v1/tasks/a%2Fb/trigger"), "/api/v1/tasks/a%2fb/trigger");
    assert_eq!(path("/api/v1/x#/../../login"), "/api/v1/x");
    for target in ["/?_data=root", "/healthcheck?%5Fdata=", "/a?b&_d%61ta=x", "/a?_data"] {
        assert!(route(target).expect("a target").data, "{target}");
    }
    assert!(!route("/a?x_data=1#?_data=1").expect("a target").data);
}
