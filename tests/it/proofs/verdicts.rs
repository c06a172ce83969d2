//! Files that are just wrong beside files that are just right: how often a proof speaks of each.

use super::edges::{COMPOSE, SUPERVISOR, WEBAPP, one, said, tree};
use trigger_gen::proof::{Context, check};

/// How often a proof speaks of one compose file.
fn count(proof: &str, file: &str) -> usize {
    said(proof, &[(COMPOSE, file)]).len()
}

/// How often a proof speaks of the two compose files of one server.
fn of_two(proof: &str, first: &str, second: &str) -> usize {
    let files = [
        ("docker/webapp/docker-compose.yml", first),
        ("docker/worker/docker-compose.yml", second),
        ("docker/.env", ""),
    ];
    said(proof, &files).len()
}

#[test]
fn telemetry_goes_to_the_api_where_that_has_a_host_of_its_own() {
    let otel = |to: &str| {
        count(
            "differing-origins",
            &one(
                WEBAPP,
                &format!(
                    "    environment:\n      APP_ORIGIN: https://a.example.com\n      LOGIN_ORIGIN: https://a.example.com\n      API_ORIGIN: https://b.example.com\n      DEV_OTEL_EXPORTER_OTLP_ENDPOINT: https://{to}.example.com/otel\n"
                ),
            ),
        )
    };
    assert_eq!(otel("b"), 0);
    assert!(otel("c") > 0);
}

#[test]
fn a_port_is_given_once() {
    let two = |first: &str, second: &str| {
        let other = format!("  two:\n    image: redis:7.4.11\n    ports: ['{second}']\n");
        count("repeated-port", &(one(WEBAPP, &format!("    ports: ['{first}']\n")) + &other))
    };
    assert_eq!(two("8030:80", "8030:80"), 1);
    assert_eq!(two("8030:80", "8030:81"), 1);
    assert_eq!(two("8030:80", "8031:80"), 0);
    assert_eq!(two("0:80", "0:80"), 0, "any port that is free");
    assert_eq!(two("8030:80", "8030:80/udp"), 0);
    let published = "services:\n  one:\n    image: redis:7.4.11\n    ports: ['8030:80']\n";
    assert_eq!(of_two("repeated-port", published, &published.replace("one", "two")), 1);
}

#[test]
fn the_url_of_a_database_names_one() {
    let url = |value: &str| {
        count(
            "malformed-database-url",
            &one(WEBAPP, &format!("    environment: {{ DATABASE_URL: '{value}' }}\n")),
        )
    };
    assert_eq!(url("postgres://u:p@db:5432/main"), 0);
    let wrong = ["postgres://u:p@db:5432/", "postgres://u:p@db:5432", "mysql://u:p@db/main"];
    assert_eq!(wrong.map(url), [1, 1, 1]);
}

#[test]
fn projects_share_nothing_that_both_own() {
    for kind in ["networks", "volumes"] {
        let file = |project: &str, facts: &str| {
            format!("name: {project}\nservices: {{}}\n{kind}:\n  it: {{ {facts} }}\n")
        };
        let own = "name: shared";
        let between = |first: &str, second: &str| of_two("project-mismatch", first, second);
        assert_eq!(between(&file("a", own), &file("b", own)), 1, "{kind}");
        assert_eq!(between(&file("a", own), &file("a", own)), 0, "{kind}");
        assert_eq!(between(&file("a", own), &file("b", "name: other")), 0, "{kind}");
        let borrowed = "name: shared, external: true";
        assert_eq!(between(&file("a", own), &file("b", borrowed)), 0, "{kind}");
        assert_eq!(between(&file("a", borrowed), &file("b", own)), 0, "{kind}");
    }
}

#[test]
fn a_password_of_redis_may_stand_in_its_command() {
    let redis = |word: &str, kept: &str, given: &str| {
        let webapp = format!("    environment: {{ REDIS_HOST: cache, REDIS_PASSWORD: {given} }}\n");
        let cache = format!(
            "  cache:\n    image: redis:7.4.11\n    command: ['redis-server', '--requirepass', '{word}']\n    environment: {{ {kept} }}\n"
        );
        count("redis-password-mismatch", &(one(WEBAPP, &webapp) + &cache))
    };
    assert_eq!(["word", "other"].map(|it| redis("word", "", it)), [0, 1]);
    let by_name = |given: &str| redis("$$REDISCLI_AUTH", "REDISCLI_AUTH: kept", given);
    assert_eq!(["kept", "other"].map(by_name), [0, 1]);
}

#[test]
fn what_a_service_needs_is_in_its_file() {
    let needs = |lines: &str| said("dangling-dependency", &[(COMPOSE, &one(WEBAPP, lines))]);
    let word = |lines: &str| needs(lines).pop().expect("a fault").message;
    assert!(word("    depends_on: [other]\n").contains("waits for"));
    for lines in [
        "    volumes_from: [other]\n",
        "    volumes_from: ['other:ro']\n",
        "    extends: other\n",
        "    extends: { service: other }\n",
        "    links: ['other:name']\n",
        "    network_mode: 'service:other'\n",
    ] {
        assert!(word(lines).contains("needs `other`"), "{lines}");
    }
    for lines in [
        "    volumes_from: ['container:other']\n",
        "    extends: { file: common.yml, service: other }\n",
        "    network_mode: 'container:other'\n",
    ] {
        assert!(needs(lines).is_empty(), "{lines}");
    }
}

#[test]
fn the_users_of_a_registry_stand_in_the_file_that_it_reads() {
    let hash = "$2y$05$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234";
    let told = |users: &str| {
        let registry = one(
            "registry:2.8.3",
            "    volumes: ['./other:/data', './users:/auth/users']\n    environment: { REGISTRY_AUTH: htpasswd, REGISTRY_AUTH_HTPASSWD_PATH: /auth/users }\n",
        );
        let users = format!("{users}\n");
        let files = [(COMPOSE, registry.as_str()), ("other", ""), ("users", users.as_str())];
        said("bad-htpasswd", &files).len()
    };
    assert_eq!(told(&format!("me:{hash}")), 0);
    for wrong in [
        hash.replace("$05$", "$5$"),
        hash.replace("$05$", "$a5$"),
        hash[..hash.len() - 1].to_owned(),
        hash.replace("Z", "!"),
        hash.replace("2y", "1y"),
        "word".to_owned(),
    ] {
        assert_eq!(told(&format!("me:{wrong}")), 1, "{wrong}");
    }
}

#[test]
fn secrets_of_one_service_differ() {
    let webapp = |a: &str, b: &str| {
        let lines =
            format!("    environment: {{ SESSION_SECRET: '{a}', MAGIC_LINK_SECRET: '{b}' }}\n");
        count("repeated-secret", &one(WEBAPP, &lines))
    };
    let (a, b) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
    assert_eq!([webapp(a, a), webapp(a, b), webapp("", "")], [1, 0, 0]);
    let both = format!(
        "{}  two:\n    image: {SUPERVISOR}\n    environment: {{ MANAGED_WORKER_SECRET: {a} }}\n",
        one(WEBAPP, &format!("    environment: {{ MANAGED_WORKER_SECRET: {a} }}\n"))
    );
    assert_eq!(count("repeated-secret", &both), 0, "it is meant for both");
    let dotenv = |a: &str, b: &str| {
        let text = format!("SESSION_SECRET={a}\nMAGIC_LINK_SECRET={b}\n");
        said("repeated-secret", &[(COMPOSE, &one(WEBAPP, "")), (".env", &text)]).len()
    };
    assert_eq!([dotenv(a, a), dotenv(a, b), dotenv("", ""), dotenv("' '", "' '")], [1, 0, 0, 0]);
    assert_eq!([dotenv("<one>", "<one>"), dotenv("one<", "one<"), dotenv(">", ">")], [0, 1, 1]);
}

#[test]
fn a_pattern_has_both_ends() {
    let image = "ghcr.io/triggerdotdev/trigger.dev:v4.0.0";
    let told = |pattern: &str| {
        let lines = format!("    environment: {{ WHITELISTED_EMAILS: '{pattern}' }}\n");
        count("unanchored-email-pattern", &one(image, &lines))
    };
    assert_eq!(["^(a)$$", "^(a)", "(a)$$", "a"].map(told), [0, 1, 1, 1]);
}

#[test]
fn the_proxy_itself_has_the_socket_alone() {
    let help = |mount: &str| {
        let proxy = one(
            "ghcr.io/tecnativa/docker-socket-proxy:0.4.1",
            &format!("    volumes: ['{mount}']\n"),
        );
        said("exposed-docker-socket", &[(COMPOSE, &proxy)]).pop().map(|it| it.help)
    };
    let socket = "/var/run/docker.sock:/var/run/docker.sock";
    assert_eq!(help(&format!("{socket}:ro")), None);
    assert_eq!(help(socket).as_deref(), Some("mount it read-only"));
    let above = help("/var/run:/var/run:ro");
    assert_eq!(above.as_deref(), Some("mount the socket's file alone, read-only"));
}

#[test]
fn a_network_of_the_proxy_is_borrowed_by_name() {
    let beside = |mode: &str| {
        let proxy =
            one("ghcr.io/tecnativa/docker-socket-proxy:0.4.1", "    container_name: gate\n");
        let other = format!("  two:\n    image: redis:7.4.11\n    network_mode: '{mode}'\n");
        count("shared-proxy-network", &(proxy + &other))
    };
    let modes = ["service:one", "container:gate", "host", "none", "container:one"];
    assert_eq!(modes.map(beside), [1, 1, 0, 0, 0]);
}

#[test]
fn a_network_named_by_its_folder_is_a_guess() {
    let told = |owner: &str, real: &str| {
        let owner = format!("services: {{}}\n{owner}\n");
        let user =
            format!("services: {{}}\nnetworks: {{ runs: {{ name: {real}, external: true }} }}\n");
        let files = [("kit/docker-compose.yml", owner.as_str()), ("b/docker-compose.yml", &user)];
        said("guessed-network-name", &files).len()
    };
    let plain = "networks: { runs: {} }";
    assert_eq!(
        ["kit_runs", "kit_default", "runs", "elsewhere"].map(|it| told(plain, it)),
        [1, 1, 0, 0]
    );
    assert_eq!(told("name: kit\nnetworks: { runs: {} }", "kit_runs"), 0, "the project has a name");
    assert_eq!(told("networks: { runs: { name: kit_runs } }", "kit_runs"), 0);
    assert_eq!(told("networks: { kit_runs: { external: true } }", "kit_runs"), 0);
    assert_eq!(told("networks: { default: { name: all } }", "kit_default"), 0);
}

#[test]
fn what_the_author_chose_is_the_authors() {
    let file = one(WEBAPP, "    environment: { NO_SUCH_VARIABLE: '1' }\n");
    let told = |chosen: &[String]| {
        let context = Context { chosen, building: true, ..Context::default() };
        let faults = check(&tree(&[(COMPOSE, &file)]), &context);
        faults.iter().filter(|it| it.proof == "unread-variable").count()
    };
    assert_eq!(told(&[]), 1);
    assert_eq!(told(&["NO_SUCH_VARIABLE".to_owned()]), 0);
}
