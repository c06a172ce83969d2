//! The entry of cron and the units of systemd, each read by its real parser.

use super::world::{World, ended, have};
use crate::consumers::tool;
use crate::support;
use std::fs;
use std::process::Command;
use trigger_gen::value::{Scalar as _, Schedule};

/// Schedules with every spelling that a field may have.
const SCHEDULES: &[&str] = &[
    "30 3 * * *",
    "*/20 1-3 * * *",
    "0 4 * * 7",
    "0 4 * * 1-5",
    "5 0 1,15 */6 *",
    "0 3 29 2 *",
    "59 23 31 12 *",
    "0-59/7 */5 * * 0-7/2",
];

/// Install roots with all that may stand in one.
const ROOTS: &[&str] = &["/opt/trigger-dev", "/srv/my apps/trigger.dev", "/a_b/-.c"];

fn site(root: &str, backup: &str) -> String {
    format!("{}  root: {root}\n  backup:\n{backup}", support::SITE.replace("docker: {}", "docker:"))
}

#[test]
fn cron_reads_the_entry() {
    let Some(crontab) = tool("crontab") else { return };
    for (nth, schedule) in SCHEDULES.iter().enumerate() {
        let root = ROOTS[nth % 2];
        let tree = support::tree_of(&site(root, &format!("    schedule: \"{schedule}\"\n")));
        let file = tree.get("docker/backup/cron").expect("an entry");
        let text = file.text();
        assert!(text.ends_with('\n') && file.mode.octal() == "0644");
        let entry = text.lines().last().expect("a line");
        let rest = entry.strip_prefix(&format!("{schedule} root ")).expect("schedule and user");
        // A `%` would end the command, and the rest would be its input.
        assert!(!rest.contains('%'), "{rest}");
        let words =
            ended(Command::new("sh").args(["-c", &format!("printf '%s\\n' {rest}")])).with(0).out;
        assert_eq!(words, format!("{root}/trigger-ctl.sh\nbackup\n--scheduled\n"));
        // `crontab -n` knows no column for the user.
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("crontab");
        for (text, code) in
            [(text.replace(" root ", " "), 0), (text.replace(schedule, "61 3 * * *"), 1)]
        {
            fs::write(&place, text).expect("a file");
            ended(Command::new(&crontab).arg("-n").arg(&place)).with(code);
        }
    }
}

/// tailscale renews a certificate when it is asked; cron asks each day.
#[test]
fn cron_reads_the_renewal_of_a_tailnet() {
    let Some(crontab) = tool("crontab") else { return };
    let text = support::SITE
        .replace("trigger.example.com", "trigger.tail1234.ts.net")
        .replace("docker: {}", "docker: { proxy: { nginx: { tls: { tailscale: {} } } } }\nnetwork: { access: { tailscale: { ipv4: 100.101.102.103, api_domain: api.example.com } }, expose: { registry: true } }\nstorage: { registry: { bundled: { host: registry.example.com } } }");
    let tree = support::tree_of(&text);
    let file = tree.get("docker/nginx/tailscale-cert").expect("an entry");
    let text = file.text();
    let entry = text.lines().last().expect("a line");
    let command = "tailscale cert --cert-file /etc/ssl/certs/mine-tailnet.pem --key-file /etc/ssl/private/mine-tailnet.key trigger.tail1234.ts.net && nginx -t -q && systemctl reload nginx";
    assert_eq!(entry, format!("17 4 * * * root {command}"));
    assert!(text.ends_with('\n') && file.mode.octal() == "0644" && !command.contains('%'));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let place = folder.path().join("crontab");
    for (text, code) in [(text.replace(" root ", " "), 0), (text.replace("17 4", "61 4"), 1)] {
        fs::write(&place, text).expect("a file");
        ended(Command::new(&crontab).arg("-n").arg(&place)).with(code);
    }
}

#[test]
fn systemd_reads_the_units() {
    let Some(analyze) = tool("systemd-analyze") else { return };
    for (nth, schedule) in SCHEDULES.iter().enumerate() {
        let world = World::new("");
        let root = if nth % 2 == 0 { world.at("root") } else { world.at("a root") };
        fs::rename(world.at("root"), &root)
            .or_else(|error| if nth % 2 == 0 { Ok(()) } else { Err(error) })
            .expect("a root");
        let backup = format!("    scheduler: systemd\n    schedule: \"{schedule}\"\n");
        let tree = support::tree_of(&site(&root.display().to_string(), &backup));
        assert!(tree.get("docker/backup/cron").is_none());
        let units = world.at("units");
        for (path, file) in &tree.files {
            if let Some(name) = path.as_str().strip_prefix("docker/backup/systemd/") {
                world.write(&format!("units/{name}"), file.text());
            }
        }
        let names = ["mine-backup.service", "mine-backup.timer", "mine-backup-failed.service"];
        let verify = |name: &str| {
            ended(
                Command::new(&analyze)
                    .args(["verify", "--man=no", "--recursive-errors=no"])
                    .arg(units.join(name))
                    .env("SYSTEMD_UNIT_PATH", format!("{}:", units.display())),
            )
        };
        for name in names {
            let ended = verify(name).with(0);
            assert!(!ended.err.contains(name), "{name}: {}", ended.err);
        }
        let service = world.read("units/mine-backup.service");
        world.write("units/mine-backup.service", &service.replace("trigger-ctl.sh", "no-such.sh"));
        assert!(
            verify("mine-backup.service").err.contains("no-such.sh"),
            "systemd did not look at the command"
        );
    }
}

/// The next runs by systemd, from a fixed day on, are the days and times that cron means.
#[test]
fn both_schedulers_mean_the_same_times() {
    let Some(analyze) = tool("systemd-analyze") else { return };
    for (schedule, next) in [
        ("30 3 * * *", ["Mon 2024-01-01 03:30:00", "Tue 2024-01-02 03:30:00"]),
        ("0 4 * * 7", ["Sun 2024-01-07 04:00:00", "Sun 2024-01-14 04:00:00"]),
        ("0 3 29 2 *", ["Thu 2024-02-29 03:00:00", "Tue 2028-02-29 03:00:00"]),
        ("*/20 1-3 * * 1", ["Mon 2024-01-01 01:00:00", "Mon 2024-01-01 01:20:00"]),
        ("0 12 1,15 */6 *", ["Mon 2024-01-01 12:00:00", "Mon 2024-01-15 12:00:00"]),
    ] {
        let calendar = Schedule::from_text(schedule).expect("a schedule").on_calendar();
        let said = ended(
            Command::new(&analyze)
                .args([
                    "calendar",
                    "--iterations=2",
                    "--base-time=2024-01-01 00:00:00 UTC",
                    &calendar,
                ])
                .env("TZ", "UTC"),
        )
        .with(0)
        .out;
        for time in next {
            assert!(said.contains(time), "{schedule}: {said}");
        }
    }
}

/// What no narrow type lets through never reaches a parser; the widest of what it does arrives.
#[test]
fn hostile_places_reach_no_file() {
    for hostile in [
        "/a b%c", "/a\"b", "/a'b", "/a$(id)", "/a`id`", "/a\\b", "/a;b", "/a|b", "/a&b", "/a#b",
        "/a\nb", "/../x", "relative", "/ü", "/a*",
    ] {
        let quoted = serde_json::to_string(hostile).expect("JSON");
        for key in
            [format!("    dir: {quoted}\n"), format!("    notify: {{ failure_hook: {quoted} }}\n")]
        {
            assert!(support::analyse(&site("/opt/x", &key)).0.is_none(), "{key}");
        }
    }
    assert!(
        support::analyse(&site("/opt/x", "    dir: /opt/x/backups\n")).0.is_none(),
        "a set would hold the sets"
    );
    assert!(support::analyse(&site("/opt/x", "    dir: /opt/xy\n")).0.is_some());
}

/// A folder with blanks is one word everywhere.
#[test]
fn a_folder_with_blanks_is_one_word() {
    if !have(&["bash"]) {
        return;
    }
    let world = World::new("");
    let site = world.read("root/ctl/site.sh");
    let dir = world.at("back ups -x");
    world.write(
        "root/ctl/site.sh",
        &site.replace(&world.at("backups").display().to_string(), &dir.display().to_string()),
    );
    let set = world.backup();
    assert!(dir.join(&set).join("manifest.json").exists());
    world.ctl(&["restore", &set, "--yes"]).with(0);
}
