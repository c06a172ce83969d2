//! What the template of a vhost sees.

use serde::Serialize;

/// One file of vhosts.
#[derive(Serialize)]
pub(super) struct Vhost {
    /// Its name, without ending.
    pub(super) file: &'static str,
    /// What it is, for its first line.
    #[serde(skip)]
    pub(super) what: &'static str,
    /// Servers of port 80 that send everything to https.
    pub(super) redirects: Vec<Redirect>,
    /// Servers of port 443.
    pub(super) servers: Vec<Server>,
}

/// A server of port 80.
#[derive(Serialize)]
pub(super) struct Redirect {
    pub(super) name: String,
    pub(super) listen: Vec<String>,
    /// Whether Let's Encrypt may read its files here.
    pub(super) acme: bool,
}

/// A server of port 443.
#[derive(Serialize)]
pub(super) struct Server {
    /// What it is for.
    pub(super) about: Vec<&'static str>,
    pub(super) name: String,
    pub(super) listen: Vec<String>,
    /// Whether HTTP/2 has a line of its own.
    pub(super) http2: bool,
    pub(super) certificate: String,
    pub(super) key: String,
    /// Ranges that may come in; all may where none is named.
    pub(super) allow: Vec<Range>,
    /// What may be asked for, if that is a list.
    pub(super) allowed: Option<Allowed>,
    /// How a request that is refused ends.
    pub(super) refusal: &'static str,
    pub(super) locations: Vec<Location>,
}

/// Addresses that may come in.
#[derive(Serialize)]
pub(super) struct Range {
    pub(super) range: &'static str,
    pub(super) who: &'static str,
}

/// The paths that a server forwards, by the raw request.
#[derive(Serialize)]
pub(super) struct Allowed {
    /// The variable, without its `$`.
    pub(super) variable: String,
    pub(super) paths: Vec<String>,
    /// Whether what answers knows the parameter `_data`.
    pub(super) pages: bool,
}

/// A location.
#[derive(Serialize)]
pub(super) struct Location {
    /// Why it is as it is.
    pub(super) about: &'static str,
    /// What it matches.
    pub(super) at: String,
    /// Ranges that may ask for it, on a server that anybody reaches; everybody may where none is named.
    pub(super) allow: Vec<String>,
    /// Where it leads; `None` for one that refuses.
    pub(super) forward: Option<Forward>,
}

/// How a location forwards.
#[derive(Serialize, Clone)]
pub(super) struct Forward {
    pub(super) upstream: &'static str,
    /// Methods that pass, if not all do.
    pub(super) methods: Option<&'static str>,
    pub(super) limit: Option<Limit>,
    /// Largest body; `0` for any.
    pub(super) body: String,
    /// Whether a request is held back until it is complete.
    pub(super) request_buffering: bool,
    /// Whether an answer is held back until buffers are full.
    pub(super) buffering: bool,
    /// Seconds without a byte after which either side is given up.
    pub(super) timeout: u32,
    /// The snippet that says what the application is told.
    pub(super) snippet: &'static str,
}

/// A rate limit.
#[derive(Serialize, Clone)]
pub(super) struct Limit {
    pub(super) zone: &'static str,
    pub(super) burst: u32,
}
