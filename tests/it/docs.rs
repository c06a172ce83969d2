//! The reference pages are generated from the code: `docs/*.md` is compared, and written with `BLESS=1`.
#![allow(clippy::disallowed_methods, reason = "these tests read the project's own documents")]

use crate::bless::compare_or_bless;
use serde_json::Value;
use std::fmt::Write as _;
use std::path::Path;
use trigger_gen::artifacts::ARTIFACTS;
use trigger_gen::catalogue::{AWAITING, CATALOGUE, Handled, OBSERVED};
use trigger_gen::lint::LINTS;
use trigger_gen::proof::PROOFS;
use trigger_gen::release::{self, Evidence, RELEASES};
use trigger_gen::secrets::{ROTATIONS, Step, Way};

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

/// The commands of the control script, by the lines in its parts that its own help shows.
#[test]
fn trigger_ctl() {
    let mut out = String::from(
        "# trigger-ctl.sh\n\n\
         The control script lies beside the stacks of every server and worker host, `./trigger-ctl.sh COMMAND`. It works from any \
         folder and from cron, calls docker compose in one way (one project, both files, none of the caller's variables) and shows no \
         secret unless asked for by name. It is the same for every site: what differs stands in `ctl/site.sh`.\n\n\
         *where*: `server` has the webapp, `worker` only runs tasks. *lock*: only one such command runs at a time.\n",
    );
    for (path, text) in trigger_gen::artifacts::control_script_parts() {
        let lines: Vec<&str> = text.lines().filter_map(|it| it.strip_prefix("#: ")).collect();
        if lines.is_empty() {
            continue;
        }
        let about = text.lines().nth(1).and_then(|it| it.strip_prefix("# ")).expect("a title");
        write!(out, "\n## {about}\n\nIn `{path}`.\n\n| command | where | lock | what it does |\n| --- | --- | --- | --- |\n")
            .expect("text");
        for line in lines {
            let fields: Vec<&str> = line.rsplitn(4, '|').map(str::trim).collect();
            let [what, place, lock, call] = fields.as_slice() else { panic!("{path}: {line}") };
            let (call, lock) = (call.replace('|', "\\|"), lock.replace("no", ""));
            writeln!(out, "| `{call}` | {place} | {lock} | {what} |").expect("text");
        }
    }
    out.push_str(
        "\n## Exit codes\n\n| code | meaning |\n| --- | --- |\n| 0 | done |\n| 1 | a command that it called failed |\n\
         | 2 | wrong call |\n| 3 | degraded: something does not do its work |\n| 4 | something is missing: docker, `.env`, rights |\n\
         | 5 | no disk space |\n| 6 | something does not match |\n| 7 | refused, or not confirmed |\n| 8 | took too long |\n\
         | 75 | another run holds the lock |\n| 130, 143 | interrupted, ended |\n\n\
         `TRIGGER_CTL_DRY_RUN=1` says what would be changed and changes nothing.\n",
    );
    page("trigger-ctl.md", &out);
}

#[test]
fn proofs() {
    let mut out = String::from(
        "# Proofs\n\nWhat `build` proves of every tree before it is written, and `verify` of the files as they stand.\n\n",
    );
    out.push_str("| proof | what holds |\n| --- | --- |\n");
    for it in PROOFS {
        writeln!(out, "| [{0}](#{0}) | {1} |", it.name, it.summary.replace('|', "\\|"))
            .expect("text");
    }
    out.push_str("\n# Examples\n\nFor each proof a tree of one of the examples in which something is broken, and what is said of it.\n");
    let examples = crate::proofs::shown::examples();
    for it in PROOFS {
        write!(out, "\n## {}\n\n{}", it.name, examples[it.name]).expect("text");
    }
    page("proofs.md", &out);
}

/// What each secret is, and what a new value of it leads to.
#[test]
fn secrets() {
    let mut out = String::from(
        "# Secrets\n\n\
         The store, `<name>.secrets.yaml` beside the site file, holds what trigger-gen makes and what you put in. Its values \
         stand in the secret files of the output (`.env`, `auth.htpasswd`), at mode 0600, and nowhere else; every other \
         file and all that is printed has fingerprints at most.\n\n\
         - `build`, and `secrets generate`, make what is missing and change nothing that is there.\n\
         - `secrets set NAME` and `secrets import ENV` take values in, from standard input or a file; no argument is a value.\n\
         - `secrets rotate NAME… SITE` gives secrets that trigger-gen made new values and names every step; `-n` only names them.\n\n\
         The old value is not kept: no step needs it. Until the next build it stands in `out/<name>/docker/.env`, and on the \
         server until the new files are there. The build after it names what changed, with the steps once more. A build that would \
         leave the old value in a file that was edited by hand writes nothing.\n\n\
         A store that is lost comes back from its backup, or by `secrets import` from the `.env` of the server. Neither `build` nor \
         `secrets generate` makes another `ENCRYPTION_KEY` beside an output that has one, and an import of another installation's \
         `.env` is refused as long as `out/<name>/docker/.env` is there to compare with.\n\n\
         A secret that you supplied is changed by whoever issued it: put the new one in with `secrets set`, build, copy, \
         and start. For a database of your own, change its password first. The worker token is none of these: the server makes it, \
         and it is never in the store.\n\n\
         The commands run in the folder of the installation on the host that stands above them, once the new files are there; one that \
         fails stops the next. Of several secrets POSTGRES_PASSWORD comes first. After a change of secrets of your own, `./trigger-ctl.sh up` is enough. \
         For a cluster the steps of a site stand in `kubernetes/RUNBOOK.md` under \"Change a secret\", and `secrets rotate` prints them.\n\n",
    );
    out.push_str("| secret | may change | the old value |\n| --- | --- | --- |\n");
    for row in ROTATIONS {
        let may = if matches!(row.way, Way::Never { .. }) { "no" } else { "yes" };
        writeln!(out, "| [{0}](#{1}) | {may} | {2} |", row.name, row.name.to_lowercase(), row.old)
            .expect("text");
    }
    for row in ROTATIONS {
        write!(out, "\n## {}\n\n{}\n", row.name, row.effect).expect("text");
        let in_cluster = row.in_cluster.as_ref().filter(|it| it.effect != row.effect);
        in_cluster
            .map_or(Ok(()), |it| write!(out, "\nIn a cluster: {}\n", it.effect))
            .expect("text");
        match row.way {
            Way::InCluster => {}
            Way::Never { why, instead } => {
                write!(out, "\nIt is not rotated: {why}. The way out: {instead}.\n").expect("text");
            }
            Way::Rotate { before, after, on_clients, on_workers } => {
                let command = format!("./trigger-ctl.sh rotate {}", row.name);
                let what = before.or(after).unwrap_or("starts what changed");
                let rotate = || std::iter::once((what, command.as_str()));
                let steps = |steps: &'static [Step]| steps.iter().map(|it| (it.what, it.command));
                out.push_str("\n```sh\n");
                block(&mut out, "on the server, or the host of the webapp", rotate());
                let workers = on_workers.then(rotate).into_iter().flatten();
                block(&mut out, "at once on every worker host, with its new files", workers);
                block(&mut out, "on every machine that deploys, and in its CI", steps(on_clients));
                out.push_str("```\n");
            }
        }
    }
    page("secrets.md", &out);
}

/// The commands of one host, each run only if the one before it went well.
fn block<'a>(out: &mut String, host: &str, steps: impl Iterator<Item = (&'a str, &'a str)>) {
    let lines = |(what, command): (&str, &str)| format!("# - {what}\n{}", general(command));
    let steps: Vec<String> = steps.map(lines).collect();
    if !steps.is_empty() {
        writeln!(out, "# {host}\n{}", steps.join(" &&\n")).expect("text");
    }
}

/// A command of no site in particular.
fn general(command: &str) -> String {
    command.replace("{registry}", "REGISTRY").replace("{user}", "USER")
}

#[test]
fn catalogue() {
    let mut out = String::from(
        "# The catalogue\n\nEvery known way to get a self-hosted Trigger.dev wrong, under the name by which people report it, and who prevents it. Each lands in one place: a type that has no value for it (*unrepresentable*), a [lint](lints.md) on the site, a [proof](proofs.md) on the tree, or the doctor on the running server. `trigger-gen explain NAME` leads there.\n\n",
    );
    out.push_str("| name | lands in | which | note |\n| --- | --- | --- | --- |\n");
    for it in CATALOGUE {
        let name = match it.handled {
            Handled::Unrepresentable { .. } => format!("[{0}](#{0})", it.name),
            _ => it.name.to_owned(),
        };
        let mut notes = Vec::new();
        if !it.also.is_empty() {
            notes.push(format!("in an edited tree: {}", in_backticks(it.also)));
        }
        notes.extend((!it.note.is_empty()).then(|| it.note.to_owned()));
        let which = in_backticks(&it.handled.which());
        let row = format!("| {name} | {} | {which} | {} |", it.handled.place(), notes.join("; "));
        writeln!(out, "{row}").expect("text");
    }
    out.push_str(&uncatalogued());
    out.push_str("\n## What was seen\n\nWhat the real programs do with a wrong value, beyond the names above.\n\n| seen | lands in | which | note |\n| --- | --- | --- | --- |\n");
    for it in OBSERVED {
        let place = it.handled.as_ref().map_or("nobody", Handled::place);
        let which = it.handled.as_ref().map_or(String::new(), |it| in_backticks(&it.which()));
        writeln!(out, "| {} | {place} | {which} | {} |", it.what, it.note).expect("text");
    }
    out.push_str("\n## What waits\n\nNames for which the site file has no section yet: nobody can get them wrong with trigger-gen, and nobody prevents them.\n\n| name | prevented by what comes with |\n| --- | --- |\n");
    for it in AWAITING {
        writeln!(out, "| {} | {} |", it.name, it.section).expect("text");
    }
    out.push_str("\n# What no site can say\n");
    for it in CATALOGUE {
        if let Handled::Unrepresentable { page, .. } = it.handled {
            let body = page.replace("\n## ", "\n### ");
            write!(out, "\n## {}\n\n{}\n", it.name, body.trim_end()).expect("text");
        }
    }
    page("catalogue.md", &out);
}

fn in_backticks(names: &[&str]) -> String {
    names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Lints and proofs that no row leads to: faults for which people have no name.
fn uncatalogued() -> String {
    let led: Vec<&str> = CATALOGUE
        .iter()
        .flat_map(|it| it.handled.which().into_iter().chain(it.also.iter().copied()))
        .collect();
    let mut out = String::from(
        "\n## What has no name there\n\n| name | lands in | in a sentence |\n| --- | --- | --- |\n",
    );
    for it in LINTS.iter().filter(|it| !led.contains(&it.name)) {
        writeln!(out, "| {} | lint | {} |", it.name, it.summary()).expect("text");
    }
    for it in PROOFS.iter().filter(|it| !led.contains(&it.name)) {
        writeln!(out, "| {} | proof | {} |", it.name, it.summary.replace('|', "\\|"))
            .expect("text");
    }
    out
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
    if let Some(values) = target.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = values.iter().map(|it| format!("`{it}`")).collect();
        return values.join(" or ");
    }
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
        Some("object") if name == "Patches" => "mapping from paths to merge patches".into(),
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
