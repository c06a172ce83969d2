//! What Flux fills in, and what must not stand in the tree in clear.

use super::{Object, texts};
use crate::proof::stack::{Stack, line_of};
use crate::proof::{Blame, Proof, Spot};
use serde_json::Value;

/// The variables that one file of the output names for Flux.
const VARIABLES: &str = "kubernetes/cluster-secrets.example.yaml";

/// The variables of a text; what begins like one and is none is an error.
fn variables(text: &str) -> Vec<Result<&str, &str>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let after = &rest[at + 1..];
        // Of two dollars Flux keeps one, and reads nothing into it.
        if let Some(tail) = after.strip_prefix('$') {
            rest = tail;
            continue;
        }
        let Some(inner) = after.strip_prefix('{') else {
            rest = after;
            continue;
        };
        let end = inner.find('}').unwrap_or(inner.len());
        found.push(name(&inner[..end]).ok_or(&inner[..end]));
        rest = inner.get(end + 1..).unwrap_or_default();
    }
    found
}

/// The name in an expression that Flux evaluates and a missing value stops.
fn name(expression: &str) -> Option<&str> {
    let end = expression.find('/').unwrap_or(expression.len());
    let (name, change) = expression.split_at(end);
    let first = |c: char| c.is_ascii_alphabetic() || c == '_';
    let fine =
        name.starts_with(first) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (fine && (change.is_empty() || change.matches('/').count() >= 2)).then_some(name)
}

/// Whether Flux leaves an object as it is.
pub(super) fn is_left_alone(it: &Object) -> bool {
    let key = "kustomize.toolkit.fluxcd.io/substitute";
    it.document["metadata"]["annotations"][key] == "disabled"
}

/// The entries of the file that lists the variables.
fn declared(stack: &Stack<'_>) -> Vec<(String, String)> {
    let Some(file) = stack.tree.get(VARIABLES) else { return Vec::new() };
    let document = crate::yaml::read_value::<Value>(file.text()).unwrap_or_default();
    let entries =
        document.get("stringData").and_then(Value::as_object).cloned().unwrap_or_default();
    let text = |it: Value| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    entries.into_iter().map(|(name, value)| (name, text(value))).collect()
}

pub(in crate::proof) static UNDECLARED_SUBSTITUTION: Proof = Proof {
    name: "undeclared-substitution",
    summary: "Every variable of the tree for Flux stands in the list of those to be given values, none stands there in vain, and every other `${` is escaped.",
    blame: Blame::Compiler,
    check: |stack, report| {
        let known = declared(stack);
        let mut used: Vec<&str> = Vec::new();
        for it in stack.applied().filter(|it| !is_left_alone(it)) {
            let mut found = Vec::new();
            texts(&it.document, &mut |text| found.extend(variables(text)));
            for variable in found {
                match variable {
                    Ok(name) if known.iter().any(|(it, _)| it == name) => used.push(name),
                    Ok(name) => report.fault(
                        it.spot(stack, &[]),
                        format!("`{name}` is filled in by Flux, and {VARIABLES} does not name it"),
                        "declare it there, or write `$${` for a dollar and a brace",
                    ),
                    Err(_) => report.fault(
                        it.spot(stack, &[]),
                        "has a `${` that Flux cannot evaluate, or that hides a missing value",
                        "write a variable alone, or `$${` for a dollar and a brace",
                    ),
                }
            }
        }
        for (name, _) in known.iter().filter(|(name, _)| !used.contains(&name.as_str())) {
            let text = stack.tree.get(VARIABLES).map_or("", |it| it.text());
            let at = Spot { path: VARIABLES.into(), line: line_of(text, &["stringData", name]) };
            report.fault(at, format!("`{name}` is used by nothing in the tree"), "take it out");
        }
    },
};

pub(in crate::proof) static NUMBER_LIKE_SECRET: Proof = Proof {
    name: "number-like-secret",
    summary: "No value for Flux to fill in reads like a number or a truth value: it would put one where a text belongs, and the Secret is refused.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for (name, _) in declared(stack).iter().filter(|(_, value)| is_number_like(value)) {
            let text = stack.tree.get(VARIABLES).map_or("", |it| it.text());
            let at = Spot { path: VARIABLES.into(), line: line_of(text, &["stringData", name]) };
            let message = format!("the value of `{name}` is read as a number or a truth value");
            report.fault(at, message, "take another value, with a letter other than `e` in it");
        }
    },
};

fn is_number_like(value: &str) -> bool {
    let digits = |it: &str| !it.is_empty() && it.bytes().all(|c| c.is_ascii_digit());
    let exponent = value.split_once(['e', 'E']).is_some_and(|(a, b)| digits(a) && digits(b));
    let decimal = value.split_once('.').is_some_and(|(a, b)| digits(a) && digits(b));
    let other = value.starts_with("0x") || value.starts_with("0o");
    let word = ["true", "false", "null", "yes", "no", "on", "off", "~"];
    digits(value) || exponent || decimal || other || word.contains(&value.to_lowercase().as_str())
}

/// Keys of Secrets whose values everybody may read.
const PUBLIC: [&str; 2] = ["username", "access-key-id"];

pub(in crate::proof) static CLUSTER_SECRET_IN_CLEAR: Proof = Proof {
    name: "cluster-secret-in-clear",
    summary: "Every value of a Secret in the tree for Flux is filled in later or encrypted: the tree is committed.",
    blame: Blame::Compiler,
    check: |stack, report| {
        for it in stack.of_kind("Secret") {
            for section in ["stringData", "data"] {
                let entries = it.document.get(section).and_then(Value::as_object);
                for (key, value) in entries.into_iter().flatten() {
                    let text = value.as_str().unwrap_or_default();
                    let hidden =
                        variables(text).iter().any(Result::is_ok) || text.starts_with("ENC[");
                    if !hidden && !PUBLIC.contains(&key.as_str()) {
                        let message =
                            format!("`{key}` of the Secret `{}` stands in clear", it.name);
                        report.fault(
                            it.spot(stack, &[section, key]),
                            message,
                            "write a variable that Flux fills in, and change the value that stood here",
                        );
                    }
                }
            }
        }
    },
};
