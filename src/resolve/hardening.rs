//! `docker.hardening`: every part is on unless the author switches it off.

use super::Cx;
use crate::diag::{Diagnostic, Place};
use crate::site::{Daemon, Fail2ban, Firewall, Hardening, Redis, Sshd, Storage};
use crate::spec;
use crate::value::{AddressRange, ByteSize, Duration, MIB, Port};

pub(super) fn resolve(
    written: Option<&spec::Hardening>,
    storage: &Storage,
    cx: &mut Cx<'_>,
) -> Hardening {
    let none = spec::Hardening::default();
    let written = written.unwrap_or(&none);
    Hardening {
        firewall: firewall(written.firewall.as_ref(), cx),
        sshd: sshd(written.sshd.as_ref(), cx),
        fail2ban: fail2ban(written.fail2ban.as_ref(), cx),
        unattended_upgrades: is_on(written.unattended_upgrades.as_ref().and_then(|it| it.enabled)),
        daemon: daemon(written.daemon.as_ref(), cx),
        sysctl: sysctl(written.sysctl.as_ref(), storage, cx),
    }
}

fn is_on(enabled: Option<bool>) -> bool {
    enabled.unwrap_or(true)
}

/// A key of a part that is switched off says nothing: it is refused.
fn refuse_beside_off(part: &str, keys: &[(&str, bool)], cx: &mut Cx<'_>) {
    for (key, _) in keys.iter().filter(|(_, said)| *said) {
        let route = format!("docker.hardening.{part}.{key}");
        let message = format!("`{route}` is about a part that is switched off");
        cx.sink.push(
            Diagnostic::error("key-without-effect", Place::Key(route.as_str().into()), message)
                .help(format!("remove it, or remove `enabled: false` of `{part}`")),
        );
    }
}

fn firewall(written: Option<&spec::Firewall>, cx: &mut Cx<'_>) -> Option<Firewall> {
    let none = spec::Firewall::default();
    let it = written.unwrap_or(&none);
    if !is_on(it.enabled) {
        let keys = [
            ("ssh_port", it.ssh_port.is_some()),
            ("ssh_from", it.ssh_from.is_some()),
            ("tcp_ports", it.tcp_ports.is_some()),
            ("udp_ports", it.udp_ports.is_some()),
        ];
        refuse_beside_off("firewall", &keys, cx);
        return None;
    }
    if it.ssh_from.as_ref().is_some_and(Vec::is_empty) {
        let at = Place::Key("docker.hardening.firewall.ssh_from".into());
        let message = "nobody could log in: `ssh_from` is empty";
        cx.sink.push(
            Diagnostic::error("bad-value", at, message)
                .help("name the addresses that you come from, or remove the key for everybody"),
        );
    }
    Some(Firewall {
        ssh_port: it.ssh_port.unwrap_or(Port::known(22)),
        ssh_from: sorted(it.ssh_from.as_ref()),
        tcp_ports: sorted(it.tcp_ports.as_ref()),
        udp_ports: sorted(it.udp_ports.as_ref()),
    })
}

/// A set: the order in which it is written means nothing.
fn sorted<T: Clone + Ord>(written: Option<&Vec<T>>) -> Vec<T> {
    let mut sorted = written.cloned().unwrap_or_default();
    sorted.sort();
    sorted.dedup();
    sorted
}

fn sshd(written: Option<&spec::Sshd>, cx: &mut Cx<'_>) -> Option<Sshd> {
    let none = spec::Sshd::default();
    let it = written.unwrap_or(&none);
    if !is_on(it.enabled) {
        refuse_beside_off("sshd", &[("root_login", it.root_login.is_some())], cx);
        return None;
    }
    Some(Sshd { root_login: it.root_login.unwrap_or(true) })
}

fn fail2ban(written: Option<&spec::Fail2ban>, cx: &mut Cx<'_>) -> Option<Fail2ban> {
    let none = spec::Fail2ban::default();
    let it = written.unwrap_or(&none);
    if !is_on(it.enabled) {
        let keys = [
            ("max_retry", it.max_retry.is_some()),
            ("ban_time", it.ban_time.is_some()),
            ("ignore", it.ignore.is_some()),
        ];
        refuse_beside_off("fail2ban", &keys, cx);
        return None;
    }
    let ignore: Vec<AddressRange> = sorted(it.ignore.as_ref());
    Some(Fail2ban {
        max_retry: it.max_retry.unwrap_or(5),
        ban_time: it.ban_time.unwrap_or(Duration::seconds(3600)),
        ignore,
    })
}

/// Only Redis asks for any.
fn sysctl(written: Option<&spec::Sysctl>, storage: &Storage, cx: &mut Cx<'_>) -> bool {
    let enabled = written.and_then(|it| it.enabled);
    if enabled.is_some() && !matches!(storage.redis, Redis::Bundled) {
        let at = Place::Key("docker.hardening.sysctl".into());
        let message =
            "`docker.hardening.sysctl` is for the bundled Redis, which this site does not have";
        cx.sink.push(Diagnostic::error("key-without-effect", at, message).help("remove it"));
    }
    is_on(enabled)
}

fn daemon(written: Option<&spec::Daemon>, cx: &mut Cx<'_>) -> Option<Daemon> {
    let none = spec::Daemon::default();
    let it = written.unwrap_or(&none);
    if !is_on(it.enabled) {
        let keys = [
            ("log_max_size", it.log_max_size.is_some()),
            ("log_max_files", it.log_max_files.is_some()),
            ("live_restore", it.live_restore.is_some()),
            ("no_new_privileges", it.no_new_privileges.is_some()),
            ("open_files", it.open_files.is_some()),
        ];
        refuse_beside_off("daemon", &keys, cx);
        return None;
    }
    let log_max_size = it.log_max_size.unwrap_or(ByteSize::mib(20));
    if !log_max_size.bytes().is_multiple_of(MIB) {
        let at = Place::Value("docker.hardening.daemon.log_max_size".into());
        let message = format!("{log_max_size} is not a whole number of MiB");
        let instead = ByteSize::mib(log_max_size.in_mib().max(1)).to_string();
        cx.sink.push(
            Diagnostic::error("bad-value", at, message)
                .help(format!("write `{instead}`"))
                .instead(instead),
        );
    }
    Some(Daemon {
        log_max_size,
        log_max_files: it.log_max_files.unwrap_or(5),
        live_restore: it.live_restore.unwrap_or(true),
        no_new_privileges: it.no_new_privileges.unwrap_or(true),
        open_files: it.open_files.unwrap_or(65536),
    })
}
