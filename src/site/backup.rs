//! What is saved, when, and where to.

use crate::value::{
    AccessKeyId, AgeRecipient, InstallRoot, RcloneRemote, ResticRepository, Schedule, SecretName,
};

/// What is saved, when, and where to.
#[derive(Debug, Clone)]
pub struct Backup {
    /// Who starts it, and when.
    pub scheduler: Scheduler,
    /// Folder on the server.
    pub dir: InstallRoot,
    /// Verified sets that are kept.
    pub keep_sets: u32,
    /// Verified sets made before updates that are kept.
    pub keep_before_update: u32,
    /// How much of the bundled `ClickHouse` is saved.
    pub clickhouse: ClickhousePart,
    /// Whether the bundled object store is saved.
    pub object_store: bool,
    /// Whether the bundled registry is saved.
    pub registry: bool,
    /// Whether the bundled s2 is saved.
    pub s2: bool,
    /// Whether the rows of `TaskEvent*` are saved.
    pub task_events: bool,
    /// Who can decrypt; nobody where nothing is encrypted.
    pub recipients: Vec<AgeRecipient>,
    /// Where each set is copied to.
    pub offsite: Offsite,
    /// The URL that hears of success, where there is one.
    pub heartbeat_url: Option<SecretName>,
    /// The program that hears of failure, where there is one.
    pub failure_hook: Option<InstallRoot>,
}

/// Who starts backups.
#[derive(Debug, Clone)]
pub enum Scheduler {
    /// An entry of cron.
    Cron(Schedule),
    /// A timer of systemd.
    Systemd(Schedule),
    /// Nobody.
    None,
}

impl Scheduler {
    /// When, if anybody does.
    pub fn schedule(&self) -> Option<&Schedule> {
        match self {
            Self::Cron(it) | Self::Systemd(it) => Some(it),
            Self::None => None,
        }
    }
}

/// How much of `ClickHouse` is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClickhousePart {
    /// Schema and rows.
    Full,
    /// The schema alone.
    Schema,
    /// Nothing, or there is none here.
    Skip,
}

/// Where each set is copied to.
#[derive(Debug, Clone)]
pub enum Offsite {
    /// Nowhere.
    None,
    /// A repository of restic.
    Restic {
        /// The repository.
        repository: ResticRepository,
        /// Its password.
        password: SecretName,
        /// Access key and its secret, where it is on S3.
        s3: Option<(AccessKeyId, SecretName)>,
        /// Whether nothing may be deleted there.
        append_only: bool,
    },
    /// A remote of rclone.
    Rclone(RcloneRemote),
}
