//! Parts of a service that compose takes in a short and in a long syntax.

use super::load::Scope;
use super::service::scalar;
use serde_json::Value;

/// A published port.
#[derive(Debug)]
pub(in crate::proof) struct Port {
    /// The address on the host; `None` is every one.
    pub(in crate::proof) address: Option<String>,
    /// The port in the container, or a range of them.
    pub(in crate::proof) target: String,
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
        return Some(Port { address: field("host_ip"), target: field("target")? });
    }
    let written = scope.lenient(&scalar(value)?);
    let written = written.split('/').next().unwrap_or_default();
    let (rest, target) = written.rsplit_once(':').unwrap_or(("", written));
    let address = rest.rsplit_once(':').map(|(address, _)| address.to_owned());
    Some(Port { address: address.filter(|it| !it.is_empty()), target: target.to_owned() })
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
    let written = scope.lenient(&scalar(value.get("mem_limit").or(limits)?)?).to_ascii_lowercase();
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
