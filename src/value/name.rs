//! Names: of sites, secrets, variables, buckets, regions, lints.

use super::{Refusal, checked_text};

checked_text! {
    /// A DNS label: lower-case letters, digits and hyphens, at most 40 characters,
    /// so that every name made from it still fits a DNS label of 63.
    Label is "a name of lower-case letters, digits and hyphens" like "my-site"
    matching "^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$" by label
}

checked_text! {
    /// The name of a secret in the store: upper-case letters, digits and underscores.
    SecretName is "a name of upper-case letters, digits and underscores" like "SMTP_PASSWORD"
    matching "^[A-Z][A-Z0-9_]{0,62}$" by upper_name
}

checked_text! {
    /// The name of an environment variable.
    EnvName is "a variable name of upper-case letters, digits and underscores" like "API_RATE_LIMIT_MAX"
    matching "^[A-Z][A-Z0-9_]{0,126}$" by variable_name
}

checked_text! {
    /// The name of a lint.
    LintName is "the name of a lint" like "floating-image"
    matching "^[a-z][a-z0-9]*(-[a-z0-9]+)*$" by lint_name
}

checked_text! {
    /// The name of an S3 bucket.
    BucketName is "a bucket name of lower-case letters, digits, dots and hyphens" like "packets"
    matching "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$" by bucket
}

checked_text! {
    /// The region of an object store or mail service.
    Region is "a region" like "eu-central-1" matching "^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$" by region
}

checked_text! {
    /// The path between registry host and image name: an organisation or user, in lower case.
    RegistryNamespace is "a registry namespace in lower case" like "my-org"
    matching "^[a-z0-9]+([._/-][a-z0-9]+)*$" by namespace
}

fn label(text: &str) -> Result<(), Refusal> {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let refused = |why: &str| Err(Refusal::new(why).instead(as_label(text)));
    match text {
        "" => Err(Refusal::new("it is empty")),
        _ if text.len() > 40 => refused("it is longer than 40 characters"),
        _ if !text.starts_with(|c: char| c.is_ascii_lowercase()) => {
            refused("it must begin with a lower-case letter")
        }
        _ if text.ends_with('-') => refused("it must not end with a hyphen"),
        _ if !text.chars().all(inner) => {
            refused("only lower-case letters, digits and hyphens may stand in it")
        }
        _ => Ok(()),
    }
}

/// The label that a text probably meant.
fn as_label(text: &str) -> String {
    let lower: String = text
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let trimmed = lower.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    let cut: String = trimmed.chars().take(40).collect();
    let label = cut.trim_end_matches('-');
    if label.is_empty() { "my-site".into() } else { label.into() }
}

fn upper_name(text: &str) -> Result<(), Refusal> {
    identifier(text, 63)
}

fn variable_name(text: &str) -> Result<(), Refusal> {
    identifier(text, 127)
}

fn identifier(text: &str, longest: usize) -> Result<(), Refusal> {
    let meant = || text.to_uppercase().replace(['-', '.', ' '], "_");
    let inner = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    match text {
        "" => Err(Refusal::new("it is empty")),
        _ if text.len() > longest => {
            Err(Refusal::new(format!("it is longer than {longest} characters")))
        }
        _ if !text.starts_with(|c: char| c.is_ascii_uppercase()) || !text.chars().all(inner) => {
            Err(Refusal::new(
                "it must be upper-case letters, digits and underscores, a letter first",
            )
            .instead(meant()))
        }
        _ => Ok(()),
    }
}

fn lint_name(text: &str) -> Result<(), Refusal> {
    let part = |it: &str| {
        !it.is_empty() && it.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    match text.starts_with(|c: char| c.is_ascii_lowercase()) && text.split('-').all(part) {
        true => Ok(()),
        false => Err(Refusal::new("lint names are lower-case words joined by hyphens")),
    }
}

pub(super) fn bucket(text: &str) -> Result<(), Refusal> {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let inner = |c: char| edge(c) || c == '-' || c == '.';
    match text {
        _ if !(3..=63).contains(&text.len()) => {
            Err(Refusal::new("it must have 3 to 63 characters"))
        }
        _ if !text.starts_with(edge) || !text.ends_with(edge) || !text.chars().all(inner) => {
            Err(Refusal::new("only lower-case letters, digits, dots and hyphens may stand in it")
                .instead(text.to_lowercase()))
        }
        _ => Ok(()),
    }
}

fn region(text: &str) -> Result<(), Refusal> {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    match text.len() <= 32
        && text.starts_with(edge)
        && text.ends_with(edge)
        && text.chars().all(|c| edge(c) || c == '-')
    {
        true => Ok(()),
        false => Err(Refusal::new("a region is lower-case letters, digits and hyphens")),
    }
}

fn namespace(text: &str) -> Result<(), Refusal> {
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let part = |it: &str| !it.is_empty() && it.chars().all(edge);
    match text.split(['.', '_', '/', '-']).all(part) {
        true => Ok(()),
        false => Err(Refusal::new(
            "image paths are lower-case letters and digits, joined by `.`, `_`, `-` or `/`",
        )
        .instead(text.trim_matches('/').to_lowercase())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    #[test]
    fn a_label_is_mended_for_the_author() {
        for (bad, good) in
            [("My Site", "my-site"), ("1abc", "abc"), ("x_y-", "x-y"), ("ÜÜ", "my-site")]
        {
            assert_eq!(Label::from_text(bad).expect_err(bad).instead.as_deref(), Some(good));
        }
    }

    #[test]
    fn names_have_their_form() {
        assert!(SecretName::from_text("smtp-password").is_err());
        assert!(SecretName::from_text(&"A".repeat(64)).is_err());
        assert!(LintName::from_text("a--b").is_err());
        assert!(RegistryNamespace::from_text("My-Org").is_err());
        assert!(RegistryNamespace::from_text("a/b.c_d-e").is_ok());
    }
}
