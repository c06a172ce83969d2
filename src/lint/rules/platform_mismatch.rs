//! Task images built for other processors than the workers'.

use crate::lint::{Report, extra};
use crate::release::{Reader, env, lookup};
use crate::site::Site;

lint!(PLATFORM_MISMATCH, "platform-mismatch", Warning since "0.1.0" of release, platform_mismatch);

fn platform_mismatch(site: &Site, report: &mut Report) {
    let Some(worker) = extra::written(site, Reader::Supervisor, env::DOCKER_PLATFORM) else {
        return;
    };
    let Some(built) = built_for(site) else { return };
    if built.split(',').all(|it| it.trim() != worker.value) {
        let message = format!(
            "workers run `{}`, and task images are built for `{built}`: `exec format error`",
            worker.value
        );
        let help = format!("set `env.webapp.DEPLOY_IMAGE_PLATFORM: {}`", worker.value);
        report.found(worker.at, message, help);
    }
}

/// What the site says, or else the release.
fn built_for(site: &Site) -> Option<&str> {
    let name = env::DEPLOY_IMAGE_PLATFORM;
    match extra::written(site, Reader::Webapp, name) {
        Some(written) => Some(written.value),
        None => lookup(Reader::Webapp, name)?.at(site.release.version)?.default,
    }
}
