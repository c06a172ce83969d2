//! The way of tasks to the server: what the script tells the CLI and Docker, and what it keeps to itself.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they write files and start programs"
)]

use crate::consumers::{run, scrubbed, tool, trees};
use crate::support;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// A folder with a project, and programs that say how they were called.
struct Laptop {
    folder: tempfile::TempDir,
}

/// What became of a run: status, what was called, and everything that was printed.
struct Ran {
    status: i32,
    calls: String,
    printed: String,
}

impl Laptop {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bin = folder.path().join("bin");
        fs::create_dir_all(&bin).expect("a folder");
        let calls = folder.path().join("calls");
        for program in ["npx", "docker"] {
            let text = format!(
                "#!/bin/bash\nprintf '%s\\n' \"{program} $*\" >>'{0}'\n\
                 [[ \"$*\" != *--password-stdin* ]] || printf 'password %s\\n' \"$(sha256sum | cut -c 1-64)\" >>'{0}'\n\
                 [[ -z ${{TRIGGER_ACCESS_TOKEN-}} ]] || echo \"with a token\" >>'{0}'\n\
                 [[ -z ${{REGISTRY_PASSWORD-}} ]] || echo \"with the password\" >>'{0}'\n\
                 [[ \"$*\" != 'buildx inspect trigger' ]] || exit 1\n",
                calls.display()
            );
            let file = bin.join(program);
            fs::write(&file, text).expect("a file");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        let project = folder.path().join("project");
        fs::create_dir_all(&project).expect("a folder");
        fs::write(project.join("trigger.config.ts"), "").expect("a file");
        Self { folder }
    }

    /// Puts the script of a site, and what lies beside it, there.
    fn script(&self, text: &str) -> PathBuf {
        let tree = support::tree_of(text);
        for name in ["deploy.sh", "buildkitd.toml"] {
            if let Some(file) = tree.get(&format!("docker/deploy/{name}")) {
                fs::write(self.folder.path().join(name), &file.bytes).expect("a file");
            }
        }
        self.folder.path().join("deploy.sh")
    }

    fn run(&self, script: &Path, arguments: &[&str], env: &[(&str, &str)], stdin: &str) -> Ran {
        let input = self.folder.path().join("stdin");
        fs::write(&input, stdin).expect("a file");
        let path = format!("{}:/usr/bin:/bin", self.folder.path().join("bin").display());
        let mut command = scrubbed(Path::new("bash"));
        command.arg(script).args(arguments).env("PATH", path);
        command.current_dir(self.folder.path().join("project"));
        command.envs(env.iter().copied());
        command.stdin(Stdio::from(fs::File::open(&input).expect("a file")));
        let output = run(&mut command);
        let printed = [output.stdout, output.stderr].concat();
        Ran {
            status: output.status.code().unwrap_or(-1),
            calls: fs::read_to_string(self.folder.path().join("calls")).unwrap_or_default(),
            printed: String::from_utf8(printed).expect("UTF-8"),
        }
    }
}

const PASSWORD: (&str, &str) = ("REGISTRY_PASSWORD", "S3cr3t-registry");
const TOKEN: (&str, &str) = ("TRIGGER_ACCESS_TOKEN", "tr_pat_S3cr3t");

fn at_loopback() -> String {
    format!(
        "{}storage:\n  registry:\n    external: {{ host: \"localhost:5000\", namespace: mine }}\n",
        support::SITE
    )
}

#[test]
fn the_cli_has_the_version_of_the_release_and_is_told_the_site() {
    let laptop = Laptop::new();
    let text =
        support::SITE.replace("docker: {}", "docker: { deploy: { project: proj_abcdefgh } }");
    let script = laptop.script(&text);
    let ran = laptop.run(&script, &["--env", "staging"], &[PASSWORD, TOKEN], "");
    assert_eq!(ran.status, 0, "{}", ran.printed);
    let calls: Vec<&str> = ran.calls.lines().collect();
    assert!(
        calls.contains(
            &"docker login --username trigger --password-stdin registry.trigger.example.com"
        ),
        "{calls:?}"
    );
    let deploy = "npx --yes trigger.dev@4.5.12 deploy --api-url https://trigger.example.com --skip-update-check --project-ref proj_abcdefgh --env staging";
    assert!(calls.contains(&deploy), "{calls:?}");
    assert!(!ran.calls.contains("buildx create") && !ran.calls.contains("--push"));
    // The CLI gets the token, and never the password.
    let after: Vec<&str> = calls.iter().copied().skip_while(|it| *it != deploy).collect();
    assert_eq!(after, [deploy, "with a token"]);
}

#[test]
fn no_secret_is_an_argument_or_printed() {
    let laptop = Laptop::new();
    let script = laptop.script(support::SITE);
    let ran = laptop.run(&script, &["--token-stdin"], &[PASSWORD], "tr_pat_S3cr3t\n");
    assert_eq!(ran.status, 0, "{}", ran.printed);
    assert!(ran.calls.contains("with a token"), "{}", ran.calls);
    assert!(!ran.calls.contains("S3cr3t") && !ran.printed.contains("S3cr3t"));
    // What docker read is the password with its line end.
    let hash = trigger_gen::fingerprint::sha256(b"S3cr3t-registry\n");
    assert!(ran.calls.contains(&format!("password {hash}")), "{}", ran.calls);
}

#[test]
fn a_login_of_its_own_is_used_where_there_is_no_token() {
    let laptop = Laptop::new();
    let script = laptop.script(support::SITE);
    assert_eq!(laptop.run(&script, &["login"], &[], "").status, 0);
    let ran = laptop.run(&script, &[], &[PASSWORD], "");
    let login =
        "npx --yes trigger.dev@4.5.12 login --api-url https://trigger.example.com --profile mine";
    assert!(ran.calls.contains(login), "{}", ran.calls);
    assert!(ran.calls.contains(" --profile mine\n"), "{}", ran.calls);
}

/// To a registry on loopback the CLI would not push, and its builder would not find it.
#[test]
fn loopback_gets_a_builder_and_a_push() {
    let laptop = Laptop::new();
    let script = laptop.script(&at_loopback());
    let ran = laptop.run(&script, &[], &[TOKEN], "");
    assert_eq!(ran.status, 0, "{}", ran.printed);
    assert!(ran.calls.contains("docker buildx create --name trigger --driver docker-container --driver-opt network=host --buildkitd-config "), "{}", ran.calls);
    assert!(ran.calls.contains(" --push\n"), "{}", ran.calls);
    assert!(!ran.calls.contains("docker login"), "nobody logs in there");
    let settings =
        fs::read_to_string(laptop.folder.path().join("buildkitd.toml")).expect("settings");
    assert!(settings.contains("[registry.\"localhost:5000\"]\n  http = true\n"), "{settings}");
}

#[test]
fn what_no_site_can_serve_is_refused() {
    for flag in
        ["--local-build", "--force-local-build", "--native-build-server", "--local-build=true"]
    {
        let laptop = Laptop::new();
        let script = laptop.script(support::SITE);
        let ran = laptop.run(&script, &["--env", "prod", flag], &[PASSWORD, TOKEN], "");
        assert_eq!((ran.status, ran.calls.as_str()), (2, ""), "{flag}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let laptop = Laptop::new();
    let script = laptop.script(support::SITE);
    let ran = laptop.run(&script, &[], &[TOKEN], "");
    assert_eq!(ran.status, 4);
    assert!(ran.printed.contains("REGISTRY_PASSWORD is not set"), "{}", ran.printed);
    assert!(!ran.calls.contains("npx"), "{}", ran.calls);
    assert_eq!(laptop.run(&script, &["--token-stdin"], &[PASSWORD], "").status, 4);
    fs::remove_file(laptop.folder.path().join("project/trigger.config.ts")).expect("gone");
    let ran = laptop.run(&script, &[], &[PASSWORD, TOKEN], "");
    assert_eq!(ran.status, 4);
    assert!(ran.printed.contains("trigger.config.ts"), "{}", ran.printed);
}

/// On the server the password is that of `.env`, in each of its spellings.
#[test]
fn on_the_server_the_password_is_read() {
    for (line, password) in
        [("a1b2", "a1b2"), ("'a b#$c'", "a b#$c"), (r#""it's \"\$x\\""#, r#"it's "$x\"#)]
    {
        let laptop = Laptop::new();
        let root = laptop.folder.path().join("install");
        fs::create_dir_all(&root).expect("a folder");
        fs::write(root.join(".env"), format!("A=1\nDOCKER_REGISTRY_PASSWORD={line}\n"))
            .expect("a file");
        let script = laptop.script(support::SITE);
        let text = fs::read_to_string(&script).expect("the script");
        fs::write(&script, text.replace("'/opt/trigger-dev'", &format!("'{}'", root.display())))
            .expect("a file");
        let ran = laptop.run(&script, &[], &[TOKEN], "");
        assert_eq!(ran.status, 0, "{}", ran.printed);
        let hash = trigger_gen::fingerprint::sha256(format!("{password}\n").as_bytes());
        assert!(ran.calls.contains(&hash), "{line}: {}", ran.calls);
    }
}

#[test]
fn scripts_and_workflows_are_judged_clean() {
    let programs = ["shellcheck", "shfmt", "actionlint"].map(tool);
    let [Some(shellcheck), Some(shfmt), Some(actionlint)] = programs else { return };
    let mut workflows = 0;
    let judge = |program: &Path, arguments: &[&str], file: &Path| {
        let output = run(scrubbed(program).args(arguments).arg(file));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    };
    for tree in trees() {
        let folder = tree.dir.join("docker/deploy");
        if !folder.is_dir() {
            continue;
        }
        judge(&shellcheck, &["-S", "style"], &folder.join("deploy.sh"));
        judge(&shfmt, &["-i", "2", "-ci", "-d"], &folder.join("deploy.sh"));
        let workflow = folder.join("github-workflow.yml");
        if workflow.exists() {
            judge(&actionlint, &[], &workflow);
            workflows += 1;
        }
    }
    assert!(workflows > 1);
}

#[test]
fn the_workflow_says_what_the_site_says() {
    let text = support::SITE.replace(
        "docker: {}",
        "docker: { deploy: { directory: apps/jobs, branch: release/jobs } }",
    );
    let tree = support::tree_of(&text);
    let file = tree.get("docker/deploy/github-workflow.yml").expect("a workflow");
    let workflow: serde_json::Value = serde_yaml::from_str(file.text()).expect("YAML");
    let push = &workflow["on"]["push"];
    assert_eq!(push["branches"][0], "release/jobs");
    assert_eq!(push["paths"][0], "apps/jobs/**");
    let job = &workflow["jobs"]["deploy"];
    assert_eq!(job["defaults"]["run"]["working-directory"], "apps/jobs");
    assert_eq!(job["steps"][2]["run"], "bash deploy.sh");
    assert!(support::tree_of(&at_loopback()).get("docker/deploy/github-workflow.yml").is_none());
}

#[test]
fn a_branch_for_no_job_is_refused() {
    let text = at_loopback().replace("docker: {}", "docker: { deploy: { branch: main } }");
    assert!(support::said(&text).contains(&"key-without-effect"));
    let text = support::SITE.replace("docker: {}", "docker: { deploy: { project: other } }");
    assert!(support::said(&text).contains(&"bad-value"));
}
