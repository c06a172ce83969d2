//! From a path on the command line to a compiled site: the steps that several commands share.

use super::args::Format;
use super::findings::Findings;
use super::{Exit, draw, out, shell};
use crate::diag::{Diagnostic, Place, Severity, Sink};
use crate::secrets::{Concealed, Draft};
use crate::site::{Site, Use};
use crate::source::Source;
use crate::spec::Document;
use crate::store::{self, Opened, Store};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Nothing that a person writes by hand is larger.
const LARGEST: u64 = 4 * 1024 * 1024;

/// A site that compiles, with its store as far as the command needs it.
pub(super) struct Compiled {
    pub(super) site: Site,
    /// Where the store is, or would be.
    pub(super) store_path: PathBuf,
    /// The store as it stood, if the command looked.
    pub(super) draft: Option<Draft>,
    /// Warnings that were said.
    pub(super) warnings: usize,
}

/// How a command uses the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoreUse {
    /// Not at all: a pull request's CI has no store.
    None,
    /// Looks, if it is there; secrets that are missing are named.
    Read,
    /// Looks, if it is there; what is missing is somebody else's concern.
    IfThere,
}

/// Reads a site file, or standard input for `-`.
pub(super) fn read(path: &Path, findings: &mut Findings) -> Result<Source, Exit> {
    let name = if is_stdin(path) { "<stdin>".to_owned() } else { path.display().to_string() };
    let text =
        if is_stdin(path) { read_from(io::stdin()) } else { File::open(path).and_then(read_from) };
    text.map(|text| Source::new(name.clone(), text)).map_err(|error| {
        let why = format!("cannot read {name}: {error}");
        findings.failed("unreadable-site", Path::new(&name), &why)
    })
}

pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read_from(reader: impl Read) -> io::Result<String> {
    let mut text = String::new();
    if reader.take(LARGEST + 1).read_to_string(&mut text)? as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 4 MiB"));
    }
    Ok(text)
}

/// Compiles one site and tells a person everything that is to be said about it.
pub(super) fn compile(path: &Path, uses: StoreUse) -> Result<Compiled, Exit> {
    compile_saying(path, uses, &mut Findings::new(Format::Human))
}

/// Compiles one site; what is to be said about it goes where findings go.
pub(super) fn compile_saying(
    path: &Path,
    uses: StoreUse,
    findings: &mut Findings,
) -> Result<Compiled, Exit> {
    let source = read(path, findings)?;
    let mut sink = Sink::default();
    let document = Document::read(&source, &mut sink);
    let mut found = None;
    let result = document.as_ref().map(|document| {
        crate::analyse(document, &mut sink, |site, sink| {
            found = look_into_store(path, site, uses, sink);
            let draft = found.as_ref().and_then(|(path, draft)| known(path, site, draft.as_ref()));
            if let Some(draft) = draft {
                sink.diagnostics
                    .extend(Concealed::of(&draft).in_clear(&source.text, &sink.diagnostics));
                findings.hide(&draft);
            }
        })
    });
    findings.of_site(&source, document.as_ref(), &sink);
    match (result, found) {
        (Some(Ok(site)), Some(found)) => {
            let (store_path, draft) = found;
            Ok(Compiled { site, store_path, draft, warnings: sink.count(Severity::Warning) })
        }
        _ => {
            let summary = draw::summary(&sink).unwrap_or_default();
            out::say(format!("{}: {summary}; nothing was written", source.name));
            Err(Exit::No)
        }
    }
}

/// Where the store of a site is.
fn store_path(site_file: &Path, site: &Site) -> PathBuf {
    let folder = if is_stdin(site_file) {
        Path::new("")
    } else {
        site_file.parent().unwrap_or(Path::new(""))
    };
    folder.join(site.store.as_str())
}

/// Opens the store while everything else is still being said, so that a missing secret stands beside a wrong key.
fn look_into_store(
    path: &Path,
    site: &Site,
    uses: StoreUse,
    sink: &mut Sink,
) -> Option<(PathBuf, Option<Draft>)> {
    let store_path = store_path(path, site);
    let misnamed =
        sink.diagnostics.iter().any(|it| it.severity == Severity::Error && is_about_name(&it.at));
    if uses == StoreUse::None || misnamed {
        return Some((store_path, None));
    }
    let draft = match Store::open(&store_path, site.name.as_str()) {
        Ok(Opened::Absent) => None,
        Ok(Opened::Present(draft)) => Some(draft),
        Err(error) => {
            sink.push(of_store(&store_path, error));
            return Some((store_path, None));
        }
    };
    if uses == StoreUse::Read {
        report_missing(site, draft.as_ref(), path, &store_path, sink);
    }
    if let Some(draft) = &draft {
        sink.diagnostics.extend(store::faults(draft, site, &store_path));
    }
    Some((store_path, draft))
}

/// The store whose values must not be said: the one that the command looked into, or whatever stands there.
fn known(path: &Path, site: &Site, draft: Option<&Draft>) -> Option<Draft> {
    match draft {
        Some(draft) => Some(draft.clone()),
        None => match Store::open(path, site.name.as_str()) {
            Ok(Opened::Present(draft)) => Some(draft),
            _ => None,
        },
    }
}

fn is_about_name(place: &Place) -> bool {
    match place {
        Place::Key(route) | Place::Value(route) => {
            matches!(route.to_string().as_str(), "name" | "secrets.store")
        }
        _ => false,
    }
}

/// What the store says of itself, as a diagnostic.
pub(super) fn of_store(path: &Path, error: store::Error) -> Diagnostic {
    let at = Place::Elsewhere(path.display().to_string());
    match error {
        store::Error::Refused { why, help, .. } => {
            Diagnostic::error("secret-store", at, why).help(help)
        }
        store::Error::Io { doing, source, .. } => Diagnostic::error(
            "secret-store",
            at,
            format!("failed to {doing} the secret store: {source}"),
        ),
    }
}

/// A secret that the author names and nobody supplied.
fn report_missing(
    site: &Site,
    draft: Option<&Draft>,
    file: &Path,
    store_path: &Path,
    sink: &mut Sink,
) {
    let generated = site.generated_names();
    for needed in site.needed_secrets() {
        let Use::Supplied(route) = needed.origin else { continue };
        let present = draft.is_some_and(|draft| draft.value(&needed.name).is_some());
        if present || generated.contains(&needed.name.as_str()) {
            continue;
        }
        let message =
            format!("`{}` is not in the secret store {}", needed.name, store_path.display());
        let at = Place::Value(crate::diag::Route::from(route.as_str()).key("secret"));
        sink.push(Diagnostic::error("missing-secret", at, message).help(format!(
            "put it there: `trigger-gen secrets set {} {}`, with the value on standard input",
            needed.name,
            shell::path(file)
        )));
    }
}
