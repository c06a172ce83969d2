//! Somebody else's folder: `tests/foreign` has the shape of upstream's guide, and what people do to it.
#![allow(clippy::disallowed_methods, reason = "the folder is read here")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use trigger_gen::proof::{Context, Fault, check};
use trigger_gen::tree::{File, Mode, OutPath, Tree};

/// Every file below a folder, as it would be copied to a server.
fn read(folder: &Path, root: &Path, files: &mut BTreeMap<OutPath, File>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, root, files);
            continue;
        }
        let relative = path.strip_prefix(root).expect("below").to_string_lossy().into_owned();
        let mode = if relative.ends_with(".env") { Mode::Secret } else { Mode::Plain };
        let bytes = fs::read(&path).expect("a file");
        files.insert(
            OutPath::new(relative).expect("a path"),
            File { bytes, mode, artifact: "foreign" },
        );
    }
}

fn tree() -> Tree {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign");
    let mut files = BTreeMap::new();
    read(&root, &root, &mut files);
    Tree { files }
}

fn names(faults: &[Fault]) -> BTreeSet<&'static str> {
    faults.iter().map(|it| it.proof).collect()
}

#[test]
fn a_foreign_folder_is_judged_and_not_refused() {
    let faults = check(&tree(), &Context::default());
    let expected = [
        "bad-htpasswd",
        "bad-origin",
        "blank-value",
        "clickhouse-url-parameter",
        "data-store-on-runner-network",
        "database-login-mismatch",
        "exposed-docker-socket",
        "gainable-privileges",
        "logged-run-environment",
        "misplaced-clickhouse-setting",
        "missing-file",
        "missing-proxy-right",
        "nested-env-expansion",
        "open-data-network",
        "open-secret-file",
        "outdated-clickhouse",
        "public-port",
        "published-secret",
        "retired-image",
        "shared-proxy-network",
        "unbounded-container-log",
        "unbounded-slot-wal",
        "unbounded-system-logs",
        "unconsumed-env-key",
        "unpinned-image",
        "unread-variable",
        "unrestricted-sign-in",
        "unsaved-redis",
    ];
    assert_eq!(names(&faults), expected.into(), "{faults:#?}");
    let secret = faults.iter().any(|it| it.message.contains("5e551075ec3e7"));
    assert!(!secret, "a secret is told");
}

/// The same in other layouts: all in one folder, `.env` beside each file, one file with another name.
#[test]
fn other_layouts_are_understood() {
    let before = names(&check(&tree(), &Context::default()));
    let moved = |moves: &[(&str, &str)]| {
        let mut tree = tree();
        for (from, to) in moves {
            let file = tree.get(from).expect("a file").clone();
            tree.files.insert(OutPath::new(*to).expect("a path"), file);
        }
        for (from, _) in moves {
            tree.files.remove(&OutPath::new(*from).expect("a path"));
        }
        names(&check(&tree, &Context::default()))
    };
    let apart = [(".env", "webapp/.env"), (".env", "worker/.env")];
    assert_eq!(moved(&apart), before);
    let deeper = [
        (".env", "hosting/docker/.env"),
        ("webapp/docker-compose.yml", "hosting/docker/webapp/compose.yaml"),
        ("worker/docker-compose.yml", "hosting/docker/worker/docker-compose.yaml"),
        ("clickhouse/override.xml", "hosting/docker/clickhouse/override.xml"),
        ("registry/auth.htpasswd", "hosting/docker/registry/auth.htpasswd"),
    ];
    assert_eq!(moved(&deeper), before);
}

/// A list of what a service waits for names others before they stand anywhere.
#[test]
fn a_fault_is_shown_where_it_stands() {
    let text = "\
services:
  webapp:
    image: ghcr.io/triggerdotdev/trigger.dev:v4.5.12
    depends_on:
      - postgres
      - redis
    environment:
      - REDIS_HOST=cache
  # postgres: an old one
  postgres:
    image: postgres:14
  \"redis\":
    image: redis:7
";
    let path = OutPath::new("docker-compose.yml").expect("a path");
    let file = File { bytes: text.into(), mode: Mode::Plain, artifact: "foreign" };
    let tree = Tree { files: BTreeMap::from([(path, file)]) };
    let faults = check(&tree, &Context::default());
    let lines = |proof: &str, of: &str| -> Vec<Option<usize>> {
        let found = faults.iter().filter(|it| it.proof == proof && it.message.contains(of));
        found.map(|it| it.line).collect()
    };
    assert_eq!(lines("unpinned-image", "`postgres`"), [Some(11)], "{faults:#?}");
    assert_eq!(lines("unpinned-image", "`redis`"), [Some(13)]);
    assert_eq!(lines("gainable-privileges", "`postgres`"), [Some(10)]);
    assert_eq!(lines("dangling-host", "`cache`"), [Some(8)]);
}
