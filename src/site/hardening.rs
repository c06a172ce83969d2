//! How the servers are closed and kept up to date.

use crate::value::{AddressRange, ByteSize, Duration, Port};

/// What is done to every server. `None` and `false` are parts that the author does without.
#[derive(Debug, Clone)]
pub struct Hardening {
    /// Which ports answer from outside.
    pub firewall: Option<Firewall>,
    /// Who may log in by ssh.
    pub sshd: Option<Sshd>,
    /// Who is shut out after failures.
    pub fail2ban: Option<Fail2ban>,
    /// Whether security updates install themselves.
    pub unattended_upgrades: bool,
    /// Settings of the Docker daemon.
    pub daemon: Option<Daemon>,
    /// Whether settings of the kernel are made where a part needs them.
    pub sysctl: bool,
}

/// Which ports answer from outside, besides those of the proxy.
#[derive(Debug, Clone)]
pub struct Firewall {
    /// The port of sshd.
    pub ssh_port: Port,
    /// Who reaches it; everybody when empty.
    pub ssh_from: Vec<AddressRange>,
    /// Further TCP ports.
    pub tcp_ports: Vec<Port>,
    /// Further UDP ports.
    pub udp_ports: Vec<Port>,
}

/// Who may log in by ssh.
#[derive(Debug, Clone)]
pub struct Sshd {
    /// Whether root may, with a key.
    pub root_login: bool,
}

/// Who is shut out after failures.
#[derive(Debug, Clone)]
pub struct Fail2ban {
    /// Failures within ten minutes that are too many.
    pub max_retry: u32,
    /// How long an address is shut out.
    pub ban_time: Duration,
    /// Who never is.
    pub ignore: Vec<AddressRange>,
}

/// Settings of the Docker daemon for every container that says nothing else.
#[derive(Debug, Clone)]
pub struct Daemon {
    /// Largest log file, in whole mebibytes.
    pub log_max_size: ByteSize,
    /// Log files of a container.
    pub log_max_files: u32,
    /// Whether containers go on while the daemon restarts.
    pub live_restore: bool,
    /// Whether programs are kept from gaining rights.
    pub no_new_privileges: bool,
    /// Files that a container may hold open.
    pub open_files: u32,
}
