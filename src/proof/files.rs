//! Files that can be read, and names that lead somewhere.

use super::stack::{Directive, Stack, joined, names_a_file};
use super::{Blame, Proof, Report, Spot, references};
use crate::release::env;
use serde_json::Value;

pub(super) static UNREADABLE_FILE: Proof = Proof {
    name: "unreadable-file",
    summary: "Every compose file, `.env`, JSON, XML and nginx file parses.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for trouble in &stack.troubles {
            let at = Spot { path: trouble.path.clone(), line: trouble.line };
            report.fault(
                at,
                trouble.what.clone(),
                "mend its syntax: nothing in it is proved until then",
            );
        }
        for (path, file) in &stack.tree.files {
            let path = path.as_str();
            let fine = match path.rsplit('.').next() {
                Some("json") => {
                    serde_json::from_slice::<serde::de::IgnoredAny>(&file.bytes).is_ok()
                }
                Some("xml") => super::stack::elements(file.text()).is_some(),
                _ => true,
            };
            if !fine {
                report.fault(Spot::file(path), "does not parse", "mend its syntax");
            }
        }
    },
};

pub(super) static MISSING_FILE: Proof = Proof {
    name: "missing-file",
    summary: "Every file that a compose file mounts, reads or includes from beside it is there, and every file of nginx that another one includes.",
    blame: Blame::Compiler,
    check: missing_file,
};

fn missing_file(stack: &Stack<'_>, report: &mut Report<'_>) {
    for service in &stack.services {
        let file = stack.file(service);
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for mount in service.mounts.iter().filter(|it| it.is_bind) {
            let Some(path) = joined(folder, &mount.source) else { continue };
            let below = format!("{path}/");
            let is_there = stack.tree.files.keys().any(|it| {
                it.as_str() == path || it.as_str().starts_with(&below) || path.is_empty()
            });
            // The server makes the token, so it is put there when everything is installed.
            let is_token = service
                .get(env::TRIGGER_WORKER_TOKEN)
                .is_some_and(|it| it.strip_prefix("file://") == Some(mount.target.as_str()));
            let is_withheld = stack.context.withheld && is_listed_secret(stack, &path);
            if !is_there && !is_token && !is_withheld {
                report.fault(
                    stack.spot(service, "volumes"),
                    format!("`{}` mounts `{path}`, which is not there", service.name),
                    "put the file there or take the mount away: Docker would make a folder of that name",
                );
            }
        }
    }
    unread(stack, report);
    for conf in &stack.confs {
        not_included(stack, report, &conf.path, &conf.directives);
    }
}

/// Files of nginx below the same folder: without one of them it does not start.
fn not_included(stack: &Stack<'_>, report: &mut Report<'_>, path: &str, block: &[Directive]) {
    for directive in block {
        let named = directive.first();
        let is_ours =
            directive.name == "include" && named.contains("/nginx/") && !named.starts_with("/etc/");
        if is_ours && !names_a_file(stack, named) {
            report.fault(
                Spot { path: path.to_owned(), line: Some(directive.line) },
                format!("nginx includes `{named}`, which is not there"),
                "put the file there or take the line out: nginx starts nothing otherwise",
            );
        }
        not_included(stack, report, path, &directive.block);
    }
}

/// Files that compose itself reads: without one of them it starts nothing.
fn unread(stack: &Stack<'_>, report: &mut Report<'_>) {
    let mut wanted: Vec<(Spot, usize, String)> = Vec::new();
    for service in &stack.services {
        let mut add = |key: &str, path: &str| {
            wanted.push((stack.spot(service, key), service.file, path.to_owned()));
        };
        paths(service.written.get("env_file")).for_each(|it| add("env_file", it));
        paths(service.written.get("label_file")).for_each(|it| add("label_file", it));
        if let Some((Some(path), _)) = references::extended(service) {
            add("extends", path);
        }
    }
    for (at, file) in stack.files.iter().enumerate() {
        for path in paths(file.written.get("include")) {
            wanted.push((Spot::file(&file.path), at, path.to_owned()));
        }
    }
    for (spot, file, written) in wanted.into_iter().filter(|it| !it.2.contains('$')) {
        let own = &stack.files[file].path;
        let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Some(path) = joined(folder, &written) else { continue };
        let is_withheld =
            stack.context.withheld && (is_listed_secret(stack, &path) || path.ends_with(".env"));
        if stack.tree.get(&path).is_none() && !is_withheld {
            report.fault(
                spot,
                format!("compose reads `{path}`, which is not there"),
                "put the file there or take the key out: compose starts nothing otherwise",
            );
        }
    }
}

/// The paths that a key names, in any of its forms, unless it can do without them.
fn paths(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let items = match value {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(other) => vec![other],
        None => Vec::new(),
    };
    let needed = |it: &&Value| it.get("required") != Some(&Value::Bool(false));
    items
        .into_iter()
        .filter(needed)
        .filter_map(|it| it.as_str().or_else(|| it.get("path")?.as_str()))
}

/// Whether the manifest lists a secret file at a path.
fn is_listed_secret(stack: &Stack<'_>, path: &str) -> bool {
    let listed = stack.manifest.as_ref().and_then(|it| it.files.get(path));
    listed.is_some_and(|it| it.fingerprint.is_some())
}

pub(super) static UNDECLARED_NAME: Proof = Proof {
    name: "undeclared-name",
    summary: "Every network, volume, secret and config that a service uses is declared in the same file.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            let file = stack.file(service);
            let networks = service.networks.iter().map(|it| it.key.as_str());
            for key in networks.filter(|it| *it != "default" && !file.networks.contains_key(*it)) {
                undeclared(stack, report, service, "network", key);
            }
            let volumes = service.mounts.iter().filter(|it| !it.is_bind);
            for mount in volumes.filter(|it| !file.volumes.contains_key(&it.source)) {
                undeclared(stack, report, service, "volume", &mount.source);
            }
            for (what, section) in [("secret", "secrets"), ("config", "configs")] {
                let declared = file.written.get(section).and_then(Value::as_object);
                let given = service.written.get(section).and_then(Value::as_array);
                let names = given.into_iter().flatten();
                let names =
                    names.filter_map(|it| it.as_str().or_else(|| it.get("source")?.as_str()));
                for key in names.filter(|it| declared.is_none_or(|known| !known.contains_key(*it)))
                {
                    undeclared(stack, report, service, what, key);
                }
            }
        }
    },
};

fn undeclared(
    stack: &Stack<'_>,
    report: &mut Report<'_>,
    service: &super::stack::Service,
    what: &str,
    key: &str,
) {
    report.fault(
        stack.spot(service, &format!("{what}s")),
        format!("`{}` uses the {what} `{key}`, which this file does not declare", service.name),
        format!("declare it under `{what}s:`"),
    );
}
