//! Field by field and class by class: a string arrives at the container byte for byte, or is refused with a reason.
//! The outcome is the table of `docs/injection.md`.

use super::classes::{CLASSES, Class, Expected};
use super::fields::{CLOSED, FIELDS, Field, Takes, leaves};
use super::sample::{self, MAIL, Texts};
use crate::bless::compare_or_bless;
use crate::consumers::{root, tool};
use crate::support;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use trigger_gen::secrets;
use trigger_gen::value::SecretName;

/// What became of the strings of one class, by route.
#[derive(Default)]
struct Outcome {
    arrived: BTreeMap<&'static str, usize>,
    refused: BTreeMap<&'static str, usize>,
    reasons: BTreeSet<String>,
}

/// How many compiled samples of each class carry its strings; each field has another string in each.
const ROUNDS: usize = 2;

fn outcome(class: &Class) -> Outcome {
    let (texts, mut outcome) = ((class.texts)(), Outcome::default());
    for (nth, mail) in MAIL.iter().enumerate() {
        // What is no mail is the same in all three samples.
        let counted = |it: &&Field| {
            it.takes != Takes::Secret && (nth == 0 || it.route.starts_with("access.email."))
        };
        let fields: Vec<&Field> = sample::fields(mail).filter(counted).collect();
        let accepted = judge(mail, &fields, &texts, &mut outcome);
        let rounds = if nth == 0 { ROUNDS.min(texts.len()) } else { 1 };
        for round in 0..rounds {
            compiled(mail, &fields, &accepted, round * fields.len());
        }
    }
    of_store(&texts, &mut outcome);
    outcome
}

/// Each string in every field at once, as far as the front half: what each field accepts.
fn judge(
    mail: &str,
    fields: &[&'static Field],
    texts: &[String],
    outcome: &mut Outcome,
) -> BTreeMap<&'static str, Vec<String>> {
    let mut accepted: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for text in texts {
        let all: Texts<'_> = fields.iter().map(|it| (it.route, text.to_owned())).collect();
        let refused = sample::refused(mail, &all);
        for field in fields {
            if let Some(why) = refused.get(field.route) {
                outcome.reasons.insert(general(why));
                *outcome.refused.entry(field.route).or_default() += 1;
            } else {
                accepted.entry(field.route).or_default().push(text.clone());
                *outcome.arrived.entry(field.route).or_default() += 1;
            }
        }
    }
    accepted
}

/// One site in which each field has one of the strings that it accepts, and what the containers see of it.
fn compiled(
    mail: &str,
    fields: &[&'static Field],
    accepted: &BTreeMap<&'static str, Vec<String>>,
    start: usize,
) {
    let pick = |(nth, field): (usize, &&'static Field)| {
        let texts = accepted.get(field.route)?;
        Some((field.route, texts[(start + nth) % texts.len()].clone()))
    };
    let chosen: Texts<'_> = fields.iter().enumerate().filter_map(pick).collect();
    if chosen.is_empty() {
        return;
    }
    let config = sample::compile(&sample::text(mail, &chosen, &BTreeMap::new()), &[]).config();
    for field in fields {
        if let Some(text) = chosen.get(field.route) {
            sample::assert_seen(&config, field, text);
        }
    }
}

/// The same for values of the store, which come in through `secrets set`, which takes the line break of the terminal off.
fn of_store(texts: &[String], outcome: &mut Outcome) {
    let site_text = sample::text("resend", &Texts::new(), &BTreeMap::new());
    let site = support::site(&site_text);
    let mut last: BTreeMap<&str, (SecretName, String)> = BTreeMap::new();
    for text in texts {
        for field in FIELDS.iter().filter(|it| it.takes == Takes::Secret) {
            let mut draft = sample::store(&site, &[]);
            let (name, line) = (field.secret(), format!("{text}\r\n"));
            let Err(refusal) = secrets::set(&mut draft, &site, name.as_str(), &line) else {
                assert_eq!(draft.value(&name), Some(text.as_str()));
                last.insert(field.route, (name, text.clone()));
                *outcome.arrived.entry(field.route).or_default() += 1;
                continue;
            };
            outcome.reasons.insert(general(refusal.why.rsplit("` ").next().expect("a text")));
            *outcome.refused.entry(field.route).or_default() += 1;
        }
    }
    if last.is_empty() {
        return;
    }
    let given: Vec<(SecretName, String)> = last.values().cloned().collect();
    let config = sample::compile(&site_text, &given).config();
    for field in FIELDS {
        if let Some((_, value)) = last.get(field.route) {
            sample::assert_seen(&config, field, value);
        }
    }
}

/// A reason without the character and the place that it names.
fn general(why: &str) -> String {
    match why.strip_prefix("character ").and_then(|it| it.split_once(", which")) {
        Some((_, rest)) => format!("character … is U+…, which{rest}"),
        None => why.to_owned(),
    }
}

#[test]
fn every_string_arrives_or_is_refused_with_a_reason() {
    if tool("docker-compose").is_none() {
        return;
    }
    let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
        let (first, second) = CLASSES.split_at(12);
        let half = scope.spawn(|| first.iter().map(outcome).collect::<Vec<_>>());
        let rest: Vec<Outcome> = second.iter().map(outcome).collect();
        half.join().expect("a test").into_iter().chain(rest).collect()
    });
    for (class, outcome) in CLASSES.iter().zip(&outcomes) {
        for field in FIELDS.iter().filter(|it| matches!(it.takes, Takes::Text | Takes::Variable)) {
            let arrived = outcome.arrived.get(field.route).copied().unwrap_or(0);
            let refused = outcome.refused.get(field.route).copied().unwrap_or(0);
            let found = match (arrived, refused) {
                (_, 0) => Expected::Accepted,
                (0, _) => Expected::Refused,
                _ => Expected::Depends,
            };
            assert_eq!(found, class.expected, "{}: {}", field.route, class.name);
        }
    }
    compare_or_bless(&root().join("docs/injection.md"), &page(&outcomes));
}

#[test]
fn what_nothing_but_the_runbook_repeats_changes_no_other_file() {
    let text = |because: &str| {
        let texts = [("allow[].because", because.to_owned())];
        sample::text("resend", &Texts::from(texts), &BTreeMap::new())
    };
    let tree = |text: &str| {
        support::tree_of(text).files.into_iter().map(|it| (it.0, it.1.bytes)).collect::<Vec<_>>()
    };
    let hostile = "'\"$(id)`${X}\\ #<a>&%";
    let (one, other) = (tree(&text("harmless")), tree(&text(hostile)));
    let differ = one.iter().zip(&other).filter(|(one, other)| one != other);
    // The runbook repeats what was accepted and why.
    let names = differ.map(|(it, _)| it.0.to_string()).collect::<Vec<_>>();
    assert_eq!(names, ["RUNBOOK.md", "manifest.json"]);
}

#[test]
fn free_text_reaches_variables_and_constants_alone() {
    let tree = |text: &str| {
        let chosen: Texts<'_> = sample::fields("smtp").map(|it| (it.route, text.into())).collect();
        let text = sample::text("smtp", &chosen, &BTreeMap::new());
        let mut site: serde_json::Value = serde_yaml::from_str(&text).expect("YAML");
        // With its own ClickHouse, so that there are files of XML.
        site["storage"]["clickhouse"] = serde_json::json!({ "bundled": {} });
        let holds = [
            "/.env",
            ".redacted",
            "/docker-compose.yml",
            "manifest.json",
            "/ctl/site.sh",
            "/checks.json",
            "/deploy.sh",
            "RUNBOOK.md",
        ];
        let mut files = support::tree_of(&site.to_string()).files;
        files.retain(|path, _| !holds.iter().any(|it| path.as_str().ends_with(it)));
        files.into_iter().map(|(path, it)| (path.to_string(), it.bytes)).collect::<BTreeMap<_, _>>()
    };
    let harmless = tree("harmless");
    assert!(harmless.keys().any(|it| it.ends_with(".xml")), "{:?}", harmless.keys());
    let hostile = tree("'\"$(id)`${X}\\ # a]]&amp;%");
    let differ = harmless.iter().filter(|(path, bytes)| hostile.get(*path) != Some(*bytes));
    assert_eq!(differ.map(|it| it.0).collect::<Vec<_>>(), [""; 0], "a free text reaches them");
}

fn page(outcomes: &[Outcome]) -> String {
    let mut out = String::from(
        "<!-- Generated from the code. Change it there, then `BLESS=1 cargo test`. -->\n\n# Injection\n\n\
         Any string that the spec accepts arrives byte for byte at the program that reads it, or is refused with a \
         reason. Each row below is a class of hostile strings, each column a key that takes free text. `docker-compose \
         config` is asked what the container gets.\n\n- **=** every string of the class arrives byte for byte\n\
         - **x** every string of the class is refused with one of the reasons in the last column\n- **2 of 3** so many \
         arrive, the others are refused\n\n## Keys\n\n| | key | seen by | as |\n| --- | --- | --- | --- |\n",
    );
    for (nth, field) in FIELDS.iter().enumerate() {
        let services: BTreeSet<&str> = field.seen.iter().map(|it| it.service).collect();
        let names: Vec<String> = field.seen.iter().map(|it| shown(it.variable, it.part)).collect();
        let route = if field.takes == Takes::Secret {
            field.route.into()
        } else {
            format!("`{}`", field.route)
        };
        let (who, what) = match field.nowhere {
            "" => (Vec::from_iter(services).join(", "), names.join(", ")),
            why => ("nobody".into(), why.into()),
        };
        writeln!(out, "| {} | {route} | {who} | {what} |", nth + 1).expect("text");
    }
    out.push_str(&closed());
    out.push_str("\n## Classes\n\n| class |");
    (1..=FIELDS.len()).for_each(|nth| write!(out, " {nth} |").expect("text"));
    writeln!(out, " reasons |\n| --- |{} --- |", " --- |".repeat(FIELDS.len())).expect("text");
    for (class, outcome) in CLASSES.iter().zip(outcomes) {
        let cells: Vec<String> = FIELDS.iter().map(|it| cell(outcome, it)).collect();
        let reasons =
            Vec::from_iter(outcome.reasons.iter().map(|it| it.replace('|', "\\|"))).join("; ");
        writeln!(out, "| {} | {} | {reasons} |", class.name, cells.join(" | ")).expect("text");
    }
    out.push_str(LIMITS);
    out
}

/// Keys whose type has a closed alphabet, and who reads them.
fn closed() -> String {
    let mut out = String::from(
        "\n## Keys with a closed alphabet\n\n\
         Each is of a type that takes the letters, digits and signs of its form alone; what else is written is refused. \
         Hostile strings in those of `network` and `docker` are refused, or arrive at their readers: nginx, cron, \
         systemd, bash, YAML, Markdown, Mermaid.\n\n| type | keys | read by |\n| --- | --- | --- |\n",
    );
    let leaves = leaves(&trigger_gen::spec::json_schema());
    for (name, readers) in CLOSED {
        let routes = leaves.iter().filter(|(_, of)| of == name);
        let routes: Vec<String> = routes.map(|(route, _)| format!("`{route}`")).collect();
        writeln!(out, "| {name} | {} | {readers} |", routes.join(", ")).expect("text");
    }
    out
}

/// What the table does not say by itself.
const LIMITS: &str = "\n## What else is there\n\n\
    - E-mail addresses and patterns have a closed alphabet in which `$`, `'`, `` ` ``, `#`, `%`, `&`, `{`, `|` may \
    stand; they arrive as one anchored expression.\n\
    - No free text reaches XML, JSON, SQL or a template; a test compiles the same site with hostile and with harmless \
    texts and compares every other file.\n\
    - ClickHouse's XML holds sizes, days and, in comments, the site's name, a DNS label. The longest of each, with \
    every `--` that a label may have, are read by xmllint and by the engine.\n\
    - s2's JSON names one basin, which is the compiler's own.\n\
    - One value meets a shell: the password of the bundled Redis, in the command of its container. It is generated, \
    and a hostile one is accepted by the real server. The commands that make buckets and test health hold nothing of \
    the site's. The folder of installation stands in commands to copy; with blanks it is one word of a real shell.\n\
    - Passwords of bundled servers are generated, and may be imported: a hostile one is the same at the server and in \
    every URL and variable of its clients. The MinIO client decodes nothing, so `:`, `@` and `/` are refused for it \
    alone.\n\
    - The line of htpasswd holds a user of a closed alphabet, without `:`, and a hash; the system's `crypt` opens it \
    with the hostile password and with no other. More than 72 bytes are refused, since bcrypt reads no more.\n\
    - Bytes that are not UTF-8 are no site file at all.\n";

fn shown(variable: &str, part: super::fields::Part) -> String {
    use super::fields::Part;
    match part {
        Part::Whole => format!("`{variable}`"),
        Part::User => format!("user of `{variable}`"),
        Part::Password => format!("password of `{variable}`"),
        Part::Path => format!("path of `{variable}`"),
    }
}

fn cell(outcome: &Outcome, field: &Field) -> String {
    let count = |of: &BTreeMap<&str, usize>| of.get(field.route).copied().unwrap_or(0);
    match (count(&outcome.arrived), count(&outcome.refused)) {
        (0, 0) => panic!("{} was not tried", field.route),
        (_, 0) => "=".into(),
        (0, _) => "x".into(),
        (arrived, refused) => format!("{arrived} of {}", arrived + refused),
    }
}
