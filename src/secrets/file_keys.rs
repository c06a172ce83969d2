//! The keys of encrypted files: made once for each file, kept in the store, changed with the recipients.

use super::format::{Entries, Reader, push_quoted};
use super::{Draft, Made};
use crate::fingerprint::sha256;
use crate::sops::{FileKey, FileKeys, Moment};
use crate::tree::OutPath;
use crate::value::{AgeRecipient, Scalar};
use crate::yaml::{Kind, Node};
use std::collections::BTreeMap;

/// What a site wants encrypted, and for whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Encrypted {
    /// The files, in order.
    pub files: Vec<OutPath>,
    /// Who can read them.
    pub recipients: Vec<AgeRecipient>,
}

impl Draft {
    /// The key of an encrypted file.
    pub fn file_key(&self, path: &OutPath) -> Option<&FileKey> {
        self.file_keys.get(path)
    }

    /// Every encrypted file that the store knows, in order, whether a site still has it or not.
    pub fn file_keys(&self) -> impl Iterator<Item = (&OutPath, &FileKey)> {
        self.file_keys.iter()
    }

    /// The files whose key is missing, or is for other recipients.
    pub fn lacking_file_keys<'a>(&self, wanted: &'a Encrypted) -> Vec<&'a OutPath> {
        let lacks =
            |path: &&OutPath| self.file_key(path).is_none_or(|key| !key.is_for(&wanted.recipients));
        wanted.files.iter().filter(lacks).collect()
    }

    /// Makes every key that is missing, and changes those that are for other recipients. What it makes for an
    /// example is always the same. No key is ever taken away.
    pub fn fill_file_keys(
        &mut self,
        wanted: &Encrypted,
        now: &Moment,
        mut random: impl FnMut(&mut [u8]),
    ) -> Vec<Made> {
        let mut made = Vec::new();
        for path in &wanted.files {
            let key = match self.example {
                true => {
                    let mut published = Published::of(path);
                    self.changed(path, wanted, &Moment::of_unix(0), &mut |it| published.fill(it))
                }
                false => self.changed(path, wanted, now, &mut random),
            };
            let Some(key) = key else { continue };
            let data_key = key.data_key();
            let before = self.file_keys.insert(path.clone(), key);
            made.push(match before.map(|it| it.data_key() == data_key) {
                None => Made::FileKey(path.clone()),
                Some(true) => Made::Recipients(path.clone()),
                Some(false) => Made::AnotherFileKey(path.clone()),
            });
        }
        made
    }

    fn changed(
        &self,
        path: &OutPath,
        wanted: &Encrypted,
        now: &Moment,
        random: &mut impl FnMut(&mut [u8]),
    ) -> Option<FileKey> {
        match self.file_key(path) {
            Some(key) => key.changed_for(&wanted.recipients, now.clone(), random),
            None => Some(FileKey::new(&wanted.recipients, now.clone(), random)),
        }
    }
}

impl FileKeys for Draft {
    fn key_of(&self, path: &str) -> Option<&FileKey> {
        self.file_keys.get(&OutPath::new(path)?)
    }
}

/// What a store has for one encrypted file. Holds no key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The file, from the output folder.
    pub path: OutPath,
    /// What there is of its key.
    pub state: FileState,
}

/// What there is of the key of an encrypted file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileState {
    /// None yet.
    Missing,
    /// One that was made at a moment, for so many recipients.
    Present(Moment, usize),
    /// One for other recipients: the next build changes it.
    Outdated,
    /// One of a file that the site does not have.
    Unneeded,
}

/// What a store, if there is one, has for the encrypted files of a site, and what it has besides.
pub fn list_files(draft: Option<&Draft>, wanted: &Encrypted) -> Vec<FileRow> {
    let key = |path: &OutPath| draft.and_then(|it| it.file_key(path));
    let state = |path: &OutPath| match key(path) {
        None => FileState::Missing,
        Some(key) if key.is_for(&wanted.recipients) => {
            FileState::Present(key.made().clone(), wanted.recipients.len())
        }
        Some(_) => FileState::Outdated,
    };
    let needed = wanted.files.iter().map(|path| FileRow { path: path.clone(), state: state(path) });
    let known = draft.into_iter().flat_map(Draft::file_keys).map(|it| it.0);
    let unneeded = known
        .filter(|path| !wanted.files.contains(path))
        .map(|path| FileRow { path: path.clone(), state: FileState::Unneeded });
    needed.chain(unneeded).collect()
}

/// Bytes for an example, which everybody may know: the same for the same file.
struct Published {
    seed: String,
    drawn: u32,
}

impl Published {
    fn of(path: &OutPath) -> Self {
        Self { seed: format!("example {path}"), drawn: 0 }
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let drawn = sha256(format!("{} {}", self.seed, self.drawn).as_bytes());
            self.drawn += 1;
            for (byte, drawn) in chunk.iter_mut().zip(drawn.into_bytes()) {
                *byte = drawn;
            }
        }
    }
}

/// Writes the section of a store; nothing without a file.
pub(super) fn write(file_keys: &BTreeMap<OutPath, FileKey>, out: &mut String) {
    if !file_keys.is_empty() {
        out.push_str("encrypted_files:\n");
    }
    for (path, key) in file_keys {
        out.push_str("  ");
        push_quoted(out, path.as_str());
        out.push_str(":\n    data_key: ");
        push_quoted(out, &key.data_key());
        out.push_str("\n    made: ");
        push_quoted(out, key.made().as_str());
        out.push_str("\n    age:\n");
        for (recipient, wrapped) in key.wrapped() {
            out.push_str(&format!("      {recipient}: "));
            push_quoted(out, wrapped);
            out.push('\n');
        }
    }
}

/// Reads the section. A reason holds no text of it.
pub(super) fn read(reader: &Reader<'_>, node: Node) -> Result<BTreeMap<OutPath, FileKey>, String> {
    let start = node.span.start;
    let Kind::Map(entries) = node.kind else {
        return Err(reader.at(start, "is not a mapping of encrypted files"));
    };
    let mut file_keys = BTreeMap::new();
    for (path, node) in entries {
        let at = path.span.start;
        let path = OutPath::new(path.name)
            .ok_or_else(|| reader.at(at, "does not begin with the path of a file"))?;
        let Kind::Map(fields) = node.kind else {
            return Err(reader.at(at, "has no key of an encrypted file"));
        };
        if file_keys.insert(path, file_key(reader, at, fields)?).is_some() {
            return Err(reader.at(at, "repeats a file"));
        }
    }
    Ok(file_keys)
}

fn file_key(reader: &Reader<'_>, at: usize, fields: Entries) -> Result<FileKey, String> {
    let (mut data_key, mut made, mut age) = (None, None, None);
    for (key, node) in fields {
        let is_repeated = match key.name.as_str() {
            "data_key" => data_key.replace(reader.quoted(node)?).is_some(),
            "made" => made.replace(reader.quoted(node)?).is_some(),
            "age" => age.replace(wrapped(reader, node)?).is_some(),
            _ => return Err(reader.at(key.span.start, "has a key that no encrypted file has")),
        };
        if is_repeated {
            return Err(reader.at(key.span.start, "repeats a key"));
        }
    }
    let (Some(data_key), Some(made), Some(age)) = (data_key, made, age) else {
        return Err(reader.at(at, "lacks a part of the key of an encrypted file"));
    };
    FileKey::from_parts(&data_key, &made, age).map_err(|why| reader.at(at, why))
}

fn wrapped(reader: &Reader<'_>, node: Node) -> Result<BTreeMap<AgeRecipient, String>, String> {
    let start = node.span.start;
    let Kind::Map(entries) = node.kind else {
        return Err(reader.at(start, "is not a mapping of age recipients"));
    };
    let mut wrapped = BTreeMap::new();
    for (key, node) in entries {
        let recipient = AgeRecipient::from_text(&key.name)
            .map_err(|_| reader.at(key.span.start, "does not begin with an age recipient"))?;
        if wrapped.insert(recipient, reader.quoted(node)?.to_string()).is_some() {
            return Err(reader.at(key.span.start, "repeats a recipient"));
        }
    }
    Ok(wrapped)
}
