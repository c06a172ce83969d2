//! References to container images.

use super::{Refusal, checked_text};

checked_text! {
    /// An image reference: name, and a tag or digest or both.
    ImageRef is "an image reference" like "postgres:17.11"
    matching "^[a-z0-9][a-z0-9._-]*(:[0-9]+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$"
    by reference
}

impl ImageRef {
    /// The reference of an image that the compiler itself names.
    pub fn known(reference: &str) -> Self {
        Self(reference.into())
    }

    /// The name without tag and digest.
    pub fn name(&self) -> &str {
        split(self.as_str()).0
    }

    /// The tag, if there is one.
    pub fn tag(&self) -> Option<&str> {
        split(self.as_str()).1
    }

    /// Whether a digest says exactly which image it is.
    pub fn has_digest(&self) -> bool {
        split(self.as_str()).2.is_some()
    }
}

/// Name, tag and digest.
fn split(reference: &str) -> (&str, Option<&str>, Option<&str>) {
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    let path = rest.rfind('/').map_or(0, |at| at + 1);
    match rest[path..].split_once(':') {
        Some((_, tag)) => (&rest[..rest.len() - tag.len() - 1], Some(tag), digest),
        None => (rest, None, digest),
    }
}

fn reference(text: &str) -> Result<(), Refusal> {
    if text.contains("://") {
        let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
        return Err(Refusal::new("an image reference has no scheme").instead(bare));
    }
    let (name, tag, digest) = split(text);
    name_parts(name)?;
    let tag_character = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    if tag.is_some_and(|it| {
        it.is_empty()
            || it.len() > 128
            || it.starts_with(['.', '-'])
            || !it.chars().all(tag_character)
    }) {
        return Err(Refusal::new("the tag has a character that no tag may have"));
    }
    let hex = |it: &str| {
        it.len() == 64 && it.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c))
    };
    if digest.is_some_and(|it| !it.strip_prefix("sha256:").is_some_and(hex)) {
        return Err(Refusal::new(
            "a digest is `sha256:` and 64 hexadecimal characters in lower case",
        ));
    }
    Ok(())
}

fn name_parts(name: &str) -> Result<(), Refusal> {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    for (nth, part) in name.split('/').enumerate() {
        let host = match part.split_once(':') {
            Some((host, port))
                if nth == 0 && !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit()) =>
            {
                host
            }
            _ => part,
        };
        if host.is_empty()
            || !host.starts_with(|c: char| c.is_ascii_alphanumeric())
            || !host.chars().all(inner)
        {
            return Err(Refusal::new(
                "image names are lower-case letters, digits, `.`, `_`, `-` and `/`",
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    #[test]
    fn a_reference_has_three_parts() {
        let image = ImageRef::from_text("localhost:5000/a/b:v1").expect("good");
        assert_eq!(
            (image.name(), image.tag(), image.has_digest()),
            ("localhost:5000/a/b", Some("v1"), false)
        );
        let pinned = ImageRef::known(&format!("redis@sha256:{}", "a".repeat(64)));
        assert_eq!((pinned.name(), pinned.tag(), pinned.has_digest()), ("redis", None, true));
    }

    #[test]
    fn broken_references_are_refused() {
        for bad in [
            "",
            "Redis",
            "redis:",
            "redis@sha256:12",
            "https://redis",
            "a//b",
            "redis:a b",
            "/redis",
            "redis:${TAG}",
            "a/b:5000/c",
        ] {
            assert!(ImageRef::from_text(bad).is_err(), "{bad}");
        }
    }
}
