//! What the real programs were seen to do with a wrong value, where the catalogue has no name for it.

use super::Handled;

/// One thing that was seen.
#[derive(Debug)]
pub struct Observed {
    /// What is wrong, and what happens then.
    pub what: &'static str,
    /// Who prevents it; `None` where nobody does, and the note says why.
    pub handled: Option<Handled>,
    /// What else is to be said; empty where the table says it all.
    pub note: &'static str,
}

const fn proof(what: &'static str, proofs: &'static [&'static str]) -> Observed {
    Observed { what, handled: Some(Handled::Proof(proofs)), note: "" }
}

const fn doctor(what: &'static str, note: &'static str) -> Observed {
    Observed { what, handled: Some(Handled::Doctor), note }
}

const fn lint(what: &'static str, lint: &'static str) -> Observed {
    Observed { what, handled: Some(Handled::Lint(lint)), note: "" }
}

const fn nobody(what: &'static str, why: &'static str) -> Observed {
    Observed { what, handled: None, note: why }
}

/// Everything that was seen, from the start to the end of a stack.
#[rustfmt::skip]
pub static OBSERVED: &[Observed] = &[
    proof("A required variable is missing: the webapp exits after 16 s, the supervisor at once", &["missing-variable"]),
    proof("A variable is passed on blank: an empty limit is 0, an empty switch is no", &["blank-value"]),
    doctor("Redis, ClickHouse or the object store cannot be reached, and `/healthcheck` still answers 200", "it asks PostgreSQL alone; the doctor asks each store itself"),
    proof("The password of a store is wrong: the webapp is up, and logs `P1000` or nothing at all", &["database-login-mismatch", "clickhouse-login-mismatch", "redis-password-mismatch", "object-store-login-mismatch"]),
    proof("The dashboard is reached under another host than its origin: every form answers 500", &["differing-origins"]),
    nobody("The proxy passes on what a client says of host and scheme: links to a foreign host are mailed to others", "no proxy is compiled yet; it comes with the section `docker.proxy`"),
    nobody("An address that may not sign in is sent back to the login without a word", "it is meant so, and the site file lists who may"),
    proof("The shared secret of webapp and supervisor differs: it is refused as `Invalid or missing worker token`", &["worker-secret-mismatch"]),
    proof("The file of the worker token is missing: the supervisor exits with `ENOENT`", &["unreachable-worker-token", "missing-file"]),
    doctor("The worker token is lost: it is shown once, and every run stays queued", "the token is made by the server and stands in no file of the tree"),
    proof("`DOCKER_HOST` cannot be reached: the supervisor stays up and healthy, and no run starts", &["bypassed-socket-proxy"]),
    proof("A later name in `DOCKER_RUNNER_NETWORKS` is unknown, or has a blank: nothing is logged, runs join the first network alone", &["unknown-runner-network"]),
    proof("The socket proxy lacks a right: a run shows as EXECUTING and is tried again every minute", &["missing-proxy-right"]),
    proof("The socket proxy logs at `info`: its log holds the variables of every run", &["logged-run-environment"]),
    nobody("`RUNNER_ADDITIONAL_ENV_VARS` of 16 kB overflows the socket proxy: `<BADREQ>`, no run", "no value of a site file is longer than 4096 bytes"),
    proof("A port is published from internal networks alone: Docker publishes nothing, and says nothing", &["unpublished-port"]),
    proof("Runs are told an address that they cannot resolve: they complete, and every call of the SDK inside them fails", &["unreachable-from-runs", "unreachable-workload-api"]),
    proof("A service waits for one of another file: compose refuses the file, even with `required: false`", &["dangling-dependency"]),
    lint("ClickHouse is newer than 26.2: the migration that makes the table of errors is refused", "clickhouse-too-new"),
    lint("The image of Electric is served no more", "removed-image"),
    nobody("`pg_isready` on the socket says healthy while the image still prepares a volume", "compiled with `-h 127.0.0.1`; elsewhere it costs the webapp one restart"),
    nobody("`start_interval` is dropped by Docker Engine before 25, so a first check comes late", "compiled without it, with a short interval and a long start period"),
    nobody("The webapp never exits by itself: it is killed after its grace period", "compiled with 10 s; it writes nothing then"),
    nobody("PostgreSQL is stopped while the webapp runs: it is killed, and recovers at its next start", "no file can order a stop across two compose files; the control script will"),
    nobody("`down` with a live run: the run fails within five minutes, its network stays", "no file can drain runs; the control script will"),
    nobody("A variable of the shell goes before the same one of `.env`", "no file can clear the environment of a shell; the control script will"),
    doctor("`ulimits.nofile` of 262144 is refused by an engine without CAP_SYS_RESOURCE", "what an engine may do stands in no file of the tree"),
    doctor("A run that cannot be started for a wrong registry password shows as EXECUTING", "only the log of the supervisor says so"),
    nobody("A container of a run prints its variables when it starts", "upstream's own; compiled so that exited containers are removed, `runner-containers-kept` flags the rest"),
];
