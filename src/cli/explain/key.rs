//! The page of a key: what it means, what it is in a site, and the lines of the output that follow from it.

use super::line::follow;
use super::traced::{Traced, cut, default};
use crate::cli::out;
use crate::diag::{Route, Step};
use crate::site::OWNED;
use crate::trace::Effect;
use serde_json::Value;

/// Whether a name asks for this key: as it stands, or without places in lists.
pub(super) fn asks(name: &str, route: &Route) -> bool {
    let keys = route.0.iter().filter(|it| matches!(it, Step::Key(_))).cloned();
    let general = Route(keys.collect()).to_string();
    let ends_in_item = matches!(route.0.last(), Some(Step::Index(_)));
    route.to_string() == name || (!ends_in_item && general == name.replace("[]", ""))
}

/// The page, with a site also what follows there.
pub(super) fn page(name: &str, traced: Option<&Traced>) -> Option<String> {
    let here: Vec<&Effect> = traced
        .into_iter()
        .flat_map(|it| it.trace.effects())
        .filter(|it| asks(name, &it.route))
        .collect();
    let general = here.first().map_or_else(|| name.replace("[]", ""), |it| it.name());
    let mut text = match (meaning(name, &general), here.is_empty()) {
        (Some(text), _) => text,
        (None, false) => format!("{name} (key of site.yaml)\n"),
        (None, true) => return None,
    };
    if let Some(traced) = traced {
        if here.is_empty() {
            text.push_str(&format!(
                "\n{} cannot have it as it stands: another side is chosen above it, or what it belongs to is absent.\n",
                traced.file()
            ));
        }
        for effect in here {
            text.push_str(&in_site(traced, effect));
        }
    }
    Some(text)
}

/// What a site says, and what follows from it.
fn in_site(traced: &Traced, effect: &Effect) -> String {
    let mut text = match (traced.place(effect), traced.value(&effect.route)) {
        (Some(place), Some(value)) => format!("\n{place}: {}: {value}\n", effect.route),
        (Some(place), None) => format!("\n{place}: {}\n", effect.route),
        (None, _) => format!("\n{}: {}, {}\n", traced.file(), effect.route, default(effect)),
    };
    let lines = traced.lines(&effect.lines);
    match effect.lines.len() {
        0 if effect.is_unknown() => text.push_str(
            "What follows from it could not be measured: the other values that were tried change nothing, or do not \
             compile with the rest of this site.\n",
        ),
        0 => text.push_str("No line of the output follows from it.\n"),
        count => text.push_str(&format!("{}:\n", follow(count, "line"))),
    }
    for line in lines {
        text.push_str(&format!("  {line}\n"));
    }
    for path in &effect.paths {
        text.push_str(&format!("  {path}: the path itself\n"));
    }
    if effect.lines.is_empty() && !effect.more.is_empty() {
        text.push_str("Another value would bring:\n");
        for (path, count) in &effect.more {
            text.push_str(&format!("  {path}: {}\n", out::count(*count, "line")));
        }
    }
    text
}

/// What a key means, as the schema has it.
fn meaning(name: &str, route: &str) -> Option<String> {
    let schema = crate::spec::json_schema();
    let mut node = &schema;
    let mut about = "A part of the site.";
    for step in route.split('.') {
        let property = properties(&schema, node).into_iter().find(|it| it.name == step)?;
        about = property.about;
        node = property.node;
    }
    let mut text = format!("{name} (key of site.yaml)\n\n{about}\n");
    let inner = properties(&schema, node);
    if !inner.is_empty() {
        text.push_str("\nIts keys:\n");
        for it in inner {
            let about = it.about.replace('\n', " ");
            text.push_str(&format!("  {}\n", cut(&format!("{route}.{}: {about}", it.name))));
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

/// A key inside a node of the schema.
struct Property<'a> {
    name: &'a str,
    about: &'a str,
    node: &'a Value,
}

/// The keys inside a node; what the side of a choice is about stands at that side.
fn properties<'a>(schema: &'a Value, node: &'a Value) -> Vec<Property<'a>> {
    let about = |node: &'a Value| node.get("description").and_then(Value::as_str);
    let mut found = Vec::new();
    for branch in branches(schema, node) {
        for (name, node) in
            branch.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let about = about(node).or_else(|| about(branch)).unwrap_or_default();
            found.push(Property { name, about, node });
        }
    }
    found
}

/// Every key, by its route.
pub(super) fn names() -> Vec<String> {
    fn walk(schema: &Value, node: &Value, route: &str, found: &mut Vec<String>) {
        for it in properties(schema, node) {
            let name = it.name;
            let inner = if route.is_empty() { name.to_owned() } else { format!("{route}.{name}") };
            walk(schema, it.node, &inner, found);
            found.push(inner);
        }
    }
    let schema = crate::spec::json_schema();
    let mut found = Vec::new();
    walk(&schema, &schema, "", &mut found);
    found
}
