//! The steps on the server: their hosts, their order, and what a shell makes of them.

use super::*;
use crate::cli::run;
use crate::support;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

const SITE: &str = "\
version: 1
name: site
release: 4.5.12
domain: trigger.example.com
access: { admins: [ops@example.com] }
docker: {}
";

/// What `secrets rotate` says, for a site in a file of this name.
fn rotated(folder: &Path, text: &str, file: &str, more: &[&str]) -> String {
    fs::write(folder.join(file), text).expect("written");
    let site = support::site(text);
    let store = folder.join(site.store.as_str());
    let mut draft = Draft::new(site.name.as_str());
    fill(&mut draft, &site, 3);
    Store::lock(&store, site.name.as_str()).and_then(|mut it| it.save(&draft)).expect("saved");
    let ran = run(folder, &[&["secrets", "rotate", "-n"], more, &[file]].concat(), None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

/// The commands of each host, by the heading that says which.
fn groups(out: &str) -> Vec<(String, String)> {
    let (_, steps) = out.split_once("The steps, in this order:\n").expect("steps");
    let group = |it: &str| {
        let lines: Vec<&str> = it.lines().map(str::trim_start).collect();
        let (heading, commands) = lines.split_first().expect("a heading");
        let heading = heading.strip_prefix("# ").expect("a heading");
        (heading.to_owned(), commands.join("\n"))
    };
    steps.split("\n\n").map(|it| group(it.trim_matches('\n'))).collect()
}

/// The registry is on the host of the webapp: it is made anew there, before another host is gone to.
#[test]
fn every_command_stands_under_its_host() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = support::example_text("split-workers");
    let out = rotated(folder.path(), &text, "site.yaml", &["DOCKER_REGISTRY_PASSWORD"]);
    let groups = groups(&out);
    let headings: Vec<&str> = groups.iter().map(|(it, _)| it.as_str()).collect();
    assert_eq!(
        headings,
        [
            "here, with the host of the webapp as HOST",
            "on the host of the webapp",
            "here, with worker-1 as HOST",
            "on worker-1",
            "here, with worker-2 as HOST",
            "on worker-2",
            "on every machine that deploys, and in its CI",
        ]
    );
    let webapp = &groups[1].1;
    let (up, registry) = (webapp.find("up -d --wait &&"), webapp.find("--force-recreate"));
    assert!(up.is_some() && up < registry, "{webapp}");
    assert!(groups[6].1.contains("docker login") && groups[6].1.contains("in `.env`"), "{out}");
    assert_eq!(out.matches("docker login").count(), 1);
}

#[test]
fn every_printed_path_is_one_word() {
    let folder = tempfile::tempdir().expect("a folder");
    let out =
        rotated(folder.path(), SITE, "it's a $(site).yaml", &["POSTGRES_PASSWORD", "-o", "my out"]);
    for part in [
        r"trigger-gen build --out 'my out' 'it'\''s a $(site).yaml' &&",
        "rsync -a 'my out/site/docker/' HOST:/opt/trigger-dev/\n",
    ] {
        assert!(out.contains(part), "{part} is missing in {out}");
    }
    let file = ["secrets", "rotate", "RESEND", "it's a $(site).yaml"];
    assert_eq!(run(folder.path(), &file, None).code, 1);
    let supplied = SITE.replace(
        "ops@example.com] }",
        "ops@example.com], email: { resend: { from: a@example.com, api_key: { secret: RESEND } } } }",
    );
    fs::write(folder.path().join("it's a $(site).yaml"), supplied).expect("written");
    let quoted = r"secrets set RESEND 'it'\''s a $(site).yaml'";
    for arguments in [&file[..], &["secrets", "generate", file[3]], &["build", file[3]]] {
        let ran = run(folder.path(), arguments, None);
        assert!(ran.err.contains(quoted), "{arguments:?}: {}", ran.err);
    }
    let ran = run(folder.path(), &["build", "--check", "a b.yaml"], Some(""));
    assert_eq!(ran.code, 2, "{}", ran.err);
    fs::write(folder.path().join("a b.yaml"), SITE.replace("name: site", "name: other")).unwrap();
    let ran = run(folder.path(), &["build", "--check", "a b.yaml"], None);
    assert!(ran.code == 1 && ran.err.contains("trigger-gen build 'a b.yaml'"), "{}", ran.err);
}

/// A server with programs that only note how they were called.
struct Server(tempfile::TempDir);

impl Server {
    fn new(env: &str) -> Self {
        let server = Self(tempfile::tempdir().expect("a folder"));
        server.program(
            "docker",
            "echo \"$*\" >>\"$NOTES\"\ncase \" $* \" in *' exec '*) cat >>\"$NOTES\" ;; esac\n",
        );
        fs::create_dir(server.at("root")).expect("a folder");
        fs::write(server.at("root/.env"), env).expect("written");
        server
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn program(&self, name: &str, body: &str) {
        fs::write(self.at(name), format!("#!/bin/sh\n{body}")).expect("written");
        fs::set_permissions(self.at(name), fs::Permissions::from_mode(0o755)).expect("a mode");
    }

    /// Runs the commands of the server, and says whether all went well, what was said, and what was called.
    fn run(&self, commands: &str) -> (bool, String, String) {
        let root = self.at("root").display().to_string();
        let commands = commands.replace("cd /opt/trigger-dev &&", &format!("cd '{root}' &&"));
        assert!(commands.contains(&root), "{commands}");
        let output = Command::new("sh")
            .args(["-c", &commands])
            .env("PATH", format!("{}:/usr/bin:/bin", self.0.path().display()))
            .env("NOTES", self.at("notes"))
            .output()
            .expect("a shell");
        let notes = fs::read_to_string(self.at("notes")).unwrap_or_default();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into(), notes)
    }
}

#[test]
fn a_step_that_fails_stops_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = rotated(folder.path(), SITE, "site.yaml", &["POSTGRES_PASSWORD"]);
    let commands = &groups(&out)[1].1;
    let password = "0123456789abcdef0123456789abcdef";
    let server = Server::new(&format!("A=1\nPOSTGRES_PASSWORD={password}\n"));
    let (done, said, notes) = server.run(commands);
    assert!(done, "{said}");
    let role = format!("ALTER ROLE postgres PASSWORD '{password}';\n");
    assert!(notes.contains("-v ON_ERROR_STOP=1") && notes.contains(&role), "{notes}");
    assert!(notes.trim_end().ends_with("up -d --wait"), "{notes}");
    assert!(notes.lines().all(|it| !it.contains(password) || it.starts_with("ALTER")), "{notes}");

    let server = Server::new("A=1\nPOSTGRES_PASSWORD='it is quoted'\n");
    let (done, said, notes) = server.run(commands);
    assert!(!done && said.contains("no such POSTGRES_PASSWORD"), "{said}");
    assert_eq!(notes, "", "neither the role nor the start");

    let server = Server::new(&format!("POSTGRES_PASSWORD={password}\n"));
    server.program(
        "docker",
        "echo \"$*\" >>\"$NOTES\"\ncase \" $* \" in *' exec '*) exit 3 ;; esac\n",
    );
    let (done, _, notes) = server.run(commands);
    assert!(!done && !notes.contains("up -d"), "{notes}");
}

/// What a build says is copied in the same words.
#[test]
fn a_build_says_how_the_output_is_copied() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = support::example_text("split-workers");
    fs::write(folder.path().join("site.yaml"), &text).expect("written");
    let draft = support::draft(&support::site(&text));
    Store::lock(&folder.path().join("split-workers.secrets.yaml"), "split-workers")
        .and_then(|mut it| it.save(&draft))
        .expect("saved");
    let ran = run(folder.path(), &["build", "-o", "my out", "site.yaml"], None);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for part in ["docker", "workers/worker-1", "workers/worker-2"] {
        let copy = format!("rsync -a 'my out/split-workers/{part}/' HOST:/opt/trigger-dev/\n");
        assert!(ran.err.contains(&copy), "{copy} is missing in {}", ran.err);
    }
}
