//! `trigger-ctl.sh install`, with the real sshd, fail2ban, apt and nft as judges.

use super::server::Server;
use super::site;
use serde_json::{Value, json};

const DROP_IN: &str = "/etc/ssh/sshd_config.d/00-trigger-hardening.conf";
const DAEMON: &str = "/etc/docker/daemon.json";
const FILES: [&str; 10] = [
    "/etc/nginx/conf.d/mine.conf",
    "/etc/nginx/conf.d/trigger-catch-all.conf",
    "/etc/letsencrypt/renewal-hooks/deploy/10-nginx",
    "/etc/apt/apt.conf.d/52trigger-dev",
    DAEMON,
    "/etc/fail2ban/jail.d/trigger-dev.local",
    DROP_IN,
    "/etc/sysctl.d/60-trigger-dev.conf",
    "/etc/systemd/system/trigger-firewall.service",
    "/etc/trigger-dev/firewall.nft",
];

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn a_dry_run_shows_every_file_and_changes_nothing() {
    let Some(server) = Server::with(&site("")) else { return };
    let before = server.changed();
    for call in ["install --dry-run", "install --dry-run --yes"] {
        let ended = server.trigger(call);
        assert_eq!(ended.code, Some(0), "{}", ended.said);
        for file in FILES {
            assert!(ended.out.contains(&format!("+++ {file} (new)")), "{file}: {}", ended.out);
        }
    }
    assert_eq!(server.changed(), before);
    assert_eq!((server.log(), server.rules()), (String::new(), String::new()));
    // Without an answer nothing happens either.
    let ended = server.trigger("install </dev/null");
    assert_eq!(ended.code, Some(7), "{}", ended.said);
    assert_eq!((server.changed(), server.log()), (before, String::new()));
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn a_second_install_finds_nothing_to_do() {
    let Some(server) = Server::with(&site("")) else { return };
    // What an image of a cloud brings, and it comes after ours.
    server.machine.must(
        "printf 'PasswordAuthentication yes\\nPermitRootLogin yes\\n' >/etc/ssh/sshd_config.d/50-cloud-init.conf",
    );
    server.install();
    for file in FILES {
        assert!(server.has(file), "{file}");
    }
    let said = server.machine.must("sshd -T");
    for line in ["passwordauthentication no", "permitrootlogin without-password", "maxauthtries 4"]
    {
        assert!(said.lines().any(|it| it == line), "{line}: {said}");
    }
    assert!(server.rules().contains("table inet trigger_host"));
    let log = server.log();
    for call in [
        "sysctl -q -p /etc/sysctl.d/60-trigger-dev.conf",
        "systemctl reload-or-restart nginx",
        "systemctl reload-or-restart fail2ban",
        "systemctl try-reload-or-restart ssh",
        "systemctl -q enable trigger-firewall.service",
    ] {
        assert!(log.lines().any(|it| it == call), "{call}: {log}");
    }

    let (files, rules) = (server.changed(), server.rules());
    let ended = server.install();
    assert!(ended.said.contains("nothing to do") && ended.out.is_empty(), "{}", ended.said);
    assert_eq!((server.changed(), server.rules(), server.log()), (files, rules, log));

    // Rules that somebody threw away come back, and no file changes.
    let files = server.changed();
    server.machine.must("nft flush ruleset");
    server.install();
    assert!(server.rules().contains("table inet trigger_host"));
    assert_eq!(server.changed(), files);
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn nginx_waits_for_its_certificates_and_then_takes_the_site() {
    let Some(server) = Server::with(&site("")) else { return };
    // The default site of the package claims the same place.
    server
        .machine
        .must("echo 'server { listen 80 default_server; }' >/etc/nginx/sites-enabled/default");
    let conf = "cat /etc/nginx/conf.d/mine.conf";
    let ended = server.install();
    assert!(ended.said.contains("certificates are not there yet"), "{}", ended.said);
    assert!(server.machine.must(conf).contains("bootstrap.conf"));
    assert!(!server.has("/etc/nginx/sites-enabled/default"));
    let log = server.machine.must("stat -c '%a %U:%G' /var/log/nginx/mine-error.log");
    assert_eq!(log.trim(), "640 www-data:adm");

    server.certify();
    server.install();
    assert!(server.machine.must(conf).contains("site.conf"), "{}", server.machine.must(conf));
    server.machine.must(&format!("'{}'/nginx -t -q", server.machine.path("bin").display()));
    assert!(server.install().said.contains("nothing to do"));

    // What nginx does not read is taken back.
    std::fs::write(server.root.join("nginx/site.conf"), "nonsense\n").expect("a file");
    server.machine.must("rm /etc/nginx/conf.d/mine.conf");
    let ended = server.trigger("install --yes");
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(!server.has("/etc/nginx/conf.d/mine.conf"));
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn an_sshd_that_would_not_start_is_not_reloaded() {
    let Some(server) = Server::with(&site("")) else { return };
    server.machine.must("echo 'Port none' >/etc/ssh/sshd_config.d/10-broken.conf");
    let ended = server.trigger("install --yes");
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.contains("sshd refused its new files"), "{}", ended.said);
    assert!(!server.has(DROP_IN));
    // The parts before it are in place; the firewall waits for the next run.
    assert!(server.has(FILES[3]) && server.rules().is_empty());

    server.machine.must("rm /etc/ssh/sshd_config.d/10-broken.conf");
    server.install();
    assert!(server.has(DROP_IN) && !server.rules().is_empty());
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn settings_that_would_not_count_are_taken_back_and_said() {
    let Some(server) = Server::with(&site("")) else { return };
    server.machine.must("sed -i '1i PasswordAuthentication yes' /etc/ssh/sshd_config");
    let ended = server.trigger("install --yes");
    assert_eq!(ended.code, Some(1), "{}", ended.said);
    assert!(ended.said.contains("PasswordAuthentication no does not count"), "{}", ended.said);
    assert!(!server.has(DROP_IN));
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn nobody_is_locked_out_of_ssh() {
    let Some(server) = Server::with(&site("")) else { return };
    server.machine.must("echo '# ssh-ed25519 AAAA not any more' >/root/.ssh/authorized_keys");
    let ended = server.trigger("install --yes");
    assert_eq!(ended.code, Some(7), "{}", ended.said);
    assert!(ended.said.contains("root has no key in /root/.ssh/authorized_keys"), "{}", ended.said);
    assert!(!server.has(DROP_IN) && !server.log().contains(" ssh"));

    server.machine.must("echo 'ssh-ed25519 AAAA a key' >/root/.ssh/authorized_keys");
    server.bring(&site("sshd: { root_login: false }"));
    let ended = server.trigger("install --yes");
    assert_eq!(ended.code, Some(7), "{}", ended.said);
    assert!(ended.said.contains("you are root"), "{}", ended.said);
    assert!(!server.has(DROP_IN) && !server.log().contains(" ssh"));
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn the_schedule_of_the_backup_is_put_in_place_and_changes_hands() {
    let Some(server) = Server::with(&site("")) else { return };
    let folder = server.root.join("backup");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("cron"), "1 2 * * * root true\n").expect("a file");
    server.install();
    assert_eq!(server.machine.must("cat /etc/cron.d/mine-backup"), "1 2 * * * root true\n");

    std::fs::remove_file(folder.join("cron")).expect("the file");
    std::fs::create_dir(folder.join("systemd")).expect("a folder");
    for unit in ["mine-backup.service", "mine-backup.timer"] {
        std::fs::write(folder.join("systemd").join(unit), "[Unit]\n").expect("a file");
    }
    server.install();
    assert!(!server.has("/etc/cron.d/mine-backup"));
    assert!(server.has("/etc/systemd/system/mine-backup.service"));
    assert!(server.log().contains("systemctl -q enable mine-backup.timer"), "{}", server.log());

    std::fs::remove_dir_all(&folder).expect("the folder");
    server.install();
    assert!(!server.has("/etc/systemd/system/mine-backup.timer"));
    assert!(server.log().contains("systemctl -q disable --now mine-backup.timer"));
}

fn daemon(server: &Server) -> Value {
    serde_json::from_str(&server.machine.must(&format!("cat {DAEMON}"))).expect("JSON")
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn settings_of_the_daemon_join_those_that_are_there() {
    let Some(server) = Server::with(&site("")) else { return };
    let write = |text: &str| {
        server.machine.must(&format!("mkdir -p /etc/docker; printf %s '{text}' >{DAEMON}"))
    };
    write("{ not JSON");
    let before = server.changed();
    let ended = server.trigger("install --yes");
    assert_eq!(ended.code, Some(4), "{}", ended.said);
    assert!(ended.said.contains("is not a JSON object"), "{}", ended.said);
    assert_eq!(server.changed(), before);

    write(
        r#"{"registry-mirrors":["https://m.example"],"log-driver":"syslog","log-opts":{"tag":"x"},"default-ulimits":{"core":{"Name":"core","Hard":0,"Soft":0}}}"#,
    );
    let ended = server.install();
    assert!(ended.out.contains("-{\"registry-mirrors\""), "{}", ended.out);
    let merged = daemon(&server);
    assert_eq!(merged["registry-mirrors"], json!(["https://m.example"]));
    assert_eq!(merged["log-driver"], "local");
    assert_eq!(merged["log-opts"], json!({ "max-size": "20m", "max-file": "5" }));
    assert_eq!(merged["default-ulimits"]["core"]["Hard"], 0);
    assert_eq!(merged["default-ulimits"]["nofile"]["Hard"], 65536);
    assert_eq!(merged["live-restore"], true);
    assert!(server.install().said.contains("nothing to do"));

    // Another order and other blanks say the same, and stay.
    let text = serde_json::to_string(&merged).expect("JSON");
    write(&text);
    assert!(server.install().said.contains("nothing to do"));
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn a_part_that_is_switched_off_goes() {
    let Some(server) = Server::with(&site("")) else { return };
    server.install();
    server.machine.must("echo '// mine' >>/etc/apt/apt.conf.d/52trigger-dev");
    let off = ["firewall", "sshd", "unattended_upgrades", "daemon"]
        .map(|it| format!("{it}: {{ enabled: false }}"))
        .join("\n");
    server.bring(&site(&off));
    let ended = server.install();
    assert!(ended.out.contains(&format!("--- {DROP_IN}")), "{}", ended.out);
    for gone in
        [DROP_IN, "/etc/systemd/system/trigger-firewall.service", "/etc/trigger-dev/firewall.nft"]
    {
        assert!(!server.has(gone), "{gone}");
    }
    assert_eq!(server.rules(), "");
    assert!(server.log().contains("disable --now trigger-firewall.service"));
    // What somebody changed, and what other keys live in, stays.
    assert!(ended.said.contains("somebody changed it: it stays"), "{}", ended.said);
    assert!(server.has("/etc/apt/apt.conf.d/52trigger-dev") && server.has(DAEMON));
    let kept =
        server.machine.must(&format!("find '{}'/.state/replaced -type f", server.root.display()));
    assert!(kept.contains(DROP_IN), "{kept}");
    assert!(server.install().said.contains("nothing to do"));
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn what_cannot_be_is_refused_before_anything_is_done() {
    let Some(server) = Server::with(&site("")) else { return };
    assert_eq!(server.trigger("install --force").code, Some(2));
    assert_eq!(server.trigger("firewall").code, Some(2));
    assert_eq!(server.trigger("firewall keep").code, Some(7));
    let release = "rm -f /etc/os-release; printf 'ID=fedora\\nVERSION_ID=42\\n' >/etc/os-release";
    server.machine.must(release);
    let ended = server.trigger("install --yes");
    assert_eq!(ended.code, Some(4), "{}", ended.said);
    assert!(ended.said.contains("this is fedora 42"), "{}", ended.said);
    let user = server.machine.run(&format!(
        "chmod -R a+rX '{0}'; setpriv --reuid 65534 --clear-groups -- bash -c \"source '{0}'/ctl/site.sh; ROOT='{0}'; source '{0}'/ctl/common.sh; COMMAND=install; need_root\"",
        server.root.display()
    ));
    assert_eq!(user.status.code(), Some(4), "{}", String::from_utf8_lossy(&user.stderr));
    assert!(server.log().is_empty() && server.rules().is_empty());
}

#[test]
#[ignore = "namespaces: scripts/test runs it in the step `host`"]
fn missing_packages_are_named_and_brought_first() {
    let Some(server) = Server::with(&site("")) else { return };
    let bin = server.machine.path("bin");
    super::machine::fake(
        &bin,
        "dpkg-query",
        "case \"$*\" in *fail2ban*|*systemd*) exit 1;; *) echo installed;; esac",
    );
    let ended = server.trigger("install --dry-run");
    assert!(
        ended.said.contains("packages that are missing: fail2ban python3-systemd\n"),
        "{}",
        ended.said
    );
    assert!(server.log().is_empty());
    server.install();
    let first = "apt-get install -y --no-install-recommends fail2ban python3-systemd\n";
    assert!(server.log().starts_with(first), "{}", server.log());
}
