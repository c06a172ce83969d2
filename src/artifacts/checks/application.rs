//! Webapp, supervisor and stores: each is asked itself, because the webapp's health answer knows PostgreSQL alone.

use super::{BOTH, Check, DOCTOR, On, Place, STATUS, Severity, VERIFY, when};
use crate::site::{Postgres, Realtime, Registry, Streams};

/// The slot from which runs go to ClickHouse.
const RUNS_SLOT: &str = "task_runs_to_clickhouse_v1";
/// The slot of Electric.
const ELECTRIC_SLOT: &str = "electric_slot_default";

fn own_postgres(on: On<'_>) -> bool {
    on.is_server() && matches!(on.site.storage.postgres, Postgres::Bundled { .. })
}

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V40",
        name: "webapp",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "the webapp answers its health check",
        hint: "trigger-ctl.sh logs webapp; after an update migrations may take minutes",
        expects: |on| on.is_server().then(|| vec![on.site.docker().publish.webapp.to_string()]),
    },
    Check {
        id: "V41",
        name: "supervisor",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "the supervisor answers its health check",
        hint: "trigger-ctl.sh logs supervisor",
        expects: |on| when(on.runs_tasks()),
    },
    Check {
        id: "V42",
        name: "worker-token",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "the worker token is there",
        hint: "trigger-ctl.sh worker-token check says what is wrong; worker-token reset makes another one on the server",
        expects: |on| {
            let place = if on.is_server() { "volume" } else { "file" };
            Some(vec![place.into()])
        },
    },
    Check {
        id: "V56",
        name: "heartbeat",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "every supervisor was heard of in the last two minutes",
        hint: "trigger-ctl.sh logs supervisor: Invalid or missing worker token means that token or MANAGED_WORKER_SECRET differ",
        expects: |on| {
            let remote = on.site.docker().workers.iter().map(|it| it.name.to_string());
            let own = (!on.site.is_split()).then(|| on.site.name.to_string());
            own_postgres(on).then(|| own.into_iter().chain(remote).collect())
        },
    },
    Check {
        id: "V43",
        name: "api",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the API refuses a call without a key",
        hint: "another answer than 401 comes from another program at this port: ss -ltnp",
        expects: |on| on.is_server().then(|| vec![on.site.docker().publish.webapp.to_string()]),
    },
    Check {
        id: "V44",
        name: "postgres",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "PostgreSQL replicates logically, and every migration is done",
        hint: "trigger-ctl.sh logs webapp shows the migration that failed",
        expects: |on| own_postgres(on).then(|| counted(on, |it| it.postgres)),
    },
    Check {
        id: "V45",
        name: "publication",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "the publication of runs holds the table of runs",
        hint: "run in psql: ALTER PUBLICATION task_runs_to_clickhouse_v1_publication ADD TABLE public.TaskRun, its name in double quotes",
        expects: |on| when(own_postgres(on)),
    },
    Check {
        id: "V46",
        name: "slot",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "the replication slot of runs is in use and keeps its log",
        hint: "a slot that is lost is dropped with pg_drop_replication_slot; the webapp makes it again within seconds",
        expects: |on| own_postgres(on).then(|| vec![RUNS_SLOT.into()]),
    },
    Check {
        id: "V47",
        name: "electric-slot",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "the replication slot of Electric is in use and keeps its log",
        hint: "trigger-ctl.sh logs electric",
        expects: |on| {
            let electric = matches!(on.site.storage.realtime, Realtime::Electric { .. });
            (own_postgres(on) && electric).then(|| vec![ELECTRIC_SLOT.into()])
        },
    },
    Check {
        id: "V75",
        name: "other-slots",
        severity: Severity::Warning,
        place: Place::Here,
        by: BOTH,
        title: "no replication slot is left that nobody reads",
        hint: "it keeps the log until the disk is full: in psql, SELECT pg_drop_replication_slot of its name",
        expects: |on| own_postgres(on).then(|| vec![RUNS_SLOT.into(), ELECTRIC_SLOT.into()]),
    },
    Check {
        id: "V48",
        name: "clickhouse",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "ClickHouse answers the webapp, is new enough, and every migration is done",
        hint: "trigger-ctl.sh logs webapp and, where it is bundled, trigger-ctl.sh logs clickhouse",
        expects: |on| {
            let floor = on.site.release.clickhouse_floor.map(|it| it.to_string());
            on.is_server().then(|| {
                let mut expected = vec![floor.unwrap_or_else(|| "0.0".into())];
                expected.extend(counted(on, |it| it.clickhouse));
                expected
            })
        },
    },
    Check {
        id: "V49",
        name: "run-counts",
        severity: Severity::Warning,
        place: Place::Here,
        by: DOCTOR,
        title: "ClickHouse has the runs of the last hour that PostgreSQL has",
        hint: "the run list has gaps: see whether the replication slot of runs is in use",
        expects: |on| when(own_postgres(on)),
    },
    Check {
        id: "V59",
        name: "replication-lag",
        severity: Severity::Warning,
        place: Place::Here,
        by: BOTH,
        title: "the list of runs has the newest run that is a minute old",
        hint: "see whether the replication slot of runs is in use: trigger-ctl.sh verify --only slot",
        expects: |on| when(own_postgres(on)),
    },
    Check {
        id: "V50",
        name: "redis",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "Redis answers the webapp, evicts nothing, and its last save went well",
        hint: "the webapp calls itself healthy without Redis; trigger-ctl.sh logs redis, where it is bundled",
        expects: |on| {
            let own = on.has("redis");
            on.is_server().then(|| if own { vec!["aof_enabled:1".into()] } else { Vec::new() })
        },
    },
    Check {
        id: "V51",
        name: "object-store",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "a byte goes into the bucket and comes back through signed addresses",
        hint: "large payloads fail without it: trigger-ctl.sh logs object-store, or the keys of your store",
        expects: |on| when(on.is_server()),
    },
    Check {
        id: "V52",
        name: "s2",
        severity: Severity::Warning,
        place: Place::Here,
        by: DOCTOR,
        title: "the webapp reaches s2",
        hint: "trigger-ctl.sh logs s2",
        expects: |on| when(on.is_server() && !matches!(on.site.storage.streams, Streams::V1)),
    },
    Check {
        id: "V53",
        name: "registry",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "the registry asks for a password and takes the one of .env",
        hint: "trigger-ctl.sh logs registry; copy .env and registry/auth.htpasswd together",
        expects: |on| match on.site.storage.registry {
            Registry::Bundled(_) if on.is_server() => {
                Some(vec![on.site.docker().publish.registry.to_string()])
            }
            _ => None,
        },
    },
    Check {
        id: "V55",
        name: "docker-proxy",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "the supervisor reaches the engine through docker-proxy, and only as far as it must",
        hint: "the supervisor calls itself healthy without it: trigger-ctl.sh logs docker-proxy",
        expects: |on| when(on.runs_tasks()),
    },
    Check {
        id: "V57",
        name: "proxy-unreachable",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "docker-proxy cannot be reached from the network of runs",
        hint: "code of a run could be root: docker network disconnect what does not belong there",
        expects: |on| when(on.is_server() && on.runs_tasks()),
    },
    Check {
        id: "V58",
        name: "stuck-runs",
        severity: Severity::Warning,
        place: Place::Here,
        by: BOTH,
        title: "the supervisor starts runs without errors",
        hint: "a run that cannot be started shows as EXECUTING and is tried every minute: log in to the registry, mend networks",
        expects: |on| when(on.runs_tasks()),
    },
];

/// How many migrations of a kind the release has; nothing where they were not counted.
fn counted(on: On<'_>, of: fn(&crate::release::Migrations) -> u16) -> Vec<String> {
    on.site.release.migrations.as_ref().map(|it| of(it).to_string()).into_iter().collect()
}
