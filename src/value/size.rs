//! Sizes of memory and data, and lengths of time.

use super::{Refusal, Scalar, text_schema};
use std::fmt;

/// Bytes in a mebibyte.
pub const MIB: u64 = 1024 * 1024;

/// A number of bytes, written with a binary unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(u64);

/// The units, largest first.
const UNITS: [(&str, u64); 4] = [("GiB", 1024 * MIB), ("MiB", MIB), ("KiB", 1024), ("B", 1)];

impl ByteSize {
    /// So many mebibytes.
    pub const fn mib(count: u64) -> Self {
        Self(count * MIB)
    }

    /// The bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }

    /// Whole mebibytes, rounded down.
    pub fn in_mib(self) -> u64 {
        self.0 / MIB
    }
}

/// In the largest unit that leaves no remainder: `1536MiB`, `4GiB`.
impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) =
            UNITS.into_iter().find(|(_, size)| self.0.is_multiple_of(*size)).unwrap_or(("B", 1));
        write!(f, "{}{unit}", self.0 / size)
    }
}

impl Scalar for ByteSize {
    const WHAT: &'static str = "a size with the unit GiB, MiB, KiB or B";
    const EXAMPLE: &'static str = "8GiB";
    const PATTERN: &'static str = "^[1-9][0-9]{0,11} ?(GiB|MiB|KiB|B)$";

    fn from_text(text: &str) -> Result<Self, Refusal> {
        let (count, unit) = split_number(text)?;
        let Some((_, size)) = UNITS.into_iter().find(|(name, _)| *name == unit) else {
            return Err(Refusal::new(format!("`{unit}` is no unit: write GiB, MiB, KiB or B"))
                .instead(meant_size(count, unit)));
        };
        count
            .checked_mul(size)
            .map(Self)
            .ok_or_else(|| Refusal::new("it is larger than can be counted"))
    }
}

text_schema!(ByteSize, "a size with the unit GiB, MiB, KiB or B");

fn meant_size(count: u64, unit: &str) -> String {
    let unit = match unit.to_lowercase().as_str() {
        "k" | "kb" | "kib" => "KiB",
        "m" | "mb" | "mib" => "MiB",
        "b" | "bytes" => "B",
        _ => "GiB",
    };
    format!("{count}{unit}")
}

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(u64);

/// The units of time, longest first.
const SPANS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

impl Duration {
    /// So many seconds.
    pub const fn seconds(count: u64) -> Self {
        Self(count)
    }

    /// The seconds.
    pub fn in_seconds(self) -> u64 {
        self.0
    }

    /// Whole days, rounded up.
    pub fn in_days(self) -> u64 {
        self.0.div_ceil(86_400)
    }
}

/// In the longest unit that leaves no remainder: `10s`, `14d`.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, length) = SPANS
            .into_iter()
            .find(|(_, length)| self.0.is_multiple_of(*length))
            .unwrap_or(("s", 1));
        write!(f, "{}{unit}", self.0 / length)
    }
}

impl Scalar for Duration {
    const WHAT: &'static str = "a length of time with the unit s, m, h or d";
    const EXAMPLE: &'static str = "14d";
    const PATTERN: &'static str = "^[1-9][0-9]{0,8} ?(s|m|h|d)$";

    fn from_text(text: &str) -> Result<Self, Refusal> {
        let (count, unit) = split_number(text)?;
        let Some((_, length)) = SPANS.into_iter().find(|(name, _)| *name == unit) else {
            return Err(Refusal::new(format!("`{unit}` is no unit of time: write s, m, h or d")));
        };
        count
            .checked_mul(length)
            .map(Self)
            .ok_or_else(|| Refusal::new("it is longer than can be counted"))
    }
}

text_schema!(Duration, "a length of time with the unit s, m, h or d");

/// Splits `8GiB` into 8 and `GiB`; one blank may stand between.
fn split_number(text: &str) -> Result<(u64, &str), Refusal> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    match number.parse::<u64>() {
        Err(_) => Err(Refusal::new("it must begin with a whole number")),
        Ok(0) => Err(Refusal::new("it must be more than nothing")),
        Ok(_) if number.starts_with('0') => Err(Refusal::new("it must not begin with 0")),
        Ok(_) if unit.is_empty() => Err(Refusal::new("it has no unit")),
        Ok(count) => Ok((count, unit)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_binary_units() {
        assert_eq!(ByteSize::from_text("8GiB").expect("good").bytes(), 8 * 1024 * MIB);
        assert_eq!(ByteSize::from_text("1536 MiB").expect("good").to_string(), "1536MiB");
        assert_eq!(
            ByteSize::from_text("8GB").expect_err("decimal").instead.as_deref(),
            Some("8GiB")
        );
        for bad in ["8", "GiB", "0GiB", "-1GiB", "1.5GiB", "08GiB", "99999999999GiB", "8  GiB"] {
            assert!(ByteSize::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_have_units() {
        assert_eq!(Duration::from_text("90m").expect("good").in_seconds(), 5_400);
        assert_eq!(Duration::from_text("48h").expect("good").to_string(), "2d");
        assert_eq!(Duration::from_text("25h").expect("good").in_days(), 2);
        assert!(Duration::from_text("10 minutes").is_err());
    }
}
