//! Text of others within Markdown, and within the pictures of Mermaid.

/// A text of one line as Markdown that shows exactly it, in a paragraph, a list or a cell of a table.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    let mut numbered = true; // digits alone so far: a dot behind them would begin a list
    for (nth, c) in text.chars().enumerate() {
        match c {
            // At the ends of a line blanks are dropped.
            _ if c.is_whitespace() && (nth == 0 || nth == last) => {
                out.push_str(&format!("&#{};", u32::from(c)));
            }
            '-' if nth > 0 => out.push(c),
            '.' if nth > 0 && !numbered => out.push(c),
            ',' | '/' | '@' | '\'' => out.push(c),
            _ if c.is_ascii_punctuation() => out.extend(['\\', c]),
            _ => out.push(c),
        }
        numbered &= c.is_ascii_digit();
    }
    out
}

/// A text as a part of a quoted label of Mermaid.
pub fn mermaid(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " .,:/-_()".contains(c);
    text.chars()
        .map(|c| if plain(c) { c.to_string() } else { format!("#{};", u32::from(c)) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_lose_their_meaning() {
        assert_eq!(markdown("a_b *c* <d> | `e` [f](g)"), r"a\_b \*c\* \<d\> \| \`e\` \[f\]\(g\)");
        assert_eq!(markdown(" ops@example.com "), "&#32;ops@example.com&#32;");
        assert_eq!(mermaid("a \"b\" #1; <br>"), "a #34;b#34; #35;1#59; #60;br#62;");
        assert_eq!(mermaid("127.0.0.1:8030"), "127.0.0.1:8030");
    }
}
