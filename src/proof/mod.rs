//! Proofs: what must hold between the files of a finished tree.
//!
//! A proof sees files and nothing else, so it says the same of a tree that was just rendered, of one that
//! stands on disk, and of one that somebody wrote by hand. Adding one: a row and its check in the file of its
//! topic, and its line in [`PROOFS`]. `verify`, `explain`, the reference and the tests iterate the slice.
//!
//! Invariant: no message holds a value that could be secret.

mod clickhouse;
mod clickhouse_settings;
mod cluster;
mod confinement;
mod containers;
mod contract;
mod contradictions;
mod electric;
mod encrypted;
mod files;
mod forwarding;
mod hosts;
mod images;
mod keys;
mod leaks;
mod mail;
mod manifest;
mod networks;
mod object_store;
mod origins;
mod ports;
mod postgres;
mod project;
mod redis;
mod references;
mod registry;
mod replication;
mod secrets;
mod sign_in;
mod socket;
mod socket_proxy;
mod stack;
mod streams;
mod token;
mod v3;
mod variables;
mod vhosts;
mod waiting;

use crate::manifest::Fingerprints;
use crate::release::Release;
use crate::sops::FileKeys;
use crate::tree::{OutPath, Tree};
use serde_json::Value;
use stack::Stack;
use std::collections::BTreeMap;

/// Every proof, in the order of the reference.
pub static PROOFS: &[&Proof] = &[
    &files::UNREADABLE_FILE,
    &files::MISSING_FILE,
    &keys::UNKNOWN_COMPOSE_KEY,
    &keys::MALFORMED_COMPOSE_VALUE,
    &contradictions::CONTRADICTORY_COMPOSE_KEYS,
    &files::UNDECLARED_NAME,
    &references::DANGLING_DEPENDENCY,
    &references::CIRCULAR_DEPENDENCY,
    &waiting::UNSTARTED_SERVICE,
    &waiting::UNANSWERABLE_HEALTH_CHECK,
    &variables::UNDEFINED_COMPOSE_VARIABLE,
    &variables::UNESCAPED_DOLLAR,
    &variables::UNCONSUMED_ENV_KEY,
    &variables::DUPLICATE_ENV_KEY,
    &variables::NESTED_ENV_EXPANSION,
    &variables::BLANK_VALUE,
    &contract::UNKNOWN_RELEASE,
    &contract::UNREAD_VARIABLE,
    &contract::REFUSED_VALUE,
    &contract::MISSING_VARIABLE,
    &secrets::WORKER_SECRET_MISMATCH,
    &secrets::ENCRYPTION_KEY_SIZE,
    &secrets::PUBLISHED_SECRET,
    &secrets::REPEATED_SECRET,
    &leaks::LEAKED_SECRET,
    &leaks::OPEN_SECRET_FILE,
    &leaks::UNIGNORED_SECRET_FILE,
    &leaks::STALE_REDACTED_TWIN,
    &encrypted::UNREADABLE_ENCRYPTED_FILE,
    &postgres::MALFORMED_DATABASE_URL,
    &postgres::DATABASE_LOGIN_MISMATCH,
    &postgres::MISSING_LOGICAL_WAL,
    &postgres::UNBOUNDED_SLOT_WAL,
    &replication::TOO_FEW_REPLICATION_SLOTS,
    &replication::INCOMPLETE_RUN_REPLICATION,
    &redis::REDIS_PASSWORD_MISMATCH,
    &redis::REDIS_TLS_MISMATCH,
    &redis::EVICTING_REDIS,
    &redis::UNSAVED_REDIS,
    &clickhouse::CLICKHOUSE_LOGIN_MISMATCH,
    &clickhouse::CLICKHOUSE_URL_PARAMETER,
    &clickhouse::OUTDATED_CLICKHOUSE,
    &clickhouse::UNMIGRATED_CLICKHOUSE,
    &clickhouse_settings::MISPLACED_CLICKHOUSE_SETTING,
    &clickhouse_settings::UNBOUNDED_SYSTEM_LOGS,
    &object_store::OBJECT_STORE_LOGIN_MISMATCH,
    &object_store::BAD_OBJECT_STORE_ADDRESS,
    &object_store::OBJECT_STORE_REGION_MISMATCH,
    &object_store::MISSING_BUCKET,
    &object_store::UNUSED_OBJECT_STORE,
    &streams::S2_BASIN_MISMATCH,
    &streams::STREAMS_V2_WITHOUT_S2,
    &electric::ELECTRIC_WITHOUT_AUTH_MODE,
    &registry::REGISTRY_HOST_MISMATCH,
    &registry::MALFORMED_REGISTRY_HOST,
    &registry::REGISTRY_USER_MISMATCH,
    &registry::BAD_HTPASSWD,
    &token::UNREACHABLE_WORKER_TOKEN,
    &sign_in::UNRESTRICTED_SIGN_IN,
    &sign_in::UNANCHORED_EMAIL_PATTERN,
    &mail::INCOMPLETE_EMAIL_TRANSPORT,
    &mail::SMTP_TLS_PORT_MISMATCH,
    &origins::BAD_ORIGIN,
    &origins::DIFFERING_ORIGINS,
    &vhosts::UNSERVED_HOST,
    &vhosts::UNKNOWN_SERVER_NAME,
    &vhosts::PROXY_PORT_MISMATCH,
    &vhosts::TOO_WIDE_VHOST,
    &forwarding::FORGEABLE_HEADER,
    &forwarding::PROXY_BODY_LIMIT_TOO_SMALL,
    &hosts::DANGLING_HOST,
    &hosts::UNREACHABLE_FROM_RUNS,
    &hosts::UNREACHABLE_WORKLOAD_API,
    &networks::UNKNOWN_RUNNER_NETWORK,
    &networks::UNATTACHABLE_RUNNER_NETWORK,
    &networks::GUESSED_NETWORK_NAME,
    &networks::DATA_STORE_ON_RUNNER_NETWORK,
    &networks::OPEN_DATA_NETWORK,
    &socket::BYPASSED_SOCKET_PROXY,
    &socket::EXPOSED_DOCKER_SOCKET,
    &socket::SHARED_PROXY_NETWORK,
    &socket_proxy::MISSING_PROXY_RIGHT,
    &confinement::NEEDLESS_PROXY_RIGHT,
    &socket_proxy::LOGGED_RUN_ENVIRONMENT,
    &ports::PUBLISHED_INTERNAL_PORT,
    &ports::PUBLIC_PORT,
    &ports::UNPUBLISHED_PORT,
    &ports::REPEATED_PORT,
    &images::UNPINNED_IMAGE,
    &images::RETIRED_IMAGE,
    &images::IMAGE_TAG_MISMATCH,
    &v3::V3_ARTEFACT,
    &project::PROJECT_MISMATCH,
    &project::DIFFERING_DECLARATION,
    &project::REPEATED_CONTAINER_NAME,
    &containers::OVERSIZED_HEAP,
    &containers::IGNORED_HEAP_OPTION,
    &containers::GAINABLE_PRIVILEGES,
    &confinement::UNCONFINED_CONTAINER,
    &containers::UNBOUNDED_CONTAINER_LOG,
    &cluster::UNSERVED_KIND,
    &cluster::UNLISTED_OBJECT,
    &cluster::REPEATED_OBJECT,
    &cluster::BAD_OBJECT_NAME,
    &cluster::DANGLING_KUSTOMIZATION,
    &cluster::CIRCULAR_KUSTOMIZATION,
    &cluster::MISSING_DEPENDS_ON,
    &cluster::SHORT_HELM_TIMEOUT,
    &cluster::MISSING_STARTUP_PROBE,
    &cluster::DANGLING_OBJECT,
    &cluster::DANGLING_SERVICE,
    &cluster::UNSELECTED_POLICY,
    &cluster::POOLED_REPLICATION,
    &cluster::LOCKED_OUT_JOB,
    &cluster::MISSING_NAMESPACE,
    &cluster::CUT_OFF_RUNS,
    &cluster::UNDECLARED_SUBSTITUTION,
    &cluster::NUMBER_LIKE_SECRET,
    &cluster::CLUSTER_SECRET_IN_CLEAR,
    &cluster::FLOATING_CHART_VERSION,
    &cluster::DIFFERING_CHART_VALUES,
    &cluster::UNKNOWN_CHART_VALUE,
    &cluster::CONTRADICTORY_CHART_VALUES,
    &cluster::DUPLICATE_ENV_NAME,
    &cluster::INCOMPLETE_EXISTING_SECRET,
    &manifest::MISSING_LISTED_FILE,
    &manifest::UNLISTED_FILE,
    &manifest::MANIFEST_MODE,
    &manifest::MANIFEST_HASH,
];

/// Lints on a site that say the same as a proof, each with its proof: who allows the one accepts the other.
pub const TWINS: &[(&str, &str)] = &[
    ("clickhouse-too-old", "outdated-clickhouse"),
    ("component-release-mismatch", "image-tag-mismatch"),
    ("floating-image", "unpinned-image"),
    ("node-options-heap", "ignored-heap-option"),
    ("removed-image", "retired-image"),
    // Of an image that is gone no lint says that its tag moves, too.
    ("removed-image", "unpinned-image"),
    ("skipped-migrations", "unmigrated-clickhouse"),
];

/// Something that must hold between the files of a tree.
#[derive(Debug)]
pub struct Proof {
    /// Names the fault, in kebab-case.
    pub name: &'static str,
    /// What must hold, in a sentence.
    pub summary: &'static str,
    /// Whose fault it is when a tree that was just rendered breaks it.
    pub blame: Blame,
    check: fn(&Stack<'_>, &mut Report<'_>),
}

/// Whose fault it is when a tree that was just rendered breaks a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// The compiler's: nothing that a site may say leads there.
    Compiler,
    /// Perhaps the author's: a site or a secret store can say so, and the lints speak of it there.
    Input,
}

/// What is known besides the files.
#[derive(Default, Clone, Copy)]
pub struct Context<'a> {
    /// The release; otherwise it is taken from the image tags, `.env` or the manifest.
    pub release: Option<&'static Release>,
    /// Secret values are placeholders, or secret files are not there: nothing is said of them.
    pub withheld: bool,
    /// Tells whether a secret file is as the manifest has it; without it only public files are compared.
    pub fingerprints: Option<&'a dyn Fingerprints>,
    /// Tells the key of each encrypted file; without it only their form is looked at.
    pub file_keys: Option<&'a dyn FileKeys>,
    /// Hosts that the author says are outside the stack, even if their names have no dot.
    pub outside: &'a [String],
    /// Variables that the author wrote by hand: where their values lead is not asked.
    pub chosen: &'a [String],
    /// Documents of the tree that were read already, by path: they are not read again.
    pub documents: Option<&'a BTreeMap<OutPath, Value>>,
    /// The tree was rendered a moment ago: proofs for which the author may be to blame are left
    /// out, and so is the comparison with the manifest that was made of this very tree.
    pub building: bool,
}

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The name of the proof.
    pub proof: &'static str,
    /// The file to look at.
    pub path: String,
    /// The line of it, where it is known.
    pub line: Option<usize>,
    /// States the fact. Lower case, no full stop, never a value that could be secret.
    pub message: String,
    /// Says what to do about it.
    pub help: String,
}

/// Where a fault is.
struct Spot {
    path: String,
    line: Option<usize>,
}

impl Spot {
    /// A file as a whole.
    fn file(path: &str) -> Self {
        Self { path: path.to_owned(), line: None }
    }
}

/// Where a check puts what it finds.
struct Report<'a> {
    proof: &'static Proof,
    faults: &'a mut Vec<Fault>,
}

impl Report<'_> {
    fn fault(&mut self, at: Spot, message: impl Into<String>, help: impl Into<String>) {
        let fault = Fault {
            proof: self.proof.name,
            path: at.path,
            line: at.line,
            message: message.into(),
            help: help.into(),
        };
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }
}

/// Whether a tree has a compose file at all: without one most proofs have nothing to look at, and hold.
pub fn has_a_stack(tree: &Tree) -> bool {
    tree.files.keys().any(|path| stack::is_compose(tree, path.as_str()))
}

/// Everything that does not hold in a tree, in the order of [`PROOFS`]. What its manifest accepts is not a fault.
pub fn check(tree: &Tree, context: &Context<'_>) -> Vec<Fault> {
    let stack = Stack::of(tree, context);
    let mut faults = Vec::new();
    let wanted = |it: &&&'static Proof| !context.building || it.blame == Blame::Compiler;
    for proof in PROOFS.iter().filter(wanted) {
        (proof.check)(&stack, &mut Report { proof, faults: &mut faults });
    }
    let accepted = stack.manifest.map(|it| it.accepted).unwrap_or_default();
    faults.retain(|fault| !accepted.iter().any(|it| it == fault.proof));
    faults
}
