//! The keys of compose files, and the form of what stands below them.

use super::stack::{Refusal, Stack, Why, line_of};
use super::{Blame, Proof, Spot};

/// Everything that compose refuses for its form, with its place.
fn refused<'s>(stack: &'s Stack<'_>) -> impl Iterator<Item = (Spot, &'s Refusal)> {
    stack.files.iter().flat_map(|file| {
        let text = stack.tree.get(&file.path).map_or("", |it| it.text());
        file.refused.iter().map(move |refusal| {
            let route: Vec<&str> = refusal.route.iter().map(String::as_str).collect();
            (Spot { path: file.path.clone(), line: line_of(text, &route) }, refusal)
        })
    })
}

pub(super) static UNKNOWN_COMPOSE_KEY: Proof = Proof {
    name: "unknown-compose-key",
    summary: "Compose knows every key of a compose file: it starts nothing from a file with another one.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (at, refusal) in refused(stack).filter(|(_, it)| matches!(it.why, Why::Unknown)) {
            report.fault(
                at,
                format!("compose knows no key `{}`", refusal.shown),
                "correct its spelling, or let it begin with `x-` if it is for another reader",
            );
        }
    },
};

pub(super) static MALFORMED_COMPOSE_VALUE: Proof = Proof {
    name: "malformed-compose-value",
    summary: "Every key of a compose file has a value of the form that compose reads: it starts nothing otherwise.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (at, refusal) in refused(stack) {
            let Why::Malformed(wanted) = &refusal.why else { continue };
            let place = if refusal.shown.is_empty() { "the file" } else { &refusal.shown };
            report.fault(
                at,
                format!("`{place}` is not of the form that compose reads"),
                format!("write {wanted}"),
            );
        }
    },
};
