//! A supervisor that asks Docker for an API version that is gone.

use crate::diag::Place;
use crate::lint::{Report, extra, holes};
use crate::release::{Reader, env};
use crate::site::Site;

lint!(OLD_DOCKER_API, "old-docker-api", Warning since "0.1.0" of release, old_docker_api);

fn old_docker_api(site: &Site, report: &mut Report) {
    let release = site.release;
    let chosen = extra::written(site, Reader::Supervisor, env::DOCKER_API_VERSION);
    if site.docker.is_none() || release.negotiates_docker_api || chosen.is_some() {
        return;
    }
    let message = format!(
        "the supervisor of {} asks for Docker's API 1.41, which Docker Engine 29 refuses",
        release.version
    );
    let help = match holes::first_release(|it| it.negotiates_docker_api) {
        Some(mended) => {
            format!(
                "move to `{mended}` or later, or set `env.supervisor.DOCKER_API_VERSION: v1.44`"
            )
        }
        None => "set `env.supervisor.DOCKER_API_VERSION: v1.44`".into(),
    };
    report.found(Place::Value("release".into()), message, help);
}
