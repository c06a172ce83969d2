//! One folder for each server that only runs tasks, with only the secrets that it needs.

use super::dotenv::{self, View};
use super::{Artifact, Cx, Target, checks, compose, ctl, file, header, memory_line, root_word};
use crate::plan::PlannedFile;
use crate::site::Worker;
use crate::tree::Mode;

pub(super) const WORKERS: Artifact = Artifact {
    name: "workers",
    paths: "workers/<host>/…",
    summary: "One bundle for each worker host: compose file, `.env` with its reviewable twin, control script, checks",
    target: Target::Docker,
    keys: &["docker.topology.workers", "env.supervisor"],
    plan: |cx| cx.site.docker().workers.iter().flat_map(|worker| bundle(cx, worker)).collect(),
};

fn bundle(cx: &Cx<'_>, worker: &Worker) -> Vec<PlannedFile> {
    let folder = format!("workers/{}", worker.name);
    let rows = dotenv::worker_rows(cx.site, worker);
    let mut comment = header(cx.site, &format!("The worker stack of {}", worker.name));
    comment.push(format!(
        "Run it: docker compose --env-file {0}/.env -f {0}/docker-compose.yml up -d",
        root_word(cx.site)
    ));
    comment.push(memory_line(&worker.reserve));
    comment.push(
        "It needs the file worker_token beside it, mode 0600, with the token that the webapp made."
            .into(),
    );
    let stack = compose::body(comment, compose::remote(cx.site, worker));
    let mut files = vec![
        file(WORKERS.name, format!("{folder}/docker-compose.yml"), Mode::Plain, stack),
        dotenv::dotenv(cx, WORKERS.name, &format!("{folder}/.env"), &rows, View::Exposed),
        dotenv::dotenv(cx, WORKERS.name, &format!("{folder}/.env.redacted"), &rows, View::Redacted),
    ];
    files.extend(ctl::bundle(cx, &folder, Some(worker)));
    files.push(checks::list(cx, WORKERS.name, &folder, Some(worker)));
    files
}
