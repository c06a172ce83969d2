//! Readers of the formats that the compiler writes, after their definitions and without any of its code. Each knows
//! no more than what the compiler may write; `None` is what it does not know.

/// The value of the one line `KEY=value`, as docker compose reads it: bare to the end of the line, in single quotes
/// as it stands, in double quotes with `\n`, `\\`, `\"` and `\$`. Nothing may look like a variable.
pub(crate) fn dotenv(line: &str) -> Option<String> {
    let value = line.strip_prefix("KEY=")?.strip_suffix('\n')?;
    if let Some(rest) = value.strip_prefix('\'') {
        let inner = rest.strip_suffix('\'')?;
        // A backslash would keep the quote from ending the value.
        return (!inner.contains(['\'', '\n', '\\'])).then(|| inner.to_owned());
    }
    let Some(rest) = value.strip_prefix('"') else {
        let plain = |c: char| c.is_ascii_graphic() && !"'\"\\$#`".contains(c);
        return value.chars().all(plain).then(|| value.to_owned());
    };
    let mut characters = rest.chars();
    let mut out = String::new();
    loop {
        match characters.next()? {
            '"' => return characters.as_str().is_empty().then_some(out),
            '$' | '\n' => return None,
            '\\' => match characters.next()? {
                'n' => out.push('\n'),
                c @ ('\\' | '"' | '$') => out.push(c),
                _ => return None,
            },
            c => out.push(c),
        }
    }
}

/// The words of a shell: pieces in single quotes, in which nothing has a meaning, and quotes behind a backslash; blanks
/// and line breaks between them.
pub(crate) fn shell(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            ' ' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        c => word.push(c),
                    }
                }
            }
            '\\' if characters.next() == Some('\'') => word.get_or_insert_default().push('\''),
            _ => return None,
        }
    }
    words.extend(word);
    Some(words)
}

/// A string of a compose file with its variables put in: there must be none, and `$$` is a dollar.
pub(crate) fn compose(text: &str) -> Option<String> {
    let mut characters = text.chars();
    let mut out = String::new();
    while let Some(c) = characters.next() {
        if c == '$' && characters.next() != Some('$') {
            return None;
        }
        out.push(c);
    }
    Some(out)
}

/// What a part of a URL stands for.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, others @ ..] = rest {
        rest = others;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let code = std::str::from_utf8(rest.get(..2)?).ok()?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

/// The text of the one element of this name.
pub(crate) fn xml_text(file: &str, name: &str) -> Option<String> {
    let (_, rest) = file.split_once(&format!("<{name}>"))?;
    unescaped(rest.split_once(&format!("</{name}>"))?.0)
}

/// The value of the one attribute of this name.
pub(crate) fn xml_attribute(file: &str, name: &str) -> Option<String> {
    let (_, rest) = file.split_once(&format!(" {name}=\""))?;
    unescaped(rest.split_once('"')?.0)
}

fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut out = parts.next()?.to_owned();
    for part in parts {
        let (entity, rest) = part.split_once(';')?;
        match entity {
            "lt" => out.push('<'),
            "gt" => out.push('>'),
            "amp" => out.push('&'),
            "quot" => out.push('"'),
            "apos" => out.push('\''),
            _ => {
                let code = entity.strip_prefix('#')?;
                let code = match code.strip_prefix('x') {
                    Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                    None => code.parse().ok()?,
                };
                out.push(char::from_u32(code)?);
            }
        }
        out.push_str(rest);
    }
    (!text.contains('<')).then_some(out)
}

/// The one item of a YAML list, where it is plain and harmless or in quotes; block scalars are not known here.
pub(crate) fn yaml_item(file: &str) -> Option<String> {
    let item = file.strip_prefix("- ")?.strip_suffix('\n')?;
    match item.chars().next()? {
        '\'' => single(&item[1..]),
        '"' => double(&item[1..]),
        '|' | '>' => None,
        _ => {
            assert!(
                !is_misread(item),
                "a plain scalar that some reader takes for something else: {item}"
            );
            Some(item.to_owned())
        }
    }
}

fn single(rest: &str) -> Option<String> {
    let inner = rest.strip_suffix('\'')?;
    let parts: Vec<&str> = inner.split("''").collect();
    (!parts.iter().any(|it| it.contains(['\'', '\n']))).then(|| parts.join("'"))
}

fn double(rest: &str) -> Option<String> {
    let mut characters = rest.strip_suffix('"')?.chars();
    let mut out = String::new();
    while let Some(c) = characters.next() {
        match c {
            '"' | '\n' => return None,
            '\\' => out.push(escape(&mut characters)?),
            c => out.push(c),
        }
    }
    Some(out)
}

/// The escapes of YAML 1.2, 5.7.
fn escape(rest: &mut std::str::Chars<'_>) -> Option<char> {
    let digits = match rest.next()? {
        '0' => return Some('\0'),
        'a' => return Some('\u{7}'),
        'b' => return Some('\u{8}'),
        't' => return Some('\t'),
        'n' => return Some('\n'),
        'v' => return Some('\u{b}'),
        'f' => return Some('\u{c}'),
        'r' => return Some('\r'),
        'e' => return Some('\u{1b}'),
        'N' => return Some('\u{85}'),
        '_' => return Some('\u{a0}'),
        'L' => return Some('\u{2028}'),
        'P' => return Some('\u{2029}'),
        c @ (' ' | '"' | '/' | '\\') => return Some(c),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return None,
    };
    let code: String = rest.take(digits).collect();
    char::from_u32(u32::from_str_radix(&code, 16).ok().filter(|_| code.len() == digits)?)
}

/// Whether a YAML 1.1 or 1.2 reader takes a plain scalar for anything but this text.
fn is_misread(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let words = ["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"];
    let number = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c))
        && text.parse::<f64>().is_ok();
    let begins = text.starts_with(|c: char| "!&*|>%@`\"'#,[]{}".contains(c) || c == ' ');
    words.contains(&lower.as_str())
        || number
        || begins
        || text.contains(": ")
        || text.contains(" #")
        || text.ends_with([':', ' '])
        || text.starts_with("- ")
        || text.starts_with("? ")
        || text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}'))
}

/// What CommonMark with tables shows of a paragraph, if that is text alone and the same in the cell of a table.
pub(crate) fn markdown(written: &str) -> Option<String> {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
    let page = format!("| a | b |\n| --- | --- |\n| c | {written} |\n\n{written}\n");
    let (mut shown, mut text) = (Vec::new(), String::new());
    for event in Parser::new_ext(&page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableCell | Tag::Paragraph) => text.clear(),
            Event::End(TagEnd::TableCell | TagEnd::Paragraph) => shown.push(text.clone()),
            Event::Text(it) => text.push_str(&it),
            Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow) => {}
            Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow) => {}
            _ => return None,
        }
    }
    (shown.len() == 5 && shown[3] == shown[4]).then_some(text)
}

/// A quoted label of Mermaid: letters, digits and a few signs as they are, everything else by its number.
pub(crate) fn mermaid(written: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '#' {
            let (number, behind) = rest.split_once(';')?;
            out.push(char::from_u32(number.parse().ok()?)?);
            rest = behind;
        } else if c.is_alphanumeric() || " .,:/-_()".contains(c) {
            out.push(c);
        } else {
            return None;
        }
    }
    Some(out)
}
