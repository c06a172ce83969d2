//! The files of the guide, as its own commands write them, in the hands of `verify`.

use super::guide;
use super::rows::ROWS;
use crate::cli;
use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use trigger_gen::proof::{Context, Fault, check};
use trigger_gen::tree::{File, Mode, OutPath, Tree};

/// Where the guide puts everything.
const FOLDER: &str = "/opt/trigger-dev/";

/// What the guide leaves to its reader, filled with what nobody has.
const FILLED: &[(&str, &str)] = &[
    ("<JOUW_DOMEIN>", "trigger.example.com"),
    ("<GITHUB_USERNAME>", "example-user"),
    ("<GITHUB_ORG_OF_USER>", "example-org"),
    ("<GITHUB_TOKEN_WRITE_PACKAGES>", "example-ghcr-token-0000"),
];

/// The here-documents of the guide, by path below its folder.
pub(super) fn files() -> BTreeMap<String, String> {
    let guide = guide();
    let mut found = BTreeMap::new();
    let mut lines = guide.lines();
    while let Some(line) = lines.next() {
        let Some((_, command)) = line.split_once(&format!("cat > {FOLDER}")) else { continue };
        let (path, rest) = command.split_once([' ', '"']).expect("a path");
        let (_, end) = rest.split_once("<< ").expect("a here-document");
        let end = end.trim_matches('\'');
        let body: String =
            lines.by_ref().take_while(|it| *it != end).map(|it| format!("{it}\n")).collect();
        // Only a delimiter in quotes keeps the shell out.
        let body = if rest.contains('\'') { body } else { expanded(&body, &drawn(&guide)) };
        found.insert(
            path.to_owned(),
            FILLED.iter().fold(body, |it, (mark, text)| it.replace(mark, text)),
        );
    }
    found
}

/// `NAME=$(openssl rand -hex N)` of the guide, with a fake value of that length in the place of each.
fn drawn(guide: &str) -> BTreeMap<String, String> {
    let drawn = guide.lines().filter_map(|it| it.split_once("=$(openssl rand -hex "));
    drawn
        .enumerate()
        .map(|(nth, (name, rest))| {
            let bytes: usize = rest.trim_end_matches(')').parse().expect("a number");
            (name.to_owned(), format!("{:02x}", 0xa0 + nth).repeat(bytes))
        })
        .collect()
}

/// What the shell makes of `$NAME` and `${NAME}`.
fn expanded(text: &str, values: &BTreeMap<String, String>) -> String {
    values.iter().fold(text.to_owned(), |out, (name, value)| {
        out.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
    })
}

fn tree() -> Tree {
    let file = |(path, text): (String, String)| {
        let mode = if path == ".env" { Mode::Secret } else { Mode::Plain };
        let file = File { bytes: text.into_bytes(), mode, artifact: "foreign" };
        (OutPath::new(path).expect("a path"), file)
    };
    Tree { files: files().into_iter().map(file).collect() }
}

fn faults() -> Vec<Fault> {
    check(&tree(), &Context::default())
}

#[test]
fn the_guide_writes_these_files() {
    let files = files();
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        paths,
        [
            ".env",
            "clickhouse/override.xml",
            "trigger-ctl.sh",
            "webapp/docker-compose.yml",
            "worker/docker-compose.yml"
        ]
    );
    assert!(!files[".env"].contains(['<', '$']), "{}", files[".env"]);
    assert!(files["webapp/docker-compose.yml"].ends_with("  trigger_minio:\n"));
}

#[test]
fn each_row_that_files_show_is_found() {
    let faults = faults();
    for row in ROWS {
        for (proof, said) in row.proofs {
            let found = faults.iter().any(|it| it.proof == *proof && it.message.contains(said));
            assert!(found, "{proof} does not say {said:?} ({}): {faults:#?}", row.effect);
        }
    }
}

/// What is found beyond the rows is said here, so that nothing new is found by accident.
#[test]
fn nothing_else_is_found() {
    let of_rows = ROWS.iter().flat_map(|it| it.proofs).map(|it| it.0);
    let others = [
        "gainable-privileges",
        "logged-run-environment",
        "published-internal-port",
        "unbounded-container-log",
        "unbounded-slot-wal",
        "unbounded-system-logs",
        "unrestricted-sign-in",
        "unsaved-redis",
    ];
    let expected: BTreeSet<&str> = of_rows.chain(others).collect();
    let found: BTreeSet<&str> = faults().iter().map(|it| it.proof).collect();
    assert_eq!(found, expected);
}

#[test]
fn verify_reports_the_folder_and_tells_no_secret() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files() {
        let place = folder.path().join(&path);
        std::fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        std::fs::write(&place, text).expect("a file");
        let mode = if path == ".env" { 0o600 } else { 0o644 };
        std::fs::set_permissions(place, std::fs::Permissions::from_mode(mode)).expect("its mode");
    }
    let ran = cli::run(folder.path(), &["verify", "."], None);
    assert_eq!(ran.code, 1);
    let said = ran.out + &ran.err;
    for fault in faults() {
        assert!(
            said.contains(&format!("[{}]", fault.proof)),
            "{} is not said:\n{said}",
            fault.proof
        );
    }
    let secrets = drawn(&guide()).into_values().chain(["example-ghcr-token-0000".to_owned()]);
    for secret in secrets {
        assert!(!said.contains(&secret), "a secret is told:\n{said}");
    }
}
