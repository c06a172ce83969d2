//! One site in which every free text can be set at once, its files on disk, and what containers see of them.

use super::fields::{FIELDS, Field, Part, Takes};
use crate::consumers::compose::compose_config;
use crate::support;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use trigger_gen::diag::{Place, Route, Severity};
use trigger_gen::secrets::{Draft, Secrets};
use trigger_gen::site::Site;
use trigger_gen::value::{Scalar as _, SecretName};

/// The services of mail: a site has one of them, so there are three samples.
pub(super) const MAIL: &[&str] = &["resend", "smtp", "ses"];

/// What is put into a sample: the text of each route that is not left at its default.
pub(super) type Texts<'a> = BTreeMap<&'a str, String>;

/// The site with everything in somebody else's hands, so that each name and user is a key.
fn base(mail: &str) -> Value {
    let transport = match mail {
        "resend" => json!({ "api_key": { "secret": "MAIL_SECRET" } }),
        "smtp" => {
            json!({ "host": "smtp.example.com", "username": "", "password": { "secret": "MAIL_SECRET" } })
        }
        _ => {
            json!({ "region": "eu-central-1", "access_key_id": "", "secret_access_key": { "secret": "MAIL_SECRET" } })
        }
    };
    let app = |secret: &str| json!({ "client_id": "", "client_secret": { "secret": secret } });
    json!({
        "version": 1, "name": "hostile", "release": "4.5.12", "domain": "jobs.example.com",
        "access": {
            "admins": ["ops@example.com"],
            "email": { mail: transport },
            "github": app("GITHUB_SECRET"), "google": app("GOOGLE_SECRET"),
        },
        "storage": storage(),
        "docker": { "host": { "memory": "4GiB" } },
        "env": { "webapp": { "OPENAI_API_KEY": { "secret": "OPENAI_API_KEY" } }, "supervisor": {} },
        "allow": [{ "lint": "known-advisory", "because": "" }],
        "secrets": {},
    })
}

fn storage() -> Value {
    let secret = |name: &str| json!({ "secret": name });
    json!({
        "postgres": { "external": { "host": "db.example.com", "password": secret("DB_PASSWORD") } },
        "redis": { "external": { "host": "cache.example.com", "password": secret("CACHE_PASSWORD") } },
        "clickhouse": { "external": {
            "host": "analytics.example.com", "password": secret("ANALYTICS_PASSWORD"), "version": "26.2",
        } },
        "object_store": { "external": {
            "endpoint": "https://s3.example.com", "region": "eu-central-1",
            "secret_access_key": secret("S3_SECRET"),
        } },
        "streams": { "hosted": { "basin": "example-streams", "access_token": secret("STREAMS_TOKEN") } },
        "registry": { "external": {
            "host": "registry.example.com", "namespace": "jobs", "password": secret("REGISTRY_PASSWORD"),
        } },
    })
}

/// The fields that a sample with this service of mail has.
pub(super) fn fields(mail: &str) -> impl Iterator<Item = &'static Field> {
    let other = move |it: &&Field| match it.route.strip_prefix("access.email.") {
        Some(rest) => rest.starts_with(&format!("{mail}.")),
        None => true,
    };
    FIELDS.iter().filter(other)
}

impl Field {
    /// What the site file says when this string is meant.
    pub(super) fn written(&self, text: &str) -> String {
        match self.takes {
            Takes::Mailbox => format!("{text} <jobs@example.com>"),
            Takes::Path => format!("{text}.secrets.yaml"),
            _ => text.to_owned(),
        }
    }

    /// What stands there where nothing hostile does.
    fn harmless(&self) -> String {
        self.written("harmless")
    }

    /// Where it stands in a sample.
    pub(super) fn place(&self) -> Route {
        self.steps().fold(Route::root(), |route, step| match step.parse::<usize>() {
            Ok(index) => route.index(index),
            Err(_) => route.key(step),
        })
    }

    /// The name of the secret that a row of the store is about.
    pub(super) fn secret(&self) -> SecretName {
        let name = self.route.split('`').nth(1).expect("a name");
        SecretName::from_text(name).expect("a name")
    }

    fn steps(&self) -> impl Iterator<Item = &str> {
        let variable = self.seen.first().map_or("", |it| it.variable);
        let parts = self.route.split('.').flat_map(|it| match it.strip_suffix("[]") {
            Some(list) => vec![list, "0"],
            None => vec![it],
        });
        parts.map(move |it| if it == "*" { variable } else { it })
    }
}

/// The text of a sample: JSON, which is YAML, but for the hostile strings, each spelled in one of the ways in which
/// an author would; `env` are further variables of the webapp.
pub(super) fn text(mail: &str, texts: &Texts<'_>, env: &BTreeMap<&str, String>) -> String {
    let mut site = base(mail);
    let mut spelled = Vec::new();
    let mut mark = |text: &str| {
        spelled.push(scalar(text, spelled.len()));
        Value::String(format!("@mark-{}@", spelled.len() - 1))
    };
    for field in fields(mail).filter(|it| it.takes != Takes::Secret) {
        let text = texts.get(field.route).map_or_else(|| field.harmless(), |it| field.written(it));
        set(&mut site, field, mark(&text));
    }
    for (name, text) in env {
        site["env"]["webapp"][*name] = mark(text);
    }
    let json = serde_json::to_string_pretty(&site).expect("JSON");
    let numbered = spelled.iter().enumerate();
    // In one pass: what is put in may look like a mark.
    let mut parts = json.split("\"@mark-");
    let mut out = parts.next().expect("a beginning").to_owned();
    let spelled: BTreeMap<String, &String> =
        numbered.map(|(nth, it)| (nth.to_string(), it)).collect();
    for part in parts {
        let (nth, rest) = part.split_once("@\"").expect("a mark");
        out.push_str(spelled[nth]);
        out.push_str(rest);
    }
    out
}

fn set(site: &mut Value, field: &Field, value: Value) {
    let target = field.steps().fold(site, |node, step| match step.parse::<usize>() {
        Ok(index) => &mut node[index],
        Err(_) => &mut node[step],
    });
    *target = value;
}

/// A scalar of YAML: in single quotes where it can stand there and `nth` is odd, else in double quotes.
fn scalar(text: &str, nth: usize) -> String {
    let raw = |c: char| {
        !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}')
    };
    if nth % 2 == 1 && text.chars().all(raw) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let escaped = text.chars().fold(String::new(), |mut out, c| {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if raw(c) => out.push(c),
            c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
        out
    });
    format!("\"{escaped}\"")
}

/// Which routes of a sample are refused, and why.
pub(super) fn refused(mail: &str, texts: &Texts<'_>) -> BTreeMap<&'static str, String> {
    let text = text(mail, texts, &BTreeMap::new());
    let (_, sink) = support::analyse(&text);
    let mut refused = BTreeMap::new();
    for said in sink.diagnostics.iter().filter(|it| it.severity == Severity::Error) {
        let at_field = fields(mail).find(|it| said.at == Place::Value(it.place()));
        match at_field {
            Some(field) => drop(refused.insert(field.route, why(&said.message))),
            None => assert!(
                said.name == "incomplete-pair",
                "{} at {:?}: {}\n{text}",
                said.name,
                said.at,
                said.message
            ),
        }
    }
    refused
}

/// The reason within a message, which begins with the text itself.
fn why(message: &str) -> String {
    let after = message.find(" is not ").map_or(message, |at| &message[at..]);
    after.split_once(": ").map_or(after, |(_, why)| why).to_owned()
}

/// A sample on disk.
pub(super) struct Compiled {
    pub(super) folder: tempfile::TempDir,
}

/// A complete store for a sample: fake, but for what is given by name.
pub(super) fn store(site: &Site, given: &[(SecretName, String)]) -> Draft {
    let mut draft = support::draft(site);
    for (name, value) in given {
        draft.set(name.clone(), value.clone());
    }
    draft
}

/// The files of a sample, written where `docker-compose` finds them.
pub(super) fn compile(text: &str, given: &[(SecretName, String)]) -> Compiled {
    let site = support::site(text);
    let names: Vec<SecretName> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let secrets = Secrets::from_store(&store(&site, given), &names);
    let tree = trigger_gen::generate(&site, &secrets);
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, file) in &tree.files {
        let place = folder.path().join(path.as_str());
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        std::fs::write(place, &file.bytes).expect("a file");
    }
    Compiled { folder }
}

impl Compiled {
    pub(super) fn dotenv(&self) -> PathBuf {
        self.folder.path().join("docker/.env")
    }

    /// The text of one of its files.
    pub(super) fn file(&self, path: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(path)).expect("a file")
    }

    /// Where one of its files is.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// What the containers of both stacks get.
    pub(super) fn config(&self) -> Value {
        let file =
            |stack: &str| self.folder.path().join(format!("docker/{stack}/docker-compose.yml"));
        let files = [file("webapp"), file("worker")];
        let files: Vec<&Path> =
            files.iter().map(PathBuf::as_path).filter(|it| it.is_file()).collect();
        compose_config(&files, &self.dotenv())
    }
}

/// A variable of a container.
pub(super) fn variable<'a>(config: &'a Value, service: &str, name: &str) -> &'a str {
    let value = &config["services"][service]["environment"][name];
    value.as_str().unwrap_or_else(|| panic!("{service}: {name} is {value}"))
}

/// Asserts that each place in which the field is seen shows this string. Returns how many there were.
pub(super) fn assert_seen(config: &Value, field: &Field, meant: &str) -> usize {
    for seen in field.seen {
        let whole = variable(config, seen.service, seen.variable);
        let shown = match seen.part {
            Part::Whole => whole.to_owned(),
            part => part_of_url(whole, part),
        };
        let written = field.written(meant);
        assert!(
            shown == written,
            "{}: {written:?} became {shown:?} in {}",
            field.route,
            seen.variable
        );
    }
    field.seen.len()
}

/// The password of a URL as its reader decodes it.
pub(super) fn password_of_url(url: &str) -> String {
    part_of_url(url, Part::Password)
}

/// A part of a URL as its reader decodes it. Nothing in it may end a part before its time.
fn part_of_url(url: &str, part: Part) -> String {
    let (_, rest) = url.split_once("://").expect("a scheme");
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%:@/?=&[]".contains(c);
    assert!(rest.chars().all(plain) && !url.contains('#'), "not a URL: {url}");
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (login, _) = authority.split_once('@').expect("a user");
    let (user, password) = login.split_once(':').expect("a password");
    assert!(!password.contains(':') && authority.matches('@').count() == 1, "ambiguous: {url}");
    decoded(match part {
        Part::User => user,
        Part::Password => password,
        _ => path.trim_start_matches('/').split('?').next().expect("a path"),
    })
}

fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, others @ ..] = rest {
        rest = others;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let code = std::str::from_utf8(&rest[..2]).expect("two characters");
        bytes.push(u8::from_str_radix(code, 16).expect("hexadecimal"));
        rest = &rest[2..];
    }
    String::from_utf8(bytes).expect("UTF-8")
}
