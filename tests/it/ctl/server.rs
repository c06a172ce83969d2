//! A server that is none: the files of an example below a path with blanks, and fakes of every program that matters.

use crate::consumers::root;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;
use trigger_gen::secrets::Draft;

/// The folders that are installed on a server, as EXAMPLE and FOLDER.
pub(super) fn bundles() -> Vec<(String, String)> {
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
const FAKED: &[&str] = &["docker", "curl", "openssl", "df", "sleep"];

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
docker exec*clickhouse-client*SELECT 1*	0	1\n
docker exec*goose*	0	40\n
docker exec*redis-cli ping*	0	PONG\n
docker exec*redis-cli info*	0	rdb_last_bgsave_status:ok\naof_last_write_status:ok\n
docker exec*node - <<<*	0	redis ok\nclickhouse ok\nobject-store ok\n
docker exec*8020/health*	0	OK\n
docker exec*DOCKER_HOST*	0	200\n
docker exec*node -e const t=*	0	aaaa\n
docker exec*node -e const fs=*	0	00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n
docker exec*cat */worker_token*	0	tr_wgt_0123456789abcdef0123456789abcdef01234567
docker exec*pg_replication_slots*	0	task_runs_to_clickhouse_v1|t|reserved\n
docker exec*lastHeartbeatAt*	0	12\n
docker exec*_prisma_migrations*	0	migrations=819 unfinished=0\n
docker exec*SELECT "tokenHash"*	0	aaaa\n
docker exec*UPDATE "WorkerGroupToken"*	0	changed\n
docker exec*UPDATE "User"*	0	ops@example.com\n
docker exec*psql*SELECT 1*	0	1\n
docker compose*logs*webapp*	0	@file:mail
docker compose*logs*supervisor*	0	[WS] Connected to platform\n
docker compose*config <<<*	0	name: rendered\n
curl *healthcheck*	0	OK
openssl s_client*	0	CERTIFICATE\n
openssl x509*	0	notBefore=Jan  1 00:00:00 2020 GMT\nnotAfter=Jan  1 00:00:00 2100 GMT\n
"#;

/// A link is logged like this; the one of the other address is the newest.
pub(super) const MAIL: &str = "\
sendEmail to old@example.com, subject: Magic sign-in link for Trigger.dev
Click here to log in with this magic link https://trigger.example.com/magic?token=first
sendEmail to ops@example.com, subject: Magic sign-in link for Trigger.dev
Click here to log in with this magic link [https://trigger.example.com/magic?token=second]
sendEmail to dev@example.com, subject: Magic sign-in link for Trigger.dev
Click here to log in with this magic link https://trigger.example.com/magic?token=third
";

pub(super) struct Server {
    pub(super) folder: TempDir,
    pub(super) root: PathBuf,
    secrets: BTreeMap<String, String>,
}

/// How a program was called.
#[derive(Debug)]
pub(super) struct Call {
    /// Name and arguments.
    pub(super) words: Vec<String>,
    pub(super) input: String,
    pub(super) environment: BTreeMap<String, String>,
}

impl Call {
    pub(super) fn text(&self) -> String {
        self.words.join(" ")
    }

    /// What docker compose is asked for, behind its files.
    pub(super) fn compose(&self) -> Option<&[String]> {
        let [program, compose, ..] = self.words.as_slice() else { return None };
        if program != "docker" || compose != "compose" {
            return None;
        }
        let last = self.words.iter().rposition(|it| it == "-f")?;
        Some(&self.words[last + 2..])
    }
}

/// What came of a run.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) out: String,
    pub(super) err: String,
    pub(super) calls: Vec<Call>,
}

impl Ran {
    /// What compose was asked for, in order.
    pub(super) fn compose(&self) -> Vec<String> {
        self.calls.iter().filter_map(Call::compose).map(|it| it.join(" ")).collect()
    }

    #[track_caller]
    pub(super) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}\n{:#?}", self.out, self.err, self.compose());
        self
    }

    #[track_caller]
    pub(super) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "no {text:?} in {}", self.err);
        self
    }
}

pub(super) fn server() -> Server {
    Server::of("minimal-vps", "docker")
}

pub(super) fn worker() -> Server {
    Server::of("split-workers", "workers/worker-1")
}

impl Server {
    pub(super) fn of(example: &str, part: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root_folder = folder.path().join("srv/my apps/it's $HOME");
        copy(&root().join("out").join(example).join(part), &root_folder);
        let env = fs::Permissions::from_mode(0o600);
        fs::set_permissions(root_folder.join(".env"), env).expect("a mode");
        let store = root().join("examples").join(example).join(format!("{example}.secrets.yaml"));
        let draft = Draft::read(&fs::read_to_string(store).expect("a store")).expect("a store");
        let value = |name| draft.value(name).expect("a value").to_owned();
        let secrets = draft.names().map(|it| (it.to_string(), value(it))).collect();
        let it = Self { folder, root: root_folder, secrets };
        it.put_fakes();
        it
    }

    fn put_fakes(&self) {
        for folder in ["fakes/bin", "fakes/calls", "tmp"] {
            fs::create_dir_all(self.folder.path().join(folder)).expect("a folder");
        }
        for name in FAKED {
            let link = self.fakes().join("bin").join(name);
            symlink(root().join("tests/it/ctl/fake"), link).expect("a link");
        }
        self.write("rules", RULES.trim_start());
        self.write("mail", MAIL);
        self.write("runners", "");
        self.write("ended", "");
        self.set_containers("running healthy");
        if self.constant("ROLE") == "worker" {
            let file = self.root.join("worker_token");
            fs::write(&file, "tr_wgt_0123456789abcdef0123456789abcdef01234567").expect("a file");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
        }
    }

    fn fakes(&self) -> PathBuf {
        self.folder.path().join("fakes")
    }

    /// The phases of `maintain` that have tests of their own, which say that they were called.
    pub(super) fn stub_phases(&self) {
        for (part, name, place) in [("backup", "backup", "server"), ("checks", "verify", "all")] {
            let text = format!(
                "#: {name} | no | {place} | a stub\n#: {name} twice | no | {place} | a stub\ncmd_{name}() {{ echo did {name} \"$@\"; }}\n"
            );
            fs::write(self.root.join(format!("ctl/{part}.sh")), text).expect("a file");
        }
    }

    /// A file beside the fakes.
    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.fakes().join(name), text).expect("a file");
    }

    /// A constant of the site that is one word.
    pub(super) fn constant(&self, name: &str) -> String {
        let site = fs::read_to_string(self.root.join("ctl/site.sh")).expect("the constants");
        let head = format!("readonly {name}='");
        let line = site.lines().find_map(|it| it.strip_prefix(&head)).expect("a constant");
        line.trim_end_matches('\'').to_owned()
    }

    /// A constant of the site that is a list.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let site = fs::read_to_string(self.root.join("ctl/site.sh")).expect("the constants");
        let head = format!("readonly {name}=(");
        let lines = site.lines().skip_while(|it| !it.starts_with(&head)).skip(1);
        lines
            .take_while(|it| *it != ")" && it.starts_with("  '"))
            .map(|it| it.trim().trim_matches('\'').to_owned())
            .collect()
    }

    /// Every container in this state and health.
    pub(super) fn set_containers(&self, state: &str) {
        let project = self.constant("PROJECT");
        let line = |it: &String| {
            let (service, image) = it.split_once('=').expect("an image");
            format!("{project}-{service} {state} 0 {image}\n")
        };
        self.write("containers", &self.list("IMAGES").iter().map(line).collect::<String>());
    }

    /// One container in another state.
    pub(super) fn set_container(&self, service: &str, state: &str) {
        let path = self.fakes().join("containers");
        let name = format!("{}-{service} ", self.constant("PROJECT"));
        let all = fs::read_to_string(&path).expect("the containers");
        let others = all.lines().filter(|it| !it.starts_with(&name)).map(|it| format!("{it}\n"));
        let one = if state.is_empty() { String::new() } else { format!("{name}{state} 0 image\n") };
        fs::write(path, others.collect::<String>() + &one).expect("a file");
    }

    /// Another answer, before all others.
    pub(super) fn rule(&self, pattern: &str, status: &str, answer: &str) {
        let path = self.fakes().join("rules");
        let rules = fs::read_to_string(&path).expect("the rules");
        fs::write(path, format!("{pattern}\t{status}\t{answer}\n{rules}")).expect("a file");
    }

    /// The command, in an environment like cron's, from a folder that has nothing to do with it.
    pub(super) fn command(&self, script: &Path) -> Command {
        let bin = self.fakes().join("bin");
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
            .current_dir("/")
            .stdin(Stdio::null());
        command
    }

    pub(super) fn script(&self) -> PathBuf {
        self.root.join("trigger-ctl.sh")
    }

    pub(super) fn ctl(&self, arguments: &[&str]) -> Ran {
        self.ran(self.command(&self.script()).args(arguments).output().expect("bash"))
    }

    /// With this on standard input.
    pub(super) fn ctl_given(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(&self.script());
        let piped = command.args(arguments).stdin(Stdio::piped());
        let mut child = piped.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("bash");
        // A command that refuses does not read it.
        drop(child.stdin.take().expect("its input").write_all(input.as_bytes()));
        self.ran(child.wait_with_output().expect("its end"))
    }

    /// What came of it, and how programs were called since the last time. No secret was seen.
    #[track_caller]
    pub(super) fn ran(&self, output: Output) -> Ran {
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            calls: self.calls(),
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
    pub(super) fn secret(&self, name: &str) -> &str {
        &self.secrets[name]
    }

    /// Whether such a call was made since the last time.
    pub(super) fn was_called(&self, text: &str) -> bool {
        self.written().iter().filter_map(|it| call(it)).any(|it| it.text().contains(text))
    }

    fn calls(&self) -> Vec<Call> {
        let written = self.written();
        let calls = written.iter().filter_map(|it| call(it)).collect();
        written.iter().for_each(|it| fs::remove_file(it).expect("a call"));
        calls
    }

    /// Where the calls are written down, in their order.
    fn written(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.fakes().join("calls")).expect("the calls");
        let mut paths: Vec<PathBuf> = entries.map(|it| it.expect("an entry").path()).collect();
        paths.sort();
        paths
    }
}

/// What the fake wrote down, if it is complete.
fn call(file: &Path) -> Option<Call> {
    let text = String::from_utf8_lossy(&fs::read(file).expect("a call")).into_owned();
    let (words, rest) = text.strip_suffix('\u{1}')?.split_once("\u{1}\0")?;
    let (input, environment) = rest.split_once('\0')?;
    let variable = |it: &str| {
        let (name, value) = it.strip_prefix("declare -x ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('"').to_owned()))
    };
    Some(Call {
        words: words.split_terminator('\0').map(str::to_owned).collect(),
        input: input.to_owned(),
        environment: environment.lines().filter_map(variable).collect(),
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder of the output") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}
