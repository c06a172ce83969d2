//! The file of a store: how it is written, and what is refused when it is read.
//!
//! Invariant: a reason holds line numbers and no text of the file, since a damaged file may have a
//! value anywhere, in the place of a key too.

use super::{Draft, Hashed, file_keys};
use crate::value::{Scalar, SecretName};
use crate::yaml::{Key, Kind, Node};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Version of the format of the store.
const FORMAT: &str = "1";

/// The last line, so that a file which was cut off between two lines is seen to be.
const END: &str = "...";

/// Shorter keys of fingerprints could be found by trying, and with them the values.
const SHORTEST_KEY: usize = 16;

/// What the file tells whoever opens it.
pub(super) const HEADER: &str = "# The secret store of one site. trigger-gen reads it, adds what is missing, and changes a value only when told to.\n\
# Whenever it writes, comments of yours go.\n\
# Keep a copy where the server cannot lose it: without ENCRYPTION_KEY nothing that users stored can be read again.\n";

const EXAMPLE: &str = "example: true\n";

pub(super) type Entries = Vec<(Key, Node)>;

impl Draft {
    /// The file. `example` comes first, so that nobody mistakes one for real.
    pub fn write(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::new());
        if self.example {
            out.push_str(EXAMPLE);
        }
        out.push_str(HEADER);
        out.push_str(&format!("format: {FORMAT}\nsite: "));
        push_quoted(&mut out, &self.site);
        out.push_str("\nfingerprint_key: ");
        push_quoted(&mut out, &self.key_text);
        if let Some(adopted) = &self.adopted {
            out.push_str("\nadopted: ");
            push_quoted(&mut out, adopted);
        }
        out.push_str("\nvalues:\n");
        for (name, value) in &self.values {
            out.push_str(&format!("  {}: ", as_key(name)));
            push_quoted(&mut out, value);
            out.push('\n');
        }
        if !self.hashes.is_empty() {
            out.push_str("hashes:\n");
        }
        for (name, hashed) in &self.hashes {
            out.push_str(&format!("  {}: {{ of: ", as_key(name)));
            push_quoted(&mut out, &hashed.of);
            out.push_str(", bcrypt: ");
            push_quoted(&mut out, &hashed.bcrypt);
            out.push_str(" }\n");
        }
        file_keys::write(&self.file_keys, &mut out);
        out.push_str(END);
        out.push('\n');
        out
    }

    /// Reads a store. The reason holds no text of it.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("it is empty".into());
        }
        let reader = Reader { text };
        let root = crate::yaml::read(text).map_err(|error| match reader.has_end() {
            true => reader.at(error.span.start, "is not the YAML of a secret store"),
            false => CUT_OFF.to_owned(),
        })?;
        let Kind::Map(entries) = root.kind else { return Err("it is not a mapping".into()) };
        reader.must_have_format(&entries)?;
        let draft = reader.draft(entries)?;
        match (reader.has_end(), draft.has_key()) {
            (false, _) => Err(CUT_OFF.into()),
            (true, false) => Err("it has no `fingerprint_key`".into()),
            (true, true) => Ok(draft),
        }
    }

    /// Whether bytes are the beginning of what [`write`](Self::write) makes, of whatever length.
    pub fn begins_like_one(bytes: &[u8]) -> bool {
        let like = |whole: &[u8]| bytes.iter().zip(whole).all(|(one, other)| one == other);
        like(HEADER.as_bytes()) || like(format!("{EXAMPLE}{HEADER}").as_bytes())
    }
}

const CUT_OFF: &str = "it is cut off: a store ends with the line `...`";

/// A name is written plain unless some reader of YAML would take it for `true` or `null`.
fn as_key(name: &SecretName) -> String {
    crate::yaml::write(&name.as_str()).trim_end().to_owned()
}

/// A double-quoted YAML string on one line, in printable ASCII whatever the text is.
pub(super) fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            _ if u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
}

pub(super) struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    /// A reason that says where: `line 7 repeats a key`.
    pub(super) fn at(&self, byte: usize, what: &str) -> String {
        let before = self.text.get(..byte).unwrap_or(self.text);
        format!("line {} {what}", before.matches('\n').count() + 1)
    }

    fn has_end(&self) -> bool {
        let says_something = |line: &&str| !line.is_empty() && !line.starts_with('#');
        self.text.lines().rev().map(str::trim_end).find(says_something) == Some(END)
    }

    /// Says first whether the rest can be understood at all.
    fn must_have_format(&self, entries: &Entries) -> Result<(), String> {
        let format = entries.iter().find(|(key, _)| key.name == "format");
        match format.map(|(key, node)| (key, &node.kind)) {
            Some((_, Kind::Text(it) | Kind::Number(it))) if it == FORMAT => Ok(()),
            Some((key, _)) => Err(self.at(
                key.span.start,
                "names a format that this trigger-gen does not know; a newer one may",
            )),
            None => Err("it has no `format`, so it is not a secret store".into()),
        }
    }

    fn draft(&self, entries: Entries) -> Result<Draft, String> {
        let mut draft = Draft::new("");
        let mut seen = Vec::new();
        for (nth, (key, node)) in entries.into_iter().enumerate() {
            let refused = |what| Err(self.at(key.span.start, what));
            if seen.contains(&key.name) {
                return refused("repeats a key");
            }
            match key.name.as_str() {
                "example" if nth > 0 => return refused("says `example`, which must come first"),
                "example" => match node.kind {
                    Kind::Bool(value) => draft.example = value,
                    _ => return refused("must say `true` or `false`"),
                },
                "format" => {}
                "site" => draft.site = self.quoted(node)?.to_string(),
                "fingerprint_key" => {
                    let key_text = self.quoted(node)?;
                    if key_text.len() < SHORTEST_KEY {
                        return refused("has a key of fingerprints that is too short to be one");
                    }
                    draft.set_key(key_text);
                }
                "adopted" => draft.adopted = Some(self.quoted(node)?.to_string()),
                "values" => draft.values = self.named(node, |node| self.quoted(node))?,
                "hashes" => draft.hashes = self.named(node, |node| self.hashed(node))?,
                "encrypted_files" => draft.file_keys = file_keys::read(self, node)?,
                _ => return refused("has a key that no store has"),
            }
            seen.push(key.name);
        }
        Ok(draft)
    }

    fn named<T>(
        &self,
        node: Node,
        mut read: impl FnMut(Node) -> Result<T, String>,
    ) -> Result<BTreeMap<SecretName, T>, String> {
        let entries = match node.kind {
            Kind::Map(entries) => entries,
            Kind::Null => Entries::new(),
            _ => return Err(self.at(node.span.start, "is not a mapping of names")),
        };
        let mut named = BTreeMap::new();
        for (key, node) in entries {
            let name = SecretName::from_text(&key.name)
                .map_err(|_| self.at(key.span.start, "does not begin with the name of a secret"))?;
            if named.insert(name, read(node)?).is_some() {
                return Err(self.at(key.span.start, "repeats a name"));
            }
        }
        Ok(named)
    }

    /// A text, taken over without another copy of it.
    pub(super) fn quoted(&self, node: Node) -> Result<Zeroizing<String>, String> {
        match node.kind {
            Kind::Text(text) => Ok(Zeroizing::new(text)),
            _ => Err(self.at(node.span.start, "holds a value that is not a text in quotes")),
        }
    }

    fn hashed(&self, node: Node) -> Result<Hashed, String> {
        let start = node.span.start;
        let refused = || self.at(start, "is not the hash of a password");
        let Kind::Map(entries) = node.kind else { return Err(refused()) };
        let (mut of, mut bcrypt) = (None, None);
        for (key, node) in entries {
            let field = match key.name.as_str() {
                "of" => &mut of,
                "bcrypt" => &mut bcrypt,
                _ => return Err(refused()),
            };
            if field.replace(self.quoted(node)?.to_string()).is_some() {
                return Err(refused());
            }
        }
        match (of, bcrypt) {
            (Some(of), Some(bcrypt)) => Ok(Hashed { of, bcrypt }),
            _ => Err(refused()),
        }
    }
}
