//! What an author may write of paths on the server, through nginx itself: a path that is taken is one word there, and
//! the file is found.

use super::place::Place;
use crate::injection::classes::CLASSES;
use crate::support;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Paths that are lawful and look as if they were not.
const AWKWARD: &[&str] =
    &["my apps/a  b", "a - b.d", "-x", "...", ".hidden", "a.conf", "server_name_", "0"];

/// Keys whose text becomes a name or an address to nginx, and what is lawful besides.
const NAMES: &[(&str, &[&str])] = &[
    ("/docker/project", &["a--b", LONGEST_LABEL]),
    ("/domain", &["xn--mnchen-3ya.example.com", LONG_DOMAIN]),
    ("/storage/registry/bundled/host", &["r.example.com", LONG_DOMAIN]),
    ("/storage/object_store/bundled/public_host", &["s.example.com", LONG_DOMAIN]),
    ("/docker/topology/workers/0/addresses/0", &["203.0.113.0/24", "2001:db8::/32", "2001:db8::1"]),
];
const LONGEST_LABEL: &str = "a234567890123456789012345678901234567890";
const LONG_DOMAIN: &str = "a23456789012345678901234567890123456789012345678901234567890123.\
    b23456789012345678901234567890123456789012345678901234567890123.example-of-a-company.com";

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_name_that_is_taken_is_one_to_nginx() {
    let classes: Vec<String> = CLASSES.iter().flat_map(|it| (it.texts)()).collect();
    let (mut taken, mut refused) = (0, 0);
    for (key, lawful) in NAMES {
        for text in classes.iter().map(String::as_str).chain(lawful.iter().copied()) {
            let mut site = site("trigger", "tls");
            site["storage"] = json!({
                "registry": { "bundled": { "host": "registry.example.com" } },
                "object_store": { "bundled": { "public_host": "s3.example.com" } },
                "streams": "v1",
            });
            site["docker"]["topology"] =
                json!({ "workers": [{ "name": "one", "addresses": ["192.0.2.1"] }] });
            if *key == "/docker/project" {
                site["docker"]["project"] = json!(text);
            } else {
                *site.pointer_mut(key).expect("a key") = json!(text);
            }
            let written = site.to_string();
            if support::analyse(&written).0.is_none() {
                assert!(!lawful.contains(&text), "{key} refuses {text:?}");
                refused += 1;
                continue;
            }
            taken += 1;
            let Some(server) = Place::of(&written).server() else { return };
            let output = server.check();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{key} {text:?}:\n{said}");
        }
    }
    assert!(taken > 12 && refused > 1_000, "{taken} were taken, {refused} were refused");
}

fn site(root: &str, certificate: &str) -> Value {
    json!({
        "version": 1, "name": "hostile", "release": "4.5.12", "domain": "jobs.example.com",
        "access": { "admins": ["ops@example.com"] },
        "docker": {
            "root": format!("/srv/{root}"),
            "proxy": { "nginx": { "tls": { "files": {
                "certificate": format!("/etc/{certificate}.pem"), "key": format!("/etc/{certificate}.key"),
            } } } },
        },
    })
}

#[test]
#[ignore = "takes long: scripts/test runs it"]
fn a_path_that_is_taken_is_one_word_to_nginx() {
    let classes: Vec<String> = CLASSES.iter().flat_map(|it| (it.texts)()).collect();
    let texts: BTreeSet<&str> =
        classes.iter().map(String::as_str).chain(AWKWARD.iter().copied()).collect();
    let (mut taken, mut refused) = (0, 0);
    for text in texts {
        for (root, certificate) in [(text, "tls"), ("trigger", text)] {
            let written = site(root, certificate).to_string();
            if support::analyse(&written).0.is_none() {
                refused += 1;
                continue;
            }
            // nginx reads a name of the file system; a longer one than there can be is not its fault.
            if text.len() > 200 {
                continue;
            }
            taken += 1;
            let Some(server) = Place::of(&written).server() else { return };
            let output = server.check();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{root:?} {certificate:?}:\n{said}");
            for ending in ["pem", "key"] {
                let file = format!("/etc/{certificate}.{ending}");
                assert!(server.machine.path(&file).is_file(), "{file:?}");
            }
        }
    }
    assert!(taken > 20 && refused > 200, "{taken} were taken, {refused} were refused");
}
