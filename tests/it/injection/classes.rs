//! Hostile strings, by what they try.

use Expected::{Accepted, Depends, Refused};

/// One kind of attack.
#[derive(Clone)]
pub(crate) struct Class {
    /// What it tries, as the table says it.
    pub(crate) name: &'static str,
    /// What a field that takes any printable text does with it.
    pub(crate) expected: Expected,
    /// Its strings.
    pub(crate) texts: fn() -> Vec<String>,
}

/// What becomes of a class in a field of type `Text`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Each string arrives.
    Accepted,
    /// Each string is refused.
    Refused,
    /// Some of both: the strings stand around a limit.
    Depends,
}

const fn class(name: &'static str, expected: Expected, texts: fn() -> Vec<String>) -> Class {
    Class { name, expected, texts }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|it| (*it).to_owned()).collect()
}

/// A harmless word around each character that must be refused, in the middle and, where no other reason hides it, at
/// an end.
fn around(characters: &[char]) -> Vec<String> {
    characters.iter().flat_map(|c| [format!("a{c}b"), format!("ab{c}")]).collect()
}

/// Every class, what arrives first.
pub(crate) const CLASSES: &[Class] = &[
    class("plain words", Accepted, || strings(&["a", "trigger", "Jobs of the year"])),
    class("quotes", Accepted, || {
        strings(&["'", "\"", "it's", "\"all\"", "'\"'\"'", "a'b\"c", "\\'", "''", "”“‘’"])
    }),
    class("dollar", Accepted, || {
        strings(&[
            "$", "a$", "$a", "$HOME", "${X}", "${X:?no}", "${X:-y}", "$$", "$$$", "$${X}", "${",
            "$}", "'$X'", "\"${X}\"",
        ])
    }),
    class("command substitution", Accepted, || {
        strings(&["$(id)", "`id`", "`", "a`", "$(", "$((1+1))", "<(id)"])
    }),
    class("backslash", Accepted, || {
        strings(&[
            "\\",
            "a\\",
            "\\\\",
            "\\n",
            "\\x41",
            "\\u0041",
            "C:\\new\\table",
            "\\$",
            "\\\"",
            "'\\",
            "it's \\",
        ])
    }),
    class("comment", Accepted, || {
        strings(&["#", "#a", "a#b", "a #b", "a # b", "//a", "a;b", "--a"])
    }),
    class("percent", Accepted, || strings(&["%", "%41", "100%", "%s%n", "%%", "%00", "%YAML 1.2"])),
    class("equals and colon", Accepted, || {
        strings(&["=", "a=b", "=a", "a:", ":a", "a: b", "::", "a=b=c", "export A=b"])
    }),
    class("YAML indicators", Accepted, || {
        strings(&[
            "- a", "-", "? a", "?", "[{", "[a]", "{a: b}", "*a", "&a", "!t", "!!str a", "|", ">",
            "|-", "@a", ",a", "---", "...", "--- a", "a: &b *c",
        ])
    }),
    class("YAML 1.1 look-alikes", Accepted, || {
        strings(&[
            "yes",
            "no",
            "on",
            "off",
            "y",
            "N",
            "true",
            "False",
            "null",
            "~",
            "Null",
            "1_000",
            "0x1f",
            "0o17",
            "017",
            "1:30",
            "2026-11-21",
            "2026-11-21T10:00:00Z",
            "1e3",
            ".5",
            ".inf",
            ".NaN",
            "<<",
            "=",
            "-0",
            "+1",
        ])
    }),
    class("JSON", Accepted, || {
        strings(&["{\"a\": [1, null]}", "[\"a\"]", "\"a\"", "{}", "[]", "\"\\u0041\""])
    }),
    class("XML and HTML", Accepted, || {
        strings(&[
            "<a>",
            "</a>",
            "a&b",
            "&amp;",
            "&lt;",
            "&#65;",
            "<!-- a -->",
            "]]>",
            "<![CDATA[a]]>",
            "<?xml?>",
            "<script>a</script>",
        ])
    }),
    class("shell", Accepted, || {
        strings(&[
            "a; id",
            "a | id",
            "a && id",
            "a > /tmp/x",
            "*",
            "~",
            "~root",
            "!!",
            "a{b,c}",
            "[!a]",
            "-rf",
            "a\\ b",
            "<<CONF",
            "CONF",
        ])
    }),
    class("SQL", Accepted, || {
        strings(&["'; DROP TABLE a; --", "' OR '1'='1", "a\" b", "/* a */", "\\'; --"])
    }),
    class("templates", Accepted, || {
        strings(&["{{ a }}", "{% a %}", "{# a #}", "<%= a %>", "#{a}", "@a@"])
    }),
    class("URLs", Accepted, || {
        strings(&[
            "a@b",
            "a:b@c/d?e#f",
            "https://a.example.com/b?c=%41#d",
            "http://a/b",
            "redis://nowhere:1",
            "/",
            "//",
            "../a",
            "?a=b&c=d",
            "a/b",
            "[::1]",
            "a+b",
        ])
    }),
    class("letters of the world", Accepted, || {
        strings(&[
            "ü",
            "Straße",
            "日本語",
            "한국어",
            "Ελλάδα",
            "Привет",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
            "\u{645}\u{631}\u{62d}\u{628}\u{627}",
            "İ",
        ])
    }),
    class("combining characters", Accepted, || {
        strings(&[
            "e\u{301}",
            "\u{301}a",
            "a\u{335}",
            "Z\u{327}\u{351}\u{36f}a",
            "\u{1100}\u{1161}",
        ])
    }),
    class("emoji", Accepted, || strings(&["🦀", "👩‍💻", "🏳️‍🌈", "🇩🇪", "a🦀b"])),
    class("odd blanks within", Accepted, || {
        strings(&["a\u{a0}b", "a\u{3000}b", "a\u{2003}b", "a  b", "a\u{200b}b", "a\u{ad}b"])
    }),
    class("rare code points", Accepted, || {
        strings(&["\u{fffd}", "\u{e000}", "\u{10ffff}", "\u{fffe}", "\u{1ffff}", "\u{fff9}"])
    }),
    class("around 4096 bytes", Depends, || {
        vec!["x".repeat(4096), "$".repeat(2048), "ü".repeat(1000), "x".repeat(4097)]
    }),
    class("far too long", Refused, || {
        vec!["x".repeat(65_536), "'".repeat(5000), "日".repeat(1400)]
    }),
    class("line break", Refused, || around(&['\n', '\r', '\u{85}', '\u{b}', '\u{c}'])),
    class("NUL", Refused, || around(&['\0'])),
    class("control characters", Refused, || {
        around(&['\t', '\u{1}', '\u{8}', '\u{1b}', '\u{7f}', '\u{9b}'])
    }),
    class("marks of direction", Refused, || {
        around(&['\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'])
    }),
    class("byte order mark", Refused, || vec!["\u{feff}a".into(), "a\u{feff}".into()]),
    class("separators of Unicode", Refused, || around(&['\u{2028}', '\u{2029}'])),
    class("blank at an end", Refused, || {
        strings(&[" a", "a ", "\u{a0}a", "a\u{3000}", " ", "  a"])
    }),
    class("nothing", Refused, || vec![String::new()]),
];
