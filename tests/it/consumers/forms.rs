//! Does docker compose refuse what the proofs on compose files refuse, and take what they take?

use super::{run, scrubbed, tool};
use std::collections::BTreeMap;
use std::path::Path;
use trigger_gen::proof::{Context, check};
use trigger_gen::tree::{File, Mode, OutPath, Tree};

/// The proofs that say what docker compose says.
const PROOFS: &[&str] = &[
    "unknown-compose-key",
    "malformed-compose-value",
    "contradictory-compose-keys",
    "undeclared-name",
    "dangling-dependency",
    "circular-dependency",
    "missing-file",
];

/// Lines of a service that docker compose refuses, by the proof that does.
#[rustfmt::skip]
const REFUSED: &[(&str, &[&str])] = &[
    ("unknown-compose-key", &[
        "logging: { foo: 1 }", "deploy: { foo: 1 }", "deploy: { resources: { limits: { memroy: 1g } } }",
        "volumes: [{ type: volume, source: v, target: /x, readonly: true }]",
        "volumes: [{ type: bind, source: /a, target: /x, bind: { create_host_pth: true } }]",
        "build: { contxt: . }", "networks: { n: { ipv4_addres: 10.0.0.1 } }",
    ]),
    ("malformed-compose-value", &[
        "restart: 5", "restart: false", "user: 1000", "stdin_open: 1", "read_only: maybe", "read_only: \"1\"",
        "tmpfs: 5", "tmpfs: [/x, 5]", "oom_score_adj: 5000", "oom_score_adj: \"5000\"", "mem_limit: lots",
        "mem_limit: 5x", "mem_limit: \"\"", "shm_size: x", "cpus: many", "cpu_percent: 200", "pids_limit: x",
        "scale: -1", "scale: 1.5", "ulimits: { nofile: x }", "ulimits: { nofile: { soft: 1 } }",
        "stop_grace_period: x", "stop_grace_period: 10", "stop_grace_period: \"10\"", "stop_grace_period: 5 s",
        "healthcheck: { test: [CMD, a], interval: \"5\" }", "healthcheck: { test: [foo] }",
        "healthcheck: { test: [CMD, 5] }", "healthcheck: { disable: x }", "healthcheck: null",
        "healthcheck: { test: [CMD, a], retries: x }", "container_name: a b", "pull_policy: sometimes",
        "pull_policy: every_x", "ports: \"127.0.0.1:8030:3000\"", "ports: [\"127.0.0.1:99999:3000\"]",
        "ports: [\"80-82:80-81\"]", "ports: [\"x:80\"]", "ports: [\"localhost:80:80\"]", "ports: [\"80:\"]",
        "ports: [\"80/foo\"]", "ports: [70000]", "ports: [80.5]", "ports: [null]", "ports: [{ target: x }]",
        "ports: [{ published: 80 }]", "ports: [{ target: 80, host_ip: foo }]", "environment: { NODE_ENV: [a] }",
        "environment: { FOO: {} }", "environment: [1]", "environment: x", "dns: { a: 1 }", "dns: [null]",
        "extra_hosts: [a]", "extra_hosts: { a: 5 }", "sysctls: x", "labels: x", "logging: x", "logging: { driver: 5 }",
        "logging: { options: { a: true } }", "logging: { options: [a] }", "deploy: { replicas: x }",
        "deploy: { resources: { limits: { memory: 5 } } }", "deploy: { resources: { limits: { cpus: x } } }",
        "deploy: { restart_policy: { delay: x } }", "volumes: x", "volumes: [5]", "volumes: [\"\"]",
        "volumes: [\"/a:/b:ro:rw\"]", "volumes: [{ type: bogus, source: v, target: /x }]",
        "volumes: [{ source: v, target: /x }]", "volumes: [{ type: volume, source: v }]",
        "volumes: [{ type: bind, source: /a, target: /x, read_only: maybe }]",
        "volumes: [{ type: bind, source: /a, target: /x, bind: { selinux: q } }]",
        "volumes: [{ type: tmpfs, target: /x, tmpfs: { size: x } }]", "depends_on: redis",
        "depends_on: { redis: { condition: bogus } }", "depends_on: { redis: {} }", "depends_on: { redis: null }",
        "command: 5", "command: [5]", "entrypoint: [a, null]", "networks: n", "networks: [n, n]", "networks: [5]",
        "networks: { n: { aliases: x } }", "security_opt: [\"a:b\", \"a:b\"]", "cap_add: ALL", "privileged: x",
        "use_api_socket: \"true\"", "profiles: p", "cgroup: x", "build: 5", "env_file: { path: there.env }",
    ]),
    ("contradictory-compose-keys", &[
        "network_mode: host\nnetworks: [n]", "scale: 2\ndeploy: { replicas: 3 }", "container_name: ab\nscale: 2",
        "mem_limit: 5m\ndeploy: { resources: { limits: { memory: 6m } } }", "volumes: [{ type: bind, target: /x }]",
    ]),
    ("undeclared-name", &["secrets: [a]", "configs: [{ source: a }]", "networks: [w]"]),
    ("dangling-dependency", &[
        "links: [\"c:d\"]", "volumes_from: [c]", "network_mode: service:c", "pid: service:c", "ipc: service:c",
        "extends: c", "extends: { service: c }",
    ]),
    ("circular-dependency", &["depends_on: [b]", "network_mode: service:b", "links: [b]"]),
    ("missing-file", &["env_file: nowhere.env", "extends: { file: nowhere.yml, service: c }", "label_file: [nowhere]"]),
];

/// Whole files that docker compose refuses.
#[rustfmt::skip]
const REFUSED_FILES: &[(&str, &[&str])] = &[
    ("malformed-compose-value", &[
        "services: { b: { image: null } }", "services: { b: null }", "services: []",
        "services: { a b: { image: x } }", "services: { ü: { image: x } }", "services: {}\nversion: 3",
        "services: {}\nname: 5", "services: {}\nnetworks: { a b: {} }", "services: {}\nnetworks: { a: { ipam: x } }",
        "services: {}\nnetworks: { a: { internal: x } }", "services: {}\nnetworks: { a: { name: 5 } }",
        "services: {}\nnetworks: { a: { driver_opts: { a: true } } }", "services: {}\nvolumes: { postgres: [1] }",
        "services: {}\nvolumes: { a b: {} }", "services: {}\nvolumes: [a]", "services: {}\nsecrets: { a: null }",
    ]),
    ("contradictory-compose-keys", &[
        "services: { b: { } }", "services: { b: { image: \"\" } }",
        "services: {}\nvolumes: { a: { external: true, driver: local } }",
    ]),
    ("circular-dependency", &["services: { b: { image: x, depends_on: [c] }, c: { image: x, links: [b] } }"]),
    ("missing-file", &["services: {}\ninclude: [nowhere.yml]"]),
];

/// Lines of a service that docker compose takes.
#[rustfmt::skip]
const TAKEN: &[&str] = &[
    "restart: \"no\"", "restart: on-failure:3", "read_only: yes", "read_only: \"True\"", "tty: on",
    "oom_score_adj: -500", "mem_limit: 1.5g", "mem_limit: 1gib", "mem_limit: 1 gb", "mem_limit: 100",
    "memswap_limit: -1", "shm_size: 64M", "cpus: \"0.5\"", "cpus: 1.5", "pids_limit: -1", "ulimits: { nofile: \"5\" }",
    "ulimits: { nofile: { soft: 1, hard: 2 } }", "stop_grace_period: 1m30s", "stop_grace_period: 1.5h",
    "stop_grace_period: 1d", "stop_grace_period: 500us", "healthcheck: { test: foo }", "healthcheck: { test: [NONE] }",
    "healthcheck: { interval: 5s }", "healthcheck: { retries: 3 }", "pull_policy: every_12h", "pull_policy: missing",
    "ports: [\"0:80\", 81]", "ports: [\"80/sctp\"]", "ports: [\"[::1]:80:80\"]", "ports: [\"80-82:80-82\"]",
    "ports: [\"80-82:80\"]", "ports: [\"127.0.0.1::80\"]", "ports: [\"${P:-1}:80\"]",
    "ports: [{ target: 80, published: \"80-82\", host_ip: 127.0.0.1 }]", "environment: { A: null, B: 1.5, C: true }",
    "environment: [A, B=1]", "dns: 1.1.1.1", "extra_hosts: [\"a:1.1.1.1\", \"b=host-gateway\"]",
    "extra_hosts: { a: [1.1.1.1] }", "sysctls: [a=1]", "labels: { a: 1 }", "logging: { options: { a: 1 } }",
    "deploy: null", "deploy: { resources: { limits: { cpus: \"0.5\", memory: 1g, pids: 5 } } }",
    "volumes: [\"v:/x:ro\", \"/a:/b\", /c]", "volumes: [{ type: tmpfs, target: /x, tmpfs: { size: 64m } }]",
    "volumes: [{ type: bind, source: /a, target: /x, bind: { create_host_path: false } }]",
    "depends_on: [redis]", "depends_on: { redis: { condition: service_healthy, required: true } }", "command: null",
    "command: a b", "networks: { n: null }", "networks: { n: { aliases: [x] } }", "build: .",
    "build: { context: ., args: [a] }", "group_add: [a, 5]", "init: \"yes\"", "expose: [80, \"81\"]",
    "network_mode: service:redis", "volumes_from: [redis, \"container:x\"]", "x-mine: { a: [] }",
    "env_file: [{ path: nowhere.env, required: false }]", "user: ${U:-1000}", "use_api_socket: false",
    "secrets: [s]", "gpus: all", "tmpfs: [/x]",
];

fn service(name: &str, lines: &str) -> String {
    let image = if lines.starts_with("build") { "" } else { "    image: x\n" };
    format!("  {name}:\n{image}    {}\n", lines.replace('\n', "\n    "))
}

fn with_others(services: &str) -> String {
    format!(
        "name: m\nservices:\n{services}  redis: {{ image: r }}\nnetworks: {{ n: {{}} }}\nvolumes: {{ v: {{}} }}\nsecrets: {{ s: {{ file: /s }} }}\n"
    )
}

/// What the proofs say that speak for docker compose.
fn proved(text: &str) -> Vec<(&'static str, String)> {
    let file = File { bytes: text.as_bytes().to_vec(), mode: Mode::Plain, artifact: "test" };
    let path = OutPath::new("compose.yaml").expect("a path");
    let faults = check(&Tree { files: BTreeMap::from([(path, file)]) }, &Context::default());
    let told = faults.into_iter().filter(|it| PROOFS.contains(&it.proof));
    told.map(|it| (it.proof, it.message)).collect()
}

/// What docker compose says to a file that it refuses.
fn refusal(program: &Path, text: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("compose.yaml");
    std::fs::write(&file, text).expect("a temporary file");
    std::fs::write(folder.path().join("there.env"), "A=1\n").expect("a temporary file");
    let output = run(scrubbed(program).arg("-f").arg(&file).args(["config", "-q"]));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (!output.status.success()).then_some(said)
}

fn refused() -> Vec<(&'static str, String)> {
    let lines = REFUSED
        .iter()
        .flat_map(|(proof, lines)| lines.iter().map(|it| (*proof, with_others(&service("b", it)))));
    let whole = REFUSED_FILES
        .iter()
        .flat_map(|(proof, files)| files.iter().map(|it| (*proof, format!("{it}\n"))));
    lines.chain(whole).collect()
}

#[test]
fn the_proofs_name_what_docker_compose_refuses() {
    let wrong: Vec<_> = refused()
        .into_iter()
        .map(|(proof, text)| (proof, proved(&text), text))
        .filter(|(proof, found, _)| !found.iter().any(|(name, _)| name == proof))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn docker_compose_refuses_what_the_proofs_name() {
    let Some(program) = tool("docker-compose") else { return };
    let taken =
        |(_, text): &(&str, String)| refusal(&program, text).is_none().then(|| text.clone());
    let all = refused();
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let parts: Vec<_> = all
            .chunks(all.len().div_ceil(3))
            .map(|part| scope.spawn(move || part.iter().filter_map(taken).collect::<Vec<_>>()))
            .collect();
        parts.into_iter().flat_map(|it| it.join().expect("no panic")).collect()
    });
    assert!(wrong.is_empty(), "docker compose takes {wrong:#?}");
}

#[test]
fn what_docker_compose_takes_the_proofs_take() {
    let services: String =
        TAKEN.iter().enumerate().map(|(at, it)| service(&format!("s{at}"), it)).collect();
    let text = with_others(&services);
    assert_eq!(proved(&text), []);
    let Some(program) = tool("docker-compose") else { return };
    assert_eq!(refusal(&program, &text), None);
}
