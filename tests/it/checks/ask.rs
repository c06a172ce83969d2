//! The questions that are asked from within containers, by the real node, of servers that answer as the real ones do.

use crate::consumers::{root, run, scrubbed, tool};
use serde_json::{Value, json};

#[test]
fn each_question_is_answered_rightly() {
    let programs = ["node", "redis-server"].map(tool);
    let [Some(node), redis] = programs else { return };
    let mut command = scrubbed(&node);
    command.arg(root().join("tests/consumers/ask.mjs"));
    command.arg(root().join("templates/docker/ctl/checks/ask.js"));
    command.arg(redis.clone().unwrap_or_default());
    let output = run(&mut command);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // The passwords of the stubs all begin so; the examples of S3's documentation do not.
    assert!(!stdout.contains("S3cr3t"), "a password is shown: {stdout}");
    let said: Value = serde_json::from_str(&stdout).expect("JSON");
    let signature = said["signature"].as_str().expect("an address");
    assert!(
        signature.ends_with("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"),
        "{signature}"
    );
    for (question, answer) in [
        ("health", json!([0, "pass it answers"])),
        ("unhealthy", json!([1, "it answers 503"])),
        ("clickhouse", json!([0, "select 1\t1"])),
        ("clickhouse refused", json!([1, "it answers 403, code 516"])),
        ("clickhouse gone", json!([1, "ECONNREFUSED"])),
        ("object store", json!([0, "pass a byte went in and came back"])),
        ("left", json!(0)),
        ("object store refused", json!([1, "a byte is refused with 403"])),
        ("object store without keys", json!([1, "it has no keys: a store with IAM is not asked"])),
        ("docker proxy", json!([0, "pass containers are listed, volumes and exec are refused"])),
        ("docker proxy gone", json!([1, "ECONNREFUSED"])),
        ("s2 gone", json!([1, "ECONNREFUSED"])),
        ("docker proxy too wide", json!([1, "GET /volumes answers 200, not 403"])),
        ("unreachable", json!([0, "pass it cannot be reached"])),
        ("reachable", json!([1, "it can be reached"])),
        ("s2", json!([0, "pass it answers"])),
        ("redis gone", json!([1, "ECONNREFUSED"])),
    ] {
        assert_eq!(said[question], answer, "{question}");
    }
    if redis.is_some() {
        let lines = said["redis"][1].as_str().expect("lines");
        assert!(lines.contains("maxmemory_policy:noeviction\n"), "{lines}");
        assert!(lines.contains("rdb_last_bgsave_status:ok"), "{lines}");
        let number = |name: &str| {
            let of = |it: &str| it.strip_prefix(name)?.strip_prefix(':')?.parse::<u64>().ok();
            lines.lines().find_map(of)
        };
        assert_eq!(number("maxmemory"), Some(100 << 20), "{lines}");
        assert!(number("used_memory").is_some_and(|it| it > 0), "{lines}");
        assert_eq!(said["redis refused"], json!([1, "it answers WRONGPASS"]));
    }
}
