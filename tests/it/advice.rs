//! What lints say beyond that they find something: where, how much, and what they leave alone.

use crate::blocks::{said, site};
use trigger_gen::diag::{Diagnostic, Place};

/// What one lint says of the base with a block merged onto it.
fn told(lint: &str, block: &str) -> Option<Diagnostic> {
    said(&site(block)).into_iter().map(|(_, it)| it).find(|it| it.name == lint)
}

fn value(route: &str) -> Place {
    Place::Value(route.into())
}

#[test]
fn a_release_that_is_none_is_told_nothing_of_releases() {
    assert!(told("known-advisory", "release: 4.5.99\n").is_none());
    assert!(told("known-advisory", "release: 4.5.12\n").is_some());
    let other = "docker:\n  images:\n    webapp: ghcr.io/triggerdotdev/trigger.dev:v4.5.11\n";
    let mismatch =
        |release: &str| told("component-release-mismatch", &format!("release: {release}\n{other}"));
    assert!(mismatch("4.5.99").is_none());
    assert!(mismatch("4.5.12").is_some());
}

#[test]
fn the_mail_server_is_one_of_the_servers() {
    let mail = |host: &str| {
        format!("access:\n  email:\n    smtp: {{ from: a@example.com, host: {host} }}\n")
    };
    let found = told("loopback-server", &mail("localhost")).expect("a finding");
    assert_eq!(found.at, value("access.email.smtp.host"));
    assert!(told("loopback-server", &mail("smtp.example.com")).is_none());
}

#[test]
fn what_else_is_wrong_with_an_older_release_is_noted() {
    let notes = |release: &str| {
        let found = told("known-advisory", &format!("release: {release}\n")).expect("a finding");
        found.notes.into_iter().filter(|it| it.starts_with("below ")).collect::<Vec<_>>()
    };
    let node = "below 4.8.5: both images carry a Node with known faults in HTTP/2 and TLS";
    assert_eq!(notes("4.5.12"), [node]);
    let below = trigger_gen::release::security::FLOORS.last().expect("a floor");
    assert!(below.reason.ends_with("HTTP/2 and TLS"));
    // The floor itself is no release below it.
    assert!(told("known-advisory", "release: 4.8.5\n").is_none());
}

#[test]
fn images_are_compared_with_what_the_stack_is_written_for() {
    let image = |service: &str, image: &str| {
        told("unknown-image", &format!("docker:\n  images:\n    {service}: {image}\n"))
    };
    for service in ["webapp", "supervisor"] {
        let found = image(service, "registry.example.com/another:v4.8.5").expect("a finding");
        assert_eq!(found.at, value(&format!("docker.images.{service}")));
    }
    assert!(image("webapp", "registry.example.com/copy/trigger.dev:v4.8.5").is_none());
    assert!(image("supervisor", "registry.example.com/copy/supervisor:v4.8.5").is_none());
}

#[test]
fn the_images_of_minio_are_its_own() {
    let minio = |images: &str| {
        format!(
            "storage:\n  object_store:\n    bundled: {{ kind: minio, public_host: s3.example.com }}\ndocker:\n  images:\n    {images}\n"
        )
    };
    let digest = format!("@sha256:{}", "a".repeat(64));
    let server = format!("object_store: ghcr.io/versity/versitygw:v1.8.0{digest}");
    assert!(told("unknown-image", &minio(&server)).is_some());
    assert!(
        told("unknown-image", &minio(&format!("object_store: example.com/minio:1.2.3{digest}")))
            .is_none()
    );
    let client = |image: &str| minio(&format!("object_store_client: {image}"));
    let found = told("floating-image", &client("example.com/mc:latest")).expect("a finding");
    assert_eq!(found.at, value("docker.images.object_store_client"));
    assert!(told("unknown-image", &client(&format!("example.com/other:1.2.3{digest}"))).is_some());
    assert!(told("unknown-image", &client(&format!("example.com/mc:1.2.3{digest}"))).is_none());
}

#[test]
fn a_frozen_server_is_reported_at_the_key_that_chose_it() {
    let kind =
        "storage:\n  object_store:\n    bundled: { kind: minio, public_host: s3.example.com }\n";
    let found = told("frozen-image", kind).expect("a finding");
    assert_eq!(found.at, value("storage.object_store.bundled.kind"));
}

#[test]
fn what_clickhouse_may_have_at_most_can_be_pasted() {
    let block = "docker:\n  host: { memory: 64GiB }\n  limits: { clickhouse: 41GiB }\n";
    let found = told("clickhouse-memory-over-half", block).expect("a finding");
    assert_eq!(found.instead.as_deref(), Some("40GiB"));
}

#[test]
fn only_switches_that_are_on_are_left_on() {
    let webapp = |line: &str| told("debug-left-on", &format!("env:\n  webapp: {{ {line} }}\n"));
    assert!(webapp("NODE_ENV: development").is_some());
    assert!(webapp("NODE_ENV: production").is_none());
}

#[test]
fn the_release_that_no_longer_logs_passwords_is_named() {
    let found = told("dsn-in-logs", "release: 4.5.6\n").expect("a finding");
    assert_eq!(found.help.as_deref(), Some("move to `4.5.8` or later, then change the password"));
}

#[test]
fn a_database_of_a_hosted_service_is_no_pooler() {
    let host = |host: &str| {
        let server = format!("external: {{ host: {host}, password: {{ secret: PW }} }}");
        told("pooler-url", &format!("storage:\n  postgres:\n    {server}\n"))
    };
    assert!(host("db.proxy-abc.eu-west-1.rds.amazonaws.com").is_some());
    assert!(host("db.abc.eu-west-1.rds.amazonaws.com").is_none());
    assert!(host("db.proxy-abc.example.com").is_none());
}

#[test]
fn a_share_for_clickhouse_is_named_that_is_half_of_the_server() {
    let block = "docker:\n  host: { memory: 64GiB }\n  limits: { clickhouse: 44GiB }\n";
    let found = told("clickhouse-memory-over-half", block).expect("a finding");
    assert_eq!(found.instead.as_deref(), Some("40GiB"));
    assert!(found.message.contains("may take 36044MiB of the 64GiB"), "{}", found.message);
    assert!(told("clickhouse-memory-over-half", &block.replace("44GiB", "40GiB")).is_none());
}

#[test]
fn a_switch_of_development_is_one_that_is_on() {
    let mode = |value: &str| {
        told("debug-left-on", &format!("env: {{ webapp: {{ NODE_ENV: {value} }} }}\n")).is_some()
    };
    assert_eq!(["production", "development"].map(mode), [false, true]);
}

#[test]
fn the_release_that_logs_no_password_is_named() {
    let releases = trigger_gen::release::RELEASES;
    let logs = releases.iter().find(|it| it.logs_clickhouse_password).expect("a release");
    let found = told("dsn-in-logs", &format!("release: {}\n", logs.version)).expect("a finding");
    let mended = releases
        .iter()
        .filter(|it| !it.logs_clickhouse_password && it.version > logs.version)
        .map(|it| it.version)
        .min();
    let help = match mended {
        Some(version) => format!("move to `{version}` or later, then change the password"),
        None => "change the password, and keep the log to yourself".to_owned(),
    };
    assert_eq!(found.help, Some(help));
}

#[test]
fn a_pooler_is_known_by_its_name() {
    let host = |host: &str| {
        let block = format!(
            "storage:\n  postgres: {{ external: {{ host: {host}, password: {{ secret: DB }} }} }}\n"
        );
        told("pooler-url", &block).is_some()
    };
    assert!(host("my.proxy-abc.eu-west-1.rds.amazonaws.com"));
    assert!(host("pgbouncer.example.com"));
    assert!(!host("my.eu-west-1.rds.amazonaws.com"));
    assert!(!host("my.proxy-abc.example.com"));
}
