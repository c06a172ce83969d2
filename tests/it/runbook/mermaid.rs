//! The pictures, drawn by mermaid's own parser.

use super::{of_clusters, runbooks};
use crate::consumers::{Tree, root, scrubbed, tool};
use crate::injection::Random;
use serde_json::{Value, json};
use std::io::Write as _;
use std::process::Stdio;
use trigger_gen::render::mermaid;

/// What mermaid makes of pictures: for each its boxes and arrows, or why it is none. `None` without the program.
pub(crate) fn parsed(pictures: &[String]) -> Option<Vec<Value>> {
    let mut command = scrubbed(&tool("mermaid-node")?);
    command.arg(root().join("tests/consumers/mermaid.mjs"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("node");
    let text = json!(pictures).to_string();
    let mut stdin = child.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).expect("written"));
    let output = child.wait_with_output().expect("its end");
    writer.join().expect("written");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("JSON"))
}

pub(crate) fn picture(text: &str) -> String {
    let (_, rest) = text.split_once("```mermaid\n").expect("a picture");
    rest.split_once("```\n").expect("its end").0.to_owned()
}

/// What a picture shows: the texts of its boxes, and how many arrows lead from one to another.
struct Seen {
    boxes: Vec<String>,
    arrows: usize,
}

impl Seen {
    fn shows(&self, text: &str) -> bool {
        self.boxes.iter().any(|it| it == text)
    }
}

/// The picture of each of these runbooks, whose arrows begin and end at boxes.
fn seen(runbooks: Vec<(Tree, String)>) -> Vec<(Tree, Seen)> {
    let pictures: Vec<String> = runbooks.iter().map(|(_, text)| picture(text)).collect();
    let Some(drawn) = parsed(&pictures) else { return Vec::new() };
    assert_eq!(drawn.len(), runbooks.len());
    let one = |((tree, _), drawn): ((Tree, String), Value)| {
        assert!(drawn["fault"].is_null(), "{}: {}", tree.name, drawn["fault"]);
        let boxes = drawn["boxes"].as_object().expect("boxes");
        let arrows = drawn["arrows"].as_array().expect("arrows");
        for end in arrows.iter().flat_map(|it| [&it["from"], &it["to"]]) {
            assert!(boxes.contains_key(end.as_str().expect("an id")), "{}: {end}", tree.name);
        }
        let texts = boxes.values().filter_map(Value::as_str).map(str::to_owned);
        let seen = Seen { boxes: texts.collect(), arrows: arrows.len() };
        (tree, seen)
    };
    runbooks.into_iter().zip(drawn).map(one).collect()
}

#[test]
fn pictures_show_every_container() {
    for (tree, seen) in seen(runbooks()) {
        let site = std::fs::read_to_string(tree.dir.join("docker/ctl/site.sh")).expect("constants");
        for service in ["webapp", "supervisor", "docker-proxy", "postgres", "redis", "registry"] {
            let has = site.contains(&format!("\n  '{service}'\n"));
            let remote = service == "supervisor" || service == "docker-proxy";
            let split = tree.dir.join("workers").exists();
            assert_eq!(seen.shows(service), has || remote && split, "{} {service}", tree.name);
        }
        assert!(seen.arrows > 4, "{}", tree.name);
    }
}

/// A box for each store of the cluster, and for each that is elsewhere.
#[test]
fn pictures_of_clusters_show_every_store() {
    for (tree, seen) in seen(of_clusters()) {
        for (folder, title) in [
            ("postgresql", "PostgreSQL"),
            ("redis", "Redis"),
            ("clickhouse", "ClickHouse"),
            ("s3", "object store"),
        ] {
            let is_inside = tree.dir.join("kubernetes/flux").join(folder).is_dir();
            assert_eq!(seen.shows(title), is_inside, "{}: {title}", tree.name);
            assert!(seen.boxes.iter().any(|it| it.starts_with(title)), "{}: {title}", tree.name);
        }
        assert!(seen.arrows > 8, "{}", tree.name);
    }
}

/// Any text as a label comes back as it is, and is one box.
#[test]
fn labels_arrive_as_they_were_written() {
    let mut random = Random::from(0xd1a);
    let random = std::iter::repeat_with(|| random.text()).take(200);
    let texts: Vec<String> = crate::injection::hostile()
        .into_iter()
        .chain(random)
        // Mermaid drops blanks at the ends of a label, and an empty one is none.
        .map(|it| it.trim().to_owned())
        .filter(|it| !it.is_empty() && !it.chars().any(char::is_control))
        .collect();
    let label = |(nth, it): (usize, &String)| {
        format!("  a{nth}[\"{0}\"]\n  a{nth} -- \"{0}\" --> b\n", mermaid(it))
    };
    // Some at a time: one parse costs more than a box.
    let picture = |texts: &[String]| {
        let lines: String = texts.iter().enumerate().map(label).collect();
        format!("flowchart LR\n{lines}")
    };
    let pictures: Vec<String> = texts.chunks(40).map(picture).collect();
    let Some(seen) = parsed(&pictures) else { return };
    for (texts, seen) in texts.chunks(40).zip(&seen) {
        assert!(seen["fault"].is_null(), "{seen} of {texts:?}");
        assert_eq!(seen["boxes"].as_object().map(serde_json::Map::len), Some(texts.len() + 1));
        for (nth, text) in texts.iter().enumerate() {
            assert_eq!(seen["boxes"][format!("a{nth}")], json!(text), "{text:?}");
            assert_eq!(seen["arrows"][nth]["text"], json!(text), "{text:?}");
        }
    }
}

#[test]
fn what_is_no_picture_is_refused() {
    let Some(seen) = parsed(&["flowchart LR\n  a[\"x\" --> \n".to_owned()]) else { return };
    assert!(seen[0]["fault"].is_string());
}
