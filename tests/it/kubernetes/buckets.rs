//! Hostile strings in what the jobs are told of a bucket: a string is refused, or the client of the bucket, ClickHouse and
//! the Barman plugin are told it as it was written. Secrets reach the client by its input alone.

use super::backup::{of, steps};
use super::bench::Bench;
use super::hostile::{texts, write};
use super::substitution::after_flux;
use super::{built_together, read};
use crate::consumers::{run, scrubbed, tool};
use crate::injection::hostile;
use crate::support;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A client that notes each call with its input: a line of its words, then what it read.
const NOTING: &str = r#"#!/bin/sh
printf '%s|' "$@" >>"$BUCKET_FOLDER/calls"
echo >>"$BUCKET_FOLDER/calls"
case $1 in alias) cat >>"$BUCKET_FOLDER/input" ;; esac
"#;

const CLIENT: &str = "mirror.example.com/mc:RELEASE.2025-08-13T08-35-41Z";

/// The value of a secret is in no word of a call, whatever it is.
#[test]
fn secrets_reach_the_client_by_its_input() {
    let mut calls = BTreeSet::new();
    let put = &of("flux/redis/backup.yaml")[1];
    let copy = &of("flux/s3/backup.yaml")[0];
    let bench = Bench::new();
    bench.program("mc", NOTING);
    fs::write(bench.at("stage/set"), "2026-01-31T02-30-00Z\n").expect("written");
    for text in texts() {
        for (step, variables, wanted) in [
            (put, &["SECRET_ACCESS_KEY"][..], format!("AKIAEXAMPLE\n{text}\n")),
            (
                copy,
                &["SECRET_ACCESS_KEY", "STORE_ACCESS_KEY_ID", "STORE_SECRET_ACCESS_KEY"],
                format!("AKIAEXAMPLE\n{text}\n{text}\n{text}\n"),
            ),
        ] {
            let mut given: Vec<(&str, &str)> =
                variables.iter().map(|it| (*it, text.as_str())).collect();
            given.push(("PAUSE", "0"));
            assert!(bench.run(step, &given).status.success(), "{text:?}");
            let input = fs::read_to_string(bench.at("bucket/input")).expect("what was read");
            assert_eq!(input, wanted);
            fs::remove_file(bench.at("bucket/input")).expect("gone");
            calls.insert(bench.calls());
            fs::remove_file(bench.at("bucket/calls")).expect("gone");
        }
    }
    assert_eq!(calls.len(), 2, "what the client is called with depends on a secret: {calls:#?}");
}

/// A site with every store saved at a place.
fn site(destination: &str, endpoint: Option<&str>, access_key: &str) -> Value {
    let mut backup = json!({
        "destination": destination, "access_key_id": access_key,
        "secret_access_key": { "secret": "BACKUP_KEY" }, "client": CLIENT,
    });
    if let Some(endpoint) = endpoint {
        backup["endpoint"] = json!(endpoint);
    }
    json!({
        "version": 1, "name": "hostile", "release": "4.5.12", "domain": "jobs.${SECRET_DOMAIN}",
        "access": { "admins": ["ops@example.com"], "email": { "smtp": { "from": "jobs@example.com", "host": "smtp.example.com" } } },
        "storage": {
            "object_store": { "bundled": { "public_host": "s3.example.com" } },
            "registry": { "external": { "host": "registry.example.com", "namespace": "jobs" } },
        },
        "kubernetes": {
            "gitops": { "path": "apps/jobs" },
            "secrets": { "substitute": {} },
            "ingress": { "traefik": { "tls": "default" } },
            "backup": backup,
        },
        "allow": [
            { "lint": "known-advisory", "because": "a test" },
            { "lint": "exposed-query", "because": "a test" },
        ],
    })
}

/// The objects of all layers of all these sites after kustomize and Flux, each with its name. A site is called `s` and its number.
fn objects(kustomize: &Path, folder: &Path, sites: usize) -> Vec<(String, Value)> {
    let layers = ["postgresql", "redis", "clickhouse", "s3"];
    let of = |nth: usize| layers.map(|it| format!("{nth}/kubernetes/flux/{it}"));
    let folders: Vec<String> = (0..sites).flat_map(of).collect();
    let values = super::values(&folder.join("0/kubernetes"));
    let object = |it: &String| {
        let object = read(&after_flux(it, &values).expect("declared variables"));
        (object["metadata"]["name"].as_str().expect("a name").to_owned(), object)
    };
    built_together(kustomize, folder, &folders).iter().map(object).collect()
}

/// What the client is called with by the steps of a CronJob.
fn called(job: &Value) -> Vec<String> {
    let pod = job.pointer("/spec/jobTemplate/spec/template/spec").expect("a pod");
    let bench = Bench::new();
    bench.program("mc", NOTING);
    fs::write(bench.at("stage/set"), "SET\n").expect("written");
    for step in steps(pod).iter().filter(|it| it["image"] == CLIENT) {
        let output = bench.run(step, &[("PAUSE", "0")]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    bench.calls()
}

/// What a site says of its bucket.
struct Place<'v> {
    destination: &'v str,
    endpoint: Option<&'v str>,
    access_key: &'v str,
}

impl<'v> Place<'v> {
    fn of(site: &'v Value) -> Self {
        let text = |key: &str| site["kubernetes"]["backup"][key].as_str();
        let [destination, access_key] =
            ["destination", "access_key_id"].map(|it| text(it).expect("a text"));
        Self { destination, endpoint: text("endpoint"), access_key }
    }

    fn folder(&self) -> &str {
        self.destination.strip_prefix("s3://").expect("a bucket")
    }

    /// Where ClickHouse is led to.
    fn address(&self) -> String {
        let (bucket, below) = self.folder().split_once('/').expect("a folder");
        match self.endpoint {
            Some(endpoint) => format!("{endpoint}/{bucket}/{below}/clickhouse/"),
            None => format!("https://{bucket}.s3.amazonaws.com/{below}/clickhouse/"),
        }
    }

    /// Holds what the readers of one site are told of the place against what was written.
    fn assert_told(&self, name: &str, objects: &[(String, Value)]) {
        let of = |kind: &str, end: &str| {
            let name = format!("{name}-{end}");
            let found = objects.iter().find(|(it, object)| *it == name && object["kind"] == kind);
            &found.unwrap_or_else(|| panic!("no {kind} {name}")).1
        };
        let (folder, endpoint) =
            (self.folder(), self.endpoint.unwrap_or("https://s3.amazonaws.com"));
        let alias = |name: &str, endpoint: &str| format!("alias|set|{name}|{endpoint}|--api|S3v4|");
        let tidy = |part: &str| {
            format!("rm|--quiet|--recursive|--force|--older-than|30d|bucket/{folder}/{part}/|")
        };
        let put = called(of("CronJob", "redis-backup"));
        let to = format!("bucket/{folder}/redis/SET.rdb|");
        assert_eq!((&put[0], &put[2]), (&alias("bucket", endpoint), &tidy("redis")));
        assert!(put[1].starts_with("cp|--quiet|") && put[1].ends_with(&to), "{put:?}");
        assert_eq!(
            called(of("CronJob", "s3-backup")),
            [
                alias("bucket", endpoint),
                alias("store", &format!("http://{name}-s3:9000")),
                format!("mirror|--quiet|--overwrite|store/packets|bucket/{folder}/object-store|"),
            ]
        );
        let stat = format!("stat|--quiet|bucket/{folder}/clickhouse/SET/.backup|");
        let tidied = called(of("CronJob", "clickhouse-backup"));
        assert_eq!(tidied, [alias("bucket", endpoint), stat, tidy("clickhouse")]);
        let of_plugin = &of("ObjectStore", "postgresql-backup")["spec"]["configuration"];
        assert_eq!(of_plugin["destinationPath"], format!("{}/postgresql", self.destination));
        assert_eq!(of_plugin["endpointURL"].as_str(), self.endpoint);
        for part in ["redis", "s3", "clickhouse", "postgresql"] {
            let secret = of("Secret", &format!("{part}-backup"));
            assert_eq!(secret["stringData"]["access-key-id"], self.access_key);
        }
    }
}

#[test]
fn what_is_taken_of_a_bucket_is_told_as_it_was_written() {
    let [Some(kustomize), Some(xmllint)] = ["kustomize", "xmllint"].map(tool) else { return };
    let (folder, endpoint, key) =
        ("s3://backups/jobs", Some("https://s3.example.com"), "AKIAEXAMPLE");
    let mut sites = vec![
        site("s3://a.b-c.d/A_.-/x..y/_", Some("http://s3.example.com:9000"), key),
        site("s3://a.b-c.d/A_.-/x..y/_", None, key),
        site("s3://0-0/1e3", Some("https://s3-1.example.com"), "0x1f"),
    ];
    let lawful = sites.len();
    for text in hostile() {
        sites.push(site(&format!("s3://backups/{text}"), endpoint, key));
        sites.push(site(folder, Some(&format!("https://{text}")), key));
        sites.push(site(folder, endpoint, &text));
    }
    let place = tempfile::tempdir().expect("a folder");
    let (mut taken, mut refused) = (Vec::new(), 0);
    for (nth, mut site) in sites.into_iter().enumerate() {
        site["name"] = json!(format!("s{}", taken.len()));
        let (meant, sink) = support::analyse(&site.to_string());
        let Some(meant) = meant else {
            assert!(nth >= lawful, "{:?}", sink.diagnostics);
            refused += 1;
            continue;
        };
        let tree = trigger_gen::generate(&meant, &support::secrets(&meant));
        write(&tree, &place.path().join(taken.len().to_string()));
        taken.push(site);
    }
    assert!(taken.len() > 10 && refused > 400, "{} were taken, {refused} refused", taken.len());
    let objects = objects(&kustomize, place.path(), taken.len());
    for (nth, site) in taken.iter().enumerate() {
        let it = Place::of(site);
        it.assert_told(&format!("s{nth}"), &objects);
        let settings = place.path().join(format!("{nth}/kubernetes/flux/clickhouse/override.xml"));
        let mut command = scrubbed(&xmllint);
        let output = run(command.args(["--xpath", "string(//away/endpoint)"]).arg(settings));
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), it.address());
    }
}
