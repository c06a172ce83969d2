//! Cleaning up, certificates, other secrets, the round of every month.

use super::server::{Server, server, worker};
use std::fs;
use trigger_gen::secrets::{ROTATIONS, Way};

#[test]
fn prune_takes_old_runs_and_nameless_images_alone() {
    let server = server();
    server.write("ended", "runner-old\nsomebody-elses\nrunner-new\n");
    server.rule("docker inspect*FinishedAt*runner-new*", "0", "2099-01-01T00:00:00Z\\n");
    server.rule("docker image ls*", "0", "<none> nameless\\npostgres by-digest\\n<none> young\\n");
    server.rule(
        "docker image inspect --format {{.Created}} young*",
        "0",
        "2099-01-01T00:00:00Z\\n",
    );
    let ran = server.ctl(&["prune"]).ends(0);
    let removed: Vec<String> = ran
        .calls
        .iter()
        .map(super::server::Call::text)
        .filter(|it| it.contains(" rm ") || it.contains("prune"))
        .collect();
    let wanted = [
        "docker rm runner-old",
        "docker image rm nameless",
        "docker builder prune --force --filter until=168h",
    ];
    assert_eq!(removed, wanted);
    let listed = ran.calls.iter().find(|it| it.text().contains("status=exited")).expect("a list");
    assert!(listed.text().contains("network=minimal-vps-runner"), "{}", listed.text());
}

/// A restore that was killed leaves the row by which it was an administrator.
#[test]
fn prune_takes_the_tokens_of_restores_that_were_killed() {
    let server = server();
    let deletes = |arguments: &[&str]| {
        let ran = server.ctl(arguments).ends(0);
        let of_tokens = |it: &&super::server::Call| it.input.contains("PersonalAccessToken");
        ran.calls.iter().filter(of_tokens).map(|it| it.input.clone()).collect::<Vec<_>>()
    };
    assert!(deletes(&["prune", "--dry-run"]).is_empty());
    let wanted = "DELETE FROM \"PersonalAccessToken\" WHERE id LIKE 'trigger\\_ctl\\_%'\n";
    assert_eq!(deletes(&["prune"]), [wanted]);
}

#[test]
fn prune_keeps_three_releases_and_what_is_none() {
    let server = server();
    let releases = server.root.join("releases");
    let names = ["20260101-1", "20260102-1", "20260103-1", "20260104-1", "20260105-1", "keep me"];
    for name in names {
        fs::create_dir_all(releases.join(name)).expect("a folder");
    }
    let left = || {
        let entries = fs::read_dir(&releases).expect("a folder");
        let mut left: Vec<String> =
            entries.map(|it| it.expect("an entry").file_name().display().to_string()).collect();
        left.sort();
        left
    };
    server.ctl(&["prune", "--dry-run"]).ends(0).says("20260101-1");
    assert_eq!(left(), names);
    server.ctl(&["prune"]).ends(0);
    assert_eq!(left(), names[2..]);
}

#[test]
fn cert_looks_at_what_is_served() {
    let server = server();
    let asked = |server: &Server| server.ctl(&["cert"]);
    let ran = asked(&server).ends(0);
    for host in ["trigger.example.com", "registry.trigger.example.com"] {
        let wanted = format!("s_client -connect {host}:443 -servername {host}");
        assert!(ran.calls.iter().any(|it| it.text().contains(&wanted)), "{host}");
    }
    server.rule(
        "openssl x509*",
        "0",
        "notBefore=Jan  1 00:00:00 2020 GMT\\nnotAfter=Jan  1 00:00:00 2021 GMT\\n",
    );
    assert!(asked(&server).ends(3).out.starts_with("crit "));
    server.rule("openssl x509*", "1", "");
    assert!(asked(&server).ends(3).out.contains("no valid certificate is served"));
}

/// Each secret that may change is known where it is in use, and each that may not is refused.
#[test]
fn every_secret_rotates_or_is_refused() {
    for row in ROTATIONS.iter().filter(|it| it.name != "FINGERPRINT_KEY") {
        let server = server();
        match row.way {
            Way::Rotate { before, after, on_workers, .. } => {
                let ran = server.ctl(&["rotate", row.name]).ends(0);
                let alters = ran.calls.iter().any(|it| it.input.contains("ALTER ROLE"));
                assert_eq!(alters, before.is_some(), "{}", row.name);
                let anew = ran.compose().iter().any(|it| it.contains("--force-recreate registry"));
                assert_eq!(anew, after.is_some(), "{}", row.name);
                assert!(ran.compose().iter().any(|it| it == "up --detach webapp"), "{}", row.name);
                let code = if on_workers { 0 } else { 2 };
                worker().ctl(&["rotate", row.name]).ends(code);
            }
            Way::InCluster => drop(server.ctl(&["rotate", row.name]).ends(2)),
            Way::Never { why, .. } => {
                let ran = server.ctl(&["rotate", row.name]).ends(7).says(why);
                assert!(ran.calls.is_empty());
            }
        }
    }
}

/// PostgreSQL gets the new password of `.env`, whatever stands in it, before anything starts.
#[test]
fn the_role_gets_the_password_of_the_file() {
    let server = server();
    let path = server.root.join(".env");
    let env = fs::read_to_string(&path).expect("a file");
    let line = "POSTGRES_PASSWORD=\"it's \\\\ \\\"new\\\" \\$1\"";
    let old = env.lines().find(|it| it.starts_with("POSTGRES_PASSWORD=")).expect("a line");
    fs::write(&path, env.replace(old, line)).expect("a file");
    let ran = server.ctl(&["rotate", "POSTGRES_PASSWORD"]).ends(0);
    let at = |text: &str| {
        ran.calls.iter().position(|it| it.input.contains(text) || it.text().contains(text))
    };
    let altered = at("ALTER ROLE").expect("a statement");
    assert!(altered < at(" up --detach").expect("a start"));
    let wanted =
        "\\set password 'it''s \\\\ \"new\" $1'\nALTER ROLE :\"role\" PASSWORD :'password'\n";
    assert_eq!(ran.calls[altered].input, wanted);
}

#[test]
fn maintain_goes_on_after_a_failure_and_ends_with_its_code() {
    let server = server();
    server.stub_phases();
    server.set_container("redis", "running unhealthy");
    let ran = server.ctl(&["maintain"]).ends(3);
    for line in
        ["status        ended with 3", "did backup", "prune         ended with 0", "did verify"]
    {
        assert!(ran.out.contains(line), "no {line}: {}", ran.out);
    }
    server.set_containers("running healthy");
    std::fs::write(server.root.join("ctl/backup.sh"), "").expect("a file");
    let ran = server.ctl(&["maintain", "--prune"]).ends(0);
    assert!(ran.out.contains("backup        this installation has no such command"), "{}", ran.out);
    assert!(ran.calls.iter().any(|it| it.text() == "docker image rm nameless"));
    assert!(!ran.calls.iter().any(|it| it.text().contains(" pull")), "it never updates");
}

/// Once in a calendar month, where sets go to restic, until it has gone well.
#[test]
fn maintain_has_the_repository_read_once_a_month() {
    let server = Server::of("hardened-vps", "docker");
    server.stub_phases();
    let check = |code| {
        let ran = server.ctl(&["maintain"]).ends(code);
        let done = ran.out.contains("== backup check");
        assert_eq!(ran.out.contains("backup check  ended with"), done, "{}", ran.out);
        done
    };
    assert!(check(0), "never yet");
    let mark = server.root.join(".state/backup-check");
    fs::write(&mark, "2026-01-31T00:00:00Z ok\n").expect("a mark");
    assert!(check(0), "in another month");
    fs::write(&mark, format!("{} ok\n", super::server::now())).expect("a mark");
    assert!(!check(0), "in this month");
    let elsewhere = super::server::server();
    elsewhere.stub_phases();
    assert!(!elsewhere.ctl(&["maintain"]).ends(0).out.contains("backup check"), "no restic");
}
