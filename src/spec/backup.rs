//! `docker.backup`: what is saved, when, and where to.

use super::env::SecretRef;
use super::read::{choice, section};
use crate::value::{
    AccessKeyId, AgeRecipient, InstallRoot, RcloneRemote, ResticRepository, Schedule,
};

section! {
    /// Backups of everything that this server keeps. Configuration, secrets, worker token, PostgreSQL and Redis are
    /// in each of them.
    Backup {
        /// When, in the five fields of cron, in numbers and in the time of the server. Default: `30 3 * * *`.
        optional schedule: Schedule,
        /// Who starts it. Default: `cron`.
        optional scheduler: Scheduler,
        /// Folder on the server that holds the sets. Default: `/var/backups/<project>`.
        optional dir: InstallRoot,
        /// How many sets are kept there.
        optional keep: BackupKeep,
        /// What is saved besides.
        optional parts: BackupParts,
        /// Encrypt each set before it leaves the server.
        optional encryption: BackupEncryption,
        /// Where each set is copied to. Default: `none`.
        optional offsite: Offsite,
        /// Who hears of it.
        optional notify: BackupNotify,
    }
}

choice! {
    /// Who starts the backups.
    Scheduler {
        words {
            /// An entry of cron.
            Cron = "cron",
            /// A timer of systemd, which makes up for a run that it missed.
            Systemd = "systemd",
            /// Nobody: `trigger-ctl.sh backup` is run by hand, or by something of yours.
            None = "none",
        }
    }
}

section! {
    /// How many sets are kept on the server. The newest is never removed, and sets that were not verified do not count.
    BackupKeep {
        /// Verified sets. Default: 7.
        optional sets: u32,
        /// Verified sets made before an update. Default: 3.
        optional before_update: u32,
    }
}

section! {
    /// What is saved besides configuration, secrets, worker token, PostgreSQL and Redis.
    BackupParts {
        /// The bundled ClickHouse: run list, logs and traces. Default: `full`.
        optional clickhouse: ClickhousePart,
        /// The bundled object store: large payloads and outputs. Default: `true`.
        optional object_store: bool,
        /// The bundled registry: deployed task images. Default: `true`.
        optional registry: bool,
        /// The bundled s2: past realtime streams. It is stopped meanwhile. Default: `false`.
        optional s2: bool,
        /// Leave out the rows of the tables `TaskEvent*` of the bundled PostgreSQL. Default: `false`.
        optional exclude_task_events: bool,
    }
}

choice! {
    /// How much of ClickHouse is saved.
    ClickhousePart {
        words {
            /// Schema and rows.
            Full = "full",
            /// The schema alone.
            Schema = "schema",
            /// Nothing.
            Skip = "skip",
        }
    }
}

section! {
    /// Encrypt each set before it leaves the server. The secret key stays elsewhere, and a restore needs it.
    BackupEncryption {
        /// Public keys of age, each of which can decrypt alone.
        required recipients: Vec<AgeRecipient>,
    }
}

choice! {
    /// Where each set is copied to.
    Offsite {
        words {
            /// Nowhere: the sets are lost with the server.
            None = "none",
        }
        keys {
            /// A repository of restic, which encrypts by itself.
            Restic = "restic": Restic,
            /// A remote of rclone. Nothing is ever deleted there.
            Rclone = "rclone": Rclone,
        }
    }
}

section! {
    /// A repository of restic. It must exist: `restic init` makes it, once.
    Restic {
        /// The repository, without credentials.
        required repository: ResticRepository,
        /// The password that it is encrypted with.
        required password: SecretRef,
        /// The key of a repository on S3.
        optional s3: ResticS3,
        /// Whether the place refuses deletions. Then nothing is ever deleted there. Default: `false`, which keeps 7
        /// snapshots, and one of each of 4 weeks and 6 months.
        optional append_only: bool,
    }
}

section! {
    /// The key of a repository on S3.
    ResticS3 {
        /// The access key.
        required access_key_id: AccessKeyId,
        /// Its secret.
        required secret_access_key: SecretRef,
    }
}

section! {
    /// A remote of rclone. Its credentials stand in the configuration of root's rclone on the server.
    Rclone {
        /// Name of the remote and path there.
        required remote: RcloneRemote,
    }
}

section! {
    /// Who hears of backups.
    BackupNotify {
        /// A URL that is asked after each backup that succeeded, last of all: a service that misses it raises the alarm.
        optional heartbeat_url: SecretRef,
        /// A program on the server that is started after each failure, with the reason on its standard input.
        optional failure_hook: InstallRoot,
    }
}
