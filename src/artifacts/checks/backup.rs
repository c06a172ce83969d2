//! Backups: that there is one, that it is whole, and that it is not only here.

use super::super::backup::unit;
use super::{Check, Place, Severity, when};
use crate::site::{Offsite, Scheduler};

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V80",
        name: "backup-age",
        severity: Severity::Critical,
        place: Place::Here,
        doctor: false,
        title: "a verified set is younger than 26 hours",
        hint: "trigger-ctl.sh backup makes one now and says what is in its way",
        expects: |on| {
            when(on.is_server() && on.site.docker().backup.scheduler.schedule().is_some())
        },
    },
    Check {
        id: "V81",
        name: "backup-parts",
        severity: Severity::Critical,
        place: Place::Here,
        doctor: false,
        title: "the newest set holds every part that the site saves",
        hint: "trigger-ctl.sh backup makes one with the parts of the site",
        expects: |on| when(on.is_server()),
    },
    Check {
        id: "V82",
        name: "backup-schedule",
        severity: Severity::Critical,
        place: Place::Here,
        doctor: true,
        title: "backups are started by themselves, and the last went well",
        hint: "put what lies in backup/ where its head says; trigger-ctl.sh backup list",
        expects: |on| {
            let unit = unit(on.site);
            on.is_server().then_some(())?;
            match on.site.docker().backup.scheduler {
                Scheduler::Cron(_) => Some(vec![format!("/etc/cron.d/{unit}")]),
                Scheduler::Systemd(_) => Some(vec![format!("{unit}.timer")]),
                Scheduler::None => None,
            }
        },
    },
    Check {
        id: "V83",
        name: "backup-away",
        severity: Severity::Warning,
        place: Place::Here,
        doctor: false,
        title: "a copy younger than 50 hours lies on another machine",
        hint: "trigger-ctl.sh backup says why it could not be copied",
        expects: |on| {
            let away = !matches!(on.site.docker().backup.offsite, Offsite::None);
            when(on.is_server() && away)
        },
    },
    Check {
        id: "V84",
        name: "drill",
        severity: Severity::Warning,
        place: Place::Here,
        doctor: false,
        title: "a restore was practised in the last 35 days",
        hint: "trigger-ctl.sh restore newest --drill touches nothing that runs",
        expects: |on| when(on.is_server()),
    },
    Check {
        id: "V85",
        name: "backup-key",
        severity: Severity::Critical,
        place: Place::Here,
        doctor: false,
        title: "the newest set was made with the ENCRYPTION_KEY of .env",
        hint: "with another key nothing that users stored can be read: put the old key back, and build and copy again",
        expects: |on| when(on.is_server()),
    },
];
