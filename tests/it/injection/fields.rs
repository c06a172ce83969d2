//! Every key of the spec that takes free text, and where a container must see it. Held against the schema: a new key
//! without a row fails by name.

use serde_json::Value;
use std::collections::BTreeMap;

/// A key that takes free text.
pub(super) struct Field {
    /// Its path in the site file; `[]` is an item, `*` the name of a variable.
    pub(super) route: &'static str,
    /// What it takes.
    pub(super) takes: Takes,
    /// Where its value must be seen; nothing for one that reaches no output.
    pub(super) seen: &'static [Seen],
    /// Why it is seen nowhere.
    pub(super) nowhere: &'static str,
}

/// What a key takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Any printable text.
    Text,
    /// A text, number or truth value.
    Variable,
    /// A name before an address: the string goes into the name.
    Mailbox,
    /// A path: the string is the name of the store before its ending.
    Path,
    /// A value of the secret store, by the name that the sample gives it.
    Secret,
}

/// Where a container sees a value.
pub(super) struct Seen {
    pub(super) service: &'static str,
    pub(super) variable: &'static str,
    pub(super) part: Part,
}

/// Which part of the variable it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// The user of a URL, percent-decoded.
    User,
    /// The password of a URL, percent-decoded.
    Password,
    /// The path of a URL, percent-decoded.
    Path,
}

const fn of(service: &'static str, variable: &'static str, part: Part) -> Seen {
    Seen { service, variable, part }
}

const fn webapp(variable: &'static str) -> Seen {
    of("webapp", variable, Part::Whole)
}

const fn row(route: &'static str, takes: Takes, seen: &'static [Seen]) -> Field {
    Field { route, takes, seen, nowhere: "" }
}

const FROM: &[Seen] = &[webapp("FROM_EMAIL"), webapp("ALERT_FROM_EMAIL")];
const REPLY_TO: &[Seen] = &[webapp("REPLY_TO_EMAIL"), webapp("ALERT_REPLY_TO_EMAIL")];

/// Every one of them, in the order of the reference; the secrets behind.
pub(super) const FIELDS: &[Field] = &[
    row("access.email.resend.from", Takes::Mailbox, FROM),
    row("access.email.resend.reply_to", Takes::Mailbox, REPLY_TO),
    row("access.email.smtp.from", Takes::Mailbox, FROM),
    row("access.email.smtp.reply_to", Takes::Mailbox, REPLY_TO),
    row(
        "access.email.smtp.username",
        Takes::Text,
        &[webapp("SMTP_USER"), webapp("ALERT_SMTP_USER")],
    ),
    row("access.email.ses.from", Takes::Mailbox, FROM),
    row("access.email.ses.reply_to", Takes::Mailbox, REPLY_TO),
    row("access.email.ses.access_key_id", Takes::Text, &[webapp("AWS_ACCESS_KEY_ID")]),
    row("access.github.client_id", Takes::Text, &[webapp("AUTH_GITHUB_CLIENT_ID")]),
    row("access.google.client_id", Takes::Text, &[webapp("AUTH_GOOGLE_CLIENT_ID")]),
    row(
        "storage.postgres.external.database",
        Takes::Text,
        &[of("webapp", "DATABASE_URL", Part::Path), of("webapp", "DIRECT_URL", Part::Path)],
    ),
    row(
        "storage.postgres.external.username",
        Takes::Text,
        &[of("webapp", "DATABASE_URL", Part::User), of("webapp", "DIRECT_URL", Part::User)],
    ),
    row("storage.redis.external.username", Takes::Text, &[webapp("REDIS_USERNAME")]),
    row(
        "storage.clickhouse.external.username",
        Takes::Text,
        &[
            of("webapp", "CLICKHOUSE_URL", Part::User),
            of("webapp", "QUERY_CLICKHOUSE_URL", Part::User),
            of("webapp", "RUN_REPLICATION_CLICKHOUSE_URL", Part::User),
        ],
    ),
    row(
        "storage.object_store.external.access_key_id",
        Takes::Text,
        &[webapp("OBJECT_STORE_ACCESS_KEY_ID")],
    ),
    row(
        "storage.registry.external.username",
        Takes::Text,
        &[of("supervisor", "DOCKER_REGISTRY_USERNAME", Part::Whole)],
    ),
    row("env.webapp.*", Takes::Variable, &[webapp("AI_RUN_FILTER_MODEL")]),
    row(
        "env.supervisor.*",
        Takes::Variable,
        &[of("supervisor", "KUBERNETES_SCHEDULER_NAME", Part::Whole)],
    ),
    Field {
        nowhere: "stands in what the compiler says, and as Markdown in RUNBOOK.md, whose reader shows it as it was written",
        ..row("allow[].because", Takes::Text, &[])
    },
    Field {
        nowhere: "is the path that the store is opened at, and stands in no file",
        ..row("secrets.store", Takes::Path, &[])
    },
    row("`CACHE_PASSWORD` of the store", Takes::Secret, &[webapp("REDIS_PASSWORD")]),
    row(
        "`DB_PASSWORD` of the store",
        Takes::Secret,
        &[of("webapp", "DATABASE_URL", Part::Password), of("webapp", "DIRECT_URL", Part::Password)],
    ),
];

/// Types of text that is free.
const FREE: &[(&str, Takes)] = &[
    ("Text", Takes::Text),
    ("Mailbox", Takes::Mailbox),
    ("EnvValue", Takes::Variable),
    ("StorePath", Takes::Path),
];

/// Types whose alphabet is closed: letters, digits and what their form needs. `EmailAddress` and `EmailPattern`
/// allow the most, and have a test of their own. Each with who reads it in the output.
pub(super) const CLOSED: &[(&str, &str)] = &[
    ("AccessKeyId", "docker compose, restic, kustomize and Flux"),
    ("AddressRange", "nft, nginx, fail2ban"),
    ("AgeRecipient", "bash, age, sops"),
    ("Branch", "YAML of a workflow, Markdown"),
    ("BucketFolder", "kustomize and Flux, XML, Markdown, Mermaid"),
    ("BucketName", "docker compose"),
    ("ByteSize", "docker compose, XML, Markdown"),
    ("ContactEmail", "a shell"),
    ("CpuAmount", "kustomize and Flux"),
    ("Domain", "docker compose, nginx, bash, Markdown, Mermaid"),
    ("Duration", "docker compose"),
    ("EmailAddress", "docker compose, Markdown"),
    ("EmailPattern", "docker compose"),
    ("FilePath", "nginx, bash, Markdown"),
    ("GitopsPath", "kustomize and Flux, a shell"),
    ("Host", "docker compose, Markdown, Mermaid"),
    ("ImageRef", "docker compose, bash"),
    ("InstallRoot", "nginx, cron, systemd, bash, ssh, Markdown"),
    ("Label", "docker compose, nginx, cron, systemd, bash, ssh, Markdown, Mermaid"),
    ("LintName", "Markdown"),
    ("Middleware", "kustomize and Flux"),
    ("Namespace", "kustomize and Flux, a shell, Markdown, Mermaid"),
    ("ObjectName", "kustomize and Flux, a shell, Markdown, Mermaid"),
    ("Origin", "docker compose, XML, Markdown, Mermaid"),
    ("Port", "docker compose, nginx, nft, sshd's clients, Markdown"),
    ("ProjectRef", "bash"),
    ("RcloneRemote", "bash, rclone, Markdown"),
    ("Region", "docker compose, Markdown"),
    ("RegistryHost", "docker compose, nginx, bash, Markdown"),
    ("RegistryNamespace", "docker compose, htpasswd, bash, Markdown"),
    ("ReleaseTag", "docker compose, bash, Markdown"),
    ("RepoFolder", "YAML of a workflow, Markdown"),
    ("ResticRepository", "bash, restic, Markdown"),
    ("Schedule", "cron, systemd, Markdown, kustomize and Flux"),
    ("SecretName", "nobody"),
    ("ServerTag", "nobody"),
    ("SiteDomain", "docker compose, nginx, bash, Markdown, Mermaid, kustomize and Flux"),
    ("TailnetIpv4", "nginx, Markdown"),
    ("TailnetIpv6", "nginx"),
    ("TimeZone", "docker compose, bash, Markdown, kustomize and Flux"),
    ("TlsSecretName", "kustomize and Flux"),
    ("VariablePrefix", "kustomize and Flux"),
];

/// Every key with a named type that is no mapping, by its route.
pub(super) fn leaves(schema: &Value) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(schema, schema, "", &mut found);
    found
}

fn walk(schema: &Value, node: &Value, route: &str, found: &mut BTreeMap<String, String>) {
    let reference = node.get("$ref").or_else(|| node.pointer("/allOf/0/$ref"));
    if let Some(pointer) = reference.and_then(Value::as_str) {
        let name = pointer.rsplit('/').next().expect("a name");
        let target = schema.pointer(&pointer[1..]).expect("a definition");
        if FREE.iter().any(|it| it.0 == name) || CLOSED.iter().any(|it| it.0 == name) {
            found.insert(route.to_owned(), name.to_owned());
            return;
        }
        return walk(schema, target, route, found);
    }
    for (key, inner) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let dot = if route.is_empty() { "" } else { "." };
        walk(schema, inner, &format!("{route}{dot}{key}"), found);
    }
    let patterns = node.get("patternProperties").and_then(Value::as_object);
    for inner in patterns.into_iter().flat_map(|it| it.values()).chain(free_mapping(node)) {
        walk(schema, inner, &format!("{route}.*"), found);
    }
    if let Some(items) = node.get("items") {
        walk(schema, items, &format!("{route}[]"), found);
    }
    for branch in ["oneOf", "anyOf"] {
        for inner in node.get(branch).and_then(Value::as_array).into_iter().flatten() {
            walk(schema, inner, route, found);
        }
    }
    let is_word = node.get("const").is_some() || node.get("enum").is_some();
    if node.get("type").and_then(Value::as_str) == Some("string") && !is_word {
        found.insert(route.to_owned(), "a text without a named type".into());
    }
}

/// What a mapping with free names holds.
fn free_mapping(node: &Value) -> Option<&Value> {
    node.get("additionalProperties").filter(|it| it.is_object())
}

#[test]
fn every_key_that_takes_free_text_has_a_row() {
    let leaves = leaves(&trigger_gen::spec::json_schema());
    assert!(leaves.len() > 60, "the schema was not walked: {leaves:?}");
    for (route, name) in &leaves {
        let row = FIELDS.iter().find(|it| it.route == route);
        match FREE.iter().find(|it| it.0 == name) {
            Some((_, takes)) => {
                let row = row.unwrap_or_else(|| {
                    panic!(
                        "`{route}` takes {name}, and tests/it/injection/fields.rs has no row for it"
                    )
                });
                assert_eq!(row.takes, *takes, "{route}");
            }
            None => assert!(
                CLOSED.iter().any(|it| it.0 == name),
                "`{route}` takes {name}: say in tests/it/injection/fields.rs whether it is free"
            ),
        }
    }
    for row in FIELDS.iter().filter(|it| it.takes != Takes::Secret) {
        assert!(leaves.contains_key(row.route), "`{}` is no key of the spec", row.route);
        assert_eq!(row.seen.is_empty(), !row.nowhere.is_empty(), "{}", row.route);
    }
}
