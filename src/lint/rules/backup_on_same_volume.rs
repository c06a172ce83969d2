//! Backups that are lost together with the server.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{Offsite, Site};

lint!(BACKUP_ON_SAME_VOLUME, "backup-on-same-volume", Warning since "0.1.0", backup_on_same_volume);

fn backup_on_same_volume(site: &Site, report: &mut Report) {
    let Some(docker) = &site.docker else { return };
    let place = match &docker.backup.offsite {
        Offsite::None => docker.backup.dir.as_str(),
        Offsite::Restic { repository, .. } if repository.as_str().starts_with('/') => {
            repository.as_str()
        }
        Offsite::Restic { .. } | Offsite::Rclone(_) => return,
    };
    report.found(
        Place::Key("docker.backup.offsite".into()),
        format!("backups stay in `{place}` on the server itself, and are lost together with it"),
        "name a repository of restic or a remote of rclone in `docker.backup.offsite`",
    );
}
