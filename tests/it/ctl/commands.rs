//! Every command on every example: it ends well, and calls what it should.

use super::server::{Ran, Server, bundles};
use std::collections::BTreeSet;

/// A call that must go well on a healthy server.
pub(super) struct Row {
    pub(super) arguments: &'static [&'static str],
    /// On standard input.
    pub(super) given: &'static str,
    /// A part of one of the calls that it makes, or of what it says.
    pub(super) shows: &'static str,
    /// Where it makes sense.
    pub(super) at: At,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Everywhere,
    Server,
    /// Where this store is bundled.
    Bundled(&'static str),
    Worker,
    /// Where runs are started.
    Supervisor,
}

const fn row(arguments: &'static [&'static str], shows: &'static str, at: At) -> Row {
    Row { arguments, given: "", shows, at }
}

use At::{Bundled, Everywhere, Worker};

pub(super) const ROWS: &[Row] = &[
    row(&["up"], "up --detach", Everywhere),
    row(&["down"], " down", Everywhere),
    row(&["down", "--now"], " down", Everywhere),
    row(&["start"], " start ", Everywhere),
    row(&["stop"], " stop ", Everywhere),
    row(&["restart"], " start ", Everywhere),
    row(&["wait", "--timeout", "5"], "docker inspect", Everywhere),
    row(&["status"], "checks on", Everywhere),
    row(&["ps", "--json"], "\"status\": \"pass\"", Everywhere),
    row(
        &["logs", "-f", "-n", "5", "--since", "1h"],
        "logs --tail 200 --follow --tail 5 --since 1h",
        Everywhere,
    ),
    row(&["drain"], "docker ps --filter name=^runner- --filter network=", At::Supervisor),
    row(&["resume"], "up --detach", At::Supervisor),
    row(&["migrate"], "--force-recreate webapp", At::Server),
    row(&["migrate", "--levels"], "ClickHouse:", At::Server),
    row(&["pull"], " pull", Everywhere),
    row(&["images"], "same", Everywhere),
    row(&["images", "--json"], "\"is\":\"same\"", Everywhere),
    row(&["config"], "name: rendered", Everywhere),
    row(&["magic-link", "--force"], "token=third", At::Server),
    row(&["make-admin", "ops@example.com"], "email=ops@example.com", At::Server),
    row(
        &["psql", "-c", "SELECT 1"],
        "psql -U postgres -d trigger -c SELECT 1",
        Bundled("POSTGRES"),
    ),
    row(
        &["redis-cli", "info", "persistence"],
        "-redis redis-cli info persistence",
        Bundled("REDIS"),
    ),
    row(&["clickhouse-client"], "-clickhouse clickhouse-client", Bundled("CLICKHOUSE")),
    row(&["exec", "webapp", "ls", "a b"], "webapp ls a b", At::Server),
    row(&["shell", "webapp"], "webapp sh -c", At::Server),
    row(&["worker-token", "check"], "is there", Everywhere),
    row(&["worker-token", "show", "--yes"], "tr_wgt_", At::Server),
    row(&["worker-token", "reset", "--yes"], "another worker token", At::Server),
    Row {
        given: "tr_wgt_ffffffffffffffffffffffffffffffffffffffff\n",
        ..row(&["worker-token", "set"], "restart supervisor", Worker)
    },
    row(&["prune"], "docker image rm nameless", Everywhere),
    row(&["prune", "--dry-run"], "would run: docker image rm nameless", Everywhere),
    row(&["cert"], "days left", At::Server),
    row(&["rotate", "MANAGED_WORKER_SECRET"], "up --detach", Everywhere),
    row(&["maintain"], "== prune --dry-run", Everywhere),
    row(&["support-bundle"], "logs --no-log-prefix", Everywhere),
];

/// Commands of parts that have tests of their own beside these.
const ELSEWHERE: &[&str] = &[
    "backup", "restore", "install", "update", "releases", "rollback", "verify", "doctor",
    "firewall",
];

pub(super) fn applies(row: &Row, server: &Server) -> bool {
    let worker = server.constant("ROLE") == "worker";
    match row.at {
        Everywhere => true,
        At::Server => !worker,
        Worker => worker,
        At::Supervisor => server.list("WORKER").iter().any(|it| it == "supervisor"),
        Bundled(store) => !worker && server.constant(store) == "bundled",
    }
}

/// The exact name of a command, by the lines in its part.
pub(super) fn declared() -> Vec<String> {
    let mut names = Vec::new();
    for (part, text) in trigger_gen::artifacts::control_script_parts() {
        let lines = text.lines().filter_map(|it| it.strip_prefix("#: "));
        names.extend(lines.map(|it| {
            let fields: Vec<&str> = it.rsplitn(4, '|').collect();
            let [_, role, lock, call] = fields.as_slice() else { panic!("{part}: {it}") };
            assert!(["lock", "no"].contains(&lock.trim()), "{part}: {it}");
            assert!(["all", "server", "worker"].contains(&role.trim()), "{part}: {it}");
            call.split(' ').next().expect("a name").to_owned()
        }));
    }
    names
}

fn seen(ran: &Ran, text: &str) -> bool {
    ran.out.contains(text)
        || ran.err.contains(text)
        || ran.calls.iter().any(|it| it.text().contains(text))
}

#[test]
fn every_command_ends_well_on_a_healthy_server() {
    let mut tried = BTreeSet::new();
    std::thread::scope(|scope| {
        let runs: Vec<_> = bundles()
            .into_iter()
            .map(|(example, part)| scope.spawn(move || all_rows(&example, &part)))
            .collect();
        for run in runs {
            tried.extend(run.join().expect("a test"));
        }
    });
    let missing: Vec<String> = declared()
        .into_iter()
        .filter(|it| !tried.contains(it.as_str()) && !ELSEWHERE.contains(&it.as_str()))
        .collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
}

fn all_rows(example: &str, part: &str) -> Vec<&'static str> {
    let mut tried = Vec::new();
    for row in ROWS {
        let server = Server::of(example, part);
        if !applies(row, &server) {
            continue;
        }
        server.stub_phases();
        let ran = server.ctl_given(row.arguments, row.given);
        assert_eq!(ran.code, 0, "{example}/{part}: {:?}\n{}{}", row.arguments, ran.out, ran.err);
        assert!(seen(&ran, row.shows), "{example}/{part}: {:?}\n{ran:#?}", row.arguments);
        tried.push(row.arguments[0]);
    }
    tried
}

#[test]
fn help_names_every_command_of_this_role_once() {
    for (example, part) in [("minimal-vps", "docker"), ("split-workers", "workers/worker-1")] {
        let server = Server::of(example, part);
        let ran = server.ctl(&["help"]).ends(0);
        let listed: Vec<&str> = ran
            .out
            .lines()
            .filter_map(|it| it.strip_prefix("  ")?.split(' ').next())
            .filter(|it| !it.is_empty())
            .collect();
        let declared = declared();
        for name in &declared {
            let lines = declared.iter().filter(|it| *it == name).count();
            let times = listed.iter().filter(|it| **it == *name).count();
            let other = server.ctl(&[name, "--no-such-option"]).err.contains(", and this is a");
            assert_eq!(
                times,
                if other { 0 } else { lines },
                "{example}/{part}: {name}\n{}",
                ran.out
            );
        }
        assert!(ran.calls.is_empty() && ran.err.is_empty());
        server.ctl(&["version"]).ends(0);
    }
}

/// Each line `#: CALL | …` of a part, as PART, NAME, CALL, and who it is for.
fn calls() -> Vec<(&'static str, String, String, String)> {
    let mut found = Vec::new();
    for (part, text) in trigger_gen::artifacts::control_script_parts() {
        for line in text.lines().filter_map(|it| it.strip_prefix("#: ")) {
            let fields: Vec<&str> = line.rsplitn(4, '|').map(str::trim).collect();
            let name = fields[3].split(' ').next().expect("a name").to_owned();
            found.push((part, name, fields[3].to_owned(), fields[1].to_owned()));
        }
    }
    assert!(found.len() > 40);
    found
}

/// A person types what stands there.
#[test]
fn help_shows_each_call_as_it_is_typed() {
    for (example, part) in [("minimal-vps", "docker"), ("split-workers", "workers/worker-1")] {
        let server = Server::of(example, part);
        let role = server.constant("ROLE");
        let shown = server.ctl(&["help"]).ends(0).out;
        for (_, _, call, of) in calls().iter().filter(|it| it.3 == "all" || it.3 == role) {
            let line = format!("\n  {call} ");
            assert!(shown.contains(&line), "{call} (for {of}) stands not in\n{shown}");
        }
    }
}

/// What follows these is for the program that they call.
const PASSING_ON: &[&str] = &["psql", "redis-cli", "clickhouse-client", "exec"];

#[test]
fn every_command_says_what_it_takes() {
    let server = Server::of("minimal-vps", "docker");
    for name in declared().into_iter().collect::<BTreeSet<_>>() {
        let told = server.ctl(&["help", &name]).ends(0);
        assert!(told.calls.is_empty() && told.err.is_empty(), "{name}: {}", told.err);
        for (_, of, call, _) in &calls() {
            let line = format!("trigger-ctl.sh {call}\n");
            assert_eq!(told.out.contains(&line), *of == name, "{name}: {call}\n{}", told.out);
        }
        for option in ["--help", "-h"] {
            let ran = server.ctl(&[&name, option]);
            if PASSING_ON.contains(&name.as_str()) {
                assert_ne!(ran.out, told.out, "{name}");
                continue;
            }
            assert_eq!((ran.code, ran.calls.len()), (0, 0), "{name} {option}: {}", ran.err);
            assert_eq!(ran.out, told.out, "{name} {option}");
        }
    }
    assert!(server.ctl(&["help", "restore"]).out.contains("\n  --drill: "));
    assert!(server.ctl(&["help", "no-such-command"]).ends(2).err.contains("trigger-ctl.sh help"));
    let of_servers = Server::of("split-workers", "workers/worker-1").ctl(&["help", "restore"]);
    assert!(of_servers.ends(0).out.contains("(for the server, and this is a worker)"));
}

/// A line of help that belongs to no command of its part would be shown to nobody.
#[test]
fn lines_of_help_belong_to_a_command() {
    let mut seen = 0;
    for (part, text) in trigger_gen::artifacts::control_script_parts() {
        for line in text.lines().filter_map(|it| it.strip_prefix("#? ")) {
            let name = line.split(' ').next().expect("a name");
            assert!(calls().iter().any(|it| it.0 == part && it.1 == name), "{part}: {line}");
            seen += 1;
        }
    }
    assert!(seen > 20);
}

#[test]
fn a_dry_run_changes_nothing() {
    for (example, part) in [("minimal-vps", "docker"), ("split-workers", "workers/worker-1")] {
        for row in ROWS.iter().filter(|it| it.arguments[0] != "support-bundle") {
            let server = Server::of(example, part);
            if !applies(row, &server) {
                continue;
            }
            server.write("ended", "runner-1\n");
            server.stub_phases();
            let before = files(&server);
            let mut command = server.command(&server.script());
            command.env("TRIGGER_CTL_DRY_RUN", "1").args(row.arguments);
            let ran = server.ran(command.output().expect("bash"));
            for call in &ran.calls {
                let text = call.text();
                let asks = ["exec", "psql", "redis-cli", "clickhouse-client", "shell"];
                assert!(
                    asks.contains(&row.arguments[0]) || only_asks(&text, &call.input),
                    "{:?} calls {text}\n{}",
                    row.arguments,
                    call.input
                );
            }
            assert_eq!(files(&server), before, "{:?}", row.arguments);
        }
    }
}

fn only_asks(text: &str, input: &str) -> bool {
    let changes = [
        " up --",
        " down",
        " stop ",
        " start ",
        " restart ",
        " pull",
        " rm ",
        "builder prune",
        "const fs=",
        " mv ",
    ];
    let statements = ["UPDATE", "ALTER", "DELETE", "INSERT"];
    // What node reads is a program of ours, and no statement.
    let stated = !text.contains(" node - ") && statements.iter().any(|it| input.contains(it));
    !changes.iter().any(|it| text.contains(it)) && !stated
}

/// Every file but the lock.
fn files(server: &Server) -> BTreeSet<(String, Vec<u8>)> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![server.root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.ends_with(".state") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("a file");
                found.insert((path.display().to_string(), bytes));
            }
        }
    }
    found
}
