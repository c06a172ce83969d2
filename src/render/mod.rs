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

/// A tree, and its YAML documents as a reader gets them.
#[derive(Debug, Default)]
pub struct Rendered {
    /// Every file.
    pub tree: Tree,
    /// What a reader gets of each YAML file.
    pub documents: BTreeMap<OutPath, Value>,
}

/// Renders every file of a plan.
pub fn render(plan: Plan) -> Rendered {
    let (inventories, files): (Vec<_>, Vec<_>) = plan.files.into_iter().partition(is_inventory);
    let mut rendered = Rendered::default();
    files.into_iter().for_each(|it| rendered.add(it, checked));
    // An inventory speaks of all others.
    for mut file in inventories {
        file.body = inventory::completed(file.body, &rendered.tree);
        rendered.add(file, checked);
    }
    rendered
}

/// Renders the files of a plan without reading them again: for looking at many plans. An inventory says nothing that
/// the files do not, so none is made.
pub fn sketch(plan: Plan) -> Rendered {
    let mut rendered = Rendered::default();
    let files = plan.files.into_iter().filter(|it| !is_inventory(it));
    files.for_each(|it| rendered.add(it, write));
    rendered
}

impl Rendered {
    fn add(&mut self, file: PlannedFile, write: fn(&PlannedFile) -> String) {
        let text = write(&file);
        let PlannedFile { path, mode, artifact, body } = file;
        match body {
            Body::Yaml { document, .. } => drop(self.documents.insert(path.clone(), document)),
            Body::Encrypted { .. } => {
                self.documents.extend(encrypted::read(&text).map(|it| (path.clone(), it)));
            }
            _ => {}
        }
        assert!(!self.tree.files.contains_key(&path), "bug in trigger-gen: {path} is made twice");
        self.tree.files.insert(path, File { bytes: text.into_bytes(), mode, artifact });
    }
}

fn is_inventory(file: &PlannedFile) -> bool {
    matches!(file.body, Body::Inventory { .. })
}

/// The text of a file, which says what was meant.
fn checked(file: &PlannedFile) -> String {
    let text = write(file);
    assert!(
        text.ends_with('\n') && !text.contains('\r'),
        "bug in trigger-gen: {} has no proper line ends",
        file.path
    );
    re_read(file.path.as_str(), &file.body, &text);
    text
}

fn write(file: &PlannedFile) -> String {
    match &file.body {
        Body::Yaml { header, document } => comment(header) + &crate::yaml::write(document),
        Body::Encrypted { header, document, sealing } => {
            encrypted::write(file.path.as_str(), &comment(header), document, sealing)
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
        Body::Yaml { document, .. } => crate::yaml::says(text, document),
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
