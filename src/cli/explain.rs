//! `explain`: what a name means, wherever it comes from.

use super::args::Explain;
use super::{Exit, out};
use crate::artifacts::{ARTIFACTS, Artifact};
use crate::diag::nearest;
use crate::lint::LINTS;
use crate::proof::PROOFS;
use crate::release::{self, COMPOSE_ONLY, Reader, Variable};
use crate::site::{OWNED, owner};
use serde_json::Value;

pub(super) fn run(verb: &Explain) -> Exit {
    let name = verb.name.as_str();
    let pages = [lint(name), proof(name), artifact(name), key(name), variable(name)];
    let found: Vec<String> = pages.into_iter().flatten().collect();
    if found.is_empty() {
        let hint = nearest(name, names().iter().map(String::as_str))
            .map(|it| format!(": did you mean `{it}`?"))
            .unwrap_or_default();
        out::say(format!("error: nothing is called `{name}`{hint}"));
        return Exit::No;
    }
    out::result_text(&found.join("\n"));
    Exit::Done
}

fn names() -> Vec<String> {
    let lints = LINTS.iter().map(|it| it.name.to_owned());
    let proofs = PROOFS.iter().map(|it| it.name.to_owned());
    let artifacts = ARTIFACTS.iter().map(|it| it.name.to_owned());
    let variables = Reader::ALL
        .iter()
        .flat_map(|reader| release::reader_table(*reader))
        .map(|it| it.name.to_owned());
    lints.chain(proofs).chain(artifacts).chain(variables).chain(keys()).collect()
}

fn lint(name: &str) -> Option<String> {
    let lint = LINTS.iter().find(|it| it.name == name)?;
    Some(format!(
        "{} (lint, {}, since {})\n\n{}",
        lint.name,
        lint.severity.word(),
        lint.since,
        lint.explain
    ))
}

fn proof(name: &str) -> Option<String> {
    let proof = PROOFS.iter().find(|it| it.name == name)?;
    Some(format!("{} (proof of `verify`)\n\n{}\n", proof.name, proof.summary))
}

fn artifact(name: &str) -> Option<String> {
    let artifact: &Artifact = ARTIFACTS.iter().find(|it| it.name == name)?;
    let keys: Vec<String> = artifact.keys.iter().map(|it| format!("`{it}`")).collect();
    Some(format!(
        "{} (artifact)\n\n{}.\nPath: {}\nShaped by: {}\n",
        artifact.name,
        artifact.summary,
        artifact.paths,
        keys.join(", ")
    ))
}

/// A key of site.yaml, as the schema has it.
fn key(route: &str) -> Option<String> {
    let schema = crate::spec::json_schema();
    let mut node = &schema;
    let mut description = None;
    for step in route.split('.') {
        let property = property(&schema, node, step)?;
        description = property.get("description").and_then(Value::as_str);
        node = property;
    }
    let mut text =
        format!("{route} (key of site.yaml)\n\n{}\n", description.unwrap_or("A part of the site."));
    let inner = properties(&schema, node);
    if !inner.is_empty() {
        text.push_str("\nIts keys:\n");
        for (name, about) in inner {
            text.push_str(&format!("  {route}.{name}: {about}\n"));
        }
    }
    let written: Vec<&str> = OWNED
        .iter()
        .filter(|it| it.key == route || it.key.starts_with(&format!("{route}.")))
        .map(|it| it.name)
        .collect();
    if !written.is_empty() {
        text.push_str(&format!("\nIt decides: {}\n", written.join(", ")));
    }
    Some(text)
}

/// What a reference leads to, through lists and single choices.
fn resolved<'a>(schema: &'a Value, node: &'a Value) -> &'a Value {
    let inner = node.get("items").or_else(|| node.pointer("/allOf/0")).unwrap_or(node);
    let reference = inner.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#'));
    match reference.and_then(|pointer| schema.pointer(pointer)) {
        Some(target) => target,
        None if std::ptr::eq(inner, node) => node,
        None => resolved(schema, inner),
    }
}

fn branches<'a>(schema: &'a Value, node: &'a Value) -> Vec<&'a Value> {
    let target = resolved(schema, node);
    let mut all = vec![target];
    all.extend(
        target.get("oneOf").or(target.get("anyOf")).and_then(Value::as_array).into_iter().flatten(),
    );
    all
}

fn property<'a>(schema: &'a Value, node: &'a Value, name: &str) -> Option<&'a Value> {
    branches(schema, node).into_iter().find_map(|it| it.get("properties")?.get(name))
}

fn properties<'a>(schema: &'a Value, node: &'a Value) -> Vec<(&'a str, &'a str)> {
    let objects =
        branches(schema, node).into_iter().filter_map(|it| it.get("properties")?.as_object());
    objects
        .flatten()
        .map(|(name, property)| {
            (
                name.as_str(),
                property
                    .get("description")
                    .and_then(Value::as_str)
                    .unwrap_or("")
                    .lines()
                    .next()
                    .unwrap_or(""),
            )
        })
        .collect()
}

/// Every key, by its route.
fn keys() -> Vec<String> {
    fn walk(schema: &Value, node: &Value, route: &str, found: &mut Vec<String>) {
        for (name, _) in properties(schema, node) {
            let inner = if route.is_empty() { name.to_owned() } else { format!("{route}.{name}") };
            if let Some(property) = property(schema, node, name) {
                walk(schema, property, &inner, found);
            }
            found.push(inner);
        }
    }
    let schema = crate::spec::json_schema();
    let mut found = Vec::new();
    walk(&schema, &schema, "", &mut found);
    found
}

fn variable(name: &str) -> Option<String> {
    let readers: Vec<&Variable> =
        Reader::ALL.iter().filter_map(|reader| release::lookup(*reader, name)).collect();
    let compose = COMPOSE_ONLY.iter().find(|it| it.name == name);
    if readers.is_empty() && compose.is_none() {
        return None;
    }
    let mut text = format!("{name} (variable)\n\n");
    for variable in readers {
        text.push_str(&read_by(variable));
    }
    if let Some(key) = compose {
        text.push_str(&format!("Read by compose alone: {}\n", key.meaning));
    }
    Some(text)
}

fn read_by(variable: &Variable) -> String {
    let until = variable.last_until().map(|it| format!(" until {it}")).unwrap_or_default();
    let mut text = format!(
        "Read by the {} since {}{until} ({}).\n",
        variable.reader.name(),
        variable.first_since(),
        variable.source
    );
    if let Some(span) = variable.spans.last() {
        let default = span.default.map_or("none".into(), |it| format!("`{it}`"));
        text.push_str(&format!(
            "  Default: {default}. Required: {}.\n",
            if span.required { "yes" } else { "no" }
        ));
    }
    if let Some(key) = owner(variable.reader, variable.name) {
        text.push_str(&format!("  Written from `{key}`.\n"));
    }
    text
}
