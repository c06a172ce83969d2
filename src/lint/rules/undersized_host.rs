//! A server that is too small for what it shall run.

use crate::diag::{Place, Route};
use crate::lint::Report;
use crate::site::{Docker, RUN_MEMORY, Reserve, Site};
use crate::value::ByteSize;

lint!(UNDERSIZED_HOST, "undersized-host", Error since "0.1.0", undersized_host);

const GIB: u64 = 1024;

fn undersized_host(site: &Site, report: &mut Report) {
    let Some(docker) = &site.docker else { return };
    let runs = if site.is_split() { ByteSize::mib(0) } else { RUN_MEMORY };
    let at = Place::Value("docker.host.memory".into());
    let own = docker.sizes.reserve(docker.memory);
    let mut fits = host(at, own, runs, &docker.sizes.each(), report);
    for (nth, worker) in docker.workers.iter().enumerate() {
        let at = Place::Value(Route::from("docker.topology.workers").index(nth).key("memory"));
        let limits = [("supervisor", worker.supervisor), ("docker proxy", worker.docker_proxy)];
        fits &= host(at, worker.reserve, RUN_MEMORY, &limits, report);
    }
    if fits && site.limits.concurrency_chosen {
        concurrency(site, docker, own, report);
    }
}

/// Whether the containers, the system and the least number of runs fit one server.
fn host(
    at: Place,
    reserve: Reserve,
    runs: ByteSize,
    limits: &[(&str, ByteSize)],
    report: &mut Report,
) -> bool {
    let needed = reserve.containers.in_mib() + reserve.system.in_mib() + runs.in_mib();
    let Some(missing) = needed.checked_sub(reserve.host.in_mib()).filter(|it| *it > 0) else {
        return true;
    };
    let one_run = if runs.in_mib() > 0 { format!(", {runs} for one run") } else { String::new() };
    let message = format!(
        "{} is {missing}MiB too little: {} for the containers, {} for the system{one_run}",
        reserve.host, reserve.containers, reserve.system
    );
    let parts: Vec<String> = limits.iter().map(|(name, size)| format!("{name} {size}")).collect();
    // A tenth of the server is the system's.
    let enough = (reserve.containers.in_mib() + runs.in_mib()) * 10;
    let help = format!("take a server of at least `{}GiB`", enough.div_ceil(9 * GIB));
    report.found(at, message, help).notes.push(format!("the containers: {}", parts.join(", ")));
    false
}

/// Whether the runs that the author wants at once fit what is left for them.
fn concurrency(site: &Site, docker: &Docker, own: Reserve, report: &mut Report) {
    let reserves = match docker.workers.as_slice() {
        [] => vec![own],
        workers => workers.iter().map(|it| it.reserve).collect(),
    };
    let carried: u32 = reserves.iter().map(Reserve::runs).sum();
    let left: i64 = reserves.iter().map(Reserve::left).sum();
    let wanted = site.limits.environment_concurrency;
    if wanted > carried {
        let memory = ByteSize::mib(u64::from(wanted) * RUN_MEMORY.in_mib());
        let at = Place::Value("limits.concurrency.environment".into());
        let message =
            format!("{wanted} runs at once want {memory}, and {left}MiB are left for runs");
        let help = format!("write at most `{carried}`, or take larger servers");
        let finding = report.found(at, message, help);
        finding.instead = Some(carried.to_string());
        finding.notes.push(format!("counted with {RUN_MEMORY} a run, the default machine"));
    }
}
