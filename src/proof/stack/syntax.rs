//! Parts of a service that compose takes in a short and in a long syntax.

use super::load::Scope;
use super::service::scalar;
use serde_json::Value;

/// A published port.
#[derive(Debug)]
pub(in crate::proof) struct Port {
    /// The address on the host; `None` is every one.
    pub(in crate::proof) address: Option<String>,
    /// The port on the host, or a range of them; `None` is any that is free.
    pub(in crate::proof) published: Option<String>,
    /// The port in the container, or a range of them.
    pub(in crate::proof) target: String,
    /// `tcp`, `udp` or `sctp`.
    pub(in crate::proof) protocol: String,
}

/// A mount.
#[derive(Debug)]
pub(in crate::proof) struct Mount {
    /// A path of the host, or the key of a volume.
    pub(in crate::proof) source: String,
    /// Where the container sees it.
    pub(in crate::proof) target: String,
    /// Whether `source` is a path.
    pub(in crate::proof) is_bind: bool,
    /// Whether the container cannot write to it.
    pub(in crate::proof) read_only: bool,
}

/// Where output goes.
#[derive(Debug)]
pub(in crate::proof) struct Logging {
    /// `local`, `json-file`, …
    pub(in crate::proof) driver: String,
    /// Whether a size is given.
    pub(in crate::proof) is_bounded: bool,
}

pub(super) fn port(value: &Value, scope: &Scope<'_>) -> Option<Port> {
    if let Value::Object(_) = value {
        let field = |key: &str| value.get(key).and_then(scalar).map(|it| scope.lenient(&it));
        return Some(Port {
            address: field("host_ip"),
            published: field("published").filter(|it| !it.is_empty()),
            target: field("target")?,
            protocol: field("protocol").unwrap_or_else(|| "tcp".into()),
        });
    }
    let written = scope.lenient(&scalar(value)?);
    let (written, protocol) = written.split_once('/').unwrap_or((&written, "tcp"));
    let (rest, target) = written.rsplit_once(':').unwrap_or(("", written));
    let (address, published) = rest.rsplit_once(':').unwrap_or(("", rest));
    let given = |it: &str| (!it.is_empty()).then(|| it.to_owned());
    Some(Port {
        address: given(address),
        published: given(published),
        target: target.to_owned(),
        protocol: protocol.to_owned(),
    })
}

pub(super) fn mount(value: &Value, scope: &Scope<'_>) -> Option<Mount> {
    if let Value::Object(_) = value {
        let field = |key: &str| value.get(key).and_then(scalar).map(|it| scope.lenient(&it));
        return Some(Mount {
            source: field("source")?,
            target: field("target")?,
            is_bind: field("type").as_deref() == Some("bind"),
            read_only: field("read_only").as_deref() == Some("true"),
        });
    }
    let written = scope.lenient(&scalar(value)?);
    let (source, rest) = written.split_once(':')?;
    let (target, options) = rest.split_once(':').unwrap_or((rest, ""));
    Some(Mount {
        is_bind: source.starts_with(['.', '/', '~']),
        source: source.to_owned(),
        target: target.to_owned(),
        read_only: options.split(',').any(|it| it == "ro"),
    })
}

pub(super) fn memory(value: &Value, scope: &Scope<'_>) -> Option<u64> {
    let limits =
        value.get("deploy").and_then(|it| it.get("resources")?.get("limits")?.get("memory"));
    bytes(&scope.lenient(&scalar(value.get("mem_limit").or(limits)?)?))
}

/// A size as compose spells it, in bytes: `512m`, `1.5g`, `1024`.
fn bytes(written: &str) -> Option<u64> {
    let written = written.to_ascii_lowercase();
    let unit = written.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = written[..written.len() - unit.len()].parse().ok()?;
    let factor = match unit.trim() {
        "" | "b" => 1.0,
        "k" | "kb" => 1024.0,
        "m" | "mb" => 1024.0 * 1024.0,
        "g" | "gb" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some((number * factor) as u64)
}

pub(super) fn logging(value: &Value) -> Logging {
    let driver = value.get("driver").and_then(scalar).unwrap_or_else(|| "json-file".into());
    let is_bounded = value.get("options").is_some_and(|it| it.get("max-size").is_some());
    Logging { driver, is_bounded }
}

#[cfg(test)]
mod tests {
    use super::bytes;

    #[test]
    fn a_size_is_read_as_compose_spells_it() {
        for (written, size) in [
            ("1024", Some(1024)),
            ("512b", Some(512)),
            ("2k", Some(2 << 10)),
            ("2KB", Some(2 << 10)),
            ("512m", Some(512 << 20)),
            ("512 mb", Some(512 << 20)),
            ("1.5g", Some(3 << 29)),
            ("1GB", Some(1 << 30)),
            ("lots", None),
            ("5 apples", None),
        ] {
            assert_eq!(bytes(written), size, "{written}");
        }
    }
}
