//! Does docker compose know every key that `release::compose_keys` names, and refuse others?

use super::{run, scrubbed, tool};
use std::path::Path;
use trigger_gen::release::compose_keys;

/// What docker compose says to a file, if it refuses it.
fn complaint(program: &Path, folder: &Path, text: &str) -> String {
    let file = folder.join("compose.yaml");
    std::fs::write(&file, text).expect("a temporary file");
    let output = run(scrubbed(program).arg("-f").arg(&file).args(["config", "-q"]));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn docker_compose_knows_every_key_and_no_other() {
    let Some(program) = tool("docker-compose") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let refuses = |above: &str, key: &str| {
        // No key takes such a value, so what is said is about it or about the key.
        let text = above.replace("KEY", &format!("{key}: {{ zz: [[]] }}"));
        let said = complaint(&program, folder.path(), &text);
        said.contains(&format!("additional properties '{key}' not allowed"))
            || said.contains(&format!(".{key} false schema"))
    };
    for (above, keys) in [
        ("KEY\n", compose_keys::DOCUMENT),
        ("x-a: 1\nservices: { b: { KEY } }\n", compose_keys::SERVICE),
        ("services: { b: { image: x, healthcheck: { KEY } } }\n", compose_keys::HEALTHCHECK),
        ("networks: { b: { KEY } }\n", compose_keys::NETWORK),
        ("volumes: { b: { KEY } }\n", compose_keys::VOLUME),
    ] {
        let keys = keys.iter().map(|(key, _)| key);
        let unknown: Vec<_> = keys.filter(|key| refuses(above, key)).collect();
        assert!(unknown.is_empty(), "docker compose does not know {unknown:?} in {above:?}");
        assert!(refuses(above, "surely_unknown"), "docker compose takes anything in {above:?}");
    }
}
