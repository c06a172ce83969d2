//! Strings of a compose file, in which `$` begins a substitution.

use std::collections::BTreeMap;

/// A string with what it becomes once the variables of `.env` are put in.
#[derive(Clone, Default)]
pub(in crate::proof) struct Text {
    /// As it stands in the file.
    pub(in crate::proof) raw: String,
    /// What the container gets; `None` where a variable is missing.
    pub(in crate::proof) value: Option<String>,
    /// Whether a placeholder stands in it for a secret.
    pub(in crate::proof) opaque: bool,
}

/// Never prints the string: it may hold a secret.
impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Text(..)")
    }
}

/// What a string asks of `.env`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::proof) struct Reference {
    /// The variable.
    pub(in crate::proof) name: String,
    /// Whether the string says what to do without it.
    pub(in crate::proof) has_fallback: bool,
}

/// A piece of a string.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Literal(&'a str),
    Variable(&'a str, Fallback<'a>),
    /// A `$` that begins nothing that compose understands.
    Stray,
}

/// What stands for a variable that is missing.
#[derive(Debug, PartialEq, Eq)]
enum Fallback<'a> {
    None,
    /// `:?` or `?`: compose stops; with the colon also when it is blank.
    Required(bool),
    /// `:-` or `-`.
    Default(bool, &'a str),
    /// `:+` or `+`.
    Alternative(bool, &'a str),
}

/// Every variable that a string names, and whether a `$` in it begins nothing.
pub(in crate::proof) fn references(raw: &str, found: &mut Vec<Reference>) -> bool {
    let mut stray = false;
    for part in parts(raw) {
        match part {
            Part::Literal(_) => {}
            Part::Stray => stray = true,
            Part::Variable(name, fallback) => {
                let has_fallback =
                    matches!(fallback, Fallback::Default(..) | Fallback::Alternative(..));
                found.push(Reference { name: name.to_owned(), has_fallback });
                if let Fallback::Default(_, inner) | Fallback::Alternative(_, inner) = fallback {
                    stray |= references(inner, found);
                }
            }
        }
    }
    stray
}

/// The string with its variables put in; `None` where one of them is missing.
pub(in crate::proof) fn resolve(raw: &str, variables: &BTreeMap<String, String>) -> Option<String> {
    if !raw.contains('$') {
        return Some(raw.to_owned());
    }
    parts(raw).into_iter().try_fold(String::new(), |mut out, part| {
        match part {
            Part::Literal(text) => out.push_str(text),
            Part::Stray => out.push('$'),
            Part::Variable(name, fallback) => out.push_str(&put_in(name, fallback, variables)?),
        }
        Some(out)
    })
}

/// The same with nothing in the place of what is missing.
pub(in crate::proof) fn resolve_leniently(
    raw: &str,
    variables: &BTreeMap<String, String>,
) -> String {
    parts(raw).into_iter().fold(String::new(), |mut out, part| {
        match part {
            Part::Literal(text) => out.push_str(text),
            Part::Stray => out.push('$'),
            Part::Variable(name, fallback) => {
                out.push_str(&put_in(name, fallback, variables).unwrap_or_default());
            }
        }
        out
    })
}

fn put_in(
    name: &str,
    fallback: Fallback<'_>,
    variables: &BTreeMap<String, String>,
) -> Option<String> {
    let value = variables.get(name);
    let filled = |blank_counts: bool| value.filter(|it| !blank_counts || !it.is_empty());
    match fallback {
        Fallback::None => value.cloned(),
        Fallback::Required(colon) => filled(colon).cloned(),
        Fallback::Default(colon, inner) => match filled(colon) {
            Some(value) => Some(value.clone()),
            None => resolve(inner, variables),
        },
        Fallback::Alternative(colon, inner) => match filled(colon) {
            Some(_) => resolve(inner, variables),
            None => Some(String::new()),
        },
    }
}

fn parts(raw: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = raw;
    while let Some(at) = rest.find('$') {
        if at > 0 {
            parts.push(Part::Literal(&rest[..at]));
        }
        let after = &rest[at + 1..];
        let (part, length) = substitution(after);
        parts.push(part);
        rest = &after[length..];
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest));
    }
    parts
}

/// What stands after a `$`, and how long it is.
fn substitution(after: &str) -> (Part<'_>, usize) {
    if after.starts_with('$') {
        return (Part::Literal(&after[..1]), 1);
    }
    if let Some(inner) = after.strip_prefix('{') {
        return match closing_brace(inner) {
            Some(end) => (braced(&inner[..end]), end + 2),
            None => (Part::Stray, 0),
        };
    }
    match name_length(after) {
        0 => (Part::Stray, 0),
        length => (Part::Variable(&after[..length], Fallback::None), length),
    }
}

/// Where the brace ends, those of fallbacks inside left aside.
fn closing_brace(inner: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn braced(inner: &str) -> Part<'_> {
    let length = name_length(inner);
    let (name, rest) = inner.split_at(length);
    let (colon, operator) = match rest.strip_prefix(':') {
        Some(operator) => (true, operator),
        None => (false, rest),
    };
    let fallback = match operator.as_bytes().first() {
        None if !colon => Fallback::None,
        Some(b'?') => Fallback::Required(colon),
        Some(b'-') => Fallback::Default(colon, &operator[1..]),
        Some(b'+') => Fallback::Alternative(colon, &operator[1..]),
        _ => return Part::Stray,
    };
    if length == 0 { Part::Stray } else { Part::Variable(name, fallback) }
}

/// How many bytes at the start are the name of a variable.
fn name_length(text: &str) -> usize {
    let name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    match text.bytes().next() {
        Some(first) if first.is_ascii_alphabetic() || first == b'_' => {
            text.bytes().position(|byte| !name(byte)).unwrap_or(text.len())
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_substitution() {
        let variables: BTreeMap<String, String> =
            [("A", "1"), ("B", ""), ("C", "x$y")].map(|(k, v)| (k.into(), v.into())).into();
        for (raw, value) in [
            ("plain", Some("plain")),
            ("$A-${A}", Some("1-1")),
            ("${A:?}", Some("1")),
            ("${B:?no b}", None),
            ("${B?}", Some("")),
            ("${D}", None),
            ("${D:-d}${D-e}${B:-f}${B-g}", Some("def")),
            ("${D:-${A}}", Some("1")),
            ("${A:+yes}${D:+no}", Some("yes")),
            ("$$A ${C}", Some("$A x$y")),
            ("a $(b) c$", Some("a $(b) c$")),
        ] {
            assert_eq!(resolve(raw, &variables).as_deref(), value, "{raw}");
        }
    }

    #[test]
    fn references_say_what_has_a_fallback() {
        let mut found = Vec::new();
        assert!(!references("${A:?}${B:-${C}}$$D", &mut found));
        let names: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.has_fallback)).collect();
        assert_eq!(names, [("A", false), ("B", true), ("C", false)]);
        for stray in
            ["$(x)", "${", "${A", "${A:}", "${}", "$1", "100$", "${A:-$(x)}", "$(x) ${A:-y}"]
        {
            assert!(references(stray, &mut found), "{stray}");
        }
    }
}
