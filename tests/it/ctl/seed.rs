//! The defects of a control script by hand (`tests/seeds/001-trigger-ctl.sh`), a row each: that script has it, ours not.

use super::server::{Ran, Server, server};
use crate::consumers::root;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Defect {
    name: &'static str,
    /// Whether the script at this path is free of it.
    absent: fn(&Server, &Path) -> bool,
}

/// Every one of them.
const DEFECTS: &[Defect] = &[
    Defect { name: "logs hides the error and tries another stack", absent: logs_show_the_error },
    Defect { name: "logs of everything is two processes, one behind", absent: logs_is_one },
    Defect { name: "restart calls a relative path of itself", absent: restart_finds_itself },
    Defect { name: "restart removes containers and networks", absent: restart_removes_nothing },
    Defect { name: "a pause in the place of health", absent: up_asks_for_health },
    Defect { name: "up is content with what crashes", absent: up_fails_with_a_crash },
    Defect { name: "an unknown command ends well", absent: unknown_is_refused },
    Defect { name: "further arguments are ignored", absent: options_count },
    Defect { name: "nothing is asked for before it begins", absent: asks_for_its_files },
    Defect { name: "the shell's variables win over .env", absent: ambient_is_kept_out },
    Defect { name: "down leaves runs alone", absent: down_drains },
    Defect { name: "needs root and does not say so", absent: names_sudo },
    Defect { name: "paths of one server", absent: follows_its_folder },
    Defect { name: "two projects", absent: one_project },
    Defect { name: "no upkeep", absent: keeps_up },
    Defect { name: "no lock and no exit codes", absent: locks },
];

fn run(server: &Server, script: &Path, arguments: &[&str]) -> Ran {
    server.ran(server.command(script).args(arguments).output().expect("bash"))
}

/// What compose was asked for, however it was called.
fn asked(ran: &Ran, verb: &str) -> Vec<String> {
    let texts = ran.calls.iter().map(super::server::Call::text);
    let wanted = format!(" {verb}");
    texts
        .filter(|it| it.starts_with("docker compose"))
        .filter(|it| it.contains(&format!("{wanted} ")) || it.ends_with(&wanted))
        .collect()
}

fn logs_show_the_error(server: &Server, script: &Path) -> bool {
    server.rule("docker compose*logs*", "1", "@err:permission denied\\n");
    let ran = run(server, script, &["logs", "webapp"]);
    asked(&ran, "logs").len() == 1 && ran.err.contains("permission denied") && ran.code == 1
}

fn logs_is_one(server: &Server, script: &Path) -> bool {
    asked(&run(server, script, &["logs"]), "logs").len() == 1
}

fn restart_finds_itself(server: &Server, script: &Path) -> bool {
    let mut command = server.command(Path::new("trigger-ctl.sh"));
    command.current_dir(script.parent().expect("a folder")).arg("restart");
    server.ran(command.output().expect("bash")).code == 0
}

fn restart_removes_nothing(server: &Server, script: &Path) -> bool {
    asked(&run(server, script, &["restart"]), "down").is_empty()
}

fn up_asks_for_health(server: &Server, script: &Path) -> bool {
    let ran = run(server, script, &["up"]);
    let health =
        ran.calls.iter().any(|it| it.text().contains("Health") || it.text().contains("--wait"));
    health && !ran.calls.iter().any(|it| it.text() == "sleep 5")
}

fn up_fails_with_a_crash(server: &Server, script: &Path) -> bool {
    server.set_container("webapp", "restarting -");
    run(server, script, &["up", "--timeout", "1"]).code == 8
}

fn unknown_is_refused(server: &Server, script: &Path) -> bool {
    let ran = run(server, script, &["strat"]);
    ran.code == 2 && ran.out.is_empty() && run(server, script, &["help"]).code == 0
}

fn options_count(server: &Server, script: &Path) -> bool {
    let logs = asked(&run(server, script, &["logs", "webapp", "-n", "7"]), "logs");
    logs.iter().any(|it| it.contains(" 7")) && run(server, script, &["status", "now"]).code == 2
}

fn asks_for_its_files(server: &Server, script: &Path) -> bool {
    std::fs::remove_file(server.root.join(".env")).expect("a file");
    let ran = run(server, script, &["up"]);
    ran.code == 4 && asked(&ran, "up").is_empty()
}

fn ambient_is_kept_out(server: &Server, script: &Path) -> bool {
    let mut command = server.command(script);
    command.env("POSTGRES_PASSWORD", "planted").arg("up");
    let ran = server.ran(command.output().expect("bash"));
    let mut composed = ran.calls.iter().filter(|it| it.text().starts_with("docker compose -"));
    let any = composed.clone().next().is_some();
    any && composed.all(|it| !it.environment.contains_key("POSTGRES_PASSWORD"))
}

fn down_drains(server: &Server, script: &Path) -> bool {
    server.write("runners", "runner-run1\n");
    let ran = run(server, script, &["down", "--timeout", "1"]);
    ran.code == 8 && asked(&ran, "down").is_empty()
}

fn names_sudo(server: &Server, script: &Path) -> bool {
    server.rule("docker *", "1", "@err:permission denied\\n");
    let ran = run(server, script, &["up"]);
    ran.code == 4 && ran.err.contains("sudo")
}

fn follows_its_folder(server: &Server, script: &Path) -> bool {
    let ran = run(server, script, &["up"]);
    let here = server.root.display().to_string();
    let files = ran.calls.iter().flat_map(|it| it.words.windows(2).filter(|it| it[0] == "-f"));
    let files: Vec<&String> = files.map(|it| &it[1]).collect();
    !files.is_empty() && files.iter().all(|it| it.starts_with(&here))
}

fn one_project(server: &Server, script: &Path) -> bool {
    let ups = asked(&run(server, script, &["up"]), "up");
    let both = |it: &String| {
        it.contains("webapp/docker-compose.yml") && it.contains("worker/docker-compose.yml")
    };
    !ups.is_empty() && ups.iter().all(|it| it.contains(" -p minimal-vps ") && both(it))
}

fn keeps_up(server: &Server, script: &Path) -> bool {
    let ran = run(server, script, &["help"]);
    let names = ["backup", "restore", "update", "rollback", "verify", "maintain", "prune", "cert"];
    names.iter().all(|it| ran.out.contains(&format!("\n  {it} ")))
}

fn locks(server: &Server, script: &Path) -> bool {
    let state = server.root.join(".state");
    std::fs::create_dir_all(&state).expect("a folder");
    let held = std::fs::File::create(state.join("lock")).expect("a file");
    held.lock().expect("the lock");
    run(server, script, &["up"]).code == 75
}

/// The script by hand, below a path that it can bear.
fn by_hand(server: &Server) -> PathBuf {
    let script = server.folder.path().join("trigger-ctl.sh");
    std::fs::copy(root().join("tests/seeds/001-trigger-ctl.sh"), &script).expect("a copy");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, executable).expect("a mode");
    script
}

#[test]
fn the_script_by_hand_has_every_defect_and_ours_none() {
    assert_eq!(DEFECTS.len(), 16);
    for it in DEFECTS {
        let ours = server();
        assert!((it.absent)(&ours, &ours.script()), "ours: {}", it.name);
        let theirs = server();
        let script = by_hand(&theirs);
        assert!(!(it.absent)(&theirs, &script), "the script by hand is free of: {}", it.name);
    }
}

/// It is well formed all the same, which says how little that means.
#[test]
fn the_script_by_hand_is_the_guides() {
    let guide =
        std::fs::read_to_string(root().join("tests/seeds/001-install.md")).expect("a guide");
    let script = root().join("tests/seeds/001-trigger-ctl.sh");
    let text = std::fs::read_to_string(&script).expect("a script");
    assert!(guide.contains(&text), "it is not in the guide");
    let parsed = Command::new("bash").arg("-n").arg(script).status().expect("bash");
    assert!(parsed.success());
}
