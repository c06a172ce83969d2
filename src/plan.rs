//! What will be written, before it is text: paths, modes and bodies.

use crate::sops::Sealing;
use crate::tree::{Mode, OutPath};
use serde_json::Value;
use std::fmt;

/// Every file of one site, in the order of the artifacts.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The files.
    pub files: Vec<PlannedFile>,
}

/// One file before it is bytes.
#[derive(Debug, Clone)]
pub struct PlannedFile {
    /// Where it goes.
    pub path: OutPath,
    /// Its permissions.
    pub mode: Mode,
    /// The artifact that it belongs to.
    pub artifact: &'static str,
    /// What it says.
    pub body: Body,
}

/// What a file says.
#[derive(Clone)]
pub enum Body {
    /// One YAML document below a header.
    Yaml {
        /// Lines of comment, without their sign.
        header: Vec<String>,
        /// The document; the order of keys is the order on disk.
        document: Value,
    },
    /// One YAML document below a header, whose values are encrypted when it is written.
    Encrypted {
        /// Lines of comment, without their sign.
        header: Vec<String>,
        /// The document in clear.
        document: Value,
        /// What it is encrypted with.
        sealing: Sealing,
    },
    /// A JSON document.
    Json(Value),
    /// An XML document below a header.
    Xml {
        /// Lines of comment.
        header: Vec<String>,
        /// The root element.
        root: Element,
    },
    /// Variables for `docker compose --env-file`.
    Dotenv(EnvFile),
    /// Constants that a shell script sources.
    Shell(ShellFile),
    /// Text that is the same for every site.
    Fixed(&'static str),
    /// A JSON mapping that ends with `files`: the SHA-256 of every file below a folder that holds no secret.
    Inventory {
        /// All but the hashes, which are known when everything is rendered.
        document: Value,
        /// The folder, from the output folder. The inventory does not list itself.
        folder: String,
    },
    /// A text template and all that it can see.
    Text {
        /// Path below `templates/`, without its suffix.
        template: &'static str,
        /// A struct of the artifact's own, as a value.
        cx: Value,
    },
}

/// Never prints what it says: that may be secret.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(..)")
    }
}

/// An XML element: its text, or its children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: &'static str,
    /// Its attributes in order.
    pub attributes: Vec<(&'static str, String)>,
    /// What stands in it.
    pub content: Content,
}

/// What stands in an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// Text, escaped by the writer.
    Text(String),
    /// Other elements.
    Children(Vec<Element>),
}

impl Element {
    /// An element with text.
    pub fn text(name: &'static str, text: impl ToString) -> Self {
        Self { name, attributes: Vec::new(), content: Content::Text(text.to_string()) }
    }

    /// An element with children.
    pub fn parent(name: &'static str, children: Vec<Self>) -> Self {
        Self { name, attributes: Vec::new(), content: Content::Children(children) }
    }

    /// An empty element with one attribute.
    pub fn flag(name: &'static str, attribute: &'static str, value: &str) -> Self {
        Self { name, attributes: vec![(attribute, value.into())], content: Content::Empty }
    }
}

/// A file of variables.
#[derive(Debug, Clone)]
pub struct EnvFile {
    /// Lines of comment.
    pub header: Vec<String>,
    /// Its groups in order.
    pub groups: Vec<EnvGroup>,
}

/// Variables that belong together.
#[derive(Debug, Clone)]
pub struct EnvGroup {
    /// A heading.
    pub title: &'static str,
    /// Its variables in order.
    pub entries: Vec<EnvEntry>,
}

/// Constants of a shell script.
#[derive(Debug, Clone)]
pub struct ShellFile {
    /// Lines of comment, without their sign.
    pub header: Vec<String>,
    /// The constants, in order.
    pub constants: Vec<Constant>,
}

/// One constant of a shell script.
#[derive(Debug, Clone)]
pub struct Constant {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub about: &'static str,
    /// Its value.
    pub value: Words,
}

/// What a constant holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    /// One word.
    One(String),
    /// An array of words.
    Many(Vec<String>),
}

/// One variable.
#[derive(Debug, Clone)]
pub struct EnvEntry {
    /// Its name.
    pub key: String,
    /// What it is for.
    pub about: &'static str,
    /// What is written.
    pub value: EnvText,
}

/// How a value is written.
#[derive(Clone)]
pub enum EnvText {
    /// Quoted so that compose reads exactly this.
    Quoted(String),
    /// For people: written as it is.
    Shown(String),
}

/// Never prints the value: it may be secret.
impl fmt::Debug for EnvText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quoted(_) => "Quoted(..)",
            Self::Shown(_) => "Shown(..)",
        })
    }
}
