//! No secret stands where it must not: not in anything that a command prints, and in no file but secret ones.
#![allow(clippy::disallowed_methods, reason = "these tests stand outside the compiler")]

mod commands;
mod needles;
mod states;
mod types;

use crate::cli::Ran;
use crate::support;
use needles::Needles;
use std::cell::RefCell;
use std::fs;
use std::io::{Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use trigger_gen::fingerprint::sha256;
use trigger_gen::manifest::Manifest;
use trigger_gen::secrets::Draft;
use trigger_gen::site::{Use, generated};
use trigger_gen::value::{Scalar, SecretName};

const FORMATS: [&str; 4] = ["human", "json", "sarif", "github"];

/// A value with whatever some writer escapes, and no other value in common with it.
fn hostile(name: &str) -> String {
    format!("{}%$'\"#\\ü&+= {}", &sha256(name.as_bytes())[..20], &sha256(name.as_bytes())[20..30])
}

/// Which values the generated secrets have.
#[derive(Clone, Copy)]
enum Values {
    Made,
    Hostile,
}

/// A folder with a site and its complete store, and what must not come out.
struct Case {
    folder: TempDir,
    name: String,
    needles: RefCell<Needles>,
}

impl Case {
    fn of(example: &str, values: Values) -> Self {
        let folder = TempDir::new().expect("a folder");
        let text = support::example_text(example);
        let site = support::site(&text);
        let mut draft = Draft::new(site.name.as_str());
        for needed in site.needed_secrets() {
            let name = needed.name.as_str();
            let is_hostile = match (values, &needed.origin) {
                (_, Use::Supplied(_)) => true,
                (Values::Hostile, Use::Generated) => name != "ENCRYPTION_KEY",
                (Values::Made, Use::Generated) => false,
            };
            if is_hostile {
                draft.set(needed.name.clone(), hostile(name));
            }
        }
        let mut nth = 0;
        draft.fill(&site, |bytes| {
            for byte in bytes {
                nth += 1;
                let hash = sha256(format!("{example} {nth}").as_bytes());
                *byte = u8::from_str_radix(&hash[..2], 16).expect("hexadecimal");
            }
        });
        fs::write(folder.path().join("site.yaml"), text).expect("written");
        let case = Self { folder, name: site.name.to_string(), needles: RefCell::default() };
        case.write_store(draft.write().as_str());
        case.look_at_store();
        case
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn store(&self) -> PathBuf {
        self.path().join(format!("{}.secrets.yaml", self.name))
    }

    fn out(&self, path: &str) -> PathBuf {
        self.path().join("out").join(&self.name).join(path)
    }

    fn write_store(&self, text: impl AsRef<[u8]>) {
        fs::write(self.store(), text).expect("written");
        fs::set_permissions(self.store(), fs::Permissions::from_mode(0o600)).expect("closed");
    }

    fn draft(&self) -> Option<Draft> {
        Draft::read(&fs::read_to_string(self.store()).ok()?).ok()
    }

    /// Whatever the store holds now must not come out either: values, the key of fingerprints, hashes.
    fn look_at_store(&self) {
        let Some(draft) = self.draft() else { return };
        let mut needles = self.needles.borrow_mut();
        for name in draft.names() {
            let value = draft.value(name).unwrap_or_default();
            needles.add(name.as_str(), value);
            if let Some(hash) = draft.bcrypt(name) {
                needles.add(&format!("the hash of {name}"), hash);
            }
        }
        let text = draft.write();
        let key = text.lines().find_map(|it| it.strip_prefix("fingerprint_key: "));
        needles.add("the key of fingerprints", key.expect("a key").trim_matches('"'));
    }

    /// Runs a command; nothing secret may be said, before or after it changed the store.
    #[track_caller]
    fn run(&self, state: &str, arguments: &[&str], input: Option<&str>) -> Ran {
        let ran = ran(self.path(), arguments, input);
        self.look_at_store();
        for (stream, text) in [("output", &ran.out), ("error", &ran.err)] {
            let found = self.needles.borrow().find(text.as_bytes()).map(str::to_owned);
            if let Some(found) = found {
                panic!("{state}: {arguments:?} says {found} on standard {stream}:\n{text}");
            }
        }
        assert!((0..=2).contains(&ran.code), "{state}: {arguments:?}: {}{}", ran.out, ran.err);
        ran
    }

    /// Secrets stand in the store and in files that the manifest calls secret, at mode 0600. `own` are the
    /// files in which the test itself put one.
    #[track_caller]
    fn files(&self, state: &str, own: &[&str]) -> usize {
        let manifest = fs::read(self.out("manifest.json")).ok().and_then(|it| Manifest::read(&it));
        let found = self.needles.borrow().files(self.path(), own);
        for (path, what) in &found {
            let mode = fs::metadata(path).expect("a file").permissions().mode() & 0o7777;
            let below = path.strip_prefix(self.out("")).ok().and_then(Path::to_str);
            let entry = below.and_then(|it| manifest.as_ref()?.files.get(it));
            let is_secret =
                *path == self.store() || entry.is_some_and(|it| it.fingerprint.is_some());
            assert!(is_secret, "{state}: {} holds {what}", path.display());
            assert_eq!(mode, 0o600, "{state}: {} holds {what}", path.display());
        }
        found.len()
    }
}

/// Runs the program with a file as its standard input, which it may leave unread.
fn ran(folder: &Path, arguments: &[&str], input: Option<&str>) -> Ran {
    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(input.unwrap_or_default().as_bytes()).expect("written");
    file.rewind().expect("its beginning");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trigger-gen"));
    command.args(arguments).current_dir(folder).env_clear().stdin(file);
    let output = command.output().expect("the program ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().unwrap_or(-1);
    Ran { code, out: text(output.stdout), err: text(output.stderr) }
}

fn name(text: &str) -> SecretName {
    generated(text)
}

/// Every example, with made values and with hostile ones, through every command.
#[test]
fn no_command_says_a_secret_of_any_example() {
    for example in support::docker_names() {
        for values in [Values::Made, Values::Hostile] {
            let case = Case::of(&example, values);
            let built = case.run(&example, &["build", "site.yaml"], None);
            assert_eq!(built.code, 0, "{example}: {}", built.err);
            // Where they belong, they are: the search would see them elsewhere.
            let env = fs::read(case.out("docker/.env")).expect("a .env");
            assert!(case.needles.borrow().find(&env).is_some(), "{example}");
            assert!(case.files(&example, &[]) >= 2, "{example}");
            commands::all(&case, &example);
            case.files(&example, &["old.env"]);
        }
    }
}

#[test]
fn the_search_covers_every_secret_of_a_site() {
    let case = Case::of("classic-vps", Values::Hostile);
    let draft = case.draft().expect("a store");
    assert!(draft.names().count() > 9);
    for of in draft.names() {
        let value = draft.value(of).expect("a value");
        let found = case.needles.borrow().find(value.as_bytes()).map(str::to_owned);
        assert!(found.is_some_and(|it| it.starts_with(of.as_str())), "{of}");
    }
    assert_ne!(draft.value(&name("POSTGRES_PASSWORD")), draft.value(&name("REDIS_PASSWORD")));
    assert!(SecretName::from_text("POSTGRES_PASSWORD").is_ok());
}
