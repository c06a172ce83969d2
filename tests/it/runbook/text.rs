//! Links and paths, and strings of the author within the text.

use super::runbooks;
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
    for (tree, text) in runbooks() {
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
        let root = format!("{}/", site.docker.root);
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
}

/// The text of the cell beside a lint in the table of what is accepted.
fn accepted(text: &str) -> String {
    let (mut cells, mut cell): (Vec<String>, Option<String>) = Default::default();
    for event in parser(text) {
        match event {
            Event::Start(Tag::TableCell) => cell = Some(String::new()),
            Event::End(TagEnd::TableCell) => cells.extend(cell.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(cell) = &mut cell {
                    cell.push_str(&text);
                }
            }
            Event::InlineHtml(_) | Event::Html(_) if cell.is_some() => panic!("HTML in {cells:?}"),
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis | Tag::Strong) => {
                assert!(cell.is_none(), "a sign of the author has a meaning");
            }
            _ => {}
        }
    }
    let at = cells.iter().position(|it| it == "known-advisory").expect("the lint");
    cells[at + 1].clone()
}

/// A reason is shown as it was written, whatever signs it has.
#[test]
fn reasons_arrive_as_they_were_written() {
    let mut random = crate::injection::Random::from(0x3d);
    let classes = crate::injection::hostile();
    let random = std::iter::repeat_with(|| random.text()).take(300);
    let mut checked = 0;
    for reason in classes.into_iter().chain(random) {
        let because = serde_json::to_string(&reason).expect("JSON");
        let text =
            format!("{}allow: [{{ lint: known-advisory, because: {because} }}]\n", support::SITE);
        let (Some(site), _) = support::analyse(&text) else { continue };
        let tree = trigger_gen::sketch(&site, &support::secrets(&site));
        let runbook = tree.get("RUNBOOK.md").expect("a runbook").text();
        assert_eq!(accepted(runbook), reason);
        checked += 1;
    }
    assert!(checked > 300, "{checked} reasons were checked");
}
