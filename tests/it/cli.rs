//! The program as a person runs it: words, files and exit codes.
#![allow(clippy::disallowed_methods, reason = "these tests stand outside the compiler")]

use crate::support::SITE;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What a run said, and how it ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program: what cargo built beside these tests, or the one that is named, as `scripts/test` names the release build.
pub(crate) fn program() -> PathBuf {
    std::env::var_os("TRIGGER_GEN")
        .map_or_else(|| env!("CARGO_BIN_EXE_trigger-gen").into(), PathBuf::from)
}

/// Runs the program in a folder, with nothing of this machine's environment.
pub(crate) fn run(folder: &Path, arguments: &[&str], input: Option<&str>) -> Ran {
    let mut child = Command::new(program())
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        stdin.write_all(input.as_bytes()).expect("standard input");
    }
    let output = child.wait_with_output().expect("the program ends");
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn site(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("site.yaml");
    fs::write(&path, text).expect("written");
    path
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").mode() & 0o777
}

#[test]
fn a_newcomer_begins_in_an_empty_folder() {
    let folder = TempDir::new().expect("a folder");
    let ran = run(folder.path(), &["init"], None);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let ran = run(folder.path(), &["build", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in [
        "my-site",
        "made 9 secrets",
        "my-site.secrets.yaml",
        "rsync -a out/my-site/docker/ HOST:/opt/trigger-dev/\n",
    ] {
        assert!(ran.err.contains(part), "{part} is missing in {}", ran.err);
    }
    assert_eq!(mode(&folder.path().join("my-site.secrets.yaml")), 0o600);
    assert_eq!(mode(&folder.path().join("out/my-site/docker/.env")), 0o600);
    let ran = run(folder.path(), &["build", "--check", "--locked", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let again = run(folder.path(), &["init"], None);
    assert_eq!(again.code, 1, "an existing site file is never touched: {}", again.err);
}

#[test]
fn eleven_faults_in_one_run_and_nothing_is_written() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), crate::formats::WRONG);
    let ran = run(folder.path(), &["build", "site.yaml"], None);
    assert_eq!(ran.code, 1);
    for (name, line) in crate::formats::FAULTS {
        let said = ran.err.contains(&format!("[{name}]"))
            && ran.err.contains(&format!("site.yaml:{line}:"));
        assert!(said, "{name} at line {line} is missing in\n{}", ran.err);
    }
    assert!(!ran.err.contains("re_0123456789"), "a literal secret is said again");
    let left: BTreeSet<_> = fs::read_dir(folder.path())
        .expect("a folder")
        .map(|it| it.expect("entry").file_name())
        .collect();
    assert_eq!(left.len(), 1, "something was written: {left:?}");
}

/// What people read: drawn without colour where no terminal is.
#[test]
fn drawn_diagnostics() {
    let text = SITE.replace("4.5.12", "4.5").replace("docker: {}", "docker: { hots: { memory: 8GB } }\nallow:\n  - { lint: known-advisory, because: it is a test }");
    let ran = run(root(), &["check", "-"], Some(&text));
    insta::assert_snapshot!(ran.err);
}

#[test]
fn check_sees_one_byte_and_one_mode() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), SITE);
    assert_eq!(run(folder.path(), &["build", "site.yaml"], None).code, 0);
    let check = |arguments: &[&str]| {
        run(folder.path(), &[&["build", "--check", "site.yaml"], arguments].concat(), None)
    };
    assert_eq!(check(&[]).code, 0);
    let compose = folder.path().join("out/mine/docker/webapp/docker-compose.yml");
    let before = fs::read_to_string(&compose).expect("readable");
    fs::write(&compose, before.replacen("8030", "8031", 1)).expect("written");
    let ran = check(&[]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("docker-compose.yml: was edited by hand"), "{}", ran.out);
    fs::write(&compose, before).expect("written");
    assert_eq!(check(&[]).code, 0);
    let env = folder.path().join("out/mine/docker/.env");
    fs::set_permissions(&env, fs::Permissions::from_mode(0o644)).expect("chmod");
    let ran = check(&[]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains(".env: has another mode"), "{}", ran.out);
}

#[test]
fn verify_sees_what_stands_on_disk() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), SITE);
    assert_eq!(run(folder.path(), &["build", "site.yaml"], None).code, 0);
    let verify = || run(folder.path(), &["verify", "out/mine"], None);
    let ran = verify();
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let env = folder.path().join("out/mine/docker/.env");
    fs::set_permissions(&env, fs::Permissions::from_mode(0o644)).expect("chmod");
    let ran = verify();
    assert!(ran.code == 1 && ran.out.contains("[manifest-mode]"), "{}", ran.out);
    fs::set_permissions(&env, fs::Permissions::from_mode(0o600)).expect("chmod");
    let worker = folder.path().join("out/mine/docker/worker/docker-compose.yml");
    let text = fs::read_to_string(&worker).expect("readable");
    fs::write(
        &worker,
        text.replace("DOCKER_RUNNER_NETWORKS: mine-runner", "DOCKER_RUNNER_NETWORKS: runner"),
    )
    .expect("written");
    let ran = verify();
    assert!(ran.code == 1 && ran.out.contains("[unknown-runner-network]"), "{}", ran.out);
    let ran = run(root(), &["verify", "tests/foreign"], None);
    assert!(ran.code == 1 && ran.err.contains("faults"), "{}{}", ran.out, ran.err);
}

#[test]
fn check_needs_no_store() {
    let folder = TempDir::new().expect("a folder");
    let real = SITE.replace("example.com", "example.dev");
    site(folder.path(), &real);
    assert_eq!(run(folder.path(), &["build", "site.yaml"], None).code, 0);
    fs::remove_file(folder.path().join("mine.secrets.yaml")).expect("removed");
    let check = || run(folder.path(), &["build", "--check", "site.yaml"], None);
    let ran = check();
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("2 secret files not checked: no store"), "{}", ran.err);
    let env = folder.path().join("out/mine/docker/.env");
    let text = fs::read_to_string(&env).expect("readable");
    fs::write(&env, text.replace("TRIGGER_IMAGE_TAG=v4.5.12", "TRIGGER_IMAGE_TAG=v4.5.11"))
        .expect("written");
    assert_eq!(check().code, 1, "what is public in a secret file is compared");
    fs::remove_file(&env).expect("removed");
    assert_eq!(check().code, 0, "a checkout has no secret files");
    site(folder.path(), &real.replace("docker: {}", "docker: { publish: { webapp: 8031 } }"));
    assert_eq!(check().code, 1);
}

#[test]
fn a_lost_or_changed_encryption_key_is_refused() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), SITE);
    let build = |more: &[&str]| run(folder.path(), &[&["build", "site.yaml"], more].concat(), None);
    assert_eq!(build(&[]).code, 0);
    let store = folder.path().join("mine.secrets.yaml");
    let text = fs::read_to_string(&store).expect("readable");
    let tree = || fs::read_to_string(folder.path().join("out/mine/docker/.env")).expect("readable");
    let before = tree();
    fs::remove_file(&store).expect("removed");
    let ran = build(&[]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("secrets import") && ran.err.contains("--new-site"), "{}", ran.err);
    assert!(!store.exists(), "no new store beside an old output");
    let line =
        text.lines().find(|it| it.trim_start().starts_with("ENCRYPTION_KEY:")).expect("a key");
    fs::write(&store, text.replace(line, "  ENCRYPTION_KEY: \"0123456789abcdef0123456789abcdee\""))
        .expect("written");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o600)).expect("chmod");
    assert_eq!(build(&[]).code, 1);
    assert_eq!(tree(), before);
    assert_eq!(build(&["--new-site"]).code, 0);
    assert!(folder.path().join("out/mine.before-new-site/docker/.env").is_file());
}

/// A server may run with what the store has lost: another one would lock its webapp out.
#[test]
fn a_secret_that_the_store_lost_is_not_made_again() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), SITE);
    let build = |more: &[&str]| run(folder.path(), &[&["build", "site.yaml"], more].concat(), None);
    assert_eq!(build(&[]).code, 0);
    let store = folder.path().join("mine.secrets.yaml");
    let text = fs::read_to_string(&store).expect("readable");
    let kept: Vec<&str> = text.lines().filter(|it| !it.contains("POSTGRES_PASSWORD")).collect();
    fs::write(&store, kept.join("\n") + "\n").expect("written");
    let ran = build(&[]);
    assert!(ran.code == 1 && ran.err.contains("POSTGRES_PASSWORD is gone"), "{}", ran.err);
    let env = folder.path().join("out/mine/docker/.env");
    let ran =
        run(folder.path(), &["secrets", "import", env.to_str().expect("UTF-8"), "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(build(&["--locked"]).code, 0);
    assert_eq!(run(folder.path(), &["build", "--check", "site.yaml"], None).code, 0);
}

/// The store is gone and comes back from the output: nothing counts as edited, nothing is another.
#[test]
fn a_store_can_be_imported_from_its_output() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), SITE);
    assert_eq!(run(folder.path(), &["build", "site.yaml"], None).code, 0);
    fs::remove_file(folder.path().join("mine.secrets.yaml")).expect("removed");
    let ran = run(folder.path(), &["secrets", "import", "out/mine/docker/.env", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let env = || fs::read_to_string(folder.path().join("out/mine/docker/.env")).expect("readable");
    let before = env();
    let ran = run(folder.path(), &["build", "site.yaml"], None);
    assert!(ran.code == 0 && !ran.err.contains("edited by hand"), "{}", ran.err);
    assert_eq!(env(), before);
    let ran = run(folder.path(), &["build", "--check", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn a_result_that_is_lost_is_no_success() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    let status = Command::new(program())
        .args(["list", "releases"])
        .stdout(full)
        .stderr(Stdio::null())
        .status()
        .expect("the program starts");
    assert_eq!(status.code(), Some(2));
}

#[test]
fn locked_makes_nothing() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), SITE);
    let ran = run(folder.path(), &["build", "--locked", "site.yaml"], None);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("ENCRYPTION_KEY"), "{}", ran.err);
    assert!(
        !folder.path().join("mine.secrets.yaml").exists() && !folder.path().join("out").exists()
    );
}

#[test]
fn secrets_come_from_standard_input() {
    let folder = TempDir::new().expect("a folder");
    let mail = "access: { admins: [ops@example.com], email: { resend: { from: a@example.com, api_key: { secret: RESEND } } } }";
    site(folder.path(), &SITE.replace("access: { admins: [ops@example.com] }", mail));
    assert_eq!(run(folder.path(), &["build", "site.yaml"], None).code, 1);
    let ran =
        run(folder.path(), &["secrets", "set", "RESEND", "site.yaml"], Some("re_the value\n"));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = run(folder.path(), &["build", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let env = fs::read_to_string(folder.path().join("out/mine/docker/.env")).expect("readable");
    assert!(env.contains("RESEND_API_KEY='re_the value'"), "{env}");
    let ran = run(folder.path(), &["secrets", "list", "site.yaml"], None);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("RESEND") && !ran.out.contains("re_the"), "{}", ran.out);
}

#[test]
fn no_secret_value_stands_outside_secret_files() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), SITE);
    let mut said = String::new();
    for arguments in [
        &["build", "site.yaml"][..],
        &["build", "--check", "site.yaml"],
        &["diff", "site.yaml"],
        &["secrets", "list", "site.yaml"],
        &["verify", "out/mine"],
    ] {
        let ran = run(folder.path(), arguments, None);
        said += &ran.out;
        said += &ran.err;
    }
    let store = fs::read_to_string(folder.path().join("mine.secrets.yaml")).expect("readable");
    let values: Vec<&str> = store
        .lines()
        .filter_map(|line| line.split('"').nth(1))
        .filter(|it| it.len() == 32)
        .collect();
    assert!(values.len() >= 9, "the values were not found");
    for value in values {
        assert!(!said.contains(value), "a secret was said");
        for path in [
            "docker/.env.redacted",
            "docker/webapp/docker-compose.yml",
            "docker/worker/docker-compose.yml",
            "manifest.json",
            ".gitignore",
        ] {
            let text =
                fs::read_to_string(folder.path().join("out/mine").join(path)).expect("readable");
            assert!(!text.contains(value), "a secret stands in {path}");
        }
    }
}

#[test]
fn exit_codes_differ() {
    let folder = TempDir::new().expect("a folder");
    site(folder.path(), SITE);
    assert_eq!(run(folder.path(), &["check", "site.yaml"], None).code, 0);
    assert_eq!(
        run(folder.path(), &["check", "--deny-warnings", "site.yaml"], None).code,
        1,
        "warnings are there"
    );
    assert_eq!(run(folder.path(), &["check", "absent.yaml"], None).code, 2);
    assert_eq!(run(folder.path(), &["frobnicate"], None).code, 2);
    assert_eq!(run(folder.path(), &["--help"], None).code, 0);
    assert_eq!(run(folder.path(), &["explain", "no-such-thing"], None).code, 1);
    assert_eq!(run(folder.path(), &["check", "-"], Some(SITE)).code, 0);
}

#[test]
fn everything_can_be_explained() {
    let folder = TempDir::new().expect("a folder");
    for (name, part) in [
        ("floating-image", "Why"),
        ("docker.host.memory", "Its memory"),
        ("storage.registry.bundled.host", "registry.<domain>"),
        ("ENCRYPTION_KEY", "Written from `secrets`"),
        ("DOCKER_RUNNER_NETWORKS", "supervisor"),
        ("dotenv", "docker/.env"),
    ] {
        let ran = run(folder.path(), &["explain", name], None);
        assert!(ran.code == 0 && ran.out.contains(part), "{name}: {}{}", ran.out, ran.err);
    }
    for what in ["artifacts", "lints", "proofs", "releases", "variables"] {
        let ran = run(folder.path(), &["list", what], None);
        assert!(ran.code == 0 && ran.out.lines().count() > 5, "{what}: {}", ran.out);
    }
}

#[test]
fn several_sites_at_once() {
    let folder = TempDir::new().expect("a folder");
    for name in ["one", "two"] {
        fs::write(folder.path().join(format!("{name}.yaml")), SITE.replace("mine", name))
            .expect("written");
    }
    fs::write(folder.path().join("bad.yaml"), "name: [").expect("written");
    let ran = run(folder.path(), &["build", "one.yaml", "bad.yaml", "two.yaml"], None);
    assert_eq!(ran.code, 1, "{}", ran.err);
    for name in ["one", "two"] {
        assert!(folder.path().join("out").join(name).join("manifest.json").is_file(), "{name}");
    }
    assert_eq!(
        run(folder.path(), &["build", "one.yaml", "one.yaml"], None).code,
        1,
        "two sites of one name"
    );
}

/// The README's first command leaves a fresh clone as it is.
#[test]
fn the_first_command_leaves_a_clone_clean() {
    let folder = TempDir::new().expect("a folder");
    let clone = folder.path().join("clone");
    let git = |folder: &Path, arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(folder).output().expect("git");
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    git(
        root(),
        &["clone", "--quiet", root().to_str().expect("UTF-8"), clone.to_str().expect("UTF-8")],
    );
    for example in crate::support::example_names() {
        let site = format!("examples/{example}/site.yaml");
        let ran = run(&clone, &["build", &site], None);
        assert_eq!(ran.code, 0, "{example}: {}", ran.err);
        let ran = run(&clone, &["build", "--check", &site], None);
        assert_eq!(ran.code, 0, "{example}: {}{}", ran.out, ran.err);
    }
    assert_eq!(git(&clone, &["status", "--porcelain"]), "", "the clone is no longer clean");
}
