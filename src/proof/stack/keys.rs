//! Keys of a compose file that compose does not know.

use crate::release::compose_keys;
use serde_json::Value;

/// Each such key, with the keys above it.
pub(super) fn unknown(document: &Value) -> Vec<Vec<String>> {
    let mut found = strange(document, &[], compose_keys::DOCUMENT);
    for (section, known) in [
        ("services", compose_keys::SERVICE),
        ("networks", compose_keys::NETWORK),
        ("volumes", compose_keys::VOLUME),
    ] {
        for (name, entry) in document.get(section).and_then(Value::as_object).into_iter().flatten()
        {
            found.extend(strange(entry, &[section, name], known));
            if let Some(check) = entry.get("healthcheck").filter(|_| section == "services") {
                found.extend(strange(
                    check,
                    &[section, name, "healthcheck"],
                    compose_keys::HEALTHCHECK,
                ));
            }
        }
    }
    found
}

fn strange(entry: &Value, above: &[&str], known: &[&str]) -> Vec<Vec<String>> {
    let keys = entry.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    keys.filter(|key| !known.contains(key) && !key.starts_with("x-"))
        .map(|key| above.iter().copied().chain([key]).map(str::to_owned).collect())
        .collect()
}
