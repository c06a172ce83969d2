//! The blocks of commands: where each is run, what it leads to, and that a shell reads it.

use super::{of_clusters, runbooks};
use crate::consumers::{run, scrubbed, tool};
use crate::markdown::{self, Block};
use std::fs;

/// The blocks of `sh`.
fn blocks(text: &str) -> impl Iterator<Item = Block> {
    markdown::blocks(text).into_iter().filter(|it| it.language == "sh")
}

#[test]
fn each_says_where_it_is_run_and_what_to_expect() {
    for (tree, text) in runbooks().into_iter().chain(of_clusters()) {
        let blocks: Vec<Block> = blocks(&text).collect();
        assert!(blocks.len() > 10, "{}", tree.name);
        for Block { before, text: commands, after, .. } in blocks {
            let place = ["On your laptop", "On the server", "On the worker host"];
            assert!(
                place.iter().any(|it| before.starts_with(it)) && before.ends_with(':'),
                "{}: {before:?} stands above\n{commands}",
                tree.name
            );
            assert!(
                after.starts_with("Expect "),
                "{}: {after:?} stands below\n{commands}",
                tree.name
            );
        }
    }
}

/// What asks would take the next line of a block that is copied whole for the answer.
#[test]
fn what_asks_comes_last() {
    let asks = |line: &str| {
        let Some((_, call)) = line.split_once("trigger-ctl.sh ") else { return false };
        let command = call.split(' ').next().unwrap_or_default();
        let asking = ["install", "update", "restore", "rollback"].contains(&command);
        asking && !line.contains("--yes") && !line.contains("--drill")
    };
    let mut seen = 0;
    for (tree, text) in runbooks() {
        for Block { text: commands, .. } in blocks(&text) {
            let lines: Vec<&str> = commands.lines().collect();
            seen += lines.iter().filter(|it| asks(it)).count();
            let early = lines.iter().rev().skip(1).find(|it| asks(it));
            assert_eq!(early, None, "{}: it is not the last of\n{commands}", tree.name);
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn a_shell_reads_them() {
    let Some(shellcheck) = tool("shellcheck") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (tree, text) in runbooks().into_iter().chain(of_clusters()) {
        for (nth, block) in blocks(&text).enumerate() {
            let file = folder.path().join(format!("{}-{nth}.sh", tree.name));
            // A person reads `cd` fail; the variables of os-release are the system's.
            let head = "#!/bin/bash\n# shellcheck disable=SC2164,SC1091,SC2154,SC2029\n";
            fs::write(&file, format!("{head}{}", block.text)).expect("a file");
            let output = run(scrubbed(&shellcheck).arg(&file));
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}

/// What a server has that is new: Debian's and Ubuntu's own, and what a block says in words.
const OF_THE_SYSTEM: &[&str] = &[
    ".",
    "adduser",
    "apt-cache",
    "apt-get",
    "cd",
    "echo",
    "head",
    "install",
    "mkdir",
    "rm",
    "sed",
    "usermod",
    "visudo",
    "./trigger-ctl.sh",
    // On a tailnet the runbook says first that it is to be installed.
    "tailscale",
    // Copied with the rest; the chapter says that Node.js is needed.
    "deploy.sh",
];

/// The packages that bring a program.
const PACKAGES: &[(&str, &[&str])] = &[
    ("age", &["age"]),
    ("certbot", &["certbot"]),
    ("curl", &["curl"]),
    ("docker-ce-cli", &["docker"]),
    ("nginx", &["nginx"]),
    ("rclone", &["rclone"]),
    ("restic", &["restic"]),
    ("rsync", &["rsync"]),
    ("sudo", &["sudo"]),
];

/// The packages that `trigger-ctl.sh install` brings, by what is in the bundle.
fn of_install(tree: &crate::consumers::Tree) -> Vec<&'static str> {
    let text = |path: &str| fs::read_to_string(tree.dir.join("docker").join(path));
    let site = text("ctl/site.sh").expect("the constants");
    let mut found = vec!["nginx"];
    if text("nginx/bootstrap.conf").is_ok_and(|it| it.contains("certbot")) {
        found.push("certbot");
    }
    for away in ["restic", "rclone"] {
        if site.contains(&format!("BACKUP_OFFSITE='{away}'")) {
            found.push(away);
        }
    }
    found
}

/// Read from the top on a server that is new: each program that is called is there by then.
#[test]
fn every_program_is_there_when_it_is_called() {
    let mut seen = 0;
    for (tree, text) in runbooks() {
        let mut packages: Vec<String> = Vec::new();
        let mut of_docker: Vec<String> = Vec::new();
        let (keeping, restoring) = text.split_once("\n## Restore\n").expect("a chapter");
        for (part, chapter) in [keeping, restoring].into_iter().enumerate() {
            if part == 1 {
                // A new server had the first step alone.
                packages = std::mem::take(&mut of_docker);
            }
            for Block { before, text: commands, .. } in blocks(chapter) {
                if before.starts_with("On your laptop") {
                    continue;
                }
                let commands = commands.replace("\\\n", " ");
                for line in commands.lines() {
                    let program = line.split(' ').find(|it| !it.contains('=')).expect("a word");
                    let program = program.trim_start_matches('\'');
                    let known = OF_THE_SYSTEM.iter().any(|it| program.ends_with(it));
                    let brought = PACKAGES.iter().any(|(package, brings)| {
                        brings.contains(&program) && packages.iter().any(|it| it == package)
                    });
                    assert!(known || brought, "{}: {program} of {line}", tree.name);
                    seen += 1;
                    if let Some((_, names)) = line.split_once("apt-get install -y ") {
                        packages.extend(names.split(' ').map(str::to_owned));
                    }
                    if line.ends_with("trigger-ctl.sh install") {
                        packages.extend(of_install(&tree).into_iter().map(str::to_owned));
                    }
                }
                if commands.contains("docker-ce") {
                    of_docker = packages.clone();
                }
            }
        }
    }
    assert!(seen > 200, "{seen}");
}
