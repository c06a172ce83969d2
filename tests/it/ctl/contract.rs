//! The exit codes, one by one, and what must be so of every run.

use super::server::{Server, bundles, server, worker};
use std::fs;
use std::path::Path;

#[test]
fn a_wrong_call_ends_with_2_on_standard_error() {
    let server = server();
    let wrong: &[&[&str]] = &[
        &[],
        &["no-such-command"],
        &["up", "--no-such-option"],
        &["up", "no-such-service"],
        &["up", "--timeout"],
        &["up", "--timeout", "soon"],
        &["down", "webapp"],
        &["wait", "webapp"],
        &["status", "webapp"],
        &["logs", "-n"],
        &["logs", "--tail=5"],
        &["logs", "no-such-service"],
        &["migrate", "now"],
        &["pull", "--all"],
        &["images", "webapp"],
        &["config", "--json"],
        &["magic-link", "--force", "a@example.com", "b@example.com"],
        &["make-admin"],
        &["make-admin", "nobody"],
        &["make-admin", "a@example.com", "b@example.com"],
        &["exec", "webapp"],
        &["exec", "no-such-service", "ls"],
        &["shell"],
        &["worker-token"],
        &["worker-token", "eat"],
        &["worker-token", "check", "tr_wgt_0123"],
        &["worker-token", "set"],
        &["prune", "-a"],
        &["cert", "example.com"],
        &["rotate"],
        &["rotate", "NO_SUCH_SECRET"],
        &["maintain", "--update"],
        &["support-bundle", "--all"],
        &["support-bundle", "a", "b"],
    ];
    for arguments in wrong {
        let ran = server.ctl(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}{}", ran.out, ran.err);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{arguments:?}: {}", ran.out);
        let changed = ran.compose();
        assert!(changed.is_empty(), "{arguments:?}: {changed:?}");
    }
}

#[test]
fn what_is_for_servers_is_refused_on_a_worker_host() {
    let worker = worker();
    let only =
        ["migrate", "magic-link", "make-admin", "psql", "redis-cli", "clickhouse-client", "cert"];
    for name in only {
        worker.ctl(&[name]).ends(2).says("is for the server, and this is a worker");
    }
    for verb in ["show", "reset"] {
        worker.ctl(&["worker-token", verb]).ends(2).says("this is a worker host");
    }
}

#[test]
fn a_command_that_fails_ends_with_1_whatever_its_own_status() {
    for status in ["1", "3", "4", "6", "8", "17", "125"] {
        let server = server();
        server.rule("docker compose*up --detach*", status, "@err:Error response from daemon\\n");
        server
            .ctl(&["up"])
            .ends(1)
            .says("Error response from daemon")
            .says("up stopped at stack.sh:");
        server.rule("docker exec*_prisma_migrations*", status, "@err:no such table\\n");
        server.ctl(&["migrate", "--levels"]).ends(1).says("no such table");
    }
}

#[test]
fn something_unhealthy_ends_with_3() {
    let server = server();
    server.set_container("redis", "running unhealthy");
    let ran = server.ctl(&["status"]).ends(3);
    assert!(ran.out.contains("redis is running, unhealthy"), "{}", ran.out);
    let ran = server.ctl(&["status", "--json"]).ends(3);
    let items: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    let running = items.as_array().expect("a list").iter().find(|it| it["id"] == "V30");
    assert_eq!(running.expect("a check")["status"], "fail");
}

#[test]
fn what_is_missing_ends_with_4() {
    let gone = server();
    fs::remove_file(gone.root.join(".env")).expect("a file");
    gone.ctl(&["up"]).ends(4).says(".env is not there");
    let gone = server();
    fs::remove_file(gone.root.join("worker/docker-compose.yml")).expect("a file");
    gone.ctl(&["up"]).ends(4).says("docker-compose.yml is not there");
    let stopped = server();
    stopped.rule("docker info*", "1", "@err:Cannot connect\\n");
    stopped.ctl(&["up"]).ends(4).says("the docker engine does not answer").says("sudo");
    let old = server();
    old.rule("docker compose version*", "1", "");
    old.ctl(&["up"]).ends(4).says("no compose plugin");
    let tokenless = worker();
    fs::write(tokenless.root.join("worker_token"), "").expect("a file");
    let ran = tokenless.ctl(&["up"]).ends(4).says("worker-token set");
    assert!(ran.compose().is_empty());
    let split = Server::of("split-workers", "docker");
    split.ctl(&["drain"]).ends(4).says("on the worker hosts: drain there");
    split.ctl(&["down"]).ends(0).says("runs on the worker hosts go on");
    let elsewhere = Server::of("external-everything", "docker");
    elsewhere.ctl(&["psql"]).ends(4).says("PostgreSQL is not on this server");
    elsewhere.set_container("webapp", "exited -");
    elsewhere.ctl(&["make-admin", "a@example.com"]).ends(4).says("which does not run");
}

/// Without docker at all, and without the rights to read `.env`.
#[test]
fn without_docker_or_rights_it_says_so() {
    let server = server();
    let bare = server.folder.path().join("bare");
    fs::create_dir(&bare).expect("a folder");
    for name in ["bash", "readlink", "grep", "cut", "flock", "mkdir", "date", "tail"] {
        let real = ["/usr/bin", "/bin"].map(|it| Path::new(it).join(name));
        let real = real.iter().find(|it| it.exists()).expect("a program of every system");
        std::os::unix::fs::symlink(real, bare.join(name)).expect("a link");
    }
    // The script looks where Debian has programs; this one has docker nowhere.
    let text = fs::read_to_string(server.script()).expect("the script");
    let line = text.lines().find(|it| it.starts_with("PATH=/usr/local/sbin")).expect("its PATH");
    let copy = text.replace(line, &format!("PATH='{}'", bare.display()));
    fs::write(server.script(), copy).expect("a script");
    let mut command = server.command(&server.script());
    command.env_remove("TRIGGER_CTL_PATH").arg("up");
    server.ran(command.output().expect("bash")).ends(4).says("docker is not installed");
}

#[test]
fn what_differs_ends_with_6() {
    let server = server();
    server.rule(
        "docker inspect --type container --format {{.Image}}*-redis <<<*",
        "0",
        "sha256:two\\n",
    );
    let ran = server.ctl(&["images"]).ends(6);
    assert!(ran.out.contains("redis          runs another"), "{}", ran.out);
    server.rule("docker exec*_prisma_migrations*", "0", "migrations=819 unfinished=1\\n");
    server.ctl(&["migrate"]).ends(6).says("has begun and not ended");
    server.rule("docker exec*SELECT \"tokenHash\"*", "0", "bbbb\\n");
    server.ctl(&["worker-token", "check"]).ends(6).says("another worker token");
}

#[test]
fn what_is_never_done_ends_with_7() {
    let server = server();
    for option in ["-v", "--volumes", "--rmi", "--rmi=all", "--remove-orphans"] {
        let ran = server.ctl(&["down", option]).ends(7);
        assert!(ran.compose().is_empty(), "{option}");
    }
    server.ctl(&["rotate", "ENCRYPTION_KEY"]).ends(7).says("is never changed");
    let ran = server.ctl(&["worker-token", "reset"]).ends(7).says("add --yes");
    assert!(ran.calls.iter().all(|it| it.input.is_empty()));
    server.ctl(&["magic-link"]).ends(7).says("--force");
    server.ctl(&["worker-token", "show"]).ends(7).says("--yes");
}

#[test]
fn a_health_that_does_not_come_ends_with_8() {
    let server = server();
    server.set_container("clickhouse", "restarting unhealthy");
    server.rule("docker compose*logs*clickhouse*", "0", "Code: 36 says why\\n");
    let ran =
        server.ctl(&["up", "--timeout", "1"]).ends(8).says("clickhouse (restarting, unhealthy)");
    assert!(ran.err.contains("Code: 36 says why"), "{}", ran.err);
    assert_eq!(ran.compose().iter().filter(|it| it.starts_with("up")).count(), 1, "it went on");
    server.ctl(&["wait", "--timeout", "1"]).ends(8);
    server.rule("docker exec*test -s*", "1", "");
    server.set_containers("running healthy");
    server.ctl(&["up", "--timeout", "1"]).ends(8).says("the worker token of the webapp");
}

#[test]
fn a_second_one_ends_with_75_and_says_who_is_at_work() {
    let server = server();
    server.ctl(&["up"]).ends(0);
    let held = fs::File::options().append(true).open(server.root.join(".state/lock"));
    let held = held.expect("the lock");
    held.lock().expect("the lock");
    for arguments in [&["up"][..], &["down"], &["restart"], &["prune"], &["drain"], &["pull"]] {
        let ran = server.ctl(arguments).ends(75).says("up, process ");
        assert!(ran.calls.is_empty(), "{:?}", ran.calls);
    }
    server.ctl(&["status"]).ends(0);
    drop(held);
    server.ctl(&["up"]).ends(0);
}

/// The caller's variables win over `.env` in compose, so none of them may reach it.
#[test]
fn compose_gets_no_variable_of_the_caller() {
    let server = server();
    let mut command = server.command(&server.script());
    let planted = ["POSTGRES_PASSWORD", "TRIGGER_IMAGE_TAG", "COMPOSE_FILE", "COMPOSE_PROFILES"];
    command.envs(planted.map(|it| (it, "planted"))).env("DOCKER_HOST", "unix:///engine").arg("up");
    let ran = server.ran(command.output().expect("bash")).ends(0);
    let calls: Vec<_> = ran.calls.iter().filter(|it| it.compose().is_some()).collect();
    assert!(calls.len() >= 3);
    for call in calls {
        let mut names: Vec<&str> = call.environment.keys().map(String::as_str).collect();
        // What bash sets itself.
        names.retain(|it| !["PWD", "SHLVL", "_", "OLDPWD"].contains(it));
        assert_eq!(names, ["COMPOSE_IGNORE_ORPHANS", "DOCKER_HOST", "HOME", "PATH"]);
        assert_eq!(call.environment["DOCKER_HOST"], "unix:///engine");
    }
}

/// One project, both files, `.env` of the root, nothing else's containers touched.
#[test]
fn compose_is_called_in_one_way() {
    for (example, part) in bundles() {
        let server = Server::of(&example, &part);
        let mut called = 0;
        for arguments in [&["up"][..], &["down"], &["logs"], &["restart"], &["pull"]] {
            for call in server.ctl(arguments).ends(0).calls {
                if call.compose().is_none() {
                    continue;
                }
                called += 1;
                let mut wanted: Vec<String> =
                    ["docker", "compose", "-p"].map(str::to_owned).to_vec();
                wanted.extend([server.constant("PROJECT"), "--env-file".into()]);
                wanted.push(server.root.join(".env").display().to_string());
                for file in server.list("COMPOSE_FILES") {
                    wanted.extend(["-f".into(), server.root.join(file).display().to_string()]);
                }
                assert!(call.words.starts_with(&wanted), "{:?}", call.words);
                assert!(!call.words.iter().any(|it| it == "--remove-orphans"), "{:?}", call.words);
            }
        }
        assert!(called > 4, "{example}/{part}");
    }
}

/// From cron, through a link, by a relative path, with `sh`'s idea of the working folder.
#[test]
fn it_works_from_anywhere() {
    let server = server();
    let link = server.folder.path().join("link to it");
    std::os::unix::fs::symlink(server.script(), &link).expect("a link");
    server.ran(server.command(&link).arg("up").output().expect("bash")).ends(0);
    let mut beside = server.command(Path::new("trigger-ctl.sh"));
    server.ran(beside.arg("up").current_dir(&server.root).output().expect("bash")).ends(0);
    let mut cron = server.command(&server.script());
    cron.env_remove("HOME").env("PATH", "/usr/bin:/bin").arg("up");
    server.ran(cron.output().expect("bash")).ends(0);
}
