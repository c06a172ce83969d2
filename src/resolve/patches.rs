//! `patches`: what the author changes in files of the output, searched for secrets in clear.

use crate::diag::{Route, Sink};
use crate::release::sounds_secret;
use crate::site::Patch;
use crate::spec::{Patches, secret_in_patch};
use serde_json::Value;

pub(super) fn resolve(written: Option<&Patches>, sink: &mut Sink) -> Vec<Patch> {
    let patches = written.map(|it| it.0.as_slice()).unwrap_or_default();
    for (path, document) in patches {
        search(document, "", &Route::from("patches").key(path), sink);
    }
    let patch = |(path, document): &(String, Value)| Patch {
        path: path.clone(),
        document: document.clone(),
    };
    patches.iter().map(patch).collect()
}

/// Reports every value that a committed file must not hold. `name` is what the value is of.
fn search(value: &Value, name: &str, route: &Route, sink: &mut Sink) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let route = route.key(key);
                if holds_a_secret("", key) {
                    sink.push(secret_in_patch(&route));
                }
                search(value, key, &route, sink);
            }
        }
        Value::Array(items) => {
            let mut before = name;
            for (nth, item) in items.iter().enumerate() {
                search(item, before, &route.index(nth), sink);
                // An argument may be the value of the one before it: `--password`, `x`.
                before = item.as_str().filter(|it| it.starts_with("--")).unwrap_or(name);
            }
        }
        Value::String(text) if holds_a_secret(name, text) => sink.push(secret_in_patch(route)),
        Value::Number(number) if holds_a_secret(name, &number.to_string()) => {
            sink.push(secret_in_patch(route));
        }
        _ => {}
    }
}

/// Whether a text of a name holds a secret: by the name, or because it looks like one.
fn holds_a_secret(name: &str, text: &str) -> bool {
    let text = without_references(text);
    let text = text.trim();
    if text.is_empty() {
        return false;
    }
    let named = |name: &str, value: &str| sounds_secret(name) && is_value(value);
    let mut words = text.split([' ', '\n', '\t', '\'', '"', '&', ';']);
    named(name, text)
        || words.any(|word| {
            let (key, value) = word.split_once(['=', ':']).unwrap_or(("", ""));
            named(key, value) || has_userinfo(word) || is_known_form(word)
        })
        || follows_an_option(text)
        || text.contains("PRIVATE KEY-----")
        || text.contains("Bearer ") && !text.ends_with("Bearer ")
}

/// What stands behind a name that sounds secret, unless it is the path of a file with the secret, a switch or a count.
fn is_value(text: &str) -> bool {
    let path = text.starts_with(['/', '.']) && text.contains('/');
    let count = text.len() < 6 && text.bytes().all(|c| c.is_ascii_digit());
    !text.is_empty() && !path && !count && !matches!(text, "true" | "false")
}

/// `--password x` in a line of a shell.
fn follows_an_option(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(2).any(|pair| {
        pair[0].starts_with("--")
            && !pair[0].contains('=')
            && sounds_secret(pair[0])
            && !pair[1].starts_with('-')
    })
}

/// A URL with a name or a password before its host.
fn has_userinfo(word: &str) -> bool {
    word.match_indices("://").any(|(at, _)| {
        let rest = &word[at + 3..];
        let end = rest.find("://").unwrap_or(rest.len());
        rest[..end].rsplit_once('@').is_some_and(|(user, _)| !user.trim_matches(':').is_empty())
    })
}

/// Keys that services issue, told by how they begin.
fn is_known_form(word: &str) -> bool {
    const BEGINNINGS: [&str; 12] = [
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "sk_live_",
        "sk_test_",
        "sk-",
        "xoxb-",
        "xoxp-",
        "tr_",
        "re_",
    ];
    let long = |rest: &str| {
        rest.len() >= 12
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    };
    BEGINNINGS.iter().any(|it| word.strip_prefix(it).is_some_and(long))
}

/// The text without `${NAME}`; what is given in the place of an absent variable stays, because it is a literal.
fn without_references(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        let (inner, after) = rest[at + 2..].split_once('}').unwrap_or((&rest[at + 2..], ""));
        let given =
            inner.split_once('-').map(|(_, it)| it).or(inner.split_once('+').map(|(_, it)| it));
        if !inner.contains('?') {
            out.push_str(given.unwrap_or_default());
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_by_name_and_by_form() {
        for (name, text) in [
            ("DB_PASSWORD", "${X:-hunter2hunter2}"),
            ("DB_PASSWORD", "hunter2${X:-}"),
            ("password", "x"),
            ("DB_PASS", "x"),
            ("STRIPE_KEY", "x"),
            ("x.password", "x"),
            ("", "PGPASSWORD=x"),
            ("", "a.api_key=x"),
            ("A_URL", "postgres://u:hunter2@${H:-db}/x"),
            ("A_URL", "http://a.example.com http://u:p/ss@h/"),
            ("SENTRY_DSN", "https://0123456789abcdef@sentry.example.com/1"),
            ("", "ghp_0123456789abcdef0123"),
            ("", "Authorization: Bearer abc"),
            ("", "redis-cli --password hunter2"),
            ("--password", "hunter2"),
            ("", "--password=hunter2"),
            ("content", "-----BEGIN PRIVATE KEY-----\nAAAA"),
        ] {
            assert!(holds_a_secret(name, text), "{name}: {text}");
        }
    }

    #[test]
    fn what_leads_to_a_secret_is_none() {
        for (name, text) in [
            ("DB_PASSWORD", "${DB_PASSWORD:?}"),
            ("DB_PASSWORD_FILE", "/run/secrets/db"),
            ("A_URL", "postgres://db.example.com/x"),
            ("A_URL", "postgres://${USER}:${PASSWORD:?}@db.example.com/x"),
            ("MAX_TOKENS", "4096"),
            ("", "API_TOKEN=${API_TOKEN:?}"),
            ("PASSWORD_LOGIN", "false"),
            ("image", "redis:7.4.11@sha256:0123"),
            ("", "redis-cli --password ${X:?}"),
            ("team", "jobs"),
            ("", "--password"),
        ] {
            assert!(!holds_a_secret(name, text), "{name}: {text}");
        }
    }
}
