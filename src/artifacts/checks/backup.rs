//! Backups: that there is one, that it is whole, and that it is not only here.

use super::super::backup::unit;
use super::{Check, DOCTOR, Place, STATUS, Severity, VERIFY, when};
use crate::site::{Offsite, Scheduler};

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V80",
        name: "backup-age",
        severity: Severity::Critical,
        place: Place::Here,
        by: STATUS,
        title: "the newest verified set is as young as the schedule makes it (status only warns if one was missed)",
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
        by: VERIFY,
        title: "the newest set holds every part that the site saves",
        hint: "trigger-ctl.sh backup makes one with the parts of the site",
        expects: |on| when(on.is_server()),
    },
    Check {
        id: "V82",
        name: "backup-schedule",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "backups are started by themselves, and the last went well",
        hint: "trigger-ctl.sh install puts the schedule in place; trigger-ctl.sh backup says why one fails",
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
        by: VERIFY,
        title: "a copy younger than 50 hours lies on another machine",
        hint: "trigger-ctl.sh backup says why it could not be copied",
        expects: |on| {
            let away = !matches!(on.site.docker().backup.offsite, Offsite::None);
            when(on.is_server() && away)
        },
    },
    Check {
        id: "V87",
        name: "backup-read",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "restic read a part of what lies on another machine in the last 35 days",
        hint: "trigger-ctl.sh backup check reads a twelfth of it; trigger-ctl.sh maintain does so once a month",
        expects: |on| {
            let restic = matches!(on.site.docker().backup.offsite, Offsite::Restic { .. });
            when(on.is_server() && restic)
        },
    },
    Check {
        id: "V84",
        name: "drill",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "a restore was practised in the last 35 days",
        hint: "trigger-ctl.sh restore newest --drill touches nothing that runs",
        expects: |on| when(on.is_server()),
    },
    Check {
        id: "V85",
        name: "backup-key",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the newest set was made with the ENCRYPTION_KEY of .env",
        hint: "with another key nothing that users stored can be read: put the old key back, and build and copy again",
        expects: |on| when(on.is_server()),
    },
    Check {
        id: "V86",
        name: "restore-token",
        severity: Severity::Warning,
        place: Place::Here,
        by: DOCTOR,
        title: "no token is left of a restore that was killed",
        hint: "trigger-ctl.sh prune removes it; so does the next restore",
        expects: |on| when(on.is_server() && on.has("postgres")),
    },
];
