//! The files that the one call of compose names, read by the real one: what is mounted is there.

use super::server::{Server, bundles};
use crate::consumers::{run, scrubbed, tool};
use serde_json::Value;
use std::path::Path;

/// Paths in the files count from the folder of the first of them, unless the call says otherwise.
#[test]
fn what_the_containers_mount_is_where_the_files_are() {
    let Some(compose) = tool("docker-compose") else { return };
    let mut mounted = 0;
    for (example, part) in bundles() {
        let server = Server::of(&example, &part);
        let ran = server.ctl(&["pull"]).ends(0);
        let call = ran.calls.iter().find(|it| it.compose().is_some()).expect("a call");
        let options = &call.words[2..call.words.len() - 1];
        let output = run(scrubbed(&compose).args(options).args(["config", "--format", "json"]));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let config: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        for service in config["services"].as_object().expect("services").values() {
            for mount in service["volumes"].as_array().into_iter().flatten() {
                // A dollar is written twice there.
                let source = mount["source"].as_str().expect("a source").replace("$$", "$");
                if mount["type"] == "bind" && source != "/var/run/docker.sock" {
                    assert!(Path::new(&source).is_file(), "{example}/{part}: no file {source}");
                    assert!(Path::new(&source).starts_with(&server.root), "{source}");
                    mounted += 1;
                }
            }
        }
    }
    assert!(mounted >= 8, "{mounted}");
}
