//! What follows from which key: every key has an effect, both directions agree, and what is measured is what happens.

use crate::support;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use trigger_gen::diag::Sink;
use trigger_gen::secrets::WITHHELD;
use trigger_gen::source::Source;
use trigger_gen::spec::Document;
use trigger_gen::trace::{At, Effect, Trace};
use trigger_gen::tree::OutPath;

/// Keys from which no line follows, and why.
const WITHOUT_LINES: &[(&str, &str)] = &[
    ("version", "there is one version of the site file"),
    ("storage.clickhouse.external.version", "lints compare it with what the release needs"),
];

/// Sites that have the keys that no example has.
const BASES: &[(&str, &str)] = &[
    (
        "everything bundled, and said so",
        "
storage:
  postgres: { bundled: {} }
  redis: { bundled: {} }
  streams: { bundled: {} }
  realtime: { electric: { image: images.example.com/electric:1.2.4 } }
docker:
  publish: { webapp: 8031, object_store: 9001, registry: 5001 }
  images: { redis: images.example.com/redis:7.4.11 }
  limits: { redis: 600MiB }
  proxy: { nginx: { tls: { letsencrypt: { challenge: http01, email: certificates@example.com } } } }
  backup:
    scheduler: systemd
    schedule: \"0 2 * * *\"
    dir: /srv/sets
    keep: { sets: 9, before_update: 2 }
    parts: { clickhouse: schema, object_store: false, registry: false, s2: true, exclude_task_events: true }
    encryption: { recipients: [age19q087k9f05cwufzf2s57guq80h6rcgx08gn0a366dr58csxxtpmqw6skvk] }
    offsite:
      restic:
        repository: \"s3:https://s3.example.com/sets\"
        password: { secret: RESTIC }
        s3: { access_key_id: AKIA1, secret_access_key: { secret: RESTIC_S3 } }
        append_only: true
    notify: { heartbeat_url: { secret: HEARTBEAT }, failure_hook: /usr/local/bin/alarm }
network:
  access: public
  expose: { engine: true, otel: true, webhooks: true }
patches:
  docker/webapp/docker-compose.yml: { services: { webapp: { stop_grace_period: 20s } } }
secrets: { store: kept/mine.secrets.yaml }
",
    ),
    (
        "everything outside, and spelled out",
        "
storage:
  postgres: { external: { host: db.example.com, port: 5433, password: { secret: DB }, tls: disable } }
  redis: { external: { host: cache.example.com, port: 6380, tls: false } }
  clickhouse:
    external: { host: ch.example.com, port: 8124, password: { secret: CH }, tls: false, version: \"26.2\" }
  streams: v1
docker:
  root: /srv/trigger
  backup: { offsite: { rclone: { remote: \"offsite:sets\" } } }
limits:
  run_ttl: 14d
",
    ),
    (
        "on a tailnet, with certificates of one's own",
        "
network:
  access: { tailscale: { ipv4: 100.101.102.104 } }
  expose: { registry: false, object_store: true }
storage:
  object_store: { bundled: { public_host: s3.example.com } }
docker:
  proxy:
    nginx: { tls: { files: { certificate: /etc/ssl/own.pem, key: /etc/ssl/own.key } } }
",
    ),
    (
        "on a tailnet, with its own certificate",
        "
network:
  access: { tailscale: { ipv4: 100.101.102.104, api_domain: api.example.com } }
  expose: { registry: true }
storage:
  registry: { bundled: { host: images.example.com } }
docker:
  proxy: { nginx: { tls: { tailscale: { email: certificates@example.com } } } }
",
    ),
    (
        "with the query interface open",
        "
network: { expose: { query: true } }
allow: [{ lint: exposed-query, because: the base }]
docker: { proxy: { nginx: { tls: { letsencrypt: { challenge: http01 } } } } }
",
    ),
    (
        "in a cluster, behind a gateway",
        "
storage: { registry: { external: { host: images.example.com, namespace: jobs } } }
kubernetes:
  gitops: { path: apps/jobs }
  runs: { namespace: base-runs }
  secrets: { external_secrets: { store: vault, entry: jobs, scope: namespace, refresh: 30m } }
  ingress: { gateway: { name: public, namespace: gateways, listener: https } }
  postgres:
    pooler: { instances: 2 }
    backup:
      destination: s3://example-backups/jobs
      endpoint: https://s3.example.net
      access_key_id: AKIA2
      secret_access_key: { secret: BACKUPS }
      schedule: \"15 1 * * *\"
      keep: 14d
  redis: { image: { reference: mirror.example.com/redis:7.4.11 } }
  replicas: 2
  resources: { pooler: { memory: 256MiB, cpu: 50m } }
  volumes: { shared: { access: many_nodes, class: shared } }
allow: [{ lint: exposed-query, because: the base }]
",
    ),
    (
        "behind a proxy of one's own",
        "
docker: { proxy: none }
",
    ),
];

fn base(sections: &str) -> String {
    // The tailnet certifies its own names alone.
    let of_tailnet = sections.contains("tls: { tailscale");
    let domain = if of_tailnet { "box.tail1234.ts.net" } else { "trigger.example.com" };
    format!(
        "version: 1\nname: base\nrelease: 4.5.12\ndomain: {domain}\n\
         access:\n  admins: [ops@example.com]\n  telemetry: true\n\
         {sections}"
    )
}

fn trace(text: &str) -> Trace {
    let mut sink = Sink::default();
    let document = Document::read(&Source::new("site.yaml", text), &mut sink).expect("YAML");
    match Trace::of(&document, |_| true) {
        Some(trace) => trace,
        None => {
            let _ = support::site(text);
            panic!("a site that compiles has a trace");
        }
    }
}

/// The examples that are measured. What `full` writes, others write too: every part of it is measured there, where
/// a build takes a tenth of the time.
fn measured() -> impl Iterator<Item = String> {
    support::example_names().into_iter().filter(|it| it != "full")
}

/// The traces of these examples and of every base, measured once, side by side.
pub(crate) fn traces() -> &'static BTreeMap<String, Trace> {
    static TRACES: OnceLock<BTreeMap<String, Trace>> = OnceLock::new();
    TRACES.get_or_init(|| {
        let examples = measured().map(|it| (it.clone(), support::example_text(&it)));
        let bases = BASES.iter().map(|(name, text)| ((*name).to_owned(), base(text)));
        std::thread::scope(|scope| {
            let started: Vec<_> = examples
                .chain(bases)
                .map(|(name, text)| (name, scope.spawn(move || trace(&text))))
                .collect();
            started.into_iter().map(|(name, it)| (name, it.join().expect("a trace"))).collect()
        })
    })
}

fn is_excused(effect: &Effect) -> bool {
    WITHOUT_LINES.iter().any(|(name, _)| *name == effect.name())
}

/// Where every other value of a key needs other keys too, nothing is said of it there; some site says it of each.
#[test]
fn lines_follow_from_every_key_that_an_example_writes() {
    let mut without = Vec::new();
    for (site, trace) in traces() {
        let written = trace.effects().iter().filter(|it| it.written && !is_excused(it));
        without.extend(
            written
                .filter(|it| it.lines.is_empty() && it.more.is_empty() && !it.refused)
                .map(|it| format!("{site}: {}", it.route)),
        );
    }
    assert_eq!(without, [""; 0], "keys without effect");
}

#[test]
fn an_excuse_is_needed() {
    for (name, why) in WITHOUT_LINES {
        let effects: Vec<&Effect> = traces()
            .values()
            .flat_map(|it| it.effects())
            .filter(|it| it.name() == *name && it.written)
            .collect();
        assert!(!effects.is_empty(), "no site has `{name}`");
        let none = effects.iter().any(|it| it.lines.is_empty() && it.more.is_empty());
        assert!(none, "`{name}` has an effect on every site, so not: {why}");
    }
}

#[test]
fn every_key_of_the_schema_has_an_effect_somewhere() {
    let mut seen: BTreeSet<String> =
        WITHOUT_LINES.iter().map(|(name, _)| (*name).to_owned()).collect();
    for effect in traces().values().flat_map(|it| it.effects()) {
        if !effect.lines.is_empty() || !effect.more.is_empty() {
            seen.insert(effect.name());
        }
    }
    let keys = keys();
    assert!(keys.len() > 150, "the keys of the schema were not found");
    let without: Vec<&String> = keys.iter().filter(|it| !seen.contains(*it)).collect();
    assert_eq!(without, [""; 0], "keys without effect");
}

/// Every key of the schema, by its route; what is inside the name of a secret is no key.
fn keys() -> BTreeSet<String> {
    fn walk(schema: &Value, node: &Value, route: &str, found: &mut BTreeSet<String>) {
        let reference = ["/$ref", "/allOf/0/$ref", "/items/$ref"];
        let reference = reference.iter().find_map(|it| node.pointer(it)?.as_str());
        if let Some(name) = reference.filter(|it| !it.ends_with("/SecretRef")) {
            let target = schema.pointer(name.trim_start_matches('#')).expect("a definition");
            walk(schema, target, route, found);
        }
        for side in node["oneOf"].as_array().into_iter().flatten() {
            walk(schema, side, route, found);
        }
        for (name, inner) in node["properties"].as_object().into_iter().flatten() {
            let route = if route.is_empty() { name.clone() } else { format!("{route}.{name}") };
            walk(schema, inner, &route, found);
            found.insert(route);
        }
    }
    let (schema, mut found) = (trigger_gen::spec::json_schema(), BTreeSet::new());
    walk(&schema, &schema, "", &mut found);
    found
}

#[test]
fn both_directions_agree() {
    for (site, trace) in traces() {
        let mut followers = BTreeMap::<&At, Vec<&Effect>>::new();
        for effect in trace.effects() {
            for at in &effect.lines {
                followers.entry(at).or_default().push(effect);
            }
        }
        assert!(followers.len() > 50, "{site}: {} lines follow from a key", followers.len());
        for (at, effects) in followers {
            let keys: Vec<&Effect> = trace.keys(at);
            let named = |it: &&Effect| keys.iter().any(|key| key.route.0.starts_with(&it.route.0));
            assert!(effects.iter().all(named), "{site}: {at:?}");
            for key in &keys {
                assert!(key.lines.contains(at), "{site}: {} {at:?}", key.route);
                let above = keys.iter().filter(|it| it.route.0.starts_with(&key.route.0));
                assert_eq!(above.count(), 1, "{site}: {} stands above another key", key.route);
            }
        }
        let first = |path: &OutPath| At { path: path.to_string(), line: 1 };
        let without = trace.files().map(|(path, _)| first(path));
        for at in without.filter(|at| trace.effects().iter().all(|it| !it.lines.contains(at))) {
            assert!(trace.keys(&at).is_empty(), "{site}: {at:?}");
        }
    }
}

/// Whether a file says more than how others are.
fn is_traced(path: &OutPath) -> bool {
    path.as_str() != "manifest.json" && !path.as_str().ends_with("/checks.json")
}

/// What a person would do: change one value in the text, build, and look which lines are otherwise.
#[test]
fn a_change_by_hand_gives_the_same_lines() {
    // Whether nothing more follows: with a key taken out, a line can go that no other value changes.
    let cases = [
        ("minimal-vps", "domain", "domain: trigger.example.com", "domain: jobs.example.net", true),
        ("minimal-vps", "access.admins", "ops@example.com", "other@example.com", false),
        ("classic-vps", "docker.root", "root: /opt/trigger-dev", "root: /srv/elsewhere", true),
        ("classic-vps", "timezone", "Europe/Amsterdam", "Asia/Tokyo", true),
        (
            "classic-vps",
            "storage.registry.external.host",
            "host: ghcr.io",
            "host: quay.example",
            true,
        ),
        ("external-everything", "limits.api_rate.burst", "burst: 1500", "burst: 1501", false),
        (
            "external-everything",
            "env.webapp.DATABASE_CONNECTION_LIMIT",
            "LIMIT: 20",
            "LIMIT: 21",
            false,
        ),
        (
            "split-workers",
            "docker.topology.workers[1].memory",
            "worker-2\n        memory: 16GiB",
            "worker-2\n        memory: 64GiB",
            false,
        ),
    ];
    for (example, key, from, to, exact) in cases {
        let text = support::example_text(example);
        assert_eq!(text.matches(from).count(), 1, "{example}: {from}");
        let (tree, other) = (support::tree_of(&text), support::tree_of(&text.replace(from, to)));
        let mut changed = BTreeSet::new();
        for (path, file) in tree.files.iter().filter(|(path, _)| is_traced(path)) {
            let theirs = other.files[path].text();
            assert_eq!(file.text().lines().count(), theirs.lines().count(), "{path}");
            let lines = file.text().lines().zip(theirs.lines()).enumerate();
            let otherwise = lines.filter(|(_, (ours, theirs))| ours != theirs);
            changed.extend(otherwise.map(|(nth, _)| At { path: path.to_string(), line: nth + 1 }));
        }
        assert!(!changed.is_empty(), "{example}: {key}");
        let effects = traces()[example].effects();
        let effect = effects.iter().find(|it| it.route.to_string() == key).expect(key);
        let missed: Vec<&At> = changed.difference(&effect.lines).collect();
        assert!(missed.is_empty(), "{example}: {key} also changes {missed:?}");
        assert!(!exact || effect.lines == changed, "{example}: {key}: {:?}", effect.lines);
    }
}

/// Another value for a key, chosen by hand: not what the tracer itself tries.
const BY_HAND: &[(&str, &str)] = &[
    ("name", "elsewhere"),
    ("domain", "apps.example.dev"),
    ("timezone", "America/Lima"),
    ("release", "4.5.11"),
    ("access.admins", "[first@example.dev, second@example.dev]"),
    ("access.email.smtp.port", "465"),
    ("access.email.smtp.host", "relay.example.dev"),
    ("access.email.ses.region", "us-east-2"),
    ("limits.concurrency.environment", "5"),
    ("limits.api_rate.burst", "4321"),
    ("limits.payloads.task", "5MiB"),
    ("limits.run_ttl", "21d"),
    ("storage.postgres.external.port", "5433"),
    ("storage.redis.external.port", "6390"),
    ("storage.object_store.external.endpoint", "https://minio.example.dev:9443"),
    ("storage.object_store.bundled.public_host", "files.example.dev"),
    ("storage.registry.bundled.host", "cr.example.dev"),
    ("storage.registry.external.namespace", "team-b"),
    ("docker.project", "other"),
    ("docker.root", "/data/trigger"),
    ("docker.host.memory", "24GiB"),
    ("docker.publish.webapp", "8443"),
    ("docker.publish.postgres", "25432"),
    ("docker.limits.webapp", "3GiB"),
    ("docker.limits.postgres", "1200MiB"),
    ("docker.limits.clickhouse", "3GiB"),
    ("docker.limits.supervisor", "333MiB"),
];

/// The text with a value at a key, if the key can be within reach there.
fn by_hand(site: &str, key: &str, value: &str) -> Option<String> {
    let mut root: Value = serde_yaml::from_str(site).expect("YAML");
    let mut place = &mut root;
    for step in key.split('.') {
        if place.is_null() {
            *place = Value::Object(serde_json::Map::new());
        }
        place = place.as_object_mut()?.entry(step).or_insert(Value::Null);
    }
    *place = serde_yaml::from_str(value).expect("YAML");
    Some(serde_yaml::to_string(&root).expect("YAML"))
}

#[test]
fn what_a_value_by_hand_changes_is_among_the_lines() {
    let mut tried = BTreeSet::new();
    for example in measured() {
        let text = support::example_text(&example);
        let tree = support::tree_of(&text);
        for (key, value) in BY_HAND {
            let effects = traces()[&example].effects();
            let Some(effect) = effects.iter().find(|it| it.route.to_string() == *key) else {
                continue;
            };
            let changed = by_hand(&text, key, value).filter(|it| support::analyse(it).0.is_some());
            let Some(changed) = changed else { continue };
            let other = support::tree_of(&changed);
            for (path, file) in tree.files.iter().filter(|(path, _)| is_traced(path)) {
                let Some(theirs) = other.files.get(path) else {
                    let mut lines =
                        file.text().lines().zip(1..).filter(|it| !it.0.trim().is_empty());
                    let all = lines.all(|(_, line)| {
                        effect.lines.contains(&At { path: path.to_string(), line })
                    });
                    assert!(
                        all || effect.paths.contains(path.as_str()),
                        "{example}: {key}: {path}"
                    );
                    continue;
                };
                let (ours, theirs) = (file.text(), theirs.text());
                if ours.lines().count() != theirs.lines().count() {
                    continue;
                }
                for (nth, (ours, theirs)) in ours.lines().zip(theirs.lines()).enumerate() {
                    let at = At { path: path.to_string(), line: nth + 1 };
                    assert!(
                        ours == theirs || effect.lines.contains(&at),
                        "{example}: {key}: {value} also changes {at:?}: {ours}"
                    );
                }
            }
            tried.insert(*key);
        }
    }
    let untried: Vec<&str> =
        BY_HAND.iter().map(|(key, _)| *key).filter(|it| !tried.contains(it)).collect();
    assert_eq!(untried, [""; 0], "no example takes these");
}

#[test]
fn what_refuses_every_value_is_not_said_to_have_no_lines() {
    for (example, trace) in traces() {
        for effect in trace.effects().iter().filter(|it| it.name().starts_with("docker.limits.")) {
            assert!(!effect.is_none() || effect.is_unknown(), "{example}: {}", effect.route);
        }
    }
    let minimal = traces()["minimal-vps"].unknown().map(|it| it.route.to_string());
    let minimal: Vec<String> = minimal.collect();
    for key in ["storage.realtime", "docker.topology.workers", "docker.limits.webapp"] {
        assert!(!minimal.contains(&key.to_owned()), "{minimal:?}");
    }
}

#[test]
fn a_line_of_one_service_is_not_that_of_another() {
    let trace = &traces()["classic-vps"];
    let compose = "docker/webapp/docker-compose.yml";
    let text = trace.tree().get(compose).expect("there").text();
    let service = |name: &str| {
        let start = text.lines().position(|it| it == format!("  {name}:")).expect("a service");
        let body = text.lines().skip(start + 1).position(|it| !it.starts_with("    "));
        start + 1..=start + 1 + body.expect("an end")
    };
    let redis = trace.effects().iter().find(|it| it.name() == "storage.redis").expect("there");
    for line in service("redis") {
        assert!(redis.lines.contains(&At { path: compose.into(), line }), "{line}");
    }
    for line in service("postgres").chain(service("clickhouse")) {
        assert!(!redis.lines.contains(&At { path: compose.into(), line }), "{line}");
    }
}

#[test]
fn no_secret_and_no_placeholder_is_shown() {
    for name in support::docker_names().into_iter().filter(|it| it != "full") {
        let (trace, secrets) = (&traces()[&name], support::example(&name).1);
        let mut hidden = 0;
        for (path, file) in trace.files() {
            for (nth, line) in file.text().lines().enumerate() {
                let at = At { path: path.to_string(), line: nth + 1 };
                let shown = trace.text(&at).expect("a line");
                assert!(!shown.contains(WITHHELD), "{name}: {shown}");
                assert!(
                    secrets.values().all(|it| !shown.contains(it)),
                    "{name}: {path}:{}",
                    at.line
                );
                hidden += usize::from(line.contains(WITHHELD));
            }
        }
        assert!(hidden > 5, "{name}: {hidden} lines hold a secret");
    }
}
