//! The same with the real PostgreSQL, Redis and ClickHouse: what a backup holds comes back on a server that is new, with
//! equal counts and a position of PostgreSQL's log above the old one. Long: `scripts/test` has a step for it.

use super::world::{World, as_root, ended, have};
use crate::consumers::{root, tool};
use std::fs;
use std::path::Path;

const PROGRAMS: &[&str] = &[
    "postgres",
    "initdb",
    "pg_ctl",
    "psql",
    "pg_dump",
    "pg_dumpall",
    "pg_restore",
    "pg_resetwal",
    "pg_recvlogical",
    "redis-server",
    "redis-cli",
    "redis-check-rdb",
    "chdb-python",
    "setpriv",
    "python3",
    "node",
];

/// A server with real stores, none of which has anything in it.
fn server() -> World {
    let world = World::bare("");
    for (name, text) in [
        // Clients find the server by its socket; the server itself does not run as root.
        ("world/bin/mine-postgres/psql", "PGHOST=$WORLD/postgres exec psql.real \"$@\""),
        ("world/bin/mine-postgres/pg_dump", "PGHOST=$WORLD/postgres exec pg_dump.real \"$@\""),
        (
            "world/bin/mine-postgres/pg_dumpall",
            "PGHOST=$WORLD/postgres exec pg_dumpall.real \"$@\"",
        ),
        (
            "world/bin/mine-postgres/pg_restore",
            "PGHOST=$WORLD/postgres exec pg_restore.real \"$@\"",
        ),
        ("world/bin/container/pg_restore", "exec pg_restore.real \"$@\""),
        (
            "world/bin/container/pg_resetwal",
            "exec as-postgres pg_resetwal.real \"$1\" \"$2\" -D \"$WORLD/volumes/mine-postgres\"",
        ),
        ("world/bin/mine-drill/entrypoint", DRILL),
        (
            "world/bin/mine-drill/pg_isready",
            "PGHOST=$WORLD/drill exec psql.real -U postgres -d trigger -c 'SELECT 1'",
        ),
        ("world/bin/mine-drill/psql", "PGHOST=$WORLD/drill exec psql.real \"$@\""),
        ("world/bin/mine-drill/pg_restore", "PGHOST=$WORLD/drill exec pg_restore.real \"$@\""),
        ("world/bin/mine-redis/redis-cli", "exec redis-cli.real -s \"$WORLD/redis.sock\" \"$@\""),
        (
            "world/bin/mine-restore-redis/redis-cli",
            "exec redis-cli.real -s \"$WORLD/restore-redis.sock\" \"$@\"",
        ),
        (
            "world/bin/mine-restore-redis/redis-server",
            "exec redis-server.real --port 0 --unixsocket \"$WORLD/restore-redis.sock\" --dir \"$WORLD/volumes/mine-redis\" \"${@:3}\"",
        ),
        (
            "world/bin/mine-clickhouse/clickhouse-client",
            "exec python3 \"$WORLD/../clickhouse.py\" ask \"$WORLD/clickhouse.sock\" \"$2\"",
        ),
        (
            "world/bin/as-postgres",
            "exec setpriv --reuid=postgres --regid=postgres --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override \"$@\"",
        ),
        ("world/bin/mine-webapp/node", NODE),
        ("world/hooks/postgres", POSTGRES),
        ("world/hooks/redis", REDIS),
        ("world/hooks/clickhouse", CLICKHOUSE),
        ("world/hooks/webapp", WEBAPP),
    ] {
        world.program(name, text);
    }
    // Under these names the real ones are found behind the stand-ins.
    for program in PROGRAMS {
        let real = tool(program).expect("asked for before");
        world.program(
            &format!("world/bin/{program}.real"),
            &format!("exec '{}' \"$@\"", real.display()),
        );
    }
    fs::copy(root().join("tests/backup/clickhouse.py"), world.at("clickhouse.py")).expect("a copy");
    for service in ["postgres", "redis", "clickhouse", "webapp", "supervisor", "docker-proxy"] {
        let _ = fs::remove_file(world.at(&format!("world/running/{service}")));
    }
    let volume = world.at("world/volumes/mine-postgres");
    let (bin, drill) = (world.at("world/bin"), world.at("world/drill"));
    ended(as_root().arg("mkdir").arg(&drill).arg(world.at("world/postgres"))).with(0);
    ended(as_root().arg("chown").arg("postgres").args([
        &volume,
        &drill,
        &world.at("world/postgres"),
    ]))
    .with(0);
    let initdb = as_root()
        .arg(bin.join("as-postgres"))
        .arg(bin.join("initdb.real"))
        .args(["-U", "postgres", "-A", "trust", "--no-sync", "-D"])
        .arg(&volume)
        .current_dir("/")
        .output();
    assert!(initdb.expect("initdb").status.success());
    docker(&world, &["compose", "up", "postgres", "redis", "clickhouse"]);
    sql(&world, "postgres", "CREATE DATABASE trigger");
    world
}

const POSTGRES: &str = "PATH=$WORLD/bin:$PATH\ncd /\ndata=$WORLD/volumes/mine-postgres\nif [[ $1 == start ]]; then as-postgres pg_ctl.real -s -w -D \"$data\" -l \"$WORLD/postgres/log\" -o \"-k $WORLD/postgres -h '' -c wal_level=logical -c fsync=off\" start </dev/null >/dev/null 2>&1; else as-postgres pg_ctl.real -s -w -m fast -D \"$data\" stop; fi";
const REDIS: &str = "PATH=$WORLD/bin:$PATH\nif [[ $1 == start ]]; then redis-server.real --port 0 --unixsocket \"$WORLD/redis.sock\" --dir \"$WORLD/volumes/mine-redis\" --appendonly yes --daemonize yes >/dev/null; until redis-cli.real -s \"$WORLD/redis.sock\" ping 2>/dev/null | grep -q PONG; do sleep 0.1; done; else redis-cli.real -s \"$WORLD/redis.sock\" shutdown || true; fi";
const CLICKHOUSE: &str = "PATH=$WORLD/bin:$PATH\nif [[ $1 == start ]]; then rm -f \"$WORLD/clickhouse.sock\"; setsid chdb-python.real \"$WORLD/../clickhouse.py\" serve \"$WORLD/clickhouse.sock\" \"$WORLD/volumes/mine-clickhouse\" \"$WORLD/../root/clickhouse/override.xml\" >\"$WORLD/clickhouse.log\" 2>&1 </dev/null & echo $! >\"$WORLD/clickhouse.pid\"; until [[ -S $WORLD/clickhouse.sock ]]; do kill -0 \"$(<\"$WORLD/clickhouse.pid\")\"; sleep 0.2; done; else kill \"$(<\"$WORLD/clickhouse.pid\")\"; while kill -0 \"$(<\"$WORLD/clickhouse.pid\")\" 2>/dev/null; do sleep 0.1; done; fi";
/// The webapp makes publication and slot where they are missing, and reads from the slot.
const WEBAPP: &str = "PATH=$WORLD/bin:$PATH\nexport PGHOST=$WORLD/postgres PGUSER=postgres PGDATABASE=trigger\nif [[ $1 == start ]]; then psql.real -qAtc \"SELECT 1 FROM pg_publication WHERE pubname='task_runs_to_clickhouse_v1_publication'\" | grep -q 1 || psql.real -qc 'CREATE PUBLICATION task_runs_to_clickhouse_v1_publication FOR TABLE \"TaskRun\"'; pg_recvlogical.real -d trigger --slot task_runs_to_clickhouse_v1 --plugin pgoutput --create-slot --if-not-exists; pg_recvlogical.real -d trigger --slot task_runs_to_clickhouse_v1 --start -o proto_version=1 -o publication_names=task_runs_to_clickhouse_v1_publication -f /dev/null >/dev/null 2>&1 </dev/null & echo $! >\"$WORLD/webapp.pid\"; else kill \"$(<\"$WORLD/webapp.pid\")\"; while kill -0 \"$(<\"$WORLD/webapp.pid\")\" 2>/dev/null; do sleep 0.1; done; fi";
/// It reads what is stored, and writes down what it is asked for as an administrator, with the token that is good then.
const NODE: &str = "PATH=$WORLD/bin:$PATH\nexport ENCRYPTION_KEY=0123456789abcdef0123456789abcdef\nif [[ $3 == call ]]; then PGHOST=$WORLD/postgres psql.real -U postgres -d trigger -qAtc \"SELECT '$5 $6 as ' || \\\"userId\\\" FROM \\\"PersonalAccessToken\\\" WHERE id = 'trigger_ctl_$4'\" >>\"$WORLD/asked\"; echo '{\"sources\":[{\"leader\":true}]}'; else exec node.real \"$@\"; fi";
const DRILL: &str = "PATH=$WORLD/bin:$PATH\ncd /\nrm -rf \"$WORLD/drill/data\"\nas-postgres initdb.real -U postgres -A trust --no-sync -D \"$WORLD/drill/data\"\nas-postgres pg_ctl.real -w -D \"$WORLD/drill/data\" -o \"-k $WORLD/drill -h '' -c unix_socket_permissions=0777\" start </dev/null >/dev/null 2>&1\nPGHOST=$WORLD/drill psql.real -U postgres -c 'CREATE DATABASE trigger'\nas-postgres pg_ctl.real -w -D \"$WORLD/drill/data\" stop\nexec as-postgres postgres.real -D \"$WORLD/drill/data\" -k \"$WORLD/drill\" -h ''";

/// Ends what a server started.
struct Running(World);

impl Drop for Running {
    fn drop(&mut self) {
        docker(&self.0, &["compose", "stop"]);
    }
}

fn docker(world: &World, arguments: &[&str]) {
    let _ = ended(
        as_root()
            .arg("env")
            .arg(format!(
                "PATH={}:{}",
                root().join(".tools/bin").display(),
                std::env::var("PATH").unwrap_or_default()
            ))
            .arg(world.at("path/docker"))
            .args(arguments),
    );
}

#[track_caller]
fn sql(world: &World, database: &str, text: &str) -> String {
    let program = world.at("world/bin/psql.real");
    ended(
        as_root()
            .arg("env")
            .arg(format!("PGHOST={}", world.at("world/postgres").display()))
            .arg(program)
            .args(["-qAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", text]),
    )
    .with(0)
    .out
    .trim()
    .to_owned()
}

#[track_caller]
fn redis(world: &World, arguments: &[&str]) -> String {
    ended(
        as_root()
            .arg(world.at("world/bin/redis-cli.real"))
            .arg("-s")
            .arg(world.at("world/redis.sock"))
            .args(arguments),
    )
    .with(0)
    .out
    .trim()
    .to_owned()
}

#[track_caller]
fn clickhouse(world: &World, text: &str) -> String {
    ended(
        as_root()
            .arg("python3")
            .arg(world.at("clickhouse.py"))
            .arg("ask")
            .arg(world.at("world/clickhouse.sock"))
            .arg(text),
    )
    .with(0)
    .out
    .trim()
    .to_owned()
}

/// The tables that matter, with runs of every kind; and ghosts: runs that only Redis or ClickHouse know.
fn fill(world: &World) {
    sql(world, "trigger", "
        CREATE TABLE \"TaskRun\" (id text PRIMARY KEY, status text NOT NULL, \"createdAt\" timestamp(3) NOT NULL DEFAULT now());
        CREATE TABLE _prisma_migrations (id text PRIMARY KEY, migration_name text, finished_at timestamptz, rolled_back_at timestamptz);
        CREATE TABLE \"WorkerGroupToken\" (id text PRIMARY KEY, \"tokenHash\" text);
        CREATE TABLE \"TaskEvent\" (id bigint, message text);
        INSERT INTO \"TaskRun\" SELECT 'run_' || n, CASE WHEN n % 10 = 0 THEN 'PENDING' ELSE 'COMPLETED_SUCCESSFULLY' END FROM generate_series(1, 500) n;
        INSERT INTO _prisma_migrations SELECT n::text, '2026_' || n, now(), NULL FROM generate_series(1, 820) n;
        INSERT INTO \"TaskEvent\" SELECT n, repeat('x', 200) FROM generate_series(1, 2000) n;
        INSERT INTO \"WorkerGroupToken\" VALUES ('a', encode(sha256('tr_wgt_0123'), 'hex'));
        CREATE TABLE \"SecretStore\" (key text PRIMARY KEY, value jsonb NOT NULL, version text NOT NULL);
        CREATE TABLE \"User\" (id text PRIMARY KEY, admin boolean NOT NULL, \"createdAt\" timestamp(3) NOT NULL);
        CREATE TABLE \"PersonalAccessToken\" (id text PRIMARY KEY, name text NOT NULL, \"encryptedToken\" jsonb NOT NULL, \"obfuscatedToken\" text NOT NULL, \"hashedToken\" text NOT NULL UNIQUE, \"userId\" text NOT NULL REFERENCES \"User\", \"revokedAt\" timestamp(3), \"createdAt\" timestamp(3) NOT NULL DEFAULT now(), \"updatedAt\" timestamp(3) NOT NULL);
        CREATE TABLE \"TaskQueue\" (id text PRIMARY KEY, \"runtimeEnvironmentId\" text NOT NULL, version text NOT NULL);
        INSERT INTO \"User\" VALUES ('user_a', false, now()), ('user_b', true, now());
        INSERT INTO \"PersonalAccessToken\" VALUES ('trigger_ctl_0a', 'of a restore that was killed', '{}', 'x', 'y', 'user_b', NULL, now(), now()), ('triggerXctl_b', 'of a user', '{}', 'x', 'z', 'user_b', NULL, now(), now());
        INSERT INTO \"TaskQueue\" VALUES ('q', 'env_1', 'V2'), ('r', 'env_1', 'V2'), ('s', 'env_2', 'V1');
        INSERT INTO \"SecretStore\" VALUES ('plain', '{}', '1');
        CREATE ROLE reader LOGIN PASSWORD 'of-the-old-server'; GRANT SELECT ON \"TaskRun\" TO reader;");
    let script = fs::read_to_string(root().join("templates/docker/ctl/restore.js")).expect("it");
    let node = world.at("world/bin/mine-webapp/node");
    let token =
        ended(as_root().env("WORLD", world.at("world")).arg(node).args(["-e", &script, "token"]))
            .with(0);
    let encrypted = token.out.trim().split('\t').nth(2).expect("what is stored").to_owned();
    sql(
        world,
        "trigger",
        &format!("INSERT INTO \"SecretStore\" VALUES ('a value', '{encrypted}', '2')"),
    );
    // An old cluster: far ahead of a new one.
    for _ in 0..6 {
        sql(
            world,
            "trigger",
            "SELECT pg_logical_emit_message(false, 'test', 'x'); SELECT pg_switch_wal()",
        );
    }
    for n in (10..=500).step_by(10) {
        redis(world, &["SET", &format!("engine:runqueue:{{org:o}}:message:run_{n}"), "{}"]);
    }
    redis(
        world,
        &["SADD", "engine:runqueue:{org:o}:proj:p:env:e:currentConcurrency", "run_1", "run_ghost"],
    );
    redis(
        world,
        &["SADD", "engine:runqueue:{org:o}:proj:p:env:e:queue:q:currentDequeued", "run_2"],
    );
    clickhouse(world, "CREATE DATABASE trigger_dev");
    clickhouse(
        world,
        "CREATE TABLE trigger_dev.task_runs_v2 (run_id String, status String, created_at DateTime64(3), _version UInt64) ENGINE = ReplacingMergeTree(_version) ORDER BY run_id",
    );
    clickhouse(
        world,
        "CREATE TABLE trigger_dev.counts_v1 (status String, n UInt64) ENGINE = SummingMergeTree ORDER BY status",
    );
    clickhouse(
        world,
        "CREATE MATERIALIZED VIEW trigger_dev.mv_counts_v1 TO trigger_dev.counts_v1 AS SELECT status, count() AS n FROM trigger_dev.task_runs_v2 GROUP BY status",
    );
    clickhouse(
        world,
        "CREATE TABLE default.goose_db_version (version_id Int64, is_applied UInt8) ENGINE = MergeTree ORDER BY version_id",
    );
    clickhouse(world, "INSERT INTO default.goose_db_version SELECT number, 1 FROM numbers(41)");
    clickhouse(
        world,
        "INSERT INTO trigger_dev.task_runs_v2 SELECT 'run_' || toString(number + 1), 'X', now64(3), 1000 FROM numbers(500)",
    );
    clickhouse(
        world,
        "INSERT INTO trigger_dev.task_runs_v2 SELECT 'run_later', 'X', now64(3), 2000",
    );
}

const ROWS: &str = "SELECT (SELECT count(*) FROM \"TaskRun\") || ' ' || (SELECT count(*) FROM _prisma_migrations) || ' ' || (SELECT count(*) FROM \"TaskEvent\") || ' ' || (SELECT md5(string_agg(id || status, ',' ORDER BY id)) FROM \"TaskRun\")";

fn copy_set(from: &World, to: &World, set: &str) {
    fs::create_dir_all(to.at("backups")).expect("a folder");
    ended(
        as_root().args(["cp", "-a"]).arg(from.at(&format!("backups/{set}"))).arg(to.at("backups/")),
    )
    .with(0);
}

#[test]
#[ignore = "starts six servers: scripts/test has a step for it"]
fn a_backup_comes_back_on_a_new_server() {
    if !have(PROGRAMS) {
        return;
    }
    let old = Running(server());
    fill(&old.0);
    docker(&old.0, &["compose", "up"]);
    let set = old.0.backup();
    let (rows, keys) = (sql(&old.0, "trigger", ROWS), redis(&old.0, &["DBSIZE"]));
    let lsn = sql(&old.0, "trigger", "SELECT pg_current_wal_lsn()");
    assert_eq!(old.0.manifest(&set, "redis_keys"), keys);
    assert_eq!(old.0.manifest(&set, "migrations"), "820");
    assert_eq!(old.0.manifest(&set, "clickhouse_level"), "40");
    old.0.ctl(&["backup", "verify", &set]).with(0);

    let drill = old.0.ctl(&["restore", &set, "--drill"]).with(0);
    assert!(drill.err.contains("postgres holds the rows that were saved"), "{}", drill.err);
    assert!(drill.err.contains("clickhouse holds the rows that were saved"), "{}", drill.err);
    assert_eq!(
        clickhouse(&old.0, "SELECT count() FROM system.databases WHERE name = 'trigger_dev_drill'"),
        "0"
    );
    assert_eq!(sql(&old.0, "trigger", ROWS), rows);
    damaged_dumps_are_refused(&old.0, &set);

    let new = Running(server());
    copy_set(&old.0, &new.0, &set);
    assert_eq!(
        sql(&new.0, "postgres", &format!("SELECT pg_current_wal_lsn() < '{lsn}'")),
        "t",
        "the new cluster is ahead already"
    );
    let restored = new.0.ctl(&["restore", &set, "--yes"]).with(0);
    assert_eq!(sql(&new.0, "trigger", ROWS), rows);
    assert_eq!(
        sql(&new.0, "trigger", &format!("SELECT pg_current_wal_lsn() > '{lsn}'")),
        "t",
        "{}",
        restored.err
    );
    assert_eq!(redis(&new.0, &["DBSIZE"]), keys);
    assert_eq!(redis(&new.0, &["CONFIG", "GET", "appendonly"]), "appendonly\nyes");
    assert_eq!(
        redis(&new.0, &["SMEMBERS", "engine:runqueue:{org:o}:proj:p:env:e:currentConcurrency"]),
        "run_1",
        "the ghost is still there"
    );
    assert_eq!(
        clickhouse(&new.0, "SELECT count() FROM trigger_dev.task_runs_v2"),
        "500",
        "the ghost is still there"
    );
    assert_eq!(clickhouse(&new.0, "SELECT max(version_id) FROM default.goose_db_version"), "40");
    assert_eq!(sql(&new.0, "trigger", "SELECT active FROM pg_replication_slots"), "t");
    assert_eq!(
        sql(&new.0, "trigger", "SELECT rolname FROM pg_roles WHERE rolname = 'reader'"),
        "reader"
    );
    assert_eq!(restored.out.matches("ok      ").count(), 11, "{}", restored.out);
    let asked = new.0.read("world/asked");
    let repair = "POST /admin/api/v1/environments/env_1/engine/repair-queues as user_b\n";
    assert!(asked.contains(repair) && !asked.contains("env_2"), "{asked}");
    assert_eq!(
        sql(&new.0, "trigger", "SELECT id FROM \"PersonalAccessToken\""),
        "triggerXctl_b",
        "neither the token of this restore nor of one that was killed is left, and a user's is"
    );
    // What was restored survives a restart, of Redis above all, and can be saved again.
    docker(&new.0, &["compose", "stop", "redis"]);
    docker(&new.0, &["compose", "up", "redis"]);
    assert_eq!(redis(&new.0, &["DBSIZE"]), keys);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let again = new.0.backup();
    let counts = |world: &World, set: &str| world.read(&format!("backups/{set}/counts.postgres"));
    let without_token = counts(&old.0, &set).replace("AccessToken 2\n", "AccessToken 1\n");
    assert_eq!(counts(&new.0, &again), without_token);
    // Into the cluster that it was made of: the position is above already, and slots and their reader are in the way.
    sql(&new.0, "trigger", "DELETE FROM \"TaskRun\" WHERE id < 'run_3'");
    redis(&new.0, &["FLUSHALL"]);
    clickhouse(&new.0, "DROP DATABASE trigger_dev SYNC");
    new.0.ctl(&["restore", &again, "--yes"]).with(0);
    assert_eq!(sql(&new.0, "trigger", ROWS), rows);
    assert_eq!(redis(&new.0, &["DBSIZE"]), keys);
    assert_eq!(clickhouse(&new.0, "SELECT count() FROM trigger_dev.task_runs_v2"), "500");
}

/// The real programs tell a dump that is cut off, even with checksums that are right.
fn damaged_dumps_are_refused(world: &World, set: &str) {
    for (file, what) in
        [("postgres.dump", "cannot be read to its end"), ("redis.rdb", "cannot be read to its end")]
    {
        let copy = "20200101T000000Z";
        let folder = world.at(&format!("backups/{copy}"));
        ended(as_root().args(["cp", "-a"]).arg(world.at(&format!("backups/{set}"))).arg(&folder))
            .with(0);
        let bytes = fs::read(folder.join(file)).expect("a part");
        fs::write(folder.join(file), &bytes[..bytes.len() - bytes.len() / 3]).expect("a part");
        seal_again(&folder);
        let ended = world.ctl(&["restore", copy, "--yes"]).with(6);
        assert!(ended.err.contains(what), "{file}: {}", ended.err);
        assert!(world.at("world/running/webapp").exists(), "{file}: something was stopped");
        fs::remove_dir_all(folder).expect("a folder");
    }
}

/// Checksums that are right for what lies there.
fn seal_again(folder: &Path) {
    let script = "rm -f verified; sums=$(ls | grep -vx -e manifest.json -e SHA256SUMS | xargs sha256sum); echo \"$sums\" >SHA256SUMS; \
                  sed -i \"s/\\\"sums\\\": \\\"[0-9a-f]*\\\"/\\\"sums\\\": \\\"$(sha256sum <SHA256SUMS | cut -d ' ' -f 1)\\\"/\" manifest.json";
    ended(as_root().args(["sh", "-c", &format!("cd '{}' && {script}", folder.display())])).with(0);
}
