//! Where secrets stand, and where they must not.

use super::stack::{Dotenv, Stack, Url, is_placeholder};
use super::{Blame, Proof, Spot};
use crate::release::names_a_secret;
use crate::tree::Mode;
use std::collections::BTreeMap;

pub(super) static LEAKED_SECRET: Proof = Proof {
    name: "leaked-secret",
    summary: "No secret of `.env` stands in a file that anybody may read.",
    blame: Blame::Input,
    check: |stack, report| {
        if stack.context.withheld {
            return;
        }
        let secrets = values(stack);
        let starts = Starts::of(secrets.keys());
        for (path, file) in stack.tree.files.iter().filter(|(_, file)| file.mode != Mode::Secret) {
            // The file itself is the business of another proof.
            if is_secret_path(path.as_str()) {
                continue;
            }
            for at in starts.find(&file.bytes) {
                let here = |value: &String| file.bytes[at..].starts_with(value.as_bytes());
                for (_, key) in secrets.iter().filter(|(value, _)| here(value)) {
                    let line = file.bytes[..at].iter().filter(|it| **it == b'\n').count() + 1;
                    report.fault(
                        Spot { path: path.to_string(), line: Some(line) },
                        format!("the value of `{key}` stands here, in a file that is not secret"),
                        "refer to it by name, and change the secret: take it as known to others",
                    );
                }
            }
        }
    },
};

/// The first two bytes of each of many texts, so that all of them are looked for in one pass.
struct Starts(Vec<bool>);

impl Starts {
    fn of<'s>(texts: impl Iterator<Item = &'s String>) -> Self {
        let mut starts = vec![false; 1 << 16];
        for text in texts {
            if let [first, second, ..] = *text.as_bytes() {
                starts[usize::from(u16::from_be_bytes([first, second]))] = true;
            }
        }
        Self(starts)
    }

    /// Where any of the texts may begin.
    fn find<'s>(&'s self, bytes: &'s [u8]) -> impl Iterator<Item = usize> + 's {
        let pairs = bytes.windows(2).map(|it| usize::from(u16::from_be_bytes([it[0], it[1]])));
        pairs.enumerate().filter(|(_, pair)| self.0[*pair]).map(|(at, _)| at)
    }
}

/// Every secret value of every `.env`, with the key that it belongs to. Words that may stand
/// anywhere by chance are left out.
fn values(stack: &Stack<'_>) -> BTreeMap<String, String> {
    let least = if stack.context.building { 16 } else { 8 };
    let telling = |value: &str| {
        value.len() >= least && (value.len() >= 16 || value.contains(|c: char| c.is_ascii_digit()))
    };
    let mut values = BTreeMap::new();
    for dotenv in stack.dotenvs.iter().filter(|it| !it.redacted) {
        let twin = twin(stack, dotenv);
        for entry in &dotenv.entries {
            let redacted = twin.as_ref().and_then(|it| it.values.get(&entry.key));
            let url = Url::parse(&entry.value);
            let password = url.and_then(|it| it.password);
            let is_secret = match redacted {
                Some(shown) => is_placeholder(shown) && *shown != entry.value,
                None => names_a_secret(&entry.key) || password.is_some(),
            };
            if is_secret && !entry.value.starts_with("file://") {
                let found = [Some(entry.value.clone()), password];
                let found = found.into_iter().flatten().filter(|it| telling(it));
                for value in found {
                    values.entry(value).or_insert_with(|| entry.key.clone());
                }
            }
        }
    }
    values
}

/// The redacted twin of a file of variables.
fn twin(stack: &Stack<'_>, dotenv: &Dotenv) -> Option<Dotenv> {
    let path = format!("{}.redacted", dotenv.path);
    stack.tree.get(&path).map(|it| Dotenv::read(&path, it.text()))
}

/// Whether the name of a file says that it holds secrets.
fn is_secret_path(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name == ".env" || name == "worker_token" || name.ends_with(".htpasswd")
}

pub(super) static OPEN_SECRET_FILE: Proof = Proof {
    name: "open-secret-file",
    summary: "Every file that holds secrets is for its owner alone, at mode 0600.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (path, file) in &stack.tree.files {
            if is_secret_path(path.as_str()) && file.mode != Mode::Secret {
                report.fault(
                    Spot::file(path.as_str()),
                    format!("holds secrets at mode {}", file.mode.octal()),
                    format!("chmod 0600 {path}"),
                );
            }
        }
    },
};

pub(super) static UNIGNORED_SECRET_FILE: Proof = Proof {
    name: "unignored-secret-file",
    summary: "`.gitignore` names every secret file.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let ignore = stack.tree.get(".gitignore");
        if ignore.is_none() && stack.manifest.is_none() {
            return;
        }
        let lines: Vec<&str> = ignore.map_or(Vec::new(), |it| it.text().lines().collect());
        for (path, _) in stack.tree.files.iter().filter(|(_, file)| file.mode == Mode::Secret) {
            if !lines.iter().any(|line| is_ignored(line.trim(), path.as_str())) {
                report.fault(
                    Spot::file(".gitignore"),
                    format!("does not name the secret file {path}"),
                    format!("add the line `/{path}`"),
                );
            }
        }
    },
};

/// Whether a line of `.gitignore` covers a path: the path itself, a folder above it, a name, or a pattern `*…`.
fn is_ignored(line: &str, path: &str) -> bool {
    let line = line.strip_prefix("**/").unwrap_or(line);
    if let Some(rooted) = line.strip_prefix('/') {
        let rooted = rooted.trim_end_matches('/');
        return path.strip_prefix(rooted).is_some_and(|it| it.is_empty() || it.starts_with('/'));
    }
    if line.is_empty() || line.starts_with(['#', '!']) {
        return false;
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    match line.strip_prefix('*') {
        Some(ending) => name.ends_with(ending),
        None => name == line || path == line,
    }
}

pub(super) static STALE_REDACTED_TWIN: Proof = Proof {
    name: "stale-redacted-twin",
    summary: "The redacted twin of `.env` has the same keys in the same order, and the same values where none is secret.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for dotenv in stack.dotenvs.iter().filter(|it| !it.redacted) {
            let Some(twin) = twin(stack, dotenv) else { continue };
            let keys = |it: &Dotenv| it.entries.iter().map(|it| it.key.clone()).collect::<Vec<_>>();
            let spot = |key: &str| Spot { path: twin.path.clone(), line: twin.line(key) };
            let help = "build again: the twin is what reviewers read";
            if keys(dotenv) != keys(&twin) {
                report.fault(spot(""), format!("does not have the keys of {}", dotenv.path), help);
                continue;
            }
            for (entry, shown) in dotenv.entries.iter().zip(&twin.entries) {
                if !is_placeholder(&shown.value) && entry.value != shown.value {
                    let message = format!("shows another `{}` than {} has", entry.key, dotenv.path);
                    report.fault(spot(&entry.key), message, help);
                }
            }
        }
    },
};
