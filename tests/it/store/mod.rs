//! The secret store: what is read and what is refused, what is written, and what the commands make of it.
#![expect(
    clippy::disallowed_methods,
    reason = "the tests make and read the stores that they judge"
)]

mod commands;
mod damaged;
mod file;
mod lost;
mod refusals;
mod rotation;
mod steps;
mod system;
mod together;
mod values;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use trigger_gen::diag::{Severity, Sink};
use trigger_gen::secrets::{Draft, Filled};
use trigger_gen::site::Site;
use trigger_gen::source::Source;
use trigger_gen::spec::Document;
use trigger_gen::store::{Error, Opened, Store};
use trigger_gen::value::{Scalar, SecretName};

/// A folder with the store of the site `site` in it, or without.
struct Folder(tempfile::TempDir);

impl Folder {
    fn empty() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// With a store of one value.
    fn with(name: &str, value: &str) -> Self {
        let folder = Self::empty();
        folder.save(&draft(&[(name, value)])).expect("the first store");
        folder
    }

    /// With whatever text in the place of the store.
    fn holding(text: impl AsRef<[u8]>) -> Self {
        let folder = Self::empty();
        fs::write(folder.path(), text).expect("a file");
        folder.chmod(0o600);
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("site.secrets.yaml")
    }

    fn open(&self) -> Result<Opened, Error> {
        Store::open(&self.path(), "site")
    }

    fn present(&self) -> Draft {
        match self.open() {
            Ok(Opened::Present(draft)) => draft,
            other => panic!("no store: {other:?}"),
        }
    }

    fn save(&self, draft: &Draft) -> Result<bool, Error> {
        Store::lock(&self.path(), "site")?.save(draft)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).expect("a store")
    }

    fn chmod(&self, mode: u32) {
        fs::set_permissions(self.path(), fs::Permissions::from_mode(mode)).expect("a mode");
    }

    fn mode(&self) -> u32 {
        fs::metadata(self.path()).expect("a store").mode() & 0o7777
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("a folder");
        let name = |it: fs::DirEntry| it.file_name().into_string().expect("text");
        let mut names: Vec<_> = entries.map(|it| name(it.expect("an entry"))).collect();
        names.sort();
        names
    }
}

fn name(text: &str) -> SecretName {
    SecretName::from_text(text).expect("the name of a secret")
}

/// A store of the site `site` with these values.
fn draft(values: &[(&str, &str)]) -> Draft {
    let mut draft = Draft::new("site");
    draft.make_key(&mut random(1));
    for (text, value) in values {
        draft.set(name(text), (*value).to_owned());
    }
    draft
}

/// Bytes of a linear congruential generator: the same for the same seed.
fn random(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *byte = (state >> 56) as u8;
        }
    }
}

fn fill(draft: &mut Draft, site: &Site, seed: u64) -> Filled {
    draft.fill(site, random(seed))
}

/// No password to hash, which takes a test long.
const REGISTRY_ELSEWHERE: &str =
    "storage:\n  registry:\n    external:\n      host: ghcr.io\n      namespace: acme\n";

/// The site `site`, with `more` at the end of its file; without more, nothing is hashed for it.
fn site(more: &str) -> Site {
    site_at("trigger.example.com", more)
}

fn site_at(domain: &str, more: &str) -> Site {
    let more = if more.is_empty() { REGISTRY_ELSEWHERE } else { more };
    let text = format!(
        "version: 1\nname: site\nrelease: 4.5.12\ndomain: {domain}\naccess:\n  admins:\n    - ops@example.com\n\
         docker:\n  host:\n    memory: 16GiB\n{more}"
    );
    compiled(Source::new("site.yaml".to_owned(), text))
}

fn compiled(source: Source) -> Site {
    let mut sink = Sink::default();
    let site = Document::read(&source, &mut sink)
        .map(|document| trigger_gen::analyse(&document, &mut sink, |_, _| {}));
    let errors: Vec<_> =
        sink.diagnostics.iter().filter(|it| it.severity == Severity::Error).collect();
    site.and_then(Result::ok).unwrap_or_else(|| panic!("{errors:?}"))
}

/// Why a store was refused, and what to do.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    match result {
        Err(Error::Refused { why, help, .. }) => (why, help),
        other => panic!("not refused: {other:?}"),
    }
}
