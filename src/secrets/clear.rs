//! Values of a store in texts where they must not stand.

use super::Draft;
use crate::diag::{Diagnostic, Place};
use crate::value::SecretName;
use std::fmt;
use std::ops::Range;
use zeroize::Zeroizing;

/// Shorter values are words that stand anywhere by chance.
const SHORTEST: usize = 8;
/// From here on a value is one whatever it is made of.
const LONG: usize = 16;

/// The values of a store in every form in which a file or a message may quote them, to find them in a
/// text and to put stars in their place.
#[derive(Default)]
pub struct Concealed(Vec<(SecretName, Zeroizing<String>)>);

impl Concealed {
    /// Every value that cannot stand in a text by chance.
    pub fn of(draft: &Draft) -> Self {
        let telling = |value: &str| {
            value.len() >= LONG
                || value.len() >= SHORTEST && value.contains(|c: char| c.is_ascii_digit())
        };
        let mut concealed = Vec::new();
        for name in draft.names() {
            let value = draft.value(name).filter(|it| telling(it));
            let forms = value.into_iter().flat_map(forms);
            concealed.extend(forms.map(|form| (name.clone(), form)));
        }
        Self(concealed)
    }

    /// Where values stand, each with its name.
    fn find(&self, text: &str) -> Vec<(&SecretName, Range<usize>)> {
        let mut found: Vec<(&SecretName, Range<usize>)> = Vec::new();
        for (name, value) in &self.0 {
            for (at, it) in text.match_indices(value.as_str()) {
                let span = at..at + it.len();
                if !found.iter().any(|(_, other)| *other == span) {
                    found.push((name, span));
                }
            }
        }
        found
    }

    /// The text with stars in the place of each value, every byte where it was.
    pub fn without(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (_, span) in self.find(text) {
            out.replace_range(span.clone(), &"*".repeat(span.len()));
        }
        out
    }

    /// What is wrong with a site file in which values stand in clear, as far as it was not said yet.
    pub fn in_clear(&self, text: &str, said: &[Diagnostic]) -> Vec<Diagnostic> {
        let is_said = |span: &Range<usize>| {
            let overlaps = |it: &Range<usize>| it.start < span.end && span.start < it.end;
            let of = |it: &Diagnostic| matches!(&it.at, Place::Span(it) if overlaps(it));
            said.iter().any(|it| it.name == LITERAL && of(it))
        };
        let found = self.find(text).into_iter().filter(|(_, span)| !is_said(span));
        let diagnostic = |(name, span): (&SecretName, Range<usize>)| {
            let message = format!("the value of `{name}` stands here in clear");
            Diagnostic::error(LITERAL, Place::Span(span), message).help(format!(
                "take it out, and give `{name}` another value: take this one as known to others"
            ))
        };
        found.map(diagnostic).collect()
    }
}

/// A value as it is, and as YAML, dotenv, URLs and the messages of the compiler write it.
fn forms(value: &str) -> Vec<Zeroizing<String>> {
    let percent = |upper: bool| {
        let one = |byte: u8| match byte {
            byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                char::from(byte).to_string()
            }
            byte if upper => format!("%{byte:02X}"),
            byte => format!("%{byte:02x}"),
        };
        value.bytes().map(one).collect::<String>()
    };
    let mut forms: Vec<Zeroizing<String>> = Vec::new();
    for form in [
        value.to_owned(),
        value.replace('\'', "''"),
        value.replace('\'', "\\'"),
        value.replace('\\', "\\\\").replace('"', "\\\""),
        value.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$"),
        value.replace('$', "$$"),
        value.escape_debug().to_string(),
        percent(true),
        percent(false),
    ] {
        let form = Zeroizing::new(form);
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

const LITERAL: &str = "literal-secret";

/// Names only.
impl fmt::Debug for Concealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    fn concealed(value: &str) -> Concealed {
        let mut draft = Draft::new("site");
        draft.set(SecretName::from_text("NAME").expect("a name"), value.to_owned());
        Concealed::of(&draft)
    }

    #[test]
    fn a_value_is_hidden_however_it_is_written() {
        let concealed = concealed("it's \"50$\" \\ü/%");
        for text in [
            "it's \"50$\" \\ü/%",
            "'it''s \"50$\" \\ü/%'",
            r#""it's \"50$\" \\ü/%""#,
            r#""it's \"50\$\" \\ü/%""#,
            r#"it\'s "50$" \ü/%"#,
            "a: it's \"50$$\" \\ü/%",
            "http://x:it%27s%20%2250%24%22%20%5C%C3%BC%2F%25@h",
            "http://x:it%27s%20%2250%24%22%20%5c%c3%bc%2f%25@h",
            &format!("{:?}", "it's \"50$\" \\ü/%"),
        ] {
            let shown = concealed.without(text);
            assert!(!shown.contains("50") && shown.contains("***"), "{text} became {shown}");
            assert_eq!(shown.len(), text.len());
        }
        assert_eq!(format!("{concealed:?}").matches("50").count(), 0);
    }

    #[test]
    fn words_that_stand_anywhere_are_left() {
        for (value, text) in [("postgres", "postgres"), ("a1", "a1"), ("", "x")] {
            assert_eq!(concealed(value).without(text), text);
        }
        assert_eq!(concealed("abcdefg1").without("xabcdefg1x"), "x********x");
    }

    #[test]
    fn each_place_is_said_once() {
        let concealed = concealed("s3cr3t-value");
        let text = "a: s3cr3t-value\nb: s3cr3t-value\n";
        let said = concealed.in_clear(text, &[]);
        let places: Vec<&Place> = said.iter().map(|it| &it.at).collect();
        assert_eq!(places, [&Place::Span(3..15), &Place::Span(19..31)]);
        assert_eq!(concealed.in_clear(text, &said).len(), 0);
    }
}
