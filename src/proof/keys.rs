//! The keys of compose files.

use super::stack::line_of;
use super::{Blame, Proof, Spot};

pub(super) static UNKNOWN_COMPOSE_KEY: Proof = Proof {
    name: "unknown-compose-key",
    summary: "Compose knows every key of a compose file: it starts nothing from a file with another one.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for file in &stack.files {
            let text = stack.tree.get(&file.path).map_or("", |it| it.text());
            for keys in &file.unknown_keys {
                let route: Vec<&str> = keys.iter().map(String::as_str).collect();
                report.fault(
                    Spot { path: file.path.clone(), line: line_of(text, &route) },
                    format!("compose knows no key `{}`", route.join(".")),
                    "correct its spelling, or let it begin with `x-` if it is for another reader",
                );
            }
        }
    },
};
