//! The YAML blocks of pages: an example is merged onto a site that is otherwise clean, and its comments say what is
//! said of which line.

use trigger_gen::diag::{Diagnostic, Sink};
use trigger_gen::source::Source;
use trigger_gen::spec::Document;

/// A site of which no lint has anything to say. The blocks of the pages are merged onto it.
const BASE: &str = "\
version: 1
name: page
release: 4.8.5
domain: trigger.example.com
access:
  admins: [ops@example.com]
  email:
    smtp: { from: trigger@example.com, host: smtp.example.com }
storage:
  object_store:
    bundled: { public_host: s3.example.com }
docker:
  host:
    memory: 8GiB
  backup:
    offsite:
      rclone: { remote: \"offsite:trigger\" }
    encryption:
      recipients: [age1h6z6qvgydjv73q8t4paqm89qyzk7dfmc9zykqk58pfmhf27tjqlsu0nupp]
";

/// The base is of a release without holes, which is known from its pages alone. A block that names a
/// release of its own answers for it.
const ALLOW: &str = "\
allow:
  - { lint: documented-release, because: the base }
";

fn base_for(block: &str) -> String {
    let allow = if block.lines().any(|it| it.starts_with("release:")) { "" } else { ALLOW };
    format!("{BASE}{allow}")
}

/// A block of a page as a site: each key of the first two levels that it writes takes the place of the
/// base's. A block that says `version` is a site already.
pub(crate) fn site(block: &str) -> String {
    if block.starts_with("version:") { block.into() } else { merged(&base_for(block), block, 0) }
}

fn merged(base: &str, block: &str, indent: usize) -> String {
    let (ours, theirs) = (entries(base, indent), entries(block, indent));
    let kept = ours.iter().filter(|(key, _)| theirs.iter().all(|(it, _)| it != key));
    let mut text: String = kept.map(|(_, entry)| entry.as_str()).collect();
    for (key, entry) in &theirs {
        let below = |entry: &str| entry.split_once('\n').map(|(_, below)| below.to_owned());
        let base = ours.iter().find(|(it, _)| it == key).and_then(|(_, entry)| below(entry));
        let (first, rest) = entry.split_once('\n').expect("a line");
        match base.filter(|_| indent == 0 && !rest.is_empty()) {
            Some(base) => text += &format!("{first}\n{}", merged(&base, rest, 2)),
            None => text += entry,
        }
    }
    text
}

/// The entries of a mapping in block style, each with all of its lines.
fn entries(text: &str, indent: usize) -> Vec<(String, String)> {
    let mut entries: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.len() - line.trim_start().len() == indent {
            let key = line.trim_start().split(':').next().expect("a key");
            entries.push((key.into(), String::new()));
        }
        let (_, entry) = entries.last_mut().expect("an entry before its lines");
        *entry += &format!("{line}\n");
    }
    entries
}

/// Everything that is said of a site, with the line that it is said of.
pub(crate) fn said(text: &str) -> Vec<(usize, Diagnostic)> {
    let source = Source::new("site.yaml", text);
    let mut sink = Sink::default();
    let document = Document::read(&source, &mut sink).unwrap_or_else(|| panic!("YAML:\n{text}"));
    let _ = trigger_gen::analyse(&document, &mut sink, |_, _| {});
    let line =
        |it: &Diagnostic| source.line_column(document.span(&it.at).expect("a place").start).0;
    sink.diagnostics.into_iter().map(|it| (line(&it), it)).collect()
}

/// The marks of a block: `# warning: [name]`, and after it perhaps more.
pub(crate) fn marks(text: &str) -> Vec<(usize, String)> {
    let mut marks = Vec::new();
    for (nth, line) in text.lines().enumerate() {
        let Some((_, comment)) = line.split_once(" # ") else { continue };
        let each = comment.split_inclusive(']').map(|mark| (nth + 1, mark.trim().to_owned()));
        marks.extend(each);
    }
    marks.sort();
    marks
}

/// The blocks of a page that are marked as of a language.
pub(crate) fn blocks<'p>(page: &'p str, language: &str) -> Vec<&'p str> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|it| it.split("```").next().expect("a block")).collect()
}

/// The example of a page, and what to write instead.
pub(crate) fn example_and_instead(page: &str) -> [&str; 2] {
    blocks(page, "yaml").try_into().expect("two blocks")
}
