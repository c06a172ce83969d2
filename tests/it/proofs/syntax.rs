//! Every way in which compose lets a thing be written means the same to the proofs.

use std::collections::{BTreeMap, BTreeSet};
use trigger_gen::proof::{Context, check};
use trigger_gen::tree::{File, Mode, OutPath, Tree};

/// The names of what does not hold in a folder of these files.
fn faults(files: &[(&str, &str)]) -> BTreeSet<&'static str> {
    let file = |(path, text): &(&str, &str)| {
        let mode = if path.ends_with(".env") { Mode::Secret } else { Mode::Plain };
        let path = OutPath::new(*path).expect("a path");
        (path, File { bytes: text.as_bytes().to_vec(), mode, artifact: "foreign" })
    };
    let files: BTreeMap<OutPath, File> = files.iter().map(file).collect();
    check(&Tree { files }, &Context::default()).into_iter().map(|it| it.proof).collect()
}

const COMPOSE: &str = "docker-compose.yml";

/// A webapp with further lines.
fn webapp(lines: &str) -> String {
    format!("services:\n  webapp:\n    image: ghcr.io/triggerdotdev/trigger.dev:v4.5.12\n{lines}")
}

const SHORT: &str = "ENCRYPTION_KEY=too-short\n";

#[test]
fn variables_come_from_files_in_each_form() {
    for form in [
        "    env_file: webapp.env\n",
        "    env_file: [webapp.env]\n",
        "    env_file: [{ path: ./webapp.env, required: true }]\n",
    ] {
        let found = faults(&[(COMPOSE, &webapp(form)), ("webapp.env", SHORT)]);
        assert!(found.contains("encryption-key-size"), "{form}: {found:?}");
    }
    let over = "    env_file: webapp.env\n    environment: { ENCRYPTION_KEY: 0123456789abcdef0123456789abcdef }\n";
    let found = faults(&[(COMPOSE, &webapp(over)), ("webapp.env", SHORT)]);
    assert!(!found.contains("encryption-key-size"), "what the file says comes after: {found:?}");
}

#[test]
fn a_variable_without_a_value_is_taken_from_dotenv() {
    for form in [
        "    environment: [ENCRYPTION_KEY]\n",
        "    environment: { ENCRYPTION_KEY: null }\n",
        "    environment:\n      ENCRYPTION_KEY:\n",
    ] {
        let found = faults(&[(COMPOSE, &webapp(form)), (".env", SHORT)]);
        assert!(found.contains("encryption-key-size"), "{form}: {found:?}");
        assert!(!found.contains("unconsumed-env-key"), "{form}: {found:?}");
        let found = faults(&[(COMPOSE, &webapp(form)), (".env", "")]);
        assert!(found.contains("missing-variable"), "{form}: {found:?}");
        assert!(!found.contains("undefined-compose-variable"), "{form}: {found:?}");
    }
    let set = "    environment: [ENCRYPTION_KEY=0123456789abcdef0123456789abcdef]\n";
    let found = faults(&[(COMPOSE, &webapp(set)), (".env", SHORT)]);
    assert!(found.contains("unconsumed-env-key"), "it has a value of its own: {found:?}");
}

#[test]
fn a_host_is_found_under_each_of_its_names() {
    let cache = |lines: &str| {
        format!(
            "{}  cache-server:\n    image: redis:7.4.11\n{lines}",
            webapp("    environment: { REDIS_HOST: cache }\n")
        )
    };
    let dangles = |text: String| faults(&[(COMPOSE, &text)]).contains("dangling-host");
    assert!(dangles(cache("")));
    assert!(!dangles(cache("    container_name: cache\n")));
    assert!(!dangles(cache("    networks: { default: { aliases: [cache] } }\n")));
    assert!(dangles(cache("    networks: { default: { aliases: [other] } }\n")));
    for known in [
        "    extra_hosts: ['cache:10.0.0.5']\n",
        "    extra_hosts: ['cache=10.0.0.5']\n",
        "    extra_hosts: { cache: 10.0.0.5 }\n",
    ] {
        assert!(
            !dangles(webapp(&format!("    environment: {{ REDIS_HOST: cache }}\n{known}"))),
            "{known}"
        );
    }
    assert!(dangles(webapp(
        "    environment: { REDIS_HOST: cache }\n    extra_hosts: { other: 10.0.0.5 }\n"
    )));
}

#[test]
fn a_dollar_is_seen_wherever_it_stands() {
    for labels in
        ["{ a: '$(x)' }", "{ a: '$(x)', b: '$(y)' }", "['a=$(x)', 'b=$(y)']", "['a=$(x)', 'b=c']"]
    {
        let found = faults(&[(COMPOSE, &webapp(&format!("    labels: {labels}\n")))]);
        assert!(found.contains("unescaped-dollar"), "{labels}: {found:?}");
    }
    let found = faults(&[(COMPOSE, &webapp("    labels: { a: '$$(x)' }\n"))]);
    assert!(!found.contains("unescaped-dollar"), "{found:?}");
}

#[test]
fn a_quoted_value_of_dotenv_ends_at_its_quote() {
    let key = "0123456789abcdef0123456789abcdef";
    let text = webapp(
        "    environment: { ENCRYPTION_KEY: '${ENCRYPTION_KEY:?}', SESSION_SECRET: '${SESSION_SECRET:?}' }\n",
    );
    for (line, holds) in [
        (format!("ENCRYPTION_KEY='{key}' # why\nSESSION_SECRET=x\n"), true),
        (format!("ENCRYPTION_KEY=\"{key}\"\nSESSION_SECRET=x\n"), true),
        (format!("ENCRYPTION_KEY = '{key}'\nSESSION_SECRET=x\n"), true),
        (format!("ENCRYPTION_KEY='{key}' more\nSESSION_SECRET=x\n"), false),
        (format!("ENCRYPTION_KEY='{key}\nSESSION_SECRET=x\n"), false),
    ] {
        let found = faults(&[(COMPOSE, &text), (".env", &line)]);
        assert_eq!(!found.contains("unreadable-file"), holds, "{line}: {found:?}");
        assert!(!found.contains("encryption-key-size"), "{line}: {found:?}");
        if holds {
            assert!(!found.contains("undefined-compose-variable"), "{line}: {found:?}");
        }
    }
}
