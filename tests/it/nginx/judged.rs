//! What nginx and gixy say of every example, without a single request.

use super::client::request;
use super::place::{Client, Place};
use super::server::{NEW, OLD, OLDEST, Server};
use crate::consumers::tool;
use crate::support;
use serde_json::json;
use std::process::Output;

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

fn assert_read(server: &Server, what: &str) {
    let output = server.check();
    let said = said(&output);
    assert!(output.status.success(), "{what}:\n{said}");
    assert!(!said.contains("[warn]"), "{what}:\n{said}");
}

/// Examples that have an nginx.
fn examples() -> Vec<(String, Place)> {
    let names = support::example_names().into_iter();
    let with = names.filter(|it| support::example_site(it).nginx().is_some());
    let found: Vec<_> = with.map(|it| (it.clone(), Place::example(&it))).collect();
    assert!(found.len() > 2, "hardly an example has an nginx");
    found
}

#[test]
fn nginx_reads_every_example() {
    for (name, place) in examples() {
        let Some(server) = place.server() else { return };
        assert_read(&server, &name);
    }
}

/// That 1.24 gets the files of 1.22 is seen in `vhosts`.
#[test]
fn nginx_reads_the_form_of_every_system() {
    for os in ["ubuntu22.04", "ubuntu24.04", "debian12", "debian13"] {
        for example in ["minimal-vps", "hardened-vps", "split-workers"] {
            let place = Place::changed(example, |it| it["docker"]["host"]["os"] = json!(os));
            let Some(server) = place.server() else { return };
            assert_read(&server, &format!("{example} on {os}"));
        }
    }
}

#[test]
fn nginx_reads_what_stands_before_the_first_certificate() {
    for (name, place) in examples() {
        let place = place.before_certificates();
        let Some(server) = place.server() else { return };
        let folder = server.machine.path("/etc/letsencrypt");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("its end");
        }
        assert_read(&server, &name);
    }
}

/// The one form is fatal to the old nginx, so that a wrong system shows.
#[test]
fn the_form_of_a_new_nginx_is_not_read_by_an_old_one() {
    let place = Place::changed("minimal-vps", |it| it["docker"]["host"]["os"] = json!("debian13"));
    let Some(server) = place.server_with(OLD) else { return };
    assert!(said(&server.check()).contains("unknown directive \"http2\""));
    let Some(server) = place.server_with(NEW) else { return };
    assert_read(&server, "minimal-vps");
}

/// A catch-all without a certificate of its own is fatal to the oldest.
#[test]
fn the_catch_all_of_an_old_nginx_is_not_read_by_the_oldest() {
    let place = Place::changed("minimal-vps", |it| it["docker"]["host"]["os"] = json!("debian12"));
    let Some(server) = place.server_with(OLDEST) else { return };
    assert!(said(&server.check()).contains("unknown directive \"ssl_reject_handshake\""));
}

#[test]
fn gixy_finds_nothing() {
    let Some(gixy) = tool("gixy") else { return };
    for (name, place) in examples() {
        for place in [place, Place::example(&name).before_certificates()] {
            let Some(server) = place.server() else { return };
            // Without the main configuration of Debian, which is not ours.
            server.machine.write(
                "/etc/judged.conf",
                "events {}\nhttp {\n  include /etc/nginx/conf.d/*.conf;\n}\n",
            );
            let output = server.machine.run(&gixy, &["--format", "json", "/etc/judged.conf"]);
            let text = String::from_utf8(output.stdout).expect("text");
            let found: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| {
                panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr))
            });
            assert_eq!(found, json!([]), "{name}: {found:#}");
        }
    }
}

/// The judge finds what it is asked for: a header that would take the others away.
#[test]
fn gixy_finds_what_is_wrong() {
    let Some(gixy) = tool("gixy") else { return };
    let place = Place::example("hardened-vps")
        .spoilt("ssl_protocols TLSv1.2", "ssl_protocols TLSv1 TLSv1.2");
    let Some(server) = place.server() else { return };
    server
        .machine
        .write("/etc/judged.conf", "events {}\nhttp {\n  include /etc/nginx/conf.d/*.conf;\n}\n");
    let output = server.machine.run(&gixy, &["--format", "json", "/etc/judged.conf"]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("weak_ssl_tls"));
}

/// The query that reads runs of others is open from the release that closes the hole.
#[test]
fn the_query_passes_from_the_release_that_answers_it_safely() {
    for (release, status) in [("4.5.12", 403), ("4.7.3", 200)] {
        let place = Place::changed("minimal-vps", |it| {
            it["release"] = json!(release);
            it["allow"] = json!([]);
        });
        let Some(server) = place.running() else { return };
        server.machine.inside(|| {
            let host = place.dashboard();
            let way = place.way(Client::World, host);
            let seen =
                server.see(way, &request("POST", "/api/v1/query", host, "Content-Length: 0\r\n"));
            assert_eq!((seen.status(), seen.arrived.len()), (status, usize::from(status == 200)));
        });
    }
}
