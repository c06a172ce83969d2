//! Mutated site files: whatever bytes they are, reading them says what is wrong and never panics; what still compiles
//! is generated without one too.

use super::random::Random;
use crate::support;
use std::collections::BTreeSet;
use std::io::Write as _;
use trigger_gen::secrets::{Draft, Secrets};
use trigger_gen::site::Site;
use trigger_gen::sops::Moment;
use trigger_gen::value::SecretName;

/// Mutated files in all.
const FILES: usize = 20_000;

/// Different sites that are generated in each thread; every one takes longer than hundreds that are only read.
const GENERATED: usize = 20;

/// Bits of YAML and of our own grammar that go in at random places.
const BITS: &[&str] = &[
    "'",
    "\"",
    "- ",
    ": ",
    "? ",
    "#",
    "&a ",
    "*a",
    "!!str ",
    "|\n",
    ">\n",
    "[",
    "]",
    "{",
    "}",
    ",",
    "~",
    "<<: ",
    "---\n",
    "\t",
    "\r\n",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\0",
    "null",
    "yes",
    "0x1f",
    "1e999",
    "-1",
    "18446744073709551616",
    "${X}",
    "{ secret: A }",
    "secret: ",
    "\n",
    "  ",
    "🦀",
    "é",
    "%YAML 1.1\n",
    "...\n",
    "external: ",
    "bundled: ",
    "=",
    "\\",
    "\\x",
];

/// One to four changes of a text; bytes may fall apart, as they do in a damaged file.
pub(crate) fn mutated(text: &str, random: &mut Random) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = random.below(bytes.len());
        match random.below(7) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.below(128) as u8,
            2 => drop(bytes.drain(at..bytes.len().min(at + 1 + random.below(20)))),
            3 => drop(bytes.splice(at..at, random.one_of(BITS).bytes())),
            4 => bytes.truncate(at),
            _ => lines(&mut bytes, random),
        }
    }
    bytes
}

/// Two lines change places, one is repeated, or one goes.
fn lines(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|it| *it == b'\n').collect();
    let (one, other) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(3) {
        0 => lines.swap(one, other),
        1 => lines.insert(other, lines[one]),
        _ => drop(lines.remove(one)),
    }
    *bytes = lines.concat();
}

/// What one thread saw.
#[derive(Default)]
struct Seen {
    compiled: usize,
    sites: BTreeSet<String>,
    generated: usize,
}

fn read(examples: &[String], store: &Draft, thread: u64) -> Seen {
    let mut random = Random::from(0xf022 + thread);
    let mut seen = Seen::default();
    for _ in 0..FILES / 2 {
        let bytes = mutated(&random.one_of(examples), &mut random);
        let (site, sink) = support::analyse(&String::from_utf8_lossy(&bytes));
        let Some(site) = site else {
            assert!(!sink.diagnostics.is_empty(), "refused without a reason");
            continue;
        };
        seen.compiled += 1;
        if seen.generated < GENERATED && seen.sites.insert(format!("{site:?}")) {
            generate(&site, store);
            seen.generated += 1;
        }
    }
    seen
}

/// A store of fake values: hashing a password anew for each site would take longer than all the rest.
fn generate(site: &Site, store: &Draft) {
    let names: Vec<SecretName> = site.needed_secrets().into_iter().map(|it| it.name).collect();
    let mut store = store.clone();
    for (nth, name) in names.iter().enumerate() {
        if store.value(name).is_none() {
            store.set(name.clone(), format!("{:032x}", 0xabc_def0_1234_5678_u64 + nth as u64));
        }
    }
    let encrypted = trigger_gen::artifacts::encrypted(site);
    store.fill_file_keys(&encrypted, &Moment::of_unix(0), |bytes| bytes.fill(7));
    trigger_gen::generate(site, &Secrets::from_store(&store, &names));
}

#[test]
fn no_mutated_site_file_panics() {
    // Without the comments, in which a change means nothing.
    let plain = |text: String| {
        let lines = text.split_inclusive('\n').filter(|it| !it.trim_start().starts_with('#'));
        lines.collect::<String>()
    };
    let names = support::example_names();
    // Mostly the shortest: in a few lines, a change hits something more often.
    let names = names.iter().map(String::as_str).chain(["minimal-vps"; 14]);
    let examples: Vec<String> = names.map(|it| plain(support::example_text(it))).collect();
    let store = support::draft(&support::example_site("minimal-vps"));
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| read(&examples, &store, 1));
        (read(&examples, &store, 0), other.join().expect("a mutated file panics"))
    });
    writeln!(
        std::io::stderr(),
        "injection: {FILES} mutated site files, {} compile, {} different sites were generated",
        one.compiled + other.compiled,
        one.generated + other.generated
    )
    .expect("stderr");
    assert!(one.generated > 10 && other.generated > 10, "hardly any mutated file compiles");
}
