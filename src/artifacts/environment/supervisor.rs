//! What a supervisor is told, beside the webapp and on a server of its own.

use super::super::setting::{Group, Pieces, Setting};
use super::{SHARED_FOLDER, extra, storage};
use crate::release::{Reader, env, family};
use crate::site::{Site, Worker, generated};

/// Where a remote worker's token file is mounted.
pub(in crate::artifacts) const REMOTE_TOKEN: &str = "/run/trigger/worker_token";

/// The supervisor beside the webapp.
pub(in crate::artifacts) fn local(site: &Site) -> Vec<Setting> {
    let webapp = storage::webapp_in_stack();
    let mut settings = vec![
        Setting::wired(env::TRIGGER_API_URL, webapp),
        Setting::wired(env::OTEL_EXPORTER_OTLP_ENDPOINT, format!("{webapp}/otel")),
        Setting::wired(env::TRIGGER_WORKER_TOKEN, format!("file://{SHARED_FOLDER}/worker_token")),
        Setting::wired(env::TRIGGER_WORKER_INSTANCE_NAME, site.name.as_str()),
    ];
    settings.extend(common(site));
    settings
}

/// A supervisor on a server of its own: it reaches the webapp as the rest of the world does.
pub(in crate::artifacts) fn remote(site: &Site, worker: &Worker) -> Vec<Setting> {
    let origin = site.api_origin().to_string();
    let mut settings = vec![
        Setting::kept(Group::Origins, env::TRIGGER_API_URL, "the webapp", origin.clone()),
        Setting::kept(
            Group::Origins,
            env::OTEL_EXPORTER_OTLP_ENDPOINT,
            "where logs and traces of runs go",
            format!("{origin}/otel"),
        ),
        Setting::wired(env::TRIGGER_WORKER_TOKEN, format!("file://{REMOTE_TOKEN}")),
        Setting::wired(env::TRIGGER_WORKER_INSTANCE_NAME, worker.name.as_str()),
    ];
    settings.extend(common(site));
    settings
}

fn common(site: &Site) -> Vec<Setting> {
    let managed = generated(env::MANAGED_WORKER_SECRET);
    let mut settings = vec![
        Setting::kept(
            Group::Application,
            env::MANAGED_WORKER_SECRET,
            "shared by webapp and supervisors",
            Pieces::secret(&managed),
        ),
        Setting::wired(env::TRIGGER_WORKLOAD_API_DOMAIN, "supervisor"),
        Setting::wired(env::TRIGGER_WORKLOAD_API_PORT_EXTERNAL, "8020"),
        Setting::wired(env::DOCKER_HOST, "tcp://docker-proxy:2375"),
        // The real name of the network, never one that compose would prefix.
        Setting::wired(env::DOCKER_RUNNER_NETWORKS, super::super::compose::runner_network(site)),
    ];
    settings.extend(storage::registry_login(site));
    settings.extend(extra(&site.extra.supervisor, "SUPERVISOR_"));
    settings.retain(|it| {
        site.release.reads(Reader::Supervisor, &it.name)
            || family(Reader::Supervisor, &it.name).is_some()
    });
    settings
}
