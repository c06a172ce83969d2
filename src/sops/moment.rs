//! A moment, as the metadata of an encrypted file spells it.

use std::fmt;

/// A moment in UTC to the second: `2026-11-22T03:00:00Z`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(String);

impl Moment {
    /// So many seconds after the beginning of 1970.
    pub fn of_unix(seconds: u64) -> Self {
        let (days, second) = (seconds / 86_400, seconds % 86_400);
        let (year, month, day) = date(days);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        Self(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second % 60))
    }

    /// Accepts what [`of_unix`](Self::of_unix) writes: readers put another spelling into this one, and would take
    /// the file for a changed one.
    pub fn from_text(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| -> Option<u64> {
            let digits = text.get(from..to)?;
            digits.bytes().all(|c| c.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
        let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
        // The day by its distance from the first that could be meant.
        let first = year.checked_sub(1970)? * 365;
        let days = (first..first + 366 + year / 4).find(|it| date(*it) == (year, month, day))?;
        let moment = Self::of_unix(days * 86_400 + hour * 3600 + minute * 60 + second);
        (moment.0 == text).then_some(moment)
    }

    /// The moment as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Year, month and day, so many days after the beginning of 1970.
fn date(mut days: u64) -> (u64, u64, u64) {
    let is_leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_calendar() {
        // As `date -u -d @SECONDS +%FT%TZ` says.
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_798_761_599, "2026-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(Moment::of_unix(seconds).as_str(), text);
            assert_eq!(Moment::from_text(text), Some(Moment::of_unix(seconds)));
        }
    }

    #[test]
    fn another_spelling_is_no_moment() {
        for text in [
            "",
            "2026-11-22",
            "2026-11-22T03:00:00+00:00",
            "2026-11-22t03:00:00z",
            "2026-11-22 03:00:00Z",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T03:60:00Z",
            "1969-12-31T23:59:59Z",
            "2026-11-22T03:00:00Zx",
            "+026-11-22T03:00:00Z",
            "２026-11-22T03:00:00Z",
        ] {
            assert_eq!(Moment::from_text(text), None, "{text}");
        }
    }
}
