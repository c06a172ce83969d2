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
