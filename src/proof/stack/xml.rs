//! XML as a list of its elements, which is all that the proofs ask for.

use quick_xml::Reader;
use quick_xml::events::Event;

/// One element.
#[derive(Debug)]
pub(in crate::proof) struct Element {
    /// The names of its ancestors and itself, joined by slashes.
    pub(in crate::proof) path: String,
    /// Whether it carries `remove="1"` or `remove="remove"`.
    pub(in crate::proof) removes: bool,
}

/// Every element of a document in order; `None` when it is not well formed.
pub(in crate::proof) fn elements(text: &str) -> Option<Vec<Element>> {
    let mut reader = Reader::from_str(text);
    let mut found: Vec<Element> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                open.push(name);
                found.push(Element { path: open.join("/"), removes: removes(&start) });
            }
            Event::Empty(start) => {
                let parent = open.join("/");
                let name = start.name().as_ref().to_owned();
                let path = if parent.is_empty() { name } else { format!("{parent}/{name}") };
                found.push(Element { path, removes: removes(&start) });
            }
            Event::End(_) => {
                open.pop()?;
            }
            Event::Eof => return (open.is_empty() && !found.is_empty()).then_some(found),
            _ => {}
        }
    }
}

fn removes(start: &quick_xml::events::BytesStart<'_>) -> bool {
    start.attributes().flatten().any(|it| it.key.as_ref() == "remove")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_elements() {
        let text = "<?xml version=\"1.0\"?><!-- x --><a><b>1</b><c remove=\"1\"/></a>";
        let found = elements(text).expect("well formed");
        let found: Vec<_> = found.iter().map(|it| (it.path.as_str(), it.removes)).collect();
        assert_eq!(found, [("a", false), ("a/b", false), ("a/c", true)]);
        for broken in ["", "<a>", "<a></b>", "text"] {
            assert!(elements(broken).is_none(), "{broken}");
        }
    }
}
