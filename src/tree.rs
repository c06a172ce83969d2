//! All bytes of one site's output, and the paths and modes they go to.

use std::collections::BTreeMap;
use std::fmt;

/// A path below the output folder: relative, `/`-separated, without `.`, `..` or empty parts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutPath(String);

impl OutPath {
    /// Accepts a path that cannot leave the folder it is joined to.
    pub fn new(path: impl Into<String>) -> Option<Self> {
        let path = path.into();
        let inside =
            path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains('\0'));
        inside.then_some(Self(path))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OutPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who may do what with a file. The name is the reason, the number follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Read by anybody, written by its owner: 0644.
    Plain,
    /// Run by anybody: 0755.
    Executable,
    /// Holds a secret: 0600.
    Secret,
}

impl Mode {
    /// The permission bits.
    pub fn bits(self) -> u32 {
        match self {
            Self::Plain => 0o644,
            Self::Executable => 0o755,
            Self::Secret => 0o600,
        }
    }

    /// What permissions found on disk amount to.
    pub fn of_bits(bits: u32) -> Self {
        match bits {
            _ if bits & 0o077 == 0 => Self::Secret,
            _ if bits & 0o100 != 0 => Self::Executable,
            _ => Self::Plain,
        }
    }

    /// As people write it: `0644`.
    pub fn octal(self) -> &'static str {
        match self {
            Self::Plain => "0644",
            Self::Executable => "0755",
            Self::Secret => "0600",
        }
    }
}

/// One file of the output.
#[derive(Clone, PartialEq, Eq)]
pub struct File {
    /// The whole content.
    pub bytes: Vec<u8>,
    /// Its permissions.
    pub mode: Mode,
    /// The name of the artifact that it belongs to.
    pub artifact: &'static str,
}

impl File {
    /// A file that holds a secret value is ignored by Git and never shown.
    pub fn is_secret(&self) -> bool {
        self.mode == Mode::Secret
    }

    /// The content of a text file, which every artifact so far is.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }
}

/// Never prints the content: it may be secret.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "File({}, {}, {} bytes)", self.artifact, self.mode.octal(), self.bytes.len())
    }
}

/// The output of one site, by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    /// Every file, in path order.
    pub files: BTreeMap<OutPath, File>,
}

impl Tree {
    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.files.get(&OutPath(path.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_inside() {
        for bad in ["", "/etc/passwd", "a//b", "../x", "a/../../x", "./a", "a/", "a\0b"] {
            assert!(OutPath::new(bad).is_none(), "{bad:?}");
        }
        assert!(OutPath::new("docker/.env").is_some());
    }
}
