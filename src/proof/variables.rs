//! `.env` and the compose files that read it.

use super::stack::Stack;
use super::{Blame, Proof, Report, Spot};
use std::collections::BTreeMap;

pub(super) static UNDEFINED_COMPOSE_VARIABLE: Proof = Proof {
    name: "undefined-compose-variable",
    summary: "Every `${NAME}` without a default is defined in `.env`, and not blank.",
    blame: Blame::Compiler,
    check: undefined,
};

fn undefined(stack: &Stack<'_>, report: &mut Report<'_>) {
    for file in &stack.files {
        let dotenv = file.dotenv.map(|it| &stack.dotenvs[it]);
        if dotenv.is_none() && stack.context.withheld {
            continue;
        }
        for reference in file.references.iter().filter(|it| !it.has_fallback) {
            let name = &reference.name;
            let help = format!("write `{name}=…` into `.env`");
            match dotenv.and_then(|it| it.values.get(name).map(|value| (it, value))) {
                Some((_, value)) if !value.is_empty() => {}
                Some((dotenv, _)) => report.fault(
                    Spot { path: dotenv.path.clone(), line: dotenv.line(name) },
                    format!("`{name}` is blank, and {} has no default for it", file.path),
                    help,
                ),
                None => {
                    let text = stack.tree.get(&file.path).map_or("", |it| it.text());
                    let needle = format!("${{{name}");
                    let line = text.lines().position(|it| it.contains(&needle)).map(|at| at + 1);
                    let message = match dotenv {
                        Some(dotenv) => format!(
                            "`{name}` has no default, and {} does not define it",
                            dotenv.path
                        ),
                        None => format!(
                            "`{name}` has no default, and there is no `.env` here or in the folder above"
                        ),
                    };
                    report.fault(Spot { path: file.path.clone(), line }, message, help);
                }
            }
        }
    }
}

pub(super) static UNESCAPED_DOLLAR: Proof = Proof {
    name: "unescaped-dollar",
    summary: "Every `$` of a compose file begins a substitution or is doubled.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for file in stack.files.iter().filter(|it| it.stray) {
            report.fault(
                Spot::file(&file.path),
                "a `$` begins no substitution that compose understands",
                "write `$$` where the container is to see a dollar",
            );
        }
    },
};

pub(super) static UNCONSUMED_ENV_KEY: Proof = Proof {
    name: "unconsumed-env-key",
    summary: "Every key of `.env` is used by a compose file: compose passes on nothing by itself.",
    blame: Blame::Compiler,
    check: unconsumed,
};

fn unconsumed(stack: &Stack<'_>, report: &mut Report<'_>) {
    for (at, dotenv) in stack.dotenvs.iter().enumerate() {
        let hosts: Vec<usize> =
            stack.files.iter().filter(|it| it.dotenv == Some(at)).map(|it| it.host).collect();
        // Files of one server may each have a copy.
        let readers: Vec<_> = stack.files.iter().filter(|it| hosts.contains(&it.host)).collect();
        if readers.iter().any(|it| it.env_files.contains(&dotenv.path)) {
            continue;
        }
        for entry in &dotenv.entries {
            let is_read = readers
                .iter()
                .any(|it| it.references.iter().any(|reference| reference.name == entry.key));
            if !is_read && !is_for_compose(&entry.key) {
                report.fault(
                    Spot { path: dotenv.path.clone(), line: Some(entry.line) },
                    format!("`{}` never reaches a container", entry.key),
                    "list it under `environment:` of the service that is to read it, or remove it",
                );
            }
        }
    }
}

/// Settings of compose itself.
fn is_for_compose(key: &str) -> bool {
    key.starts_with("COMPOSE_") || key.starts_with("BUILDX_")
}

pub(super) static DUPLICATE_ENV_KEY: Proof = Proof {
    name: "duplicate-env-key",
    summary: "No key stands in `.env` twice: only the last one counts.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for dotenv in &stack.dotenvs {
            let mut seen = BTreeMap::new();
            for entry in &dotenv.entries {
                if let Some(first) = seen.insert(&entry.key, entry.line) {
                    report.fault(
                        Spot { path: dotenv.path.clone(), line: Some(entry.line) },
                        format!("`{}` stands on line {first} already", entry.key),
                        "keep one of them: the last one counts, whatever the first one says",
                    );
                }
            }
        }
    },
};

pub(super) static NESTED_ENV_EXPANSION: Proof = Proof {
    name: "nested-env-expansion",
    summary: "No value of `.env` is put together from other variables: not every reader does that.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for dotenv in &stack.dotenvs {
            for entry in dotenv.entries.iter().filter(|it| it.nested) {
                report.fault(
                    Spot { path: dotenv.path.clone(), line: Some(entry.line) },
                    format!("the value of `{}` names another variable", entry.key),
                    "write the final value, in single quotes if it holds a `$`",
                );
            }
        }
    },
};

pub(super) static BLANK_VALUE: Proof = Proof {
    name: "blank-value",
    summary: "No variable of a container is blank: readers take that for a value, a zero or a no, never for unset.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for service in &stack.services {
            let blank = |value: &str| value.trim().is_empty();
            for (name, text) in &service.environment {
                // What is blank in `.env` and has no default is said of `.env`.
                let is_kept = text.raw.starts_with("${") && !text.raw.contains([':', '-']);
                if text.value.as_deref().is_some_and(blank) && !is_kept {
                    report.fault(
                        stack.spot(service, name),
                        format!(
                            "`{name}` of `{}` is blank, which is not the same as unset",
                            service.name
                        ),
                        "leave the key out where there is nothing to say",
                    );
                }
            }
        }
    },
};
