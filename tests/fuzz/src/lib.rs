//! What must hold for any bytes, one function for each target. A property that does not hold panics.
//!
//! What is written is read back by a reader that shares nothing with the writer (`readers`), as far as there is one.

mod readers;

use std::sync::OnceLock;
use trigger_gen::artifacts::spelled;
use trigger_gen::diag::{Severity, Sink};
use trigger_gen::manifest::Manifest;
use trigger_gen::plan::{Body, Constant, Element, Plan, PlannedFile, ShellFile, Words};
use trigger_gen::proof::{self, Context};
use trigger_gen::render::{quoted, read_dotenv, render, word};
use trigger_gen::secrets::{Draft, Secrets, import as take};
use trigger_gen::site::Site;
use trigger_gen::sops::{FileKey, Moment, decrypt, encrypt, faults, says_the_same};
use trigger_gen::source::Source;
use trigger_gen::spec::Document;
use trigger_gen::tree::{File, Mode, OutPath, Tree};
use trigger_gen::value::{AgeRecipient, Scalar as _, SecretName};

/// A property.
pub type Property = fn(&[u8]);

/// Every one of them, by the name of its target.
pub const PROPERTIES: &[(&str, Property)] = &[
    ("site", site),
    ("tree", tree),
    ("dotenv", dotenv),
    ("import", import),
    ("store", store),
    ("yaml", yaml),
    ("xml", xml),
    ("compose", compose),
    ("url", url),
    ("shell", shell),
    ("markdown", markdown),
    ("mermaid", mermaid),
    ("sops", sops),
];

/// A site file says what is wrong with it, or compiles to a tree that holds its own proofs.
pub fn site(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (source, mut sink) = (Source::new("site.yaml", text), Sink::default());
    let document = Document::read(&source, &mut sink);
    let site = document.as_ref().and_then(|it| trigger_gen::analyse(it, &mut sink, |_, _| {}).ok());
    for it in &sink.diagnostics {
        let span = document.as_ref().and_then(|document| document.span(&it.at));
        let span = span.unwrap_or(0..0);
        assert!(text.get(span.clone()).is_some(), "{span:?} is no part of the text");
        source.line_column(span.start);
    }
    match site {
        Some(site) => drop(trigger_gen::generate(&site, &withheld(&site))),
        None => assert!(sink.count(Severity::Error) > 0, "refused without a reason"),
    }
}

/// What stands for the secrets of a site where there is no store.
fn withheld(site: &Site) -> Secrets {
    let names: Vec<SecretName> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    Secrets::withheld(&Manifest::empty(site.name.as_str()), &names)
}

/// Whatever a folder holds, the proofs say something of it or nothing. A line `=== PATH` begins a file.
pub fn tree(bytes: &[u8]) {
    let text = format!("\n{}", String::from_utf8_lossy(bytes));
    let mut tree = Tree::default();
    for part in text.split("\n=== ").skip(1) {
        let (path, content) = part.split_once('\n').unwrap_or((part, ""));
        let Some(path) = OutPath::new(path) else { continue };
        let mode = if path.as_str().ends_with(".env") { Mode::Secret } else { Mode::Plain };
        let file = File { bytes: content.as_bytes().to_vec(), mode, artifact: "foreign" };
        tree.files.insert(path, file);
    }
    for withheld in [false, true] {
        let faults = proof::check(&tree, &Context { withheld, ..Context::default() });
        for it in faults {
            assert!(!it.message.is_empty() && !it.help.is_empty(), "{} says nothing", it.proof);
        }
    }
}

/// A value of `.env` is read back by our own reader, by docker compose's rules, and by `secrets import`.
pub fn dotenv(bytes: &[u8]) {
    let Some(value) = text(bytes, |c| !c.is_control() || matches!(c, '\n' | '\t')) else { return };
    let line = format!("KEY={}\n", quoted(&value));
    let ours = read_dotenv(&line).expect("our own spelling");
    assert_eq!(ours, [("KEY".to_owned(), value.clone())]);
    assert_eq!(readers::dotenv(&line).as_ref(), Some(&value), "{line}");
}

/// An import takes everything or nothing, and a value that the compiler wrote is taken as it is.
pub fn import(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (draft, name) = (Draft::new(bundled().name.as_str()), name("MANAGED_WORKER_SECRET"));
    let mut after = draft.clone();
    let done = take(&mut after, bundled(), text).is_done();
    assert!(done || after.write() == draft.write(), "a refused import changed the store");
    let printable = |c: char| !c.is_control();
    if let Some(value) = self::text(bytes, printable).filter(|it| !it.is_empty()) {
        let mut after = draft;
        let line = format!("{name}={}\n", quoted(&value));
        if take(&mut after, bundled(), &line).taken.contains(&name) {
            assert_eq!(after.value(&name), Some(value.as_str()), "{line}");
        }
    }
}

/// What is no store is refused, what is one is written and read again, and any value in it comes back.
pub fn store(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(draft) = Draft::read(&text) {
        same(&draft);
    }
    let mut draft = Draft::new("fuzz");
    let mut next = 0u8;
    draft.make_key(&mut |bytes: &mut [u8]| {
        for byte in bytes {
            (*byte, next) = (next, next.wrapping_add(7));
        }
    });
    draft.set(name("ANY_SECRET"), text.into_owned());
    same(&draft);
}

fn same(draft: &Draft) {
    let written = draft.write();
    let again = Draft::read(&written).expect("what was written is a store");
    assert!(again.write() == written, "a store is another one after it was written");
    for name in draft.names() {
        assert!(again.value(name) == draft.value(name), "{name} is another value");
    }
}

/// A text comes back from YAML, as a value and as a key.
pub fn yaml(bytes: &[u8]) {
    let Some(text) = text(bytes, |_| true) else { return };
    let document = serde_json::json!({ "key": text, "list": [text], text.as_str(): 1 });
    let written = trigger_gen::yaml::write(&document);
    let again: serde_json::Value = trigger_gen::yaml::read_back(&written).expect("YAML");
    assert_eq!(again, document, "{written}");
    let scalar = trigger_gen::yaml::write(&[&text]);
    if let Some(seen) = readers::yaml_item(&scalar) {
        assert_eq!(seen, text, "{scalar}");
    }
}

/// A text comes back from XML, in an element and in an attribute. `render` reads the file again itself.
pub fn xml(bytes: &[u8]) {
    // What XML 1.0 cannot hold has no place there, and no text of ours has two lines.
    let holds = |c: char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let Some(text) = text(bytes, holds) else { return };
    let children = vec![Element::text("text", &text), Element::flag("flag", "attribute", &text)];
    let body = Body::Xml { header: vec![text.clone()], root: Element::parent("root", children) };
    let file = rendered(body);
    assert_eq!(readers::xml_text(&file, "text").as_ref(), Some(&text), "{file}");
    assert_eq!(readers::xml_attribute(&file, "attribute").as_ref(), Some(&text), "{file}");
}

fn rendered(body: Body) -> String {
    let path = OutPath::new("file").expect("a path");
    let file = PlannedFile { path, mode: Mode::Plain, artifact: "fuzz", body };
    let tree = render(Plan { files: vec![file] }).tree;
    tree.get("file").expect("the file").text().to_owned()
}

/// A literal text of a compose file is itself after docker compose put variables in.
pub fn compose(bytes: &[u8]) {
    let Some(text) = text(bytes, |_| true) else { return };
    let written = spelled(&text).in_compose;
    assert_eq!(readers::compose(&written).as_ref(), Some(&text), "{written}");
}

/// A part of a URL is itself after decoding, and ends no part before its time.
pub fn url(bytes: &[u8]) {
    let Some(text) = text(bytes, |_| true) else { return };
    let written = spelled(&text).in_url;
    assert!(written.bytes().all(|it| it.is_ascii_alphanumeric() || b"-._~%".contains(&it)));
    assert_eq!(readers::percent_decoded(&written).as_ref(), Some(&text), "{written}");
}

/// A text is one word of a shell and itself, alone and in a file of constants. `render` reads the file again itself.
pub fn shell(bytes: &[u8]) {
    let Some(text) = text(bytes, |c| !matches!(c, '\0' | '\r')) else { return };
    let written = word(&text);
    assert_eq!(readers::shell(&written).as_deref(), Some([text.clone()].as_slice()), "{written}");
    let two = format!("{written} {written}");
    assert_eq!(readers::shell(&two), Some(vec![text.clone(), text.clone()]), "{two}");
    let constant = |value| Constant { name: "NAME", about: "a name", value };
    let many = vec![text.clone(), String::new(), text.clone()];
    let constants = vec![constant(Words::One(text.clone())), constant(Words::Many(many.clone()))];
    let file = rendered(Body::Shell(ShellFile { header: vec!["Head.".into()], constants }));
    let (_, rest) = file.split_once("NAME=").expect("the first");
    let (first, second) = rest.split_once("\n\n# a name\nreadonly NAME=(").expect("the second");
    assert_eq!(readers::shell(first), Some(vec![text]), "{file}");
    let second = second.strip_suffix(")\n").expect("its end");
    assert_eq!(readers::shell(second), Some(many), "{file}");
}

/// A text of one line is shown as it was written, in a cell of a table and in a paragraph.
pub fn markdown(bytes: &[u8]) {
    let Some(text) = text(bytes, |c| !c.is_control() && c != '\u{2028}' && c != '\u{2029}') else {
        return;
    };
    if text.is_empty() {
        return;
    }
    let written = trigger_gen::render::markdown(&text);
    let shown = readers::markdown(&written);
    assert_eq!(shown.as_deref(), Some(text.as_str()), "{written}");
}

/// A text is one label, which ends at no sign of the text and has none that Mermaid takes for its own.
pub fn mermaid(bytes: &[u8]) {
    let Some(text) = text(bytes, |_| true) else { return };
    let written = trigger_gen::render::mermaid(&text);
    assert_eq!(readers::mermaid(&written).as_deref(), Some(text.as_str()), "{written}");
}

/// A text is encrypted and comes back, from a file too; of any document something is said or nothing.
pub fn sops(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let recipients = [AgeRecipient::from_text(AgeRecipient::EXAMPLE).expect("a recipient")];
    let key = FileKey::new(&recipients, Moment::of_unix(0), &mut |bytes: &mut [u8]| bytes.fill(7));
    let list = [text.clone(), text.clone()];
    let plain = serde_json::json!({ "kind": "Secret", "data": { text.as_ref(): text }, "stringData": list });
    let encrypted = encrypt("secret.yaml", &plain, &key);
    assert_eq!(encrypt("secret.yaml", &plain, &key), encrypted, "another nonce");
    assert_eq!(faults(&encrypted), []);
    assert!(says_the_same(&encrypted, &plain, &recipients), "{encrypted}");
    let written = trigger_gen::yaml::write(&encrypted);
    let again: serde_json::Value = trigger_gen::yaml::read_back(&written).expect("YAML");
    assert_eq!(decrypt(&again, &key), Ok(plain.clone()), "{written}");
    let Ok(mut foreign) = trigger_gen::yaml::read_value::<serde_json::Value>(&text) else { return };
    faults(&foreign);
    assert!(decrypt(&foreign, &key).is_err() || foreign == encrypted, "a MAC of nobody's");
    if let Some(entries) = foreign.as_object_mut() {
        entries.shift_remove("sops");
        let encrypted = encrypt("secret.yaml", &foreign, &key);
        decrypt(&encrypted, &key).expect("what was encrypted a moment ago");
    }
}

/// The bytes as a text of such characters alone.
fn text(bytes: &[u8], holds: impl Fn(char) -> bool) -> Option<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    text.chars().all(holds).then_some(text)
}

fn name(text: &str) -> SecretName {
    SecretName::from_text(text).expect("a name")
}

/// A site with everything bundled.
fn bundled() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| {
        let text = "version: 1\nname: fuzz\nrelease: 4.5.12\ndomain: trigger.example.com\naccess: { admins: [ops@example.com] }\ndocker: {}\n";
        let mut sink = Sink::default();
        let source = Source::new("site.yaml", text);
        let document = Document::read(&source, &mut sink).expect("YAML");
        trigger_gen::analyse(&document, &mut sink, |_, _| {}).expect("a site")
    })
}
