//! Whether Git would take a secret store into a repository.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The repository that a store stands in, if no `.gitignore` from its root down to the store names the store.
/// What a user's own configuration of Git ignores is not asked.
pub(in crate::cli) fn exposing(store: &Path) -> Option<PathBuf> {
    let store = std::path::absolute(store).ok()?;
    let root = store.ancestors().skip(1).find(|it| it.join(".git").exists())?;
    let below = store.strip_prefix(root).ok()?;
    let mut ignored = false;
    let folders: Vec<&Path> = below.ancestors().skip(1).collect();
    for folder in folders.into_iter().rev() {
        let path = below.strip_prefix(folder).ok()?.to_str()?;
        for line in text(&root.join(folder).join(".gitignore")).lines() {
            let (negated, pattern) = match line.trim_end().strip_prefix('!') {
                Some(pattern) => (true, pattern),
                None => (false, line.trim_end()),
            };
            if names(pattern, path) {
                ignored = !negated;
            }
        }
    }
    (!ignored).then(|| root.to_path_buf())
}

fn text(path: &Path) -> String {
    let mut text = String::new();
    match File::open(path).and_then(|mut file| file.read_to_string(&mut text)) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
}

/// Whether a pattern names a path below its folder, or a folder on the way to it.
fn names(pattern: &str, path: &str) -> bool {
    if pattern.is_empty() || pattern.starts_with('#') {
        return false;
    }
    let (pattern, folders_only) = match pattern.strip_suffix('/') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let pattern = pattern.strip_prefix("**/").unwrap_or(pattern);
    let ends =
        path.match_indices('/').map(|(at, _)| at).chain((!folders_only).then_some(path.len()));
    let mut ways = ends.map(|end| &path[..end]);
    match pattern.contains('/') {
        true => {
            let pattern: Vec<&str> = pattern.trim_start_matches('/').split('/').collect();
            ways.any(|way| {
                let parts: Vec<&str> = way.split('/').collect();
                parts.len() == pattern.len()
                    && parts.iter().zip(&pattern).all(|(part, glob)| fits(glob, part))
            })
        }
        false => ways.any(|way| fits(pattern, way.rsplit('/').next().unwrap_or(way))),
    }
}

/// Whether a name fits a pattern in which a star is any text.
fn fits(glob: &str, name: &str) -> bool {
    match glob.split_once('*') {
        None => glob == name,
        Some((before, rest)) => name.strip_prefix(before).is_some_and(|name| {
            let starts = name.char_indices().map(|(at, _)| at).chain([name.len()]);
            starts.into_iter().any(|at| fits(rest, &name[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_read_as_git_reads_it() {
        for (pattern, path) in [
            ("*.secrets.yaml", "a.secrets.yaml"),
            ("*.secrets.yaml", "b/a.secrets.yaml"),
            ("a.secrets.yaml", "a.secrets.yaml"),
            ("/a.secrets.yaml", "a.secrets.yaml"),
            ("b/*.secrets.*", "b/a.secrets.yaml"),
            ("**/a.secrets.yaml", "b/c/a.secrets.yaml"),
            ("b/", "b/c/a.secrets.yaml"),
            ("*", "a.secrets.yaml"),
        ] {
            assert!(names(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [
            ("", "a.secrets.yaml"),
            ("# *.secrets.yaml", "a.secrets.yaml"),
            ("*.secret.yaml", "a.secrets.yaml"),
            ("/a.secrets.yaml", "b/a.secrets.yaml"),
            ("a.secrets.yaml/", "a.secrets.yaml"),
            ("c/", "b/a.secrets.yaml"),
            ("b/a.yaml", "b/a.secrets.yaml"),
        ] {
            assert!(!names(pattern, path), "{pattern} {path}");
        }
    }
}
