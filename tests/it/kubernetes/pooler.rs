//! PgBouncer in front of PostgreSQL: what goes through it, what goes around it, and where it cannot be.

use super::judges::{conform, said};
use super::{built, folders, read};
use crate::consumers::tool;
use crate::support;
use serde_json::{Value, json};
use std::fs;
use trigger_gen::proof::{Context, check};
use trigger_gen::release::chart::READS_SECRETS;
use trigger_gen::release::chart_contract::wrong_values;
use trigger_gen::release::{RELEASES, Release, Version};
use trigger_gen::tree::Tree;

/// The first release that can be told of a way around.
const FIRST: Version = Version(4, 5, 4);

/// A site with a pooler, and Electric where it is asked for.
fn site(release: &Release, has_electric: bool) -> Value {
    let mut storage = json!({
        "object_store": { "bundled": { "public_host": "s3.example.com" } },
        "registry": { "external": { "host": "registry.example.com", "namespace": "jobs" } },
    });
    if has_electric {
        let image = "mirror.example.com/electric:1.2.4";
        storage["realtime"] = json!({ "electric": { "image": image } });
    }
    if !release.s2 {
        storage["streams"] = json!("v1");
    }
    let allow = [
        "known-advisory",
        "exposed-query",
        "below-security-floor",
        "chart-below-floor",
        "dsn-in-logs",
        "seccomp-locked-runtime",
        "needless-electric",
        "clickhouse-too-new",
    ];
    let allow: Vec<Value> =
        allow.iter().map(|it| json!({ "lint": it, "because": "a test" })).collect();
    json!({
        "version": 1, "name": "pooled", "release": release.version.to_string(), "domain": "jobs.example.com",
        "access": { "admins": ["ops@example.com"], "email": { "smtp": { "from": "jobs@example.com", "host": "smtp.example.com" } } },
        "storage": storage,
        "kubernetes": {
            "gitops": { "path": "apps/jobs" },
            "secrets": { "external_secrets": { "store": "vault" } },
            "ingress": { "traefik": { "tls": "default" } },
            "postgres": { "max_connections": 200, "pooler": { "instances": 2 } },
            "resources": { "pooler": { "memory": "256MiB" } },
            "monitoring": true,
        },
        "allow": allow,
    })
}

fn data(tree: &Tree, path: &str) -> Value {
    read(tree.get(&format!("kubernetes/{path}")).unwrap_or_else(|| panic!("no {path}")).text())
}

/// Releases with a chart that a cluster can be given, from the first with a way around, or before it.
fn releases(can: bool) -> Vec<&'static Release> {
    let usable = |it: &&Release| it.chart.is_some_and(|it| it >= READS_SECRETS);
    let found: Vec<_> =
        RELEASES.iter().copied().filter(usable).filter(|it| (it.version >= FIRST) == can).collect();
    assert!(found.len() > 2, "{found:?}");
    found
}

#[test]
fn every_chart_is_told_of_both_ways() {
    for release in releases(true) {
        for has_electric in [false, true] {
            let tree = support::tree_of(&site(release, has_electric).to_string());
            let values = data(&tree, "values.yaml");
            let at = format!("{}, Electric: {has_electric}", release.version);
            let chart = release.chart.expect("a chart");
            assert_eq!(wrong_values(chart, &values), [], "{at}");
            assert_eq!(values["electric"]["deploy"], false, "{at}");
            let url = values["electric"]["external"]["url"].as_str().expect("a URL");
            assert_eq!(
                url.starts_with("http://pooled-electric.pooled.svc"),
                has_electric,
                "{at}: {url}"
            );
            let external = &values["postgres"]["external"];
            assert_eq!(external["connectivityCheck"]["host"], "pooled-postgresql-rw:5432");
            for name in ["RUN_REPLICATION_LEGACY_DATABASE_URL", "SESSION_REPLICATION_DATABASE_URL"]
            {
                let list = values["webapp"]["extraEnvVars"].as_array().expect("a list");
                let of = list.iter().find(|it| it["name"] == name).expect(name);
                let from = &of["valueFrom"]["secretKeyRef"];
                assert_eq!(
                    (&from["name"], &from["key"]),
                    (&external["existingSecret"], &external["secretKeys"]["directUrlKey"])
                );
            }
            let urls = data(&tree, "flux/app/postgres-urls.yaml");
            let urls = &urls["spec"]["target"]["template"]["data"];
            let url = |key: &str| urls[key].as_str().expect("a URL").to_owned();
            assert!(url("postgres-database-url").ends_with(
                "@pooled-postgresql-pooler:5432/trigger?schema=public&sslmode=disable&pgbouncer=true"
            ));
            assert!(
                url("postgres-direct-url")
                    .ends_with("@pooled-postgresql-rw:5432/trigger?schema=public&sslmode=disable")
            );
            let faults = check(&tree, &Context::default());
            assert!(faults.is_empty(), "{at}: {faults:#?}");
        }
    }
}

#[test]
fn a_release_with_one_address_is_refused() {
    for release in releases(false) {
        let (site, sink) = support::analyse(&site(release, true).to_string());
        assert!(site.is_none(), "{}", release.version);
        let found =
            sink.diagnostics.iter().find(|it| it.name == "release-lacks").expect("a refusal");
        assert!(
            format!("{:?}", found.at).contains("pooler") && found.message.contains("cannot pass"),
            "{found:?}"
        );
        assert!(found.help.iter().any(|it| it.contains("release: 4.5.4")), "{found:?}");
    }
}

/// The pods that pass by the policies: the webapp to both, the pooler and Electric to PostgreSQL.
#[test]
fn who_reaches_what() {
    let release = RELEASES.iter().find(|it| it.version == Version(4, 5, 12)).expect("a release");
    let tree = support::tree_of(&site(release, true).to_string());
    let pooler = data(&tree, "flux/postgresql/pooler.yaml");
    assert_eq!(pooler["spec"]["cluster"]["name"], "pooled-postgresql");
    assert_eq!((&pooler["spec"]["instances"], &pooler["spec"]["type"]), (&json!(2), &json!("rw")));
    let bouncer = &pooler["spec"]["pgbouncer"];
    assert_eq!(bouncer["poolMode"], "transaction");
    assert_eq!(bouncer["parameters"]["default_pool_size"], "50");
    let container = &pooler["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        (&container["name"], &container["resources"]["limits"]["memory"]),
        (&json!("pgbouncer"), &json!("256Mi"))
    );
    let allowed = |path: &str, port: u16| -> Vec<String> {
        let policy = data(&tree, path);
        let rules = policy["spec"]["ingress"].as_array().expect("rules").clone();
        let at_port = |it: &&Value| {
            it["ports"].as_array().is_some_and(|it| it.iter().any(|it| it["port"] == port))
        };
        rules
            .iter()
            .filter(at_port)
            .map(|it| it["from"][0]["podSelector"]["matchLabels"].to_string())
            .collect()
    };
    let webapp = "\"app.kubernetes.io/component\":\"webapp\"";
    let of_pooler = allowed("flux/postgresql/pooler-network-policy.yaml", 5432);
    assert!(matches!(&of_pooler[..], [one] if one.contains(webapp)), "{of_pooler:?}");
    let of_server = allowed("flux/postgresql/network-policy.yaml", 5432);
    for wanted in [
        webapp,
        "{\"cnpg.io/poolerName\":\"pooled-postgresql-pooler\"}",
        "{\"app.kubernetes.io/instance\":\"pooled-electric\"}",
    ] {
        assert!(of_server.iter().any(|it| it.contains(wanted)), "{wanted}: {of_server:?}");
    }
    let of_electric = allowed("flux/app/electric-network-policy.yaml", 3000);
    assert!(matches!(&of_electric[..], [one] if one.contains(webapp)), "{of_electric:?}");
    let electric = data(&tree, "flux/app/electric-helm-release.yaml");
    let variables =
        &electric["spec"]["values"]["controllers"]["electric"]["containers"]["app"]["env"];
    assert_eq!(
        variables["DATABASE_URL"]["valueFrom"]["secretKeyRef"]["key"],
        "postgres-direct-url"
    );
    let runbook = tree.get("kubernetes/RUNBOOK.md").expect("a runbook").text();
    assert!(runbook.contains("through the pooler `pooled-postgresql-pooler`"));
    assert!(runbook.contains("go to `pooled-postgresql-rw` itself"));
}

/// Without the key nothing of it is there.
#[test]
fn nobody_has_one_who_did_not_ask() {
    for tree in super::trees() {
        for folder in folders(&tree.join("flux")) {
            for entry in fs::read_dir(folder).expect("a folder") {
                let name = entry.expect("an entry").file_name();
                assert!(!name.to_string_lossy().contains("pooler"), "{}", tree.display());
            }
        }
    }
}

#[test]
fn every_object_is_of_its_kind() {
    let [Some(kustomize), Some(kubeconform)] = ["kustomize", "kubeconform"].map(tool) else {
        return;
    };
    let release = RELEASES.iter().find(|it| it.version == Version(4, 5, 12)).expect("a release");
    let place = tempfile::tempdir().expect("a folder");
    super::hostile::write(&support::tree_of(&site(release, true).to_string()), place.path());
    let flux = place.path().join("kubernetes/flux");
    for layer in ["postgresql", "app"] {
        let texts = built(&kustomize, &flux.join(layer));
        let custom = texts.iter().filter(|it| super::judges::is_custom(it));
        let custom: Vec<&str> = custom.map(String::as_str).collect();
        let file = place.path().join("custom.yaml");
        fs::write(&file, custom.join("---\n")).expect("written");
        let output = conform(&kubeconform, &file);
        assert!(output.status.success(), "{}", said(&output));
        if layer == "postgresql" {
            let text = custom.join("---\n");
            for (from, to) in [
                ("poolMode: transaction", "poolMode: statement"),
                ("default_pool_size: \"50\"", "default_pool_size: 50"),
            ] {
                assert!(text.contains(from), "{text}");
                fs::write(&file, text.replace(from, to)).expect("written");
                assert!(!conform(&kubeconform, &file).status.success(), "{to}");
            }
        }
    }
}

#[test]
fn what_a_pooler_cannot_be_is_refused() {
    let release = RELEASES.iter().find(|it| it.version == Version(4, 5, 12)).expect("a release");
    let refused = |change: fn(&mut Value)| {
        let mut site = site(release, false);
        change(&mut site);
        let (site, sink) = support::analyse(&site.to_string());
        assert!(site.is_none());
        sink.diagnostics.iter().map(|it| it.name).collect::<Vec<_>>()
    };
    let none = refused(|it| it["kubernetes"]["postgres"]["pooler"] = json!({ "instances": 0 }));
    assert!(none.contains(&"bad-value"), "{none:?}");
    let twice = refused(|it| {
        it["env"] = json!({ "webapp": { "RUN_REPLICATION_LEGACY_DATABASE_URL": "postgresql://a" } })
    });
    assert!(twice.contains(&"duplicate-env-name"), "{twice:?}");
    let unused = refused(|it| {
        it["kubernetes"]["postgres"].as_object_mut().expect("a section").remove("pooler");
    });
    assert!(unused.contains(&"key-without-effect"), "{unused:?}");
}
