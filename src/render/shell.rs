//! Constants of shell scripts, in the one spelling that a shell takes byte for byte.

use crate::plan::{Constant, ShellFile, Words};

/// For `shellcheck`: the constants are read by the scripts that source the file.
const DIRECTIVE: &str = "# shellcheck shell=bash disable=SC2034\n";

/// A file of constants below its header.
pub(super) fn write(file: &ShellFile) -> String {
    let mut out = super::comment(&file.header) + DIRECTIVE;
    for Constant { name, about, value } in &file.constants {
        out.push_str(&format!("\n# {about}\nreadonly {name}={}\n", spelled(value)));
    }
    out
}

fn spelled(value: &Words) -> String {
    match value {
        Words::One(text) => word(text),
        Words::Many(words) if words.is_empty() => "()".into(),
        Words::Many(words) => {
            let lines: String = words.iter().map(|it| format!("  {}\n", word(it))).collect();
            format!("(\n{lines})")
        }
    }
}

/// A text as one word of a shell: within single quotes no character has a meaning but the quote itself.
pub fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Whether the text says what the file means, read as a shell reads it.
pub(super) fn says(text: &str, file: &ShellFile) -> bool {
    let start = super::comment(&file.header) + DIRECTIVE;
    let Some(mut rest) = text.strip_prefix(&start) else { return false };
    for Constant { name, about, value } in &file.constants {
        let head = format!("\n# {about}\nreadonly {name}=");
        let read = rest.strip_prefix(&head).and_then(read_value);
        let Some((found, after)) = read.filter(|(found, _)| found == value) else { return false };
        drop(found);
        rest = after;
    }
    rest.is_empty()
}

/// A value and what follows its line.
fn read_value(text: &str) -> Option<(Words, &str)> {
    let (value, rest) = match text.strip_prefix('(') {
        None => {
            let (word, rest) = read_word(text)?;
            (Words::One(word), rest)
        }
        Some(mut rest) => {
            let mut words = Vec::new();
            loop {
                rest = rest.trim_start_matches([' ', '\n']);
                if let Some(after) = rest.strip_prefix(')') {
                    break (Words::Many(words), after);
                }
                let (word, after) = read_word(rest)?;
                words.push(word);
                rest = after;
            }
        }
    };
    Some((value, rest.strip_prefix('\n')?))
}

/// One word in pieces of single quotes and escaped quotes.
fn read_word(text: &str) -> Option<(String, &str)> {
    let (mut word, mut rest) = (String::new(), text);
    loop {
        let (piece, after) = rest.strip_prefix('\'')?.split_once('\'')?;
        word.push_str(piece);
        match after.strip_prefix(r"\'") {
            Some(more) => {
                word.push('\'');
                rest = more;
            }
            None => return Some((word, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(value: Words) -> ShellFile {
        let constants = vec![Constant { name: "NAME", about: "a name", value }];
        ShellFile { header: vec!["Head.".into()], constants }
    }

    #[test]
    fn every_word_comes_back() {
        for text in ["", "a", "it's", "''", "$X `id` \\ \"q\" #", "a\nb", ")", "' '", "\\'"] {
            for value in [
                Words::One(text.into()),
                Words::Many(vec![]),
                Words::Many(vec![text.into(), "b c".into(), text.into()]),
            ] {
                let file = file(value);
                let written = write(&file);
                assert!(says(&written, &file), "{written}");
            }
        }
    }

    #[test]
    fn another_value_is_not_what_was_meant() {
        let meant = file(Words::One("a".into()));
        for other in [
            Words::One("b".into()),
            Words::One(String::new()),
            Words::Many(vec!["a".into()]),
            Words::Many(vec!["a".into(), "a".into()]),
        ] {
            assert!(!says(&write(&file(other)), &meant));
        }
        assert!(!says("readonly NAME='a'\n", &meant));
        assert!(!says(&(write(&meant) + "readonly MORE='a'\n"), &meant));
    }
}
