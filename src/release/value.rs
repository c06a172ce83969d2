//! Whether a release would take a value, and if not, why.

use std::fmt;

use super::variable::{Check, Kind, Span};

/// Why a value is refused. Its text never holds the value, which may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Empty or only white space: readers take that for a value, a zero or a no, never for unset.
    Blank,
    /// Not one of the words that the reader knows.
    NotOneOf(&'static [&'static str]),
    /// Not a decimal number.
    NotANumber,
    /// A number, but not a whole one.
    NotWhole,
    /// Below the smallest number allowed.
    BelowMin(i64),
    /// Above the largest number allowed.
    AboveMax(i64),
    /// Fewer characters than needed.
    TooShort {
        /// Characters needed.
        min: usize,
    },
    /// Another number of bytes than needed.
    WrongSize {
        /// Bytes needed.
        bytes: usize,
        /// Bytes found.
        found: usize,
    },
    /// Does not have this form.
    NotOfForm(&'static str),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => {
                f.write_str("is blank, which is not the same as unset: leave the key out")
            }
            Self::NotOneOf(words) => write!(f, "must be one of `{}`", words.join("`, `")),
            Self::NotANumber => f.write_str("must be a decimal number"),
            Self::NotWhole => f.write_str("must be a whole number"),
            Self::BelowMin(min) => write!(f, "must be at least {min}"),
            Self::AboveMax(max) => write!(f, "must be at most {max}"),
            Self::TooShort { min } => write!(f, "must have at least {min} characters"),
            Self::WrongSize { bytes, found } => {
                write!(f, "must be exactly {bytes} bytes, has {found}")
            }
            Self::NotOfForm(form) => write!(f, "must be {form}"),
        }
    }
}

/// Decides whether the releases of a span start with this value and understand it as it is meant.
///
/// Stricter than upstream in two places: a blank is refused everywhere, and a boolean must be spelled
/// in a way that the reader does not mistake for its opposite.
///
/// # Errors
///
/// The first reason against the value.
pub fn accepts(span: &Span, value: &str) -> Result<(), Refusal> {
    if value.trim().is_empty() {
        return Err(Refusal::Blank);
    }
    match span.kind {
        Kind::String | Kind::Unvalidated => {}
        Kind::Number { int } => number(value, int, span.checks)?,
        Kind::Boolean(style) => one_of(value, style.literals())?,
        Kind::Enum(words) => one_of(value, words)?,
    }
    span.checks.iter().try_for_each(|check| holds(*check, value))
}

fn one_of(value: &str, words: &'static [&'static str]) -> Result<(), Refusal> {
    if words.contains(&value) { Ok(()) } else { Err(Refusal::NotOneOf(words)) }
}

fn number(value: &str, int: bool, checks: &[Check]) -> Result<(), Refusal> {
    let number = decimal(value).ok_or(Refusal::NotANumber)?;
    if int && number.fract() != 0.0 {
        return Err(Refusal::NotWhole);
    }
    for check in checks {
        match *check {
            Check::Min(min) if number < min as f64 => return Err(Refusal::BelowMin(min)),
            Check::Max(max) if number > max as f64 => return Err(Refusal::AboveMax(max)),
            _ => {}
        }
    }
    Ok(())
}

/// Decimal digits with an optional sign, fraction and exponent, and finite: what JavaScript and Rust
/// read alike.
fn decimal(value: &str) -> Option<f64> {
    let shaped =
        value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    let number: f64 = if shaped { value.parse().ok()? } else { return None };
    number.is_finite().then_some(number)
}

fn holds(check: Check, value: &str) -> Result<(), Refusal> {
    let form = |fine: bool, form| if fine { Ok(()) } else { Err(Refusal::NotOfForm(form)) };
    match check {
        Check::Min(_) | Check::Max(_) => Ok(()),
        Check::MinLength(min) if value.chars().count() < min => Err(Refusal::TooShort { min }),
        Check::Bytes(bytes) if value.len() != bytes => {
            Err(Refusal::WrongSize { bytes, found: value.len() })
        }
        Check::MinLength(_) | Check::Bytes(_) => Ok(()),
        Check::Url => form(is_url(value), "a URL such as `https://example.com`"),
        Check::DatabaseUrl => form(
            is_url(value) && !has_empty_schema(value),
            "a URL such as `postgresql://user:password@host:5432/name?schema=public`",
        ),
        Check::DateTime => {
            form(is_date_time(value), "a point in time such as `2032-01-01T00:00:00.000Z`")
        }
        Check::LowerAlphanumeric => form(
            value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
            "lower-case letters and digits only",
        ),
        Check::Duration => form(is_duration(value), "a count and a unit such as `10s`"),
        Check::Names => form(
            value.split(',').all(|name| !name.is_empty() && !name.contains(char::is_whitespace)),
            "names separated by commas, without blanks",
        ),
        Check::Pairs => {
            form(value.split(',').all(is_pair), "`NAME=value` pairs separated by commas")
        }
        Check::BaseImages => form(
            value.split(',').all(is_base_image),
            "`runtime=image@sha256:<64 hex>` pairs separated by commas, with runtime node-22, node-24, node-26 or bun",
        ),
    }
}

fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else { return false };
    let mut letters = scheme.bytes();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    letters.next().is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        && !host.is_empty()
        && !host.starts_with(':')
        && !value.contains(char::is_whitespace)
}

fn has_empty_schema(url: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split_once('#').map_or(query, |(query, _)| query);
    query.split('&').any(|pair| matches!(pair, "schema" | "schema="))
}

/// The UTC form of RFC 3339 with `T` and `Z`, which is all that the schema takes.
fn is_date_time(value: &str) -> bool {
    let Some(body) = value.strip_suffix('Z') else { return false };
    let (body, fraction) = body.split_once('.').unwrap_or((body, "0"));
    let shape = body.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    let number = |from: usize| body.get(from..from + 2).and_then(|part| part.parse::<u8>().ok());
    let within =
        |from, low, high| number(from).is_some_and(|number| (low..=high).contains(&number));
    shape.eq("0000-00-00T00:00:00".bytes())
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && within(5, 1, 12)
        && within(8, 1, 31)
        && within(11, 0, 23)
        && within(14, 0, 59)
        && within(17, 0, 59)
}

fn is_duration(value: &str) -> bool {
    let unit = value.trim_start_matches(|letter: char| letter.is_ascii_digit());
    unit.len() < value.len()
        && matches!(unit.strip_prefix(' ').unwrap_or(unit), "ms" | "s" | "m" | "h" | "d")
}

fn is_pair(text: &str) -> bool {
    let filled = |part: &str| !part.trim().is_empty() && !part.contains('=');
    text.split_once('=').is_some_and(|(name, value)| filled(name) && filled(value))
}

fn is_base_image(text: &str) -> bool {
    let Some((runtime, image)) = text.split_once('=') else { return false };
    let Some((name, digest)) = image.split_once("@sha256:") else { return false };
    matches!(runtime, "node-22" | "node-24" | "node-26" | "bun")
        && !name.is_empty()
        && digest.len() == 64
        && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal() {
        for text in ["0", "-1", "1.5", "1e3", "+2"] {
            assert!(decimal(text).is_some(), "{text}");
        }
        for text in ["0x10", "inf", "NaN", "1_000", "e", "-", "1 ", "1e999"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }

    #[test]
    fn urls_have_scheme_and_host() {
        for text in [
            "http://webapp:3000",
            "postgresql://u:p%40@h:5432/d?schema=public",
            "tcp://docker-proxy:2375",
        ] {
            assert!(is_url(text), "{text}");
        }
        for text in [
            "webapp:3000",
            "http://",
            "://x",
            "http://u:p@/d",
            "http://:80",
            "1http://x",
            "http://a b",
        ] {
            assert!(!is_url(text), "{text}");
        }
        assert!(has_empty_schema("postgresql://h/d?a=b&schema="));
        assert!(!has_empty_schema("postgresql://h/d?schema=public"));
    }

    #[test]
    fn forms_have_edges() {
        assert!(is_date_time("2032-01-01T00:00:00.000Z"));
        assert!(is_date_time("2032-01-01T00:00:00Z"));
        assert!(!is_date_time("2032-13-01T00:00:00Z"));
        assert!(!is_date_time("2032-01-01T00:00:00+01:00"));
        assert!(!is_date_time("2032-01-01"));
        assert!(is_duration("10s") && is_duration("5 m") && is_duration("250ms"));
        assert!(
            !is_duration("s") && !is_duration("10") && !is_duration("10  s") && !is_duration("1w")
        );
        assert!(is_pair("A=b") && !is_pair("A=") && !is_pair("=b") && !is_pair("A=b=c"));
        let digest = "0".repeat(64);
        assert!(is_base_image(&format!("node-24=registry.example/base@sha256:{digest}")));
        assert!(!is_base_image(&format!("node-21=registry.example/base@sha256:{digest}")));
        assert!(!is_base_image("node-24=registry.example/base:1"));
    }
}
