//! The values themselves: any of them arrives, and the wrong ones are named.

use super::*;
use trigger_gen::diag::Place;
use trigger_gen::store::faults;

/// A text of the awkward and the common alike.
fn text(random: &mut impl FnMut(&mut [u8])) -> String {
    const ODD: &[char] = &[
        '"',
        '\'',
        '\\',
        '$',
        '#',
        ':',
        '{',
        '}',
        '[',
        ']',
        '%',
        '&',
        '*',
        '!',
        '|',
        '>',
        '@',
        '`',
        ',',
        '?',
        '-',
        ' ',
        '\t',
        '\n',
        '\r',
        'ü',
        'ß',
        '日',
        '\u{a0}',
        '\u{85}',
        '\u{2028}',
        '\u{feff}',
        '\u{202e}',
        '😀',
        '\u{10fffd}',
    ];
    let mut byte = || {
        let mut one = [0];
        random(&mut one);
        usize::from(one[0])
    };
    (0..=byte() % 40)
        .map(|_| match byte() {
            odd if odd < 128 => ODD[odd % ODD.len()],
            plain => char::from(b' ' + (plain % 95) as u8),
        })
        .collect()
}

#[test]
fn two_thousand_values_come_back_as_they_were() {
    let mut random = random(20_261_121);
    let mut draft = draft(&[]);
    for nth in 0..2000 {
        draft.set(name(&format!("VALUE_{nth}")), text(&mut random));
    }
    let written = draft.write();
    assert!(written.bytes().all(|it| it == b'\n' || (b' '..=b'~').contains(&it)));
    let back = Draft::read(&written).unwrap();
    assert_eq!(back.write(), written);
    assert!(back == draft);
    // A reader that knows nothing of stores reads the same.
    let plain: std::collections::BTreeMap<String, serde_json::Value> =
        trigger_gen::yaml::read_value(&written).unwrap();
    for it in draft.names() {
        assert_eq!(plain["values"][it.as_str()], draft.value(it).unwrap());
    }
    let folder = Folder::empty();
    folder.save(&draft).unwrap();
    assert!(folder.present() == draft);
}

#[test]
fn every_character_comes_back() {
    let all: Vec<char> =
        ('\0'..='\u{ffff}').chain(('\u{10000}'..=char::MAX).step_by(251)).collect();
    for (nth, part) in all.chunks(8192).enumerate() {
        let part: String = part.iter().collect();
        let draft = draft(&[("A", &part)]);
        assert!(Draft::read(&draft.write()).unwrap() == draft, "part {nth}");
    }
}

#[test]
fn names_that_other_readers_take_for_something_else_are_quoted() {
    let draft = draft(&[("NO", "1"), ("NULL", "2"), ("TRUE", "3"), ("Y", "4"), ("E1", "5")]);
    let written = draft.write();
    for quoted in ["\"NO\":", "\"NULL\":", "\"TRUE\":", "\"Y\":"] {
        assert!(written.replace('\'', "\"").contains(quoted), "{}", written.as_str());
    }
    assert!(Draft::read(&written).unwrap() == draft);
}

fn named(draft: &Draft, site: &Site) -> Vec<(&'static str, String)> {
    let path = std::path::Path::new("a/site.secrets.yaml");
    let found = faults(draft, site, path).into_iter().map(|it| {
        assert_eq!(it.at, Place::Elsewhere("a/site.secrets.yaml".into()));
        assert!(it.help.is_some(), "{}", it.message);
        (it.name, it.message)
    });
    found.collect()
}

/// What is wrong with a full store in which one secret has this value.
fn with(site: &Site, secret: &str, value: &str) -> Vec<&'static str> {
    let mut full = draft(&[]);
    fill(&mut full, site, 11);
    full.set(name(secret), value.to_owned());
    let found = named(&full, site);
    for (_, message) in &found {
        assert!(message.contains(secret), "{message}");
        assert!(value.is_empty() || value.len() < 3 || !message.contains(value), "{message}");
    }
    found.into_iter().map(|(name, _)| name).collect()
}

const MINIO: &str = "storage:\n  object_store:\n    bundled:\n      kind: minio\n  \
                     registry:\n    external:\n      host: ghcr.io\n      namespace: acme\n";
const REGISTRY: &str = "storage:\n  registry:\n    bundled:\n      host: images.example.com\n";

#[test]
fn what_is_made_is_right() {
    for more in ["", MINIO, REGISTRY] {
        let site = site(more);
        let mut draft = Draft::new("site");
        let made = fill(&mut draft, &site, 5).made.len();
        assert_eq!(named(&draft, &site), []);
        let after = draft.clone();
        assert!(made > 5 && fill(&mut draft, &site, 6).made.is_empty(), "nothing is made twice");
        assert!(draft == after);
    }
}

#[test]
fn an_example_is_made_without_chance() {
    let site = site(REGISTRY);
    let filled = |seed| {
        let mut draft = Draft::new("site");
        draft.example = true;
        fill(&mut draft, &site, seed);
        draft
    };
    let example = filled(1);
    assert!(example == filled(2));
    assert_eq!(named(&example, &site), []);
    for it in example.names() {
        assert!(example.value(it).unwrap().starts_with("example-"));
    }
    let real = site_at("trigger.acme.io", REGISTRY);
    assert_eq!(named(&example, &real)[0].0, "example-secrets");
    let mut own = Draft::new("site");
    fill(&mut own, &site, 1);
    assert_eq!(named(&own, &site), [], "a store of one's own for an example is fine");
}

#[test]
fn values_that_cannot_be_used_are_named() {
    let site = site("");
    for (secret, value) in [
        ("ENCRYPTION_KEY", "thirty-one bytes are not enough"),
        ("SESSION_SECRET", "hunter2"),
        ("REDIS_PASSWORD", ""),
        ("REDIS_PASSWORD", "with a\u{1b}[31m control character"),
        ("REDIS_PASSWORD", "two\nlines"),
    ] {
        assert_eq!(with(&site, secret, value), ["malformed-secret"], "{secret} {value:?}");
    }
    assert_eq!(with(&site, "REDIS_PASSWORD", "a\ttab, ü and $"), [""; 0]);
    assert_eq!(with(&site, "UNNEEDED", ""), [""; 0]);
}

#[test]
fn values_that_everybody_knows_are_named() {
    let known = "managed-secret";
    assert_eq!(with(&site(""), "POSTGRES_PASSWORD", "password"), ["published-default-secret"]);
    assert!(!with(&site(""), "MANAGED_WORKER_SECRET", known).is_empty());
}

#[test]
fn roles_that_share_a_value_are_named_once() {
    let site = site("");
    let mut draft = draft(&[]);
    fill(&mut draft, &site, 11);
    let shared = draft.value(&name("ENCRYPTION_KEY")).unwrap().to_owned();
    draft.set(name("SESSION_SECRET"), shared.clone());
    draft.set(name("REDIS_PASSWORD"), shared.clone());
    let found = named(&draft, &site);
    assert_eq!(found.len(), 2, "{found:?}");
    for (name, message) in found {
        assert_eq!(name, "shared-secret-value");
        assert!(
            message.contains("`SESSION_SECRET` and `") && !message.contains(&shared),
            "{message}"
        );
    }
}

#[test]
fn some_programs_take_less_than_others() {
    let key = "OBJECT_STORE_SECRET_ACCESS_KEY";
    for value in ["with:colon", "with@at", "with/slash"] {
        assert_eq!(with(&site(MINIO), key, value), ["malformed-secret"]);
        assert_eq!(with(&site(""), key, value), [""; 0]);
    }
    let password = "DOCKER_REGISTRY_PASSWORD";
    let (fits, long) = ("x".repeat(71), "x".repeat(72));
    let mut draft = draft(&[(password, &long)]);
    fill(&mut draft, &site(REGISTRY), 2);
    assert_eq!(named(&draft, &site(REGISTRY))[0].0, "malformed-secret");
    assert_eq!(named(&draft, &site(MINIO)), []);
    assert_eq!(draft.bcrypt(&name(password)), None, "no hash rather than that of a part");
    draft.set(name(password), fits.clone());
    assert_eq!(named(&draft, &site(REGISTRY)), []);
    fill(&mut draft, &site(REGISTRY), 2);
    assert!(bcrypt::verify(&fits, draft.bcrypt(&name(password)).unwrap()).unwrap());
}
