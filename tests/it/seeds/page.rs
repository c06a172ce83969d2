//! `docs/seed-001.md`: the list, drawn.

use super::rows::{Fate, ROWS};
use crate::bless::compare_or_bless;
use crate::consumers::root;
use std::fmt::Write as _;

const HEAD: &str = "<!-- Generated from the code. Change it there, then `BLESS=1 cargo test`. -->\n\n\
# A guide by hand, and what happens here\n\n\
`tests/seeds/001-install.md` is a guide of the kind from which Trigger.dev v4 is installed by hand. Each row is one \
thing that it gets wrong. *As a site* says what comes of asking for the same: an error with its name, a key that does \
not exist, and what the tree holds instead. *As files* names the proofs with which `trigger-gen verify` finds it in \
the files that the guide writes.\n\n\
| the guide | what it does | as a site | as files |\n| --- | --- | --- | --- |\n";

/// A text as code within a cell.
fn code(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("`{}`", line.replace('|', "\\|"))
}

fn said(fate: &Fate) -> String {
    match *fate {
        Fate::Refused { key, name, .. } => format!("`{key}`: error `{name}`"),
        Fate::Warned { key, name, .. } => format!("`{key}`: warning `{name}`"),
        Fate::Unrepresentable { key, because } => format!("no key `{key}`: {because}"),
        Fate::Seen { file, at, holds } => {
            let at = at.trim_start_matches('/').replace('/', ".");
            let place = if at.is_empty() { String::new() } else { format!(" `{at}`") };
            format!("`{file}`{place} holds {}", code(holds))
        }
        Fate::Absent(text) => format!("no file holds {}", code(text)),
    }
}

#[test]
fn the_page_says_what_the_rows_say() {
    let mut out = String::from(HEAD);
    for row in ROWS {
        let says = row.says.iter().map(|it| code(it));
        let lacks = row.lacks.iter().map(|it| format!("no {}", code(it)));
        let guide: Vec<String> = says.chain(lacks).collect();
        let site: Vec<String> = row.fates.iter().map(said).collect();
        let mut proofs: Vec<String> = row.proofs.iter().map(|it| format!("`{}`", it.0)).collect();
        proofs.dedup();
        let files = if proofs.is_empty() { row.unseen.to_owned() } else { proofs.join(", ") };
        writeln!(
            out,
            "| {} | {} | {} | {files} |",
            guide.join("<br>"),
            row.effect,
            site.join("<br>")
        )
        .expect("text");
    }
    compare_or_bless(&root().join("docs/seed-001.md"), &out);
}
