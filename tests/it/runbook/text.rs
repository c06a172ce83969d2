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

fn of(site: &str) -> String {
    support::tree_of(site).get("RUNBOOK.md").expect("a runbook").text().to_owned()
}

fn example_with(name: &str, change: impl FnOnce(&mut serde_json::Value)) -> String {
    let mut site = serde_yaml::from_str(&support::example_text(name)).expect("YAML");
    change(&mut site);
    of(&serde_yaml::to_string(&site).expect("YAML"))
}

/// A name that leads to another address of the server than the one it answers at fails for whoever has IPv6.
#[test]
fn names_lead_where_they_answer() {
    let text = example_with("hardened-vps", |_| ());
    let private = "100.101.102.103 | fd7a:115c:a1e0::1234:5678 |";
    assert!(text.contains(&format!("| `trigger.example.com` | dashboard | {private}")));
    assert!(text.contains(&format!("| `s3.trigger.example.com` | object store | {private}")));
    let public = "the public address of the server | its public IPv6 address, if it has one |";
    assert!(text.contains(&format!("| `api.trigger.example.com` | API | {public}")));
    let text = example_with("hardened-vps", |site| {
        let tailnet = site["network"]["access"]["tailscale"].as_object_mut().expect("a tailnet");
        tailnet.remove("ipv6");
    });
    assert!(text.contains("| dashboard | 100.101.102.103 | nowhere: make none |"));
}

/// "These ports and no others" has to name those that the site itself opens.
#[test]
fn ports_of_other_programs_are_listed() {
    let text = example_with("hardened-vps", |site| {
        site["docker"]["hardening"]["firewall"]["tcp_ports"] = serde_json::json!([443, 8443]);
    });
    for row in ["| 22/tcp | ssh |", "| 51820/udp | another program of yours |", "| 8443/tcp |"] {
        assert_eq!(text.matches(row).count(), 1, "{row}");
    }
    assert_eq!(text.matches("| 443/tcp |").count(), 1);
}

#[test]
fn another_port_of_sshd_is_said_first() {
    let text = example_with("split-workers", |site| {
        site["docker"]["hardening"] = serde_json::json!({ "firewall": { "ssh_port": 2222 } });
    });
    let (head, _) = text.split_once("## What there is").expect("a head");
    assert!(head.contains("`Port 2222`") && head.contains("for each of the servers"), "{head}");
    assert!(!example_with("split-workers", |_| ()).contains("`Port "));
}

/// Where root cannot log in, nothing has to be done as root from elsewhere, and a user is made before.
#[test]
fn without_logins_of_root_nobody_logs_in_as_root() {
    let text = example_with("split-workers", |site| {
        site["docker"]["hardening"] = serde_json::json!({ "sshd": { "root_login": false } });
    });
    let (before, after) = text.split_once("parsed OK").expect("a user is made");
    assert!(before.contains("adduser") && before.contains("until then after `ssh root@SERVER`"));
    assert!(!after.contains("root@"), "{after}");
    let called = |text: &str, word: &str| {
        text.lines().filter(|it| it.starts_with(word)).map(str::to_owned).collect::<Vec<_>>()
    };
    let copies = called(after, "rsync ");
    assert_eq!(copies.len(), 4, "{copies:?}");
    for copy in copies {
        assert!(copy.contains("--rsync-path='sudo rsync' ") && copy.contains(" YOU@"), "{copy}");
    }
    let hand_over = called(after, "ssh ");
    assert_eq!(hand_over.len(), 2, "{hand_over:?}");
    for line in hand_over {
        let [from, to] = [" YOU@SERVER sudo /opt", " YOU@worker-"];
        assert!(line.contains(from) && line.contains(to) && line.matches("sudo ").count() == 2);
    }
    let text = example_with("split-workers", |_| ());
    assert!(text.contains("of the preset small-1x | 198.51.100.12, 2001:db8:12::/64 |"));
    assert!(!text.contains("YOU") && !text.contains("sudo "), "root does it all");
}

/// Whoever restores on a new server has none of what `install` would bring.
#[test]
fn a_restore_begins_with_its_programs() {
    let restore = |text: &str| {
        let (_, chapter) = text.split_once("\n## Restore\n").expect("a chapter");
        chapter.split_once("\n## ").expect("its end").0.to_owned()
    };
    let full = restore(&example_with("full", |_| ()));
    let places =
        ["apt-get install -y rclone age\n", "`rclone config`", "rclone copy", "backup list"];
    let places: Vec<_> = places.iter().map(|it| full.find(it)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}\n{full}");
    let alone = restore(&example_with("full", |site| {
        site["docker"]["backup"].as_object_mut().expect("a backup").remove("offsite");
    }));
    assert!(alone.contains("apt-get install -y age\n") && !alone.contains("rclone"), "{alone}");
    assert!(!restore(&example_with("minimal-vps", |_| ())).contains("apt-get"));
}
