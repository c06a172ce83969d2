//! The blocks of code of a page, as a reader of Markdown sees them.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A block of code, and what stands around it.
#[derive(Default)]
pub(crate) struct Block {
    /// `CHAPTER`, or `CHAPTER/PART` below a heading of the third level.
    pub(crate) chapter: String,
    pub(crate) language: String,
    /// The last paragraph above it.
    pub(crate) before: String,
    pub(crate) text: String,
    /// The paragraph below it.
    pub(crate) after: String,
}

/// Every block of code of a page.
pub(crate) fn blocks(page: &str) -> Vec<Block> {
    let (mut found, mut block): (Vec<Block>, _) = (Vec::new(), Block::default());
    let (mut chapter, mut text) = (String::new(), String::new());
    let mut fresh = false;
    for event in Parser::new_ext(page, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::Paragraph) => text.clear(),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(it))) => {
                text.clear();
                block.language = it.into_string();
            }
            Event::Text(it) | Event::Code(it) => text.push_str(&it),
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                chapter.clone_from(&text);
                block.chapter.clone_from(&text);
            }
            Event::End(TagEnd::Heading(_)) => block.chapter = format!("{chapter}/{text}"),
            Event::End(TagEnd::Paragraph) => {
                block.before.clone_from(&text);
                if let Some(last) = found.last_mut().filter(|_| fresh) {
                    last.after.clone_from(&text);
                }
                fresh = false;
            }
            Event::End(TagEnd::CodeBlock) => {
                let next = Block { chapter: block.chapter.clone(), ..Block::default() };
                block.text.clone_from(&text);
                found.push(std::mem::replace(&mut block, next));
                fresh = true;
            }
            _ => {}
        }
    }
    found
}
