//! URLs as the processes of the stack read them.

/// The parts of a URL.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::proof) struct Url {
    /// `https`.
    pub(in crate::proof) scheme: String,
    /// The user, decoded.
    pub(in crate::proof) user: Option<String>,
    /// The password, decoded.
    pub(in crate::proof) password: Option<String>,
    /// The host, in brackets where it is an address of IPv6.
    pub(in crate::proof) host: String,
    /// The port, where one is given.
    pub(in crate::proof) port: Option<u16>,
    /// The path with its slash; empty where there is none.
    pub(in crate::proof) path: String,
    /// What stands after `?`.
    pub(in crate::proof) query: String,
}

/// Never prints user, password or query.
impl std::fmt::Debug for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Url({}://{})", self.scheme, self.host)
    }
}

impl Url {
    /// Reads a URL with scheme and host. A text in which user information could be read in two ways is none:
    /// whoever connects with it may end at another server.
    pub(in crate::proof) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let letters =
            |it: &str| it.bytes().all(|c| c.is_ascii_alphanumeric() || b"+-.".contains(&c));
        if scheme.is_empty() || !letters(scheme) || rest.contains(char::is_control) {
            return None;
        }
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let tail = &rest[authority.len()..];
        let (login, address) = match authority.split_once('@') {
            Some((login, address)) => (Some(login), address),
            None => (None, authority),
        };
        if address.contains('@') || (scheme != "file" && tail.contains('@') && login.is_none()) {
            return None;
        }
        let (host, port) = host_and_port(address)?;
        let (user, password) = match login.map(|it| it.split_once(':').unwrap_or((it, ""))) {
            Some((user, password)) => (Some(decoded(user)?), Some(decoded(password)?)),
            None => (None, None),
        };
        let tail = tail.split('#').next().unwrap_or_default();
        let (path, query) = tail.split_once('?').unwrap_or((tail, ""));
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            user,
            password: password.filter(|it| !it.is_empty()),
            host,
            port,
            path: path.to_owned(),
            query: query.to_owned(),
        })
    }

    /// The values of one parameter.
    pub(in crate::proof) fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self.query.split('&').filter_map(|it| it.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Scheme, host and port as an origin.
    pub(in crate::proof) fn origin(&self) -> String {
        match self.port {
            Some(port) => format!("{}://{}:{port}", self.scheme, self.host),
            None => format!("{}://{}", self.scheme, self.host),
        }
    }
}

fn host_and_port(address: &str) -> Option<(String, Option<u16>)> {
    let after_host = address.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match address[after_host..].rfind(':') {
        Some(at) => {
            let at = after_host + at;
            (&address[..at], Some(address[at + 1..].parse().ok()?))
        }
        None => (address, None),
    };
    let fine = |c: char| c.is_ascii_alphanumeric() || "._-[]:%".contains(c);
    (host.chars().all(fine)).then(|| (host.to_ascii_lowercase(), port))
}

/// Percent-encoding taken away.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let digit = |it: Option<u8>| char::from(it?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Whether a host is a bare name, which only Docker's own resolver can know.
pub(in crate::proof) fn is_service_name(host: &str) -> bool {
    !host.is_empty() && !host.contains(['.', ':', '[', '/', ' ']) && host != "localhost"
}

/// Whether a host is the machine itself.
pub(in crate::proof) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.starts_with("127.") || host == "[::1]" || host == "::1"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_url() {
        let url = Url::parse("postgresql://u%40x:p%2Fw@db:5432/main?schema=public&sslmode=disable");
        let url = url.expect("a URL");
        assert_eq!(url.user.as_deref(), Some("u@x"));
        assert_eq!(url.password.as_deref(), Some("p/w"));
        assert_eq!((url.host.as_str(), url.port, url.path.as_str()), ("db", Some(5432), "/main"));
        assert_eq!(url.parameter("sslmode"), Some("disable"));
        let url = Url::parse("http://[::1]:80").expect("a URL");
        assert_eq!((url.host.as_str(), url.port), ("[::1]", Some(80)));
        let url = Url::parse("http://[::]").expect("a URL");
        assert_eq!((url.host.as_str(), url.port), ("[::]", None));
        assert_eq!(
            Url::parse("https://a.example/x#y").expect("a URL").origin(),
            "https://a.example"
        );
        assert!(Url::parse("file:///run/token").is_some_and(|it| it.host.is_empty()));
    }

    #[test]
    fn a_password_that_breaks_the_url_is_seen() {
        for text in [
            "postgres://u:p@ss@host/db",
            "postgres://u:p/w@host/db",
            "postgres://u:p?w@host/db",
            "postgres://u:p#w@host/db",
            "postgres://u:p%zz@host/db",
            "http://host:port/",
            "nothing",
        ] {
            assert_eq!(Url::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_url() {
        for text in ["://host", "ht tp://host", "http://a\u{1}b", "http://a/b@c", "http://a@b@c"] {
            assert_eq!(Url::parse(text), None, "{text}");
        }
        for text in ["file:///run/x@y", "http://u:p@host/x@y", "http://[::1]/", "a+b-c.d://host"] {
            assert!(Url::parse(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_machine_reaches_itself_under_four_names() {
        for host in ["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        assert!(!is_loopback("host") && !is_loopback("10.127.0.1"));
    }
}
