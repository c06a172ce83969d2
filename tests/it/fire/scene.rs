//! What is run: a folder with a site, its store and an output, and the command that meets the fault.

use super::strace::{self, Call, Fault};
use crate::cli;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tempfile::TempDir;

/// A command, and what always happens to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) arguments: &'static [&'static str],
    /// A file of the folder that it reads as standard input.
    pub(super) input: Option<&'static str>,
    /// A call that never works, as on a file system that lacks it.
    pub(super) always: Option<&'static str>,
}

/// A folder before the command, and what the command makes of it if nothing happens to it.
pub(super) struct Scene {
    pub(super) name: &'static str,
    pub(super) hit: Hit,
    /// Whether every command of the folder has `--new-site`: the old output is kept beside the new one.
    pub(super) sets_aside: bool,
    /// Whether values are made, which are others in each run.
    pub(super) draws: bool,
    /// The run before, and the call at which it is killed.
    killed_before: Option<(Hit, Call)>,
    folder: TempDir,
    pub(super) before: Seen,
    pub(super) after: Seen,
}

/// Mode and content (of a link: its target) of everything in a folder, by path.
pub(super) type Seen = BTreeMap<PathBuf, (u32, Vec<u8>)>;

/// Nothing is published at the redis of this site, and it has no s2.
const FIRST: &str = "\
version: 1
name: mine
release: 4.5.12
domain: trigger.example.dev
access: { admins: [ops@example.dev] }
docker: { publish: { webapp: 8031 } }
storage:
  streams: v1
  redis: { external: { host: redis.example.dev } }
  registry: { external: { host: ghcr.io, namespace: acme } }
";

/// After the first: s2 and a password of redis come, two files of ClickHouse go, others change, one stays.
const SECOND: &str = "\
version: 1
name: mine
release: 4.5.12
domain: trigger.example.dev
access: { admins: [ops@example.dev] }
docker: {}
storage:
  clickhouse:
    external: { host: events.example.dev, version: '26.2', password: { secret: CLICKHOUSE_PASSWORD } }
  registry: { external: { host: ghcr.io, namespace: acme } }
";

/// Where the site is written to.
pub(super) const OUT: &str = "out/mine";
pub(super) const ASIDE: &str = "out/mine.before-new-site";
pub(super) const STORE: &str = "mine.secrets.yaml";
/// The one file of ours that the user edited, still made by both sites.
pub(super) const EDITED: &str = "out/mine/docker/worker/docker-compose.yml";

pub(super) const BUILD: Hit = Hit { arguments: &["build", "site.yaml"], input: None, always: None };
/// As on a file system that cannot exchange two folders.
pub(super) const IN_PLACE: Hit = Hit { always: Some("renameat2:error=EINVAL"), ..BUILD };
const NEW_SITE: Hit = Hit { arguments: &["build", "--new-site", "site.yaml"], ..BUILD };
const SET: Hit = Hit {
    arguments: &["secrets", "set", "REDIS_PASSWORD", "site.yaml"],
    input: Some("value.txt"),
    always: None,
};
const IMPORT: Hit =
    Hit { arguments: &["secrets", "import", "out/mine/docker/.env", "site.yaml"], ..BUILD };

impl Hit {
    pub(super) fn stdin(&self, folder: &Path) -> Stdio {
        match self.input {
            Some(name) => fs::File::open(folder.join(name)).expect("the input").into(),
            None => Stdio::null(),
        }
    }
}

/// All scenes. Those that begin after a kill need strace to be made.
pub(super) fn scenes(strace: &Path) -> Vec<Scene> {
    let mut scenes = everyday();
    scenes.push(Scene::new("a rebuild in place", IN_PLACE, changed));
    // Half of the old tree is cleared away; some of the files are renamed.
    let (exchanged, in_place) = (("unlinkat", "override.xml"), ("renameat", "s2-spec.json"));
    scenes.push(Scene::after_kill("recovering a rebuild", strace, BUILD, exchanged));
    scenes.push(Scene::after_kill("recovering a rebuild in place", strace, IN_PLACE, in_place));
    scenes
}

/// The scenes that need nothing but the program.
pub(super) fn everyday() -> Vec<Scene> {
    vec![
        Scene::new("a first build", BUILD, empty),
        Scene::new("a rebuild that makes a secret", BUILD, lacking),
        Scene::new("a new site", NEW_SITE, changed),
        Scene::new("secrets set", SET, lacking),
        Scene::new("secrets import", IMPORT, lost),
    ]
}

/// Two sites of one name, for which the store of [`changed`] has everything.
pub(super) fn sites() -> [&'static str; 2] {
    [FIRST, SECOND]
}

impl Scene {
    pub(super) fn new(name: &'static str, hit: Hit, make: fn(&Path)) -> Self {
        let folder = scratch();
        make(&folder.path().join("case"));
        Self::made(name, hit, folder, None)
    }

    /// The run is the one that comes after a killed one.
    fn after_kill(name: &'static str, strace: &Path, hit: Hit, (call, part): (&str, &str)) -> Self {
        let whole = Self::new(name, hit, changed);
        let case = whole.case();
        let calls = strace::calls(strace, &case.path(), &hit);
        let at = |it: &Call| it.name == call && it.what.contains(part);
        let call = calls.into_iter().find(at).expect("the call to be killed at");
        Self::made(name, hit, whole.folder, Some((hit, call)))
    }

    fn made(
        name: &'static str,
        hit: Hit,
        folder: TempDir,
        killed_before: Option<(Hit, Call)>,
    ) -> Self {
        let before = seen(&folder.path().join("case"));
        let mut scene = Self {
            name,
            hit,
            sets_aside: hit.arguments.contains(&"--new-site"),
            draws: false,
            killed_before,
            folder,
            before,
            after: Seen::new(),
        };
        let (one, two) = (scene.undisturbed(), scene.undisturbed());
        scene.draws = one != two;
        assert_ne!(scene.before, one, "{name} changes nothing");
        scene.after = one;
        scene
    }

    fn undisturbed(&self) -> Seen {
        let case = Case::copy_of(&self.folder.path().join("case"));
        let ran = case.run(&self.hit);
        assert_eq!(ran.code, 0, "{}: {}", self.name, ran.err);
        seen(&case.path())
    }

    /// A folder in which the command can be run.
    pub(super) fn case(&self) -> Case {
        Case::copy_of(&self.folder.path().join("case"))
    }

    /// The same, with the run before it killed.
    pub(super) fn begun(&self, strace: &Path) -> Case {
        let case = self.case();
        if let Some((hit, call)) = &self.killed_before {
            strace::meet(strace, &case.path(), hit, call, Fault::Kill);
        }
        case
    }
}

/// A folder of one run.
pub(super) struct Case(TempDir);

impl Case {
    fn copy_of(folder: &Path) -> Self {
        let case = Self(scratch());
        copy(folder, &case.path());
        case
    }

    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("case")
    }

    /// A command to which nothing happens.
    pub(super) fn run(&self, hit: &Hit) -> cli::Ran {
        Self::run_in(&self.path(), hit)
    }

    /// The same in any folder.
    pub(super) fn run_in(folder: &Path, hit: &Hit) -> cli::Ran {
        let input = hit.input.map(|it| fs::read_to_string(folder.join(it)).expect("input"));
        cli::run(folder, hit.arguments, input.as_deref())
    }
}

/// In memory where there is such a folder: these tests would wait for the disk thousands of times.
pub(super) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a temporary folder")
}

/// No output and no store.
pub(super) fn empty(folder: &Path) {
    fs::create_dir(folder).expect("a folder");
    write(folder, "site.yaml", FIRST);
    write(folder, "notes.md", "mine\n");
    write(folder, "value.txt", "fake-redis-password\n");
}

/// The first site is built; now the site is the second one, which needs one secret more.
fn lacking(folder: &Path) {
    empty(folder);
    build(folder, FIRST);
    write(folder, "site.yaml", SECOND);
    add_what_is_not_ours(folder);
}

/// The same, with that secret in the store.
pub(super) fn changed(folder: &Path) {
    empty(folder);
    for site in [FIRST, SECOND, FIRST] {
        build(folder, site);
    }
    write(folder, "site.yaml", SECOND);
    add_what_is_not_ours(folder);
}

/// An output whose store is gone.
fn lost(folder: &Path) {
    changed(folder);
    fs::remove_file(folder.join(STORE)).expect("removed");
}

fn build(folder: &Path, site: &str) {
    write(folder, "site.yaml", site);
    let ran = cli::run(folder, BUILD.arguments, None);
    assert_eq!(ran.code, 0, "{}", ran.err);
}

fn add_what_is_not_ours(folder: &Path) {
    write(folder, EDITED, "# by hand\n");
    write(folder, "out/mine/docker/mine.md", "mine\n");
    write(folder, "out/other/notes.md", "mine\n");
    fs::create_dir_all(folder.join("out/mine/data/deep")).expect("a folder");
    write(folder, "out/mine/data/deep/rows.db", "rows\n");
    let modes = [("rows.db", 0o440), ("", 0o750)];
    for (path, mode) in modes {
        let path = folder.join("out/mine/data/deep").join(path);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    }
    symlink("../../../elsewhere", folder.join("out/mine/data/link")).expect("a link");
}

pub(super) fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().expect("a folder above")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn copy(from: &Path, to: &Path) {
    let facts = fs::symlink_metadata(from).expect("facts");
    if facts.is_symlink() {
        return symlink(fs::read_link(from).expect("a link"), to).expect("a link");
    }
    if facts.is_dir() {
        fs::create_dir(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::write(to, fs::read(from).expect("a file")).expect("a file");
    }
    fs::set_permissions(to, facts.permissions()).expect("a mode");
}

/// Everything in a folder, links not followed.
pub(super) fn seen(folder: &Path) -> Seen {
    let mut seen = Seen::new();
    let mut open = vec![PathBuf::new()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(folder.join(&path)).expect("a folder") {
            let entry = entry.expect("an entry");
            let (path, facts) = (path.join(entry.file_name()), entry.metadata().expect("facts"));
            let content = match facts.file_type() {
                it if it.is_symlink() => fs::read_link(entry.path())
                    .expect("a link")
                    .into_os_string()
                    .into_encoded_bytes(),
                it if it.is_dir() => {
                    open.push(path.clone());
                    Vec::new()
                }
                _ => fs::read(entry.path()).expect("a file"),
            };
            seen.insert(path, (facts.mode(), content));
        }
    }
    seen
}
