//! What a panic or a log could print: every type that holds secrets keeps them to itself.

use super::{Needles, hostile};
use crate::support;
use std::fmt::Debug;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use trigger_gen::secrets::{Concealed, Draft, Hashed, Secrets, import, list, rotations, set};
use trigger_gen::site::Site;
use trigger_gen::store::Store;

fn prepared() -> (Site, Draft, Needles) {
    let site = support::example_site("classic-vps");
    let mut draft = Draft::new(site.name.as_str());
    for needed in site.needed_secrets() {
        let name = needed.name.as_str();
        let value = if name == "ENCRYPTION_KEY" { "0af1".repeat(8) } else { hostile(name) };
        draft.set(needed.name.clone(), value);
    }
    let draft = support::complete(draft, &site);
    let mut needles = Needles::default();
    for name in draft.names() {
        needles.add(name.as_str(), draft.value(name).expect("a value"));
    }
    (site, draft, needles)
}

#[track_caller]
fn is_silent(needles: &Needles, it: &dyn Debug) {
    for text in [format!("{it:?}"), format!("{it:#?}")] {
        assert_eq!(needles.find(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn no_type_prints_a_secret() {
    let (site, mut draft, needles) = prepared();
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let secrets = Secrets::from_store(&draft, &names);
    is_silent(&needles, &(&site, &draft, &secrets, draft.fingerprint_key()));
    is_silent(&needles, &Concealed::of(&draft));
    is_silent(&needles, &list(Some(&draft), &site));
    let plan = trigger_gen::artifacts::plan(&site, &secrets);
    is_silent(&needles, &plan);
    is_silent(&needles, &trigger_gen::render::render(plan));
    let tree = trigger_gen::generate(&site, &secrets);
    is_silent(&needles, &tree);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    let options = trigger_gen::emit::Options::default();
    is_silent(&needles, &trigger_gen::emit::write(&out, &tree, &secrets, &options));
    is_silent(&needles, &trigger_gen::emit::read(&out));
    let path = folder.path().join("s.secrets.yaml");
    let mut store = Store::lock(&path, site.name.as_str()).expect("the lock");
    is_silent(&needles, &store.save(&draft));
    is_silent(&needles, &(&store, Store::open(&path, site.name.as_str())));
    is_silent(
        &needles,
        &Hashed { of: hostile("REDIS_PASSWORD"), bcrypt: hostile("REDIS_PASSWORD") },
    );
    let before = draft.clone();
    is_silent(&needles, &set(&mut draft, &site, "REDIS_PASSWORD", &hostile("POSTGRES_PASSWORD")));
    let env =
        format!("REDIS_PASSWORD={}\n{}\n", hostile("SESSION_SECRET"), hostile("SESSION_SECRET"));
    is_silent(&needles, &import(&mut draft, &site, &env));
    let rows = rotations(&site, &["REDIS_PASSWORD".into()], "site.yaml").expect("a row");
    is_silent(&needles, &draft.rotate(&rows, &site, |bytes| bytes.fill(0xab)));
    assert!(draft != before);
}

/// What a panic says, of the real ones that the library has.
#[track_caller]
fn panics(needles: &Needles, what: &str, run: impl FnOnce()) {
    let payload = catch_unwind(AssertUnwindSafe(run)).expect_err(what);
    let text = match (payload.downcast_ref::<String>(), payload.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (None, Some(text)) => (*text).to_owned(),
        (None, None) => panic!("{what}: the message was not found"),
    };
    assert!(text.contains("bug in trigger-gen"), "{what}: {text}");
    assert_eq!(needles.find(text.as_bytes()), None, "{what}: {text}");
}

#[test]
fn no_panic_says_a_secret() {
    let (site, draft, needles) = prepared();
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let some = Secrets::from_store(&draft, &names[..names.len() - 2]);
    panics(&needles, "a secret that nobody asked for", || {
        trigger_gen::generate(&site, &some);
    });
    let mut other = draft.clone();
    other.site = "another-site".into();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("s.secrets.yaml");
    panics(&needles, "the store of another site", || {
        let mut store = Store::lock(&path, site.name.as_str()).expect("the lock");
        let _ = store.save(&other);
    });
}

/// What holds secrets says by itself how it is printed.
#[test]
fn what_holds_secrets_derives_no_debug() {
    fn walk(folder: &Path, seen: &mut usize) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, seen);
            } else {
                let text = fs::read_to_string(&path).expect("readable");
                for item in text.split("\n#[derive(").skip(1) {
                    let (derived, item) = item.split_once(")]\n").expect("a derive ends");
                    let body = item.split("\n}").next().unwrap_or_default();
                    let holds =
                        body.contains("Zeroizing<") && !body.trim_start().starts_with("impl");
                    let prints = derived.split(", ").any(|it| it == "Debug");
                    assert!(!(holds && prints), "{}: {body}", path.display());
                    *seen += usize::from(holds);
                }
            }
        }
    }
    let mut seen = 0;
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut seen);
    assert!(seen > 3, "the types were not found: {seen}");
}
