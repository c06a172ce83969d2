//! Other values of a text or number: those that are known to tell, and those near the one that holds.

use super::change::{map, text};
use super::shape::Shape;
use crate::value::{ByteSize, Scalar};
use crate::yaml::Kind;

/// Values at which the output is known to turn, by the type of the key.
const TELLING: &[(&str, &[&str])] = &[
    // A mail server at 465 speaks TLS from the first byte.
    ("Port", &["465", "587", "25", "20000", "20001"]),
    ("Host", &["other.example.com", "192.0.2.7"]),
    ("Origin", &["https://other.example.com", "http://other.example.com"]),
    ("RegistryHost", &["ghcr.io", "other.example.com:5443"]),
    ("EmailPattern", &["*", "other@example.net"]),
    ("TimeZone", &["Etc/UTC", "Asia/Tokyo"]),
    ("TailnetIpv4", &["100.64.1.2"]),
    ("AddressRange", &["198.51.100.0/24", "2001:db8:1::/48"]),
    ("TailnetIpv6", &["fd7a:115c:a1e0::2"]),
    ("ImageRef", &["postgres:17.11", "images.example.com/other:1.2.4"]),
    ("Schedule", &["15 4 * * *", "0 4 * * 1"]),
    ("ResticRepository", &["/srv/restic", "sftp:backup@other.example.com:/srv"]),
    ("AgeRecipient", &["age19q087k9f05cwufzf2s57guq80h6rcgx08gn0a366dr58csxxtpmqw6skvk"]),
    // Small as a count may be, and large as a rate.
    ("", &["1", "3", "100", "1000", "20000"]),
];

/// Values to be tried for a scalar, all of them.
pub(super) fn first(shape: &Shape<'_>, written: Option<&Kind>) -> Vec<Kind> {
    let mut found = match (shape, written) {
        (Shape::Number { only, .. }, _) if !only.is_empty() => {
            only.iter().map(|it| Kind::Number(it.to_string())).collect()
        }
        (Shape::Number { .. } | Shape::Text { .. }, _) => {
            let example = match shape {
                Shape::Text { example, .. } => Some(text(*example)),
                _ => None,
            };
            let near = written.or(example.as_ref()).map(|it| near(shape, it)).unwrap_or_default();
            example.into_iter().chain(telling(shape)).chain(near).collect()
        }
        (Shape::Secret { .. }, Some(Kind::Map(_))) | (Shape::Variable, Some(_)) => {
            written.map(|it| near(shape, it)).unwrap_or_default()
        }
        (Shape::Secret { example }, None) => {
            let other = format!("OTHER_{example}");
            [(*example).to_owned(), other].map(|it| map([("secret", text(it))])).into()
        }
        _ => Vec::new(),
    };
    keep_others(&mut found, written);
    found
}

/// Values from one end to the other, for a key whose own default is not in the schema.
pub(super) fn ladder(shape: &Shape<'_>) -> Vec<Kind> {
    match shape {
        Shape::Text { form: "ByteSize", .. } => {
            (16..38).rev().filter_map(|power| size(1 << power)).map(text).collect()
        }
        Shape::Number { only, .. } if only.is_empty() => {
            (0..16).map(|power| Kind::Number((1u64 << power).to_string())).collect()
        }
        _ => Vec::new(),
    }
}

/// Values near another: a bit less and a bit more, half and double; texts a letter longer.
pub(super) fn near(shape: &Shape<'_>, kind: &Kind) -> Vec<Kind> {
    let mut found = match (shape, kind) {
        (Shape::Number { .. } | Shape::Variable, Kind::Number(old)) => {
            numbers(old).into_iter().map(Kind::Number).collect()
        }
        (Shape::Text { form: "ByteSize", .. }, Kind::Text(old)) => {
            sizes(old).into_iter().map(text).collect()
        }
        (Shape::Text { .. } | Shape::Variable, Kind::Text(old)) => {
            texts(old).into_iter().map(text).collect()
        }
        (Shape::Variable, Kind::Bool(old)) => vec![Kind::Bool(!old)],
        (Shape::Secret { .. } | Shape::Variable, Kind::Map(entries)) => {
            match entries.first().map(|(_, inner)| &inner.kind) {
                Some(Kind::Text(name)) => vec![map([("secret", text(format!("OTHER_{name}")))])],
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    };
    keep_others(&mut found, Some(kind));
    found
}

fn telling(shape: &Shape<'_>) -> Vec<Kind> {
    let (form, number) = match shape {
        Shape::Number { form, .. } => (*form, true),
        Shape::Text { form, .. } => (*form, false),
        _ => return Vec::new(),
    };
    let of = |wanted: &str| TELLING.iter().find(|(name, _)| *name == wanted);
    let row = of(form).or_else(|| of("").filter(|_| number));
    let values = row.into_iter().flat_map(|(_, values)| values.iter());
    values.map(|it| if number { Kind::Number((*it).into()) } else { text(*it) }).collect()
}

/// Leaves each value once, and not the one that is written.
fn keep_others(values: &mut Vec<Kind>, written: Option<&Kind>) {
    let mut seen: Vec<String> = written.map(said).into_iter().collect();
    values.retain(|it| {
        let said = said(it);
        let new = !seen.contains(&said);
        seen.push(said);
        new
    });
}

/// A value as text, to tell it from others.
pub(super) fn said(kind: &Kind) -> String {
    match kind {
        Kind::Text(it) | Kind::Number(it) => it.clone(),
        other => format!("{other:?}"),
    }
}

/// Other numbers: a bit more, a bit less, double, half, and less still.
fn numbers(old: &str) -> Vec<String> {
    let Ok(number) = old.parse::<u64>() else { return Vec::new() };
    let others = [
        number.saturating_add(1),
        number.saturating_sub(1),
        number.saturating_mul(2),
        number / 2,
        number / 8,
    ];
    others.into_iter().filter(|it| *it > 0).map(|it| it.to_string()).collect()
}

/// Other sizes: an eighth less and more, half and double, much less and much more.
fn sizes(old: &str) -> Vec<String> {
    let Ok(bytes) = ByteSize::from_text(old).map(ByteSize::bytes) else { return Vec::new() };
    let eighth = bytes / 8;
    let others = [
        bytes - eighth,
        bytes.saturating_add(eighth),
        bytes / 2,
        bytes.saturating_mul(2),
        eighth,
        eighth / 128,
        bytes.saturating_mul(8),
    ];
    others.into_iter().filter(|it| *it > 0).filter_map(size).collect()
}

/// So many bytes, in the largest unit that leaves no remainder.
fn size(bytes: u64) -> Option<String> {
    ByteSize::from_text(&format!("{bytes}B")).ok().map(|it| it.to_string())
}

/// Other texts of the form of this one: with a letter more, and with another number.
fn texts(old: &str) -> Vec<String> {
    let mut found = Vec::new();
    let start = old.find("://").map_or(0, |at| at + 3);
    if old.starts_with(|c: char| c.is_ascii_digit()) {
        let end = old.find(|c: char| !c.is_ascii_digit()).unwrap_or(old.len());
        let (number, rest) = old.split_at(end);
        found.extend(numbers(number).into_iter().map(|it| format!("{it}{rest}")));
    }
    if let Some(at) = old[start..].find(|c: char| c.is_ascii_alphanumeric()).map(|it| start + it) {
        let letter =
            if old[at..].starts_with(|c: char| c.is_ascii_uppercase()) { 'X' } else { 'x' };
        found.push(format!("{}{letter}{}", &old[..at], &old[at..]));
    }
    if old.is_empty() {
        found.push("x".into());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(kinds: &[Kind]) -> Vec<String> {
        kinds.iter().map(said).collect()
    }

    #[test]
    fn a_size_has_neighbours_on_both_sides() {
        let shape = Shape::Text { form: "ByteSize", example: "8GiB" };
        assert_eq!(
            words(&near(&shape, &text("2GiB"))),
            ["1792MiB", "2304MiB", "1GiB", "4GiB", "256MiB", "2MiB", "16GiB"]
        );
        assert!(words(&ladder(&shape)).contains(&"2GiB".to_owned()));
    }

    #[test]
    fn a_port_is_tried_at_those_that_mean_something() {
        let shape = Shape::Number { form: "Port", only: Vec::new() };
        let values = words(&first(&shape, Some(&Kind::Number("587".into()))));
        for port in ["465", "25", "588"] {
            assert!(values.contains(&port.to_owned()), "{values:?}");
        }
        assert!(!values.contains(&"587".to_owned()), "{values:?}");
    }
}
