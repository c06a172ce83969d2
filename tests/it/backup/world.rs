//! A server of files: an install root, volumes, programs in containers.

use crate::consumers::{root, run, tool};
use crate::support;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A server on which everything runs. Its folders go with the value.
pub(super) struct World {
    folder: tempfile::TempDir,
}

/// How a call of the control script ended.
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Ended {
    #[track_caller]
    pub(super) fn with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self
    }
}

const DUMP: &str = "PGDMP\n1; TABLE DATA public _prisma_migrations postgres\n2; TABLE DATA public TaskRun postgres\nEND\n";

/// The answers of the canned programs, by name.
const ANSWERS: &[(&str, &str)] = &[
    ("dump", DUMP),
    ("migrations", "820\n"),
    ("counts", "TaskRun 2\n_prisma_migrations 820\n"),
    ("above", "t\n"),
    ("dbsize", "5\n"),
    ("clickhouse", "task_runs_v2 7\n"),
    ("level", "40\n"),
    ("admin", "made\n"),
    ("pending", ""),
];

impl World {
    /// A server with canned programs. `backup` is what the site says below `docker.backup`, besides the folder.
    pub(super) fn new(backup: &str) -> Self {
        let world = Self::bare(backup);
        for program in fs::read_dir(root().join("tests/backup/canned")).expect("canned programs") {
            let program = program.expect("a program");
            copy(&program.path(), &world.at("world/bin").join(program.file_name()));
        }
        for (name, answer) in ANSWERS {
            world.write(&format!("world/answers/{name}"), answer);
        }
        world.write("world/volumes/mine-redis/dump.rdb", "REDIS0011\nkeys 5\nEOF");
        world
    }

    /// The same without any program in a container.
    pub(super) fn bare(backup: &str) -> Self {
        let world = Self {
            folder: tempfile::Builder::new().prefix("trigger-backup-").tempdir().expect("a folder"),
        };
        // PostgreSQL will not run as root, and has to come in here.
        fs::set_permissions(world.folder.path(), fs::Permissions::from_mode(0o755))
            .expect("its mode");
        for folder in [
            "path",
            "world/bin",
            "world/running",
            "world/scratch",
            "world/fail",
            "world/answers",
            "world/hooks",
        ] {
            fs::create_dir_all(world.at(folder)).expect("a folder");
        }
        copy(&root().join("tests/backup/docker"), &world.at("path/docker"));
        // Waiting is not what is tested.
        world.program("path/sleep", "exec /bin/sleep 0.05");
        symlink("../world", world.at("path/world")).expect("a link");
        world.write("world/project", "mine");
        for service in
            ["postgres", "redis", "clickhouse", "object-store", "s2", "registry", "shared"]
        {
            fs::create_dir_all(world.at(&format!("world/volumes/mine-{service}")))
                .expect("a volume");
        }
        for service in ["postgres", "redis", "clickhouse", "webapp", "supervisor", "docker-proxy"] {
            world.write(&format!("world/running/{service}"), "");
        }
        world.write("world/volumes/mine-shared/worker_token", "tr_wgt_0123\n");
        world.write("world/volumes/mine-object-store/packets/a", "a payload");
        world.write(
            "world/volumes/mine-registry/docker/registry/v2/repositories/a/link",
            "sha256:b",
        );
        world.write("world/volumes/mine-registry/docker/registry/v2/blobs/b", "a layer");
        world.install(backup);
        world
    }

    /// The same server with the files of an example, whose sets stay on this machine, and its runbook beside them.
    pub(super) fn example(name: &str) -> Self {
        let world = Self::new("");
        let mut site: Value = serde_yaml::from_str(&support::example_text(name)).expect("YAML");
        let place = |path: &str| json!(world.at(path).display().to_string());
        site["docker"]["project"] = json!("mine");
        site["docker"]["root"] = place("root");
        let backup = &mut site["docker"]["backup"];
        backup["dir"] = place("backups");
        if !backup["offsite"].is_null() {
            backup["offsite"]["restic"]["repository"] = place("away");
            backup.as_object_mut().expect("a section").remove("notify");
        }
        fs::remove_dir_all(world.at("root")).expect("the other site");
        world.install_site(&site.to_string());
        world
    }

    /// Puts the output of a site into the install root.
    pub(super) fn install(&self, backup: &str) {
        let dir = self.at("backups");
        let text = format!(
            "{}  backup:\n    dir: {}\n{backup}",
            support::SITE.replace("docker: {}", "docker:"),
            dir.display()
        );
        self.install_site(&text);
    }

    fn install_site(&self, text: &str) {
        let tree = support::tree_of(text);
        self.write("RUNBOOK.md", tree.get("RUNBOOK.md").expect("a runbook").text());
        for (path, file) in tree.files {
            if let Some(path) = path.as_str().strip_prefix("docker/") {
                let place = self.at("root").join(path);
                fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
                fs::write(&place, &file.bytes).expect("a file");
                fs::set_permissions(&place, fs::Permissions::from_mode(file.mode.bits()))
                    .expect("a mode");
            }
        }
    }

    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.at(path).parent().expect("a folder")).expect("a folder");
        fs::write(self.at(path), text).expect("a file");
    }

    pub(super) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_default()
    }

    /// A program of the server, before any other of that name.
    pub(super) fn program(&self, path: &str, body: &str) {
        self.write(path, &format!("#!/bin/bash\n{body}\n"));
        fs::set_permissions(self.at(path), fs::Permissions::from_mode(0o755)).expect("a mode");
    }

    /// Calls the control script as cron would: with next to nothing in the environment.
    pub(super) fn ctl(&self, arguments: &[&str]) -> Ended {
        self.ctl_with(&[], arguments)
    }

    pub(super) fn ctl_with(&self, variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
        let path = format!("{}:{}", self.at("path").display(), root().join(".tools/bin").display());
        let mut command = as_root();
        command.args(["env", "-i", "HOME=/root"]).arg(self.restic_cache());
        command.arg(format!("TRIGGER_CTL_PATH={path}"));
        command.args(variables.iter().map(|(name, value)| format!("{name}={value}")));
        command.arg(self.at("root/trigger-ctl.sh")).args(arguments).current_dir("/");
        ended(&mut command)
    }

    /// The variable by which restic keeps its cache with the server, and not with whoever runs the tests.
    pub(super) fn restic_cache(&self) -> String {
        format!("RESTIC_CACHE_DIR={}", self.at("cache").display())
    }

    /// The names of complete sets, oldest first, and of everything else in the folder of backups.
    pub(super) fn sets(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.at("backups")) else { return Vec::new() };
        let mut names: Vec<String> = entries
            .map(|it| it.expect("an entry").file_name().into_string().expect("UTF-8"))
            .collect();
        names.sort();
        names
    }

    /// Makes a set and says its name.
    #[track_caller]
    pub(super) fn backup(&self) -> String {
        self.ctl(&["backup"]).with(0).out.trim().to_owned()
    }

    /// A value of the manifest of a set.
    pub(super) fn manifest(&self, set: &str, key: &str) -> String {
        let text = self.read(&format!("backups/{set}/manifest.json"));
        let manifest: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        manifest[key].as_str().unwrap_or_else(|| panic!("no {key} in {text}")).to_owned()
    }

    /// Calls of docker so far.
    pub(super) fn calls(&self) -> String {
        self.read("world/calls")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // What root wrote only root removes; the folder itself goes with its own drop.
        if !is_root() {
            let _ = as_root().arg("chmod").arg("-R").arg("777").arg(self.folder.path()).output();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that runs as root once its program is added.
pub(super) fn as_root() -> Command {
    let mut command = Command::new(if is_root() { "setsid" } else { "sudo" });
    command.args(if is_root() { ["--wait"].as_slice() } else { ["-n"].as_slice() });
    command.stdin(std::process::Stdio::null());
    command
}

pub(super) fn ended(command: &mut Command) -> Ended {
    let Output { status, stdout, stderr } = run(command);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ended { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// Whether all of these programs are there; what is missing is said.
pub(super) fn have(programs: &[&str]) -> bool {
    programs.iter().all(|it| tool(it).is_some())
}
