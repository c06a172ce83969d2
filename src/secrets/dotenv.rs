//! Reading somebody's `.env`, with the tolerance that docker compose has. It expands nothing.

use zeroize::Zeroizing;

/// What a `.env` says.
#[derive(Default)]
pub(super) struct Dotenv {
    entries: Vec<Entry>,
    /// Lines that say nothing that can be understood, from 1.
    pub(super) unread: Vec<usize>,
}

/// One variable.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: Zeroizing<String>,
    /// Whether another variable is named in the value, which is then not the value itself.
    pub(super) refers: bool,
}

impl Dotenv {
    /// The last line of a name counts, as for docker compose; one without a value does not.
    pub(super) fn get(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|it| it.key == key).filter(|it| !it.value.is_empty())
    }

    /// Every name that has a value, in order of appearance.
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(|it| !it.value.is_empty()).map(|it| it.key.as_str())
    }

    pub(super) fn read(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut dotenv = Self::default();
        let mut rest = text;
        loop {
            rest = rest.trim_start();
            if rest.is_empty() {
                return dotenv;
            }
            let line = text[..text.len() - rest.len()].matches('\n').count() + 1;
            let (entry, after) = entry(rest);
            match entry {
                Some(entry) => dotenv.entries.push(entry),
                None if rest.starts_with('#') => {}
                None => dotenv.unread.push(line),
            }
            rest = after;
        }
    }
}

/// The variable that a text begins with, and what follows it.
fn entry(text: &str) -> (Option<Entry>, &str) {
    let (line, after_line) = text.split_once('\n').unwrap_or((text, ""));
    let Some(equals) = line.find(['=', ':']).filter(|_| !line.starts_with('#')) else {
        return (None, after_line);
    };
    let key = line[..equals].trim();
    let key =
        key.strip_prefix("export").filter(|it| it.starts_with([' ', '\t'])).unwrap_or(key).trim();
    if !is_name(key) {
        return (None, after_line);
    }
    let written = text[equals + 1..].trim_start_matches([' ', '\t']);
    let (value, after) = match written.chars().next() {
        Some(quote @ ('"' | '\'')) => match closed(&written[1..], quote) {
            Some((inner, after)) => (quoted(inner, quote), after),
            None => return (None, after_line),
        },
        _ => (bare(line[equals + 1..].trim_start()), after_line),
    };
    let (value, refers) = value;
    (Some(Entry { key: key.into(), value, refers }), after)
}

fn is_name(key: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && key.chars().all(inner)
}

/// What stands before the closing quote, and the lines after it; nothing but a comment may share its line.
fn closed(text: &str, quote: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.find(|c| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    })?;
    let (inner, behind) = (&text[..end], &text[end + 1..]);
    let (rest, after) = behind.split_once('\n').unwrap_or((behind, ""));
    let rest = rest.trim();
    (rest.is_empty() || rest.starts_with('#')).then_some((inner, after))
}

/// A value without quotes ends at the line, or at a comment.
fn bare(text: &str) -> (Zeroizing<String>, bool) {
    let value = text.split_once(" #").map_or(text, |(value, _)| value);
    expanded(value.trim_end().chars())
}

fn quoted(inner: &str, quote: char) -> (Zeroizing<String>, bool) {
    if quote == '\'' {
        return (Zeroizing::new(inner.replace("\\'", "'")), false);
    }
    let mut plain = Zeroizing::new(String::with_capacity(inner.len() + 1));
    let mut characters = inner.chars();
    while let Some(c) = characters.next() {
        match (c, (c == '\\').then(|| characters.next()).flatten()) {
            ('\\', Some('n')) => plain.push('\n'),
            ('\\', Some('r')) => plain.push('\r'),
            ('\\', Some('t')) => plain.push('\t'),
            // Written twice, a dollar sign is one.
            ('\\', Some('$')) => plain.push_str("$$"),
            ('\\', Some(escaped @ ('"' | '\\'))) => plain.push(escaped),
            ('\\', Some(other)) => plain.extend(['\\', other]),
            (c, _) => plain.push(c),
        }
    }
    expanded(plain.chars())
}

/// The text with `$$` as one dollar sign, and whether any other one names a variable.
fn expanded(text: std::str::Chars<'_>) -> (Zeroizing<String>, bool) {
    let mut value = Zeroizing::new(String::with_capacity(text.as_str().len()));
    let mut refers = false;
    let mut characters = text.peekable();
    while let Some(c) = characters.next() {
        if c == '$' {
            let next = characters.next_if_eq(&'$').or(characters.peek().copied());
            refers |= next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '{'));
        }
        value.push(c);
    }
    (value, refers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> (String, bool) {
        let dotenv = Dotenv::read(text);
        assert_eq!(dotenv.unread, [0usize; 0], "{text:?}");
        let entry = dotenv.get("A").unwrap_or_else(|| panic!("{text:?} says nothing of A"));
        (entry.value.to_string(), entry.refers)
    }

    /// Docker Compose 5.6.1 makes the same of each (`config --environment`).
    #[test]
    fn a_value_is_read_as_docker_compose_reads_it() {
        for (written, value) in [
            ("A=b", "b"),
            ("A = b c  ", "b c"),
            ("A: b", "b"),
            ("export A=b", "b"),
            ("\u{feff}A=b\r\nB=c\r\n", "b"),
            ("A=b # comment", "b"),
            ("A=b#c", "b#c"),
            ("A=#b", "#b"),
            ("A='it\\'s'", "it's"),
            ("A=b\\nc", "b\\nc"),
            ("A=\"b # c\" # comment", "b # c"),
            ("A='b $C \"q\" # c'", "b $C \"q\" # c"),
            (r#"A="b\n\"c\" \$D \\""#, "b\n\"c\" $D \\"),
            ("A=\"b\nc\"\nB=d", "b\nc"),
            ("A=b$$c", "b$c"),
            ("A=x=y==", "x=y=="),
            ("A=one\nA=two", "two"),
        ] {
            assert_eq!(one(written), (value.to_owned(), false), "{written:?}");
        }
    }

    #[test]
    fn another_variable_is_seen_and_not_filled_in() {
        for written in ["A=${B}", "A=x$B", "A=\"x ${B:-y}\""] {
            assert!(one(written).1, "{written}");
        }
        for written in ["A='${B}'", r#"A="\${B}""#, "A=5$", "A=$1"] {
            assert!(!one(written).1, "{written}");
        }
    }

    #[test]
    fn what_says_nothing_is_named_by_its_line() {
        let dotenv = Dotenv::read("# A=1\n\nnothing\nA=\n1B=2\nC='open\nD=\"x\" y\nE=5\n");
        assert_eq!(dotenv.unread, [3, 5, 6, 7]);
        assert_eq!(dotenv.keys().collect::<Vec<_>>(), ["E"]);
    }
}
