//! Where backups go, who may read them, and when they are made.

use super::{Refusal, checked_text};
use curve25519_dalek::MontgomeryPoint;
use std::collections::BTreeSet;

checked_text! {
    /// A schedule in the five fields of cron, in numbers: minute, hour, day of the month, month, day of the week.
    Schedule is "a schedule of five cron fields" like "30 3 * * *"
    matching "^[0-9*,/-]+ [0-9*,/-]+ [0-9*,/-]+ [0-9*,/-]+ [0-9*,/-]+$" by schedule
}

checked_text! {
    /// The public half of an age key.
    AgeRecipient is "an age recipient" like "age1h6z6qvgydjv73q8t4paqm89qyzk7dfmc9zykqk58pfmhf27tjqlsu0nupp"
    matching "^age1[02-9ac-hj-np-z]{58}$" by age_recipient
}

checked_text! {
    /// A restic repository, without credentials.
    ResticRepository is "a restic repository" like "sftp:backup@nas.example.com:/srv/trigger"
    matching "^(/|sftp:|s3:https?://|rest:https?://|rclone:)[A-Za-z0-9@._:/-]*[A-Za-z0-9_/]$" by restic_repository
}

checked_text! {
    /// The public half of a key of S3.
    AccessKeyId is "an access key" like "AKIAIOSFODNN7EXAMPLE"
    matching "^[A-Za-z0-9._+/=-]{1,128}$" by access_key_id
}

checked_text! {
    /// A place that rclone knows: the name of a remote of its configuration, and a path there.
    RcloneRemote is "an rclone remote with a path" like "offsite:backups/trigger"
    matching "^[A-Za-z0-9_][A-Za-z0-9_-]*:[A-Za-z0-9._/-]*$" by rclone_remote
}

/// Name, first and last number of each field of cron.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of the month", 1, 31),
    ("month", 1, 12),
    ("day of the week", 0, 7),
];

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/// Days of the months, in a leap year: a date that never comes is in none.
const DAYS: [u32; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

impl Schedule {
    /// The same as an `OnCalendar=` of systemd.
    pub fn on_calendar(&self) -> String {
        let [minutes, hours, days, months, weekdays] =
            self.fields().map(|it| it.unwrap_or_default());
        let list = |values: &BTreeSet<u32>, all: usize| match values.len() == all {
            true => "*".to_owned(),
            false => values.iter().map(|it| format!("{it:02}")).collect::<Vec<_>>().join(","),
        };
        let names: Vec<&str> = weekdays.iter().map(|it| WEEKDAYS[*it as usize]).collect();
        let day = if names.len() == 7 { String::new() } else { format!("{} ", names.join(",")) };
        let (months, days) = (list(&months, 12), list(&days, 31));
        format!("{day}*-{months}-{days} {}:{}:00", list(&hours, 24), list(&minutes, 60))
    }

    /// The longest time between the starts of two runs, in hours, rounded up.
    pub fn longest_gap_hours(&self) -> u32 {
        let [_, hours, days, months, weekdays] = self.fields().map(|it| it.unwrap_or_default());
        let (mut last, mut longest) = (None, 0);
        // Four years from a Monday, the first of January of a leap year.
        let calendar = (0..4).flat_map(|year| {
            let february = if year == 0 { 29 } else { 28 };
            (1u32..=12).zip(DAYS).flat_map(move |(month, length)| {
                let length = if month == 2 { february } else { length };
                (1..=length).map(move |day| (month, day))
            })
        });
        for (nth, (month, day)) in (0u32..).zip(calendar) {
            let runs = months.contains(&month)
                && days.contains(&day)
                && weekdays.contains(&((nth + 1) % 7));
            for hour in hours.iter().filter(|_| runs) {
                let now = nth * 24 + hour;
                longest = longest.max(last.map_or(0, |before| now - before));
                last = Some(now);
            }
        }
        longest.max(1)
    }

    fn fields(&self) -> [Option<BTreeSet<u32>>; 5] {
        let mut fields =
            self.as_str().split(' ').zip(FIELDS).map(|(text, field)| values(text, field).ok());
        std::array::from_fn(|_| fields.next().flatten())
    }
}

/// The numbers that one field of cron means.
fn values(text: &str, (name, first, last): (&str, u32, u32)) -> Result<BTreeSet<u32>, Refusal> {
    let refused = || {
        Refusal::new(format!(
            "`{text}` is no {name}: numbers from {first} to {last}, `*`, `a-b`, `a,b`, `*/n`"
        ))
    };
    let number = |it: &str| {
        let plain = !it.is_empty() && it.len() <= 2 && it.bytes().all(|c| c.is_ascii_digit());
        it.parse::<u32>().ok().filter(|n| plain && (first..=last).contains(n)).ok_or_else(refused)
    };
    let mut found = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            None => (part, None),
            Some((range, step)) => (
                range,
                Some(
                    step.parse::<usize>()
                        .ok()
                        .filter(|it| (1..=59).contains(it))
                        .ok_or_else(refused)?,
                ),
            ),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (first, last),
            Some((from, to)) => (number(from)?, number(to)?),
            None if step.is_some() => return Err(refused()),
            None => (number(range)?, number(range)?),
        };
        if from > to {
            return Err(refused());
        }
        found.extend((from..=to).step_by(step.unwrap_or(1)));
    }
    // Cron calls Sunday both 0 and 7.
    if last == 7 && found.remove(&7) {
        found.insert(0);
    }
    Ok(found)
}

fn schedule(text: &str) -> Result<(), Refusal> {
    let fields: Vec<&str> = text.split(' ').collect();
    if fields.len() != 5 || fields.contains(&"") {
        return Err(Refusal::new("it must be five fields, with one blank between them")
            .instead("30 3 * * *"));
    }
    let mut all = Vec::new();
    for (field, limits) in fields.iter().zip(FIELDS) {
        all.push(values(field, limits)?);
    }
    let (days, months, weekdays) = (&all[2], &all[3], &all[4]);
    if days.len() < 31 && weekdays.len() < 7 {
        return Err(Refusal::new(
            "cron would run on the days of the month and on the days of the week besides; say one of the two",
        ));
    }
    match months.iter().any(|month| days.iter().any(|day| *day <= DAYS[*month as usize - 1])) {
        true => Ok(()),
        false => Err(Refusal::new("there is no such date")),
    }
}

impl AgeRecipient {
    /// The public half itself: a point of Curve25519.
    pub fn public_key(&self) -> [u8; 32] {
        age_values(self.as_str())
            .and_then(|it| age_key(&it))
            .expect("it was checked when it was made")
    }
}

const AGE_ALPHABET: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// What the characters behind `age1` stand for, five bits each.
fn age_values(text: &str) -> Option<Vec<u32>> {
    let data = text.strip_prefix("age1")?;
    let values: Option<Vec<u32>> =
        data.chars().map(|c| AGE_ALPHABET.find(c).map(|it| it as u32)).collect();
    values.filter(|it| it.len() == 58)
}

/// The bytes of a key: without the checksum, and without the four bits that fill up the last character.
fn age_key(values: &[u32]) -> Option<[u8; 32]> {
    let mut bits =
        values[..52].iter().flat_map(|it| (0..5).rev().map(move |bit| (it >> bit & 1) as u8));
    let key = std::array::from_fn(|_| bits.by_ref().take(8).fold(0, |byte, bit| byte << 1 | bit));
    bits.all(|bit| bit == 0).then_some(key)
}

fn age_recipient(text: &str) -> Result<(), Refusal> {
    if text.starts_with("AGE-SECRET-KEY-") {
        return Err(Refusal::new(
            "it is the secret half of a key, which stays off the server; the public half begins with `age1`",
        ));
    }
    if !text.starts_with("age1") {
        return Err(Refusal::new("it must begin with `age1`"));
    }
    let Some(values) = age_values(text) else {
        return Err(Refusal::new(
            "behind `age1` it must have 58 characters of the alphabet of age",
        ));
    };
    // Bech32: high bits of the prefix, a zero, its low bits, then the data.
    let prefix = b"age".map(u32::from);
    let spread = prefix.iter().map(|c| c >> 5).chain([0]).chain(prefix.iter().map(|c| c & 31));
    if spread.chain(values.iter().copied()).fold(1, checksum_step) != 1 {
        return Err(Refusal::new("its checksum is wrong: a character is mistyped"));
    }
    match age_key(&values).is_some_and(has_private_half) {
        true => Ok(()),
        false => Err(Refusal::new("it is not the public half of any key")),
    }
}

/// Whether a point can be the public half of a key: what is encrypted for a point of small order, anybody opens.
fn has_private_half(point: [u8; 32]) -> bool {
    MontgomeryPoint(point).mul_clamped([1; 32]).to_bytes() != [0; 32]
}

fn checksum_step(sum: u32, value: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let next = ((sum & 0x1ff_ffff) << 5) ^ value;
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| (top >> bit) & 1 == 1)
        .fold(next, |sum, (_, it)| sum ^ it)
}

fn restic_repository(text: &str) -> Result<(), Refusal> {
    let kinds =
        ["/", "sftp:", "s3:https://", "s3:http://", "rest:https://", "rest:http://", "rclone:"];
    let Some(rest) = kinds.iter().find_map(|kind| text.strip_prefix(kind)) else {
        return Err(Refusal::new(
            "it must begin with `/`, `sftp:`, `s3:https://`, `rest:https://` or `rclone:`",
        ));
    };
    if !text.starts_with("sftp:") && rest.contains('@') {
        return Err(Refusal::new(
            "credentials do not belong into it: it stands in files that anybody may read",
        ));
    }
    if let Some(c) = rest.chars().find(|c| !(c.is_ascii_alphanumeric() || "@._:/-".contains(*c))) {
        return Err(Refusal::new(format!("`{}` cannot stand in it", c.escape_default())));
    }
    match rest.starts_with('-')
        || !rest.ends_with(|c: char| c.is_ascii_alphanumeric() || "_/".contains(c))
    {
        true => Err(Refusal::new("it must name a place, and begin and end with a letter or digit")),
        false => Ok(()),
    }
}

fn access_key_id(text: &str) -> Result<(), Refusal> {
    let fine = |c: char| c.is_ascii_alphanumeric() || "._+/=-".contains(c);
    match (1..=128).contains(&text.len()) && text.chars().all(fine) {
        true => Ok(()),
        false => Err(Refusal::new("an access key is letters, digits and `._+/=-`")),
    }
}

fn rclone_remote(text: &str) -> Result<(), Refusal> {
    let Some((name, path)) = text.split_once(':') else {
        return Err(Refusal::new("it must be the name of a remote, `:` and a path")
            .instead(format!("{text}:")));
    };
    let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.starts_with(letter) || !name.chars().all(|c| letter(c) || c == '-') {
        return Err(Refusal::new(
            "the name of a remote is letters, digits, `_` and `-`; `rclone config` on the server makes it",
        ));
    }
    match path.chars().find(|c| !(letter(*c) || "./-".contains(*c))) {
        Some(c) => Err(Refusal::new(format!("`{}` cannot stand in its path", c.escape_default()))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    fn calendar(text: &str) -> String {
        Schedule::from_text(text).expect(text).on_calendar()
    }

    #[test]
    fn a_schedule_says_the_same_to_systemd() {
        assert_eq!(calendar("30 3 * * *"), "*-*-* 03:30:00");
        assert_eq!(calendar("*/20 1-3 * * *"), "*-*-* 01,02,03:00,20,40:00");
        assert_eq!(calendar("0 4 * * 7"), "Sun *-*-* 04:00:00");
        assert_eq!(calendar("0 4 * * 1-5"), "Mon,Tue,Wed,Thu,Fri *-*-* 04:00:00");
        assert_eq!(calendar("5 0 1,15 */6 *"), "*-01,07-01,15 00:05:00");
    }

    #[test]
    fn the_longest_gap_is_known() {
        for (text, hours) in [
            ("30 3 * * *", 24),
            ("0 */6 * * *", 6),
            ("*/5 * * * *", 1),
            ("0 4 * * 0", 168),
            ("0 4 1 * *", 31 * 24),
            ("0 1,2 * * *", 23),
        ] {
            assert_eq!(Schedule::from_text(text).expect(text).longest_gap_hours(), hours, "{text}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for bad in [
            "",
            "* * * *",
            "* * * * * *",
            "@daily",
            "60 3 * * *",
            "0 24 * * *",
            "0 3 0 * *",
            "0 3 * 13 *",
            "0 3 * * 8",
            "5-1 3 * * *",
            "0 3 1 * 1",
            "0 3 30 2 *",
            "0 3 * * mon",
            "1/2 3 * * *",
            "*/0 3 * * *",
            "0  3 * * *",
            "0 3 * * *\n",
            "% 3 * * *",
            "0 3 * * * root id",
            "+1 3 * * *",
            "001 3 * * *",
            ", 3 * * *",
        ] {
            assert!(Schedule::from_text(bad).is_err(), "{bad:?}");
        }
        assert!(Schedule::from_text("0 3 29 2 *").is_ok(), "once in four years");
    }

    #[test]
    fn a_mistyped_recipient_is_refused() {
        let good = AgeRecipient::EXAMPLE;
        assert!(AgeRecipient::from_text(good).is_ok());
        let mistyped = good.replacen('9', "8", 1);
        for bad in [
            mistyped.as_str(),
            &good[..61],
            "age1",
            "ssh-ed25519 AAAA",
            "AGE-SECRET-KEY-1QQQQ",
            &good.to_uppercase(),
            // A right checksum over bits that no character needs.
            "age1pyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqpa3h085",
        ] {
            assert!(AgeRecipient::from_text(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn nobody_encrypts_for_a_point_that_everybody_opens() {
        for point in [
            "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
            "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
            "age1anlllllllllllllllllllllllllllllllllllllllllllllllals4n2t7m",
            "age1ur4h5lpmgxu2u9jku0a0r87ydtdqnr0tnsetrlvxvgz3vh6fhqqqzyt4v9",
        ] {
            let refusal = AgeRecipient::from_text(point).expect_err(point);
            assert!(refusal.why.contains("public half"), "{refusal:?}");
        }
    }

    #[test]
    fn a_place_holds_no_credentials_and_no_option() {
        for good in [
            "/srv/restic",
            "sftp:a@b.example.com:/x",
            "s3:https://s3.example.com/bucket/x",
            "rest:https://h:8000/x/",
            "rclone:offsite:x",
        ] {
            assert!(ResticRepository::from_text(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "relative",
            "s3:https://key:pass@h/x",
            "rest:https://u:p@h/",
            "sftp:-oProxyCommand=id",
            "sftp:a b:/x",
            "/x$(id)",
            "/x\n",
            "b2:x",
            "s3:h/x",
        ] {
            assert!(ResticRepository::from_text(bad).is_err(), "{bad}");
        }
        for good in ["offsite:", "off-site_1:a/b.c"] {
            assert!(RcloneRemote::from_text(good).is_ok(), "{good}");
        }
        for bad in
            ["", "offsite", "-x:a", ":s3,key=x:a", "a:b c", "a:$(id)", "a:b\n", "a b:c", "a:'"]
        {
            assert!(RcloneRemote::from_text(bad).is_err(), "{bad}");
        }
    }
}
