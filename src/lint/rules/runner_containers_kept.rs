//! Containers of finished runs that stay.

use crate::lint::{Report, extra};
use crate::release::{Reader, env};
use crate::site::Site;

lint!(RUNNER_CONTAINERS_KEPT, "runner-containers-kept", Warning since "0.1.0", runner_containers_kept);

fn runner_containers_kept(site: &Site, report: &mut Report) {
    let name = env::DOCKER_AUTOREMOVE_EXITED_CONTAINERS;
    let written = extra::written(site, Reader::Supervisor, name);
    if let Some(switch) = written.filter(|it| !it.is_on()) {
        report.found(
            switch.at,
            "the container of every finished run stays on the disk",
            "remove it: the supervisor then clears them away",
        );
    }
}
