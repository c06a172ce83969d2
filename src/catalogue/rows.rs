//! The rows of the catalogue.

use super::{Entry, Handled};

const fn row(name: &'static str, handled: Handled) -> Entry {
    Entry { name, handled, also: &[], note: "" }
}

const fn lint(name: &'static str, lint: &'static str) -> Entry {
    row(name, Handled::Lint(lint))
}

const fn proof(name: &'static str, proofs: &'static [&'static str]) -> Entry {
    row(name, Handled::Proof(proofs))
}

const fn doctor(name: &'static str, why: &'static str) -> Entry {
    noted(why, row(name, Handled::Doctor))
}

const fn noted(note: &'static str, entry: Entry) -> Entry {
    Entry { note, ..entry }
}

const fn also(also: &'static [&'static str], entry: Entry) -> Entry {
    Entry { also, ..entry }
}

/// What no site can say; the page of that name is its text.
macro_rules! never {
    ($name:literal, $by:literal) => {
        row(
            $name,
            Handled::Unrepresentable {
                by: $by,
                page: include_str!(concat!("pages/", $name, ".md")),
            },
        )
    };
}

/// Every name that concerns the site file, both targets and secrets, by topic.
#[rustfmt::skip]
pub static CATALOGUE: &[Entry] = &[
    // The site file, and what the release reads.
    never!("schema-violation", "SiteSpec"),
    also(&["unread-variable"], never!("unknown-env-key", "Extra")),
    also(&["unread-variable"], never!("env-key-too-new", "Extra")),
    also(&["unread-variable"], never!("env-key-retired", "Extra")),
    also(&["refused-value"], never!("env-value-rejected", "Extra")),
    also(&["unknown-release"], never!("unknown-release", "Release")),

    // Secrets.
    noted("a store with such a value is refused before: `published-default-secret`", proof("published-default-secret", &["published-secret"])),
    lint("insecure-defaults-allowed", "insecure-defaults-allowed"),
    noted("a store with such a key is refused before: `malformed-secret`", proof("encryption-key-length", &["encryption-key-size"])),
    noted("`build` refuses a store whose key is not the one that the output was built with", proof("encryption-key-changed", &["manifest-hash"])),
    doctor("datastore-password-changed", "only the running server knows with which password a volume was made; files that differ among themselves are `database-login-mismatch`, `clickhouse-login-mismatch`, `redis-password-mismatch`"),
    also(&["malformed-database-url", "clickhouse-login-mismatch"], never!("url-unsafe-password", "Pieces")),
    also(&["unescaped-dollar", "nested-env-expansion"], never!("dollar-in-env-value", "EnvText")),
    lint("dsn-in-logs", "dsn-in-logs"),
    noted("a store with such values is refused before: `shared-secret-value`", proof("shared-secret-value", &["repeated-secret"])),
    noted("one value of one store goes into every bundle", proof("managed-secret-mismatch", &["worker-secret-mismatch"])),
    noted("a store with a blank value is refused before: `malformed-secret`", proof("blank-required-secret", &["undefined-compose-variable", "blank-value"])),
    noted("what a patch holds is searched: `literal-secret`", also(&["leaked-secret"], never!("plaintext-secret-in-artefact", "SecretRef"))),
    proof("loose-secret-mode", &["open-secret-file", "manifest-mode"]),

    // Origins, login, mail.
    also(&["bad-origin"], never!("http-origin", "Domain")),
    also(&["bad-origin", "bad-object-store-address"], never!("origin-with-path", "Domain")),
    also(&["bad-origin", "differing-origins"], never!("origin-with-internal-port", "Domain")),
    also(&["differing-origins", "missing-variable"], never!("partial-origins", "Owned")),
    also(&["bad-origin"], never!("internal-api-origin-host", "Domain")),
    also(&["public-port"], never!("open-publish-address", "Port")),
    also(&["unanchored-email-pattern"], never!("unanchored-email-pattern", "EmailPattern")),
    noted("of a pattern in an edited tree nothing is said that admits everybody", also(&["unrestricted-sign-in"], lint("open-signup", "open-sign-up"))),
    never!("smtp-alerts-hidden", "Transport"),
    also(&["incomplete-email-transport"], never!("incomplete-email-transport", "Email")),
    lint("magic-link-only-in-logs", "magic-link-only-in-logs"),
    also(&["smtp-tls-port-mismatch"], never!("smtp-tls-port-mismatch", "Transport")),

    // The registry.
    lint("loopback-registry", "loopback-registry"),
    noted("whether a registry elsewhere answers over TLS is seen from the running server", never!("plain-http-registry", "RegistryHost")),
    lint("dotless-registry-host", "dotless-registry-host"),
    also(&["malformed-registry-host", "missing-variable"], never!("malformed-registry-host", "RegistryHost")),
    proof("non-bcrypt-htpasswd", &["bad-htpasswd"]),
    noted("the file follows the password in every build; a well-formed hash of another password is seen at a login alone", proof("stale-htpasswd", &["bad-htpasswd", "registry-user-mismatch"])),
    also(&["undefined-compose-variable"], never!("missing-registry-namespace", "RegistryNamespace")),

    // nginx.
    noted("the limits follow from `limits.payloads`", proof("proxy-body-limit-too-small", &["proxy-body-limit-too-small"])),
    proof("proxy-port-mismatch", &["proxy-port-mismatch"]),
    doctor("upload-host-behind-cloudflare", "to which addresses the names of registry and object store lead is said by DNS alone"),

    // The worker.
    proof("undeclared-runner-network", &["unknown-runner-network", "missing-variable"]),
    proof("unattachable-runner-network", &["unattachable-runner-network"]),
    also(&["v3-artefact", "unread-variable"], never!("v3-artefact", "Images")),
    proof("worker-without-token", &["unreachable-worker-token", "missing-variable"]),
    lint("old-docker-api", "old-docker-api"),
    doctor("instance-name-collision", "two sites are two files: every name of one begins with its `docker.project`, and only the server sees both; within one tree it is `repeated-container-name` and `project-mismatch`"),
    proof("guessed-network-name", &["guessed-network-name"]),
    proof("raw-docker-socket", &["exposed-docker-socket", "bypassed-socket-proxy"]),
    proof("socket-proxy-on-shared-network", &["shared-proxy-network", "data-store-on-runner-network"]),
    lint("platform-mismatch", "platform-mismatch"),
    noted("counted in memory; the site file knows nothing of processors", lint("oversubscribed-worker", "undersized-host")),
    lint("org-limit-too-low", "org-limit-too-low"),
    proof("relative-supervisor-url", &["missing-variable", "refused-value"]),
    lint("debug-left-on", "debug-left-on"),
    lint("runner-containers-kept", "runner-containers-kept"),
    also(&["image-tag-mismatch"], lint("component-release-mismatch", "component-release-mismatch")),

    // PostgreSQL and Electric.
    noted("`pg_isready` answers whatever user it is given, so it is not asked for", proof("postgres-user-mismatch", &["database-login-mismatch"])),
    noted("of a server elsewhere the doctor asks", proof("wal-level-not-logical", &["missing-logical-wal"])),
    proof("too-few-replication-slots", &["too-few-replication-slots"]),
    proof("electric-without-auth-mode", &["electric-without-auth-mode"]),
    proof("electric-insecure-published", &["published-internal-port", "public-port"]),
    proof("unbounded-slot-wal", &["unbounded-slot-wal"]),
    lint("pooler-url", "pooler-url"),
    doctor("postgres-major-change", "no file says which version wrote a volume; an image of another version than the site's is `postgres-major-mismatch`"),
    doctor("role-without-replication", "the rights of a role stand in the database; the bundled one is its superuser"),
    noted("for the bundled PostgreSQL; a server elsewhere has a limit of its own", lint("too-few-connections", "too-few-connections")),

    // ClickHouse.
    also(&["clickhouse-url-parameter"], never!("clickhouse-secure-param-mismatch", "ExternalClickhouse")),
    also(&["clickhouse-url-parameter"], never!("replication-url-secure-param", "ExternalClickhouse")),
    also(&["clickhouse-url-parameter"], never!("query-url-secure-param", "ExternalClickhouse")),
    also(&["outdated-clickhouse"], lint("clickhouse-too-old", "clickhouse-too-old")),
    also(&["incomplete-run-replication", "missing-variable"], never!("incomplete-run-replication", "Owned")),
    proof("unbounded-system-logs", &["unbounded-system-logs"]),
    noted("a key that ClickHouse does not know at all stops it at its start", proof("profile-in-config-d", &["misplaced-clickhouse-setting"])),
    also(&["refused-value"], never!("retired-event-store", "Owned")),
    also(&["unmigrated-clickhouse"], lint("skipped-clickhouse-migrations", "skipped-migrations")),
    doctor("replicated-clickhouse", "the bundled one is always alone; how many servers answer under a host elsewhere no file says"),
    lint("postgres-event-store", "postgres-event-store"),
    lint("clickhouse-memory-over-half", "clickhouse-memory-over-half"),

    // Redis, object store, streams.
    noted("whether a server elsewhere speaks TLS is seen from the running server", proof("redis-tls-mismatch", &["redis-tls-mismatch", "missing-variable"])),
    lint("internal-object-store-url", "internal-object-store-url"),
    also(&["unused-object-store", "object-store-login-mismatch"], never!("object-store-without-credentials", "ExternalObjectStore")),
    noted("of a store elsewhere the doctor asks", proof("missing-packets-bucket", &["missing-bucket"])),
    proof("ignored-bucket-init", &["missing-bucket"]),
    proof("volatile-redis-queue", &["evicting-redis", "unsaved-redis"]),
    also(&["streams-v2-without-s2", "s2-basin-mismatch"], never!("streams-v2-without-s2", "Streams")),
    lint("clustered-redis", "clustered-redis"),
    lint("missing-object-store-region", "missing-object-store-region"),
    never!("iam-without-bucket", "ExternalObjectStore"),

    // Images and operation.
    also(&["retired-image"], lint("removed-bitnami-image", "removed-image")),
    lint("frozen-bitnami-image", "frozen-image"),
    lint("unknown-image", "unknown-image"),
    also(&["unpinned-image"], lint("floating-tag", "floating-image")),
    doctor("v3-tasks-past-floor", "which SDK deployed a task stands in the database"),
    also(&["oversized-heap"], never!("heap-over-limit", "Sizes")),
    also(&["ignored-heap-option"], lint("node-options-heap", "node-options-heap")),
    doctor("downgrade-across-gate", "which release wrote the data is known to the server that has it"),
    lint("known-advisory", "known-advisory"),
    doctor("skipped-upgrade-gate", "which release a server comes from is known to that server"),
    proof("unrotated-logs", &["unbounded-container-log"]),
    lint("undersized-host", "undersized-host"),
    lint("telemetry-on", "telemetry-on"),

    // Backups.
    lint("incomplete-backup", "incomplete-backup"),
    lint("backup-on-same-volume", "backup-on-same-volume"),
    never!("backup-without-secrets", "Backup"),
    lint("unencrypted-offsite-backup", "unencrypted-offsite-backup"),

    // Deployments.
    never!("unpinned-cli", "Deploy"),
    never!("local-build-flag", "Deploy"),
    never!("native-build-server", "Deploy"),

    // Between files.
    proof("unconsumed-env-key", &["unconsumed-env-key"]),
    proof("undefined-compose-variable", &["undefined-compose-variable"]),
    proof("nested-env-expansion", &["nested-env-expansion"]),
    proof("dangling-host", &["dangling-host"]),

    // Kubernetes.
    noted("no key sets such a value; a patch that does is refused", proof("unknown-chart-value", &["unknown-chart-value"])),
    lint("chart-below-floor", "chart-below-floor"),
    proof("floating-chart-version", &["floating-chart-version"]),
    noted("the tree holds a HelmRelease, which Flux installs with the cluster at hand, and never rendered objects", proof("argo-without-existing-secret", &["incomplete-existing-secret"])),
    proof("incomplete-existing-secret", &["incomplete-existing-secret"]),
    noted("a registry is a key that a site with `kubernetes` must have, and a loopback address is refused there", proof("unset-cluster-registry", &["contradictory-chart-values"])),
    noted("the login stands in a Secret of its own", proof("inline-registry-password", &["contradictory-chart-values"])),
    noted("with more than one instance the Cluster always synchronises slots; it does not help a slot that is not made for it", lint("cnpg-without-slot-sync", "postgres-failover-gap")),
    proof("missing-startup-probe", &["missing-startup-probe"]),
    noted("a site with such volumes is refused under the same name", proof("rwo-shared-volume", &["contradictory-chart-values"])),
    lint("seccomp-locked-runtime", "seccomp-locked-runtime"),
    lint("missing-pull-secret", "missing-pull-secret"),
    proof("undeclared-substitution", &["undeclared-substitution"]),
    noted("a site that says such a name is refused under the same name", proof("duplicate-env-name", &["duplicate-env-name"])),
    proof("short-helm-timeout", &["short-helm-timeout"]),
    proof("missing-depends-on", &["missing-depends-on"]),
];
