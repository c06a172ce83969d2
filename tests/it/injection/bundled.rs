//! Servers of the stack itself: their passwords are made by the compiler, but may come in by `secrets import` or `set`.
//! A hostile one must be the same at the server and at whoever logs in to it.

use super::random::Random;
use super::sample::{self, Compiled, variable};
use crate::consumers::{run, scrubbed, tool};
use crate::support;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Stdio;
use trigger_gen::secrets::{self, Draft};
use trigger_gen::value::{Scalar as _, SecretName};

/// Compiled sites, each with other passwords; every second one has MinIO in the place of versitygw.
const SITES: usize = 12;

/// The secrets that a server and a client of it must agree on.
const SHARED: &[&str] = &[
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "CLICKHOUSE_PASSWORD",
    "OBJECT_STORE_SECRET_ACCESS_KEY",
];

pub(super) fn site_text(minio: bool) -> String {
    let store = if minio { "minio" } else { "versitygw" };
    json!({
        "version": 1, "name": "hostile", "release": "4.5.12", "domain": "jobs.example.com",
        "access": { "admins": ["ops@example.com"] },
        "storage": { "object_store": { "bundled": { "kind": store } } },
        "docker": { "host": { "memory": "8GiB" } },
        "allow": [{ "lint": "frozen-image", "because": "both servers are tried" }],
    })
    .to_string()
}

fn name(text: &str) -> SecretName {
    SecretName::from_text(text).expect("a name")
}

/// A random value that the store takes for this name; what it refuses, another site has.
fn taken(random: &mut Random, text: &str, secret: &str) -> String {
    let site = support::site(text);
    let mut values = std::iter::repeat_with(|| random.text() + secret);
    let fits = |it: &String| {
        let mut draft = Draft::new("hostile");
        secrets::set(&mut draft, &site, secret, it).is_ok()
    };
    values.find(fits).expect("endless")
}

/// Where server and clients see each secret, the URLs decoded.
fn seen(compiled: &Compiled, minio: bool) -> Vec<(&'static str, &'static str, String)> {
    let config = compiled.config();
    let whole = |service: &str, it: &str| variable(&config, service, it).to_owned();
    let in_url = |it: &str| sample::password_of_url(variable(&config, "webapp", it));
    let key = "OBJECT_STORE_SECRET_ACCESS_KEY";
    let mut seen = vec![
        ("POSTGRES_PASSWORD", "the server", whole("postgres", "POSTGRES_PASSWORD")),
        ("POSTGRES_PASSWORD", "DATABASE_URL", in_url("DATABASE_URL")),
        ("POSTGRES_PASSWORD", "DIRECT_URL", in_url("DIRECT_URL")),
        ("REDIS_PASSWORD", "the server", whole("redis", "REDISCLI_AUTH")),
        ("REDIS_PASSWORD", "REDIS_PASSWORD", whole("webapp", "REDIS_PASSWORD")),
        ("CLICKHOUSE_PASSWORD", "the server", whole("clickhouse", "CLICKHOUSE_PASSWORD")),
        ("CLICKHOUSE_PASSWORD", "CLICKHOUSE_URL", in_url("CLICKHOUSE_URL")),
        (key, "the webapp", whole("webapp", key)),
    ];
    if minio {
        let alias = whole("minio-bucket", "MC_HOST_store");
        let (_, login) = alias.split_once("://trigger:").expect("a login");
        let password = login.strip_suffix("@minio:9000").expect("a host").to_owned();
        seen.push((key, "the client that makes the bucket", password));
        seen.push((key, "the server", whole("minio", "MINIO_ROOT_PASSWORD")));
    } else {
        seen.push((key, "the server", whole("object-store", "ROOT_SECRET_ACCESS_KEY")));
    }
    seen
}

#[test]
fn a_hostile_password_is_the_same_on_both_sides() {
    if tool("docker-compose").is_none() {
        return;
    }
    let mut checked = 0;
    for nth in 0..SITES {
        let (minio, mut random) = (nth % 2 == 1, Random::from(0xb0b + nth as u64));
        let text = site_text(minio);
        let given: Vec<(SecretName, String)> =
            SHARED.iter().map(|it| (name(it), taken(&mut random, &text, it))).collect();
        for (secret, place, value) in seen(&sample::compile(&text, &given), minio) {
            let (_, meant) = given.iter().find(|it| it.0.as_str() == secret).expect("a secret");
            assert!(value == *meant, "{secret} at {place}: {meant:?} became {value:?}");
            checked += 1;
        }
    }
    assert!(checked >= SITES * 9, "{checked}");
}

/// The client of MinIO takes its login out of a URL and decodes nothing.
#[test]
fn what_the_minio_client_would_misread_is_refused() {
    let refused = |minio: bool, value: &str| {
        let site = support::site(&site_text(minio));
        let mut draft = Draft::new("hostile");
        secrets::set(&mut draft, &site, "OBJECT_STORE_SECRET_ACCESS_KEY", value).is_err()
    };
    for value in ["long-enough:0000", "long-enough@0000", "long-enough/0000"] {
        assert!(refused(true, value) && !refused(false, value), "{value}");
    }
    assert!(!refused(true, "long enough ${X} % # \\ ' \" 0000"));
}

/// What bcrypt, the format of htpasswd or a shell could take for more than itself; at most 72 bytes.
const PASSWORDS: &[&str] = &[
    "it's \"a\" $HOME `id` \\ # % : * password",
    "trigger:$2y$10$abcdefghijklmnopqrstuu:{SHA}",
    " Straße 日本語 🦀\u{a0}\u{200b} ",
];

/// Whether a password is that of a hash, by the `crypt` of the system.
fn opens(perl: &std::path::Path, password: &str, hash: &str) -> bool {
    let script = "binmode STDIN; local $/; my ($hash, $password) = split /\\n/, <STDIN>, 2; \
                  print crypt($password, $hash) eq $hash ? 'yes' : 'no'";
    let mut command = scrubbed(perl);
    command.args(["-e", script]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("perl");
    let input = format!("{hash}\n{password}");
    child.stdin.take().expect("its input").write_all(input.as_bytes()).expect("written");
    child.wait_with_output().expect("its end").stdout == b"yes"
}

#[test]
fn a_hostile_password_of_the_registry_is_the_password() {
    let Some(perl) = tool("perl") else { return };
    for password in PASSWORDS {
        let site = support::site(&site_text(false));
        let mut draft = Draft::new("hostile");
        secrets::set(&mut draft, &site, "DOCKER_REGISTRY_PASSWORD", password).expect("taken");
        let tree = trigger_gen::generate(&site, &support::secrets_from(draft, &site));
        let file = tree.get("docker/registry/auth.htpasswd").expect("a file").text();
        let lines: Vec<&str> = file.lines().filter(|it| !it.starts_with('#')).collect();
        let [line] = lines.as_slice() else { panic!("not one line: {file}") };
        let (user, hash) = line.split_once(':').expect("user and hash");
        assert_eq!((user, hash.len(), &hash[..4]), ("trigger", 60, "$2y$"));
        assert!(opens(&perl, password, hash), "{password:?} does not open {hash}");
        for other in [format!("{password}x"), password[1..].to_owned(), String::new()] {
            assert!(!opens(&perl, &other, hash), "{other:?} opens the registry too");
        }
    }
}

/// The commands at the head of the compose files are there to be copied into a shell.
#[test]
fn a_folder_with_blanks_is_one_word_of_a_shell() {
    let root = "/srv/my apps/trigger.dev_1 - x";
    let mut site: Value = serde_yaml::from_str(&site_text(false)).expect("YAML");
    site["docker"]["root"] = json!(root);
    let compiled = sample::compile(&site.to_string(), &[]);
    for stack in ["webapp", "worker"] {
        let text = compiled.file(&format!("docker/{stack}/docker-compose.yml"));
        let head = text.lines().map_while(|it| it.strip_prefix("# "));
        let (_, said) = head
            .filter_map(|it| it.split_once(": docker compose "))
            .next()
            .expect("a command at the head of the file");
        let script = format!(
            "docker() {{ for it; do printf '%s\\n' \"$it\"; done; }}\ndocker compose {said}"
        );
        let output = run(scrubbed(&tool("sh").expect("sh")).args(["-ec", &script]));
        let words = String::from_utf8(output.stdout).expect("UTF-8");
        let env = format!("{root}/.env");
        assert!(words.lines().any(|it| it == env), "{env} is not one word of {said}:\n{words}");
        let files: Vec<&str> =
            words.lines().filter(|it| it.ends_with("/docker-compose.yml")).collect();
        assert!(!files.is_empty() && files.iter().all(|it| it.starts_with(root)), "{words}");
    }
}
