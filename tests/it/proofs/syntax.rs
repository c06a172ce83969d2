//! Every way in which compose lets a thing be written means the same to the proofs.

use std::collections::BTreeSet;
use trigger_gen::proof::{Context, check};
use trigger_gen::tree::{File, Mode, OutPath, Tree};

/// A folder of these files.
fn tree(files: &[(&str, &str)]) -> Tree {
    let file = |(path, text): &(&str, &str)| {
        let mode = if path.ends_with(".env") { Mode::Secret } else { Mode::Plain };
        let path = OutPath::new(*path).expect("a path");
        (path, File { bytes: text.as_bytes().to_vec(), mode, artifact: "foreign" })
    };
    Tree { files: files.iter().map(file).collect() }
}

/// The names of what does not hold in a folder of these files.
fn faults(files: &[(&str, &str)]) -> BTreeSet<&'static str> {
    check(&tree(files), &Context::default()).into_iter().map(|it| it.proof).collect()
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

#[test]
fn what_no_file_gives_is_not_there() {
    let found = |dotenv: &str| {
        faults(&[(COMPOSE, &webapp("    environment: [WHITELISTED_EMAILS]\n")), (".env", dotenv)])
    };
    assert!(found("").contains("unrestricted-sign-in"));
    assert!(!found("WHITELISTED_EMAILS=^(a@example.com)$\n").contains("unrestricted-sign-in"));
}

#[test]
fn a_network_has_the_name_that_compose_gives_it() {
    let supervisor = |networks: &str, name: &str| {
        let text = format!(
            "name: kit\nservices:\n  supervisor:\n    image: ghcr.io/triggerdotdev/supervisor:v4.5.12\n    environment: {{ DOCKER_RUNNER_NETWORKS: {name} }}\n    networks: [runner]\nnetworks: {{ runner: {networks} }}\n"
        );
        !faults(&[(COMPOSE, &text)]).contains("unknown-runner-network")
    };
    assert!(supervisor("{}", "kit_runner"));
    assert!(!supervisor("{}", "runner"));
    assert!(supervisor("{ name: runs }", "runs"));
    assert!(supervisor("{ external: true }", "runner"));
    assert!(!supervisor("{ external: true }", "kit_runner"));
    assert!(supervisor("{ external: true, name: runs }", "runs"));
}

#[test]
fn files_beside_one_dotenv_are_of_one_server() {
    let shared = "networks: { default: { name: shared } }\n";
    let app = webapp("    environment: { REDIS_HOST: cache }\n") + shared;
    let store = format!("services:\n  cache:\n    image: redis:7.4.11\n{shared}");
    let at = |app_path: &str, store_path: &str, dotenv: &str| {
        faults(&[(app_path, &app), (store_path, &store), (dotenv, "A=1\n")])
    };
    let one = at("kit/app/docker-compose.yml", "kit/stores/docker-compose.yml", "kit/.env");
    assert!(!one.contains("dangling-host"), "{one:?}");
    let two = at("one/docker-compose.yml", "two/docker-compose.yml", "one/.env");
    assert!(two.contains("dangling-host"), "{two:?}");
}

#[test]
fn a_value_in_single_quotes_is_as_it_stands() {
    let text = webapp("    environment: { ENCRYPTION_KEY: '${ENCRYPTION_KEY:?}' }\n");
    let found = |line: &str| faults(&[(COMPOSE, &text), (".env", line)]);
    // 31 characters, and 32 bytes with the backslash.
    assert!(
        !found("A=1\nENCRYPTION_KEY='0123456789abcdef0123456789abc\\tx'\n")
            .contains("encryption-key-size")
    );
    assert!(
        found("A=1\nENCRYPTION_KEY=\"0123456789abcdef0123456789abc\\tx\"\n")
            .contains("encryption-key-size")
    );
}

#[test]
fn a_fault_of_dotenv_is_shown_on_its_line() {
    let text = webapp(
        "    environment: { A: '${A}', ENCRYPTION_KEY: '${ENCRYPTION_KEY:?}', B: 'x ${B}' }\n",
    );
    let found = check(
        &tree(&[(COMPOSE, text.as_str()), (".env", "# one\nA=1\n\nENCRYPTION_KEY=short\nC=1\n")]),
        &Context::default(),
    );
    let line = |proof: &str| found.iter().find(|it| it.proof == proof).expect(proof).line;
    assert_eq!(line("encryption-key-size"), Some(4));
    assert_eq!(line("unconsumed-env-key"), Some(5));
    assert_eq!(line("undefined-compose-variable"), Some(4), "B, on the line of its service");
}

#[test]
fn a_line_that_is_broken_is_said_once() {
    let text = webapp("    environment: { A: '${A}' }\n");
    let found = check(
        &tree(&[(COMPOSE, text.as_str()), (".env", "A='1' more\nB='2\n")]),
        &Context::default(),
    );
    let lines: Vec<_> =
        found.iter().filter(|it| it.proof == "unreadable-file").map(|it| it.line).collect();
    assert_eq!(lines, [Some(1), Some(2)], "{found:#?}");
}

#[test]
fn a_value_that_is_put_together_is_shown_where_that_is_done() {
    let text = webapp("    environment:\n      ENCRYPTION_KEY: short${A}\n");
    let found = check(&tree(&[(COMPOSE, &text), (".env", "A=1\n")]), &Context::default());
    let fault = found.iter().find(|it| it.proof == "encryption-key-size").expect("a fault");
    assert_eq!((fault.path.as_str(), fault.line), (COMPOSE, Some(5)));
}

#[test]
fn a_container_on_the_network_of_its_host_resolves_by_itself() {
    let dangles = |mode: &str| {
        let text = webapp(&format!(
            "    network_mode: {mode}\n    environment: {{ REDIS_HOST: cache }}\n"
        ));
        faults(&[(COMPOSE, &text)]).contains("dangling-host")
    };
    assert!(dangles("bridge"));
    assert!(!dangles("host"));
}

#[test]
fn a_value_in_angle_brackets_is_one_where_nothing_is_withheld() {
    let found = faults(&[
        (COMPOSE, &webapp("    env_file: webapp.env\n")),
        ("webapp.env", "ENCRYPTION_KEY=<short>\n"),
    ]);
    assert!(found.contains("encryption-key-size"), "{found:?}");
}

#[test]
fn clickhouse_is_reached_where_it_listens_and_is_new_enough() {
    let stack = |image: &str, environment: &str, url: &str, release: &str| {
        let text = format!(
            "services:\n  webapp:\n    image: ghcr.io/triggerdotdev/trigger.dev:v{release}\n    environment: {{ CLICKHOUSE_URL: '{url}' }}\n  clickhouse:\n    image: {image}\n    environment: {environment}\n"
        );
        faults(&[(COMPOSE, &text)])
    };
    let bitnami = "{ CLICKHOUSE_ADMIN_USER: admin, CLICKHOUSE_ADMIN_PASSWORD: pw }";
    let image = "clickhouse/clickhouse-server:25.8.1.1";
    let of = |url: &str| stack(image, bitnami, url, "4.5.12").contains("clickhouse-login-mismatch");
    assert!(of("http://admin:pw@clickhouse:9000?secure=false"), "the port");
    assert!(!of("http://admin:pw@clickhouse:8123?secure=false"), "whose names say nothing");
    let url = "http://default:pw@clickhouse:8123?secure=false";
    let own = "{ CLICKHOUSE_PASSWORD: pw }";
    assert!(!stack(image, own, url, "4.5.12").contains("outdated-clickhouse"), "the floor itself");
    let older = "clickhouse/clickhouse-server:25.7.9.9";
    assert!(stack(older, own, url, "4.5.12").contains("outdated-clickhouse"));
    assert!(
        stack(image, own, url, "4.4.0").contains("clickhouse-url-parameter"),
        "what falls back crashes"
    );
    assert!(!stack(image, own, url, "4.5.12").contains("clickhouse-url-parameter"));
}

#[test]
fn the_basins_are_those_of_the_file_that_is_named() {
    let text = webapp(
        "    environment: { REALTIME_STREAMS_S2_BASIN: streams-of-ours, REALTIME_STREAMS_S2_ENDPOINT: 'http://s2/v1' }\n",
    ) + "  s2:\n    image: ghcr.io/s2-streamstore/s2:0.43.0\n    command: [lite, --init-file, /etc/s2/spec.json]\n    volumes:\n      - ./notes.json:/etc/s2/notes.json:ro\n      - ./spec.json:/etc/s2/spec.json:ro\n";
    let with = |basin: &str| {
        let spec = format!("{{ \"basins\": [{{ \"name\": \"{basin}\" }}] }}");
        faults(&[(COMPOSE, &text), ("notes.json", "{}"), ("spec.json", &spec)])
            .contains("s2-basin-mismatch")
    };
    assert!(!with("streams-of-ours"));
    assert!(with("streams-of-others"));
}

#[test]
fn an_address_is_known_by_its_variable_and_its_form() {
    let dangles = |name: &str, value: &str| {
        let lines = format!("    environment: {{ {name}: '{value}' }}\n");
        faults(&[(COMPOSE, &webapp(&lines))]).contains("dangling-host")
    };
    for (name, value) in [
        ("REDIS_HOST", "cache"),
        ("DATABASE_HOST", "store:5432"),
        ("DATABASE_HOST", "store-2"),
        ("DATABASE_HOST", "store_2:1"),
        ("CLICKHOUSE_URL", "http://user:word@events:8123"),
        ("OBJECT_STORE_BASE_URL", "http://files"),
    ] {
        assert!(dangles(name, value), "{name}: {value}");
    }
    for (name, value) in [
        // No names of hosts.
        ("DATABASE_HOST", "5432"),
        ("DATABASE_HOST", "a store"),
        ("DATABASE_HOST", "store:54e2"),
        ("DATABASE_HOST", "store,other:1"),
        // Not read as addresses, whatever they look like.
        ("REDIS_USERNAME", "cache"),
        ("REDIS_PASSWORD", "redis://cache/0"),
        ("SMTP_HOST", "mail"),
    ] {
        assert!(!dangles(name, value), "{name}: {value}");
    }
}
