//! Does a patch change what it says and nothing else, and is one that breaks something refused where it stands?

use crate::support::SITE;
use trigger_gen::diag::Sink;
use trigger_gen::manifest::Manifest;
use trigger_gen::secrets::Secrets;
use trigger_gen::source::Source;
use trigger_gen::spec::Document;

const WEBAPP: &str = "docker/webapp/docker-compose.yml";

/// The lines of every file, `path: line`.
fn lines(patches: &str) -> Vec<String> {
    let text = format!("{SITE}{patches}");
    let source = Source::new("site.yaml", text);
    let mut sink = Sink::default();
    let document = Document::read(&source, &mut sink).expect("it is YAML");
    let site = trigger_gen::analyse(&document, &mut sink, |_, _| {})
        .unwrap_or_else(|_| panic!("{:#?}", sink.diagnostics));
    let names: Vec<_> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let secrets = Secrets::withheld(&Manifest::empty("mine"), &names);
    let tree = trigger_gen::generate(&site, &secrets);
    // What lists hashes changes with every file.
    let lists = ["manifest.json", "docker/checks.json"];
    let files = tree.files.iter().filter(|(path, _)| !lists.contains(&path.as_str()));
    files
        .flat_map(|(path, file)| {
            file.text().lines().map(move |line| format!("{path}: {line}")).collect::<Vec<_>>()
        })
        .collect()
}

/// What the patches add and what they take away.
fn difference(patches: &str) -> (Vec<String>, Vec<String>) {
    let (before, after) = (lines(""), lines(patches));
    let only = |these: &[String], those: &[String]| {
        these.iter().filter(|it| !those.contains(it)).cloned().collect::<Vec<_>>()
    };
    (only(&after, &before), only(&before, &after))
}

fn patched(block: &str) -> (Vec<String>, Vec<String>) {
    difference(&format!("patches:\n  {WEBAPP}:\n{block}"))
}

const MARK: &str = "# Patched: `patches` of the site file decides lines of this file.";

fn of_webapp(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| format!("{WEBAPP}: {line}")).collect()
}

#[test]
fn a_patch_adds_replaces_and_removes() {
    let (added, gone) = patched(
        "    services:\n      webapp:\n        init: true\n        restart: always\n        stop_grace_period: null\n",
    );
    assert_eq!(added, of_webapp(&[MARK, "    restart: always", "    init: true"]));
    assert_eq!(gone, of_webapp(&["    stop_grace_period: 10s"]));
}

#[test]
fn a_list_takes_the_place_of_the_list() {
    let (added, gone) =
        patched("    services: { object-store: { ports: ['127.0.0.1:9030:9000'] } }\n");
    assert_eq!(added, of_webapp(&[MARK, "      - 127.0.0.1:9030:9000"]));
    assert_eq!(gone, of_webapp(&["      - 127.0.0.1:9000:9000"]));
}

#[test]
fn a_service_of_the_authors_own_is_proved_like_ours() {
    let digest = "a".repeat(64);
    let block = format!(
        "    services:
      exporter:
        image: example.com/exporter:1.2.3@sha256:{digest}
        networks: [data]
        restart: unless-stopped
        security_opt: ['no-new-privileges:true']
        logging: {{ driver: local }}
"
    );
    let (added, gone) = patched(&block);
    assert_eq!(gone, Vec::<String>::new());
    assert!(added.contains(&format!("{WEBAPP}:   exporter:")), "{added:#?}");
    assert!(added.iter().all(|it| it.starts_with(WEBAPP)), "nothing else changes: {added:#?}");
}

#[test]
fn text_arrives_as_it_is() {
    for awkward in
        ["yes", "1_000", "a: b #c", "'\"\\", "ünï 日本", "two\nlines\n", "\ttab", "%d", "012", "~"]
    {
        let quoted = serde_json::to_string(awkward).expect("a text");
        let text = format!(
            "{SITE}patches:\n  {WEBAPP}:\n    services: {{ webapp: {{ labels: {{ note: {quoted} }} }} }}\n"
        );
        let source = Source::new("site.yaml", text);
        let mut sink = Sink::default();
        let document = Document::read(&source, &mut sink).expect("it is YAML");
        let site = trigger_gen::analyse(&document, &mut sink, |_, _| {}).expect("it compiles");
        assert_eq!(
            site.patches[0].document["services"]["webapp"]["labels"]["note"], awkward,
            "the reader changed it"
        );
    }
    // What was rendered is read again and compared by the renderer itself.
    let (added, _) = patched("    services: { webapp: { labels: { note: 'yes' } } }\n");
    assert!(added.contains(&format!("{WEBAPP}:       note: \"yes\"")), "{added:#?}");
}

fn refused(patches: &str) -> Vec<trigger_gen::diag::Diagnostic> {
    let source = Source::new("site.yaml", format!("{SITE}{patches}"));
    let mut sink = Sink::default();
    let document = Document::read(&source, &mut sink).expect("it is YAML");
    assert!(trigger_gen::analyse(&document, &mut sink, |_, _| {}).is_err());
    sink.diagnostics.into_iter().filter(|it| it.name == "patch-breaks-proof").collect()
}

#[test]
fn what_a_patch_breaks_is_said_with_its_proof() {
    let said = refused(&format!(
        "patches:\n  {WEBAPP}:\n    services: {{ webapp: {{ ports: ['0.0.0.0:8030:3000'] }} }}\n"
    ));
    assert!(
        said.iter().any(|it| it.message.starts_with("with this patch `public-port` does not hold")),
        "{said:#?}"
    );
    assert!(said.iter().all(|it| it.help.is_some() && !it.notes.is_empty()));
}

/// However much a patch breaks, judging it ends, and a person reads the first of it.
#[test]
fn a_flood_is_cut() {
    let services: String =
        (0..30).map(|nth| format!("      bad{nth}: {{ image: 'alpine:3' }}\n")).collect();
    let said = refused(&format!("patches:\n  {WEBAPP}:\n    services:\n{services}"));
    assert!((30..=120).contains(&said.len()), "{}", said.len());

    let said = refused(&format!("patches:\n  {WEBAPP}:\n    services: null\n"));
    assert_eq!(said.len(), 5, "{said:#?}");
    let last = said.last().expect("one");
    assert!(
        last.notes.iter().any(|it| it.contains("more follow from the same patch")),
        "{last:#?}"
    );
}
