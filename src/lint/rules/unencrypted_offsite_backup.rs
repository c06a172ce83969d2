//! Sets with every secret in clear on somebody else's disk.

use crate::diag::Place;
use crate::lint::Report;
use crate::site::{Offsite, Site};

lint!(UNENCRYPTED_OFFSITE_BACKUP, "unencrypted-offsite-backup", Warning since "0.1.0", unencrypted_offsite_backup);

fn unencrypted_offsite_backup(site: &Site, report: &mut Report) {
    let Some(docker) = &site.docker else { return };
    let backup = &docker.backup;
    if let Offsite::Rclone(remote) = &backup.offsite
        && backup.recipients.is_empty()
    {
        report.found(
            Place::Value("docker.backup.offsite.rclone.remote".into()),
            format!("`{remote}` gets ENCRYPTION_KEY and every password in clear"),
            "add `docker.backup.encryption.recipients`, or use restic, which encrypts by itself",
        );
    }
}
