//! Words of a shell, for commands that are printed to be run.

use std::path::Path;

/// A path as one word.
pub(super) fn path(path: &Path) -> String {
    word(&path.display().to_string())
}

/// A text as one word: in quotes unless every shell takes it as it is.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@%+,=".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one() {
        for (text, quoted) in [
            ("sites/a.yaml", "sites/a.yaml"),
            ("", "''"),
            ("my site.yaml", "'my site.yaml'"),
            ("it's", r"'it'\''s'"),
            ("$(x)`y`", "'$(x)`y`'"),
            ("~/a", "'~/a'"),
            ("ü", "'ü'"),
        ] {
            assert_eq!(word(text), quoted);
        }
    }
}
