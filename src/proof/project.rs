//! One compose project in several files.

use super::stack::{File, Stack};
use super::{Blame, Proof, Report, Spot};
use serde_json::Value;
use std::collections::BTreeMap;

/// Each pair of files for the same server.
fn pairs<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (&'s File, &'s File)> {
    let after = |at: usize| stack.files[at + 1..].iter();
    stack.files.iter().enumerate().flat_map(move |(at, first)| {
        after(at).filter(|it| it.host == first.host).map(move |second| (first, second))
    })
}

pub(super) static PROJECT_MISMATCH: Proof = Proof {
    name: "project-mismatch",
    summary: "The compose files of one server say the same project `name`, if they share anything.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (first, second) in pairs(stack) {
            let is_owned = |file: &File, real: &str| {
                file.networks.values().any(|it| it.real == real && !it.external)
                    || file.volumes.values().any(|it| it.real == real && !it.external)
            };
            let names = first.networks.values().map(|it| &it.real);
            let shares = names
                .chain(first.volumes.values().map(|it| &it.real))
                .any(|it| is_owned(first, it) && is_owned(second, it));
            if first.project != second.project && shares {
                report.fault(
                    Spot { path: second.path.clone(), line: Some(1) },
                    format!(
                        "is of another project than {}, and declares the same networks or volumes",
                        first.path
                    ),
                    "say the same `name:` in both: compose refuses what another project made",
                );
            }
        }
    },
};

pub(super) static DIFFERING_DECLARATION: Proof = Proof {
    name: "differing-declaration",
    summary: "A network or volume of two files of one project is declared alike in both.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (first, second) in
            pairs(stack).filter(|(first, second)| first.project == second.project)
        {
            let networks =
                |it: &File| section(it.networks.iter().map(|(key, it)| (key, &it.written)));
            let volumes =
                |it: &File| section(it.volumes.iter().map(|(key, it)| (key, &it.written)));
            differing(report, first, second, "network", &networks(first), &networks(second));
            differing(report, first, second, "volume", &volumes(first), &volumes(second));
        }
    },
};

fn section<'a>(entries: impl Iterator<Item = (&'a String, &'a Value)>) -> BTreeMap<String, Value> {
    entries.map(|(key, value)| (key.clone(), value.clone())).collect()
}

fn differing(
    report: &mut Report<'_>,
    first: &File,
    second: &File,
    what: &str,
    here: &BTreeMap<String, Value>,
    there: &BTreeMap<String, Value>,
) {
    for key in here.iter().filter(|(key, it)| there.get(*key).is_some_and(|other| other != *it)) {
        report.fault(
            Spot::file(&second.path),
            format!("declares the {what} `{}` in another way than {}", key.0, first.path),
            "declare it alike in both: the last file that compose reads wins",
        );
    }
}

pub(super) static REPEATED_CONTAINER_NAME: Proof = Proof {
    name: "repeated-container-name",
    summary: "No two containers of one server have the same name.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let mut seen: BTreeMap<(usize, &str), &str> = BTreeMap::new();
        for service in &stack.services {
            let Some(name) = service.container_name.as_deref() else { continue };
            if let Some(other) = seen.insert((service.host, name), &service.name) {
                report.fault(
                    stack.spot(service, "container_name"),
                    format!(
                        "`{}` and `{other}` both want to be the container `{name}`",
                        service.name
                    ),
                    "give each a name of its own",
                );
            }
        }
    },
};
