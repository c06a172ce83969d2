//! A second reader of `.env` and of `${...}`, written from the documented rules and without a line of the compiler:
//! where it, docker compose and the compiler agree, the value arrives.

use std::collections::BTreeMap;
use std::path::Path;

/// The variables of a `.env`. Anything that the compiler has no business writing is a panic, not a guess.
pub(super) fn read(file: &Path) -> BTreeMap<String, String> {
    let text =
        std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut variables = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, written) = line.split_once('=').unwrap_or_else(|| panic!("no `=` in {line:?}"));
        let previous = variables.insert(key.to_owned(), value(written));
        assert!(previous.is_none(), "{key} stands twice in {}", file.display());
    }
    assert!(!variables.is_empty(), "no variable in {}", file.display());
    variables
}

fn value(written: &str) -> String {
    if let Some(single) = written.strip_prefix('\'') {
        let inner =
            single.strip_suffix('\'').unwrap_or_else(|| panic!("unclosed quote: {written}"));
        assert!(!inner.contains(['\'', '\\']), "compose misreads {written}");
        return inner.to_owned();
    }
    if let Some(double) = written.strip_prefix('"') {
        return unescape(
            double.strip_suffix('"').unwrap_or_else(|| panic!("unclosed quote: {written}")),
        );
    }
    let bare = |c: char| c.is_ascii_alphanumeric() || "_./:@%+=,-".contains(c);
    assert!(written.chars().all(bare), "needs quotes: {written}");
    written.to_owned()
}

fn unescape(inner: &str) -> String {
    let mut plain = String::new();
    let mut rest = inner.chars();
    while let Some(c) = rest.next() {
        plain.push(match c {
            '\\' => match rest.next() {
                Some('n') => '\n',
                Some(escaped @ ('\\' | '"' | '$')) => escaped,
                other => panic!("unknown escape {other:?} in {inner}"),
            },
            '"' | '$' => panic!("bare {c} in {inner}"),
            c => c,
        });
    }
    plain
}

/// What compose makes of a string of a compose file: `$$`, `${K}`, `${K:?why}`, `${K?why}`, `${K:-else}`, `${K-else}`.
pub(super) fn interpolate(text: &str, variables: &BTreeMap<String, String>) -> String {
    let Some((before, after)) = text.split_once('$') else { return text.to_owned() };
    let (value, rest) = if let Some(rest) = after.strip_prefix('$') {
        ("$".to_owned(), rest)
    } else {
        let (inside, rest) = after
            .strip_prefix('{')
            .and_then(|braced| braced.split_once('}'))
            .unwrap_or_else(|| panic!("a dollar sign without braces in {text:?}"));
        (variable(inside, variables), rest)
    };
    format!("{before}{value}{}", interpolate(rest, variables))
}

fn variable(inside: &str, variables: &BTreeMap<String, String>) -> String {
    let name_ends =
        inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inside.len());
    let (name, operator) = inside.split_at(name_ends);
    let value =
        variables.get(name).filter(|value| !(operator.starts_with(':') && value.is_empty()));
    match (value, operator.trim_start_matches(':')) {
        (Some(value), _) => value.clone(),
        (None, other) => match other.strip_prefix('-') {
            Some(otherwise) => otherwise.to_owned(),
            None => panic!("${{{inside}}}: not in .env"),
        },
    }
}

#[test]
fn reads_the_three_forms_and_every_operator() {
    let variables =
        BTreeMap::from([("A".to_owned(), "1".to_owned()), ("EMPTY".to_owned(), String::new())]);
    assert_eq!(value("a=b:c"), "a=b:c");
    assert_eq!(value(r#"'a "$b"'"#), r#"a "$b""#);
    assert_eq!(value(r#""it's \$x\n\\""#), "it's $x\n\\");
    assert_eq!(
        interpolate("x$$y-${A}-${A:?why}-${NO:-else}-${EMPTY-}-${EMPTY:-d}", &variables),
        "x$y-1-1-else--d"
    );
}
