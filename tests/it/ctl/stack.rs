//! Orders, waits, and what is asked itself because health lies.

use super::server::{Server, server, worker};

/// The steps of compose without options.
fn steps(ran: &super::server::Ran) -> Vec<String> {
    ran.compose().into_iter().map(|it| it.replace(" --detach", "")).collect()
}

const STORES: &str = "postgres redis clickhouse object-store s2 registry";

#[test]
fn up_starts_stores_webapp_and_workers_in_turn() {
    let ran = server().ctl(&["up"]).ends(0);
    let wanted = [&format!("up {STORES}"), "up webapp", "up docker-proxy supervisor"];
    assert_eq!(steps(&ran), wanted);
    let at = |text: &str| ran.calls.iter().position(|it| it.text().contains(text)).expect("a call");
    let token = at("test -s /home/node/shared/worker_token");
    assert!(at("up --detach webapp") < token && token < at("up --detach docker-proxy"));
    assert!(at("{{.Name}}") < at("up --detach webapp"), "it does not wait for the stores");
}

#[test]
fn up_of_some_keeps_the_order() {
    let ran = server().ctl(&["up", "supervisor", "webapp", "redis"]).ends(0);
    assert_eq!(steps(&ran), ["up redis", "up webapp", "up supervisor"]);
    let split = Server::of("split-workers", "docker").ctl(&["up"]).ends(0);
    assert_eq!(steps(&split).last().map(String::as_str), Some("up webapp"));
    assert_eq!(steps(&worker().ctl(&["up"]).ends(0)), ["up docker-proxy supervisor"]);
}

#[test]
fn down_drains_and_stops_in_order() {
    let ran = server().ctl(&["down"]).ends(0);
    let wanted = [
        "stop supervisor",
        "stop docker-proxy supervisor",
        "stop webapp",
        &format!("stop {STORES}"),
        "down",
    ];
    assert_eq!(steps(&ran), wanted);
    let longest = ran.calls.iter().find(|it| it.words[0] == "sleep").expect("a pause");
    let seconds: u32 = longest.words[1].parse().expect("seconds");
    assert!(seconds > 10, "the webapp still hands out runs for 10 s");
}

#[test]
fn a_run_that_does_not_end_stops_down() {
    let server = server();
    server.write("runners", "runner-run1-attempt-1\nsomebody-elses\n");
    let ran = server
        .ctl(&["down", "--timeout", "1"])
        .ends(8)
        .says("still running: runner-run1-attempt-1.");
    assert_eq!(steps(&ran), ["stop supervisor"]);
    server.ctl(&["drain", "--timeout", "1"]).ends(8);
    server.ctl(&["stop", "--timeout", "1"]).ends(8);
    let now = server.ctl(&["down", "--now"]).ends(0);
    assert_eq!(steps(&now).last().map(String::as_str), Some("down"));
    server.write("runners", "somebody-elses\n");
    server.ctl(&["drain", "--timeout", "1"]).ends(0);
}

#[test]
fn resume_starts_what_drain_stopped() {
    let server = server();
    assert_eq!(steps(&server.ctl(&["drain"]).ends(0)), ["stop supervisor"]);
    assert_eq!(steps(&server.ctl(&["resume"]).ends(0)), ["up docker-proxy supervisor"]);
}

/// Stopped under a webapp it is killed after its grace, and has to recover.
#[test]
fn postgresql_stops_after_those_who_use_it() {
    let ran = server().ctl(&["restart", "postgres"]).ends(0).says("PostgreSQL stops after");
    let wanted = [
        "stop supervisor",
        "stop webapp",
        "stop postgres",
        "start postgres",
        "start webapp",
        "start supervisor",
    ];
    assert_eq!(steps(&ran), wanted);
    let ran = server().ctl(&["stop", "postgres", "--now"]).ends(0);
    assert_eq!(steps(&ran), ["stop supervisor", "stop webapp", "stop postgres"]);
}

#[test]
fn restart_removes_nothing() {
    let ran = server().ctl(&["restart"]).ends(0);
    assert_eq!(steps(&ran).len(), 6);
    assert!(steps(&ran).iter().all(|it| it.starts_with("stop ") || it.starts_with("start ")));
    let one = server().ctl(&["restart", "redis"]).ends(0);
    assert_eq!(steps(&one), ["stop redis", "start redis"]);
}

#[test]
fn a_one_shot_is_not_waited_for() {
    let server = Server::of("classic-vps", "docker");
    let one_shots = server.list("ONE_SHOTS");
    assert_eq!(one_shots, ["minio-bucket"]);
    server.set_container("minio-bucket", "exited -");
    server.ctl(&["up", "--timeout", "1"]).ends(0);
    server.ctl(&["wait", "--timeout", "1"]).ends(0);
    server.ctl(&["status"]).ends(0);
}

/// Docker's health and the webapp's stay green in each of these.
#[test]
fn status_asks_each_part_itself() {
    let rows = [
        ("docker exec*node - redis*", "1", "ECONNREFUSED\\n", "redis"),
        ("docker exec*node - redis*", "137", "", "redis"),
        ("docker exec*node - redis*", "0", "rdb_last_bgsave_status:err\\n", "redis"),
        ("docker exec*node - clickhouse select v*", "1", "it answers 516\\n", "clickhouse"),
        ("docker exec*node - object-store*", "1", "ENOTFOUND\\n", "object-store"),
        ("docker exec*pg_replication_slots*", "0", "f|lost|0|-1\\n", "slot"),
        ("docker exec*lastHeartbeatAt*", "0", "\\n", "heartbeat"),
        ("docker exec*lastHeartbeatAt*", "0", "minimal-vps|500\\n", "heartbeat"),
        ("docker exec*node - docker-proxy*", "1", "ECONNREFUSED\\n", "docker-proxy"),
        ("docker exec*node - health*", "1", "", "supervisor"),
        ("curl *127.0.0.1:8030/healthcheck*", "0", "ERROR", "webapp"),
        ("curl *https*/healthcheck*", "6", "", "public-name"),
        ("openssl s_client*", "1", "", "certificates"),
        ("df *", "0", "Use%\\n 95%\\n", "space"),
    ];
    let server = server();
    let well = server.fakes.read("rules");
    server.ctl(&["status"]).ends(0);
    for (pattern, status, answer, name) in rows {
        server.rule(pattern, status, answer);
        let ran = server.ctl(&["status"]).ends(3);
        let failed: Vec<&str> = ran.out.lines().filter(|it| it.contains(" FAIL ")).collect();
        assert!(
            failed.len() == 1 && failed[0].contains(&format!(" {name} ")),
            "{name}: {}",
            ran.out
        );
        server.write("rules", &well);
    }
}

#[test]
fn status_sees_containers_that_are_gone_or_of_another_image() {
    let server = server();
    server.set_container("s2", "");
    let ran = server.ctl(&["status"]).ends(3);
    assert!(ran.out.contains("s2 is not there"), "{}", ran.out);
    server.set_container("s2", "running -");
    let ran = server.ctl(&["status"]).ends(3);
    assert!(ran.out.contains("s2 runs image"), "{}", ran.out);
}

/// Figures are told while all is well, too.
#[test]
fn status_tells_how_full_things_are() {
    let server = server();
    let containers = server.fakes.read("containers");
    let restarted = containers.replace("-redis running healthy 0", "-redis running healthy 2");
    server.write("containers", &restarted);
    server.rule("docker ps --all*{{.State}}*", "0", "running\\nexited\\nexited\\n");
    server.rule("apt list --upgradable*", "0", "tzdata/stable 2 all [upgradable from: 1]\\n");
    let ran = server.ctl(&["status"]).ends(0);
    for figure in [
        "restarts since each was made: redis 2",
        "12 of 100 connections are taken, the database has 340 MiB",
        "70000 MiB are free, a partition has at most 7 of 1000 parts",
        "1 of 192 MiB are in use",
        "1 run, 2 have ended",
        "packages          pass      none waits",
    ] {
        assert!(ran.out.contains(figure), "{figure}: {}", ran.out);
    }
    let security = "openssl/stable-security 3.0.17 amd64 [upgradable from: 3.0.15]\\n";
    let engine = "docker-ce/stable 5:28.5.1 amd64 [upgradable from: 5:28.1.0]\\n";
    server.rule("apt list --upgradable*", "0", &[security, engine].concat());
    let ran = server.ctl(&["status"]).ends(0);
    let told = "fail      1 security updates: openssl, newer: docker-ce 5:28.5.1";
    assert!(ran.out.contains(told), "{}", ran.out);
}

/// A store elsewhere is its provider's, and a machine is asked for what is on it.
#[test]
fn status_leaves_out_what_is_elsewhere() {
    for (example, part, asked) in [
        ("minimal-vps", "docker", &["V17", "V76", "V77", "V78", "V79"][..]),
        ("split-workers", "docker", &["V17", "V76", "V77", "V78"]),
        ("split-workers", "workers/worker-1", &["V17", "V79"]),
        ("external-everything", "docker", &["V17", "V79"]),
    ] {
        let ran = Server::of(example, part).ctl(&["status", "--json"]).ends(0);
        let list: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let rows = list.as_array().expect("a list").iter();
        let found: Vec<&str> = rows
            .filter_map(|it| it["id"].as_str())
            .filter(|it| ["V17", "V76", "V77", "V78", "V79"].contains(it))
            .collect();
        assert_eq!(
            found.iter().collect::<std::collections::BTreeSet<_>>(),
            asked.iter().collect(),
            "{example} {part}"
        );
        assert_eq!(found.len(), asked.len());
    }
}

#[test]
fn logs_are_one_call_and_show_its_error() {
    let server = server();
    server.rule("docker compose*logs*", "14", "@err:no configuration file\\n");
    let ran = server.ctl(&["logs", "webapp", "--", "redis"]).ends(14).says("no configuration file");
    assert_eq!(ran.compose(), ["logs --tail 200 webapp redis"]);
}

#[test]
fn the_newest_link_is_the_one_of_the_address() {
    let server = server();
    let link = |arguments: &[&str]| server.ctl(arguments).ends(0).out;
    assert_eq!(link(&["magic-link", "--force"]), "https://trigger.example.com/magic?token=third\n");
    let second = "https://trigger.example.com/magic?token=second\n";
    assert_eq!(link(&["magic-link", "--force", "OPS@example.com"]), second);
    server
        .ctl(&["magic-link", "--force", "nobody@example.com"])
        .ends(4)
        .says("ask for one at https://");
}

#[test]
fn an_address_is_a_variable_of_the_statement() {
    let server = server();
    let hostile = "x'; DROP TABLE \"User\"; --@example.com";
    server.rule("docker exec*UPDATE \"User\"*", "0", "");
    let ran = server.ctl(&["make-admin", hostile]).ends(4).says("nobody with the address");
    let call = ran.calls.iter().find(|it| it.input.contains("UPDATE")).expect("a statement");
    assert!(
        !call.input.contains("DROP") && call.input.contains("lower(:'email')"),
        "{}",
        call.input
    );
    assert!(call.words.contains(&format!("email={hostile}")), "{:?}", call.words);
}

/// PostgreSQL elsewhere is asked in the network of the webapp; its password goes through a pipe.
#[test]
fn postgresql_elsewhere_is_asked_beside_the_webapp() {
    let server = Server::of("external-everything", "docker");
    let ran = server.ctl(&["make-admin", "ops@example.com"]).ends(0);
    let call = ran.calls.iter().find(|it| it.words[1] == "run").expect("a client");
    let text = call.text();
    assert!(text.contains("--network container:jobs-webapp"), "{text}");
    assert!(text.contains(" postgres:17.") && text.ends_with("-v email=ops@example.com"), "{text}");
    assert!(call.input.starts_with("[site]\nhost=db\n\nUPDATE \"User\""), "{}", call.input);
    for (arguments, calls) in
        [(&["worker-token", "check"][..], 1), (&["worker-token", "reset", "--yes"], 1)]
    {
        let ran = server.ctl(arguments).ends(0);
        assert_eq!(ran.calls.iter().filter(|it| it.words[1] == "run").count(), calls);
    }
}

/// The file of the service is what libpq reads of the address of the webapp.
#[test]
fn the_address_of_the_webapp_becomes_a_service() {
    let Some(node) = crate::consumers::tool("node") else { return };
    let common =
        std::fs::read_to_string(crate::consumers::root().join("templates/docker/ctl/common.sh"))
            .expect("a part");
    let script =
        common.split("readonly SERVICE_OF_WEBAPP='").nth(1).and_then(|it| it.split('\'').next());
    let url = "postgresql://us%40er:p%2Fw%20%23d@[2001:db8::7]:6432/the%20db?schema=public&sslmode=require";
    let mut command = crate::consumers::scrubbed(&node);
    command.args(["-e", script.expect("the script")]).env("DATABASE_URL", url);
    let output = crate::consumers::run(&mut command);
    let wanted = "[site]\nhost=2001:db8::7\nport=6432\ndbname=the db\nuser=us@er\npassword=p/w #d\nsslmode=require\n\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), wanted);
}
