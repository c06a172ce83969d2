//! Programs that are none: they write down how they were called, and answer by the rules of the test.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they write files and start programs"
)]

use crate::consumers::root;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// A folder with such programs.
pub(crate) struct Fakes {
    folder: PathBuf,
}

/// How a program was called.
#[derive(Debug)]
pub(crate) struct Call {
    /// Name and arguments.
    pub(crate) words: Vec<String>,
    pub(crate) input: String,
    pub(crate) environment: BTreeMap<String, String>,
}

impl Call {
    pub(crate) fn text(&self) -> String {
        self.words.join(" ")
    }

    /// What docker compose is asked for, behind its files.
    pub(crate) fn compose(&self) -> Option<&[String]> {
        let [program, compose, ..] = self.words.as_slice() else { return None };
        if program != "docker" || compose != "compose" {
            return None;
        }
        let last = self.words.iter().rposition(|it| it == "-f")?;
        Some(&self.words[last + 2..])
    }
}

/// A line of the rules: `answer` is text as `printf %b` takes it.
pub(crate) fn rule(pattern: &str, status: &str, answer: &str) -> String {
    format!("{pattern}\t{status}\t{answer}\n")
}

/// A text that is answered as it stands.
pub(crate) fn literally(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")
}

impl Fakes {
    /// In a folder of their own, which is made.
    pub(crate) fn new(folder: PathBuf, programs: &[&str], rules: &str) -> Self {
        let fakes = Self { folder };
        for name in ["bin", "calls"] {
            fs::create_dir_all(fakes.folder.join(name)).expect("a folder");
        }
        programs.iter().for_each(|it| fakes.stand_for(it));
        fakes.write("rules", rules);
        fakes
    }

    /// Where the programs are.
    pub(crate) fn bin(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// Puts one of them in the place of a program.
    pub(crate) fn stand_for(&self, program: &str) {
        let link = self.bin().join(program);
        if !link.is_symlink() {
            symlink(root().join("tests/it/fakes/program"), link).expect("a link");
        }
    }

    /// A file beside them.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).expect("a file")
    }

    /// Another answer, before all others.
    pub(crate) fn rule(&self, pattern: &str, status: &str, answer: &str) {
        self.write("rules", &(rule(pattern, status, answer) + &self.read("rules")));
    }

    /// The calls since the last time that were written down completely, in their order.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let written = self.written();
        let calls = written.iter().filter_map(|it| call(it)).collect();
        written.iter().for_each(|it| fs::remove_file(it).expect("a call"));
        calls
    }

    /// Whether such a call was made since the last time.
    pub(crate) fn was_called(&self, text: &str) -> bool {
        self.written().iter().filter_map(|it| call(it)).any(|it| it.text().contains(text))
    }

    fn written(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.join("calls")).expect("the calls");
        let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
        paths.sort();
        paths
    }
}

/// What was written down, if it is complete.
fn call(file: &Path) -> Option<Call> {
    let text = String::from_utf8_lossy(&fs::read(file).expect("a call")).into_owned();
    let (words, rest) = text.strip_suffix('\u{1}')?.split_once("\u{1}\0")?;
    let (input, environment) = rest.split_once('\0')?;
    let variable = |it: &str| {
        let (name, value) = it.strip_prefix("declare -x ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('"').to_owned()))
    };
    Some(Call {
        words: words.split_terminator('\0').map(str::to_owned).collect(),
        input: input.to_owned(),
        environment: environment.lines().filter_map(variable).collect(),
    })
}

/// Copies a folder with what is in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder of the output") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
