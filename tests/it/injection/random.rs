//! Strings that look random and are the same at every run.

use super::classes::CLASSES;

/// A linear congruential generator from a given start; its high bits are used.
#[derive(Debug)]
pub(crate) struct Random(u64);

/// Characters with a meaning to some reader, and some without.
const PIECES: &[&str] = &[
    "'",
    "\"",
    "`",
    "\\",
    "$",
    "$$",
    "${",
    "}",
    "$(",
    ")",
    "#",
    " #",
    "%",
    "%41",
    "=",
    ":",
    ": ",
    "- ",
    "? ",
    "|",
    ">",
    "<",
    "&",
    "*",
    "!",
    "@",
    "[",
    "]",
    "{",
    "{{",
    "{%",
    ",",
    ";",
    "~",
    "\\n",
    "\\0",
    "/",
    "..",
    "?",
    "^",
    "+",
    "(",
    "yes",
    "null",
    "0x1f",
    "1e3",
    "${X}",
    "${X:?no}",
    "$HOME",
    "a",
    "Z",
    "7",
    "_",
    ".",
    " ",
    "  ",
    "ü",
    "é",
    "e\u{301}",
    "ß",
    "日本",
    "\u{5d0}\u{5d1}",
    "🦀",
    "👩‍💻",
    "\u{a0}",
    "\u{200b}",
    "\u{3000}",
    "İ",
    "\u{10ffff}",
];

impl Random {
    pub(crate) fn from(start: u64) -> Self {
        Self(start)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.0 >> 33) as usize) % end
    }

    /// One of these.
    pub(crate) fn one_of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    /// A text of 1 to 200 characters, now of characters with a meaning, now of any, now of a class.
    pub(crate) fn text(&mut self) -> String {
        let length = 1 + self.below(200);
        let kind = self.below(4);
        let mut text = String::new();
        while text.chars().count() < length {
            match kind {
                0 => text.push(self.printable()),
                1 => text.push(char::from(b' ' + self.below(95) as u8)),
                2 => text.push_str(self.one_of(PIECES)),
                _ => {
                    let class = self.one_of(CLASSES);
                    let texts = (class.texts)();
                    text.push_str(&self.one_of(&texts));
                    text.push_str(self.one_of(PIECES));
                }
            }
        }
        text.chars().take(length).collect()
    }

    /// Any character of Unicode; most that are refused are hit now and then.
    fn printable(&mut self) -> char {
        let end = self.one_of(&[0x100, 0x800, 0x3000, 0x1_0000, 0x11_0000]);
        char::from_u32(self.below(end) as u32).unwrap_or('\u{fffd}')
    }
}
