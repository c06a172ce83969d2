//! How the machine is closed and kept up to date.

use super::{Check, DOCTOR, Place, STATUS, Severity, VERIFY, always, when};

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V03",
        name: "firewall",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "the firewall is loaded, refuses what is not named, and comes back at a start",
        hint: "trigger-ctl.sh install puts it in place; it stays open to the connection that you came in on",
        expects: |on| when(on.site.docker().hardening.firewall.is_some()),
    },
    Check {
        id: "V04",
        name: "published",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "the firewall judges what Docker publishes, and what neighbours send to containers",
        hint: "trigger-ctl.sh install puts its rules in place",
        expects: |on| when(on.site.docker().hardening.firewall.is_some()),
    },
    Check {
        id: "V07",
        name: "sshd",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "sshd takes keys alone",
        hint: "trigger-ctl.sh install puts its settings in place; another file of /etc/ssh/sshd_config.d may go before",
        expects: |on| {
            let sshd = on.site.docker().hardening.sshd.as_ref()?;
            let root = if sshd.root_login {
                &["prohibit-password", "without-password", "no"][..]
            } else {
                &["no"]
            };
            Some(root.iter().map(|it| format!("permitrootlogin {it}")).collect())
        },
    },
    Check {
        id: "V08",
        name: "fail2ban",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "fail2ban watches sshd",
        hint: "systemctl status fail2ban; trigger-ctl.sh install puts its settings in place",
        expects: |on| when(on.site.docker().hardening.fail2ban.is_some()),
    },
    Check {
        id: "V09",
        name: "updates",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "security updates install themselves",
        hint: "trigger-ctl.sh install puts the settings in place; systemctl status apt-daily-upgrade.timer",
        expects: |on| when(on.site.docker().hardening.unattended_upgrades),
    },
    Check {
        id: "V17",
        name: "packages",
        severity: Severity::Warning,
        place: Place::Here,
        by: STATUS,
        title: "no security update waits, and no newer Docker engine",
        hint: "apt-get dist-upgrade at a quiet time; a newer engine never comes by itself, and stops containers where live_restore is off",
        expects: always,
    },
    Check {
        id: "V12",
        name: "daemon",
        severity: Severity::Critical,
        place: Place::Here,
        by: VERIFY,
        title: "the engine bounds the logs of the containers of runs",
        hint: "trigger-ctl.sh install writes /etc/docker/daemon.json; containers that exist keep their settings until they are made again",
        expects: |on| {
            let daemon = on.site.docker().hardening.daemon.as_ref()?;
            Some(vec![format!("local {}", daemon.live_restore)])
        },
    },
];
