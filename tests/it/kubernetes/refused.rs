//! What a site with `kubernetes` must not say.

use crate::support;
use trigger_gen::diag::Diagnostic;

/// The example with a text in the place of another.
fn changed(example: &str, from: &str, to: &str) -> Vec<&'static str> {
    let text = support::example_text(example);
    assert!(text.contains(from), "{example} has no {from:?}");
    let (site, sink) = support::analyse(&text.replacen(from, to, 1));
    let said: Vec<_> = sink.diagnostics.iter().map(|it| it.name).collect();
    assert!(site.is_none(), "{to:?} compiles: {said:?}");
    said
}

#[test]
fn what_cannot_be_in_a_cluster_is_refused() {
    for (example, from, to, name) in [
        ("home-k3s", "release: 4.5.12", "release: 4.8.5", "release-lacks"),
        ("home-k3s", "release: 4.5.12", "release: 4.4.4", "release-lacks"),
        (
            "home-k3s",
            "  registry:\n    external:\n      host: registry.${SECRET_DOMAIN}\n      namespace: home/trigger\n      username: trigger-deploy\n      password: { secret: REGISTRY_PASSWORD }\n",
            "  streams: v1\n",
            "not-in-a-cluster",
        ),
        ("home-k3s", "host: registry.${SECRET_DOMAIN}", "host: localhost:5001", "not-in-a-cluster"),
        (
            "home-k3s",
            "kubernetes:\n",
            "network: { access: { tailscale: { ipv4: 100.101.102.103 } } }\nkubernetes:\n",
            "not-in-a-cluster",
        ),
        (
            "home-k3s",
            "kubernetes:\n",
            "network: { expose: { otel: true } }\nkubernetes:\n",
            "key-without-effect",
        ),
        ("home-k3s", "kubernetes:\n", "docker: {}\nkubernetes:\n", "variable-without-flux"),
        (
            "home-k3s",
            "  namespace: default\n",
            "  namespace: default\n  pod_security: baseline\n",
            "key-without-effect",
        ),
        (
            "home-k3s",
            "kubernetes:\n",
            "env: { webapp: { DATABASE_HOST: a } }\nkubernetes:\n",
            "duplicate-env-name",
        ),
        ("home-k3s", "domain: trigger.${SECRET_DOMAIN}", "domain: trigger.${secret}", "bad-value"),
        (
            "home-k3s",
            "domain: trigger.${SECRET_DOMAIN}",
            "domain: ${SECRET_DOMAIN:-example.com}",
            "bad-value",
        ),
        (
            "home-k3s",
            "name: home-k3s",
            "name: a-very-long-name-of-a-site-with-trigger",
            "bad-value",
        ),
        (
            "home-k3s",
            "release: 4.5.12",
            "release: 4.5.12\ntimezone: Europe/Berlin",
            "key-without-effect",
        ),
        ("full", "s3://example-backups/jobs-stores", "example-backups", "bad-value"),
        ("full", "    keep: 14d\n    client", "    keep: 36h\n    client", "bad-value"),
        (
            "sops-cluster",
            "name: sops-cluster",
            "name: sops-cluster-with-trigger-in-its-name",
            "bad-value",
        ),
        ("full", "access: many_nodes", "access: one_node", "rwo-shared-volume"),
        ("full", "      memory: 3GiB", "      memory: 1GiB", "bad-value"),
        ("full", "clickhouse: official", "clickhouse: keeper", "bad-value"),
        (
            "full",
            "    webapp:\n      nodeSelector",
            "    minio: { deploy: false }\n    webapp:\n      nodeSelector",
            "patch-breaks-proof",
        ),
    ] {
        let said = changed(example, from, to);
        assert!(said.contains(&name), "{to:?}: {said:?}");
    }
}

#[test]
fn a_site_for_nothing_is_refused() {
    let text = support::SITE.replace("docker: {}\n", "");
    let (site, sink) = support::analyse(&text);
    assert!(site.is_none());
    let said: Vec<_> = sink.diagnostics.iter().map(|it| it.message.clone()).collect();
    assert!(said.iter().any(|it| it.contains("neither `docker` nor `kubernetes`")), "{said:?}");
}

/// A release without a usable chart is not answered by one that the next message refuses.
#[test]
fn the_release_that_is_offered_is_safe_to_run() {
    let text = support::example_text("home-k3s").replace("release: 4.5.12", "release: 4.4.4");
    let (_, sink) = support::analyse(&text);
    let of_chart = |it: &&Diagnostic| it.name == "release-lacks" && it.message.contains("chart");
    let found = sink.diagnostics.iter().find(of_chart).expect("a refusal");
    assert_eq!(found.instead.as_deref(), Some("4.5.6"));
}
