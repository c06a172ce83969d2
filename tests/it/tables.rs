//! Do the tables of facts about upstream hold together?

use std::path::Path;
use std::process::Command;

use trigger_gen::release::images::IMAGES;
use trigger_gen::release::security::{ADVISORIES, FLOORS, PUBLISHED_DEFAULTS};
use trigger_gen::release::tags::HEARD_OF;
use trigger_gen::release::upgrade::{NOTES, SCHEMA_FORWARD_ONLY};
use trigger_gen::release::{
    COMPOSE_ONLY, Evidence, Kind, RELEASES, Reader, Refusal, Release, SECURITY_FLOOR, Span, Style,
    Version, accepts, advisories_open_at, env, family, find, lookup, newest_proven, not_an_image,
    notes_between, reader_table, required, same_schema, tables,
};

fn releases(evidence: Evidence) -> impl Iterator<Item = &'static Release> {
    RELEASES.iter().copied().filter(move |release| release.evidence == evidence)
}

fn version(text: &str) -> Version {
    Version::parse(text).expect("a version")
}

/// The facts about a variable in a release.
fn facts(reader: Reader, name: &str, release: &str) -> Option<&'static Span> {
    lookup(reader, name).and_then(|variable| variable.at(version(release)))
}

fn webapp(name: &str, release: &str) -> &'static Span {
    facts(Reader::Webapp, name, release).expect("a variable of the webapp")
}

fn every_span() -> impl Iterator<Item = (&'static str, &'static Span)> {
    Reader::ALL
        .iter()
        .flat_map(|reader| reader_table(*reader))
        .flat_map(|variable| variable.spans.iter().map(|span| (variable.name, span)))
}

#[test]
fn releases_are_newest_first() {
    assert!(RELEASES.is_sorted_by(|a, b| a.version > b.version));
    assert_eq!(releases(Evidence::Code).count(), 28);
    assert_eq!(releases(Evidence::Documented).count(), 12);
    assert_eq!(newest_proven().version, version("4.5.12"));
}

#[test]
fn every_release_is_found_by_its_number() {
    for release in RELEASES {
        assert_eq!(find(release.version), Some(*release));
        assert_eq!(Version::parse(&release.version.to_string()), Some(release.version));
        assert_eq!(
            release.webapp_image(),
            format!("ghcr.io/triggerdotdev/trigger.dev:v{}", release.version)
        );
        assert_eq!(not_an_image(&release.tag()), None);
    }
    assert_eq!(find(version("4.5.13")), None);
}

#[test]
fn what_was_read_is_complete_and_what_was_not_says_so() {
    for release in releases(Evidence::Code) {
        assert_eq!(release.unknown, "", "{}", release.version);
        assert_eq!(release.contract(), release.version);
        assert!(release.migrations.is_some() && release.date.is_some() && release.node.is_some());
        assert!(release.electric.is_some());
        assert!(release.compose <= release.version && find(release.compose).is_some());
    }
    for release in releases(Evidence::Documented) {
        assert_ne!(release.unknown, "", "{}", release.version);
        assert_eq!(release.contract(), version("4.5.12"));
        assert_eq!(release.migrations, None);
        assert_eq!(release.chart, None);
    }
}

#[test]
fn milestones_stand_where_upstream_put_them() {
    for release in RELEASES {
        let from = |text: &str| release.version >= version(text);
        let at = release.version;
        assert_eq!(release.s2, from("4.5.2"), "{at}");
        assert_eq!(release.native_realtime(), from("4.5.4"), "{at}");
        assert_eq!(
            release.native_realtime(),
            release.reads(Reader::Webapp, env::REALTIME_BACKEND_DEFAULT),
            "{at}"
        );
        assert_eq!(release.clickhouse_floor.is_some(), from("4.5.0"), "{at}");
        assert_eq!(release.refuses_published_secrets, from("4.5.6"), "{at}");
        assert_eq!(release.logs_clickhouse_password, !from("4.5.8"), "{at}");
        assert_eq!(release.negotiates_docker_api, from("4.1.2"), "{at}");
        assert_eq!(release.runs_v3_tasks, !from("4.5.1"), "{at}");
        assert_eq!(release.strips_secure_from_query, !from("4.4.0") || from("4.4.4"), "{at}");
        assert_eq!(
            release.chart.is_some(),
            !from("4.1.2") || (from("4.4.4") && !from("4.5.16")),
            "{at}"
        );
    }
    assert_eq!(find(version("4.0.4")).and_then(|release| release.chart), Some(version("4.0.5")));
}

#[test]
fn migrations_only_grow() {
    let counted: Vec<_> =
        releases(Evidence::Code).filter_map(|release| release.migrations).collect();
    for pair in counted.windows(2) {
        let (newer, older) = (pair[0], pair[1]);
        assert!(newer.postgres >= older.postgres && newer.clickhouse >= older.clickhouse);
        assert!(newer.dashboard_agent >= older.dashboard_agent && newer.run_ops >= older.run_ops);
    }
    assert!(same_schema(version("4.5.4"), version("4.5.6")));
    assert!(same_schema(version("4.8.5"), version("4.8.5")));
    assert!(!same_schema(version("4.5.6"), version("4.5.7")));
    assert!(!same_schema(version("4.8.3"), version("4.8.5")));
}

#[test]
fn tables_are_sorted_and_no_name_stands_twice() {
    for reader in Reader::ALL {
        for table in tables(*reader) {
            assert!(table.is_sorted_by(|a, b| a.name < b.name), "{reader:?}");
            assert!(table.iter().all(|variable| variable.reader == *reader), "{reader:?}");
        }
        let [first, second] = tables(*reader);
        for variable in second {
            assert!(first.iter().all(|other| other.name != variable.name), "{}", variable.name);
        }
        for variable in reader_table(*reader) {
            assert_eq!(lookup(*reader, variable.name), Some(variable));
        }
    }
    assert!(COMPOSE_ONLY.is_sorted_by(|a, b| a.name < b.name));
}

#[test]
fn spans_name_known_releases_in_order() {
    for variable in Reader::ALL.iter().flat_map(|reader| reader_table(*reader)) {
        let name = variable.name;
        assert!(!variable.spans.is_empty(), "{name}");
        for span in variable.spans {
            assert!(find(span.since).is_some(), "{name} since {}", span.since);
            let until = span.until.unwrap_or(RELEASES[0].version);
            assert!(find(until).is_some() && span.since <= until, "{name} until {until}");
        }
        for pair in variable.spans.windows(2) {
            assert!(pair[0].until.is_some_and(|until| until < pair[1].since), "{name}");
        }
        assert_eq!(variable.first_since(), variable.spans[0].since);
    }
}

#[test]
fn releases_that_were_not_read_use_the_contract() {
    for release in releases(Evidence::Documented) {
        for variable in Reader::ALL.iter().flat_map(|reader| reader_table(*reader)) {
            let Some(span) = variable.at(release.version) else {
                assert_eq!(
                    variable.at(release.contract()),
                    None,
                    "{} at {}",
                    variable.name,
                    release.version
                );
                continue;
            };
            if span.evidence == Evidence::Code {
                assert_eq!(variable.at(release.contract()), Some(span), "{}", variable.name);
            } else {
                assert!(span.since > release.contract(), "{}", variable.name);
            }
        }
    }
    assert!(facts(Reader::Webapp, env::DEPLOY_BASE_IMAGES, "4.7.3").is_none());
    assert!(facts(Reader::Webapp, env::DEPLOY_BASE_IMAGES, "4.7.4").is_some());
}

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "the generated table is compared by the script that writes it"
)]
fn variables_are_what_the_script_writes() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/variables");
    let output = Command::new("python3")
        .arg("-B")
        .arg(script)
        .arg("--check")
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_upstream_requires_is_known() {
    let webapp = [
        env::CLICKHOUSE_URL,
        env::DATABASE_URL,
        env::DEPLOY_REGISTRY_HOST,
        env::DIRECT_URL,
        env::ENCRYPTION_KEY,
        env::MAGIC_LINK_SECRET,
        env::MANAGED_WORKER_SECRET,
        env::SESSION_SECRET,
    ];
    let supervisor = [
        env::MANAGED_WORKER_SECRET,
        env::OTEL_EXPORTER_OTLP_ENDPOINT,
        env::TRIGGER_API_URL,
        env::TRIGGER_WORKER_TOKEN,
    ];
    for release in RELEASES {
        let defaulted =
            |name: &&str| *name == env::MANAGED_WORKER_SECRET && release.version < version("4.5.6");
        let expected: Vec<_> = webapp.into_iter().filter(|name| !defaulted(name)).collect();
        assert_eq!(
            required(Reader::Webapp, release.version).collect::<Vec<_>>(),
            expected,
            "{}",
            release.version
        );
        assert_eq!(required(Reader::Supervisor, release.version).collect::<Vec<_>>(), supervisor);
    }
}

#[test]
fn variables_come_and_go_with_their_releases() {
    let alive = |name, release| facts(Reader::Webapp, name, release).is_some();
    assert!(!alive(env::INTERNAL_API_ORIGIN, "4.5.8") && alive(env::INTERNAL_API_ORIGIN, "4.5.9"));
    assert!(alive(env::PROVIDER_SECRET, "4.5.3") && !alive(env::PROVIDER_SECRET, "4.5.4"));
    assert!(!alive(env::PROVIDER_SECRET, "4.8.5"));
    assert!(alive(env::AWS_REGION, "4.0.0") && alive(env::AWS_REGION, "4.5.12"));
    assert!(facts(Reader::Supervisor, env::DOCKER_HOST, "4.0.0").is_some());
    assert!(facts(Reader::Supervisor, env::REDIS_HOST, "4.5.12").is_none());
    assert_eq!(lookup(Reader::Webapp, "TRIGGER_DOMAIN"), None);
    assert!(!newest_proven().reads(Reader::Minio, "MINIO_DEFAULT_BUCKETS"));
    assert!(newest_proven().reads(Reader::Webapp, "OBJECT_STORE_S3_BUCKET"));
    assert!(
        !find(version("4.4.3")).expect("a release").reads(Reader::Webapp, "OBJECT_STORE_S3_BUCKET")
    );
    assert!(family(Reader::MinioClient, "MC_HOST_store").is_some());
}

#[test]
fn every_default_would_be_accepted() {
    for (name, span) in every_span() {
        if let Some(default) = span.default {
            assert_eq!(accepts(span, default), Ok(()), "{name}={default}");
        }
        if let Kind::Enum(words) = span.kind {
            assert!(words.iter().all(|word| accepts(span, word).is_ok()), "{name}");
        }
    }
}

#[test]
fn booleans_are_spelled_as_their_reader_compares() {
    let spelled = [
        (env::RUN_REPLICATION_ENABLED, Style::OneZero),
        (env::TRIGGER_BOOTSTRAP_ENABLED, Style::OneZero),
        (env::INTERNAL_API_ORIGIN_ENABLED, Style::OneZero),
        (env::REALTIME_BACKEND_NATIVE_ENABLED, Style::OneZero),
        (env::GITHUB_APP_ENABLED, Style::OneZero),
        (env::REDIS_TLS_DISABLED, Style::TrueFalse),
        (env::PUBSUB_REDIS_TLS_DISABLED, Style::TrueFalse),
        (env::REALTIME_STREAMS_S2_SKIP_ACCESS_TOKENS, Style::TrueFalse),
        (env::SMTP_SECURE, Style::Parsed),
        (env::LOGIN_RATE_LIMITS_ENABLED, Style::Parsed),
    ];
    for (name, style) in spelled {
        let span = webapp(name, "4.5.12");
        assert_eq!(span.kind, Kind::Boolean(style), "{name}");
        for value in [true, false] {
            assert_eq!(accepts(span, span.literal(value).expect("a boolean")), Ok(()), "{name}");
        }
        for value in ["yes", "on", "TRUE", " 1"] {
            assert_eq!(
                accepts(span, value),
                Err(Refusal::NotOneOf(style.literals())),
                "{name}={value}"
            );
        }
    }
    assert!(accepts(webapp(env::RUN_REPLICATION_ENABLED, "4.5.12"), "true").is_err());
    assert!(accepts(webapp(env::REDIS_TLS_DISABLED, "4.5.12"), "1").is_err());
    assert_eq!(webapp(env::APP_ORIGIN, "4.5.12").literal(true), None);
}

#[test]
fn values_are_taken_as_the_release_takes_them() {
    let taken = |name, release, value| accepts(webapp(name, release), value);
    for name in [
        env::EMAIL_TRANSPORT,
        env::SMTP_PORT,
        env::AUTH_GITHUB_CLIENT_ID,
        env::SMTP_SECURE,
        env::PORT,
    ] {
        assert_eq!(taken(name, "4.5.12", ""), Err(Refusal::Blank), "{name}");
        assert_eq!(taken(name, "4.5.12", " \t"), Err(Refusal::Blank), "{name}");
    }

    let key = "0123456789abcdef0123456789abcdef";
    assert_eq!(taken(env::ENCRYPTION_KEY, "4.0.4", key), Ok(()));
    assert_eq!(
        taken(env::ENCRYPTION_KEY, "4.5.12", &key[1..]),
        Err(Refusal::WrongSize { bytes: 32, found: 31 })
    );
    assert_eq!(taken(env::ENCRYPTION_KEY, "4.5.12", "0123456789abcdef0123456789abcdeé").ok(), None);
    assert_eq!(taken(env::ENCRYPTION_KEY, "4.0.0", "short"), Ok(()));

    assert!(facts(Reader::Webapp, env::EVENT_REPOSITORY_DEFAULT_STORE, "4.0.4").is_none());
    assert!(taken(env::EVENT_REPOSITORY_DEFAULT_STORE, "4.1.2", "clickhouse_v2").is_err());
    assert_eq!(taken(env::EVENT_REPOSITORY_DEFAULT_STORE, "4.2.0", "clickhouse_v2"), Ok(()));
    assert_eq!(taken(env::EVENT_REPOSITORY_DEFAULT_STORE, "4.8.1", "clickhouse"), Ok(()));
    assert!(taken(env::EVENT_REPOSITORY_DEFAULT_STORE, "4.8.2", "clickhouse").is_err());

    assert_eq!(taken(env::DEFAULT_ENV_EXECUTION_CONCURRENCY_LIMIT, "4.5.12", "100"), Ok(()));
    assert_eq!(
        taken(env::DEFAULT_ENV_EXECUTION_CONCURRENCY_LIMIT, "4.5.12", "1.5"),
        Err(Refusal::NotWhole)
    );
    assert_eq!(
        taken(env::DEFAULT_ENV_EXECUTION_CONCURRENCY_LIMIT, "4.5.12", "many"),
        Err(Refusal::NotANumber)
    );
    assert_eq!(taken(env::DEFAULT_ENV_EXECUTION_CONCURRENCY_BURST_FACTOR, "4.5.12", "1.5"), Ok(()));
    assert_eq!(
        taken(env::BATCH_QUEUE_GLOBAL_RATE_LIMIT, "4.5.12", "-1"),
        Err(Refusal::BelowMin(0))
    );
    assert_eq!(
        taken(env::LOGS_SEARCH_PROJECTOR_MAX_EXECUTION_TIME_SECONDS, "4.5.12", "301"),
        Err(Refusal::AboveMax(300))
    );

    assert_eq!(
        taken(env::DATABASE_URL, "4.5.12", "postgresql://u:p@h:5432/trigger?schema=public"),
        Ok(())
    );
    assert!(taken(env::DATABASE_URL, "4.5.12", "postgresql://u:p@h:5432/trigger?schema=").is_err());
    assert!(taken(env::DATABASE_URL, "4.5.12", "not a url").is_err());
    assert_eq!(
        taken(env::REALTIME_STREAMS_S2_BASIN, "4.5.12", "short"),
        Err(Refusal::TooShort { min: 8 })
    );
    assert!(taken(env::OBJECT_STORE_DEFAULT_PROTOCOL, "4.5.12", "S3").is_err());
    assert_eq!(taken(env::TRIGGER_TELEMETRY_DISABLED, "4.5.12", "anything"), Ok(()));
    assert!(taken(env::WEBHOOK_DELIVERY_STORAGE_DAYS, "4.8.3", "14").is_err());

    let supervisor = |name, value| {
        accepts(facts(Reader::Supervisor, name, "4.5.12").expect("a variable"), value)
    };
    assert_eq!(supervisor(env::TRIGGER_API_URL, "http://webapp:3000"), Ok(()));
    assert!(supervisor(env::TRIGGER_API_URL, "webapp:3000").is_err());
    assert!(supervisor(env::DOCKER_RUNNER_NETWORKS, "a, b").is_err());
    assert_eq!(supervisor(env::RUNNER_ADDITIONAL_ENV_VARS, "A=1,B=2"), Ok(()));
    assert!(supervisor(env::RUNNER_ADDITIONAL_ENV_VARS, "A").is_err());
}

#[test]
fn refusals_never_repeat_the_value() {
    let span = webapp(env::ENCRYPTION_KEY, "4.5.12");
    let refusal = accepts(span, "hunter2").expect_err("seven bytes are no key").to_string();
    assert_eq!(refusal, "must be exactly 32 bytes, has 7");
}

#[test]
fn tags_that_are_no_image_say_why() {
    let npm = ["4.0.1", "4.0.2", "4.0.3", "4.0.5", "4.0.6", "4.0.7", "4.1.0"];
    for tag in npm.iter().chain(&["v4-beta", "latest", "v4", "main"]) {
        assert!(not_an_image(tag).is_some(), "{tag}");
    }
    assert!(not_an_image("v4-beta").is_some_and(|reason| reason.contains("4.4.6")));
    assert_eq!(not_an_image("v4.5.12"), None);
    for unseen in HEARD_OF {
        assert_eq!(find(*unseen), None);
    }
}

#[test]
fn notes_are_in_order_and_met_once() {
    assert!(NOTES.is_sorted_by_key(|note| note.at));
    for (index, note) in NOTES.iter().enumerate() {
        assert!(
            find(note.at).is_some() && note.until.is_none_or(|until| find(until).is_some()),
            "{}",
            note.id
        );
        assert!(NOTES[..index].iter().all(|other| other.id != note.id), "{}", note.id);
        assert!(
            note.id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        );
        assert!(
            !note.action.is_empty() && !note.title.ends_with('.') && !note.action.ends_with('.'),
            "{}",
            note.id
        );
    }
    let ids = |from, to| {
        notes_between(version(from), version(to)).map(|note| note.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("4.5.12", "4.5.12"), Vec::<&str>::new());
    assert_eq!(ids("4.5.4", "4.5.5"), Vec::<&str>::new());
    assert_eq!(
        ids("4.5.9", "4.5.10"),
        [SCHEMA_FORWARD_ONLY.id, "clickhouse-official-image", "security-4-5-10"]
    );
    assert_eq!(ids("4.5.10", "4.5.9"), ids("4.5.9", "4.5.10"));
    assert!(ids("4.3.3", "4.4.2").contains(&"query-client-secure"));
    assert!(!ids("4.3.3", "4.4.4").contains(&"query-client-secure"));
    assert!(notes_between(version("4.5.12"), version("4.5.9")).any(|note| note.one_way));
}

#[test]
fn advisories_close_where_they_say() {
    let open =
        |text| advisories_open_at(version(text)).map(|advisory| advisory.id).collect::<Vec<_>>();
    assert_eq!(open("4.5.12").len(), 7);
    assert!(open("4.7.4").contains(&"CVE-2026-114085"), "it names no fix");
    assert!(open("4.8.5").is_empty());
    assert!(
        open("4.7.2").contains(&"GHSA-m79r-84cc-xwg9")
            && !open("4.7.3").contains(&"GHSA-m79r-84cc-xwg9")
    );
    assert!(
        !open("4.4.6").contains(&"CVE-2026-114070") && open("4.5.0").contains(&"CVE-2026-114070")
    );
    for (index, advisory) in ADVISORIES.iter().enumerate() {
        assert!(ADVISORIES[..index].iter().all(|other| other.id != advisory.id), "{}", advisory.id);
        assert!(advisory.fixed.is_some() || advisory.last_known.is_some(), "{}", advisory.id);
    }
    assert_eq!(SECURITY_FLOOR.version, version("4.5.6"));
    assert!(FLOORS.is_sorted_by(|a, b| a.version < b.version));
}

#[test]
fn published_secrets_are_known_by_hash_alone() {
    let hex = |text: &str| {
        text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    assert!(PUBLISHED_DEFAULTS.iter().all(|published| hex(published.sha256)));
    assert_eq!(
        PUBLISHED_DEFAULTS.iter().filter(|published| published.refused_from.is_some()).count(),
        5
    );
    for name in [env::MANAGED_WORKER_SECRET, env::PROVIDER_SECRET, env::COORDINATOR_SECRET] {
        assert_eq!(webapp(name, "4.0.0").default, None, "{name}");
    }
}

#[test]
fn images_are_pinned() {
    for image in IMAGES {
        let digest = image.digest();
        assert!(
            digest.is_none_or(|digest| digest.len() == 71 && digest.starts_with("sha256:")),
            "{}",
            image.reference
        );
        assert!(image.reference.starts_with(&format!("{}:", image.name())), "{}", image.reference);
        assert!(
            digest.is_some() || matches!(image.service, "cnpg_postgres" | "busybox"),
            "{}",
            image.reference
        );
    }
}
