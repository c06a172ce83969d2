//! What the real programs say of the emitted trees: each test hands files of `out/` to the program that will read
//! them on a user's machine.
//!
//! `scripts/tools` brings the programs. Where one is missing a test says so by name and passes; in CI it fails.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they read files and start programs"
)]

mod clickhouse;
pub(crate) mod compose;
mod dotenv;
mod forms;
mod keys;
mod redis;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The project's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One golden tree: what `examples/<name>/site.yaml` compiles to.
pub(crate) struct Tree {
    pub(crate) name: String,
    pub(crate) dir: PathBuf,
}

/// Every golden tree, in order of name.
pub(crate) fn trees() -> Vec<Tree> {
    let trees: Vec<Tree> = entries(&root().join("out"))
        .into_iter()
        .map(|dir| Tree {
            name: dir.file_name().expect("a name").to_string_lossy().into_owned(),
            dir,
        })
        .filter(|tree| root().join("examples").join(&tree.name).join("site.yaml").exists())
        .collect();
    inputs("golden trees", trees)
}

/// `found`, unless it is empty: a test without input proves nothing, so it fails.
pub(crate) fn inputs<T>(what: &str, found: Vec<T>) -> Vec<T> {
    assert!(!found.is_empty(), "no {what} to test");
    found
}

/// Where a program is: in `.tools/bin`, else on the `PATH`. `None` is said on stderr by name; in CI it is a failure.
pub(crate) fn tool(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::iter::once(root().join(".tools/bin"))
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file());
    if found.is_none() {
        let message = format!("{program} is not installed (scripts/tools)");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "{message}");
        // Not `eprintln!`: the harness would keep that to itself, and a skipped test must be seen.
        writeln!(std::io::stderr(), "skipped: {message}").expect("stderr");
    }
    found
}

/// A program with nothing of this process's environment but where programs are.
pub(crate) fn scrubbed(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nonexistent");
    command
}

/// Runs it; a program that cannot be started is a failure.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// Every file under `dir` with this extension, in order of path.
pub(crate) fn files_with_extension(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in entries(dir) {
        if path.is_dir() {
            found.extend(files_with_extension(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found
}

/// What stands in a folder, sorted; nothing where there is no such folder.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(dir) else { return Vec::new() };
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths
}

#[test]
fn xml_is_well_formed() {
    let Some(xmllint) = tool("xmllint") else { return };
    let files: Vec<PathBuf> =
        trees().iter().flat_map(|tree| files_with_extension(&tree.dir, "xml")).collect();
    let output = run(scrubbed(&xmllint).arg("--noout").args(inputs("XML files", files)));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn published_schema_accepts_every_example_and_refuses_an_unknown_key() {
    let Some(check_jsonschema) = tool("check-jsonschema") else { return };
    let schema = root().join("schema/site.schema.json");
    let judge = |sites: &[PathBuf]| {
        run(scrubbed(&check_jsonschema).arg("--schemafile").arg(&schema).args(sites))
    };

    let examples = entries(&root().join("examples")).into_iter().map(|dir| dir.join("site.yaml"));
    let examples = inputs("examples", examples.filter(|site| site.exists()).collect());
    let output = judge(&examples);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));

    let folder = tempfile::tempdir().expect("a temporary folder");
    let misspelt = folder.path().join("site.yaml");
    let text = std::fs::read_to_string(&examples[0]).expect("an example");
    std::fs::write(&misspelt, format!("{text}\nno_such_key: 1\n")).expect("a temporary file");
    let output = judge(&[misspelt]);
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("no_such_key"),
        "an unknown key was accepted"
    );
}
