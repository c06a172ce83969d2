//! The reference pages are generated from the code: `docs/*.md` is compared, and written with `BLESS=1`.
#![allow(clippy::disallowed_methods, reason = "these tests read the project's own documents")]

use crate::bless::compare_or_bless;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use trigger_gen::artifacts::ARTIFACTS;
use trigger_gen::lint::LINTS;
use trigger_gen::proof::PROOFS;
use trigger_gen::release::{self, Evidence, RELEASES};

fn page(name: &str, text: &str) {
    let note = "<!-- Generated from the code. Change it there, then `BLESS=1 cargo test`. -->";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    compare_or_bless(&path, &format!("{note}\n\n{}\n", text.trim_end()));
}

#[test]
fn artifacts() {
    let mut out = String::from(
        "# Artifacts\n\nWhat a site compiles to, in the order in which a reader should meet it.\n\n",
    );
    out.push_str("| artifact | path below `out/<name>/` | what it is | shaped by |\n| --- | --- | --- | --- |\n");
    for it in ARTIFACTS {
        let keys: Vec<String> = it.keys.iter().map(|key| format!("`{key}`")).collect();
        writeln!(out, "| {} | `{}` | {} | {} |", it.name, it.paths, it.summary, keys.join(", "))
            .expect("text");
    }
    page("artifacts.md", &out);
}

#[test]
fn lints() {
    let mut out = String::from(
        "# Lints\n\nAdvice on a site. Each can be accepted with a reason: `allow: [{ lint: NAME, because: TEXT }]`.\n\n",
    );
    out.push_str("| lint | severity | in a sentence |\n| --- | --- | --- |\n");
    for it in LINTS {
        writeln!(out, "| [{0}](#{0}) | {1} | {2} |", it.name, it.severity.word(), it.summary())
            .expect("text");
    }
    for it in LINTS {
        let body = it.explain.replace("\n## ", "\n### ");
        write!(out, "\n## {}\n\n{}\n", it.name, body.trim_end()).expect("text");
    }
    page("lints.md", &out);
}

#[test]
fn proofs() {
    let mut out = String::from(
        "# Proofs\n\nWhat `build` proves of every tree before it is written, and `verify` of the files as they stand.\n\n",
    );
    out.push_str("| proof | what holds |\n| --- | --- |\n");
    for it in PROOFS {
        writeln!(out, "| {} | {} |", it.name, it.summary.replace('|', "\\|")).expect("text");
    }
    page("proofs.md", &out);
}

#[test]
fn releases() {
    let mut out = String::from(
        "# Releases\n\nEvery Trigger.dev release that a site can name. `code`: its compose files and schemas were read. `documented`: known from pages alone, compiled by what the newest release before it reads.\n\n",
    );
    out.push_str("| release | published | known from | lowest ClickHouse | open advisories |\n| --- | --- | --- | --- | --- |\n");
    for it in RELEASES {
        let evidence = match it.evidence {
            Evidence::Code => "code",
            Evidence::Documented => "documentation",
        };
        let floor = it.clickhouse_floor.map_or("-".into(), |it| format!("{}.{}", it.0, it.1));
        let open = release::advisories_open_at(it.version).count();
        writeln!(
            out,
            "| {} | {} | {evidence} | {floor} | {open} |",
            it.version,
            it.date.unwrap_or("-")
        )
        .expect("text");
    }
    page("releases.md", &out);
}

#[test]
fn spec() {
    let schema = trigger_gen::spec::json_schema();
    let mut out = String::from(
        "# site.yaml\n\nEvery key. A key in bold is required where its parent is written.\n",
    );
    section(&schema, &schema, "", &mut out);
    page("spec.md", &out);
}

fn section(schema: &Value, node: &Value, route: &str, out: &mut String) {
    let Some(properties) = node.get("properties").and_then(Value::as_object) else { return };
    let required: Vec<&str> = node
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    writeln!(out, "\n## {}\n", if route.is_empty() { "The file" } else { route }).expect("text");
    out.push_str("| key | takes | meaning |\n| --- | --- | --- |\n");
    for (name, property) in properties {
        let shown =
            if required.contains(&name.as_str()) { format!("**{name}**") } else { name.clone() };
        let about = property
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .replace('\n', " ");
        writeln!(out, "| {shown} | {} | {about} |", takes(schema, property)).expect("text");
    }
    for (name, property) in properties {
        let inner = if route.is_empty() { name.clone() } else { format!("{route}.{name}") };
        for (suffix, target) in targets(schema, property) {
            section(schema, target, &format!("{inner}{suffix}"), out);
        }
    }
}

fn reference<'a>(schema: &'a Value, node: &'a Value) -> (&'a str, &'a Value) {
    let pointer = node
        .get("$ref")
        .or_else(|| node.pointer("/allOf/0/$ref"))
        .and_then(Value::as_str)
        .and_then(|it| it.strip_prefix('#'));
    match pointer {
        Some(pointer) => (
            pointer.rsplit('/').next().unwrap_or_default(),
            schema.pointer(pointer).unwrap_or(node),
        ),
        None => ("", node),
    }
}

fn takes(schema: &Value, property: &Value) -> String {
    if let Some(only) = property.get("const") {
        return format!("`{only}`");
    }
    let (name, target) = reference(schema, property);
    if let Some(choices) = target.get("oneOf").and_then(Value::as_array) {
        let words = choices.iter().flat_map(|choice| {
            match choice.get("properties").and_then(Value::as_object) {
                Some(keys) => keys.keys().map(|key| format!("`{key}: …`")).collect::<Vec<_>>(),
                None => word(choice),
            }
        });
        return words.collect::<Vec<_>>().join(" or ");
    }
    match target.get("type").and_then(Value::as_str) {
        Some("array") => format!("list of {}", takes(schema, &target["items"])),
        Some("object") if target.get("additionalProperties").is_some_and(Value::is_object) => {
            "mapping from names to values".into()
        }
        Some("object") if name == "SecretRef" => "`{ secret: NAME }`".into(),
        Some("object") => "mapping".into(),
        Some("boolean") => "`true` or `false`".into(),
        Some("integer") => "number".into(),
        _ => match target.get("examples").and_then(|it| it.get(0)).and_then(Value::as_str) {
            Some(example) => format!("text, as `{}`", example.replace('|', "\\|")),
            None => "text".into(),
        },
    }
}

fn word(choice: &Value) -> Vec<String> {
    let words = choice.get("enum").and_then(Value::as_array).cloned().unwrap_or_default();
    let all = words.iter().chain(choice.get("const"));
    all.filter_map(Value::as_str).map(|it| format!("`{it}`")).collect()
}

/// The mappings below a key, each with what has to be written to get there.
fn targets<'a>(schema: &'a Value, property: &'a Value) -> Vec<(String, &'a Value)> {
    let (name, target) = reference(schema, property);
    if name == "SecretRef" {
        return Vec::new();
    }
    if let Some(choices) = target.get("oneOf").and_then(Value::as_array) {
        let keyed =
            choices.iter().filter_map(|it| it.get("properties")?.as_object()?.iter().next());
        return keyed.map(|(key, inner)| (format!(".{key}"), reference(schema, inner).1)).collect();
    }
    match target.get("type").and_then(Value::as_str) {
        Some("array") => targets(schema, &target["items"])
            .into_iter()
            .map(|(suffix, it)| (format!("[]{suffix}"), it))
            .collect(),
        Some("object") if target.get("properties").is_some() => vec![(String::new(), target)],
        _ => Vec::new(),
    }
}

#[test]
fn command_line() {
    let mut out = String::from(
        "# The command line\n\nExit codes: 0 done, 1 the answer is no (the site does not compile, something differs, a proof failed), 2 it could not be done.\n",
    );
    let mut command = trigger_gen::cli::command().term_width(100);
    command.build();
    help(&mut command, &mut out);
    page("cli.md", &out);
}

fn help(command: &mut clap::Command, out: &mut String) {
    let name = command.get_bin_name().unwrap_or("trigger-gen").to_owned();
    let text = command.render_long_help().to_string();
    let text: Vec<&str> = text.lines().map(str::trim_end).collect();
    write!(out, "\n## {name}\n\n```text\n{}\n```\n", text.join("\n").trim_end()).expect("text");
    for inner in command.get_subcommands_mut().filter(|it| it.get_name() != "help") {
        help(inner, out);
    }
}
