//! Writing and reading XML.

use crate::plan::{Content, Element};
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::{Reader, Writer};
use std::io;

/// An element as a reader sees it: name, attributes, text, children.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plain {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Plain>,
}

/// A document below its header.
pub(super) fn write(header: &[String], root: &Element) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 4);
    document(&mut writer, header, root).expect("writing into memory does not fail");
    String::from_utf8(writer.into_inner()).expect("the input was UTF-8") + "\n"
}

fn document(writer: &mut Writer<Vec<u8>>, header: &[String], root: &Element) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    for line in header {
        writer.write_event(Event::Comment(BytesText::from_escaped(format!(
            " {} ",
            in_comment(line)
        ))))?;
    }
    element(writer, root)
}

/// Two dashes may not stand in a comment.
fn in_comment(line: &str) -> String {
    let mut safe = line.to_owned();
    while safe.contains("--") {
        safe = safe.replace("--", "- -");
    }
    safe
}

fn element(writer: &mut Writer<Vec<u8>>, it: &Element) -> io::Result<()> {
    let attributes = it.attributes.iter().map(|(name, value)| (*name, value.as_str()));
    let start = writer.create_element(it.name).with_attributes(attributes);
    match &it.content {
        Content::Empty => start.write_empty()?,
        Content::Text(text) => start.write_text_content(BytesText::new(text))?,
        Content::Children(children) => start.write_inner_content(|writer| {
            children.iter().try_for_each(|child| element(writer, child))
        })?,
    };
    Ok(())
}

/// What a reader should see of an element.
pub(super) fn plain(it: &Element) -> Plain {
    let (text, children) = match &it.content {
        Content::Empty => (String::new(), Vec::new()),
        Content::Text(text) => (text.clone(), Vec::new()),
        Content::Children(children) => (String::new(), children.iter().map(plain).collect()),
    };
    let attributes =
        it.attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Plain { name: it.name.into(), attributes, text, children }
}

/// Reads a document; `None` when it is not well formed.
pub(super) fn read(text: &str) -> Option<Plain> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Plain> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => open.push(opened(&start)?),
            Event::Empty(start) => {
                let it = opened(&start)?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(it),
                    None => return Some(it),
                }
            }
            Event::Text(text) => {
                if let Some(parent) = open.last_mut() {
                    parent.text.push_str(&text.xml10_content());
                }
            }
            Event::GeneralRef(reference) => open.last_mut()?.text.push(resolved(&reference)?),
            Event::End(_) => {
                let mut it = open.pop()?;
                // Between children it is indentation; in a leaf a blank is text, also beside an entity.
                if !it.children.is_empty() && it.text.trim().is_empty() {
                    it.text.clear();
                }
                match open.last_mut() {
                    Some(parent) => parent.children.push(it),
                    None => return Some(it),
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

fn opened(start: &quick_xml::events::BytesStart<'_>) -> Option<Plain> {
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.ok()?;
        let name = attribute.key.as_ref().to_owned();
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
        Some((name, value.into_owned()))
    });
    let name = start.name().as_ref().to_owned();
    Some(Plain {
        name,
        attributes: attributes.collect::<Option<_>>()?,
        text: String::new(),
        children: Vec::new(),
    })
}

/// The character that an entity stands for.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Some(character) = reference.resolve_char_ref().ok()? {
        return Some(character);
    }
    match reference.as_ref() {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let root = Element::parent(
            "a",
            vec![
                Element::text("b", "<&>\"' ü $x"),
                Element::text("f", " & < "),
                Element::flag("c", "remove", "1"),
                Element::parent("d", vec![Element::text("e", 1)]),
            ],
        );
        let text = write(&["one -- two ---".into()], &root);
        assert!(text.contains("<!-- one - - two - - - -->"), "{text}");
        assert_eq!(read(&text).expect("well formed"), plain(&root));
    }

    #[test]
    fn a_blank_is_the_text_of_a_leaf_alone() {
        assert_eq!(read("<a> </a>").expect("well formed").text, " ");
        assert_eq!(read("<a> <b/> </a>").expect("well formed").text, "");
    }

    #[test]
    fn what_ends_too_early_is_no_element() {
        assert_eq!(read("<a><b></b>"), None);
        assert_eq!(read(""), None);
    }
}
