//! A machine on which all is well: the emitted files of an example, and programs that answer for the real ones.

use crate::consumers::{root, scrubbed};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An answer of a program: to arguments like the pattern of a shell, with a status.
pub(super) type Answer = (&'static str, String, String, i32);

pub(super) fn answer(program: &'static str, pattern: &str, said: &str) -> Answer {
    (program, pattern.into(), said.into(), 0)
}

pub(super) struct Machine {
    folder: tempfile::TempDir,
    answers: Vec<Answer>,
    checks: Value,
}

impl Machine {
    /// The machine of a folder of `out/`, as `minimal-vps/docker`.
    pub(super) fn of(bundle: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let install = folder.path().join("a root");
        let status = Command::new("cp")
            .arg("-a")
            .arg(root().join("out").join(bundle))
            .arg(&install)
            .status()
            .expect("cp");
        assert!(status.success());
        let text = fs::read_to_string(install.join("checks.json")).expect("checks.json");
        let checks = serde_json::from_str(&text).expect("JSON");
        let mut machine = Self { folder, answers: Vec::new(), checks };
        machine.files();
        machine.answers = super::well::answers(&machine);
        machine
    }

    pub(super) fn install(&self) -> PathBuf {
        self.folder.path().join("a root")
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the checks read besides the bundle.
    fn files(&self) {
        let write = |name: &str, text: &str| {
            let path = self.place(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        };
        write("os-release", "NAME=x\nID=debian\nVERSION_ID=\"12\"\n");
        write("meminfo", "MemTotal:        8000000 kB\nSwapTotal:             0 kB\n");
        let project = self.constant("PROJECT");
        write(&format!("logs/{project}-access.log"), "{\"path\":\"/login\"}\n");
        write("logrotate/nginx", "");
        write("hook", "#!/bin/sh\n");
        fs::set_permissions(self.place("hook"), fs::Permissions::from_mode(0o755)).expect("a mode");
        write(&format!("etc/etc/cron.d/{project}-backup"), "");
        write("a root/.state/backup-last", "2026-01-01T00:00:00Z ok\n");
        let today = now();
        write("a root/.state/drill-last", &format!("{today} set\n"));
        write("a root/.state/backup-away", &format!("{today} set\n"));
        write("a root/worker_token", "tr_wgt_0000\n");
        self.backup_set(&today);
    }

    /// A set as the newest backup leaves it.
    fn backup_set(&self, made_at: &str) {
        let key = self.dotenv("ENCRYPTION_KEY");
        if key.is_empty() {
            return;
        }
        let salted = format!("ab\n{key}");
        let fingerprint = trigger_gen::fingerprint::sha256(salted.as_bytes());
        let parts = self.words("BACKUP_PARTS").join(" ");
        let manifest = format!(
            "{{\n  \"id\": \"x\",\n  \"key_fingerprint\": \"{fingerprint}\",\n  \"key_salt\": \"ab\",\n  \"made_at\": \"{made_at}\",\n  \"parts\": \"config {parts}\"\n}}\n"
        );
        let folder = self.place("sets/20260101T000000Z");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("manifest.json"), manifest).expect("a file");
        fs::write(folder.join("verified"), "now\n").expect("a file");
        let site = self.install().join("ctl/site.sh");
        let text = fs::read_to_string(&site).expect("the constants");
        let was = format!("readonly BACKUP_DIR='{}'", self.constant("BACKUP_DIR"));
        let sets = format!("readonly BACKUP_DIR='{}'", self.place("sets").display());
        assert!(text.contains(&was), "{was}");
        fs::write(&site, text.replace(&was, &sets)).expect("a file");
        self.rehash("ctl/site.sh");
    }

    /// Takes a changed file for the one that was written.
    fn rehash(&self, name: &str) {
        let list = self.install().join("checks.json");
        let text = fs::read_to_string(&list).expect("checks.json");
        let was = self.checks["files"][name].as_str().expect("a hash");
        let bytes = fs::read(self.install().join(name)).expect("the file");
        fs::write(&list, text.replace(was, &trigger_gen::fingerprint::sha256(&bytes)))
            .expect("a file");
    }

    /// A constant of `ctl/site.sh`.
    pub(super) fn constant(&self, name: &str) -> String {
        let text = fs::read_to_string(self.install().join("ctl/site.sh")).expect("the constants");
        let head = format!("readonly {name}='");
        let line = text.lines().find_map(|it| it.strip_prefix(&head)).unwrap_or_default();
        line.trim_end_matches('\'').to_owned()
    }

    /// The words of an array of `ctl/site.sh`.
    fn words(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.install().join("ctl/site.sh")).expect("the constants");
        let head = format!("readonly {name}=(\n");
        let Some((_, rest)) = text.split_once(&head) else { return Vec::new() };
        let (inner, _) = rest.split_once(")\n").expect("an end");
        inner.lines().map(|it| it.trim().trim_matches('\'').to_owned()).collect()
    }

    /// A value of `.env` that stands there without quotes.
    pub(super) fn dotenv(&self, name: &str) -> String {
        let text = fs::read_to_string(self.install().join(".env")).expect(".env");
        let head = format!("{name}=");
        text.lines().find_map(|it| it.strip_prefix(&head)).unwrap_or_default().to_owned()
    }

    /// What a check of this machine expects.
    pub(super) fn expected(&self, id: &str) -> Vec<String> {
        let rows = self.checks["checks"].as_array().expect("checks");
        let row = rows.iter().find(|it| it["id"] == id);
        let words = row.and_then(|it| it["expect"].as_array()).cloned().unwrap_or_default();
        words.iter().map(|it| it.as_str().expect("a word").to_owned()).collect()
    }

    /// The ids of its checks that are made on it.
    pub(super) fn ids(&self, place: &str) -> Vec<String> {
        let rows = self.checks["checks"].as_array().expect("checks").iter();
        let here = rows.filter(|it| it["place"] == place);
        here.map(|it| it["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// Lets a program answer otherwise from now on.
    pub(super) fn but(&mut self, answer: Answer) {
        self.answers.insert(0, answer);
    }

    /// Runs a command of the control script: status, standard output and error.
    pub(super) fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        self.fakes();
        let mut command = scrubbed(Path::new("bash"));
        command.arg(self.install().join("trigger-ctl.sh")).args(arguments);
        command.env("TRIGGER_CTL_PATH", self.place("bin"));
        for (name, file) in [
            ("OS_RELEASE", "os-release"),
            ("MEMINFO", "meminfo"),
            ("REBOOT_REQUIRED", "reboot-required"),
            ("NGINX_LOGS", "logs"),
            ("LOGROTATE", "logrotate"),
            ("HOOK", "hook"),
            ("ETC", "etc"),
        ] {
            command.env(format!("TRIGGER_CTL_{name}"), self.place(file));
        }
        let output = command.output().expect("bash");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
    }

    /// Every program that was called, with its arguments and what it read.
    pub(super) fn calls(&self) -> String {
        fs::read_to_string(self.place("calls")).unwrap_or_default()
    }

    fn fakes(&self) {
        let bin = self.place("bin");
        fs::create_dir_all(&bin).expect("a folder");
        let mut programs: Vec<&str> = self.answers.iter().map(|it| it.0).collect();
        programs.sort_unstable();
        programs.dedup();
        for program in programs {
            let mut text = format!(
                "#!/bin/bash\nprintf '%s\\n' \"{program} $*\" >>'{}'\ncase \"$*\" in\n",
                self.place("calls").display()
            );
            for (nth, (_, pattern, said, status)) in
                self.answers.iter().enumerate().filter(|(_, it)| it.0 == program)
            {
                let file = self.place(&format!("answers/{nth}"));
                fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
                fs::write(&file, said).expect("a file");
                text += &format!("{pattern}) cat '{}'; exit {status} ;;\n", file.display());
            }
            text += "esac\necho \"not foreseen: $*\" >&2\nexit 97\n";
            let file = bin.join(program);
            fs::write(&file, text).expect("a file");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.place(name)
    }
}

fn now() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().expect("date");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}
