//! The text of one site file, and where in it a byte stands.

/// A span of bytes within a [`Source`].
pub type Span = std::ops::Range<usize>;

/// A site file as it was read: its name for messages, and its text.
#[derive(Debug, Clone)]
pub struct Source {
    /// What messages call it: the path as given, or `<stdin>`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Names a text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// Line and column, both from 1; the column counts characters, not bytes.
    pub fn line_column(&self, byte: usize) -> (usize, usize) {
        let byte = byte.min(self.text.len());
        let before = &self.text[..self.text.floor_char_boundary(byte)];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let source = Source::new("x", "a: 1\nnäme: ü\n");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column("a: 1\nnäm".len()), (2, 4));
        assert_eq!(source.line_column(9999), (3, 1));
    }
}
