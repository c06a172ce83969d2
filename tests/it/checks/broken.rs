//! One thing after another is not as it must be.

use super::machine::{Answer, Machine, answer};
use super::said;
use super::well::{lifetime, outside};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use trigger_gen::artifacts::Place;

const ONE: &str = "minimal-vps/docker";
const TAILNET: &str = "hardened-vps/docker";
/// No example has Electric, whose public image is gone.
const ELECTRIC: &str = "\
version: 1
name: minimal-vps
release: 4.5.12
domain: trigger.example.com
access: { admins: [ops@example.com] }
docker: {}
storage: { realtime: { electric: { image: \"registry.example.com/electric:1.2.4\" } } }
";
/// No example has a certificate of the tailnet.
const TAILNET_CERT: &str = "\
version: 1
name: minimal-vps
release: 4.5.12
domain: trigger.tail1234.ts.net
access: { admins: [ops@example.com] }
network: { access: { tailscale: { ipv4: 100.101.102.103, api_domain: api.example.com } }, expose: { registry: true } }
docker: { proxy: { nginx: { tls: { tailscale: {} } } } }
storage: { registry: { bundled: { host: registry.example.com } } }
";
/// An API whose engine is open to the world, beside a dashboard on a tailnet.
const EXPOSED: &str = "\
version: 1
name: minimal-vps
release: 4.5.12
domain: trigger.example.com
access: { admins: [ops@example.com] }
network: { access: { tailscale: { ipv4: 100.101.102.103, api_domain: api.example.com } }, expose: { engine: true } }
docker: { proxy: { nginx: { tls: { letsencrypt: { challenge: dns01 } } } } }
";
const CLICKHOUSE_SPACE: &str = "*'node - clickhouse select (select toUInt8'*";
const WORKER: &str = "split-workers/workers/worker-1";

/// What is changed on a machine.
enum Change {
    /// A program answers otherwise.
    Answer(Answer),
    /// Something on the disk.
    Disk(fn(&Machine)),
}

use Change::{Answer as Says, Disk};

fn docker(pattern: &str, said: &str) -> Change {
    Says(answer("docker", pattern, said))
}

fn fails(program: &'static str, pattern: &str) -> Change {
    Says((program, pattern.into(), String::new(), 1))
}

fn write(machine: &Machine, name: &str, text: &str) {
    fs::write(machine.file(name), text).expect("a file");
}

fn dotenv(machine: &Machine, change: impl Fn(&str) -> String) {
    let path = machine.install().join(".env");
    let text = fs::read_to_string(&path).expect(".env");
    fs::write(&path, change(&text)).expect("a file");
}

/// A value of `.env` in the place of another.
fn value(machine: &Machine, name: &str, new: &str) {
    let old = machine.dotenv(name);
    dotenv(machine, |text| {
        text.replace(&format!("\n{name}={old}\n"), &format!("\n{name}={new}\n"))
    });
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    let curl = |pattern: &str, said: &str| Says(answer("curl", pattern, said));
    vec![
        (ONE, "V01", Says(answer("timedatectl", "*", "no\n"))),
        (ONE, "V01", Disk(|it| write(it, "os-release", "ID=debian\nVERSION_ID=\"11\"\n"))),
        (ONE, "V01", Says(answer("uname", "-m", "armv7l\n"))),
        (ONE, "V02", docker("*Server.Version*", "26.1.4\n")),
        (ONE, "V02", docker("'compose version'*", "2.19.1\n")),
        (ONE, "V02", fails("docker", "*Server.Version*")),
        (ONE, "V05", Says(answer("ss", "*", "LISTEN 0 511 0.0.0.0:8030 0.0.0.0:*\n"))),
        (ONE, "V05", Says(answer("ss", "*", "LISTEN 0 511 [::]:5432 [::]:*\n"))),
        (ONE, "V10", Disk(|it| write(it, "reboot-required", ""))),
        (ONE, "V11", Says(answer("df", "*", "Use%\n 91%\n"))),
        (ONE, "V11 poor", Says(answer("df", "*", "Use%\n 81%\n"))),
        (ONE, "V11 poor", Disk(|it| write(it, "meminfo", "MemTotal: 4000000 kB\nSwapTotal: 0 kB\n"))),
        (ONE, "V16", docker("*OOMKilled*redis", "true\n")),
        (ONE, "V16", Says(answer("journalctl", "*", "kernel: Out of memory: Killed process 7 (node)\n"))),
        (ONE, "V13", Says(answer("sysctl", "*", "0\n"))),
        (ONE, "V14", fails("getent", "*registry*")),
        (ONE, "V03", fails("nft", "*")),
        (ONE, "V03", Says(answer("nft", "*", "table inet trigger_host {}\n"))),
        (ONE, "V04", Says(answer("nft", "*", "type filter hook prerouting priority mangle\n"))),
        (ONE, "V04", Says(answer("nft", "*", "type filter hook input priority filter\ntype filter hook forward priority filter\n"))),
        (ONE, "V04", fails("nft", "*")),
        (ONE, "V03", fails("systemctl", "*trigger-firewall*")),
        (ONE, "V07", Says(answer("sshd", "-T", "passwordauthentication yes\nkbdinteractiveauthentication no\npermitrootlogin no\n"))),
        (ONE, "V07", Says(answer("sshd", "-T", "passwordauthentication no\nkbdinteractiveauthentication no\npermitrootlogin yes\n"))),
        (ONE, "V08", fails("fail2ban-client", "*")),
        (ONE, "V09", Says(answer("apt-config", "*", "APT::Periodic::Unattended-Upgrade \"0\";\n"))),
        (ONE, "V17", Says(answer("apt", "*", "openssl/oldstable-security 3.0.17-1~deb12u2 amd64 [upgradable from: 3.0.15-1~deb12u1]\n"))),
        (ONE, "V17", Says(answer("apt", "*", "libc6/noble-updates,noble-security,now 2.39-0ubuntu8.4 amd64 [upgradable from: 2.39-0ubuntu8.3]\n"))),
        (ONE, "V17", Says(answer("apt", "*", "docker-ce/bookworm 5:28.5.1-1~debian.12~bookworm amd64 [upgradable from: 5:28.1.0-1~debian.12~bookworm]\n"))),
        (ONE, "V12", docker("*LoggingDriver*", "json-file true\n")),
        (ONE, "V20", Disk(|it| {
            let path = it.install().join("ctl/common.sh");
            let text = fs::read_to_string(&path).expect("a part");
            fs::write(path, text + "# more\n").expect("a file");
        })),
        (ONE, "V20", Disk(|it| fs::remove_file(it.install().join(".env.redacted")).expect("gone"))),
        (ONE, "V21", Says(answer("stat", "'-c %a %u'*", "644 0\n"))),
        (ONE, "V21", Says(answer("stat", "'-c %a %u'*", "600 1000\n"))),
        (ONE, "V21", Disk(|it| value(it, "SESSION_SECRET", "'<fill me in>'"))),
        (ONE, "V21", Disk(|it| value(it, "SESSION_SECRET", ""))),
        (ONE, "V21", Disk(|it| value(it, "MANAGED_WORKER_SECRET", "managed-secret"))),
        (ONE, "V21", Disk(|it| value(it, "SESSION_SECRET", &it.dotenv("MAGIC_LINK_SECRET")))),
        (ONE, "V22", docker("compose*' config --images'", "postgres:latest\n")),
        (ONE, "V23", docker("compose*' config'", "    published: \"8030\"\n    host_ip: 0.0.0.0\n")),
        (ONE, "V23", docker("compose*' config'", "    published: \"8030\"\n")),
        (ONE, "V24", docker("compose*' config'", "volumes: {}\n")),
        (ONE, "V27", docker("*'printenv WHITELISTED_EMAILS'", "\n")),
        (ONE, "V27", docker("*'printenv WHITELISTED_EMAILS'", "^.*$\n")),
        (ONE, "V28", fails("docker", "*'printenv TRIGGER_TELEMETRY_DISABLED'")),
        (ONE, "V29", Disk(|it| fs::write(it.install().join("registry/auth.htpasswd"), "trigger:{SHA}x\n").expect("a file"))),
        (ONE, "V30", docker("*State.Status*redis", "running unhealthy 0 2026-01-01T00:00:00Z\n")),
        (ONE, "V30", docker("*State.Status*redis", "running healthy 2 2099-01-01T00:00:00Z\n")),
        (ONE, "V30", fails("docker", "*State.Status*redis")),
        (ONE, "V31", docker("*Config.Image*postgres", "postgres:16\n")),
        (ONE, "V32", docker("*HostConfig.SecurityOpt*s2", "[] false\n")),
        (ONE, "V32", docker("*HostConfig.SecurityOpt*s2", "[no-new-privileges:true] true\n")),
        (ONE, "V33", docker("*HostConfig.Memory*s2", "0\n")),
        (ONE, "V34", docker("*'{{.Name}}{{range .Mounts}}'*", "/other /var/run/docker.sock=false\n")),
        (ONE, "V34", docker("*'{{.Name}}{{range .Mounts}}'*", "/minimal-vps-docker-proxy /var/run/docker.sock=true \n")),
        (ONE, "V25", docker("*NetworkSettings.Networks*", "minimal-vps-docker-proxy minimal-vps-runner \n")),
        (ONE, "V25", docker("'network inspect'*' minimal-vps-docker-proxy'", "minimal-vps-docker-proxy\nminimal-vps-supervisor\nintruder\n")),
        (ONE, "V26", docker("'network inspect'*' minimal-vps-runner'", "minimal-vps-postgres\n")),
        (ONE, "V26", docker("*'printenv DOCKER_RUNNER_NETWORKS'", "host\n")),
        (ONE, "V79", docker("'ps --all'*", &"exited\n".repeat(500))),
        (ONE, "V54", docker("*'{{.Destination}}'*", "/var/lib/registry=0a1b2c \n")),
        (ONE, "V40", curl("*'http://127.0.0.1:'*'/healthcheck'", "ERROR")),
        (ONE, "V40", fails("curl", "*'http://127.0.0.1:'*'/healthcheck'")),
        (ONE, "V41", Says(("docker", "*'node - health'*".into(), "it answers 500\n".into(), 1))),
        (ONE, "V42", docker("*worker_token*", "0\n")),
        (ONE, "V42", fails("docker", "*worker_token*")),
        (ONE, "V43", curl("*'/api/v1/runs'", "200 text/html")),
        (ONE, "V44", docker("*wal_level*", "replica|0|5000\n")),
        (ONE, "V44", docker("*wal_level*", "logical|1|5000\n")),
        (ONE, "V44", docker("*wal_level*", "logical|0|3\n")),
        (ONE, "V45", docker("*pg_publication_tables*", "0\n")),
        (ONE, "V46", docker("*pg_replication_slots*", "f|reserved|900\n")),
        (ONE, "V46", docker("*pg_replication_slots*", "t|lost|0\n")),
        (ONE, "V46", docker("*pg_replication_slots*", "\n")),
        (ONE, "V46 poor", docker("*pg_replication_slots*", "t|extended|900|100\n")),
        (ELECTRIC, "V47", docker("*electric_slot_default*", "f|reserved|900|-1\n")),
        (ELECTRIC, "V47", docker("*electric_slot_default*", "\n")),
        (ONE, "V75", docker("*string_agg(slot_name*", "electric_old\n")),
        (ONE, "V59", docker("*extract(epoch from max*", "1000\n")),
        (ONE, "V48", docker("*'node - clickhouse select version'*", "25.3.1.1\t1\t500\n")),
        (ONE, "V48", docker("*'node - clickhouse select version'*", "26.2.1.1\t0\t500\n")),
        (ONE, "V48", docker("*'node - clickhouse select version'*", "26.2.1.1\t1\t2\n")),
        (ONE, "V48", Says(("docker", "*'node - clickhouse select version'*".into(), "ECONNREFUSED\n".into(), 1))),
        (ONE, "V49", docker("*'node - clickhouse select uniqExact'*", "3\n")),
        (ONE, "V50", docker("*'node - redis'", "maxmemory_policy:allkeys-lru\nrdb_last_bgsave_status:ok\naof_enabled:1\naof_last_write_status:ok\n")),
        (ONE, "V50", docker("*'node - redis'", "maxmemory_policy:noeviction\nrdb_last_bgsave_status:err\naof_enabled:1\naof_last_write_status:ok\n")),
        (ONE, "V50", docker("*'node - redis'", "maxmemory_policy:noeviction\nrdb_last_bgsave_status:ok\naof_enabled:0\n")),
        (ONE, "V76", docker("*'client backend'*", "90|100|340\n")),
        (ONE, "V76 poor", docker("*'client backend'*", "80|100|340\n")),
        (ONE, "V77", docker(CLICKHOUSE_SPACE, "90\t9000\t7\t1000\n")),
        (ONE, "V77 poor", docker(CLICKHOUSE_SPACE, "80\t9000\t7\t1000\n")),
        (ONE, "V77", docker(CLICKHOUSE_SPACE, "41\t9000\t1000\t1000\n")),
        (ONE, "V77 poor", docker(CLICKHOUSE_SPACE, "41\t9000\t500\t1000\n")),
        (ONE, "V78", docker("*'node - redis'", "used_memory:90000000\nmaxmemory:100000000\n")),
        (ONE, "V78 poor", docker("*'node - redis'", "used_memory:80000000\nmaxmemory:100000000\n")),
        (ONE, "V78", docker("*'node - redis'", "used_memory:80000000\nmaxmemory:0\n")),
        (ONE, "V51", Says(("docker", "*'node - object-store packets'".into(), "a byte is refused with 403\n".into(), 1))),
        (ONE, "V52", Says(("docker", "*'node - s2'".into(), "ENOTFOUND\n".into(), 1))),
        (ONE, "V53", curl("*'-K - http://127.0.0.1:'*'/v2/'", "401")),
        (ONE, "V53", curl("*'%{http_code} http://127.0.0.1:'*'/v2/'", "200")),
        (ONE, "V55", Says(("docker", "*'node - docker-proxy'".into(), "GET /volumes answers 200, not 403\n".into(), 1))),
        (ONE, "V56", docker("*WorkerInstance*", "minimal-vps|400\n")),
        (ONE, "V56", docker("*WorkerInstance*", "another|3\n")),
        (ONE, "V57", Says(("docker", "*'node - unreachable docker-proxy 2375'".into(), "it can be reached\n".into(), 1))),
        (ONE, "V58", docker("logs*", "Error: No such image: localhost:5000/x\n")),
        (ONE, "V60", fails("nginx", "*")),
        (ONE, "V60", Says(answer("nginx", "-T", "server {}\n"))),
        (ONE, "V61", curl("*redirect_url*", "200 ")),
        (ONE, "V62", fails("openssl", "s_client*verify_hostname*")),
        (ONE, "V62", fails("openssl", "x509*")),
        (ONE, "V62", Says(answer("openssl", "x509*", &lifetime("2020", "2021")))),
        (ONE, "V62 poor", Says(answer("openssl", "x509*", &soon()))),
        (ONE, "V72", fails("systemctl", "*certbot.timer")),
        (ONE, "V72", Disk(|it| fs::set_permissions(it.file("hook"), fs::Permissions::from_mode(0o644)).expect("a mode"))),
        (TAILNET_CERT, "V72", Disk(|it| fs::remove_file(it.file("etc/etc/cron.d/minimal-vps-tailscale-cert")).expect("gone"))),
        (ONE, "V63", Says(answer("openssl", "*tls1_1*", ""))),
        (ONE, "V63", fails("openssl", "*tls1_3*")),
        (ONE, "V64", curl("*verify.invalid*", "200")),
        (ONE, "V66", Disk(|it| fs::write(it.install().join("nginx/vhosts/more.conf"), "location / {\n    proxy_pass http://x;\n}\n").expect("a file"))),
        (ONE, "V66", Disk(|it| fs::write(it.install().join("nginx/snippets/headers.conf"), "proxy_set_header Host $host;\n").expect("a file"))),
        (ONE, "V67", curl("*'-D - '*", "server: nginx\n")),
        (ONE, "V67", curl("*'-D - '*", "server: nginx/1.22.1\nstrict-transport-security: max-age=1\n")),
        (ONE, "V68", curl("*'/socket.io/'*", "404")),
        (ONE, "V68", curl("*time_starttransfer*", "401 1.204113")),
        (ONE, "V68", curl("*time_starttransfer*", "000 0.000000")),
        (EXPOSED, "V68", curl("*':443:127.0.0.1 '*'/socket.io/'*", "404")),
        (ONE, "V68", Disk(|it| {
            let path = it.install().join("nginx/vhosts/dashboard.conf");
            let text = fs::read_to_string(&path).expect("a file");
            fs::write(&path, text.replace("        proxy_buffering off;\n", "")).expect("a file");
        })),
        (ONE, "V73", curl("*'--max-time 15 https://'*'/healthcheck'", "ERROR")),
        (ONE, "V73", fails("curl", "*'--max-time 15 https://'*'/healthcheck'")),
        (ONE, "V69", Disk(|it| fs::write(it.file("logs/minimal-vps-access.log"), "{\"path\":\"/magic?token=x\"}\n").expect("a file"))),
        (ONE, "V70", Says(answer("stat", "*.log", "644\n"))),
        (ONE, "V70", Disk(|it| fs::remove_file(it.file("logrotate/nginx")).expect("gone"))),
        (TAILNET, "V71", curl("*':443:127.0.0.1 '*/login", "200")),
        (TAILNET, "V71", curl("*':443:100.101.102.103 '*/login", "000")),
        (ONE, "V80", Disk(|it| old(it, "2026-01-01T00:00:00Z"))),
        (ONE, "V80", Disk(|it| old(it, &hours_ago(27)))),
        (ONE, "V80", Disk(|it| fs::remove_file(it.file("sets/20260101T000000Z/verified")).expect("gone"))),
        (ONE, "V81", Disk(|it| manifest(it, "postgres", "nothing"))),
        (ONE, "V82", Disk(|it| fs::write(it.install().join(".state/backup-last"), "2026-01-01T00:00:00Z failed\n").expect("a file"))),
        (ONE, "V82", Disk(|it| fs::remove_dir_all(it.file("etc")).expect("gone"))),
        (ONE, "V84", Disk(|it| fs::write(it.install().join(".state/drill-last"), "2026-01-01T00:00:00Z x\n").expect("a file"))),
        (ONE, "V84", Disk(|it| fs::remove_file(it.install().join(".state/drill-last")).expect("gone"))),
        (ONE, "V85", Disk(|it| manifest(it, "\"key_salt\": \"ab\"", "\"key_salt\": \"cd\""))),
        (ONE, "V86", docker("*PersonalAccessToken*", "1\n")),
        (TAILNET, "V83", Disk(|it| fs::remove_file(it.install().join(".state/backup-away")).expect("gone"))),
        (TAILNET, "V83", Disk(|it| fs::write(it.install().join(".state/backup-away"), "2026-01-01T00:00:00Z x\n").expect("a file"))),
        (TAILNET, "V87", Disk(|it| fs::remove_file(it.install().join(".state/backup-check")).expect("gone"))),
        (TAILNET, "V87", Disk(|it| fs::write(it.install().join(".state/backup-check"), "2026-01-01T00:00:00Z ok\n").expect("a file"))),
        (TAILNET, "V06", Says(("timeout", "*' 8030'".into(), String::new(), 0))),
        (TAILNET, "V15", Says(("timeout", "*' 443'".into(), String::new(), 1))),
        (TAILNET, "V65", curl("*'.com/metrics'", "200")),
        (TAILNET, "V65", curl("*'Upgrade: foo'*", "502")),
        (TAILNET, "V65", curl("*'/api/v1/whoami'", "200")),
        (WORKER, "V42", Disk(|it| fs::write(it.install().join("worker_token"), "").expect("a file"))),
        (WORKER, "V42", Says(answer("stat", "*worker_token", "644\n"))),
        (WORKER, "V21", Disk(|it| value(it, "MANAGED_WORKER_SECRET", "change-me"))),
    ]
}

fn manifest(machine: &Machine, was: &str, now: &str) {
    let path = machine.file("sets/20260101T000000Z/manifest.json");
    let text = fs::read_to_string(&path).expect("a manifest");
    assert!(text.contains(was));
    fs::write(&path, text.replace(was, now)).expect("a file");
}

fn old(machine: &Machine, made_at: &str) {
    let path = machine.file("sets/20260101T000000Z/manifest.json");
    let text = fs::read_to_string(&path).expect("a manifest");
    let head = "\"made_at\": \"";
    let (before, after) = text.split_once(head).expect("a time");
    let (_, after) = after.split_once('"').expect("its end");
    fs::write(&path, format!("{before}{head}{made_at}\"{after}")).expect("a file");
}

/// One that was missed is no more than a warning to `status`, and two are not.
#[test]
fn one_missed_backup_does_not_degrade_the_status() {
    for (hours, severity, code) in [(25, "critical", 0), (27, "warning", 0), (51, "critical", 3)] {
        let machine = Machine::of(ONE);
        old(&machine, &hours_ago(hours));
        let (ended, stdout, ..) = machine.run(&["status", "--json"]);
        let rows: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
        let rows = rows.as_array().expect("a list");
        let row = rows.iter().find(|it| it["id"] == "V80").expect("the check");
        assert_eq!((&row["severity"], ended), (&severity.into(), code), "{hours}: {row}");
        assert_eq!(row["status"] == "pass", hours < 26, "{row}");
    }
}

fn hours_ago(hours: u32) -> String {
    date(&format!("{hours} hours ago"), "+%Y-%m-%dT%H:%M:%SZ")
}

/// A certificate of ninety days that ends in a week.
fn soon() -> String {
    let [start, end] = ["83 days ago", "7 days 12 hours"].map(|it| date(it, "+%b %d %T %Y GMT"));
    format!("notBefore={start}\nnotAfter={end}\n")
}

fn date(moment: &str, form: &str) -> String {
    let output = Command::new("date").args(["-u", "-d", moment, form]).output().expect("date");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// Where all is well, every check passes; what is made from outside is left to another machine.
#[test]
fn a_machine_on_which_all_is_well_passes() {
    for bundle in [
        ONE,
        TAILNET,
        EXPOSED,
        WORKER,
        ELECTRIC,
        TAILNET_CERT,
        "split-workers/docker",
        "external-everything/docker",
    ] {
        let machine = Machine::of(bundle);
        let (code, checks) = said(&machine, &["verify", "--json"]);
        for (id, (status, detail)) in &checks {
            let wanted =
                if machine.ids("outside", "verify").contains(id) { "elsewhere" } else { "pass" };
            assert_eq!(status, wanted, "{bundle} {id}: {detail}");
        }
        assert_eq!(
            (code, checks.len()),
            (0, machine.ids("here", "verify").len() + machine.ids("outside", "verify").len())
        );
    }
}

/// Where, the check, and what is changed. Behind the check may stand that what it finds is only poor.
type Row = (&'static str, &'static str, Change);

fn id(row: &Row) -> &'static str {
    row.1.trim_end_matches(" poor")
}

fn is_outside(id: &str) -> bool {
    trigger_gen::artifacts::checks().any(|it| it.id == id && it.place == Place::Outside)
}

/// Rows that can be tried on one machine: no two of one check, of one program's answer, or of the same backup, and all
/// made from the same place.
fn rounds() -> Vec<(&'static str, Vec<Row>)> {
    let mut rounds: Vec<(&str, Vec<Row>)> = Vec::new();
    for row in rows() {
        let apart = |other: &Row| {
            let backups = other.1.starts_with("V8") && row.1.starts_with("V8");
            let answers = match (&other.2, &row.2) {
                (Says(a), Says(b)) => (a.0, &a.1) == (b.0, &b.1),
                _ => false,
            };
            let places = is_outside(id(other)) != is_outside(id(&row));
            id(other) != id(&row) && !backups && !answers && !places
        };
        match rounds.iter_mut().find(|(bundle, rows)| *bundle == row.0 && rows.iter().all(apart)) {
            Some((_, rows)) => rows.push(row),
            None => rounds.push((row.0, vec![row])),
        }
    }
    rounds
}

/// One thing after another is changed: its check fails, and the status of the whole is that of the worst.
#[test]
fn what_is_broken_fails_its_own_check() {
    std::thread::scope(|scope| {
        for (bundle, rows) in rounds() {
            scope.spawn(move || round(bundle, rows));
        }
    });
}

fn round(bundle: &str, rows: Vec<Row>) {
    let machine = Machine::of(bundle);
    let from_outside = rows.iter().any(|it| is_outside(id(it)));
    if from_outside {
        outside().into_iter().for_each(|it| machine.but(it));
    }
    let ids: Vec<&str> = rows.iter().map(id).collect();
    let bad = |it: &Row| !it.1.ends_with(" poor") && super::files::is_critical(it.1);
    let critical = rows.iter().any(bad);
    let mut tried = Vec::new();
    for row in rows {
        let (_, id, change) = row;
        let what = match change {
            Says(answer) => {
                let what = format!("{} {} says {:?}", answer.0, answer.1, answer.2);
                machine.but(answer);
                what
            }
            Disk(change) => {
                change(&machine);
                "the disk".into()
            }
        };
        tried.push((id.trim_end_matches(" poor"), what));
    }
    let only = ids.join(",");
    let place = if from_outside { &["--from-outside", "192.0.2.7"][..] } else { &[] };
    let arguments = [&["verify", "--json", "--only", &only], place].concat();
    let (code, checks) = said(&machine, &arguments);
    for (id, what) in &tried {
        let (status, detail) = &checks[*id];
        assert_eq!(status, "fail", "{bundle} {id} with {what}: {detail}");
    }
    assert_eq!(code, if critical { 6 } else { 3 }, "{bundle} {ids:?}");
}

/// A warning alone is no failure of the whole.
#[test]
fn a_warning_alone_ends_with_3() {
    let machine = Machine::of(ONE);
    write(&machine, "reboot-required", "");
    let (code, checks) = said(&machine, &["verify", "--json", "--only", "V10,V13"]);
    assert_eq!((code, checks["V10"].0.as_str(), checks["V13"].0.as_str()), (3, "fail", "pass"));
}

#[test]
fn every_check_was_seen_to_fail() {
    let rows = rows();
    let seen: BTreeSet<&str> = rows.iter().map(id).collect();
    for check in trigger_gen::artifacts::checks() {
        assert!(seen.contains(check.id), "{} {} was never seen to fail", check.id, check.name);
    }
}
