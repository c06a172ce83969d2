//! A server that is none: the files of an example below a path with blanks, and fakes of every program that matters.

use crate::consumers::root;
pub(crate) use crate::fakes::Call;
use crate::fakes::{Fakes, copy};
use crate::support;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use trigger_gen::fingerprint::sha256;
use trigger_gen::secrets::Draft;

/// The folders that are installed on a server, as EXAMPLE and FOLDER.
pub(crate) fn bundles() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for name in crate::support::example_names() {
        let out = root().join("out").join(&name);
        let workers = out.join("workers");
        let hosts = fs::read_dir(&workers).into_iter().flatten();
        let hosts =
            hosts.map(|it| format!("workers/{}", it.expect("an entry").file_name().display()));
        let all = std::iter::once("docker".to_owned()).chain(hosts);
        let with_script = all.filter(|it| out.join(it).join("trigger-ctl.sh").is_file());
        found.extend(with_script.map(|it| (name.clone(), it)));
    }
    assert!(found.len() >= 6, "{found:?}");
    found.sort();
    found
}

/// Programs that must not be the real ones.
const FAKED: &[&str] = &["docker", "curl", "openssl", "df", "sleep", "journalctl", "apt"];

/// Where the scripts look for what is of the system.
const SYSTEM: &[(&str, &str)] = &[
    ("TRIGGER_CTL_OS_RELEASE", "os-release"),
    ("TRIGGER_CTL_MEMINFO", "meminfo"),
    ("TRIGGER_CTL_REBOOT_REQUIRED", "reboot-required"),
    ("TRIGGER_CTL_NGINX_LOGS", "logs"),
    ("TRIGGER_CTL_LOGROTATE", "logrotate"),
    ("TRIGGER_CTL_HOOK", "hook"),
    ("TRIGGER_CTL_ETC", "etc"),
];

/// What a healthy server answers.
const RULES: &str = r#"
sleep *	0	
df *	0	Use%\n 10%\n
docker info --format*	0	/\n
docker inspect --type container --format {{.Name}}*	0	@states
docker inspect --type container --format {{.Image}}*	0	sha256:one\n
docker inspect --type container --format {{.State.FinishedAt}}*	0	2020-01-01T00:00:00Z\n
docker image inspect --format {{.Id}}*	0	sha256:one image@sha256:aa\n
docker image inspect --format {{.Created}}*	0	2020-01-01T00:00:00Z\n
docker image ls*	0	<none> nameless\npostgres fetched-by-digest\n
docker ps --filter*	0	@file:runners
docker ps --all*exited*	0	@file:ended
docker exec*clickhouse-client*goose*	0	40\n
docker inspect --format {{.State.Status}}*	0	@state
docker inspect --format {{.Config.Image}}*	0	@image
docker inspect --format {{.State.Running}}*	0	@running
docker exec*node - health*	0	pass it answers\n
docker exec*node - clickhouse select version*	0	26.2.19.43\t1\t500\n
docker exec*node - clickhouse select to*	0	100\n
docker exec*node - clickhouse select (select to*	0	41\t70000\t7\t1000\n
docker exec*node - redis*	0	used_memory:1048576\nmaxmemory:201326592\nmaxmemory_policy:noeviction\nrdb_last_bgsave_status:ok\naof_enabled:1\naof_last_write_status:ok\n
docker exec*node - object-store*	0	pass a byte went in and came back\n
docker exec*node - docker-proxy*	0	pass containers are listed\n
docker exec*node -e const t=*	0	aaaa\n
docker exec*node -e const fs=*	0	00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n
docker exec*cat */worker_token*	0	tr_wgt_0123456789abcdef0123456789abcdef01234567
docker exec*string_agg(slot_name*	0	
docker exec*client backend*	0	12|100|340\n
docker exec*pg_replication_slots*	0	t|reserved|3|-1\n
docker exec*lastHeartbeatAt*	0	minimal-vps|12\nclassic-vps|12\nhardened-vps|12\nexternal-everything|12\nfull|12\nworker-1|12\nworker-2|12\n
docker exec*from "TaskRun"*	0	100\n
docker exec*_prisma_migrations*	0	migrations=819 unfinished=0\n
docker exec*SELECT "tokenHash"*	0	aaaa\n
docker exec*UPDATE "WorkerGroupToken"*	0	changed\n
docker exec*UPDATE "User"*	0	ops@example.com\n
docker exec*node -e const u=*	0	[site]\nhost=db\n\n
docker run*SELECT "tokenHash"*	0	aaaa\n
docker run*UPDATE "WorkerGroupToken"*	0	changed\n
docker run*UPDATE "User"*	0	ops@example.com\n
docker exec*psql*SELECT 1*	0	1\n
docker compose*logs*webapp*	0	@file:mail
docker compose*logs*supervisor*	0	[WS] Connected to platform\n
docker compose*config <<<*	0	name: rendered\n
curl *healthcheck*	0	OK
curl *-K - *	0	200
curl */v2/*	0	401
openssl s_client*	0	CERTIFICATE\n
openssl x509*	0	notBefore=Jan  1 00:00:00 2020 GMT\nnotAfter=Jan  1 00:00:00 2100 GMT\n
"#;

/// A link is logged like this; the one of the other address is the newest.
pub(crate) const MAIL: &str = "\
sendEmail to old@example.com, subject: Magic sign-in link for Trigger.dev
Click here to log in with this magic link https://trigger.example.com/magic?token=first
sendEmail to ops@example.com, subject: Magic sign-in link for Trigger.dev
Click here to log in with this magic link [https://trigger.example.com/magic?token=second]
sendEmail to dev@example.com, subject: Magic sign-in link for Trigger.dev
Click here to log in with this magic link https://trigger.example.com/magic?token=third
";

pub(crate) struct Server {
    pub(crate) folder: TempDir,
    pub(crate) root: PathBuf,
    pub(crate) fakes: Fakes,
    secrets: BTreeMap<String, String>,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) calls: Vec<Call>,
}

impl Ran {
    /// What compose was asked for, in order.
    pub(crate) fn compose(&self) -> Vec<String> {
        self.calls.iter().filter_map(Call::compose).map(|it| it.join(" ")).collect()
    }

    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}\n{:#?}", self.out, self.err, self.compose());
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "no {text:?} in {}", self.err);
        self
    }
}

pub(crate) fn server() -> Server {
    Server::of("minimal-vps", "docker")
}

pub(crate) fn worker() -> Server {
    Server::of("split-workers", "workers/worker-1")
}

impl Server {
    /// A folder of the golden tree of an example.
    pub(crate) fn of(example: &str, part: &str) -> Self {
        let store = root().join("examples").join(example).join(format!("{example}.secrets.yaml"));
        let draft = Draft::read(&fs::read_to_string(store).expect("a store")).expect("a store");
        Self::with(&draft, |to| copy(&root().join("out").join(example).join(part), to))
    }

    /// The server of a site that is no example.
    pub(crate) fn built(text: &str) -> Self {
        let tree = support::tree_of(text);
        Self::with(&support::draft(&support::site(text)), |to| {
            for (path, file) in &tree.files {
                let Some(path) = path.as_str().strip_prefix("docker/") else { continue };
                let path = to.join(path);
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(&path, &file.bytes).expect("a file");
                let mode = fs::Permissions::from_mode(file.mode.bits());
                fs::set_permissions(&path, mode).expect("a mode");
            }
        })
    }

    fn with(draft: &Draft, install: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("srv/my apps/it's $HOME");
        install(&root);
        let env = fs::Permissions::from_mode(0o600);
        fs::set_permissions(root.join(".env"), env).expect("a mode");
        let value = |name| draft.value(name).expect("a value").to_owned();
        let secrets = draft.names().map(|it| (it.to_string(), value(it))).collect();
        let fakes = Fakes::new(folder.path().join("fakes"), FAKED, RULES.trim_start());
        let it = Self { folder, root, fakes, secrets };
        it.set_up();
        it
    }

    fn set_up(&self) {
        fs::create_dir_all(self.folder.path().join("tmp")).expect("a folder");
        self.write("mail", MAIL);
        self.write("runners", "");
        self.write("ended", "");
        self.set_containers("running healthy");
        if self.constant("ROLE") == "worker" {
            let file = self.root.join("worker_token");
            fs::write(&file, "tr_wgt_0123456789abcdef0123456789abcdef01234567").expect("a file");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
        }
        self.system();
    }

    /// What the scripts read of the system.
    fn system(&self) {
        let project = self.constant("PROJECT");
        self.put("os-release", "NAME=x\nID=debian\nVERSION_ID=\"12\"\n");
        self.put("meminfo", "MemTotal:        8000000 kB\nSwapTotal:             0 kB\n");
        self.put(&format!("logs/{project}-access.log"), "{\"path\":\"/login\"}\n");
        self.put("logrotate/nginx", "");
        self.put("hook", "#!/bin/sh\n");
        fs::set_permissions(self.place("hook"), fs::Permissions::from_mode(0o755)).expect("a mode");
        self.put(&format!("etc/etc/cron.d/{project}-backup"), "");
        self.put(&format!("etc/etc/cron.d/{project}-tailscale-cert"), "");
        if self.constant("ROLE") == "server" {
            self.backup_set();
        }
    }

    /// A set as a backup leaves it that was made just now.
    fn backup_set(&self) {
        let salted = format!("ab\n{}", self.secrets["ENCRYPTION_KEY"]);
        let fingerprint = sha256(salted.as_bytes());
        let parts = self.list("BACKUP_PARTS").join(" ");
        let made_at = now();
        let manifest = format!(
            "{{\n  \"id\": \"x\",\n  \"key_fingerprint\": \"{fingerprint}\",\n  \"key_salt\": \"ab\",\n  \"made_at\": \"{made_at}\",\n  \"parts\": \"config {parts}\"\n}}\n"
        );
        self.put("sets/20260101T000000Z/manifest.json", &manifest);
        self.put("sets/20260101T000000Z/verified", "now\n");
        let site = self.root.join("ctl/site.sh");
        let text = fs::read_to_string(&site).expect("the constants");
        let was = format!("readonly BACKUP_DIR='{}'", self.constant("BACKUP_DIR"));
        let sets = format!("readonly BACKUP_DIR='{}'", self.place("sets").display());
        assert!(text.contains(&was), "{was}");
        let now = text.replace(&was, &sets);
        fs::write(&site, &now).expect("a file");
        let list = self.root.join("checks.json");
        let checks = fs::read_to_string(&list).expect("checks.json");
        let [was, now] = [text, now].map(|it| sha256(it.as_bytes()));
        assert!(checks.contains(&was), "ctl/site.sh is not as it was built");
        fs::write(&list, checks.replace(&was, &now)).expect("a file");
    }

    /// A path beside the install root.
    pub(crate) fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A file beside the install root.
    pub(crate) fn put(&self, name: &str, text: &str) {
        let path = self.place(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// The phases of `maintain` that have tests of their own, which say that they were called.
    pub(crate) fn stub_phases(&self) {
        let backup = "#: backup | no | server | a stub\n#: backup twice | no | server | a stub\ncmd_backup() { echo did backup \"$@\"; }\n";
        fs::write(self.root.join("ctl/backup.sh"), backup).expect("a file");
        // `status` makes checks, too, and stays as it is.
        let path = self.root.join("ctl/checks.sh");
        let checks = fs::read_to_string(&path).expect("a part");
        fs::write(path, checks + "cmd_verify() { echo did verify \"$@\"; }\n").expect("a file");
    }

    /// A file beside the fakes.
    pub(crate) fn write(&self, name: &str, text: &str) {
        self.fakes.write(name, text);
    }

    /// A constant of the site that is one word.
    pub(crate) fn constant(&self, name: &str) -> String {
        let site = fs::read_to_string(self.root.join("ctl/site.sh")).expect("the constants");
        let head = format!("readonly {name}='");
        let line = site.lines().find_map(|it| it.strip_prefix(&head)).expect("a constant");
        line.trim_end_matches('\'').to_owned()
    }

    /// A constant of the site that is a list.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let site = fs::read_to_string(self.root.join("ctl/site.sh")).expect("the constants");
        let head = format!("readonly {name}=(");
        let lines = site.lines().skip_while(|it| !it.starts_with(&head)).skip(1);
        lines
            .take_while(|it| *it != ")" && it.starts_with("  '"))
            .map(|it| it.trim().trim_matches('\'').to_owned())
            .collect()
    }

    /// Every container in this state and health.
    pub(crate) fn set_containers(&self, state: &str) {
        let project = self.constant("PROJECT");
        let line = |it: &String| {
            let (service, image) = it.split_once('=').expect("an image");
            format!("{project}-{service} {state} 0 {image}\n")
        };
        self.write("containers", &self.list("IMAGES").iter().map(line).collect::<String>());
    }

    /// One container in another state.
    pub(crate) fn set_container(&self, service: &str, state: &str) {
        let name = format!("{}-{service} ", self.constant("PROJECT"));
        let all = self.fakes.read("containers");
        let others = all.lines().filter(|it| !it.starts_with(&name)).map(|it| format!("{it}\n"));
        let one = if state.is_empty() { String::new() } else { format!("{name}{state} 0 image\n") };
        self.write("containers", &(others.collect::<String>() + &one));
    }

    /// Another answer, before all others.
    pub(crate) fn rule(&self, pattern: &str, status: &str, answer: &str) {
        self.fakes.rule(pattern, status, answer);
    }

    /// The command, in an environment like cron's, from a folder that has nothing to do with it.
    pub(crate) fn command(&self, script: &Path) -> Command {
        let bin = self.fakes.bin();
        let mut command = Command::new("env");
        command
            // Whoever runs the tests in the background ignores them.
            .args(["--default-signal=INT,TERM", "bash"])
            .arg(script)
            .env_clear()
            .env("TRIGGER_CTL_PATH", &bin)
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("HOME", "/root")
            .env("TMPDIR", self.folder.path().join("tmp"))
            .envs(SYSTEM.iter().map(|(name, file)| (name, self.place(file))))
            .current_dir("/")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn script(&self) -> PathBuf {
        self.root.join("trigger-ctl.sh")
    }

    pub(crate) fn ctl(&self, arguments: &[&str]) -> Ran {
        self.ran(self.command(&self.script()).args(arguments).output().expect("bash"))
    }

    /// With this on standard input.
    pub(crate) fn ctl_given(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(&self.script());
        let piped = command.args(arguments).stdin(Stdio::piped());
        let mut child = piped.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("bash");
        // A command that refuses does not read it.
        drop(child.stdin.take().expect("its input").write_all(input.as_bytes()));
        self.ran(child.wait_with_output().expect("its end"))
    }

    /// What came of it, and how programs were called since the last time. No secret was seen.
    #[track_caller]
    pub(crate) fn ran(&self, output: Output) -> Ran {
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            calls: self.fakes.calls(),
        };
        self.assert_nothing_seen(&ran);
        ran
    }

    #[track_caller]
    fn assert_nothing_seen(&self, ran: &Ran) {
        assert!(!self.secrets.is_empty());
        for (name, secret) in &self.secrets {
            let seen = |text: &str| text.contains(secret.as_str());
            assert!(!seen(&ran.out) && !seen(&ran.err), "{name} is shown");
            for call in &ran.calls {
                assert!(!seen(&call.text()), "{name} is an argument of {}", call.words[0]);
                let in_environment = call.environment.values().any(|it| seen(it));
                assert!(!in_environment, "{name} is in the environment of {}", call.words[0]);
            }
        }
    }

    /// A value of the store.
    pub(crate) fn secret(&self, name: &str) -> &str {
        &self.secrets[name]
    }
}

pub(crate) fn now() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().expect("date");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}
