//! `.env` as `docker compose` reads it, whoever wrote it.

use super::text;
use std::collections::BTreeMap;
use std::fmt;

/// A file of variables.
#[derive(Default)]
pub(in crate::proof) struct Dotenv {
    /// Where it stands.
    pub(in crate::proof) path: String,
    /// Its variables in order, repeated ones included.
    pub(in crate::proof) entries: Vec<Entry>,
    /// The value of each key: the last one counts.
    pub(in crate::proof) values: BTreeMap<String, String>,
    /// Lines that are neither comment nor variable.
    pub(in crate::proof) broken: Vec<usize>,
    /// Whether it is the redacted twin, read because the file itself is not there.
    pub(in crate::proof) redacted: bool,
}

/// One variable.
pub(in crate::proof) struct Entry {
    /// Its name.
    pub(in crate::proof) key: String,
    /// Its value, unquoted, other variables put in.
    pub(in crate::proof) value: String,
    /// The line that it begins on.
    pub(in crate::proof) line: usize,
    /// Whether its value names another variable.
    pub(in crate::proof) nested: bool,
}

/// Names only.
impl fmt::Debug for Dotenv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dotenv").field("path", &self.path).field("entries", &self.entries).finish()
    }
}

/// The name only.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", self.key)
    }
}

impl Dotenv {
    /// Reads a file; what is not understood is remembered.
    pub(in crate::proof) fn read(path: &str, text: &str) -> Self {
        let mut file = Self { path: path.to_owned(), ..Self::default() };
        let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut line = 1;
        while !rest.is_empty() {
            let (used, statement) = statement(rest);
            let (taken, remaining) = rest.split_at(used);
            match statement {
                Statement::Nothing => {}
                Statement::Broken => file.broken.push(line),
                Statement::Variable { key, written, single } => {
                    file.insert(key, &written, single, line);
                }
            }
            line += taken.bytes().filter(|byte| *byte == b'\n').count();
            rest = remaining;
        }
        file
    }

    fn insert(&mut self, key: &str, written: &str, single: bool, line: usize) {
        let mut named = Vec::new();
        let (value, nested) = if single {
            (written.to_owned(), false)
        } else {
            text::references(written, &mut named);
            (text::resolve_leniently(written, &self.values), !named.is_empty())
        };
        self.values.insert(key.to_owned(), value.clone());
        self.entries.push(Entry { key: key.to_owned(), value, line, nested });
    }

    /// The line of a key.
    pub(in crate::proof) fn line(&self, key: &str) -> Option<usize> {
        self.entries.iter().find(|it| it.key == key).map(|it| it.line)
    }
}

/// What begins at a point of the file.
enum Statement<'a> {
    Nothing,
    Broken,
    /// `single`: in single quotes, where nothing has a meaning.
    Variable {
        key: &'a str,
        written: String,
        single: bool,
    },
}

/// Reads up to the end of a line, or of the last line of a quoted value.
fn statement(rest: &str) -> (usize, Statement<'_>) {
    let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let line = rest[..end].trim();
    if line.is_empty() || line.starts_with('#') {
        return (end, Statement::Nothing);
    }
    let body = line.strip_prefix("export ").map_or(line, str::trim_start);
    let name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    let key = &body[..body.find(|c| !name(c)).unwrap_or(body.len())];
    let after = body[key.len()..].trim_start();
    let Some(value) = after.strip_prefix(['=', ':']) else {
        // A bare name is taken from the shell.
        let statement = if after.is_empty() && !key.is_empty() {
            Statement::Nothing
        } else {
            Statement::Broken
        };
        return (end, statement);
    };
    if key.is_empty() {
        return (end, Statement::Broken);
    }
    let value = value.trim_start();
    match value.chars().next() {
        Some(quote @ ('\'' | '"')) => {
            let start = offset(rest, value) + 1;
            quoted(rest, start, quote, key)
        }
        _ => {
            let end_of_value = value.find(" #").or(value.find("\t#")).unwrap_or(value.len());
            let value = if value.starts_with('#') { "" } else { &value[..end_of_value] };
            let written = value.trim_end().to_owned();
            (end, Statement::Variable { key, written, single: false })
        }
    }
}

/// Where a part of a text begins in it.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

fn quoted<'a>(rest: &'a str, start: usize, quote: char, key: &'a str) -> (usize, Statement<'a>) {
    let mut written = String::new();
    let mut characters = rest[start..].char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' if quote == '"' => match characters.next() {
                Some((_, 'n')) => written.push('\n'),
                Some((_, 'r')) => written.push('\r'),
                Some((_, 't')) => written.push('\t'),
                // A dollar that is escaped here is one that compose would take for itself later.
                Some((_, '$')) => written.push_str("$$"),
                Some((_, other)) => written.push(other),
                None => break,
            },
            _ if c == quote => {
                let after = &rest[start + at + 1..];
                let end = after.find('\n').map_or(after.len(), |at| at + 1);
                let tail = after[..end].trim();
                let used = start + at + 1 + end;
                if !tail.is_empty() && !tail.starts_with('#') {
                    return (used, Statement::Broken);
                }
                return (used, Statement::Variable { key, written, single: quote == '\'' });
            }
            _ => written.push(c),
        }
    }
    (rest.find('\n').map_or(rest.len(), |at| at + 1), Statement::Broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_compose_reads_it() {
        let file = Dotenv::read(
            ".env",
            "# comment\nA=1\nexport B = 'x $A #y' # note\nC=\"a\\\"b\\n\\$A ${A}\"\n\nD=x # note\nE=a#b\n\
             F: yes\nG=\nH='two\nlines'\nI=${A}/$B\nJ\nA=2\n",
        );
        let value = |key: &str| file.values.get(key).map(String::as_str);
        for (key, expected) in [
            ("A", "2"),
            ("B", "x $A #y"),
            ("C", "a\"b\n$A 1"),
            ("D", "x"),
            ("E", "a#b"),
            ("F", "yes"),
            ("G", ""),
            ("H", "two\nlines"),
            ("I", "1/x $A #y"),
        ] {
            assert_eq!(value(key), Some(expected), "{key}");
        }
        assert_eq!(value("J"), None);
        assert!(file.broken.is_empty(), "{:?}", file.broken);
        let nested: Vec<_> = file
            .entries
            .iter()
            .filter(|it| it.nested)
            .map(|it| (it.key.as_str(), it.line))
            .collect();
        assert_eq!(nested, [("C", 4), ("I", 12)]);
    }

    #[test]
    fn a_value_may_end_with_the_file() {
        for text in ["A='x'", "A='x'\n", "A='x'  ", "A='x' # note"] {
            let file = Dotenv::read(".env", text);
            assert_eq!(file.values.get("A").map(String::as_str), Some("x"), "{text}");
            assert_eq!(file.broken, [0; 0], "{text}");
        }
    }

    #[test]
    fn a_quote_that_stays_open_costs_its_line() {
        let file = Dotenv::read(".env", "A='x=\nB=1\n");
        assert_eq!(file.broken, [1]);
        assert_eq!(file.values.into_iter().collect::<Vec<_>>(), [("B".into(), "1".into())]);
    }

    #[test]
    fn what_is_no_variable_is_remembered() {
        let file = Dotenv::read(".env", "A=1\nno variable\n=x\nB='open\nC='x'y\n");
        // The quote of line 4 ends on line 5.
        assert_eq!(file.broken, [2, 3, 4]);
    }

    #[test]
    fn our_own_spelling_reads_alike() {
        for value in ["a b $X \"q\" #c", "it's $5 \\ \"x\"", "a\nb", "", "x=y", "a#b", "${X}"] {
            let file = Dotenv::read(".env", &format!("K={}\n", crate::render::quoted(value)));
            assert_eq!(file.values.get("K").map(String::as_str), Some(value));
            assert!(!file.entries[0].nested, "{value}");
        }
    }
}
