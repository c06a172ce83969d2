//! Does each lint do what its page says, and is what the author allows still said?
#![allow(clippy::disallowed_methods, reason = "these tests read the project's own files")]

use crate::blocks::{example_and_instead, marks, said, site};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use trigger_gen::diag::{Diagnostic, Severity};
use trigger_gen::lint::LINTS;
use trigger_gen::proof::{Context, PROOFS, TWINS, check};
use trigger_gen::release::RELEASES;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(lint: &str) -> PathBuf {
    root().join("src/lint/rules").join(format!("{lint}.md"))
}

/// What lints say of a site, as the marks of the pages write it.
fn findings(text: &str) -> Vec<(usize, String)> {
    let lints = |it: &Diagnostic| {
        LINTS.iter().any(|lint| lint.name == it.name)
            && !it.message.ends_with("(allowed: the base)")
    };
    let mut found: Vec<(usize, String)> = said(text)
        .into_iter()
        .filter(|(_, it)| lints(it))
        .map(|(line, it)| (line, format!("{}: [{}]", it.severity.word(), it.name)))
        .collect();
    found.sort();
    found
}

/// The names of what lints say of the base with a block merged onto it.
fn names(block: &str) -> Vec<String> {
    let name =
        |(_, mark): (usize, String)| mark.split(['[', ']']).nth(1).expect("a name").to_owned();
    findings(&site(block)).into_iter().map(name).collect()
}

#[test]
fn rows_and_pages_belong_together() {
    let names: BTreeSet<&str> = LINTS.iter().map(|lint| lint.name).collect();
    assert_eq!(names.len(), LINTS.len(), "a name stands twice");
    let stems = |ending: &str| -> BTreeSet<String> {
        let files = fs::read_dir(root().join("src/lint/rules")).expect("a folder");
        let names = files.map(|it| it.expect("an entry").file_name().into_string().expect("UTF-8"));
        names.filter_map(|it| Some(it.strip_suffix(ending)?.replace('_', "-"))).collect()
    };
    let mut rules = stems(".rs");
    rules.remove("mod");
    let expected: BTreeSet<String> = names.into_iter().map(str::to_owned).collect();
    assert_eq!(stems(".md"), expected);
    assert_eq!(rules, expected);
}

#[test]
fn names_are_kebab_case() {
    for lint in LINTS {
        let word = |it: &str| {
            !it.is_empty() && it.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        assert!(lint.name.split('-').all(word), "{}", lint.name);
    }
}

#[test]
fn pages_have_their_parts() {
    for lint in LINTS {
        let text = fs::read_to_string(page(lint.name)).expect("a page");
        assert_eq!(text, lint.explain);
        let parts =
            ["\n\n## Why\n\n", "\n\n## Example\n\n```yaml\n", "\n\nWrite instead:\n\n```yaml\n"];
        let places: Option<Vec<usize>> = parts.iter().map(|it| text.find(it)).collect();
        assert!(places.is_some_and(|it| it.is_sorted()), "{}: a part is missing", lint.name);
        let sentence = lint.summary();
        assert!(sentence.ends_with('.') && sentence.len() < 120, "{}: {sentence}", lint.name);
        let verb = if lint.severity == Severity::Info { "Remarks " } else { "Flags " };
        assert!(sentence.starts_with(verb), "{}: {sentence}", lint.name);
    }
}

#[test]
fn the_base_of_the_pages_is_clean() {
    assert_eq!(findings(&site("")), []);
}

#[test]
fn an_example_raises_what_it_marks() {
    for lint in LINTS {
        let [example, _] = example_and_instead(lint.explain);
        let text = site(example);
        let own = format!("{}: [{}]", lint.severity.word(), lint.name);
        assert!(
            marks(&text).iter().any(|(_, mark)| *mark == own),
            "{}: no mark of its own",
            lint.name
        );
        assert_eq!(findings(&text), marks(&text), "{}:\n{text}", lint.name);
        let others = said(&text).into_iter().filter(|(_, it)| it.severity == Severity::Error);
        let foreign: Vec<_> =
            others.filter(|(_, it)| LINTS.iter().all(|lint| lint.name != it.name)).collect();
        assert!(foreign.is_empty(), "{}: {foreign:?}", lint.name);
    }
}

#[test]
fn what_to_write_instead_compiles_without_the_lint() {
    for lint in LINTS {
        let [_, instead] = example_and_instead(lint.explain);
        for (line, it) in said(&site(instead)) {
            let fine = it.severity != Severity::Error && it.name != lint.name;
            assert!(fine, "{}: line {line}: {}: {}", lint.name, it.name, it.message);
        }
    }
}

#[test]
fn every_finding_says_what_to_do() {
    for lint in LINTS {
        let [example, _] = example_and_instead(lint.explain);
        for (_, it) in said(&site(example)).iter().filter(|(_, it)| it.name == lint.name) {
            let texts = it.notes.iter().chain(&it.help).chain([&it.message]);
            for text in texts {
                assert!(!text.ends_with('.') && !text.contains("  ") && !text.is_empty(), "{text}");
            }
            assert!(it.help.is_some(), "{}", it.message);
        }
    }
}

/// What an author accepts is no fault of the files: `verify` would say at every run what was decided long ago.
#[test]
fn what_is_allowed_verifies() {
    for lint in LINTS {
        let [example, _] = example_and_instead(lint.explain);
        let found: BTreeSet<_> =
            findings(&site(example)).into_iter().map(|(_, mark)| mark).collect();
        let name = |mark: &String| mark.split(['[', ']']).nth(1).expect("a name").to_owned();
        let allow: String = found
            .iter()
            .map(|mark| format!("  - {{ lint: {}, because: a trial }}\n", name(mark)))
            .collect();
        // A page whose example is a whole site allows already what is not its own.
        let head = if example.contains("\nallow:\n") { "" } else { "allow:\n" };
        let text = site(&format!("{}\n{head}{allow}", example.trim_end()));
        let faults = check(&crate::support::tree_of(&text), &Context::default());
        assert!(faults.is_empty(), "{}: {faults:#?}", lint.name);
    }
}

#[test]
fn twins_are_lints_and_proofs() {
    for (lint, proof) in TWINS {
        assert!(LINTS.iter().any(|it| it.name == *lint), "{lint}");
        assert!(PROOFS.iter().any(|it| it.name == *proof), "{proof}");
    }
}

const TINY: &str = "docker:\n  host:\n    memory: 2GiB\n";
const TELLING: &str = "access:\n  telemetry: true\n";

#[test]
fn what_is_allowed_is_said_with_its_reason() {
    for (lint, block) in [("undersized-host", TINY), ("telemetry-on", TELLING)] {
        let allow = format!("allow:\n  - lint: {lint}\n    because: it is a trial\n");
        let said = said(&site(&format!("{block}{allow}")));
        let (_, it) = said.iter().find(|(_, it)| it.name == lint).expect("the finding");
        assert_eq!(it.severity, Severity::Info);
        assert!(it.message.ends_with("(allowed: it is a trial)"), "{}", it.message);
        assert!(said.iter().all(|(_, it)| it.name != "unused-allow"), "{said:?}");
    }
}

#[test]
fn an_entry_that_accepts_nothing_is_said() {
    let entry = "  - lint: undersized-host\n    because: it is a trial\n";
    let unused = |text: &str| {
        let said = said(&site(text)).into_iter().filter(|(_, it)| it.name == "unused-allow");
        said.map(|(line, _)| line).collect::<Vec<_>>()
    };
    let lines = |text: &str| site(text).lines().count();
    let alone = format!("allow:\n{entry}");
    assert_eq!(unused(&alone), [lines(&alone) - 1]);
    let twice = format!("{TINY}allow:\n{entry}{entry}");
    assert_eq!(unused(&twice), [lines(&twice) - 1]);
    // A site with errors was not looked at as a whole.
    assert_eq!(unused(&format!("timezone: Nowhere\nallow:\n{entry}")), [0_usize; 0]);
}

#[test]
fn an_entry_for_no_lint_is_refused() {
    let unknown = |name: &str| {
        let said = said(&site(&format!("allow:\n  - lint: {name}\n    because: it is a trial\n")));
        let (_, it) = said.into_iter().find(|(_, it)| it.name == "unknown-lint").expect("refused");
        assert_eq!((it.severity, it.at), (Severity::Error, place("allow", 1, "lint")));
        it.instead
    };
    assert_eq!(unknown("undersize-host").as_deref(), Some("undersized-host"));
    assert_eq!(unknown("floating-images").as_deref(), Some("floating-image"));
    assert_eq!(unknown("bad-weather"), None);
}

fn place(list: &str, index: usize, key: &str) -> trigger_gen::diag::Place {
    trigger_gen::diag::Place::Value(trigger_gen::diag::Route::from(list).index(index).key(key))
}

#[test]
fn nothing_is_said_of_what_is_broken() {
    // Above, at and below.
    assert_eq!(names("storage:\n  object_store: {}\n"), [""; 0]);
    assert_eq!(names("docker:\n  host:\n    memory: 2 gigs\n"), [""; 0]);
    assert_eq!(names("storage:\n  registry:\n    external: { host: localhost:5000 }\n"), [""; 0]);
    // Without a release, of all that depends on it.
    assert_eq!(names(&format!("release: 4.5.99\n{TINY}")), ["undersized-host"]);
    // Elsewhere.
    assert_eq!(names(&format!("timezone: Nowhere\n{TINY}")), ["undersized-host"]);
}

/// What the base is told at a release.
fn at_release(release: &str) -> Vec<String> {
    let electric =
        "storage:\n  realtime:\n    electric: { image: registry.example.com/electric:1.2.4 }\n";
    let version = trigger_gen::release::Version::parse(release).expect("a version");
    let native = trigger_gen::release::find(version).expect("a release").native_realtime();
    names(&format!("release: {release}\n{}", if native { "" } else { electric }))
}

#[test]
fn a_release_is_told_what_is_true_of_it() {
    for (release, expected) in [
        (
            "4.0.0",
            &["below-security-floor", "dsn-in-logs", "old-docker-api", "postgres-event-store"][..],
        ),
        (
            "4.0.4",
            &["below-security-floor", "dsn-in-logs", "old-docker-api", "postgres-event-store"],
        ),
        ("4.1.2", &["below-security-floor", "dsn-in-logs", "postgres-event-store"]),
        ("4.2.0", &["below-security-floor", "dsn-in-logs"]),
        ("4.5.5", &["below-security-floor", "dsn-in-logs"]),
        ("4.5.6", &["dsn-in-logs", "known-advisory"]),
        ("4.5.7", &["dsn-in-logs", "known-advisory"]),
        ("4.5.8", &["known-advisory"]),
        ("4.7.4", &["documented-release", "known-advisory"]),
        ("4.7.7", &["documented-release"]),
        ("4.8.5", &["documented-release"]),
    ] {
        let mut said = at_release(release);
        said.sort();
        assert_eq!(said, expected, "{release}");
    }
    assert!(RELEASES.iter().all(|it| at_release(&it.version.to_string()).len() <= 4));
}

#[test]
fn advisories_name_the_release_that_has_none() {
    let said = said(&site("release: 4.5.12\n"));
    let (_, it) = said.iter().find(|(_, it)| it.name == "known-advisory").expect("the finding");
    assert_eq!(it.message, "4.5.12 has 7 published holes");
    assert!(it.help.as_deref().is_some_and(|help| help.contains("`4.7.7`")), "{:?}", it.help);
    assert!(
        it.notes.iter().any(|note| note.starts_with("GHSA-m79r-84cc-xwg9: ")),
        "{:?}",
        it.notes
    );
}

#[test]
fn payloads_are_a_matter_of_the_release() {
    let bare = "storage:\n  object_store:\n    bundled: {}\n  realtime:\n    electric: { image: registry.example.com/electric:1.2.4 }\n";
    let told = |release: &str| {
        names(&format!("release: {release}\n{bare}")).contains(&"internal-object-store-url".into())
    };
    assert_eq!(["4.4.6", "4.5.0"].map(told), [false, true]);
}

#[test]
fn a_clickhouse_fits_its_release() {
    let told = |release: &str, version: &str| {
        let block = format!(
            "release: {release}\nstorage:\n  clickhouse:\n    external: {{ host: c.example.com, password: {{ secret: PW }}, version: \"{version}\" }}\n  realtime:\n    electric: {{ image: registry.example.com/electric:1.2.4 }}\n"
        );
        names(&block).into_iter().find(|it| it.starts_with("clickhouse-"))
    };
    assert_eq!(told("4.4.6", "25.4"), None);
    assert_eq!(told("4.5.0", "25.4").as_deref(), Some("clickhouse-too-old"));
    assert_eq!(told("4.5.0", "25").as_deref(), Some("clickhouse-too-old"));
    assert_eq!(told("4.5.0", "25.8"), None);
    assert_eq!(told("4.5.12", "26.2.19.43"), None);
    assert_eq!(told("4.5.12", "26.3").as_deref(), Some("clickhouse-too-new"));
    let image = |tag: &str| {
        names(&format!("docker:\n  images:\n    clickhouse: clickhouse/clickhouse-server:{tag}\n"))
    };
    assert_eq!(image("25.7.1"), ["clickhouse-too-old"]);
    assert_eq!(image("26.9.1"), ["clickhouse-too-new"]);
}

#[test]
fn an_exact_tag_has_all_its_numbers() {
    let digest = format!("@sha256:{}", "a".repeat(64));
    let told = |service: &str, reference: &str| {
        names(&format!("docker:\n  images:\n    {service}: {reference}\n"))
    };
    for floating in
        ["redis", "redis:latest", "redis:7", "redis:7.4", "redis:7.4-alpine3.20", "redis:alpine"]
    {
        assert_eq!(told("redis", floating), ["floating-image"], "{floating}");
    }
    for exact in [
        "redis:7.4.11",
        "redis:7.4.11-alpine",
        &format!("redis:7{digest}"),
        &format!("redis{digest}"),
    ] {
        assert_eq!(told("redis", exact), [""; 0], "{exact}");
    }
    assert_eq!(told("postgres", "postgres:17.11"), [""; 0]);
    assert_eq!(told("postgres", "postgres:17"), ["floating-image"]);
    assert_eq!(told("webapp", "ghcr.io/triggerdotdev/trigger.dev:v4-beta"), ["floating-image"]);
    assert_eq!(told("webapp", "ghcr.io/triggerdotdev/trigger.dev:v4.8.5"), [""; 0]);
    assert_eq!(told("webapp", &format!("registry.example.com/trigger.dev{digest}")), [""; 0]);
}

#[test]
fn an_image_is_judged_only_where_it_runs() {
    let minio =
        "storage:\n  object_store:\n    bundled: { kind: minio, public_host: s3.example.com }\n";
    assert_eq!(names(minio), ["frozen-image"]);
    assert_eq!(names("docker:\n  images:\n    redis: bitnami/redis:latest\n"), ["removed-image"]);
    let gone = "storage:\n  realtime:\n    electric: { image: electricsql/electric:1.2.4 }\n";
    let mut said = names(gone);
    said.sort();
    assert_eq!(said, ["needless-electric", "removed-image"]);
}

#[test]
fn servers_carry_what_they_run() {
    let host = |memory: &str| names(&format!("docker:\n  host:\n    memory: {memory}\n"));
    for memory in ["1GiB", "2GiB", "3GiB"] {
        assert_eq!(host(memory), ["undersized-host"], "{memory}");
    }
    for memory in ["4GiB", "6GiB", "8GiB", "16GiB", "32GiB", "1024GiB"] {
        assert_eq!(host(memory), [""; 0], "{memory}");
    }
    let limits = |postgres: &str| names(&format!("docker:\n  limits:\n    postgres: {postgres}\n"));
    assert_eq!(limits("2GiB"), [""; 0]);
    assert_eq!(limits("4GiB"), ["undersized-host"]);
    let runs = |count: u32| names(&format!("limits:\n  concurrency:\n    environment: {count}\n"));
    assert_eq!(runs(4), [""; 0]);
    assert_eq!(runs(5), ["undersized-host"]);
    assert_eq!(runs(u32::MAX), ["undersized-host"]);
}

#[test]
fn clickhouse_leaves_half_of_its_server_to_others() {
    let told = |limit: &str| {
        names(&format!(
            "docker:\n  host: {{ memory: 64GiB }}\n  limits: {{ clickhouse: {limit} }}\n"
        ))
    };
    assert_eq!(told("40GiB"), [""; 0]);
    assert_eq!(told("40961MiB"), [""; 0]);
    assert_eq!(told("40962MiB"), ["clickhouse-memory-over-half"]);
}

#[test]
fn a_pool_leaves_connections_to_others() {
    let told = |pool: u32, storage: &str| {
        names(&format!("{storage}env:\n  webapp: {{ DATABASE_CONNECTION_LIMIT: {pool} }}\n"))
    };
    assert_eq!(told(90, ""), [""; 0]);
    assert_eq!(told(91, ""), ["too-few-connections"]);
    let electric =
        "storage:\n  realtime:\n    electric: { image: registry.example.com/electric:1.2.4 }\n";
    assert_eq!(told(70, electric), ["needless-electric"]);
    assert_eq!(told(71, electric), ["needless-electric", "too-few-connections"]);
    let external =
        "storage:\n  postgres:\n    external: { host: db.example.com, password: { secret: PW } }\n";
    assert_eq!(told(500, external), [""; 0]);
}

#[test]
fn worker_hosts_carry_what_they_run() {
    let split = |worker: &str, runs: u32| {
        let storage = "  streams: v1\n  registry:\n    bundled: { host: registry.example.com }\n";
        let topology = format!(
            "  topology:\n    workers:\n      - {{ name: one, memory: {worker}, addresses: [192.0.2.1] }}\n      - {{ name: two, memory: 4GiB, addresses: [192.0.2.2] }}\n"
        );
        let limits = format!("limits:\n  concurrency:\n    environment: {runs}\n");
        names(&format!("{limits}storage:\n{storage}docker:\n{topology}"))
    };
    assert_eq!(split("4GiB", 12), [""; 0]);
    assert_eq!(split("4GiB", 14), ["undersized-host"]);
    assert_eq!(split("512MiB", 2), ["undersized-host"]);
    // What a server lacks is said once, before anything is said of how much it shall carry.
    assert_eq!(split("512MiB", 100), ["undersized-host"]);
}

#[test]
fn what_fits_exactly_fits() {
    let storage =
        "storage:\n  streams: v1\n  registry:\n    bundled: { host: registry.example.com }\n";
    let mut fits = Vec::new();
    for memory in 700..1300 {
        let text = site(&format!(
            "{storage}docker:\n  topology:\n    workers:\n      - {{ name: one, memory: {memory}MiB }}\n"
        ));
        let found = said(&text).into_iter().find(|(_, it)| it.name == "undersized-host");
        match found {
            Some((_, it)) => assert!(!it.message.contains(" is 0MiB too little"), "{}", it.message),
            None => fits.push(memory),
        }
    }
    let least = fits.first().expect("some fit");
    assert!(fits.iter().copied().eq(*least..1300), "from {least} on everything fits");
}

#[test]
fn servers_of_ones_own_are_named_as_others_reach_them() {
    let redis = |host: &str| {
        names(&format!("storage:\n  redis:\n    external: {{ host: '{host}', tls: true }}\n"))
    };
    for own in ["localhost", "redis.localhost", "127.0.0.1", "127.8.8.8", "0.0.0.0"] {
        assert!(redis(own).iter().any(|it| it == "loopback-server"), "{own}");
    }
    assert_eq!(redis("cache.example.com"), [""; 0]);
    let store = names(
        "storage:\n  object_store:\n    external: { endpoint: 'https://store', access_key_id: a, secret_access_key: { secret: S3 } }\n",
    );
    assert!(store.iter().any(|it| it == "internal-object-store-url"), "{store:?}");
}

#[test]
fn one_hole_is_a_hole() {
    let counts = |release: &&&trigger_gen::release::Release| {
        trigger_gen::release::advisories_open_at(release.version).count()
    };
    let one = RELEASES.iter().find(|it| counts(it) == 1).expect("a release with one");
    let text = site(&format!("release: {}\n", one.version));
    let said = said(&text);
    let (_, it) = said.iter().find(|(_, it)| it.name == "known-advisory").expect("a finding");
    assert_eq!(it.message, format!("{} has a published hole", one.version));
}

#[test]
fn the_arithmetic_is_shown() {
    let said = said(&site(TINY));
    let (_, it) = said.iter().find(|(_, it)| it.name == "undersized-host").expect("the finding");
    assert_eq!(
        it.message,
        "2GiB is 1772MiB too little: 3104MiB for the containers, 204MiB for the system, 512MiB for one run"
    );
    assert_eq!(it.help.as_deref(), Some("take a server of at least `4GiB`"));
    assert!(
        it.notes[0].starts_with("the containers: webapp 1280MiB, postgres 384MiB, "),
        "{:?}",
        it.notes
    );
}

#[test]
fn runs_are_counted_where_they_run() {
    let message = |text: String| {
        let said = said(&site(&text));
        let found = said.into_iter().find(|(_, it)| it.name == "undersized-host");
        found.expect("the finding").1.message
    };
    assert_eq!(
        message("limits:\n  concurrency:\n    environment: 14\n".into()),
        "14 runs at once want 7GiB, and 2093MiB are left for runs"
    );
    let storage =
        "storage:\n  streams: v1\n  registry:\n    bundled: { host: registry.example.com }\n";
    let topology = "docker:\n  host: { memory: 1GiB }\n  topology:\n    workers:\n      - { name: one, memory: 4GiB }\n";
    let split = message(format!("{storage}{topology}"));
    assert!(split.contains("too little") && !split.contains("for one run"), "{split}");
}

#[test]
fn examples_leave_nothing_to_accept() {
    let mut seen = 0;
    for entry in fs::read_dir(root().join("examples")).expect("examples") {
        let path = entry.expect("an entry").path().join("site.yaml");
        let text = fs::read_to_string(&path).expect("a site");
        for (line, it) in said(&text) {
            let allowed = it.severity == Severity::Info && it.message.contains("(allowed: ");
            assert!(allowed, "{}:{line}: {}: {}", path.display(), it.name, it.message);
        }
        seen += 1;
    }
    assert!(seen >= 4, "no examples found");
}

/// What nobody asks a key for is open to worker hosts: to them alone, if they say where they come from.
#[test]
fn worker_hosts_say_where_they_come_from() {
    let example: serde_json::Value =
        serde_yaml::from_str(&crate::support::example_text("split-workers")).expect("YAML");
    let found = |site: &serde_json::Value| {
        let text = serde_yaml::to_string(site).expect("YAML");
        findings(&text).into_iter().any(|(_, mark)| mark == "warning: [exposed-otel]")
    };
    assert!(!found(&example));
    let mut open = example.clone();
    let workers = open.pointer_mut("/docker/topology/workers").and_then(|it| it.as_array_mut());
    for worker in workers.expect("workers") {
        worker.as_object_mut().expect("a worker").remove("addresses");
    }
    assert!(found(&open));
    // A proxy of the author's decides it.
    open["docker"]["proxy"] = serde_json::json!("none");
    assert!(!found(&open));
}
