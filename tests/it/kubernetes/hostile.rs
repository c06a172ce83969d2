//! Free texts of an author on their way through YAML, kustomize, Flux and the kubelet.

use super::substitution::after_flux;
use super::{built, read};
use crate::consumers::tool;
use crate::injection::classes::{CLASSES, Expected};
use crate::support;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use trigger_gen::tree::Tree;

/// A site in which a text stands wherever it can.
pub(super) fn site(text: &str) -> Value {
    site_below(text, "${SECRET_DOMAIN}")
}

/// The same, with hosts below a domain that holds a variable of Flux or none.
fn site_below(text: &str, domain: &str) -> Value {
    json!({
        "version": 1, "name": "hostile", "release": "4.5.12", "domain": format!("jobs.{domain}"),
        "access": {
            "admins": ["ops@example.com"],
            "email": { "smtp": {
                "from": "jobs@example.com", "host": "smtp.example.com",
                "username": text, "password": { "secret": "SMTP_PASSWORD" },
            }},
            "github": { "client_id": text, "client_secret": { "secret": "GITHUB_SECRET" } },
        },
        "storage": {
            "postgres": { "external": {
                "host": "db.example.com", "database": text, "username": text,
                "password": { "secret": "DB_PASSWORD" },
            }},
            "redis": { "external": {
                "host": "cache.example.com", "username": text, "password": { "secret": "CACHE_PASSWORD" },
            }},
            "object_store": { "external": {
                "endpoint": "https://s3.example.com", "access_key_id": text,
                "secret_access_key": { "secret": "S3_SECRET" },
            }},
            "registry": { "external": {
                "host": format!("registry.{domain}"), "namespace": "jobs",
                "username": text, "password": { "secret": "REGISTRY_PASSWORD" },
            }},
        },
        "kubernetes": {
            "gitops": { "path": "apps/jobs" },
            "secrets": { "substitute": {} },
            "ingress": { "traefik": { "tls": "default" } },
        },
        "allow": [
            { "lint": "known-advisory", "because": "a test" },
            { "lint": "exposed-query", "because": "a test" },
        ],
        "env": { "webapp": { "AI_RUN_FILTER_MODEL": text } },
    })
}

pub(super) fn write(tree: &Tree, place: &Path) {
    for (path, file) in &tree.files {
        let to = place.join(path.as_str());
        fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        fs::write(to, &file.bytes).expect("written");
    }
}

/// What the kubelet makes of the value of a variable.
fn by_kubelet(text: &str) -> String {
    let (mut out, mut letters) = (String::new(), text.chars().peekable());
    while let Some(c) = letters.next() {
        out.push(c);
        assert!(!(c == '$' && letters.peek() == Some(&'(')), "{text:?} names a variable");
        if c == '$' && letters.peek() == Some(&'$') {
            letters.next();
        }
    }
    out
}

pub(super) fn texts() -> Vec<String> {
    let accepted = CLASSES.iter().filter(|it| it.expected == Expected::Accepted);
    accepted.flat_map(|it| (it.texts)()).collect()
}

fn find<'v>(objects: &'v [Value], kind: &str, name: &str) -> &'v Value {
    let found = objects.iter().find(|it| it["kind"] == kind && it["metadata"]["name"] == name);
    found.unwrap_or_else(|| panic!("no {kind} {name}"))
}

#[test]
fn every_text_arrives() {
    let Some(kustomize) = tool("kustomize") else { return };
    let place = tempfile::tempdir().expect("a folder");
    let (mut arrived, mut refused) = (0, Vec::new());
    for (nth, text) in texts().into_iter().enumerate() {
        let source = serde_json::to_string(&site(&text)).expect("JSON");
        let (site, sink) = support::analyse(&source);
        if site.is_none() {
            refused.push(format!(
                "{text:?}: {:?}",
                sink.diagnostics.iter().map(|it| &it.message).collect::<Vec<_>>()
            ));
            continue;
        }
        let tree = support::tree_of(&source);
        let folder = place.path().join(nth.to_string());
        write(&tree, &folder);
        let values = super::values(&folder.join("kubernetes"));
        let objects: Vec<Value> = built(&kustomize, &folder.join("kubernetes/flux/app"))
            .iter()
            .map(|it| {
                read(&after_flux(it, &values).unwrap_or_else(|why| panic!("{text:?}: {why}")))
            })
            .collect();
        let release = find(&objects, "HelmRelease", "hostile");
        let variables: BTreeMap<&str, String> = release["spec"]["values"]["webapp"]["extraEnvVars"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|it| Some((it["name"].as_str()?, by_kubelet(it["value"].as_str()?))))
            .collect();
        for name in ["AI_RUN_FILTER_MODEL", "SMTP_USER", "AUTH_GITHUB_CLIENT_ID", "REDIS_USERNAME"]
        {
            assert_eq!(variables[name], text, "{name}");
        }
        let login =
            find(&objects, "Secret", "hostile-registry")["stringData"][".dockerconfigjson"].clone();
        let login: Value = serde_json::from_str(login.as_str().expect("a text")).expect("JSON");
        assert_eq!(login["auths"]["registry.example.com"]["username"], text);
        let key =
            &find(&objects, "Secret", "hostile-s3-credentials")["stringData"]["access-key-id"];
        assert_eq!(*key, text);
        let url = &find(&objects, "Secret", "hostile-postgres-urls")["stringData"]["postgres-database-url"];
        let url = url::Url::parse(url.as_str().expect("a text")).expect("a URL");
        let plain = |it: &str| percent_decoded(it);
        assert_eq!((plain(url.username()), plain(&url.path()[1..])), (text.clone(), text.clone()));
        arrived += 1;
    }
    assert!(arrived > 40, "{arrived} texts arrived, these were refused: {refused:#?}");
}

pub(super) fn percent_decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digits = [*high, *low];
                let hex = std::str::from_utf8(&digits).expect("digits");
                bytes.push(u8::from_str_radix(hex, 16).expect("hexadecimal"));
                tail
            }
            _ => {
                bytes.push(*first);
                tail
            }
        };
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// Without a variable of the domain Flux leaves the release alone: every dollar in it stands for itself.
#[test]
fn texts_of_dollars_arrive_without_a_variable() {
    for text in ["$$", "a$$b$", "$(A)", "${A}", "$${A}"] {
        let source = serde_json::to_string(&site_below(text, "example.com")).expect("JSON");
        let tree = support::tree_of(&source);
        let file = tree.get("kubernetes/flux/app/helm-release.yaml").expect("a release");
        let release = read(file.text());
        let annotations = &release["metadata"]["annotations"];
        let is_left_alone = annotations["kustomize.toolkit.fluxcd.io/substitute"] == "disabled";
        assert!(is_left_alone, "{text}: {annotations}");
        let variables = release["spec"]["values"]["webapp"]["extraEnvVars"].clone();
        let mut found = variables.as_array().expect("a list").iter();
        let model = found.find(|it| it["name"] == "AI_RUN_FILTER_MODEL").expect("the variable");
        assert_eq!(by_kubelet(model["value"].as_str().expect("a text")), text);
    }
}
