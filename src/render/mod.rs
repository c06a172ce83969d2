//! From plan to bytes. Every YAML, JSON and XML file is read again and compared with what was meant.
//!
//! Invariant: nothing here can fail for a reason that lies with the author.

mod dotenv;
mod encrypted;
mod inventory;
mod markdown;
mod shell;
mod text;
mod xml;

pub use dotenv::{quoted, read as read_dotenv};
pub use markdown::{markdown, mermaid};
pub use shell::word;
pub use text::{render as render_template, template_names};

use crate::plan::{Body, Plan, PlannedFile};
use crate::tree::{File, OutPath, Tree};
use serde_json::Value;
use std::collections::BTreeMap;

/// A tree, and its YAML documents as they were read back.
#[derive(Debug)]
pub struct Rendered {
    /// Every file.
    pub tree: Tree,
    /// What a reader gets of each YAML file.
    pub documents: BTreeMap<OutPath, Value>,
}

/// Renders every file of a plan.
pub fn render(plan: Plan) -> Rendered {
    let (mut tree, mut documents) = (Tree::default(), BTreeMap::new());
    for PlannedFile { path, mode, artifact, body } in inventories_last(plan) {
        let body = inventory::completed(body, &tree);
        let text = write(path.as_str(), &body);
        assert!(
            text.ends_with('\n') && !text.contains('\r'),
            "bug in trigger-gen: {path} has no proper line ends"
        );
        re_read(path.as_str(), &body, &text);
        match body {
            Body::Yaml { document, .. } => drop(documents.insert(path.clone(), document)),
            Body::Encrypted { .. } => {
                documents.extend(encrypted::read(&text).map(|it| (path.clone(), it)));
            }
            _ => {}
        }
        let file = File { bytes: text.into_bytes(), mode, artifact };
        assert!(
            tree.files.insert(path.clone(), file).is_none(),
            "bug in trigger-gen: {path} is made twice"
        );
    }
    Rendered { tree, documents }
}

/// Renders the files of a plan, and reads nothing again: for comparing many plans. An inventory says nothing that the
/// files do not, so none is made.
pub fn sketch(plan: Plan) -> Tree {
    let files = plan.files.into_iter().filter(|it| !is_inventory(it));
    let file = |PlannedFile { path, mode, artifact, body }| {
        let bytes = write(path.as_str(), &body).into_bytes();
        (path, File { bytes, mode, artifact })
    };
    Tree { files: files.map(file).collect() }
}

/// The files in the order of their making: an inventory speaks of all others.
fn inventories_last(plan: Plan) -> impl Iterator<Item = PlannedFile> {
    let (inventories, files): (Vec<_>, Vec<_>) = plan.files.into_iter().partition(is_inventory);
    files.into_iter().chain(inventories)
}

fn is_inventory(file: &PlannedFile) -> bool {
    matches!(file.body, Body::Inventory { .. })
}

fn write(path: &str, body: &Body) -> String {
    match body {
        Body::Yaml { header, document } => comment(header) + &crate::yaml::write(document),
        Body::Encrypted { header, document, sealing } => {
            encrypted::write(path, &comment(header), document, sealing)
        }
        Body::Json(document) | Body::Inventory { document, .. } => {
            serde_json::to_string_pretty(document).expect("a value is JSON") + "\n"
        }
        Body::Xml { header, root } => xml::write(header, root),
        Body::Dotenv(file) => dotenv::write(file),
        Body::Shell(file) => shell::write(file),
        Body::Fixed(text) => (*text).to_owned(),
        Body::Text { template, cx } => text::render(template, cx),
    }
}

fn comment(lines: &[String]) -> String {
    lines.iter().map(|line| format!("# {line}\n")).collect()
}

/// What a reader of the file gets must be what was meant.
fn re_read(path: &str, body: &Body, text: &str) {
    let same = match body {
        Body::Yaml { document, .. } => {
            crate::yaml::read_back::<Value>(text).is_some_and(|read| read == *document)
        }
        Body::Encrypted { document, sealing, .. } => encrypted::says(text, document, sealing),
        Body::Json(document) | Body::Inventory { document, .. } => {
            serde_json::from_str::<Value>(text).is_ok_and(|read| read == *document)
        }
        Body::Xml { root, .. } => xml::read(text).is_some_and(|read| read == xml::plain(root)),
        Body::Dotenv(file) => dotenv::says(text, file),
        Body::Shell(file) => shell::says(text, file),
        Body::Text { .. } | Body::Fixed(_) => true,
    };
    assert!(same, "bug in trigger-gen: {path} does not read back as it was meant");
}
