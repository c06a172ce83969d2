//! Writing a tree to disk: what is written, what is left alone, and what is refused.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make and read the output folders that they judge"
)]

mod kept;
mod refused;
pub(crate) mod system;
mod written;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use trigger_gen::emit::{self, Error, Options, Refusal, Report};
use trigger_gen::fingerprint::FingerprintKey;
use trigger_gen::manifest::{self, Header, Manifest};
use trigger_gen::tree::{File, Mode, OutPath, Tree};

const FORCE: Options = Options { force: true, set_aside: false };

/// A folder of outputs with one site in it.
struct Out {
    folder: tempfile::TempDir,
}

fn key() -> FingerprintKey {
    FingerprintKey::new("a key for tests")
}

/// A tree with its manifest. Names tell modes: `.env` is secret, `.sh` is run.
fn tree(files: &[(&str, &str)]) -> Tree {
    let file = |(path, text): &(&str, &str)| {
        let mode = match *path {
            it if it.ends_with(".env") => Mode::Secret,
            it if it.ends_with(".sh") => Mode::Executable,
            _ => Mode::Plain,
        };
        let path = OutPath::new(*path).expect("a path of the test");
        (path, File { bytes: text.as_bytes().to_vec(), mode, artifact: "test" })
    };
    with_manifest(files.iter().map(file).collect())
}

fn with_manifest(files: BTreeMap<OutPath, File>) -> Tree {
    let mut tree = Tree { files };
    let header =
        Header { site: "site".into(), release: "4.5.12".into(), spec: 1, secrets: BTreeMap::new() };
    let file = Manifest::of(&tree, header, &key()).to_file();
    tree.files.extend(OutPath::new(manifest::PATH).map(|path| (path, file)));
    tree
}

const FIRST: &[(&str, &str)] = &[
    ("RUNBOOK.md", "# Runbook\n"),
    ("docker/.env", "KEY=first-secret\n"),
    ("docker/nginx/site.conf", "listen 80;\n"),
    ("docker/trigger-ctl.sh", "#!/bin/sh\n"),
];

const SECOND: &[(&str, &str)] = &[
    ("RUNBOOK.md", "# Runbook\n"),
    ("docker/.env", "KEY=second-secret\n"),
    ("docker/backup/job.sh", "#!/bin/sh\n"),
    ("docker/trigger-ctl.sh", "#!/bin/bash\n"),
];

impl Out {
    fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// With the first tree in it.
    fn first() -> Self {
        let out = Self::empty();
        out.write(FIRST).expect("the first build");
        out
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    fn at(&self, path: &str) -> PathBuf {
        self.dir().join(path)
    }

    fn write(&self, files: &[(&str, &str)]) -> Result<Report, Error> {
        self.write_with(files, &Options::default())
    }

    fn write_with(&self, files: &[(&str, &str)], options: &Options) -> Result<Report, Error> {
        emit::write(&self.dir(), &tree(files), &key(), options)
    }

    fn compare(&self, files: &[(&str, &str)]) -> Report {
        emit::compare(&self.dir(), &tree(files), &key()).expect("a comparison")
    }

    fn put(&self, path: &str, text: &str) {
        let path = self.at(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).expect(path)
    }

    fn mode(&self, path: &str) -> u32 {
        fs::metadata(self.at(path)).expect(path).mode() & 0o7777
    }

    /// The names beside the site.
    fn names(&self) -> Vec<String> {
        names(self.folder.path())
    }

    /// Inode and times of everything in the site, the folder itself included.
    fn facts(&self) -> BTreeMap<PathBuf, (u64, i64, i64, i64)> {
        let mut facts = BTreeMap::new();
        let mut open = vec![self.dir()];
        while let Some(path) = open.pop() {
            let it = fs::symlink_metadata(&path).expect("metadata");
            if it.is_dir() {
                open.extend(
                    fs::read_dir(&path).expect("a folder").map(|it| it.expect("an entry").path()),
                );
            }
            facts.insert(path, (it.ino(), it.mtime(), it.mtime_nsec(), it.ctime_nsec()));
        }
        facts
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|it| it.expect("an entry"));
    let mut names: Vec<_> = entries.map(|it| it.file_name().into_string().expect("text")).collect();
    names.sort();
    names
}

fn paths(paths: &[OutPath]) -> Vec<&str> {
    paths.iter().map(OutPath::as_str).collect()
}

/// The refusals of a run that must have changed nothing.
#[track_caller]
fn refusals(result: Result<Report, Error>) -> Vec<Refusal> {
    match result {
        Err(Error::Refused(refusals)) => refusals,
        other => panic!("not refused: {other:?}"),
    }
}
