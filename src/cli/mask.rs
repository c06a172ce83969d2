//! A text in which nothing that could be a secret is left, every byte where it was.
//!
//! Works on lines, not on YAML: a file that does not parse is drawn, too, and a drawn line may end in a log.
use crate::release::sounds_secret;

/// The text with stars in the place of whatever stands behind a telling key, or before the `@` of a URL.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Lines that belong to the value of a telling key are indented deeper than it.
    let mut below: Option<usize> = None;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '-', '\t']).len();
        let blank = line.trim().is_empty();
        // So does a line that has no key at all, in a file that does not parse.
        below = below.filter(|key| blank || indent > *key || !has_key(line));
        let keys = telling(line);
        match (below, keys.first()) {
            _ if blank || line.trim_start().starts_with('#') => out.push_str(line),
            (Some(_), None) => out.push_str(&stars(line, 0)),
            (_, None) => out.push_str(&without_userinfo(line)),
            (_, Some(first)) => {
                if opens_a_block(&line[*first..]) {
                    below = Some(indent);
                }
                out.push_str(&without_userinfo(&behind_keys(line, &keys)));
            }
        }
    }
    out
}

/// Whether a line is of the form `key: …` or `- …`.
fn has_key(line: &str) -> bool {
    let line = line.trim();
    line.ends_with(':') || line.contains(": ") || line.starts_with(['-', '#', '{', '}', ']'])
}

/// Whether the value stands on the lines below: nothing follows, or the sign of a block of text.
fn opens_a_block(value: &str) -> bool {
    let value = value.split(" #").next().unwrap_or(value).trim();
    value.is_empty() || value.starts_with(['|', '>'])
}

/// Where the value of each telling key of a line begins: behind its colon.
fn telling(line: &str) -> Vec<usize> {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let colons = line.match_indices(':').filter(|(at, _)| {
        line[at + 1..].starts_with([' ', '\n', '\r', '\t']) || line.len() == at + 1
    });
    colons
        .filter(|(at, _)| {
            let before = line[..*at].trim_end_matches(['"', '\'', ' ']);
            let key: String = before
                .chars()
                .rev()
                .take_while(|c| word(*c))
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            sounds_secret(&key)
        })
        .map(|(at, _)| at + 1)
        .collect()
}

/// Stars from the last telling key on, unless what follows is the name of a secret.
fn behind_keys(line: &str, keys: &[usize]) -> String {
    let mut out = line.to_owned();
    for (nth, start) in keys.iter().enumerate() {
        let end = keys
            .get(nth + 1)
            .map_or(line.len(), |next| line[..*next].rfind([',', '{', ' ']).unwrap_or(*next));
        let value = &line[*start..end.max(*start)];
        let inner_follows =
            nth + 1 < keys.len() && value.trim().trim_matches(['{', ' ']).is_empty();
        if !(inner_follows || is_reference(value)) {
            out = format!("{}{}", &out[..*start], stars(&out[*start..], 0));
            break;
        }
    }
    out
}

/// ` NAME }` or ` { secret: NAME }`: upper case, as nothing that is secret is written.
fn is_reference(value: &str) -> bool {
    let name = value
        .split('#')
        .next()
        .unwrap_or(value)
        .trim()
        .trim_matches(['{', '}', ',', ']', ' ', '"', '\'']);
    let name = name.strip_prefix("secret:").unwrap_or(name).trim();
    name.is_empty()
        || (name.starts_with(|c: char| c.is_ascii_uppercase())
            && (name.contains('_') || !name.contains(|c: char| c.is_ascii_digit()))
            && name.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_'))
}

/// Stars for every visible character from a byte on, as many as it has bytes.
fn stars(line: &str, from: usize) -> String {
    let (kept, hidden) = line.split_at(from);
    let star = |c: char| if c.is_whitespace() { c.to_string() } else { "*".repeat(c.len_utf8()) };
    kept.chars().map(|c| c.to_string()).chain(hidden.chars().map(star)).collect()
}

/// Stars for user and password of a URL.
fn without_userinfo(line: &str) -> String {
    let mut out = line.to_owned();
    for (at, _) in line.match_indices("://") {
        let start = at + 3;
        let end = line[start..]
            .find(|c: char| c.is_whitespace() || "/\"'".contains(c))
            .map_or(line.len(), |it| start + it);
        if let Some(userinfo) = line[start..end].rfind('@') {
            out.replace_range(start..start + userinfo, &stars(&line[start..start + userinfo], 0));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_is_hidden() {
        for line in [
            "password: S3cr3t",
            "  pasword: S3cr3t # x",
            "  password: [S3cr3t]",
            "password: {value: S3cr3t}",
            "{ redis: { external: { password: \"S3cr3t\" } } }",
            "api_key: re_S3cr3t",
            "host: redis://:S3cr3t@h",
            "  SESSION_SECRET: S3cr3t",
            "secret: S3cr3t",
            "x: { secret: S3cr3t }",
            "password: |\n  S3cr3t\nnext: 1",
            "password:\n  - S3cr3t\n",
            "ENCRYPTION_KEY: S3cr3t\n",
            "password: \"S3cr3t",
            "password:\n\tS3cr3t",
            "password:\nS3cr3t\nname: x",
            "a:\n    api_key: |\n  S3cr3t\n",
            "OPENAI_KEY: *S3cr3t",
        ] {
            let masked = masked(line);
            assert!(!masked.contains("S3cr3t"), "{line:?} became {masked:?}");
            assert_eq!(masked.len(), line.len());
        }
    }

    #[test]
    fn what_is_not_secret_is_shown() {
        for line in [
            "password: { secret: SMTP_PASSWORD }",
            "api_key: { secret: RESEND_API_KEY } # the key",
            "name: mine\ndomain: trigger.example.com\n",
            "access_key_id: AKIA",
            "endpoint: https://s3.example.com/x@y",
            "from: Trigger <a@example.com>",
        ] {
            assert_eq!(masked(line), line);
        }
    }
}
