//! Links and paths, and strings of the author within the text.

use super::{of_clusters, runbooks};
use crate::support;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeSet;

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES)
}

/// The anchors that GitHub gives to headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let (mut found, mut heading): (BTreeSet<String>, Option<String>) = Default::default();
    for event in parser(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let title = heading.take().expect("a heading").to_lowercase();
                let kept = title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
                found.insert(kept.collect::<String>().replace(' ', "-"));
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn links_lead_somewhere() {
    for (tree, text) in runbooks().into_iter().chain(of_clusters()) {
        let anchors = anchors(&text);
        let mut links = 0;
        for event in parser(&text) {
            let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
            links += 1;
            match dest_url.strip_prefix('#') {
                Some(anchor) => assert!(anchors.contains(anchor), "{}: #{anchor}", tree.name),
                None => assert!(dest_url.starts_with("https://"), "{}: {dest_url}", tree.name),
            }
        }
        assert!(links > 10, "{}", tree.name);
    }
}

/// A path of the installation or of the output that is named is there.
#[test]
fn paths_are_those_of_the_tree() {
    for (tree, text) in runbooks() {
        let site = support::example_site(&tree.name);
        let root = format!("{}/", site.docker().root);
        let mut paths = BTreeSet::new();
        for (start, folder) in [
            (root.as_str(), tree.dir.join("docker")),
            (&format!("out/{}/", tree.name), tree.dir.clone()),
        ] {
            for rest in text.split(start).skip(1) {
                let end = |c: char| c.is_whitespace() || "`'\"*,:|".contains(c);
                let path = rest.split(end).next().unwrap_or_default().trim_end_matches(['.', '/']);
                // What the server makes itself.
                if path.is_empty() || path.starts_with(".state") {
                    continue;
                }
                paths.insert(path.to_owned());
                assert!(folder.join(path).exists(), "{}: {start}{path}", tree.name);
            }
        }
        assert!(paths.len() > 3, "{}: {paths:?}", tree.name);
    }
}

/// What chapters a site has follows from what it has.
#[test]
fn chapters_follow_from_the_site() {
    let has = |name: &str, what: &str| {
        let tree = support::tree(name);
        tree.get("RUNBOOK.md").expect("a runbook").text().contains(what)
    };
    assert!(has("split-workers", "## Worker hosts") && !has("minimal-vps", "## Worker hosts"));
    assert!(has("hardened-vps", "tailscale ip -4") && !has("minimal-vps", "tailscale ip -4"));
    assert!(has("minimal-vps", "magic-link") && !has("classic-vps", "magic-link"));
    assert!(has("external-everything", "db.internal.example.com"));
    assert!(has("hardened-vps", "api.trigger.example.com"));
    let restic = "restic --repo sftp:backup@nas.example.com:/srv/backups/trigger --password-file /srv/trigger/backup/restic-password";
    assert!(has("hardened-vps", &format!("{restic} init\n")));
    assert!(has(
        "hardened-vps",
        &format!(
            "{restic} restore latest --host hardened-vps --tag hardened-vps-backup --target /\n"
        )
    ));
    assert!(!has("minimal-vps", "restic"));
}

/// A proxy of the author's is told of every name that leads to the server.
#[test]
fn a_proxy_of_ones_own_hears_of_every_name() {
    let text = support::SITE.replace("docker: {}", "docker: { proxy: none }\nnetwork: { access: { tailscale: { ipv4: 100.101.102.103, api_domain: api.example.com } } }");
    let tree = support::tree_of(&text);
    let runbook = tree.get("RUNBOOK.md").expect("a runbook").text();
    for host in ["trigger.example.com", "api.example.com", "registry.trigger.example.com"] {
        assert!(runbook.contains(&format!("| `{host}` | `127.0.0.1:")), "{host}");
    }
}

/// What a reader of Markdown gets of the second cell of a table, and of a paragraph.
fn shown(markdown: &str) -> String {
    let page = format!("| a | b |\n| --- | --- |\n| c | {markdown} |\n\n{markdown}\n");
    let (mut cells, mut text): (Vec<String>, String) = Default::default();
    for event in parser(&page) {
        match event {
            Event::Start(Tag::TableCell | Tag::Paragraph) => text.clear(),
            Event::End(TagEnd::TableCell | TagEnd::Paragraph) => cells.push(text.clone()),
            Event::Text(it) => text.push_str(&it),
            Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow) => {}
            Event::End(TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow) => {}
            other => panic!("{other:?} of {markdown:?}"),
        }
    }
    assert_eq!(cells.len(), 5, "{markdown:?}: {cells:?}");
    assert_eq!(cells[3], cells[4], "{markdown:?}");
    cells.pop().expect("a paragraph")
}

/// Every text of one line is shown as it was written, whatever signs it has.
#[test]
fn texts_arrive_as_they_were_written() {
    let mut random = crate::injection::Random::from(0x3d);
    let random = std::iter::repeat_with(|| random.text()).take(3_000);
    let own = [
        "1. a", "- a", "# a", "a-b", "1) b", "---", "| a |", "&amp;", " a ", "<b>", "`", "\\", "=",
        "+ a",
    ];
    let own = own.map(str::to_owned);
    let texts = crate::injection::hostile().into_iter().chain(random).chain(own);
    let written: Vec<String> =
        texts.filter(|it| !it.is_empty() && !it.chars().any(char::is_control)).collect();
    assert!(written.len() > 2_000);
    for text in written {
        assert_eq!(shown(&trigger_gen::render::markdown(&text)), text);
    }
}

/// The same through the whole of it: a reason for which a lint is accepted.
#[test]
fn a_reason_arrives_as_it_was_written() {
    let reason = "a | b \\ `c` <d> [e](f) *g* {{ h }} {% i %} &amp; ~~j~~";
    let because = serde_json::to_string(reason).expect("JSON");
    let text =
        format!("{}allow: [{{ lint: known-advisory, because: {because} }}]\n", support::SITE);
    let tree = support::tree_of(&text);
    let runbook = tree.get("RUNBOOK.md").expect("a runbook").text();
    let line = runbook.lines().find(|it| it.starts_with("| `known-advisory` | ")).expect("the row");
    let cell = line.trim_start_matches("| `known-advisory` | ").trim_end_matches(" |");
    assert_eq!(shown(cell), reason);
    let text = support::example_text("sops-cluster");
    let (before, _) = text.split_once("allow:").expect("what it accepts");
    let text = format!(
        "{before}allow: [{{ lint: known-advisory, because: {because} }}, {{ lint: exposed-query, because: a test }}]\n"
    );
    let tree = support::tree_of(&text);
    let runbook = tree.get("kubernetes/RUNBOOK.md").expect("a runbook").text();
    assert!(runbook.lines().any(|it| it == line), "{runbook}");
}
