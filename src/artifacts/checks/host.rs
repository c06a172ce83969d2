//! The machine itself.

use super::{BOTH, Check, DOCTOR, Place, STATUS, Severity, VERIFY, always, when};
use crate::site::Redis;

pub(super) static CHECKS: &[Check] = &[
    Check {
        id: "V01",
        name: "system",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "the system is known, has 64 bits, and its clock is right",
        hint: "timedatectl set-ntp true; the scripts are for Debian 12 and 13 and Ubuntu 22.04 and 24.04",
        expects: |_| {
            let systems = ["debian 12", "debian 13", "ubuntu 22.04", "ubuntu 24.04"];
            Some(systems.map(str::to_owned).to_vec())
        },
    },
    Check {
        id: "V02",
        name: "engine",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "Docker Engine 28 or newer and Compose 2.20 or newer answer",
        hint: "install docker-ce and docker-compose-plugin from Docker's own repository; systemctl status docker",
        expects: |_| Some(vec!["28".into(), "2.20".into()]),
    },
    Check {
        id: "V05",
        name: "listening",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "no port of the stacks is open beyond loopback",
        hint: "ss -ltnp names who listens; compose files of trigger-gen bind 127.0.0.1 alone",
        expects: |on| Some(super::outside::stack_ports(on)),
    },
    Check {
        id: "V10",
        name: "reboot",
        severity: Severity::Warning,
        place: Place::Here,
        by: STATUS,
        title: "no update waits for a reboot",
        hint: "reboot at a quiet time: every container comes back by itself",
        expects: always,
    },
    Check {
        id: "V11",
        name: "space",
        severity: Severity::Critical,
        place: Place::Here,
        by: BOTH,
        title: "disks and inodes are below 80 % (a warning up to 90), and there is swap or 8 GiB of memory",
        hint: "df -h and docker system df show what is full; never run docker system prune -a or docker volume prune",
        expects: always,
    },
    Check {
        id: "V16",
        name: "memory-kills",
        severity: Severity::Warning,
        place: Place::Here,
        by: STATUS,
        title: "nothing was killed for want of memory in the last 24 hours",
        hint: "trigger-ctl.sh support-bundle shows what needs it; give the server more, or run less at once: docker.host.memory",
        expects: |on| Some(on.services()),
    },
    Check {
        id: "V13",
        name: "overcommit",
        severity: Severity::Warning,
        place: Place::Here,
        by: VERIFY,
        title: "the kernel lets Redis save: vm.overcommit_memory is 1",
        hint: "trigger-ctl.sh install sets it; sysctl --system loads it",
        expects: |on| when(on.is_server() && matches!(on.site.storage.redis, Redis::Bundled)),
    },
    Check {
        id: "V14",
        name: "names",
        severity: Severity::Critical,
        place: Place::Here,
        by: DOCTOR,
        title: "every host name of the site has an address",
        hint: "make the DNS records of the runbook; a new record needs minutes to be seen everywhere",
        expects: |on| Some(super::outside::names(on)),
    },
];
