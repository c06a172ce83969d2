//! Thousands of random strings a run, the same at every run: each that the spec accepts must be what the container
//! gets, whatever the field.

use super::fields::{Field, Takes};
use super::random::Random;
use super::sample::{self, Compiled, MAIL, Texts};
use crate::consumers::{compose::compose_config, tool};
use crate::support;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write as _;
use trigger_gen::diag::{Place, Route};
use trigger_gen::release::{self, Kind, Reader, env};
use trigger_gen::secrets;
use trigger_gen::value::{Mailbox, Scalar as _, SecretName, StorePath, Text};

/// Sites; each is read by `docker-compose` twice.
const SITES: usize = 32;

/// Further variables in each site.
const VARIABLES: usize = 60;

/// How many strings have to be checked at least.
const STRINGS: usize = 2_000;

/// What one site is filled with.
struct Filled {
    mail: &'static str,
    texts: Texts<'static>,
    variables: BTreeMap<&'static str, String>,
    secrets: Vec<(SecretName, String)>,
}

/// Variables of the webapp that take any text: what a sample neither refuses there nor sets itself.
fn free_variables() -> Vec<&'static str> {
    let release = release::find(release::Version(4, 5, 12)).expect("the release of the sample");
    let takes_text = |it: &&release::Variable| {
        it.at(release.version).is_some_and(|span| {
            matches!(span.kind, Kind::String | Kind::Unvalidated) && span.checks.is_empty()
        })
    };
    let names = release::tables(Reader::Webapp).into_iter().flatten().filter(takes_text);
    let all: BTreeMap<&str, String> = names.map(|it| (it.name, "harmless".to_owned())).collect();
    let (_, sink) = support::analyse(&sample::text("resend", &Texts::new(), &all));
    let said = |name: &str| {
        let route = Route::from("env.webapp").key(name);
        sink.diagnostics
            .iter()
            .any(|it| matches!(&it.at, Place::Key(at) | Place::Value(at) if *at == route))
    };
    let own = |name: &str| {
        sample::fields("resend").any(|it| it.seen.iter().any(|seen| seen.variable == name))
    };
    all.into_keys()
        .filter(|name| !said(name) && !own(name) && *name != env::OPENAI_API_KEY)
        .collect()
}

/// A string that the field accepts; those that it refuses are thrown away.
fn accepted(random: &mut Random, takes: Takes) -> String {
    let fits = |text: &str| match takes {
        Takes::Mailbox => Mailbox::from_text(&format!("{text} <jobs@example.com>")).is_ok(),
        Takes::Path => StorePath::from_text(&format!("{text}.secrets.yaml")).is_ok(),
        Takes::Text | Takes::Variable => Text::from_text(text).is_ok(),
        Takes::Secret => !text.is_empty() && !text.chars().any(char::is_control),
    };
    std::iter::repeat_with(|| random.text()).find(|it| fits(it)).expect("endless")
}

fn fill(nth: usize, names: &[&'static str]) -> Filled {
    let mut random = Random::from(0x5eed + nth as u64);
    let mail = MAIL[nth % MAIL.len()];
    let fields = || sample::fields(mail).filter(|it| it.takes != Takes::Secret);
    let texts: Texts<'_> = fields().map(|it| (it.route, accepted(&mut random, it.takes))).collect();
    let mut variables = BTreeMap::new();
    for turn in 0..VARIABLES {
        let name = names[(nth * VARIABLES + turn) % names.len()];
        variables.insert(name, accepted(&mut random, Takes::Variable));
    }
    let site = support::site(&sample::text(mail, &texts, &variables));
    let mut draft = sample::store(&site, &[]);
    let mut given = Vec::new();
    for (name, _) in &site.supplied {
        let value = of_its_own(&accepted(&mut random, Takes::Secret), name.as_str());
        secrets::set(&mut draft, &site, name.as_str(), &value)
            .unwrap_or_else(|it| panic!("{it:?}"));
        given.push((name.clone(), value));
    }
    Filled { mail, texts, variables, secrets: given }
}

/// The same with a name in its middle: a secret that stands in a public file by chance is a leak, and the compiler
/// must not have to tell chance from fault.
fn of_its_own(text: &str, name: &str) -> String {
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |it| it.0);
    let (before, after) = text.split_at(middle);
    format!("{before}{name}{after}")
}

/// Each string where it belongs. Returns how many were looked at.
fn check(filled: &Filled) -> usize {
    let text = sample::text(filled.mail, &filled.texts, &filled.variables);
    let compiled = sample::compile(&text, &filled.secrets);
    let config = compiled.config();
    let mut checked = 0;
    for field in sample::fields(filled.mail) {
        let meant = match field.takes {
            Takes::Secret => {
                filled.secrets.iter().find(|it| it.0 == field.secret()).map(|it| &it.1)
            }
            _ => filled.texts.get(field.route),
        };
        let places = sample::assert_seen(&config, field, meant.expect("a text"));
        checked += usize::from(places > 0);
    }
    for (name, meant) in &filled.variables {
        assert!(sample::variable(&config, "webapp", name) == meant, "{name}: {meant:?}");
        checked += 1;
    }
    check_dotenv(&compiled);
    checked + check_secrets(filled, &config)
}

/// Where each secret of the sample that has no row is read as it is.
const PLAIN: &[(&str, &str, &str)] = &[
    ("GITHUB_SECRET", "webapp", "AUTH_GITHUB_CLIENT_SECRET"),
    ("GOOGLE_SECRET", "webapp", "AUTH_GOOGLE_CLIENT_SECRET"),
    ("S3_SECRET", "webapp", "OBJECT_STORE_SECRET_ACCESS_KEY"),
    ("STREAMS_TOKEN", "webapp", "REALTIME_STREAMS_S2_ACCESS_TOKEN"),
    ("OPENAI_API_KEY", "webapp", "OPENAI_API_KEY"),
    ("REGISTRY_PASSWORD", "supervisor", "DOCKER_REGISTRY_PASSWORD"),
];

fn check_secrets(filled: &Filled, config: &Value) -> usize {
    for (secret, service, name) in PLAIN {
        let (_, meant) = filled.secrets.iter().find(|it| it.0.as_str() == *secret).expect(secret);
        assert!(sample::variable(config, service, name) == meant, "{secret}: {meant:?}");
    }
    PLAIN.len()
}

/// A compose file of the test's own reads the same `.env` as `env_file` and as interpolation; both agree with each
/// other and with the compiler's own reader.
fn check_dotenv(compiled: &Compiled) {
    let text = std::fs::read_to_string(compiled.dotenv()).expect("the file of variables");
    let ours = trigger_gen::render::read_dotenv(&text).expect("our own spelling");
    let meant: Map<String, Value> =
        ours.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let named: Map<String, Value> =
        meant.keys().map(|name| (name.clone(), json!(format!("${{{name}}}")))).collect();
    let probe = compiled.folder.path().join("docker/probe.yml");
    let services = json!({ "services": {
        "file": { "image": "none", "env_file": [".env"] },
        "names": { "image": "none", "environment": named },
    } });
    std::fs::write(&probe, services.to_string()).expect("a file");
    let config = compose_config(&[&probe], &compiled.dotenv());
    for service in ["file", "names"] {
        let seen = config["services"][service]["environment"].as_object().expect("variables");
        for (name, value) in &meant {
            assert!(seen[name] == *value, "{service}: {name}: {value:?} became {:?}", seen[name]);
        }
        assert_eq!(seen.len(), meant.len());
    }
}

#[test]
fn random_strings_arrive() {
    if tool("docker-compose").is_none() {
        return;
    }
    let names = free_variables();
    assert!(names.len() > 100, "{} variables take any text", names.len());
    let half = |start: usize| -> usize {
        (start..SITES).step_by(2).map(|nth| check(&fill(nth, &names))).sum()
    };
    let checked = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        half(0) + other.join().expect("a test")
    });
    // Not `eprintln!`: the harness would keep that to itself.
    writeln!(
        std::io::stderr(),
        "injection: {checked} random strings in {SITES} sites, {} runs of docker-compose",
        SITES * 2
    )
    .expect("stderr");
    assert!(checked >= STRINGS, "{checked} strings were checked");
}

#[test]
fn a_field_is_hit_by_strings_of_every_length() {
    let mut random = Random::from(1);
    let lengths: Vec<usize> = (0..500).map(|_| random.text().chars().count()).collect();
    assert!(lengths.contains(&1) && lengths.contains(&200) && lengths.iter().all(|it| *it <= 200));
    let field: &Field = sample::fields("smtp").next().expect("a field");
    assert_eq!(field.takes, Takes::Mailbox);
}
