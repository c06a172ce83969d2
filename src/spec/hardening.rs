//! `docker.hardening`: how the servers are closed and kept up to date.

use super::read::section;
use crate::value::{AddressRange, ByteSize, Duration, Port};

section! {
    /// How the servers are closed and kept up to date; worker hosts as well as the webapp's.
    Hardening {
        /// Which ports answer from outside, whatever Docker publishes.
        optional firewall: Firewall,
        /// Who may log in by ssh.
        optional sshd: Sshd,
        /// Addresses that fail to log in again and again are shut out for a while.
        optional fail2ban: Fail2ban,
        /// Security updates of the system, without a reboot.
        optional unattended_upgrades: UnattendedUpgrades,
        /// Settings of the Docker daemon: the only bound on the logs and rights of runs.
        optional daemon: Daemon,
        /// Settings of the kernel.
        optional sysctl: Sysctl,
    }
}

section! {
    /// Which ports answer from outside. Everything else is closed, also what Docker publishes.
    Firewall {
        /// Whether there is one. Default: true.
        optional enabled: bool,
        /// The port at which sshd listens. This says what stays open and does not move sshd. Default: 22.
        optional ssh_port: Port,
        /// Who reaches sshd. Default: everybody. The tailnet always does.
        optional ssh_from: Vec<AddressRange>,
        /// TCP ports of other programs on the servers, such as 80 and 443 of a proxy of your own.
        optional tcp_ports: Vec<Port>,
        /// UDP ports of other programs on the servers.
        optional udp_ports: Vec<Port>,
    }
}

section! {
    /// Who may log in by ssh: with a key, never with a password.
    Sshd {
        /// Whether sshd is told so. Default: true.
        optional enabled: bool,
        /// Whether root may log in with a key. Default: true.
        optional root_login: bool,
    }
}

section! {
    /// Addresses that fail to log in again and again are shut out for a while.
    Fail2ban {
        /// Whether it runs. Default: true.
        optional enabled: bool,
        /// Failures within ten minutes that are too many. Default: 5.
        optional max_retry: u32,
        /// How long an address is shut out. Default: 1h.
        optional ban_time: Duration,
        /// Addresses that are never shut out, besides loopback, the tailnet and Docker's networks.
        optional ignore: Vec<AddressRange>,
    }
}

section! {
    /// Security updates of the system, without a reboot.
    UnattendedUpgrades {
        /// Whether they are installed. Default: true.
        optional enabled: bool,
    }
}

section! {
    /// Settings of the Docker daemon, for every container that says nothing else. What else stands in its file is kept.
    Daemon {
        /// Whether they are set. Default: true.
        optional enabled: bool,
        /// Largest log file of a container, in whole MiB. Default: 20MiB.
        optional log_max_size: ByteSize,
        /// Log files of a container. Default: 5.
        optional log_max_files: u32,
        /// Whether containers go on while the daemon restarts. Not together with swarm mode. Default: true.
        optional live_restore: bool,
        /// Whether programs in containers can gain rights. Set it to false for runs with setuid programs, such as
        /// Chrome's own sandbox. Default: true.
        optional no_new_privileges: bool,
        /// Files that a container may hold open. Default: 65536.
        optional open_files: u32,
    }
}

section! {
    /// Settings of the kernel, on the server with the bundled Redis: it needs them to save its data.
    Sysctl {
        /// Whether they are set. Default: true.
        optional enabled: bool,
    }
}
