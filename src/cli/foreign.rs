//! A folder that trigger-gen did not make, as a tree: its small text files, with the modes that they have.

use crate::proof;
use crate::tree::{File, Mode, OutPath, Tree};
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A kit of compose files is small: what holds more is no kit.
const MOST_FILES: usize = 2_000;
/// No file of a kit is larger.
const LARGEST: u64 = 1024 * 1024;

/// Reads a folder, or says why that is no kit. Links are not followed, and what is no small text is passed over.
pub(super) fn read(folder: &Path) -> Result<Tree, String> {
    let mut tree = Tree::default();
    let mut open = vec![String::new()];
    while let Some(below) = open.pop() {
        let here = folder.join(&below);
        let entries = fs::read_dir(&here)
            .map_err(|error| format!("cannot read {}: {error}", here.display()))?;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && name != ".git" => open.push(path),
                Ok(kind) if kind.is_file() => {
                    let file = small_text(&folder.join(&path));
                    if let (Some(path), Ok(file)) = (OutPath::new(path), file) {
                        tree.files.insert(path, file);
                    }
                }
                _ => {}
            }
            if tree.files.len() + open.len() > MOST_FILES {
                return Err(format!("{} holds more than a kit of compose files", folder.display()));
            }
        }
    }
    match proof::has_a_stack(&tree) {
        true => Ok(tree),
        false => Err(format!(
            "{} holds no compose file to look at; links are not followed",
            folder.display()
        )),
    }
}

fn small_text(path: &Path) -> io::Result<File> {
    let mut file = fs::File::open(path)?;
    let meta = file.metadata()?;
    if meta.len() > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(File { bytes: text.into_bytes(), mode: Mode::of_bits(meta.mode()), artifact: "foreign" })
}
