//! Hosts, ports and origins.

use super::{Refusal, Scalar, checked_text, text_schema};
use std::fmt;
use std::net::IpAddr;

checked_text! {
    /// A public host name: at least two labels, lower case, no scheme, port or path.
    Domain is "a public host name" like "trigger.example.com"
    matching "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$" by domain
}

checked_text! {
    /// The host of a site: a public host name, or one whose end Flux fills in.
    SiteDomain is "a public host name; in a cluster its end may be a variable, as `trigger.${SECRET_DOMAIN}`" like "trigger.example.com"
    matching "^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+([a-z]([a-z0-9-]{0,61}[a-z0-9])?|\\$\\{[A-Z_][A-Z0-9_]*\\})$" by site_domain
}

impl SiteDomain {
    /// The host; [`Domain::variable`] says whether a part of it is filled in later.
    pub fn domain(&self) -> Domain {
        Domain(self.0.clone())
    }
}

impl Domain {
    /// The variable of Flux that the host ends with. None but [`SiteDomain`] can make such a one.
    pub fn variable(&self) -> Option<&str> {
        ending_variable(&self.0)
    }
}

impl RegistryHost {
    /// The variable of Flux that the host ends with.
    pub fn variable(&self) -> Option<&str> {
        ending_variable(self.0.split(':').next().unwrap_or_default())
    }
}

fn ending_variable(host: &str) -> Option<&str> {
    host.split_once("${")?.1.strip_suffix('}')
}

checked_text! {
    /// The host of a server that is not part of the stack: a name or an address.
    Host is "a host name or address" like "db.internal.example.com"
    matching "^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$" by host
}

checked_text! {
    /// The host of an image registry, with its port where it has one.
    /// In a cluster its end may be a variable.
    RegistryHost is "a registry host without scheme or path" like "ghcr.io"
    matching "^[a-z0-9]([a-z0-9.-]*([a-z0-9]|\\$\\{[A-Z_][A-Z0-9_]*\\}))?(:[0-9]{1,5})?$" by registry_host
}

/// A TCP port from 1 to 65535.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Port(u16);

impl Port {
    /// A port that the compiler itself names; zero is nobody's port.
    pub const fn known(port: u16) -> Self {
        assert!(port > 0, "port 0 cannot be listened on");
        Self(port)
    }

    /// A port that the author wrote.
    pub fn from_number(number: i64) -> Result<Self, Refusal> {
        match u16::try_from(number) {
            Ok(port) if port > 0 => Ok(Self(port)),
            _ => Err(Refusal::new("a port is a number from 1 to 65535")),
        }
    }

    /// The number.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl schemars::JsonSchema for Port {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Port".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "description": "A TCP port from 1 to 65535.",
            "minimum": 1,
            "maximum": 65535,
        })
    }
}

/// Scheme, host and perhaps port; never a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Whether the scheme is `https`.
    pub tls: bool,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// The origin of a public host.
    pub fn https(domain: &Domain) -> Self {
        Self { tls: true, host: domain.as_str().into(), port: None }
    }

    /// The origin of a service within the stack.
    pub fn service(host: &str, port: Port) -> Self {
        Self { tls: false, host: host.into(), port: Some(port.number()) }
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        &self.host
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl Scalar for Origin {
    const WHAT: &'static str = "an origin: scheme, host and perhaps a port";
    const EXAMPLE: &'static str = "https://s3.example.com";
    const PATTERN: &'static str =
        "^https?://[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$";

    fn from_text(text: &str) -> Result<Self, Refusal> {
        let (tls, rest) = match text.split_once("://") {
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            Some(_) => return Err(Refusal::new("the scheme must be `https` or `http`")),
            None => {
                let host = text.split('/').next().unwrap_or(text);
                return Err(Refusal::new("it has no scheme").instead(format!("https://{host}")));
            }
        };
        if let Some((before, _)) = rest.split_once('/') {
            let scheme = if tls { "https" } else { "http" };
            return Err(Refusal::new("an origin has no path and no slash at its end")
                .instead(format!("{scheme}://{before}")));
        }
        if rest.contains('@') {
            return Err(Refusal::new("a user or password does not belong into an origin"));
        }
        let (name, port) = match rest.split_once(':') {
            Some((name, port)) => (name, Some(port_number(port)?)),
            None => (rest, None),
        };
        host(name)?;
        Ok(Self { tls, host: name.into(), port })
    }
}

text_schema!(Origin, "an origin: scheme, host and perhaps a port");

/// Labels, then perhaps a variable in the place of the last ones.
fn site_domain(text: &str) -> Result<(), Refusal> {
    match text.split_once("${") {
        Some((before, rest)) => before_variable(before, rest),
        None => domain(text),
    }
}

fn before_variable(before: &str, rest: &str) -> Result<(), Refusal> {
    let (Some(host), Some(name)) = (before.strip_suffix('.'), rest.strip_suffix('}')) else {
        return Err(Refusal::new(
            "a variable stands at the end, in the place of the last labels: `trigger.${SECRET_DOMAIN}`",
        ));
    };
    super::cluster::variable(name)?;
    labels(host)
}

fn domain(text: &str) -> Result<(), Refusal> {
    let bare = without_scheme_and_path(text).to_lowercase();
    let refused = |why: &str| {
        let refusal = Refusal::new(why);
        Err(if bare != text && labels(&bare).is_ok() && bare.contains('.') {
            refusal.instead(bare.clone())
        } else {
            refusal
        })
    };
    match text {
        "" => Err(Refusal::new("it is empty")),
        // Names such as `registry.<domain>` must still fit into the 253 of a host name.
        _ if text.len() > 240 => Err(Refusal::new("it is longer than 240 characters")),
        _ if text.contains("://") => refused("write the host alone, without the scheme"),
        _ if text.contains('/') => refused("write the host alone, without a path"),
        _ if text.contains(':') => {
            refused("write the host alone, without a port: the proxy answers on 443")
        }
        _ if text.parse::<IpAddr>().is_ok() => {
            refused("an address has no certificate: write a host name")
        }
        _ if text != text.to_lowercase() => refused("host names are written in lower case"),
        _ if !text.contains('.') => {
            refused("it has one label only, so no public certificate can be had for it")
        }
        _ if text.ends_with('.') => refused("write it without the dot at its end"),
        _ if text
            .rsplit('.')
            .next()
            .is_some_and(|it| it.starts_with(|c: char| c.is_ascii_digit())) =>
        {
            refused("its last label must not begin with a digit")
        }
        _ => labels(text),
    }
}

fn host(text: &str) -> Result<(), Refusal> {
    if text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    match text {
        "" => Err(Refusal::new("the host is empty")),
        _ if text.contains("://") || text.contains('/') => {
            Err(Refusal::new("write the host alone, without scheme or path")
                .instead(without_scheme_and_path(text)))
        }
        _ if text.contains(':') => {
            Err(Refusal::new("write the host alone: the port has a key of its own"))
        }
        _ => labels(&text.to_lowercase()),
    }
}

fn registry_host(text: &str) -> Result<(), Refusal> {
    if text.contains("://") || text.contains('/') {
        let bare = without_scheme_and_path(text);
        return Err(Refusal::new("write host and port alone; the path has the key `namespace`")
            .instead(bare));
    }
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (text, None),
    };
    match name.split_once("${") {
        Some((before, rest)) => before_variable(before, rest)?,
        None => labels(name)?,
    }
    port.map_or(Ok(()), |port| port_number(port).map(drop))
}

fn without_scheme_and_path(text: &str) -> &str {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let rest = rest.split('/').next().unwrap_or(rest);
    // What stands before an `@` is user and password.
    let rest = rest.rsplit('@').next().unwrap_or(rest);
    rest.split(':').next().unwrap_or(rest)
}

fn port_number(text: &str) -> Result<u16, Refusal> {
    let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    match text.parse::<u16>() {
        Ok(port) if digits && port > 0 => Ok(port),
        _ => Err(Refusal::new(format!("`{text}` is not a port from 1 to 65535"))),
    }
}

/// Checks each label of a host name in lower case.
fn labels(text: &str) -> Result<(), Refusal> {
    if text.len() > 253 {
        return Err(Refusal::new("it is longer than 253 characters"));
    }
    text.split('.').try_for_each(|label| {
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        match label {
            "" => Err(Refusal::new("two dots follow each other, or one stands at an end")),
            _ if label.len() > 63 => {
                Err(Refusal::new(format!("`{label}` is longer than 63 characters")))
            }
            _ if label.starts_with('-') || label.ends_with('-') => {
                Err(Refusal::new(format!("`{label}` begins or ends with a hyphen")))
            }
            _ => match label.chars().find(|c| !edge(*c) && *c != '-') {
                Some(c) => Err(Refusal::new(format!(
                    "`{}` cannot stand in a host name",
                    c.escape_default()
                ))),
                None => Ok(()),
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_bare_public_name() {
        for bad in [
            "",
            "localhost",
            "https://a.example.com",
            "a.example.com/",
            "A.example.com",
            "a..b",
            "10.0.0.1",
            "a_b.example.com",
            "a.example.com:8030",
            "a.example.com.",
            "-a.example.com",
            "a b.example.com",
            "x.1com",
        ] {
            assert!(Domain::from_text(bad).is_err(), "{bad}");
        }
        let refusal = Domain::from_text("https://Trigger.Example.com/x").expect_err("not bare");
        assert_eq!(refusal.instead.as_deref(), Some("trigger.example.com"));
        assert!(Domain::from_text("xn--bcher-kva.example").is_ok());
    }

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(
            Origin::from_text("https://s3.example.com:9000").expect("good").to_string(),
            "https://s3.example.com:9000"
        );
        for bad in [
            "s3.example.com",
            "ftp://x",
            "https://x/",
            "https://x/y",
            "https://u:p@x",
            "https://x:0",
            "https://x:",
            "https://",
        ] {
            assert!(Origin::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_registry_host_may_have_a_port() {
        assert!(RegistryHost::from_text("localhost:5000").is_ok());
        for bad in ["https://ghcr.io", "ghcr.io/me", "GHCR.io", "ghcr.io:x", ""] {
            assert!(RegistryHost::from_text(bad).is_err(), "{bad}");
        }
    }
}
