//! Sites, secrets and trees for the tests: from an example or a text, and the same at every run.
#![allow(clippy::disallowed_methods, reason = "these helpers read the project's examples")]
#![allow(dead_code, reason = "each helper is for whichever test needs it")]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use trigger_gen::diag::{Diagnostic, Severity, Sink};
use trigger_gen::release::{Release, Version};
use trigger_gen::secrets::{Draft, Secrets};
use trigger_gen::site::Site;
use trigger_gen::source::Source;
use trigger_gen::spec::Document;
use trigger_gen::tree::Tree;

/// The least that can be said: a site that compiles, with three warnings.
pub(crate) const SITE: &str = "\
version: 1
name: mine
release: 4.5.12
domain: trigger.example.com
access: { admins: [ops@example.com] }
docker: {}
";

fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// The name of every example, sorted. Never empty: a test without input proves nothing.
pub(crate) fn example_names() -> Vec<String> {
    let entries = fs::read_dir(examples()).expect("the examples").map(|it| it.expect("an entry"));
    let mut names: Vec<String> = entries
        .filter(|it| it.path().join("site.yaml").is_file())
        .map(|it| it.file_name().into_string().expect("a name in UTF-8"))
        .collect();
    names.sort();
    assert!(!names.is_empty(), "no examples found");
    names
}

/// The examples that are compiled for servers alone: those can be of any release.
pub(crate) fn server_names() -> Vec<String> {
    let alone = |it: &String| !example_text(it).contains("\nkubernetes:");
    example_names().into_iter().filter(alone).collect()
}

/// The examples that are compiled for servers.
pub(crate) fn docker_names() -> Vec<String> {
    example_names().into_iter().filter(|it| example_text(it).contains("\ndocker:")).collect()
}

/// The site file of an example.
pub(crate) fn example_text(name: &str) -> String {
    let path = examples().join(name).join("site.yaml");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The site of an example.
pub(crate) fn example_site(name: &str) -> Site {
    site(&example_text(name))
}

/// The tree of an example and the secrets in it: those of its committed store, as far as it has one.
pub(crate) fn example(name: &str) -> (Tree, Secrets) {
    let site = example_site(name);
    let store = examples().join(name).join(format!("{name}.secrets.yaml"));
    let draft = match fs::read_to_string(store) {
        Ok(text) => Draft::read(&text).expect("the store of the example"),
        Err(_) => Draft::new(site.name.as_str()),
    };
    let secrets = secrets_from(draft, &site);
    (trigger_gen::generate(&site, &secrets), secrets)
}

/// The tree of an example.
pub(crate) fn tree(example_name: &str) -> Tree {
    example(example_name).0
}

/// The site that a text means; panics with what is wrong with it.
#[track_caller]
pub(crate) fn site(text: &str) -> Site {
    match analyse(text) {
        (Some(site), _) => site,
        (None, sink) => {
            let errors = sink.diagnostics.iter().filter(|it| it.severity == Severity::Error);
            let said: Vec<String> =
                errors.map(|it| format!("{} at {:?}: {}", it.name, it.at, it.message)).collect();
            panic!("not a site:\n{}\n---\n{text}", said.join("\n"));
        }
    }
}

/// The site that a text means, if it means one, and everything that is said of it.
pub(crate) fn analyse(text: &str) -> (Option<Site>, Sink) {
    let mut sink = Sink::default();
    let source = Source::new("site.yaml", text);
    let document = Document::read(&source, &mut sink);
    let site = document.and_then(|it| trigger_gen::analyse(&it, &mut sink, |_, _| {}).ok());
    (site, sink)
}

/// The names of what is said of a text, in order.
pub(crate) fn said(text: &str) -> Vec<&'static str> {
    analyse(text).1.diagnostics.iter().map(|it: &Diagnostic| it.name).collect()
}

/// The tree that a text compiles to, with fake secrets.
#[track_caller]
pub(crate) fn tree_of(text: &str) -> Tree {
    let site = site(text);
    trigger_gen::generate(&site, &secrets(&site))
}

/// A complete store for a site: every value is fake, and the same at every run.
pub(crate) fn draft(site: &Site) -> Draft {
    complete(Draft::new(site.name.as_str()), site)
}

/// Fake secrets for a site, the same at every run.
pub(crate) fn secrets(site: &Site) -> Secrets {
    secrets_from(Draft::new(site.name.as_str()), site)
}

/// The secrets of a site from a store, what it lacks made up.
pub(crate) fn secrets_from(draft: Draft, site: &Site) -> Secrets {
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    Secrets::from_store(&complete(draft, site), &names)
}

/// A store with everything that a site needs, what it lacks made up.
///
/// Filling hashes a password, which is slow on purpose: what the same start gives is made once.
pub(crate) fn complete(draft: Draft, site: &Site) -> Draft {
    static KNOWN: Mutex<BTreeMap<String, Draft>> = Mutex::new(BTreeMap::new());
    let (start, needed) = (draft.write(), (site.needed_secrets(), site.hashed_secrets()));
    let key = format!("{}\n{needed:?}", start.as_str());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(key).or_insert_with(|| filled(draft, site)).clone()
}

fn filled(mut draft: Draft, site: &Site) -> Draft {
    for (name, _) in &site.supplied {
        if draft.value(name).is_none() {
            draft.set(name.clone(), format!("example-{}-0000", name.as_str().to_lowercase()));
        }
    }
    let mut random = FakeRandom::default();
    draft.fill(site, |bytes| random.fill(bytes));
    draft
}

/// Bytes that look random and are not: a linear congruential generator from a fixed start.
#[derive(Debug)]
pub(crate) struct FakeRandom(u64);

impl Default for FakeRandom {
    fn default() -> Self {
        Self(0x5eed)
    }
}

impl FakeRandom {
    /// The next bytes.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (self.0 >> 56) as u8;
        }
    }
}

/// An example as it would be written for another release: what that one lacks is left out, and
/// what is said of its age is accepted.
pub(crate) fn at_release(example_name: &str, release: &Release) -> String {
    let mut site: Value = serde_yaml::from_str(&example_text(example_name)).expect("YAML");
    let version = release.version;
    site["release"] = json!(version.to_string());
    if site["storage"].is_null() {
        site["storage"] = json!({});
    }
    if !release.native_realtime() {
        site["storage"]["realtime"] =
            json!({ "electric": { "image": "images.example.com/electric:1.2.4" } });
    }
    if !release.s2 {
        site["storage"]["streams"] = json!("v1");
    }
    for (since, section, key) in
        [(Version(4, 4, 2), "limits", "run_ttl"), (Version(4, 3, 0), "access", "google")]
    {
        let section = site.get_mut(section).and_then(Value::as_object_mut);
        if let Some(section) = section.filter(|_| version < since) {
            section.shift_remove(key);
        }
    }
    let lints = ["below-security-floor", "dsn-in-logs", "known-advisory"];
    let accepted = site["allow"].as_array().cloned().unwrap_or_default();
    let added = lints
        .iter()
        .filter(|lint| !accepted.iter().any(|it| it["lint"] == **lint))
        .map(|lint| json!({ "lint": lint, "because": "every release is compiled" }));
    site["allow"] = accepted.iter().cloned().chain(added).collect();
    serde_yaml::to_string(&site).expect("YAML")
}
