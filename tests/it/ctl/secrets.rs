//! No secret is shown: what is rendered never gets one, what is said by others is masked. That no call and no output of
//! any test holds one is asserted at every run (`Server::ran`).

use super::server::{Server, server, worker};
use super::signals::{group, signal, started};
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

/// Values that a writer of URLs, JSON, or a pattern of awk would write otherwise or misread.
const HOSTILE: &[(&str, &str)] = &[
    ("REDIS_PASSWORD", "a&b\\\\1 .*[x]$HOME`id`'\"#%"),
    ("CLICKHOUSE_PASSWORD", "+percent%41 /:@?&=end"),
    ("SESSION_SECRET", "-v mask=1 {print} Straße 日本語"),
    ("MAGIC_LINK_SECRET", "*** three stars"),
];

fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('$', "\\$");
    format!("\"{escaped}\"")
}

/// The server with such values in its `.env`, by name.
fn hostile() -> (Server, BTreeMap<String, String>) {
    let server = server();
    let path = server.root.join(".env");
    let mut env = fs::read_to_string(&path).expect("a file");
    for (name, value) in HOSTILE {
        let head = format!("{name}=");
        let old = env.lines().find(|it| it.starts_with(&head)).expect("a line").to_owned();
        env = env.replace(&old, &format!("{head}{}", quoted(value)));
    }
    fs::write(&path, &env).expect("a file");
    let values = trigger_gen::render::read_dotenv(&env).expect("an .env").into_iter().collect();
    (server, values)
}

fn percent(text: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"-._~".contains(&it);
    let one = |it: u8| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") };
    text.bytes().map(one).collect()
}

/// Everything that must not be seen of these values.
fn needles(values: &BTreeMap<String, String>, secret: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for name in secret {
        let value = &values[name];
        let json = serde_json::to_string(value).expect("JSON");
        all.extend([value.clone(), percent(value), json[1..json.len() - 1].to_owned()]);
        if let Some((_, rest)) = value.split_once("://") {
            let (login, _) = rest.split_once('@').expect("a login");
            all.push(login.split_once(':').expect("a password").1.to_owned());
        }
    }
    all
}

/// By their form alone, wherever they stand.
const TOKENS: &[&str] = &[
    "tr_wgt_0123456789abcdef0123456789abcdef01234567",
    "tr_pat_somebodys0personal0token",
    "tr_prod_aSecretKeyOfAProject",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl",
];

/// By what stands before them.
const BESIDE: &[&str] = &[
    "a-bearer-of-another-kind",
    "magic-token-in-a-query",
    "login-code-in-a-path",
    "hash-of-a-waitpoint",
    "password-of-a-foreign-url",
];

const LINES: &str = "Authorization: Bearer a-bearer-of-another-kind\n\
    GET /magic?token=magic-token-in-a-query HTTP/1.1\n\
    GET /account/authorization-code/login-code-in-a-path 200\n\
    POST /api/v1/waitpoints/tokens/wp_1/callback/hash-of-a-waitpoint 200\n\
    connecting to postgres://user:password-of-a-foreign-url@db/x\n";

fn unpacked(server: &Server, bundle: &str) -> String {
    let tar = Command::new("tar").args(["-xzOf", bundle]).output().expect("tar");
    assert!(tar.status.success(), "{}", String::from_utf8_lossy(&tar.stderr));
    let mode = fs::metadata(bundle).expect("the bundle");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o600);
    assert!(bundle.starts_with(&server.root.display().to_string()));
    String::from_utf8(tar.stdout).expect("UTF-8")
}

#[test]
fn a_support_bundle_has_the_logs_and_no_secret() {
    let (server, values) = hostile();
    let needles = needles(&values, &server.list("SECRET_VARIABLES"));
    assert!(needles.len() > 40, "{}", needles.len());
    let planted: String =
        needles.iter().map(|it| format!("seen {it} and {it}, \"{it}\"\n")).collect();
    server.write("planted", &format!("{planted}{LINES}{}\nan innocent line\n", TOKENS.join("\n")));
    server.rule("docker compose*logs*", "0", "@file:planted");
    server.rule("docker compose*ps*", "1", "@file:planted");
    server.rule("docker info*", "0", "@file:planted");
    let ran = server.ctl(&["support-bundle"]).ends(0);
    let text = unpacked(&server, ran.out.trim());
    for it in needles.iter().map(String::as_str).chain(TOKENS.iter().chain(BESIDE).copied()) {
        assert!(!text.contains(it), "{it} is in the bundle");
    }
    assert!(text.matches("an innocent line").count() > 9, "the logs are gone");
    for expected in ["SESSION_SECRET='***'", "APP_ORIGIN='***'", "site minimal-vps", "ended with 1"]
    {
        assert!(text.contains(expected), "no {expected} in {text}");
    }
}

#[test]
fn a_support_bundle_overwrites_nothing_and_goes_where_it_should() {
    let server = server();
    let target = server.root.join("a bundle.tar.gz");
    let path = target.display().to_string();
    let ran = server.ctl(&["support-bundle", &path]).ends(0);
    assert_eq!(ran.out, format!("{path}\n"));
    unpacked(&server, &path);
    server.ctl(&["support-bundle", &path]).ends(7).says("is there already");
}

/// The rendered files are made from a file of variables in which the secrets never were.
#[test]
fn config_is_rendered_without_the_secrets() {
    for server in [server(), worker(), Server::of("external-everything", "docker")] {
        let temporary = server.folder.path().join("tmp");
        let kept = server.folder.path().join("kept");
        server.rule("docker compose*config <<<*", "hang", "");
        let child = started(&server, &["config"], " config");
        let file = fs::read_dir(&temporary).expect("a folder").next().expect("a file");
        fs::copy(file.expect("an entry").path(), &kept).expect("a copy");
        signal("INT", &group(&child));
        server.ran(child.wait_with_output().expect("its end")).ends(130);
        let left = fs::read_dir(&temporary).expect("a folder").count();
        assert_eq!(left, 0, "a file of variables is left");
        let env = trigger_gen::render::read_dotenv(&fs::read_to_string(kept).expect("a file"));
        let env: BTreeMap<String, String> = env.expect("an .env").into_iter().collect();
        let secret = server.list("SECRET_VARIABLES");
        assert!(!secret.is_empty());
        for name in &secret {
            assert_eq!(env[name], "***", "{name}");
        }
        assert!(env.values().any(|it| it != "***"), "everything is masked");
    }
}

/// What the compiler writes with a secret in it is what the script masks.
#[test]
fn every_variable_with_a_secret_is_known_to_the_script() {
    for (example, part) in super::server::bundles() {
        let server = Server::of(&example, &part);
        let known = server.list("SECRET_VARIABLES");
        let env = fs::read_to_string(server.root.join(".env")).expect("a file");
        let redacted = fs::read_to_string(server.root.join(".env.redacted")).expect("a file");
        let (secret, plain): (Vec<_>, Vec<_>) = env
            .lines()
            .zip(redacted.lines())
            .filter(|it| !it.0.starts_with('#') && !it.0.is_empty())
            .partition(|it| it.0 != it.1);
        let name = |it: &(&str, &str)| it.0.split('=').next().expect("a name").to_owned();
        assert_eq!(secret.iter().map(name).collect::<Vec<_>>(), known, "{example}/{part}");
        assert!(!plain.is_empty());
        assert!(!server.secret(known_secret(&part)).is_empty());
    }
}

fn known_secret(part: &str) -> &'static str {
    if part == "docker" { "SESSION_SECRET" } else { "MANAGED_WORKER_SECRET" }
}
