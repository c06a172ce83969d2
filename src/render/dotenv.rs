//! Files of variables, in the one spelling that `docker compose` reads back byte for byte.

use crate::plan::{EnvEntry, EnvFile, EnvText};

/// A file below its header, group by group.
pub(super) fn write(file: &EnvFile) -> String {
    let mut out = super::comment(&file.header);
    for group in &file.groups {
        out.push_str(&format!("\n# === {} ===\n", group.title));
        for entry in &group.entries {
            let value = match &entry.value {
                EnvText::Quoted(value) => quoted(value),
                EnvText::Shown(value) => value.clone(),
            };
            out.push_str(&format!("# {}\n{}={value}\n", entry.about, entry.key));
        }
    }
    out
}

/// A value as `docker compose` reads it back, as `env_file` and as interpolation alike.
///
/// Bare where no character has a meaning; in single quotes where none of those can end them early;
/// else in double quotes, where only backslash, quote and dollar have a meaning.
pub fn quoted(value: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || "_./:@%+=,-".contains(c);
    if value.chars().all(bare) {
        return value.to_owned();
    }
    if !value.contains(['\'', '\\', '\n']) {
        return format!("'{value}'");
    }
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '\\' | '"' | '$' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The variables of a file in this spelling, in order; `None` for a line that is not in it.
pub fn read(text: &str) -> Option<Vec<(String, String)>> {
    let lines =
        text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            line.split_once('=').and_then(|(key, value)| Some((key.to_owned(), unquoted(value)?)))
        })
        .collect()
}

fn unquoted(written: &str) -> Option<String> {
    if let Some(inner) = written.strip_prefix('\'') {
        return inner.strip_suffix('\'').filter(|it| !it.contains('\'')).map(str::to_owned);
    }
    let Some(inner) = written.strip_prefix('"') else { return Some(written.to_owned()) };
    let inner = inner.strip_suffix('"')?;
    let mut out = String::new();
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next()? {
                'n' => out.push('\n'),
                escaped => out.push(escaped),
            },
            '"' => return None,
            _ => out.push(c),
        }
    }
    Some(out)
}

/// Whether the text says what the file means, leaving aside what is only shown.
pub(super) fn says(text: &str, file: &EnvFile) -> bool {
    let meant = file.groups.iter().flat_map(|group| &group.entries);
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let same = |(line, entry): (&str, &EnvEntry)| match (&entry.value, line.split_once('=')) {
        (EnvText::Quoted(value), Some((key, written))) => {
            key == entry.key && unquoted(written).as_ref() == Some(value)
        }
        (EnvText::Shown(value), Some((key, written))) => key == entry.key && written == value,
        _ => false,
    };
    lines.clone().count() == meant.clone().count() && lines.zip(meant).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::EnvGroup;

    #[test]
    fn three_spellings() {
        for (value, written) in [
            ("https://a.example.com:443/x?y=1", "'https://a.example.com:443/x?y=1'"),
            ("v4.5.12", "v4.5.12"),
            ("", ""),
            ("a b $X \"q\" #c", "'a b $X \"q\" #c'"),
            ("it's $5 \\ \"x\"", "\"it's \\$5 \\\\ \\\"x\\\"\""),
            ("a\nb", "\"a\\nb\""),
        ] {
            assert_eq!(quoted(value), written);
            assert_eq!(unquoted(written).as_deref(), Some(value));
        }
    }

    #[test]
    fn a_text_says_what_the_file_means_or_something_else() {
        let entry = |key: &str, value| EnvEntry { key: key.into(), about: "", value };
        let entries = vec![
            entry("A", EnvText::Quoted("x".into())),
            entry("B", EnvText::Shown("(secret)".into())),
        ];
        let file = EnvFile { header: Vec::new(), groups: vec![EnvGroup { title: "", entries }] };
        assert!(says("# a\n\nA=x\nB=(secret)\n", &file));
        for other in [
            "A=x\n",
            "A=x\nB=(secret)\nC=1\n",
            "A=y\nB=(secret)\n",
            "C=x\nB=(secret)\n",
            "A=x\nB=shown\n",
            "A=x\nC=(secret)\n",
        ] {
            assert!(!says(other, &file), "{other}");
        }
    }

    #[test]
    fn a_broken_quote_is_no_value() {
        for broken in ["'a", "'a'b'", "\"a", "\"a\"b\""] {
            assert_eq!(unquoted(broken), None, "{broken}");
        }
    }
}
