//! The number of an upstream release, ordered as numbers and not as text.

use std::fmt;
use std::str::FromStr;

/// A release number `X.Y.Z`; 4.5.9 comes before 4.5.10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u16, pub u16, pub u16);

impl Version {
    /// Reads exactly `X.Y.Z` in decimal, without leading zeros and without `v`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let version = Self(part(parts.next()?)?, part(parts.next()?)?, part(parts.next()?)?);
        parts.next().is_none().then_some(version)
    }
}

/// One number of a version; `+1`, `01` and the empty string are none.
fn part(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = text.len() > 1 && text.starts_with('0');
    if digits && !padded { text.parse().ok() } else { None }
}

/// The text is not of the form `X.Y.Z`; the caller knows what it was for and words the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAVersion;

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("is not of the form `X.Y.Z`")
    }
}

impl std::error::Error for NotAVersion {}

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        Self::parse(text).ok_or(NotAVersion)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_triples_are_versions() {
        assert_eq!(Version::parse("4.5.12"), Some(Version(4, 5, 12)));
        assert_eq!(Version::parse("0.0.0"), Some(Version(0, 0, 0)));
        for text in ["", "4", "4.5", "4.5.12.1", "v4.5.12", "4.05.12", "4.5.+1", "4.5. 1", "4..5"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert_eq!(Version::parse("4.5.65536"), None);
    }

    #[test]
    fn order_is_numeric() {
        assert!(Version(4, 5, 9) < Version(4, 5, 10));
        assert_eq!(Version(4, 5, 10).to_string(), "4.5.10");
    }
}
