//! Encrypted files: what the real `sops` and `age` read of ours, what we read of theirs, and what neither reads.
#![allow(
    clippy::disallowed_methods,
    reason = "these tests stand outside the compiler: they read files and start programs"
)]

mod cluster;
mod commands;
mod real;
mod store;
mod vector;

use crate::consumers::{root, run, scrubbed, tool};
use crate::support::FakeRandom;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use trigger_gen::sops::{FileKey, Moment, encrypt};
use trigger_gen::value::{AgeRecipient, Scalar};

/// A key of age that `age-keygen` made, or the published one.
struct Pair {
    identity: PathBuf,
    recipient: AgeRecipient,
}

impl Pair {
    /// The key that everybody knows.
    fn published() -> Self {
        Self::of(root().join("tests/it/sops/published.agekey"))
    }

    /// A key of its own, if the program is there that makes one.
    fn fresh(folder: &Path, name: &str) -> Option<Self> {
        let keygen = tool("age-keygen")?;
        let identity = folder.join(name);
        let output = run(scrubbed(&keygen).arg("-o").arg(&identity));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Some(Self::of(identity))
    }

    fn of(identity: PathBuf) -> Self {
        let text = std::fs::read_to_string(&identity).expect("a key");
        let line = text.lines().find_map(|line| line.strip_prefix("# public key: "));
        let recipient =
            AgeRecipient::from_text(line.expect("its public half")).expect("a recipient");
        Self { identity, recipient }
    }
}

fn recipients(pairs: &[&Pair]) -> Vec<AgeRecipient> {
    pairs.iter().map(|it| it.recipient.clone()).collect()
}

fn moment() -> Moment {
    Moment::of_unix(1_763_780_000)
}

fn key(pairs: &[&Pair]) -> FileKey {
    let mut random = FakeRandom::default();
    FileKey::new(&recipients(pairs), moment(), &mut |bytes| random.fill(bytes))
}

const PATH: &str = "kubernetes/app/secret.yaml";

/// A file as it is written: below a header.
fn text(document: &Value, key: &FileKey) -> String {
    let encrypted = encrypt(PATH, document, key);
    format!("# A header.\n# Of two lines.\n{}", trigger_gen::yaml::write(&encrypted))
}

fn secret(values: Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": "trigger-dev-secrets", "annotations": { "a": "0123", "b": "2001-02-03" } },
        "immutable": true,
        "type": "Opaque",
        "stringData": values,
    })
}

/// Runs `sops decrypt` with one key of age and no other.
fn sops(sops: &Path, text: &str, identity: &Path) -> Output {
    let mut command = scrubbed(sops);
    command.args(["decrypt", "--input-type", "yaml", "--output-type", "json", "/dev/stdin"]);
    command.env("SOPS_AGE_KEY_FILE", identity).env("SOPS_DISABLE_VERSION_CHECK", "true");
    fed(&mut command, text)
}

/// Runs a program that reads this text.
fn fed(command: &mut std::process::Command, text: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("a program that starts");
    let mut stdin = child.stdin.take().expect("its input");
    // A program that refuses may not read to the end.
    let _ = stdin.write_all(text.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("its end")
}

/// What the real program decrypts.
#[track_caller]
fn decrypted(program: &Path, text: &str, identity: &Path) -> Value {
    let output = sops(program, text, identity);
    assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}
