//! The emitted files, read by the programs that will read them. Nothing of this needs root or changes anything.

use crate::consumers::{root, run, scrubbed, tool, trees};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The `etc` of every server of every golden tree, by what it is called.
fn servers() -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for tree in trees() {
        let workers = fs::read_dir(tree.dir.join("workers")).into_iter().flatten();
        let workers = workers.map(|it| it.expect("an entry").path());
        for folder in std::iter::once(tree.dir.join("docker")).chain(workers) {
            let etc = folder.join("host/etc");
            if etc.is_dir() {
                let name = folder.strip_prefix(root()).expect("below").display().to_string();
                found.push((name, etc));
            }
        }
    }
    assert!(found.len() > 4, "the servers were not found");
    found
}

/// The files of one kind; a kind that no server has is not tested.
fn files(path: &str) -> Vec<(String, PathBuf)> {
    let files: Vec<_> = servers()
        .into_iter()
        .map(|(name, etc)| (name, etc.join(path)))
        .filter(|it| it.1.is_file())
        .collect();
    assert!(!files.is_empty(), "no server has {path}");
    files
}

#[test]
fn nft_reads_the_firewall() {
    let (Some(nft), Some(unshare)) = (tool("nft"), tool("unshare")) else { return };
    for (name, file) in files("trigger-dev/firewall.nft") {
        // Root of a new user and network: the kernel judges, and nothing outside is touched.
        let output = run(scrubbed(&unshare).arg("-rn").arg(&nft).arg("-f").arg(&file));
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn fail2ban_reads_the_jails() {
    let Some(client) = tool("fail2ban-client") else { return };
    for (name, file) in files("fail2ban/jail.d/trigger-dev.local") {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = folder.path().join("fail2ban");
        copy(Path::new("/etc/fail2ban"), &config);
        // The real log of nginx may not be there or not be readable.
        let log = folder.path().join("error.log");
        fs::write(&log, "").expect("a log");
        let text = fs::read_to_string(&file).expect("the jails");
        let text = in_place_of_log(&text, &log);
        fs::write(config.join("jail.d/trigger-dev.local"), text).expect("a file");
        let read = |option| {
            let output = run(scrubbed(&client).arg("-c").arg(&config).arg(option));
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{name}: {said}");
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        assert!(read("-t").contains("OK: configuration test is successful"), "{name}");
        let dump = read("-d");
        assert!(dump.contains("['add', 'sshd', 'systemd']"), "{name}: {dump}");
        assert!(dump.contains("['set', 'sshd', 'maxretry', 5]"), "{name}: {dump}");
        assert!(dump.contains("add set inet"), "{name}: the bans are not nft's: {dump}");
        assert_eq!(
            dump.contains("['add', 'nginx-limit-req', "),
            name.ends_with("/docker"),
            "{name}"
        );
        // Of the zones of nginx only the one of sign-in counts.
        let zones: Vec<&str> = dump.split("by zone \"(?:").skip(1).collect();
        assert_eq!(zones.len(), usize::from(name.ends_with("/docker")), "{name}: {dump}");
        for zone in zones {
            let (zone, _) = zone.split_once(")\"").expect("its end");
            assert!(zone.starts_with("tg_") && zone.ends_with("_login"), "{name}: {zone}");
        }
    }
}

/// A list of ranges in these two keys.
fn of_ranges(ranges: &[&str]) -> String {
    let list = serde_json::to_string(ranges).expect("JSON");
    super::site(&format!("firewall: {{ ssh_from: {list} }}\nfail2ban: {{ ignore: {list} }}"))
}

/// What might end a set of nft or a line of fail2ban, and what looks like an address and is none.
#[test]
fn what_is_no_range_reaches_neither_nft_nor_fail2ban() {
    let own = [
        "203.0.113.0/24 }; flush ruleset; add element inet x y { 203.0.113.7",
        "203.0.113.7\n    elements = { 0.0.0.0/0 }",
        "203.0.113.7, 0.0.0.0/0",
        "203.0.113.7-203.0.113.9",
        "203.0.113.7 # 203.0.113.9",
        "203.0.113.7; include \"/etc/passwd\"",
        "203.0.113.7 example.com",
        "203.0.113.7\nbantime = -1",
        "%(bantime)s",
        "file:/etc/passwd",
        "$ssh_from",
        "@ssh_ports",
        "0x7f.1",
        "127.1",
        "010.0.0.1",
        "::1%lo",
        "[::1]",
        "::/0",
        "0.0.0.0/0",
        "203.0.113.7/24",
        "DNS",
        "localhost",
    ];
    // One of the hostile strings is an address, though nobody's: `::`.
    let is_address = |it: &String| it.parse::<std::net::IpAddr>().is_ok();
    let texts: Vec<String> = own
        .iter()
        .map(|it| (*it).to_owned())
        .chain(crate::injection::hostile().into_iter().filter(|it| !is_address(it)))
        .collect();
    let mut by_both = 0;
    for text in &texts {
        let (site, sink) = crate::support::analyse(&of_ranges(&[text]));
        assert!(site.is_none(), "{text:?} is taken");
        let at: Vec<String> = sink.diagnostics.iter().map(|it| format!("{:?}", it.at)).collect();
        let said = |key: &str| at.iter().any(|it| it.contains(key));
        by_both += usize::from(said("ssh_from") && said("ignore"));
    }
    // The others are no YAML, or no text of a site at all.
    assert!(by_both > own.len() && by_both * 10 > texts.len() * 8, "{by_both} of {}", texts.len());
}

#[test]
fn every_spelling_of_a_range_arrives_at_nft_and_fail2ban() {
    let ranges = [
        "203.0.113.7",
        "203.0.114.0/24",
        "10.0.0.0/8",
        "192.0.2.1/32",
        "2001:db8::/32",
        "2001:DB9::A",
        "2001:0dba:0:0:0:0:0:1/128",
        "::ffff:192.0.2.9",
        "fe80::/10",
    ];
    let (Some(nft), Some(unshare), Some(client)) =
        (tool("nft"), tool("unshare"), tool("fail2ban-client"))
    else {
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    super::Bundle::of(&of_ranges(&ranges)).write(folder.path());
    let etc = folder.path().join("host/etc");
    let rules = etc.join("trigger-dev/firewall.nft");
    let script = format!(
        "nft() {{ '{}' \"$@\"; }}; nft -f '{}' && nft -j list table inet trigger_host",
        nft.display(),
        rules.display()
    );
    let output = run(scrubbed(&unshare).args(["-rn", "bash", "-c", &script]));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let elements = |set: &str| {
        let sets = table["nftables"].as_array().expect("a list").iter();
        let set = sets.map(|it| &it["set"]).find(|it| it["name"] == set).expect("a set");
        set["elem"].as_array().expect("elements").len()
    };
    assert_eq!((elements("ssh_from_v4"), elements("ssh_from_v6")), (4, 5), "{table:#}");

    let config = folder.path().join("fail2ban");
    copy(Path::new("/etc/fail2ban"), &config);
    let jails = etc.join("fail2ban/jail.d/trigger-dev.local");
    let text = in_place_of_log(&fs::read_to_string(jails).expect("the jails"), &rules);
    fs::write(config.join("jail.d/trigger-dev.local"), text).expect("a file");
    let output = run(scrubbed(&client).arg("-c").arg(&config).arg("-d"));
    let dump = String::from_utf8_lossy(&output.stdout).into_owned();
    for range in ranges {
        assert!(dump.contains(&format!("'{range}'")), "{range}: {dump}");
    }
}

fn in_place_of_log(jails: &str, log: &Path) -> String {
    let lines = jails.lines().map(|line| match line.strip_prefix("logpath = ") {
        Some(_) => format!("logpath = {}\n", log.display()),
        None => format!("{line}\n"),
    });
    lines.collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let place = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, &place).expect("a copy");
        }
    }
}

#[test]
fn apt_reads_security_alone_and_no_reboot() {
    let Some(apt) = tool("apt-config") else { return };
    for (name, file) in files("apt/apt.conf.d/52trigger-dev") {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let parts = folder.path().join("apt.conf.d");
        fs::create_dir(&parts).expect("a folder");
        fs::copy(&file, parts.join("52trigger-dev")).expect("a copy");
        // What the package itself brings, and what the administrator of an image may have added before.
        let before = r#"Unattended-Upgrade::Origins-Pattern { "origin=Debian,codename=${distro_codename},label=Debian"; };
Unattended-Upgrade::Allowed-Origins { "${distro_id}:${distro_codename}-updates"; };
Unattended-Upgrade::Automatic-Reboot "true";
"#;
        fs::write(parts.join("50unattended-upgrades"), before).expect("a file");
        let main = folder.path().join("apt.conf");
        fs::write(&main, format!("Dir::Etc::parts \"{}\";\n", parts.display())).expect("a file");
        let output = run(scrubbed(&apt).env("APT_CONFIG", &main).arg("dump"));
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let dump = String::from_utf8_lossy(&output.stdout).into_owned();
        let lines: Vec<&str> =
            dump.lines().filter(|it| it.starts_with("Unattended-Upgrade::")).collect();
        let origins: Vec<&&str> = lines.iter().filter(|it| it.contains("Origins")).collect();
        assert_eq!(origins.iter().filter(|it| it.contains("origin=")).count(), 5, "{name}: {dump}");
        let all = origins.iter().filter(|it| it.contains('='));
        assert!(
            all.clone().count() == 5
                && all
                    .clone()
                    .all(|it| it.to_lowercase().contains("security") || it.contains("UbuntuESM")),
            "{name}: {dump}"
        );
        assert!(!dump.contains("-updates\"") && !dump.contains("label=Debian\""), "{name}: {dump}");
        assert!(
            lines.contains(&"Unattended-Upgrade::Automatic-Reboot \"false\";"),
            "{name}: {dump}"
        );
        for on in ["Update-Package-Lists", "Unattended-Upgrade"] {
            assert!(dump.contains(&format!("APT::Periodic::{on} \"1\";")), "{name}: {dump}");
        }
    }
}

#[test]
fn systemd_reads_the_unit() {
    let Some(analyze) = tool("systemd-analyze") else { return };
    for (name, file) in files("systemd/system/trigger-firewall.service") {
        let output = run(scrubbed(&analyze).arg("verify").arg("--man=no").arg(&file));
        let said = String::from_utf8_lossy(&output.stderr);
        let ours = said.lines().filter(|it| it.contains("trigger-firewall")).collect::<Vec<_>>();
        assert!(output.status.success() && ours.is_empty(), "{name}: {said}");
    }
}

#[test]
fn sysctl_knows_every_setting() {
    for (name, file) in files("sysctl.d/60-trigger-dev.conf") {
        let text = fs::read_to_string(&file).expect("a file");
        let settings: Vec<(&str, &str)> = text
            .lines()
            .filter(|it| !it.is_empty() && !it.starts_with('#'))
            .map(|it| it.split_once(" = ").expect("a setting"))
            .collect();
        assert_eq!(settings, [("vm.overcommit_memory", "1")], "{name}");
        for (key, _) in settings {
            let place = format!("/proc/sys/{}", key.replace('.', "/"));
            assert!(Path::new(&place).exists(), "{name}: this kernel knows no {key}");
        }
    }
}

/// Runs have no bound but this one.
#[test]
fn the_daemon_bounds_what_says_nothing_itself() {
    for (name, file) in files("docker/daemon.json") {
        let text = fs::read_to_string(&file).expect("a file");
        let settings: Value = serde_json::from_str(&text).expect("JSON");
        for key in
            ["log-driver", "log-opts", "live-restore", "no-new-privileges", "default-ulimits"]
        {
            assert!(!settings[key].is_null(), "{name}: {key}");
        }
    }
}

/// A new release, or another site name in a comment, is no reason to prove the firewall again.
#[test]
fn host_files_do_not_depend_on_the_release() {
    let files = |text: &str| {
        let tree = crate::support::tree_of(text);
        let of_host = tree.files.into_iter().filter(|(path, _)| path.as_str().contains("/host/"));
        of_host.collect::<Vec<_>>()
    };
    let site = crate::support::SITE;
    let old = files(site);
    assert!(old.len() > 5);
    assert_eq!(old, files(&site.replace("4.5.12", "4.5.11")));
}
