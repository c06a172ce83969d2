//! `init`: a commented site.yaml that compiles as it is.

use super::args::Init;
use super::{Exit, out, shell};
use crate::release;
use crate::render::render_template;
use crate::value::{Domain, EmailAddress, Label, Scalar};
use serde_json::json;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

pub(super) fn run(verb: &Init) -> Exit {
    let faults: Vec<String> = [
        value::<Label>("--name", &verb.name),
        value::<Domain>("--domain", &verb.domain),
        value::<EmailAddress>("--admin", &verb.admin),
    ]
    .into_iter()
    .flatten()
    .collect();
    for fault in &faults {
        out::say(format!("error: {fault}"));
    }
    if !faults.is_empty() {
        return Exit::Trouble;
    }
    let release = release::newest_proven().version.to_string();
    let cx = json!({ "name": verb.name, "domain": verb.domain, "admin": verb.admin, "release": release });
    write(&verb.folder, &render_template("init/site.yaml", &cx))
}

fn value<T: Scalar>(flag: &str, text: &str) -> Option<String> {
    let refusal = T::from_text(text).err()?;
    let hint = refusal.instead.map(|it| format!("; write `{it}`")).unwrap_or_default();
    Some(format!("{flag} {text:?} is not {}: {}{hint}", T::WHAT, refusal.why))
}

fn write(folder: &Path, site: &str) -> Exit {
    let folder = if folder == Path::new(".") { Path::new("") } else { folder };
    let (path, ignore) = (folder.join("site.yaml"), folder.join(".gitignore"));
    let made = DirBuilder::new()
        .recursive(true)
        .mode(0o755)
        .create(folder)
        .map_err(|error| (folder, error));
    let written = made.and_then(|()| create(&path, site).map_err(|error| (path.as_path(), error)));
    match written {
        Err((path, error)) if error.kind() == io::ErrorKind::AlreadyExists => {
            out::say(format!("error: {} exists already, and nothing was changed", path.display()));
            return Exit::No;
        }
        Err((path, error)) => {
            out::say(format!("error: cannot write {}: {error}", path.display()));
            return Exit::Trouble;
        }
        Ok(()) => out::say(format!("wrote {}", path.display())),
    }
    let schema = folder.join("site.schema.json");
    match create(&schema, &schema_text()) {
        Ok(()) => out::say(format!(
            "wrote {}, with which an editor checks it as you type",
            schema.display()
        )),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => {
            out::say(format!("error: cannot write {}: {error}", schema.display()));
            return Exit::Trouble;
        }
    }
    match create(&ignore, IGNORED) {
        Ok(()) => out::say(format!(
            "wrote {}, so that the secret store is not committed",
            ignore.display()
        )),
        Err(_) if ignores_stores(&ignore) => {}
        Err(_) => out::say(format!(
            "add the line `*.secrets.yaml` to {}: the secret store must not be committed",
            ignore.display()
        )),
    }
    out::say(format!(
        "next: change what differs for you, then `trigger-gen build {}`",
        shell::path(&path)
    ));
    Exit::Done
}

const IGNORED: &str = "# The secret store of trigger-gen: keep it, and keep it out of version control.\n*.secrets.yaml\n";

fn schema_text() -> String {
    let schema = serde_json::to_string_pretty(&crate::spec::json_schema());
    schema.expect("a schema is JSON") + "\n"
}

/// Writes a new file; one that exists is never touched.
fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(text.as_bytes())
}

fn ignores_stores(path: &Path) -> bool {
    let mut text = String::new();
    let read = File::open(path).and_then(|mut file| file.read_to_string(&mut text));
    read.is_ok() && text.lines().any(|line| line.trim() == "*.secrets.yaml")
}
