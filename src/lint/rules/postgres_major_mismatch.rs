//! A PostgreSQL image of another major version than the site's.

use crate::diag::Place;
use crate::lint::{Report, image};
use crate::site::{Postgres, Site};

lint!(POSTGRES_MAJOR_MISMATCH, "postgres-major-mismatch", Error since "0.1.0", postgres_major_mismatch);

fn postgres_major_mismatch(site: &Site, report: &mut Report) {
    let Postgres::Bundled { version } = site.storage.postgres else { return };
    in_cluster(site, version, report);
    let Some(docker) = &site.docker else { return };
    let image = &docker.images.postgres;
    if let Some(major) = image::numbers(image).first().filter(|major| **major != version) {
        report.found(
            Place::Value("docker.images.postgres".into()),
            format!("`{image}` is PostgreSQL {major}, the site has PostgreSQL {version}"),
            format!("name an image of {version}: no other major version starts on its volume"),
        );
    }
}

/// The operand of the cluster.
fn in_cluster(site: &Site, version: u32, report: &mut Report) {
    let Some(postgres) = site.kubernetes.as_ref().and_then(|it| it.postgres.as_ref()) else {
        return;
    };
    let image = &postgres.image;
    if let Some(major) = image::numbers(image).first().filter(|major| **major != version) {
        report.found(
            Place::Value("kubernetes.postgres.image".into()),
            format!("`{image}` is PostgreSQL {major}, the site has PostgreSQL {version}"),
            format!("name an operand of {version}, the newest that upstream tests"),
        );
    }
}
